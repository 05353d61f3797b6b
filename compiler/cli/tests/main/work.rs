//! Programs that would run for hours or fill the memory: each is stopped soon, with an error at its place.

use std::process::Command;
use std::time::{Duration, Instant};

use nbc::Exit;

use super::{folder, nbc};

const SETTINGS: &str = "== nbc.toml\nedition = \"2026\"\n== a.nbc\n";

/// A text of 2¹⁹ letters, as `big`.
fn big() -> String {
    let double = |at: usize| format!("let t{} = \"{{t{at}}}{{t{at}}}\"\n", at + 1);
    format!("let t0 = \"a\"\n{}let big = t19\n", (0..19).map(double).collect::<String>())
}

/// What is said of a program, and that it was said in time.
fn stopped(program: &str) -> String {
    let folder = folder(&format!("{SETTINGS}{program}"));
    let start = Instant::now();
    let ran = nbc(folder.path(), "-C {} check --format concise -q");
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.transcript());
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}: {program}", start.elapsed());
    ran.out
}

/// An expression that a description shows.
fn shown(value: &str) -> String {
    format!("user ana {{ description: \"{{shown}}\" }}\nlet shown = {value}\n")
}

#[test]
fn what_would_run_long_is_stopped_at_its_place() {
    let calls: String =
        (1..40).map(|at| format!("fn f{at}(n: Count) -> Count = f{0}(n) + f{0}(n)\n", at - 1)).collect();
    let lists =
        "let one = range(1, 100_000)\nlet two = range(1, 100_000)\nlet lists = [ one for x in range(1, 10_000) ]\n";
    let texts = big() + "let texts = [ big for x in range(1, 100_000) ]\n";
    let programs = [
        (
            "comprehensions",
            shown("count([ x for x in range(1, 9_999) if count([ y for y in range(1, 9_999) if y == x ]) == 2 ])"),
        ),
        ("quantifiers", shown("any x in range(1, 9_999): (any y in range(1, 9_999): x + y < 0)")),
        ("functions", shown("f39(1)") + "fn f0(n: Count) -> Count = n + 1\n" + &calls),
        (
            "rules",
            "user ana {}\nrule slow \"Slow.\" for user u {\n  require not (any x in range(1, 99_999): (any y in range(1, 99_999): x + y < 0))\n}\n"
                .to_owned(),
        ),
        ("lengths", shown("count([ t for t in texts if length(t) == 3 ])") + &texts),
        ("parts of texts", shown("count([ t for t in texts if \"ab\" in t ])") + &texts),
        ("lists that are compared", shown("count([ l for l in lists if l == two ])") + lists),
    ];
    let said = programs.map(|(name, program)| format!("{name}\n{}", stopped(&program)));
    insta::assert_snapshot!(said.concat(), @"
    comprehensions
    a.nbc:2:89: error[NBC0125] too-much-work: this takes more steps than nbc allows
    quantifiers
    a.nbc:2:66: error[NBC0125] too-much-work: this takes more steps than nbc allows
    functions
    a.nbc:4:39: error[NBC0125] too-much-work: this takes more steps than nbc allows
    rules
    a.nbc:3:71: error[NBC0125] too-much-work: this takes more steps than nbc allows
    lengths
    a.nbc:2:41: error[NBC0125] too-much-work: this takes more steps than nbc allows
    parts of texts
    a.nbc:2:41: error[NBC0125] too-much-work: this takes more steps than nbc allows
    lists that are compared
    a.nbc:2:41: error[NBC0125] too-much-work: this takes more steps than nbc allows
    ");
}

#[test]
fn what_would_fill_the_memory_is_stopped_at_its_place() {
    let programs = [
        ("texts of texts", shown("\"{big}{big}{big}\"") + &big()),
        ("texts in place of letters", shown("replace(big, \"a\", big)") + &big()),
        ("texts that are joined", shown("join([ big for x in range(1, 1_000_000) ], \"\")") + &big()),
        ("lists in words", shown("\"{texts}\"") + &big() + "let texts = [ big for x in range(1, 1_000_000) ]\n"),
        (
            "lists of lists",
            shown("count(flatten([ one for x in range(1, 1_000_000) ]))") + "let one = range(1, 1_000_000)\n",
        ),
        ("many numbers", shown("count(range(1, 1_000_000_000_000))")),
    ];
    let said = programs.map(|(name, program)| format!("{name}\n{}", stopped(&program)));
    insta::assert_snapshot!(said.concat(), @"
    texts of texts
    a.nbc:2:13: error[NBC0125] too-much-work: the text grows too long
    texts in place of letters
    a.nbc:2:13: error[NBC0125] too-much-work: the text grows too long
    texts that are joined
    a.nbc:2:13: error[NBC0125] too-much-work: the text grows too long
    lists in words
    a.nbc:2:13: error[NBC0125] too-much-work: the text grows too long
    lists of lists
    a.nbc:2:19: error[NBC0125] too-much-work: this takes more steps than nbc allows
    many numbers
    a.nbc:2:19: error[NBC0125] too-much-work: this takes more steps than nbc allows
    ");
}

/// Many lists, each of them small enough, in a process that may not have more than four gigabytes.
#[cfg(unix)]
#[test]
fn memory_has_an_end() {
    let lists: String = (0..200).map(|at| format!("let l{at} = range(1, 4_000_000)\n")).collect();
    let folder = folder(&format!("{SETTINGS}{lists}user ana {{}}\n"));
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -v 4000000; exec \"$0\" check --format concise -q", env!("CARGO_BIN_EXE_nbc")]);
    let ran = limited.current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert_eq!(ran.status.code(), Some(1), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    insta::assert_snapshot!(said, @"a.nbc:1:10: error[NBC0125] too-much-work: all expressions together make more than nbc keeps in memory");
}
