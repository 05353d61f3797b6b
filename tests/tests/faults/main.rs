//! What nbc says of mistakes: every one is found, once, at its place, and most can be corrected by `nbc fix`.
//!
//! `tests/faults/base` is a platform without a finding; each section of `tests/faults/*.txt` makes one mistake in it.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test reads the folders that it judges, and its helpers fail as it would"
)]

mod corpus;
mod good;
mod platform;
mod random;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use corpus::{Expected, Fault, Files};
use nbc_driver::{compile, emit, pipeline};
use nbc_source::Level;
use platform::{Judged, judge};
use random::Random;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("faults")
}

/// Every file below a folder.
fn files(folder: &Path) -> Files {
    let (mut files, mut folders) = (Files::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for path in fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(name, text);
            }
        }
    }
    files
}

/// `work` for each item on all processors, in the order of the items.
fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (next, results) = (Mutex::new(0), Mutex::new(BTreeMap::new()));
    let take = || {
        let mut next = next.lock().unwrap();
        *next += 1;
        *next - 1
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let at = take()
                    && let Some(item) = items.get(at)
                {
                    let result = work(item);
                    results.lock().unwrap().insert(at, result);
                }
            });
        }
    });
    results.into_inner().unwrap().into_values().collect()
}

/// What became of one fault.
#[derive(Default)]
struct Outcome {
    caught: bool,
    exact: bool,
    alone: bool,
    fixed: bool,
    fixed_safely: bool,
    /// What is not as it should be, and what nbc said.
    complaint: String,
}

fn outcome(fault: &Fault, base: &Files) -> Outcome {
    let broken = fault.with(base, &fault.written);
    let judged = judge(&broken);
    let mine: Vec<_> = judged.findings.iter().filter(|found| found.code.name == fault.code).collect();
    let mut outcome = Outcome {
        caught: !mine.is_empty(),
        exact: mine.iter().any(|found| {
            found.span.is_some_and(|span| {
                judged.sources.path(span.file) == fault.range.0
                    && (span.start as usize..span.end as usize) == fault.range.1
            })
        }),
        alone: judged.findings.len() == 1,
        ..Outcome::default()
    };
    let fixed = fixed(fault, base, &broken, &judged);
    match &fixed {
        Ok(()) => {
            outcome.fixed = fault.fix != Expected::NoFix;
            outcome.fixed_safely = matches!(fault.fix, Expected::Safe(_));
        }
        Err(complaint) => outcome.complaint.push_str(complaint),
    }
    let is_right = outcome.caught && outcome.exact && outcome.alone;
    if !is_right || fixed.is_err() {
        let (path, range) = &fault.range;
        outcome.complaint = format!(
            "{}: {}\n  wanted {} at {path} {range:?}\n  said   {}\n{}",
            fault.class,
            fault.title,
            fault.code,
            said(&judged).join("\n         "),
            outcome.complaint
        );
    }
    outcome
}

/// Findings with their ranges and fixes.
fn said(judged: &Judged) -> Vec<String> {
    let lines = judged.lines();
    let details = judged.findings.iter().map(|found| {
        let span = found.span.unwrap_or_default();
        let fix = found.fix.as_ref().map(|fix| {
            format!(
                " [{} {:?}]",
                if fix.safe { "safe" } else { "unsafe" },
                fix.edits.iter().map(|edit| &edit.text).collect::<Vec<_>>()
            )
        });
        format!(" {}..{} `{}`{}", span.start, span.end, judged.sources.text(span), fix.unwrap_or_default())
    });
    lines.into_iter().zip(details).map(|(line, detail)| line + &detail).collect()
}

