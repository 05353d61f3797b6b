//! `nbc review` over two commits of a small platform.

use super::diff::PLATFORM;
use super::{folder, git, nbc, read, write};

/// The platform with logins and an administrator.
fn base() -> tempfile::TempDir {
    let people = "user hana { roles: [superadmin], accounts { github: \"hanas\" } }\nuser robin { accounts { github: \"rvale\" } }";
    let text = PLATFORM
        .replace("user ana { }", "user ana { accounts { github: \"anasilva\" } }")
        .replace("user robin { }", people)
        .replace("currency: \"EUR\"", "currency: \"EUR\", safety { min-admins: 1 }");
    let folder = folder(&text);
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "base"]);
    folder
}

fn change(folder: &tempfile::TempDir, path: &str, old: &str, new: &str) {
    let text = read(folder.path().join(path));
    assert!(text.contains(old), "{path} does not say {old}");
    write(folder.path(), path, text.replace(old, new).as_bytes());
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "change"]);
}

fn review(folder: &tempfile::TempDir, arguments: &str) -> String {
    let ran = nbc(folder.path(), &format!("-C {{}} --as-of 2026-11-20 review HEAD~1..HEAD {arguments}"));
    // Commits have the time in them.
    let words = ran.transcript();
    let hides = |word: &str| word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut shown = String::new();
    for part in words.split_inclusive([' ', '.', '`']) {
        let (word, end) = part.split_at(part.len().saturating_sub(1));
        shown += &if hides(word) { format!("COMMIT{end}") } else { part.to_owned() };
    }
    shown
}

fn dana_joins() -> tempfile::TempDir {
    let folder = base();
    change(&folder, "lab.nbc", "members: [bob]", "members: [\n    bob,\n    dana until 2027-06-30,\n  ]");
    folder
}

