//! What a change means, told from two commits of a small platform.

use super::{folder, git, nbc, write};

pub(super) const PLATFORM: &str =
    "== nbc.toml\nedition = \"2026\"\n[backends.conda-store]\nversion = \"2025.2\"\n== people.nbc
user ana { }
user bob { }
user dana { affiliation: contractor }
user robin { }
== lab.nbc
platform lab { currency: \"EUR\" }
pack data-access { level: hard }
node-pool big { cpu: 16, memory: 64Gi, max-nodes: 4, price: €1.60/hour }
profile small { cpu: 2, memory: 8Gi, default: true }
profile large { cpu: 8, memory: 32Gi }
group lab {
  owners: [robin]
  members: [ana]
  profiles: [small]
  roles: [analyst]
  quota { budget: €40/month }
}
group deep {
  parent: lab
  owners: [robin]
  members: [bob]
  profiles: [large]
  cost-center: \"Deep sea\"
  quota { cpu: 16, budget: €250/month }
}
environment torch { namespace: deep, packages { python: \"3.12.*\", ipykernel: \"*\" } }
data-source scans {
  classification: confidential
  owner: robin
  at: bucket { url: \"s3://scans\" }
  read: [deep]
  enforced-by: bucket-policy
}
rule named \"every group has a title\" for group g { require g.title set }
";

const DANA_JOINS: (&str, &str, &str) =
    ("lab.nbc", "members: [bob]", "members: [\n    bob,\n    dana until 2027-06-30,\n  ]");

/// The platform committed, then a change: file, text, other text.
fn changed(edits: &[(&str, &str, &str)]) -> tempfile::TempDir {
    let folder = folder(PLATFORM);
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "base"]);
    for (path, old, new) in edits {
        let text = super::read(folder.path().join(path));
        assert!(text.contains(old), "{path} does not say {old}");
        write(folder.path(), path, text.replace(old, new).as_bytes());
    }
    folder
}

fn diff(edits: &[(&str, &str, &str)], arguments: &str) -> String {
    let folder = changed(edits);
    nbc(folder.path(), &format!("-C {{}} --as-of 2026-11-20 diff {arguments}")).transcript()
}

#[test]
fn a_new_member_gains_what_the_group_has_and_the_line_is_named() {
    insta::assert_snapshot!(diff(&[DANA_JOINS], "HEAD"), @r#"
    changed  Lab, HEAD..files, as of 2026-11-20
    access   1 person affected: dana
      gain         dana               launch profile large                   deep
                   lab.nbc:18
      gain         dana               launch profile small                   lab
                   lab.nbc:18
      gain         dana               view and edit environment torch        role analyst in lab
                   lab.nbc:18
      held back    dana               read data-source scans                 rule no-contractor-confidential
                   lab.nbc:18
    money    per month; typical is 160 h for each person
                                                   typical           all day and night       budget
      Deep                               €132.14 → €264.29         €602.91 → €1,205.81         €250  passes the budget
      department Deep sea                €132.14 → €264.29         €602.91 → €1,205.81         €250  passes the budget
      all groups                         €165.18 → €297.33         €753.65 → €1,356.56         €290  passes the budget
    values   1 change
      group.deep members + dana until 2027-06-30                             lab.nbc:18
    output   1 file written otherwise
      conda-store/roles.json                                       +8 −0 lines
    compared 100 decisions
    [0]
    "#);
}

#[test]
fn a_comment_on_a_pull_request_shows_what_users_wrote_as_data() {
    let edits = [("lab.nbc", "cost-center: \"Deep sea\"", "title: \"<b>|@all\"\n  members-from: std/keycloak")];
    insta::assert_snapshot!(diff(&edits, "--format md").replace('\u{2060}', "<WJ>"), @r#"
    **nbc: Lab, HEAD..files, as of 2026-11-20**

    |  | who | what | because |
    |---|---|---|---|
    | open door | whoever comes through deep | read data-source scans | no → depends on affiliation |
    | open door | whoever comes through deep | view environment torch | no → yes |
    | open door | whoever comes through deep | edit environment torch | no → yes |
    | open door | whoever comes through deep | launch profile large | no → yes |
    | open door | whoever comes through deep | launch profile small | no → yes |

    Nobody loses anything.

    <details><summary>3 values changed</summary>

    - `group.deep` cost-center − "Deep sea" `lab.nbc:18`
    - `group.deep` members-from + keycloak `lab.nbc:19`
    - `group.deep` title "Deep" → "&lt;b&gt;\|@<WJ>all" `lab.nbc:18`

    </details>

    100 decisions compared.

    Not compared: money and output\: rules refuse the head, see \`nbc check\`
    [0]
    "#);
}

#[test]
fn what_leaves_is_told_from_the_lines_of_the_base() {
    let edits = [
        ("lab.nbc", "members: [bob]", "members: []"),
        ("lab.nbc", "for group g { require g.title set }", "for group g { require g.owners set }"),
    ];
    insta::assert_snapshot!(diff(&edits, "--only access,configuration"), @r#"
    changed  Lab, HEAD..files, as of 2026-11-20
    access   1 person affected: bob
      lose         bob                read data-source scans                 deep
                                      launch profile large
                   lab.nbc:16
      lose         bob                launch profile small                   lab
                   lab.nbc:16
      lose         bob                view and edit environment torch        role analyst in lab
                   lab.nbc:16
    values   1 change
      group.deep members − bob                                               lab.nbc:16
    rules    1 change
      rule named "every group has a title" for group g changed               lab.nbc:29
    compared 100 decisions
    [0]
    "#);
}

#[test]
fn a_renamed_thing_is_the_same_thing() {
    let edits = [
        ("lab.nbc", "group deep {", "group deep-sea {\n  was: [\"deep\"]\n  namespace: \"deep\""),
        ("lab.nbc", "namespace: deep,", "namespace: deep-sea,"),
        ("lab.nbc", "read: [deep]", "read: [deep-sea]"),
    ];
    insta::assert_snapshot!(diff(&edits, "--only access,configuration"), @r#"
    changed  Lab, HEAD..files, as of 2026-11-20
    access   nobody gains or loses anything
    values   1 change
      group.deep-sea was group.deep
    compared 100 decisions
    [0]
    "#);
}

#[test]
fn two_commits_are_read_from_git_and_the_files_do_not_matter() {
    let folder = changed(&[("people.nbc", "user bob { }", "user bob { enabled: false }")]);
    git(folder.path(), &["commit", "-q", "-a", "-m", "bob is gone"]);
    write(folder.path(), "people.nbc", b"broken {");
    let ran = nbc(folder.path(), "-C {} --as-of 2026-11-20 diff HEAD~1..HEAD --only access --exit-code");
    insta::assert_snapshot!(ran.transcript(), @r#"
    changed  Lab, HEAD~1..HEAD, as of 2026-11-20
    access   1 person affected: bob
      lose         bob                read data-source scans                 deep
                                      launch profile large
                   people.nbc:2
      lose         bob                launch profile small                   lab
                   people.nbc:2
      lose         bob                view and edit environment torch        role analyst in lab
                   people.nbc:2
    compared 75 decisions
    [1]
    "#);
}

#[test]
fn a_broken_side_is_said_and_nothing_is_taken_for_no_difference() {
    insta::assert_snapshot!(diff(&[("people.nbc", "user bob { }", "user bobb { }")], "HEAD --exit-code"), @r#"
    error: the files have errors, so nothing was compared: lab.nbc:16:13: there is no user `bob`
      = `nbc check` shows them all
    [2]
    "#);
}

#[test]
fn what_a_policy_refuses_is_an_error_of_the_head_and_access_is_compared_all_the_same() {
    let edits = [("lab.nbc", "read: [deep]", "read: [deep, dana]")];
    insta::assert_snapshot!(diff(&edits, "HEAD"), @r#"
    changed  Lab, HEAD..files, as of 2026-11-20
    access   1 person affected: dana
      held back    dana               read data-source scans                 rule no-contractor-confidential
                   lab.nbc:26
    values   1 change
      data-source.scans read + dana                                          lab.nbc:26
    compared 100 decisions
    not      money and output: rules refuse the head, see `nbc check`
    [0]
    "#);
}

#[test]
fn a_revision_that_is_none_and_a_folder_without_git_end_with_a_way_out() {
    let ran = diff(&[], "nowhere..HEAD");
    insta::assert_snapshot!(ran, @r#"
    error: git knows no revision `nowhere`
      = `git log --oneline` lists them
    [2]
    "#);
    let plain = folder(PLATFORM);
    let ran = nbc(plain.path(), "-C {} diff");
    assert_eq!(ran.exit.code(), 2);
    assert!(ran.err.contains("not a git repository"), "{}", ran.err);
}

#[test]
fn what_begins_on_a_later_day_is_told_with_that_day() {
    let edits = [("lab.nbc", "members: [bob]", "members: [bob until 2027-03-31, dana from 2027-02-01]")];
    insta::assert_snapshot!(diff(&edits, "--only access"), @r#"
    changed  Lab, HEAD..files, as of 2026-11-20
    access   2 people affected: bob, dana
      gain         dana               launch profile large                   deep, from 2027-02-01
                   lab.nbc:16
      gain         dana               launch profile small                   lab, from 2027-02-01
                   lab.nbc:16
      gain         dana               view and edit environment torch        role analyst in lab, from 2027-02-01
                   lab.nbc:16
      held back    dana               read data-source scans                 rule no-contractor-confidential, from 2027-02-01
                   lab.nbc:16
      lose         bob                read data-source scans                 deep, from 2027-04-01
                                      launch profile large
                   lab.nbc:16
      lose         bob                launch profile small                   lab, from 2027-04-01
                   lab.nbc:16
      lose         bob                view and edit environment torch        role analyst in lab, from 2027-04-01
                   lab.nbc:16
    compared 100 decisions
    [0]
    "#);
}

#[test]
fn a_door_that_closes_is_told_too() {
    let open = ("lab.nbc", "members: [bob]", "members: [bob]\n  members-from: std/keycloak");
    let folder = changed(&[open]);
    git(folder.path(), &["commit", "-q", "-a", "-m", "open"]);
    let shut = super::read(folder.path().join("lab.nbc")).replace("  members-from: std/keycloak\n", "");
    write(folder.path(), "lab.nbc", shut.as_bytes());
    let ran = nbc(folder.path(), "-C {} --as-of 2026-11-20 diff --only access");
    insta::assert_snapshot!(ran.transcript(), @r#"
    changed  Lab, HEAD..files, as of 2026-11-20
    access   0 people affected
      open door    whoever comes through deep read data-source scans         depends on affiliation → no
      open door    whoever comes through deep view environment torch         yes → no
      open door    whoever comes through deep edit environment torch         yes → no
      open door    whoever comes through deep launch profile large           yes → no
      open door    whoever comes through deep launch profile small           yes → no
    compared 100 decisions
    not      money and output: rules refuse the base, see `nbc check`
    [0]
    "#);
}
