//! Proofs that a change gives nobody anything, and who would gain where it does.

use super::diff::PLATFORM;
use super::{folder, git, nbc, read, write};

const POLICIES: &str = "\n== site.cedar
@id(\"no-student-large\")
@sentence(\"Students start small servers.\")
forbid (principal is User, action == Action::\"launch\", resource is Profile)
when { principal.affiliation == Affiliation::\"student\" && resource.memory_bytes > 17179869184 };

@id(\"only-with-mfa\")
@sentence(\"Who starts a large server signs in with a second factor.\")
forbid (principal is User, action == Action::\"launch\", resource == Profile::\"large\")
unless { principal has mfa };
";

/// Edits of a committed platform: file, text, other text.
fn prove(edits: &[(&str, &str, &str)], arguments: &str) -> String {
    prove_of(&format!("{PLATFORM}{POLICIES}"), edits, arguments)
}

fn prove_of(files: &str, edits: &[(&str, &str, &str)], arguments: &str) -> String {
    let folder = folder(files);
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "base"]);
    for (path, old, new) in edits {
        let text = read(folder.path().join(path));
        assert!(text.contains(old), "{path} does not say {old}");
        write(folder.path(), path, text.replace(old, new).as_bytes());
    }
    nbc(folder.path(), format!("-C {{}} --as-of 2026-11-20 prove HEAD {arguments}").trim_end()).transcript()
}

const STUDENTS: &str = "principal.affiliation == Affiliation::\"student\" && ";

#[test]
fn what_is_written_otherwise_and_means_the_same_is_proved() {
    let turned = "!(!(resource.memory_bytes >= 17179869185) || principal.affiliation != Affiliation::\"student\")";
    let same = format!("{STUDENTS}resource.memory_bytes > 17179869184");
    insta::assert_snapshot!(prove(&[("site.cedar", &same, turned)], ""), @"
        proved   Lab, HEAD..files, as of 2026-11-20: nobody gains anything, whoever they are
        changed  policy no-student-large changed  site.cedar:3
        covered  declared people: 100 decisions compared
                 anybody else, on 17 things and any to come: 16 actions with equal policies, 1 compared
        [0]
    ");
}

#[test]
fn less_than_before_is_proved_and_so_is_nothing_at_all() {
    insta::assert_snapshot!(prove(&[("site.cedar", STUDENTS, "")], ""), @"
        proved   Lab, HEAD..files, as of 2026-11-20: nobody gains anything, whoever they are
        changed  policy no-student-large changed  site.cedar:3
        covered  declared people: 100 decisions compared
                 anybody else, on 17 things and any to come: 16 actions with equal policies, 1 compared
        [0]
    ");
    insta::assert_snapshot!(prove(&[], ""), @"
        proved   Lab, HEAD..files, as of 2026-11-20: nobody gains anything, whoever they are
        covered  declared people: 100 decisions compared
                 anybody else, on 17 things and any to come: 17 actions with equal policies, 0 compared
        [0]
    ");
}

#[test]
fn a_weaker_policy_shows_somebody_who_gains_although_nobody_does_today() {
    insta::assert_snapshot!(prove(&[("site.cedar", "unless { principal has mfa };", "unless { principal has mfa || principal.affiliation == Affiliation::\"faculty\" };")], ""), @"
        gain     Lab, HEAD..files, as of 2026-11-20: somebody gains what they did not have
        who      somebody in deep, if affiliation is faculty and mfa is not set
                 may launch profile large
                 head: deep is granted it, lab.nbc:17
                 base: policy only-with-mfa refused it, site.cedar:8
        changed  policy only-with-mfa changed  site.cedar:8
        covered  declared people: 100 decisions compared
                 anybody else, on 17 things and any to come: 16 actions with equal policies, 1 compared
        [1]
    ");
    insta::assert_snapshot!(prove(&[("site.cedar", "17179869184", "68719476736")], ""), @"
        gain     Lab, HEAD..files, as of 2026-11-20: somebody gains what they did not have
        who      somebody in deep, if affiliation is student and mfa is off
                 may launch profile large
                 head: deep is granted it, lab.nbc:17
                 base: policy no-student-large refused it, site.cedar:3
        changed  policy no-student-large changed  site.cedar:3
        covered  declared people: 100 decisions compared
                 anybody else, on 17 things and any to come: 16 actions with equal policies, 1 compared
        [1]
    ");
}

#[test]
fn a_comment_says_in_which_stage() {
    let files = format!("{PLATFORM}{POLICIES}== stages.nbc\nstage prod {{}}\n");
    let edit = ("site.cedar", "17179869184", "68719476736");
    insta::assert_snapshot!(prove_of(&files, &[edit], "--format md"), @r#"
    **gain:** Lab, HEAD..files, as of 2026-11-20\: somebody gains what they did not have

    | who | may | because | before |
    |---|---|---|---|
    | prod\: somebody in deep, if affiliation is student and mfa is off | launch profile large | deep is granted it, `lab.nbc:17` | policy no-student-large refused it, `site.cedar:3` |

    Covered: declared people\: 100 decisions compared; anybody else, on 17 things and any to come\: 16 actions with equal policies, 1 compared.
    [1]
    "#);
}

#[test]
fn declarations_count_as_policies_do() {
    // A new member, a wider grant, a group put into another, a role.
    insta::assert_snapshot!(prove(&[("lab.nbc", "members: [bob]", "members: [bob, dana]")], ""), @"
        gain     Lab, HEAD..files, as of 2026-11-20: somebody gains what they did not have
        who      dana
                 may launch profile small
                 head: lab, lab.nbc:16
        who      dana
                 may view and edit environment torch
                 head: role analyst in lab, lab.nbc:16
        changed  group.deep members + dana  lab.nbc:16
        covered  declared people: 100 decisions compared
                 anybody else, on 17 things and any to come: 17 actions with equal policies, 0 compared
        [1]
    ");
    insta::assert_snapshot!(prove(&[("lab.nbc", "read: [deep]", "read: [lab]")], ""), @"
        gain     Lab, HEAD..files, as of 2026-11-20: somebody gains what they did not have
        who      ana
                 may read data-source scans
                 head: lab, lab.nbc:26
        who      somebody in lab, if affiliation is staff
                 may read data-source scans
                 head: lab is granted it, lab.nbc:26
                 base: nothing gave it to them
        who      a service in lab
                 may read data-source scans
                 head: lab is granted it, lab.nbc:26
                 base: nothing gave it to them
        changed  data-source.scans read + lab  lab.nbc:26
                 data-source.scans read − deep  lab.nbc:26
        covered  declared people: 100 decisions compared
                 anybody else, on 17 things and any to come: 17 actions with equal policies, 0 compared
        [1]
    ");
    insta::assert_snapshot!(prove(&[("lab.nbc", "environment torch", "group visitors { parent: deep, owners: [robin] }\nenvironment torch")], ""), @"
        gain     Lab, HEAD..files, as of 2026-11-20: somebody gains what they did not have
        who      robin
                 may see-usage and manage group visitors
                 head: robin, lab.nbc:21
        who      somebody in visitors, if affiliation is staff
                 may read data-source scans
                 head: deep is granted it, lab.nbc:27
                 base: nothing gave it to them
        who      a service in visitors
                 may read data-source scans
                 head: deep is granted it, lab.nbc:27
                 base: nothing gave it to them
        who      somebody in visitors
                 may view environment torch
                 head: role analyst in lab, lab.nbc:10
                 base: nothing gave it to them
        who      a service in visitors
                 may view environment torch
                 head: role analyst in lab, lab.nbc:10
                 base: nothing gave it to them
        who      somebody in visitors
                 may edit environment torch
                 head: role analyst in lab, lab.nbc:10
                 base: nothing gave it to them
        who      a service in visitors
                 may edit environment torch
                 head: role analyst in lab, lab.nbc:10
                 base: nothing gave it to them
        who      somebody in visitors, if affiliation is staff and mfa is off
                 may launch profile large
                 head: deep is granted it, lab.nbc:17
                 base: nothing gave it to them
        who      a service in visitors
                 may launch profile large
                 head: deep is granted it, lab.nbc:17
                 base: nothing gave it to them
        who      whoever is in visitors
                 may do whatever is granted to deep, now or later
                 head: visitors is in deep, lab.nbc:21
                 base: not so
        who      whoever is in visitors
                 may do whatever is granted to lab, now or later
                 head: visitors is in lab, lab.nbc:21
                 base: not so
        who      whoever is in visitors
                 may do whatever role analyst may, now or later
                 head: visitors has role analyst, lab.nbc:21
                 base: not so
        changed  group.visitors new  lab.nbc:21
        covered  declared people: 108 decisions compared
                 anybody else, on 18 things and any to come: 0 actions with equal policies, 17 compared
        [1]
    ");
    insta::assert_snapshot!(prove(&[("lab.nbc", "pack data-access { level: hard }", "pack data-access { level: soft }")], ""), @"
        gain     Lab, HEAD..files, as of 2026-11-20: somebody gains what they did not have
        who      somebody in deep, if affiliation is contractor
                 may read data-source scans
                 head: deep is granted it, lab.nbc:26
                 base: policy no-contractor-confidential refused it, packs/data-access/access.cedar:6
        who      robin, if affiliation is contractor
                 may write data-source scans
                 head: the owner may
                 base: policy no-contractor-confidential refused it, packs/data-access/access.cedar:6
        who      somebody, if affiliation is contractor
                 may read any storage that they are granted whose classification is confidential
                 head: whoever was granted it may
                 base: policy no-contractor-confidential-storage refused it, packs/data-access/access.cedar:19
        who      somebody, if affiliation is contractor
                 may write any storage that they are granted whose classification is confidential
                 head: whoever was granted it may
                 base: policy no-contractor-confidential-storage refused it, packs/data-access/access.cedar:19
        changed  pack.data-access level hard → soft  lab.nbc:2
        covered  declared people: 100 decisions compared
                 anybody else, on 17 things and any to come: 13 actions with equal policies, 4 compared
        [1]
    ");
}

#[test]
fn what_begins_later_counts_too() {
    insta::assert_snapshot!(prove(&[("lab.nbc", "profiles: [small]", "profiles: [small, large from 2027-02-01]")], ""), @"
        gain     Lab, HEAD..files, as of 2026-11-20: somebody gains what they did not have
        who      somebody in lab, if affiliation is staff and mfa is off, from 2027-02-01 on
                 may launch profile large
                 head: lab is granted it, lab.nbc:9
                 base: nothing gave it to them
        who      a service in lab, from 2027-02-01 on
                 may launch profile large
                 head: lab is granted it, lab.nbc:9
                 base: nothing gave it to them
        changed  group.lab profiles + large from 2027-02-01  lab.nbc:9
        covered  declared people: 100 decisions compared
                 anybody else, on 17 things and any to come: 17 actions with equal policies, 0 compared, on 1 later day too
        [1]
    ");
}

#[test]
fn an_account_of_a_service_is_somebody_too() {
    insta::assert_snapshot!(prove(&[("lab.nbc", "environment torch", "service runner extends std/argo { account { groups: [deep] } }\nenvironment torch")], ""), @"
        gain     Lab, HEAD..files, as of 2026-11-20: somebody gains what they did not have
        who      runner
                 may read data-source scans
                 head: deep is granted it, lab.nbc:27
                 base: the base does not have it
        who      runner
                 may view environment torch
                 head: role analyst in lab, lab.nbc:10
                 base: the base does not have it
        who      runner
                 may edit environment torch
                 head: role analyst in lab, lab.nbc:10
                 base: the base does not have it
        who      runner
                 may launch profile large
                 head: deep is granted it, lab.nbc:17
                 base: the base does not have it
        changed  service.runner new  lab.nbc:21
        covered  declared people: 135 decisions compared
                 anybody else, on 18 things and any to come: 17 actions with equal policies, 0 compared
        [1]
    ");
}

#[test]
fn what_cannot_be_confirmed_is_not_proved() {
    let by_manager = "unless { principal has mfa || principal has manager && principal.manager.enabled };";
    let edits = [("site.cedar", "unless { principal has mfa };", by_manager)];
    let folder = folder(&format!("{PLATFORM}{POLICIES}"));
    git(folder.path(), &["init", "-q"]);
    let text = read(folder.path().join("site.cedar")).replace(edits[0].1, edits[0].2);
    write(folder.path(), "site.cedar", text.as_bytes());
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "base"]);
    let text = read(folder.path().join("people.nbc")).replace("user ana { }", "user ana { department: \"Sea\" }");
    write(folder.path(), "people.nbc", text.as_bytes());
    insta::assert_snapshot!(nbc(folder.path(), "-C {} --as-of 2026-11-20 prove").transcript(), @r#"
        open     Lab, HEAD..files, as of 2026-11-20: not proved, so take it as new access
        open     launch on profile.large, for a person: there may be somebody who gains; whom the solver made up does not
        changed  user.ana department + "Sea"  people.nbc:1
        covered  declared people: 100 decisions compared
                 anybody else, on 17 things and any to come: 16 actions with equal policies, 1 compared
        [2]
    "#);
}

#[test]
fn a_proof_for_programs_and_for_a_comment() {
    let edits = [("lab.nbc", "read: [deep]", "read: [lab]")];
    insta::assert_snapshot!(prove(&edits, "--format md"), @r#"
        **gain:** Lab, HEAD..files, as of 2026-11-20\: somebody gains what they did not have

        | who | may | because | before |
        |---|---|---|---|
        | ana | read data-source scans | lab, `lab.nbc:26` |  |
        | somebody in lab, if affiliation is staff | read data-source scans | lab is granted it, `lab.nbc:26` | nothing gave it to them |
        | a service in lab | read data-source scans | lab is granted it, `lab.nbc:26` | nothing gave it to them |

        Covered: declared people\: 100 decisions compared; anybody else, on 17 things and any to come\: 17 actions with equal policies, 0 compared.
        [1]
    "#);
    let json = prove(&edits, "--format json");
    let commit = json.split("\"base\":\"").nth(1).and_then(|rest| rest.get(..40)).unwrap().to_owned();
    insta::assert_snapshot!(json.replace(&commit, "COMMIT"), @r#"
        {"verdict":"new-access","gains":[{"stage":null,"who":"ana","is_declared":true,"what":["read data-source scans"],"from":null,"head":[{"why":"lab","place":"lab.nbc:26"}],"base":[]},{"stage":null,"who":"somebody in lab, if affiliation is staff","is_declared":false,"what":["read data-source scans"],"from":null,"head":[{"why":"lab is granted it","place":"lab.nbc:26"}],"base":[{"why":"nothing gave it to them","place":null}]},{"stage":null,"who":"a service in lab","is_declared":false,"what":["read data-source scans"],"from":null,"head":[{"why":"lab is granted it","place":"lab.nbc:26"}],"base":[{"why":"nothing gave it to them","place":null}]}],"not_proved":[],"changed":[{"path":"data-source.scans","change":"read + lab","place":"lab.nbc:26"},{"path":"data-source.scans","change":"read − deep","place":"lab.nbc:26"}],"covered":{"decisions":100,"things":17,"actions_equal":17,"actions_compared":0,"later_days":0},"schema_version":1,"base":"COMMIT","head":null,"as_of":"2026-11-20"}
        [1]
    "#);
}
