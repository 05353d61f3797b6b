//! `nbc fmt`: what it writes, what it leaves alone, and what it says.

use nbc::Exit;

use super::{example, folder, nbc, nbc_reading, read, write};

const UGLY: &str = "== nbc.toml\nedition = \"2026\"\nexclude = [\"drafts\"]\n\
== teams/a.nbc\ngroup   a { members:[ana,bob,chen,dana] }\n\
== good.nbc\nuser ana { }\n\
== broken.nbc\nuser  bob { title }\n\
== drafts/draft.nbc\nuser   x{ }\n\
== other/nbc.toml\nedition = \"2026\"\n== other/b.nbc\nuser   y{ }\n";

#[test]
fn it_writes_what_differs_and_leaves_mistakes_alone() {
    let folder = folder(UGLY);
    insta::assert_snapshot!(nbc(folder.path(), "-C {} fmt --check").transcript(), @r#"
    differs  teams/a.nbc
    mistake  broken.nbc:1:19: `title` has no value
    failed   1 of 2 files would change; 1 file with mistakes left alone, `nbc check` shows them
    [1]
    "#);
    insta::assert_snapshot!(nbc(folder.path(), "-C {} fmt --diff").transcript(), @r#"
    --- a/teams/a.nbc
    +++ b/teams/a.nbc
    @@ -1 +1,8 @@
    -group   a { members:[ana,bob,chen,dana] }
    +group a {
    +  members: [
    +    ana,
    +    bob,
    +    chen,
    +    dana,
    +  ]
    +}
    mistake  broken.nbc:1:19: `title` has no value
    failed   1 of 2 files would change; 1 file with mistakes left alone, `nbc check` shows them
    [1]
    "#);
    insta::assert_snapshot!(nbc(folder.path(), "-C {} fmt").transcript(), @r#"
    wrote    teams/a.nbc
    mistake  broken.nbc:1:19: `title` has no value
    failed   1 of 2 files changed; 1 file with mistakes left alone, `nbc check` shows them
    [1]
    "#);
    insta::assert_snapshot!(read(folder.path().join("teams/a.nbc")), @r#"
    group a {
      members: [
        ana,
        bob,
        chen,
        dana,
      ]
    }
    "#);
    // What is broken, left out or another workspace is as it was.
    for (path, text) in [
        ("broken.nbc", "user  bob { title }\n"),
        ("drafts/draft.nbc", "user   x{ }\n"),
        ("other/b.nbc", "user   y{ }\n"),
    ] {
        assert_eq!(read(folder.path().join(path)), text);
    }
    insta::assert_snapshot!(nbc(folder.path(), "-C {} fmt teams good.nbc").transcript(), @r#"
    ok       2 files in the one style
    [0]
    "#);
    insta::assert_snapshot!(nbc(folder.path(), "-C {}/teams fmt -q ../drafts/draft.nbc ../other").transcript().replace(folder.path().canonicalize().unwrap().to_str().unwrap(), "ROOT"), @r#"
    wrote    ROOT/drafts/draft.nbc
    wrote    ROOT/other/b.nbc
    [0]
    "#);
}

#[test]
fn an_editor_formats_what_it_sends() {
    let here = example("lab");
    let ran = |arguments: &str, text: &[u8]| nbc_reading(&here, arguments, text).transcript();
    insta::assert_snapshot!(ran("fmt -", b"profile  a{idle-stop:45m}"), @r#"
    profile a { idle-stop: 45min }
    [0]
    "#);
    insta::assert_snapshot!(ran("fmt - --check", b"profile  a{idle-stop:45m}"), @"[1]");
    insta::assert_snapshot!(ran("fmt -", b"profile  a{idle-stop:"), @r#"
    mistake  stdin.nbc:1:22: expected a value, found the end of the file
    [1]
    "#);
    insta::assert_snapshot!(ran("fmt -", b"user b { title: \"M\xfc\" }"), @r#"
    mistake  stdin.nbc:1:19: `stdin.nbc` is not UTF-8 text: byte 0xfc at line 1, column 19
    [1]
    "#);
}

#[test]
fn what_cannot_be_formatted_is_said() {
    let folder = folder("== nbc.toml\nedition = 2026\n== a.nbc\nuser  a { }\n");
    write(folder.path(), "b.txt", b"");
    let root = folder.path().canonicalize().unwrap();
    let said = |arguments: &str| nbc(folder.path(), arguments).transcript().replace(root.to_str().unwrap(), "ROOT");
    insta::assert_snapshot!(said("-C {} fmt"), @r#"
    error: nbc.toml:1:11: the edition `2026` is not a text
      = correct it first: it says which files count
    [2]
    "#);
    insta::assert_snapshot!(said("-C {} fmt b.txt"), @r#"
    error: `ROOT/b.txt` is not a .nbc file
    [2]
    "#);
    insta::assert_snapshot!(said("-C {} fmt none"), @r#"
    error: there is no `ROOT/none`
      = name a folder, or a .nbc file
    [2]
    "#);
    insta::assert_snapshot!(said("-C {} fmt --format json"), @r#"
    error: this has no form `json`
      = choose --format human, concise
    [2]
    "#);
    assert_eq!(nbc(tempfile::tempdir().unwrap().path(), "-C {} fmt").exit, Exit::CouldNot);
}
