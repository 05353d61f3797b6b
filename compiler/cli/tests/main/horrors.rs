//! Bad input: each has a located message and an exit code, and none of it a panic, a hang or half an output.

use std::fs::{self, File};

use nbc::Exit;

use super::{Ran, folder, nbc, read, write};

const SETTINGS: &str = "== nbc.toml\nedition = \"2026\"\n[backends.kubernetes]\nversion = \"1.36\"\n";

/// The findings of a workspace, one a line.
fn check(files: &str) -> Ran {
    let folder = folder(&format!("{SETTINGS}{files}"));
    nbc(folder.path(), "-C {} check --format concise -q")
}

#[test]
fn texts_that_are_no_platform_are_refused_at_their_place() {
    let deep = format!("== a.nbc\nlet x = {}1{}\n", "(".repeat(50_000), ")".repeat(50_000));
    let blocks = format!("== a.nbc\ngroup a {}", "{ quota ".repeat(20_000));
    let cases = [
        ("braces", "== a.nbc\n}}}{{{ ((( ]]] \"\n", "a.nbc:1:"),
        ("deep", deep.as_str(), "a.nbc:1:"),
        ("blocks", blocks.as_str(), "a.nbc:1:"),
        ("duplicate", "== a.nbc\nuser ana { }\nuser ana { }\n", "a.nbc:2:6: error[NBC0205]"),
        ("cycle of groups", "== a.nbc\ngroup a { parent: b }\ngroup b { parent: a }\n", "a.nbc:"),
        ("cycle of parents", "== a.nbc\nprofile a extends b { }\nprofile b extends a { }\n", "a.nbc:"),
        ("cycle of values", "== a.nbc\nlet a = b\nlet b = a\n", "a.nbc:"),
        ("missing table", "== a.nbc\nuser from \"none.csv\" { handle: row.a }\n", "a.nbc:1:11: error"),
        ("outside", "== a.nbc\nuser from \"../../etc/passwd\" { handle: row.a }\n", "a.nbc:1:11: error[NBC0808]"),
        ("ragged", "== a.nbc\nuser from \"p.csv\" { handle: row.a }\n== p.csv\na,b\nx,y\nz\n", "p.csv:3:"),
        ("bad handle", "== a.nbc\nuser from \"p.csv\" { handle: row.a }\n== p.csv\na\nj smith\n", "p.csv:2:1: error"),
        ("empty table", "== a.nbc\nuser from \"p.csv\" { handle: row.a }\n== p.csv\n", "error"),
        ("unclosed quote", "== a.nbc\nuser from \"p.csv\" { handle: row.a }\n== p.csv\na\n\"x\n", "p.csv:2:1: error"),
        ("unreadable cedar", "== a.nbc\nuser ana { }\n== a.cedar\npermit(\n", "a.cedar:"),
    ];
    for (name, files, expected) in cases {
        let ran = check(files);
        assert!(ran.exit == Exit::Findings || ran.exit == Exit::CouldNot, "{name}: {}", ran.transcript());
        assert!(ran.out.contains(expected), "{name}: {}", ran.transcript().chars().take(2000).collect::<String>());
    }
}

#[test]
fn bytes_that_are_no_text_are_refused_at_their_place() {
    let folder = folder(SETTINGS);
    write(folder.path(), "a.nbc", b"user ana { }\nuser b\xff { }\n");
    let ran = nbc(folder.path(), "-C {} check --format concise -q");
    assert!(ran.out.contains("not UTF-8 text: byte 0xff at line 2, column 7"), "{}", ran.transcript());
    assert_eq!(ran.exit, Exit::Findings);
    write(folder.path(), "a.nbc", &[0, 159, 146, 150, 7, 0, 0, 1, 255].repeat(1000));
    assert!(nbc(folder.path(), "-C {} check").out.contains("NBC0806"));
}

