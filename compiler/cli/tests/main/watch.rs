//! `nbc check --watch`: judged again after each change, and never twice without one.

use std::fs;

use super::{folder, nbc_waiting, write};

#[test]
fn every_change_is_judged_once() {
    let folder = folder("== nbc.toml\nedition = \"2026\"\n== a.nbc\nuser ana { }\n");
    let path = folder.path().to_str().unwrap().to_owned();
    let words = ["check", "-C", &path, "--watch", "--as-of", "2026-11-20"];
    let mut pauses = 0;
    let mut next = |_| {
        pauses += 1;
        match pauses {
            2 => write(folder.path(), "b.nbc", b"user from \"people.csv\" { handle: row.login }\n"),
            4 => write(folder.path(), "people.csv", b"login\nbob\n"),
            5 => fs::remove_file(folder.path().join("a.nbc")).unwrap(),
            _ => {}
        }
        pauses < 8
    };
    let ran = nbc_waiting(words.map(str::to_owned), b"", &mut next);
    insta::assert_snapshot!(ran.transcript(), @r#"
    ok       as of 2026-11-20
    judged   1 person × 3 things one can do = 3 decisions, 0 allowed
             2 files · 1 declaration · 0 packs · 0 rules of yours · 0 test expectations
    not      package versions (nbc does not solve environments) · the live systems (nbc reads files
             only)
    watching 2 files; Ctrl-C ends
      × error[NBC0234] missing-file: there is no file `people.csv`
       ╭─[b.nbc:1:11]
     1 │ user from "people.csv" { handle: row.login }
       ·           ──────┬─────
       ·                 ╰── named here
       ╰────
      help: paths start at the folder of nbc.toml

    failed   as of 2026-11-20: 1 error
    judged   3 files · 1 declaration
    not      rules, access and tests (errors come first) · package versions (nbc does not solve
             environments) · the live systems (nbc reads files only)
    watching 4 files; Ctrl-C ends
    ok       as of 2026-11-20
    judged   2 people × 6 things one can do = 12 decisions, 0 allowed
             4 files · 2 declarations · 0 packs · 0 rules of yours · 0 test expectations
    not      package versions (nbc does not solve environments) · the live systems (nbc reads files
             only)
    watching 4 files; Ctrl-C ends
    ok       as of 2026-11-20
    judged   1 person × 3 things one can do = 3 decisions, 0 allowed
             3 files · 1 declaration · 0 packs · 0 rules of yours · 0 test expectations
    not      package versions (nbc does not solve environments) · the live systems (nbc reads files
             only)
    watching 3 files; Ctrl-C ends
    [0]
    "#);
}

/// A right that ends by itself ends on the screen too, the night it does.
#[test]
fn a_new_day_is_judged_too() {
    let folder = folder(
        "== nbc.toml\nedition = \"2026\"\n== a.nbc\nplatform lab { time-zone: \"Asia/Kathmandu\" }\nuser ana { until: 2026-11-20 }\n",
    );
    let words = ["check", "-C", folder.path().to_str().unwrap(), "--watch", "--format", "concise"].map(str::to_owned);
    let hours = std::cell::Cell::new(0_i64);
    let mut out = Vec::new();
    let mut io = nbc::Io {
        input: &mut &b""[..],
        out: &mut out,
        err: &mut std::io::sink(),
        is_terminal: false,
        no_color: true,
        width: None,
        now: &|| {
            "2026-11-20T12:00:00Z".parse::<jiff::Timestamp>().unwrap() + jiff::SignedDuration::from_hours(hours.get())
        },
        pause: &mut |_| {
            hours.set(hours.get() + 1);
            hours.get() < 12
        },
    };
    nbc::run(std::iter::once("nbc".to_owned()).chain(words), &mut io);
    let days: Vec<String> =
        String::from_utf8(out).unwrap().lines().filter(|line| line.contains("as of")).map(str::to_owned).collect();
    assert_eq!(days.len(), 2, "{days:?}");
    assert!(days[0].contains("2026-11-20") && days[1].contains("2026-11-21"), "{days:?}");
}
