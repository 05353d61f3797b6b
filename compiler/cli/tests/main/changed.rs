//! `nbc check --changed`: the whole is judged, and what is found in files that did not change is left out and counted.

use super::{folder, git, nbc, write};

#[test]
fn findings_of_files_that_did_not_change_are_left_out_and_counted() {
    let folder = folder(
        "== nbc.toml\nedition = \"2026\"\n== old.nbc\nuser ana { email: 1 }\nuser bob { }\n== new.nbc\nuser eli { }\n",
    );
    let check = |base: &str| {
        nbc(folder.path(), &format!("-C {{}} check --as-of 2026-11-20 --format concise --changed {base}")).transcript()
    };
    insta::assert_snapshot!(check("main"), @r#"
    error: not a git repository (or any of the parent directories): .git
      = revisions are read from a git repository
    [2]
    "#);
    git(folder.path(), &["init", "-q", "-b", "main"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "first"]);
    insta::assert_snapshot!(check("main"), @"
    ok       as of 2026-11-20
    left out 1 finding in files that did not change since main
    [0]
    ");
    insta::assert_snapshot!(check("mian"), @r#"
    error: git knows no revision `mian`
      = `git log --oneline` lists them
    [2]
    "#);
    // One mistake of its own, and one that it makes in a file that did not change.
    write(folder.path(), "new.nbc", b"user eli { email: 2 }\nuser bob { }\n");
    insta::assert_snapshot!(check("main"), @"
    new.nbc:1:19: error[NBC0112] wrong-type: `Email` is needed here, this is `Count`
    old.nbc:2:6: error[NBC0205] duplicate-name: user `bob` is declared twice
    failed   as of 2026-11-20: 2 errors
    left out 1 finding in files that did not change since main
    [1]
    ");
    let human = nbc(folder.path(), "-C {} check --as-of 2026-11-20 --changed HEAD").out.replace("\n         ", " ");
    assert!(human.contains("files that did not change since HEAD (--changed leaves out 1 finding there)"), "{human}");
}