#[test]
fn a_giant_is_refused_unread_and_links_lead_nowhere() {
    let folder = folder(&format!("{SETTINGS}== a.nbc\nuser from \"list.csv\" {{ handle: row.a }}\nuser ana {{ }}\n"));
    File::create(folder.path().join("giant.nbc")).unwrap().set_len(100 << 20).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("list.csv")).unwrap();
    let ran = nbc(folder.path(), "-C {} check --format concise -q");
    assert!(ran.out.contains("giant.nbc:1:1: error[NBC0807]"), "{}", ran.transcript());
    assert!(
        ran.out.contains("a.nbc:1:11: error[NBC0805]") && ran.out.contains("symbolic link"),
        "{}",
        ran.transcript()
    );
    assert_eq!(ran.exit, Exit::Findings);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_and_nobody_waits_for_it() {
    let folder = folder(&format!(
        "{SETTINGS}== a.nbc\nuser from \"t.csv\" {{ handle: row.a }}\n== x.nbc/b.nbc\nuser bo {{ }}\n"
    ));
    let link = |name: &str| std::os::unix::fs::symlink("nowhere", folder.path().join(name)).unwrap();
    link("dangling.nbc");
    link(".#a.nbc");
    fs::create_dir(folder.path().join("t.csv")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("p.nbc")).unwrap();
    let ran = nbc(folder.path(), "-C {} check --format concise -q");
    insta::assert_snapshot!(ran.transcript(), @"
    a.nbc:1:11: error[NBC0805] unreadable-file: the file `t.csv` cannot be read: it is not a regular file
    dangling.nbc:1:1: error[NBC0805] unreadable-file: the file `dangling.nbc` cannot be read: it is a symbolic link, and nbc follows none
    p.nbc:1:1: error[NBC0805] unreadable-file: the file `p.nbc` cannot be read: it is not a regular file
    [1]
    ");
}

#[test]
fn nothing_judged_is_not_all_right() {
    let empty = tempfile::tempdir().unwrap();
    let ran = nbc(empty.path(), "-C {} check");
    assert_eq!(ran.exit, Exit::CouldNot);
    assert!(ran.out.contains("there is no `nbc.toml` here"), "{}", ran.transcript());
    let only_settings = folder(SETTINGS);
    write(only_settings.path(), "empty.nbc", b"");
    let ran = nbc(only_settings.path(), "-C {} check");
    assert_eq!(
        (ran.exit, ran.out.lines().last()),
        (Exit::CouldNot, Some("nothing  there is no declaration here, so nothing was judged"))
    );
    for wrong in ["-C {}/none check", "check --as-of tomorrow", "check --stage prod -C {}", "chekc", "build"] {
        assert_eq!(nbc(only_settings.path(), wrong).exit, Exit::CouldNot, "{wrong}");
    }
}

#[test]
fn a_failed_build_leaves_the_last_good_output_alone() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(nbc(folder.path(), "init {}/w --template minimal").exit, Exit::Done);
    let build = "-C {}/w build --out ../out --as-of 2026-11-20";
    let ran = nbc(folder.path(), build);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.transcript());
    let map = folder.path().join("out/nbc-map.json");
    let before = read(&map);
    assert_eq!(nbc(folder.path(), &format!("{build} --check")).exit, Exit::Done);

    write(folder.path(), "w/more.nbc", b"user nina { member: [nobody] }\n");
    let ran = nbc(folder.path(), build);
    assert_eq!(ran.exit, Exit::Findings);
    assert_eq!(read(&map), before);

    write(folder.path(), "w/more.nbc", b"user nina { }\n");
    assert_eq!(nbc(folder.path(), &format!("{build} --check")).exit, Exit::Findings);
    assert_eq!(read(&map), before);

    // What nbc did not write is not replaced, and neither is the workspace.
    write(folder.path(), "mine/thesis.txt", b"years of work");
    for wrong in ["-C {}/w build --out ../mine", "-C {}/w build --out .", "-C {}/w build --out .."] {
        let ran = nbc(folder.path(), wrong);
        assert_eq!(ran.exit, Exit::CouldNot, "{wrong}: {}", ran.transcript());
    }
    assert_eq!(read(folder.path().join("mine/thesis.txt")), "years of work");
    let left: Vec<String> = names(folder.path()).into_iter().filter(|name| name.starts_with(".nbc-")).collect();
    assert_eq!(left, Vec::<String>::new());
}

#[expect(clippy::disallowed_methods, reason = "a test looks at what was written")]
fn names(folder: &std::path::Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