/// Whether `nbc fix` makes of it what it should, and that is a platform without a finding.
fn fixed(fault: &Fault, base: &Files, broken: &Files, judged: &Judged) -> Result<(), String> {
    let (wanted, unsafe_too) = match &fault.fix {
        Expected::NoFix => (&fault.written, true),
        Expected::Safe(text) => (text, false),
        Expected::Unsafe(text) => (text, true),
    };
    let wanted = fault.with(base, wanted);
    let made = judged.corrected(broken, unsafe_too);
    if made != wanted {
        let of = |files: &Files| files.get(&fault.path).cloned().unwrap_or_default();
        return Err(format!("  fix    {}\n", difference(&of(&wanted), &of(&made))));
    }
    if matches!(fault.fix, Expected::Unsafe(_)) && judged.corrected(broken, false) != *broken {
        return Err("  fix    was expected to need --unsafe\n".to_owned());
    }
    if fault.fix == Expected::NoFix || made == *base {
        return Ok(());
    }
    match judge(&made).lines().as_slice() {
        [] => Ok(()),
        left => Err(format!("  after the fix: {}\n", left.join("\n                 "))),
    }
}

/// The lines in which two texts differ.
fn difference(wanted: &str, made: &str) -> String {
    let lines = |text: &str, other: &str| {
        let others: Vec<&str> = other.lines().collect();
        text.lines().filter(|line| !others.contains(line)).collect::<Vec<_>>().join(" ⏎ ")
    };
    format!("wanted `{}`, made `{}`", lines(wanted, made), lines(made, wanted))
}

#[test]
fn every_fault_is_found_once_at_its_place() {
    let base = files(&folder().join("base"));
    assert_eq!(judge(&base).lines(), Vec::<String>::new(), "the base has no finding");
    let faults = corpus::read(&folder(), &base);
    let outcomes = in_parallel(&faults, |fault| outcome(fault, &base));
    println!("{}", table(&faults, &outcomes));
    let complaints: Vec<&str> =
        outcomes.iter().map(|outcome| &*outcome.complaint).filter(|text| !text.is_empty()).collect();
    println!("{}", complaints.join("\n"));

    let count = |holds: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| holds(outcome)).count();
    let all = faults.len();
    assert!(all >= 200, "{all} faults");
    assert_eq!(count(|outcome| outcome.caught), all, "faults that are found");
    assert_eq!(count(|outcome| outcome.alone), all, "faults with one finding");
    assert!(count(|outcome| outcome.exact) * 100 >= all * 98, "faults with the exact range");
    assert!(count(|outcome| outcome.fixed) * 100 >= all * 70, "faults that `nbc fix` corrects");
    assert_eq!(complaints, Vec::<&str>::new());
}

/// What is counted, by class.
fn table(faults: &[Fault], outcomes: &[Outcome]) -> String {
    let mut classes: BTreeMap<&str, [usize; 6]> = BTreeMap::new();
    for (fault, outcome) in faults.iter().zip(outcomes) {
        let flags = [true, outcome.caught, outcome.exact, outcome.alone, outcome.fixed, outcome.fixed_safely];
        for class in [fault.class.as_str(), "~ all"] {
            let counts = classes.entry(class).or_default();
            for (count, holds) in counts.iter_mut().zip(flags) {
                *count += usize::from(holds);
            }
        }
    }
    let mut text = format!(
        "{:<18}{:>7}{:>8}{:>7}{:>7}{:>7}{:>8}\n",
        "class", "faults", "caught", "exact", "alone", "fixed", "safely"
    );
    for (class, [faults, caught, exact, alone, fixed, safely]) in classes {
        text += &format!("{class:<18}{faults:>7}{caught:>8}{exact:>7}{alone:>7}{fixed:>7}{safely:>8}\n");
    }
    text
}

/// Mistakes that are made together.
struct Together<'f> {
    faults: Vec<&'f Fault>,
    files: Files,
}

/// Picks so many faults, far enough apart in one file that no declaration is shared.
fn together<'f>(wanted: usize, faults: &[&'f Fault], base: &Files, random: &mut Random) -> Together<'f> {
    let mut chosen: Vec<&Fault> = Vec::new();
    for _ in 0..1_000 {
        let next = *random.pick(faults);
        if chosen.len() < wanted && chosen.iter().all(|other| are_independent(other, next, base)) {
            chosen.push(next);
        }
    }
    made(chosen, base)
}