#[test]
fn a_new_member_waits_for_the_owner_and_the_comment_says_all_of_it() {
    insta::assert_snapshot!(review(&dana_joins(), "--author anasilva --format github"), @r#"
    <!-- nbc review -->
    **nbc: waits for robin** \(owner of group deep\) · group.deep members + dana until 2027-06-30

    | | who decides | about |
    |---|---|---|
    | **needed** | robin<br>owner of group deep | group.deep members + dana until 2027-06-30, `lab.nbc:18` |

    - To do: ask robin to approve, or take it out

    |  | who | what | because |
    |---|---|---|---|
    | gain | dana | launch profile large | deep, `lab.nbc:18` |
    | gain | dana | launch profile small | lab, `lab.nbc:18` |
    | gain | dana | view and edit environment torch | role analyst in lab, `lab.nbc:18` |
    | held back | dana | read data-source scans | rule **no-contractor-confidential**: Contractors do not read confidential or restricted data. |

    Nobody loses anything.

    | money per month | 160 h per person | all day and night | budget |
    |---|---:|---:|---:|
    | Deep | €132.14 → €264.29 | €602.91 → €1,205.81 | €250 · **passes the budget** |
    | department Deep sea | €132.14 → €264.29 | €602.91 → €1,205.81 | €250 · **passes the budget** |
    | all groups | €165.18 → €297.33 | €753.65 → €1,356.56 | €290 · **passes the budget** |

    1 person affected; 140 decisions compared.

    **Changes when applied:** conda-store 1 file.

    **Rules:** all hold, 0 waived. **Tests:** 0 of 0. **Author:** ana gains nothing from this.

    <details><summary>1 value changed</summary>

    - `group.deep` members + dana until 2027-06-30 `lab.nbc:18`

    </details>

    <details><summary>Not judged (2) · how to reproduce</summary>

    package versions; the live systems.

    `nbc review COMMIT..COMMIT --author anasilva --as-of 2026-11-20` · nbc 0.1.0

    </details>
    [1]
    "#);
}

#[test]
fn the_owner_makes_it_ready() {
    insta::assert_snapshot!(review(&dana_joins(), "--author anasilva --approved-by rvale"), @r#"
    ready    group.deep members + dana until 2027-06-30
    approved robin (owner of group deep)
      group.deep members + dana until 2027-06-30                             lab.nbc:18
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
    compared 140 decisions
    not      package versions · the live systems
    [0]
    "#);
}

#[test]
fn who_gains_by_her_own_change_is_refused() {
    let folder = base();
    change(&folder, "lab.nbc", "members: [bob]", "members: [bob, ana]");
    insta::assert_snapshot!(review(&folder, "--author anasilva --approved-by anasilva"), @r#"
    refused  The author gains 4 things; nobody else has approved.
    needs    robin (somebody who decides here and gains nothing)
      the author gains 4 things
      = ask robin to approve, or take it out
    needs    robin (owner of group deep)
      group.deep members + ana                                               lab.nbc:16
      = ask robin to approve, or take it out
    access   1 person affected: ana
      gain         ana                read data-source scans                 deep
                                      launch profile large
                   lab.nbc:16
      gain         ana                view and edit environment torch        role analyst in lab
                   lab.nbc:16
    money    per month; typical is 160 h for each person
                                                   typical           all day and night       budget
      Deep                               €132.14 → €264.29         €602.91 → €1,205.81         €250  passes the budget
      Lab                                      €33.04 → €0          €150.75 → no bound €40 → no bound
      department Deep sea                €132.14 → €264.29         €602.91 → €1,205.81         €250  passes the budget
      all groups                         €165.18 → €264.29         €753.65 → €1,205.81  €290 → €250  passes the budget
    values   1 change
      group.deep members + ana                                               lab.nbc:16
    output   1 file written otherwise
      conda-store/roles.json                                       +4 −0 lines
    compared 140 decisions
    ignored  anasilva (the author approves nothing)
    not      package versions · the live systems
    [3]
    "#);
}

#[test]
fn a_comment_is_short_enough_for_a_forge_and_shows_what_users_wrote_as_data() {
    let folder = base();
    let many: String =
        (0..900).map(|number| format!("user extra-{number} {{ title: \"<b>@all|{number}</b>\" }}\n")).collect();
    change(&folder, "people.nbc", "user bob { }", &format!("user bob {{ }}\n{many}"));
    let comment = review(&folder, "--author anasilva --format md");
    assert!(comment.chars().count() <= 60_010, "{}", comment.chars().count());
    assert!(!comment.contains("<b>") && !comment.contains("@all"), "{comment}");
    assert!(comment.starts_with("<!-- nbc review -->\n**nbc: waits for hana**"), "{comment}");
}

#[test]
fn a_head_with_errors_is_never_ready() {
    let folder = base();
    change(&folder, "people.nbc", "user bob { }", "user bobb { }");
    insta::assert_snapshot!(review(&folder, "--author hanas --format md"), @r#"
    <!-- nbc review -->
    **nbc: fails.** The head has errors, so nothing else was judged: lab.nbc\:16\:13\: there is no user \`bob\`
    [1]
    "#);
}

#[test]
fn workflows_and_files_that_nbc_does_not_read_are_seen() {
    let folder = base();
    write(folder.path(), ".github/workflows/nbc.yml", b"on: push\n");
    write(folder.path(), "README.md", b"hello\n");
    change(&folder, "lab.nbc", "group deep {", "group deep {\n  title: \"Deep sea\"");
    insta::assert_snapshot!(review(&folder, "--author rvale"), @r#"
    refused  .github/workflows/nbc.yml decides how changes are looked at; no platform administrator other than the author has approved.
    needs    hana (platform administrator)
      .github/workflows/nbc.yml decides how changes are looked at
      = ask hana to approve, or take it out
    approved robin (owner of group deep)
      group.deep title "Deep" → "Deep sea"                                   lab.nbc:14
    access   nobody gains or loses anything
    money    nobody pays more or less
    values   1 change
      group.deep title "Deep" → "Deep sea"                                   lab.nbc:14
    output   every file stays as it is
    compared 140 decisions
    not      files that nbc does not read: README.md · package versions · the live systems
    [3]
    "#);
}

#[test]
fn the_forms_for_programs_carry_the_verdict() {
    let folder = dana_joins();
    let json = review(&folder, "--author anasilva --format json");
    let value: serde_json::Value = serde_json::from_str(json.rsplit_once('[').unwrap().0).unwrap();
    assert_eq!((&value["verdict"], &value["needs"][0]["ask"][0]), (&"waits".into(), &"robin".into()));
    let sarif = review(&folder, "--author anasilva --format sarif");
    assert!(sarif.contains("needs-approval") && sarif.ends_with("[1]"), "{sarif}");
}
