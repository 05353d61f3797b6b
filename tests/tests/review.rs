//! What `nbc review` answers to changes that want more than they say, and to those that want nothing.
//!
//! `review/base` is a platform; each section of `review/*.txt` is one change of it, who proposes it, and the answer:
//!
//! ```text
//! == the author adds herself       what is tried, in words
//! @ teams.nbc                      the file that changes
//! - members: [bob]                 what the base says; without it the text is added at the end. `\n` is a line's end
//! + members: [bob, mal]            what the head says
//! ! .github/workflows/nbc.yml      another file of the repository changed too
//! behind                           the head lacks commits of the base
//! by mal-w                         the author's login
//! approved iris-h                  who approved already
//! refused The author gains         the answer, and a part of what it says
//! then iris-h no                   with this approval too it is not ready,
//! then iris-h,rvale yes            and with these it is
//! ```
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads the folders that it judges, and its helpers fail as it would"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use nbc_driver::difference::{self, Revisions};
use nbc_driver::packages::{self, Locked};
use nbc_driver::review::{Request, Review, Verdict, review};
use nbc_driver::{Compiled, Memory, Scope, day};
use nbc_source::Level;

type Files = BTreeMap<String, String>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("review")
}

#[derive(Debug, Default)]
struct Case {
    title: String,
    /// File, what is replaced (nothing: the text is added), what stands there instead.
    edits: Vec<(String, Option<String>, String)>,
    outside: Vec<String>,
    is_behind: bool,
    author: String,
    approved: Vec<String>,
    verdict: String,
    says: String,
    then: Vec<(Vec<String>, bool)>,
}

fn logins(text: &str) -> Vec<String> {
    text.split(',').map(str::to_owned).collect()
}

fn read(path: &Path) -> Vec<Case> {
    let text = fs::read_to_string(path).unwrap();
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let unescaped = rest.replace("\\n", "\n");
        if word == "==" {
            cases.push(Case { title: rest.to_owned(), ..Case::default() });
            continue;
        }
        let case = cases.last_mut().unwrap();
        match word {
            "@" => case.edits.push((rest.to_owned(), None, String::new())),
            "-" => case.edits.last_mut().unwrap().1 = Some(unescaped),
            "+" => case.edits.last_mut().unwrap().2 = unescaped,
            "!" => case.outside.push(rest.to_owned()),
            "behind" => case.is_behind = true,
            "by" => case.author = rest.to_owned(),
            "approved" => case.approved = logins(rest),
            "then" => {
                let (who, answer) = rest.split_once(' ').unwrap();
                case.then.push((logins(who), answer == "yes"));
            }
            verdict => (case.verdict, case.says) = (verdict.to_owned(), rest.to_owned()),
        }
    }
    cases
}

fn base() -> Files {
    let root = folder().join("base");
    let paths = [
        "nbc.toml",
        "packages/uni/roles.nbc",
        "people.nbc",
        "platform.nbc",
        "policies/site.cedar",
        "students.csv",
        "teams.nbc",
    ];
    locked(paths.iter().map(|path| ((*path).to_owned(), fs::read_to_string(root.join(path)).unwrap())).collect())
}

/// The files, with the lock that `nbc vendor` would write for their package.
fn locked(mut files: Files) -> Files {
    let of_package = files.iter().filter_map(|(path, text)| Some((path.strip_prefix("packages/uni/")?, text)));
    let tree = of_package.map(|(path, text)| (path.to_owned(), text.clone().into_bytes())).collect();
    let package = Locked { source: "../uni".to_owned(), revision: None, hash: packages::hash(&tree) };
    files.insert(packages::LOCK.to_owned(), packages::write([("uni", &package)]));
    files
}

