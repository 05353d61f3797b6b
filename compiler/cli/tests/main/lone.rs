//! One environment by itself, in another tool's spelling: the first thing that many try.

use super::{folder, nbc};

#[test]
fn an_environment_is_judged_without_a_platform() {
    let folder = folder(
        "== torch.yml
channels: [conda-forge, https://ana:hunter2@conda.example]
dependencies:
  - numpy >1,,2
  - pip: [requests]",
    );
    insta::assert_snapshot!(nbc(folder.path(), "check {}/torch.yml --format concise").transcript(), @"
    torch.yml:1:25: error[NBC0460] secret-in-clear: an address holds a password in clear
    torch.yml:3:5: error[NBC0452] bad-match-spec: conda cannot read `numpy >1,,2`: unable to parse version spec: >1,,2
    failed   as of 2026-11-20: 2 errors
    [1]
    ");
    insta::assert_snapshot!(nbc(folder.path(), "check {}/torch.yml -q").transcript(), @r#"
      × error[NBC0460] secret-in-clear: an address holds a password in clear
       ╭─[torch.yml:1:25]
     1 │ channels: [conda-forge, https://ana:*******@conda.example]
       ·                         ────────────────┬────────────────
       ·                                         ╰── everybody who reads the files has it
     2 │ dependencies:
       ╰────
      help: take it out: programs read it from the settings of the machine that they run on
            renew it: it has been read already

      × error[NBC0452] bad-match-spec: conda cannot read `numpy >1,,2`: unable to parse version spec:
      │ >1,,2
       ╭─[torch.yml:3:5]
     2 │ dependencies:
     3 │   - numpy >1,,2
       ·     ───────────
     4 │   - pip: [requests]
       ╰────
      help: write versions as ">=2.4,<2.6", "2.*" or "==2.4.1", a build after a blank

    [1]
    "#);
}

#[test]
fn pixi_and_lock_files_are_environments_too() {
    let folder = folder(
        "== pixi.toml
[workspace]
channels = [\"conda-forge\"]
platforms = [\"linux-64\"]
[dependencies]
python = \"3.12.*\"
== bad.yml
a: [",
    );
    insta::assert_snapshot!(nbc(folder.path(), "check {}/pixi.toml").transcript(), @"
    ok       as of 2026-11-20
    judged   0 people, so there is nothing to decide
             1 file · 1 declaration · 0 packs · 0 rules of yours · 0 test expectations
    not      whether its channels are trusted (no platform says so) · package versions (nbc does not
             solve environments) · the live systems (nbc reads files only)
    [0]
    ");
    insta::assert_snapshot!(nbc(folder.path(), "check {}/bad.yml --format concise").transcript(), @"
    bad.yml:1:4: error[NBC0450] unreadable-environment-file: `bad.yml` cannot be read: unclosed bracket '['
    failed   as of 2026-11-20: 1 error
    [1]
    ");
    insta::assert_snapshot!(nbc(folder.path(), "check {}/pixi.txt").err.replace(folder.path().to_str().unwrap(), "FOLDER"), @"
    error: there is no `FOLDER/pixi.txt`
      = name a folder with nbc.toml, or a .nbc file
    ");
}