fn made<'f>(faults: Vec<&'f Fault>, base: &Files) -> Together<'f> {
    let mut files = base.clone();
    let mut by_place = faults.clone();
    by_place.sort_by_key(|fault| std::cmp::Reverse(fault.place.start));
    for fault in by_place {
        files = fault.with(&files, &fault.written);
    }
    Together { faults, files }
}

/// Whether a whole declaration or more lies between two places, and neither is about what the other touches.
fn are_independent(a: &Fault, b: &Fault, base: &Files) -> bool {
    // What is wrong with a table as a whole hides what is wrong with its cells.
    let table = |fault: &Fault| if fault.class == "tables" { "students.csv".to_owned() } else { fault.path.clone() };
    // What a default breaks is found where it is the value.
    if [a, b].iter().all(|fault| fault.written.contains("slots")) {
        return false;
    }
    // What is wrong inside of a function is found where it is called, unless the call is wrong itself.
    if [a, b].iter().all(|fault| fault.written.contains("half(")) {
        return false;
    }
    let touched = |fault: &Fault| [fault.path.clone(), fault.range.0.clone(), table(fault)];
    if touched(a).iter().all(|path| !touched(b).contains(path)) {
        return true;
    }
    if a.class == "tables" || a.path != b.path || a.path != a.range.0 || b.path != b.range.0 {
        return false;
    }
    let (first, second) = if a.place.start < b.place.start { (a, b) } else { (b, a) };
    let between = base.get(&a.path).and_then(|text| text.get(first.place.end..second.place.start));
    between.is_some_and(|between| between.contains("\n}\n") || between.matches("\n\n").count() > 1)
}

/// What is not said of mistakes made together although it is said of each alone, or is said too often.
fn disagreement(together: &Together<'_>) -> Option<String> {
    let judged = judge(&together.files);
    let mut wanted: Vec<&str> = together.faults.iter().map(|fault| fault.code.as_str()).collect();
    let mut found: Vec<&str> = judged.findings.iter().map(|found| found.code.name).collect();
    wanted.sort_unstable();
    found.sort_unstable();
    let titles: Vec<String> = together.faults.iter().map(|fault| format!("{}: {}", fault.class, fault.title)).collect();
    (wanted != found).then(|| format!("{}\n  said {}", titles.join(" + "), judged.lines().join("\n       ")))
}

#[test]
fn faults_made_together_are_all_found_and_none_twice() {
    let base = files(&folder().join("base"));
    let faults = corpus::read(&folder(), &base);
    // Half a platform is not judged: what rules, targets and policies say comes after names and types are right.
    let mut random = Random::new(2026);
    let early: Vec<&Fault> = faults.iter().filter(|fault| is_early(fault)).collect();
    for (wanted, number) in [(2, 500), (3, 200)] {
        let made = (0..number).map(|_| together(wanted, &early, &base, &mut random));
        let combinations: Vec<Together<'_>> = made.collect();
        assert!(combinations.iter().all(|together| together.faults.len() == wanted));
        let disagreements: Vec<String> = in_parallel(&combinations, disagreement).into_iter().flatten().collect();
        assert!(
            disagreements.is_empty(),
            "{} of {number} times {wanted}:\n{}",
            disagreements.len(),
            disagreements.join("\n")
        );
    }
}

/// What targets and policies say of what is there is said beside a mistake elsewhere too, in one run.
#[test]
fn a_misspelt_name_hides_nothing_that_is_there() {
    const TOLD: [&str; 16] = [
        "bad-match-spec",
        "bare-version",
        "contradictory-versions",
        "duplicate-email",
        "duplicate-username",
        "fits-no-pool",
        "insecure-address",
        "policy-syntax",
        "policy-type",
        "secret-in-clear",
        "server-exceeds-quota",
        "unenforced-data",
        "unknown-gpu",
        "unknown-name-in-policy",
        "unknown-rule",
        "unreadable-environment-file",
    ];
    let base = files(&folder().join("base"));
    let faults = corpus::read(&folder(), &base);
    let typo = faults.iter().find(|fault| fault.title == "a parent group that lost a letter").unwrap();
    let told = faults.iter().filter(|fault| TOLD.contains(&&*fault.code) && are_independent(typo, fault, &base));
    let combinations: Vec<Together<'_>> = told.map(|fault| made(vec![typo, fault], &base)).collect();
    let disagreements: Vec<String> = in_parallel(&combinations, disagreement).into_iter().flatten().collect();
    assert!(combinations.len() >= 30, "{} combinations", combinations.len());
    assert_eq!(disagreements, Vec::<String>::new());
}