fn with<R>(files: &Files, work: impl FnOnce(&Compiled<'_>) -> R) -> R {
    let host = files.iter().fold(Memory::new(), |host, (path, text)| host.with(path, text.as_bytes()));
    let today = day::parse("2026-11-20").unwrap();
    let mut analysis = nbc_driver::analyse(&host, Scope::Folder, &|_| today);
    let compiled = nbc_driver::compile(&mut analysis, None, &|_| today);
    work(&compiled)
}

impl Case {
    fn head(&self, base: &Files) -> Result<Files, String> {
        let mut files = base.clone();
        for (path, old, new) in &self.edits {
            let text = files.get_mut(path).ok_or_else(|| format!("there is no {path}"))?;
            match old {
                Some(old) if text.matches(old.as_str()).count() == 1 => *text = text.replace(old.as_str(), new),
                Some(old) => return Err(format!("{path} does not say once: {old}")),
                None => *text += &format!("\n{new}\n"),
            }
        }
        Ok(locked(files))
    }

    /// What is not as the case says.
    fn faults(&self, base: &Compiled<'_>, head: &Compiled<'_>) -> Vec<String> {
        if head.stages.is_empty() {
            let first = head.findings.iter().next().map(|found| found.message.clone());
            return vec![format!("the head has errors: {}", first.unwrap_or_default())];
        }
        let revisions = Revisions { base, head };
        let difference = difference::compare(revisions);
        let judge = |approved_by: &[String]| {
            let request = Request {
                forge: "github",
                author: &self.author,
                approved_by,
                outside: &self.outside,
                is_behind: self.is_behind,
            };
            review(revisions, &difference, &request)
        };
        let found = judge(&self.approved);
        let mut faults = Vec::new();
        let said = said(&found);
        if word(found.verdict) != self.verdict || !said.contains(&self.says) {
            faults.push(format!("{}: {said} {}", word(found.verdict), errors(head)));
        }
        for (approved_by, is_enough) in &self.then {
            let found = judge(approved_by);
            if (found.verdict == Verdict::Ready) != *is_enough {
                let open: Vec<_> = found.needs.iter().filter(|need| !need.is_met()).collect();
                faults.push(format!("{approved_by:?}: {} {open:?} {}", word(found.verdict), errors(head)));
            }
        }
        faults
    }
}

fn errors(head: &Compiled<'_>) -> String {
    let errors = head.findings.iter().filter(|found| found.level == Level::Error);
    errors.map(|found| found.message.as_str()).collect::<Vec<_>>().join("; ")
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ready => "ready",
        Verdict::Waits => "waits",
        Verdict::Fails => "fails",
        Verdict::Refused => "refused",
    }
}

/// Everything that an open need says.
fn said(review: &Review) -> String {
    let open = review.needs.iter().filter(|need| !need.is_met());
    let each = open.map(|need| {
        let about: Vec<&str> = need.about.iter().map(|about| about.what.as_str()).collect();
        format!("{} ({}): {}", need.ask.iter().cloned().collect::<Vec<_>>().join(", "), need.role, about.join("; "))
    });
    let all = each.collect::<Vec<_>>().join(" | ");
    all.replace("the author gains", "The author gains")
}

fn run(name: &str) -> (usize, Vec<String>) {
    let cases = read(&folder().join(name));
    let files = base();
    with(&files, |base| {
        assert!(!base.findings.has_errors(), "{:?}", base.findings);
        let mut faults = Vec::new();
        for case in &cases {
            let found = match case.head(&files) {
                Ok(head) => with(&head, |head| case.faults(base, head)),
                Err(fault) => vec![fault],
            };
            faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", case.title)));
        }
        (cases.len(), faults)
    })
}

/// Every escalation is held back until somebody says yes who may and who gains nothing.
#[test]
fn escalations_are_refused_until_the_right_person_approves() {
    let mut number = 0;
    let mut faults = Vec::new();
    for name in ["membership.txt", "people.txt", "platform.txt", "rules.txt"] {
        let (cases, found) = run(name);
        number += cases;
        faults.extend(found);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(number >= 60, "{number} cases");
}

#[test]
fn harmless_changes_pass() {
    let (number, faults) = run("harmless.txt");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(number >= 40, "{number} cases");
}
