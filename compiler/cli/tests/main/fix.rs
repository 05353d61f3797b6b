//! What `nbc fix` writes, what it leaves alone, and what it says about both.

use nbc::Exit;

use super::{folder, nbc, read};

const SITE: &str = "== nbc.toml\nedition = \"2026\"\n== a.nbc\nuser dana { }\nuser eve { }\ngroup lab {\n  owners = [dena]\n  \
                    members: dana, eve\n  until: 2027-02-30\n}\n";

#[test]
fn safe_corrections_are_written_and_guesses_are_offered() {
    let folder = folder(SITE);
    insta::assert_snapshot!(nbc(folder.path(), "-C {} fix --as-of 2026-11-20").transcript(), @r#"
    fixed    a.nbc:4:10  write `:`
             unexpected-token: a field gets its value after `:`, not `=`
    fixed    a.nbc:4:13  dena → dana
             unknown-name: there is no user `dena`
    fixed    a.nbc:5:12  write `[dana, eve]`
             unexpected-token: several values of one field stand in `[ ]`
    failed   3 corrections in 1 file; 1 error left, `nbc check` shows them; 1 more correction may be tried with --unsafe
    [1]
    "#);
    let fixed =
        "user dana { }\nuser eve { }\ngroup lab {\n  owners: [dana]\n  members: [dana, eve]\n  until: 2027-02-30\n}\n";
    assert_eq!(read(folder.path().join("a.nbc")), fixed);

    let ran = nbc(folder.path(), "-C {} fix --unsafe --as-of 2026-11-20");
    assert_eq!(ran.exit, Exit::Done, "{}", ran.transcript());
    assert_eq!(read(folder.path().join("a.nbc")), fixed.replace("02-30", "02-28"));
    insta::assert_snapshot!(nbc(folder.path(), "-C {} fix --as-of 2026-11-20").transcript(), @r#"
    ok       nothing to correct
    [0]
    "#);
}

#[test]
fn a_difference_writes_nothing_and_only_narrows() {
    let folder = folder(SITE);
    insta::assert_snapshot!(nbc(folder.path(), "-C {} fix --diff --only bad-date --unsafe --as-of 2026-11-20").transcript(), @r#"
    --- a/a.nbc
    +++ b/a.nbc
    @@ -3,5 +3,5 @@
     group lab {
       owners = [dena]
       members: dana, eve
    -  until: 2027-02-30
    +  until: 2027-02-28
     }
    [1]
    "#);
    assert_eq!(read(folder.path().join("a.nbc")), SITE.split_once("a.nbc\n").unwrap().1);
    assert_eq!(nbc(folder.path(), "-C {} fix --only unknown-nmae").exit, Exit::CouldNot);
    assert_eq!(nbc(folder.path(), "-C {}/none fix").exit, Exit::CouldNot);
}