/// What `nbc build` would write; nothing where errors keep it from writing.
fn emitted(files: &Files) -> Vec<(Option<String>, String, String)> {
    let mut analysis = platform::of(files);
    let compiled = compile(&mut analysis, None, &platform::as_of);
    let emission = emit(&compiled, &[], false);
    let mut texts = Vec::new();
    for output in &emission.outputs {
        texts.extend(
            output
                .artifacts
                .iter()
                .map(|artifact| (output.stage.clone(), artifact.path.clone(), pipeline::text(artifact).to_owned())),
        );
    }
    texts
}

/// Where a platform can be built, a correction that is safe changes nothing of what is written.
#[test]
fn a_safe_correction_changes_no_emitted_byte() {
    let base = files(&folder().join("base"));
    let faults = corpus::read(&folder(), &base);
    let is_built = |fault: &&Fault| {
        let level = nbc_driver::codes::find(&fault.code).map(|code| code.level);
        matches!(fault.fix, Expected::Safe(_)) && level != Some(Level::Error)
    };
    let built: Vec<&Fault> = faults.iter().filter(is_built).collect();
    let changed = in_parallel(&built, |fault| {
        let broken = fault.with(&base, &fault.written);
        let before = emitted(&broken);
        assert!(!before.is_empty(), "{}: {} is not built", fault.class, fault.title);
        let fixed = judge(&broken).corrected(&broken, false);
        (before != emitted(&fixed)).then(|| format!("{}: {}", fault.class, fault.title))
    });
    assert_eq!(changed.into_iter().flatten().collect::<Vec<String>>(), Vec::<String>::new());
    assert!(built.len() >= 2, "only {} can be built", built.len());
}

/// Whether a fault is found before anything is judged or decided, and says nothing of what others declare.
fn is_early(fault: &Fault) -> bool {
    let code = nbc_driver::codes::find(&fault.code).unwrap_or_else(|| panic!("there is no code `{}`", fault.code));
    let is_judged = (400..600).contains(&code.number) || code.number >= 800;
    // Which rules there are is known once policies are read.
    let is_rule = code.name == "unknown-rule";
    code.level == Level::Error && !is_judged && !is_rule && !(600..700).contains(&code.number)
}

#[test]
fn nothing_is_said_of_platforms_that_are_in_order() {
    let root = folder().join("../..");
    let mut platforms: Vec<(String, Files)> =
        (0..36).map(|seed| (format!("made up {seed}"), good::platform(seed))).collect();
    for name in ["examples/course", "examples/lab", "examples/minimal", "examples/dandi", "examples/nebari-docs"] {
        platforms.push((name.to_owned(), files(&root.join(name))));
    }
    for name in ["lab", "course", "company", "environments", "minimal"] {
        platforms.push((format!("template {name}"), files(&root.join("stdlib/templates").join(name))));
    }
    let alarms = in_parallel(&platforms, |(name, files)| {
        let judged = judge(files);
        // What is true of a real site is no false alarm; an error would be one.
        let is_made_up = name.starts_with("made up");
        let said = judged.findings.iter().filter(|found| is_made_up || found.level == Level::Error).count();
        (said > 0).then(|| format!("{name}\n  {}", judged.lines().join("\n  ")))
    });
    let alarms: Vec<String> = alarms.into_iter().flatten().collect();
    assert!(platforms.len() >= 40);
    assert_eq!(alarms, Vec::<String>::new());
}
