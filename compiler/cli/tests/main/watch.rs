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
