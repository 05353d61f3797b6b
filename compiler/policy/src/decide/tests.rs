//! Decisions about small platforms, as text: who holds what and why, what a policy takes away.

use nbc_platform::decisions::{CohortAnswer, Judge as _, Judgement, Reason};
use nbc_platform::{Draft, levels};

use super::{CedarJudge, Stages};
use crate::access::Decide as _;
use crate::testing::random::{self, Chance};
use crate::testing::{self, Workspace};

/// One line a decision: the action, the thing, groups that hold it whole, and each person with the reason.
fn shown(workspace: &Workspace, judgement: &Judgement, only: &[&str]) -> String {
    let model = &workspace.model;
    let decisions = &judgement.decisions;
    let place = |origin| workspace.sources.line_place(model.origin(origin).span);
    let mut out = String::new();
    for row in decisions.iter() {
        let action = model.text(model.kinds.actions[row.action].qualified);
        let line = format!("{action} {}", model.path(row.resource));
        if !only.is_empty() && !only.iter().any(|wanted| line.contains(wanted)) {
            continue;
        }
        out.push_str(&line);
        let groups: Vec<&str> = row.groups.iter().map(|held| model.handle(held.group)).collect();
        if !groups.is_empty() {
            out.push_str(&format!(" · {}", groups.join(", ")));
        }
        for cohort in &row.cohorts {
            let answer = match &cohort.answer {
                CohortAnswer::Yes => "yes".to_owned(),
                CohortAnswer::No => "no".to_owned(),
                CohortAnswer::DependsOn(attributes) => format!("depends on {}", attributes.join(", ")),
            };
            out.push_str(&format!(" · people of {}: {answer}", model.handle(cohort.group)));
        }
        out.push('\n');
        for allowed in &row.users {
            let reason = match decisions.reasons[allowed.reason] {
                Reason::Grant { origin, to } => format!("granted to {} {}", model.handle(to), place(origin)),
                Reason::Role { role, given_in, origin } => {
                    format!("{} in {} {}", model.handle(role), model.handle(given_in), place(origin))
                }
                Reason::Owner { origin } => format!("owner {}", place(origin)),
                Reason::Policy(policy) => format!("policy {}", decisions.policies[policy].id),
            };
            out.push_str(&format!("  {} {reason}\n", model.handle(allowed.user)));
        }
    }
    for row in decisions.forbidden() {
        let action = model.text(model.kinds.actions[row.action].qualified);
        let line = format!("{action} {}", model.path(row.resource));
        if only.is_empty() || only.iter().any(|wanted| line.contains(wanted)) {
            let policy = &decisions.policies[row.policy].id;
            out.push_str(&format!("refused {line} {} by {policy}\n", model.handle(row.user)));
        }
    }
    let outcome = levels::apply(&workspace.draft(), judgement.findings.clone());
    out + &testing::show(&workspace.sources, &outcome.findings)
}

fn decided(site: &str, only: &[&str]) -> String {
    let workspace = testing::workspace(&[("site.nbc", site)]);
    assert_eq!(workspace.said(), "");
    let policies = testing::policies(&workspace);
    let judgement = workspace.judge(&policies);
    compare_with_cedar(&workspace, &policies, &judgement);
    shown(&workspace, &judgement, only)
}

/// Every question, asked one by one: classes must not change an answer.
/// What was decided about classes, what Cedar says with the entities around a question, and what it says with all
/// entities of the world are the same.
fn compare_with_cedar(workspace: &Workspace, policies: &crate::load::Policies, judgement: &Judgement) {
    let access = workspace.access(policies);
    let whole = access.whole().unwrap();
    for action in &policies.shapes.actions {
        for resource in access.people.world.of_kind(action.kind) {
            for user in &access.people.users {
                let asked = access.decide(*user, action.action, *resource);
                assert_eq!(asked, access.decide_with(whole, *user, action, *resource));
                let decided = judgement.decisions.may(*user, action.action, *resource);
                let model = &workspace.model;
                assert_eq!(asked.allowed, decided, "{} {} {}", model.handle(*user), action.id, model.path(*resource));
            }
        }
    }
}

const PEOPLE: &str = "user ana {}\nuser bob {}\nuser cy {}\nuser dee {}\n";

#[test]
fn the_lab() {
    let files = testing::example("lab");
    let workspace = testing::workspace(&testing::borrowed(&files));
    assert_eq!(workspace.said(), "");
    let policies = testing::policies(&workspace);
    let judgement = workspace.judge(&policies);
    compare_with_cedar(&workspace, &policies, &judgement);
    assert_eq!((judgement.decisions.judged, judgement.decisions.allowed), (888, 202));
    insta::assert_snapshot!(shown(&workspace, &judgement, &["cohort-7", "edit environment.torch", "group.students"]), @r#"
    data-source.read data-source.cohort-7 · ml-research
      ana granted to ml-research teams/ml-research.nbc:39
      bob granted to ml-research teams/ml-research.nbc:39
      chen granted to ml-research teams/ml-research.nbc:39
      robin owner teams/ml-research.nbc:37
    data-source.write data-source.cohort-7
      robin owner teams/ml-research.nbc:37
    edit environment.torch-2-4 · admins, ml-research
      ana analyst in lab teams/lab.nbc:5
      bob analyst in lab teams/lab.nbc:5
      chen analyst in lab teams/lab.nbc:5
      hana admin in admins teams/lab.nbc:13
      taylor admin in admins teams/lab.nbc:13
    group.see-usage group.students · admins
      fatima granted to fatima teams/lab.nbc:32
      hana admin in admins teams/lab.nbc:13
      taylor admin in admins teams/lab.nbc:13
    manage group.students · admins
      fatima granted to fatima teams/lab.nbc:32
      hana admin in admins teams/lab.nbc:13
      taylor admin in admins teams/lab.nbc:13
    "#);
}

/// A role counts over the things of its group and of groups below, for the members of the group that owns them.
#[test]
fn roles_count_where_they_are_given() {
    let site = format!(
        "{PEOPLE}
group top {{ owners: [dee], members: [dee], roles: [viewer] }}
group left {{ parent: top, owners: [dee], members: [ana], roles: [developer] }}
group right {{ parent: top, owners: [dee], members: [bob, ana] }}
group tas {{ owners: [dee], members: [cy] }}
group course {{ parent: top, owners: [dee], members: [bob], delegates {{ instructor: [tas] }} }}
environment of-left {{ namespace: left, packages {{ python: \"3.12.*\" }} }}
environment of-right {{ namespace: right, packages {{ python: \"3.12.*\" }} }}
environment of-course {{ namespace: course, packages {{ python: \"3.12.*\" }} }}
environment own {{ namespace: cy, packages {{ python: \"3.12.*\" }} }}"
    );
    insta::assert_snapshot!(decided(&site, &["environment.", "open-server"]), @r#"
    view environment.of-course · course, tas
      bob viewer in top site.nbc:6
      cy instructor in course site.nbc:10
    view environment.of-left · left
      ana viewer in top site.nbc:6
    view environment.of-right · right
      ana viewer in top site.nbc:6
      bob viewer in top site.nbc:6
    view environment.own
      cy owner site.nbc:14
    edit environment.of-course · tas
      cy instructor in course site.nbc:10
    edit environment.of-left · left
      ana developer in left site.nbc:7
    edit environment.own
      cy owner site.nbc:14
    delete environment.of-course · tas
      cy instructor in course site.nbc:10
    delete environment.of-left · left
      ana developer in left site.nbc:7
    delete environment.own
      cy owner site.nbc:14
    open-server user.bob · tas
      cy instructor in course site.nbc:10
    "#);
}

/// Both ends of every date count; what is implied is held; a person beyond their dates holds nothing.
#[test]
fn grants_count_on_the_day_and_bring_what_they_imply() {
    let site = "user ana {}
user gone { until: 2026-11-19 }
user last { until: 2026-11-20 }
user off { enabled: false }
group ended { owners: [ana], members: [ana], until: 2026-11-19, environments: [e] }
group runs { owners: [ana], members: [gone, last, off, ana until 2026-11-19] }
environment e { namespace: global, shared-with: [runs] }
storage s { size: 1Gi, write: [runs, gone, last until 2026-11-20], read: [ana from 2026-11-21] }";
    insta::assert_snapshot!(decided(site, &["environment.", "storage."]), @r#"
    view environment.e · runs
      last granted to runs site.nbc:7
    storage.read storage.s · runs
      last granted to runs site.nbc:8
    storage.write storage.s · runs
      last granted to runs site.nbc:8
    "#);
}

/// Stages that are decided one after the other are decided as each of them alone, whatever they differ in.
#[test]
fn stages_together_are_decided_as_each_alone() {
    let changes = [
        "override node-pool.pool.max-nodes: 2",
        "set group.lab.title: \"Others\"",
        "add group.lab.members: [cy]",
        "set user.bob.affiliation: guest",
        "set user.bob.enabled: false",
        "set user.bob.until: 2026-01-01",
        "override pack.gpu-cost.level: advisory",
        "set pack.gpu-cost.allow-guests: true",
        "override group.lab.owners: [bob]",
        "remove group.lab.profiles: [gpu]",
        "set group.lab.until: 2026-01-01",
        "set group.lab.parent: above",
        "override data-source.scans.classification: restricted",
        "add data-source.scans.read: [dee]",
        "set profile.gpu.priority: high",
        "set role.sees.over: everything",
    ];
    let mut site = format!(
        "{PEOPLE}
user eve {{ affiliation: guest }}
user fay {{ affiliation: student }}
user gil {{ affiliation: contractor }}
role sees {{ can: [group.see-usage] }}
group above {{ owners: [dee], members: [dee], roles: [sees] }}
group lab {{ owners: [ana], members: [ana, bob, eve, fay, gil], profiles: [gpu] }}
profile gpu {{ cpu: 1, memory: 1Gi, gpu {{ a100: 1 }} }}
node-pool pool {{ cpu: 8, memory: 64Gi, gpu {{ a100: 1 }}, max-nodes: 1 }}
data-source scans {{ classification: confidential, owner: ana, at: bucket {{ url: \"s3://scans\" }}, read: [lab] }}
pack gpu-cost {{ level: hard }}
pack data-access {{ level: hard }}
pack baseline {{ level: hard }}
"
    );
    for (at, change) in changes.iter().enumerate() {
        site += &format!("stage s{at:02} {{ {change} }}\n");
    }
    let workspace = testing::workspace(&[("site.nbc", &site)]);
    assert_eq!(workspace.said(), "");
    let policies = testing::policies(&workspace);
    let drafts: Vec<Draft<'_>> = workspace.model.worlds.iter().map(|world| workspace.draft_of(world)).collect();
    assert_eq!(drafts.len(), changes.len());
    let alone: Vec<Judgement> = drafts.iter().map(|draft| CedarJudge::new(&policies).decide(draft)).collect();
    let mut different: Vec<String> = alone.iter().map(|judgement| shown(&workspace, judgement, &[])).collect();
    // After the first stage, and after the one before.
    for (at, (draft, alone)) in drafts.iter().zip(&alone).enumerate() {
        for before in [0, at.saturating_sub(1)] {
            let mut stages = Stages::new(&policies);
            stages.decide(&drafts[before]);
            let after = stages.decide(draft);
            assert_eq!(shown(&workspace, &after, &[]), shown(&workspace, alone, &[]));
        }
    }
    let mut stages = Stages::new(&policies);
    let [one, two] = [0, 1].map(|at| stages.decide(&drafts[at]).decisions);
    assert!(std::ptr::eq(one.iter().next().unwrap(), two.iter().next().unwrap()), "decided twice");
    different.sort();
    different.dedup();
    assert!(different.len() > changes.len() / 2, "{}", different.len());
}

#[test]
fn a_grant_that_policy_forbids_for_all_is_an_error_and_for_some_is_narrowed() {
    let site = "user ana {}
user dana { affiliation: contractor }
group outside { owners: [ana], members: [dana] }
group mixed { owners: [ana], members: [dana, ana] }
data-source scans {
  classification: confidential
  owner: ana
  at: bucket { url: \"s3://scans\" }
  read: [outside, mixed]
}
pack data-access { level: hard }";
    insta::assert_snapshot!(decided(site, &["scans"]), @r#"
    data-source.read data-source.scans
      ana granted to mixed site.nbc:9
    data-source.write data-source.scans
      ana owner site.nbc:7
    refused data-source.read data-source.scans dana by no-contractor-confidential
    site.nbc:9:10 error[grant-forbidden]: policy `no-contractor-confidential` forbids this grant: nobody of outside can read data-source scans
      site.nbc:2:26 `dana.affiliation` is contractor
      site.nbc:6:19 `scans.classification` is confidential
      packs/data-access/access.cedar:6:1 policy no-contractor-confidential
      help: take the grant out, or make an exception with a reason and a last day:
      help: waiver no-contractor-confidential on user.dana { until: …, because: "…", approved-by: … }
    "#);
}

#[test]
fn a_pack_that_is_not_hard_decides_nothing_and_is_heard() {
    let site = "user ana {}
user dana { affiliation: contractor }
data-source scans { classification: confidential, owner: ana, at: bucket { url: \"s3://scans\" }, read: [dana] }
pack data-access { level: soft }";
    insta::assert_snapshot!(decided(site, &["scans"]), @r#"
    data-source.read data-source.scans
      ana owner site.nbc:3
      dana granted to dana site.nbc:3
    data-source.write data-source.scans
      ana owner site.nbc:3
    site.nbc:3:104 warning[grant-forbidden]: policy `no-contractor-confidential` would forbid this grant: dana could not read data-source scans
      site.nbc:2:26 `dana.affiliation` is contractor
      site.nbc:3:37 `scans.classification` is confidential
      packs/data-access/access.cedar:6:1 policy no-contractor-confidential
      help: take the grant out, or make an exception with a reason and a last day:
      help: waiver no-contractor-confidential on user.dana { until: …, because: "…", approved-by: … }
    "#);
}

#[test]
fn people_of_an_open_group_are_a_question_of_their_own() {
    let site = "user ana {}
secret code { from: env { name: \"CODE\" } }
identity-provider campus {
  method: oidc { issuer: \"https://login.uni.example\", client-id: \"hub\", client-secret: code }
}
group visitors { owners: [ana], members-from: campus, profiles: [gpu, small] }
profile small { cpu: 1, memory: 1Gi }
profile gpu { cpu: 1, memory: 1Gi, gpu { a100: 1 } }
node-pool pool { cpu: 8, memory: 64Gi, gpu { a100: 1 }, max-nodes: 1 }
pack baseline { level: hard }
pack gpu-cost { level: hard }";
    insta::assert_snapshot!(decided(site, &["launch"]), @r#"
    launch profile.gpu · visitors · people of visitors: depends on affiliation
    launch profile.small · visitors · people of visitors: yes
    site.nbc:6:66 error[open-group-narrowed]: policy `no-guest-gpu` lets only some people of visitors launch profile gpu: it depends on affiliation
      packs/gpu-cost/access.cedar:6:1 policy no-guest-gpu
      help: visitors is open: its people come from an identity provider, so there is no list to write
      help: grant it to a group whose members stand in files, or change the policy
    "#);
}

/// A user's own kind has actions, grants, roles and policies like a standard one.
#[test]
fn kinds_of_the_user_are_judged_too() {
    let site = "kind robot {
  action start \"start the robot\"
  action steer implies start \"steer it\"
  drivers: [user | group] grants steer
  keeper: group owns
  top-speed: Count = 3
}
role operator { can: [start], over: group }
user ana {}
user bob { affiliation: guest }
user cy {}
group crew { owners: [ana], members: [ana, bob], roles: [operator] }
robot slow { keeper: crew, drivers: [cy] }
robot fast { keeper: crew, drivers: [cy], top-speed: 9 }";
    let cedar = "@id(\"no-fast-guests\")
@sentence(\"Guests do not start fast robots.\")
forbid (principal is User, action == Action::\"start\", resource is Robot)
when { principal.affiliation == Affiliation::\"guest\" && resource.top_speed > 5 };

@id(\"crew-steers-slow\")
@sentence(\"The crew steers what is slow.\")
permit (principal in Group::\"crew\", action == Action::\"steer\", resource is Robot)
when { resource.top_speed < 5 };";
    let workspace = testing::workspace(&[("site.nbc", site), ("site.cedar", cedar)]);
    assert_eq!(workspace.said(), "");
    let policies = testing::policies(&workspace);
    let judgement = workspace.judge(&policies);
    compare_with_cedar(&workspace, &policies, &judgement);
    insta::assert_snapshot!(shown(&workspace, &judgement, &["robot"]), @r#"
    start robot.fast
      ana operator in crew site.nbc:12
      cy granted to cy site.nbc:14
    start robot.slow · crew
      ana operator in crew site.nbc:12
      bob operator in crew site.nbc:12
      cy granted to cy site.nbc:13
    steer robot.fast
      cy granted to cy site.nbc:14
    steer robot.slow
      ana policy crew-steers-slow
      bob policy crew-steers-slow
      cy granted to cy site.nbc:13
    refused start robot.fast bob by no-fast-guests
    "#);
}

/// Twice the people, as many questions: Cedar is asked about classes.
#[test]
fn cedar_is_asked_about_classes_and_not_about_people() {
    let asked = |people: usize| {
        let users: String = (0..people)
            .map(|at| format!("user u{at} {{ affiliation: {} }}\n", ["staff", "student", "guest"][at % 3]))
            .collect();
        let members: Vec<String> = (0..people).map(|at| format!("u{at}")).collect();
        let site = format!(
            "{users}group crew {{ owners: [u0], members: [{}], roles: [instructor], profiles: [small] }}
profile small {{ cpu: 1, memory: 1Gi }}
pack baseline {{ level: hard }}
pack gpu-cost {{ level: hard }}",
            members.join(", ")
        );
        let workspace = testing::workspace(&[("site.nbc", &site)]);
        assert_eq!(workspace.said(), "");
        let policies = testing::policies(&workspace);
        let access = workspace.access(&policies);
        let judgement = super::decide(&access, &workspace.draft());
        assert!(judgement.decisions.allowed > (people * people) as u64, "{}", judgement.decisions.allowed);
        access.asked()
    };
    assert_eq!(asked(12), asked(24));
}

/// Every example is decided in each of its stages, with nothing forbidden that it grants.
#[test]
fn the_examples() {
    for name in ["minimal", "lab", "course", "dandi", "nebari-docs"] {
        let files = testing::example(name);
        let workspace = testing::workspace(&testing::borrowed(&files));
        assert_eq!(workspace.said(), "", "{name}");
        let policies = testing::policies(&workspace);
        let judgement = workspace.judge(&policies);
        let outcome = levels::apply(&workspace.draft(), judgement.findings);
        assert_eq!(testing::show(&workspace.sources, &outcome.findings), "", "{name}");
        assert!(judgement.decisions.allowed > 0 || judgement.decisions.judged == 0, "{name}");
    }
}

/// Every form in which a policy can look at people and things; classes must not change an answer of any of them.
const FORMS: &str = r#"
@id("attribute") @sentence("S.")
forbid (principal is User, action == Action::"launch", resource is Profile)
when { principal.affiliation == Affiliation::"guest" && resource.cpu_millicores > 2000 };
@id("optional") @sentence("S.")
forbid (principal is User, action == Action::"view", resource is Environment)
when { principal has department && principal.department like "bio*" && resource has until };
@id("tag") @sentence("S.")
forbid (principal is User, action == Action::"storage.read", resource is Storage)
when { principal.hasTag("training") && principal.getTag("training").contains("none") };
@id("tag-of-resource") @sentence("S.")
forbid (principal is User, action == Action::"launch", resource is Profile)
when { resource.hasTag("a100") && resource.getTag("a100") > 1 && !(principal in Group::"g1") };
@id("in-literal") @sentence("S.")
forbid (principal in Group::"g2", action in [Action::"storage.write", Action::"edit"], resource)
unless { principal in [Group::"g3", Group::"g0"] || principal == User::"u1" };
@id("in-role") @sentence("S.")
forbid (principal is User, action == Action::"delete", resource is Environment)
unless { principal in Role::"admin" };
@id("same") @sentence("S.")
forbid (principal is User, action == Action::"stop-server", resource is User)
when { principal == resource || resource.affiliation == Affiliation::"staff" };
@id("contains") @sentence("S.")
forbid (principal is User, action == Action::"storage.write", resource is Storage)
unless { resource.write_users.contains(principal) || principal in resource.read_groups };
@id("owner") @sentence("S.")
forbid (principal is User, action == Action::"storage.read", resource is Storage)
when { resource has owner_user && resource.owner_user != principal && resource.classification == Classification::"restricted" };
@id("inside") @sentence("S.")
forbid (principal is User, action == Action::"manage", resource is Group)
when { principal in resource };
@id("through") @sentence("S.")
forbid (principal is User, action == Action::"view", resource is Environment)
when { principal has manager && principal.manager.affiliation == Affiliation::"guest" };
@id("both-ends") @sentence("S.")
forbid (principal is User, action == Action::"user.see-usage", resource is User)
when { principal.affiliation == resource.affiliation };
@id("whole") @sentence("S.")
permit (principal is User, action == Action::"launch", resource is Profile)
when { [principal, User::"u3"].contains(User::"u2") && resource.priority == Priority::"low" };
@id("written-permit") @sentence("S.")
permit (principal in Group::"g4", action == Action::"open-server", resource is User)
when { resource in Group::"g1" };
"#;

#[test]
fn no_form_of_a_policy_is_answered_by_class_otherwise_than_one_by_one() {
    // A small generator of its own, so that every run makes the same platforms.
    let mut state = 20_261_120_u64;
    let mut pick = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut refused = 0;
    for _ in 0..12 {
        let site = random_site(&mut pick);
        let workspace = testing::workspace(&[("site.nbc", &site), ("forms.cedar", FORMS)]);
        assert_eq!(workspace.said(), "", "{site}");
        let policies = testing::policies(&workspace);
        let judgement = workspace.judge(&policies);
        refused += judgement.decisions.forbidden().count();
        compare_with_cedar(&workspace, &policies, &judgement);
    }
    assert!(refused > 50, "the platforms are too tame: {refused}");
}

fn random_site(pick: &mut impl FnMut(usize) -> usize) -> String {
    const USERS: usize = 8;
    let mut site = String::new();
    for user in 0..USERS {
        let affiliation = ["staff", "guest", "student"][pick(3)];
        let department = ["", ", department: \"biology\"", ", department: \"art\""][pick(3)];
        let manager = ["".to_owned(), format!(", manager: u{}", pick(USERS))][pick(2)].clone();
        let training = ["", ", attributes { training: [\"none\"] }", ", attributes { training: [\"gdpr\"] }"][pick(3)];
        let role = ["", "", ", roles: [admin]"][pick(3)];
        site.push_str(&format!("user u{user} {{ affiliation: {affiliation}{department}{manager}{training}{role} }}\n"));
    }
    let mut some = |prefix: &str, of: usize| {
        let chosen: Vec<String> = (0..of).filter(|_| pick(3) == 0).map(|at| format!("{prefix}{at}")).collect();
        chosen.join(", ")
    };
    for group in 0..5 {
        let parent = if group > 2 { format!("parent: g{}, ", group - 3) } else { String::new() };
        let (owners, members, profiles) = (some("u", USERS), some("u", USERS), some("p", 3));
        let role = ["", "roles: [instructor], ", "roles: [developer], ", "roles: [analyst], ", ""][group];
        site.push_str(&format!(
            "group g{group} {{ {parent}{role}owners: [{owners}], members: [{members}], profiles: [{profiles}] }}\n"
        ));
    }
    for at in 0..3 {
        let (cpu, gpu, priority) = (at + 1, at, ["low", "normal", "high"][at]);
        site.push_str(&format!(
            "profile p{at} {{ cpu: {cpu}, memory: 1Gi, gpu {{ a100: {gpu} }}, priority: {priority} }}\n"
        ));
        let (read, write, shared) = (some("g", 5), some("u", USERS), some("g", 5));
        let class = ["internal", "restricted", "public"][at];
        let owner = ["", "owner: u0, ", "owner: u1, "][at];
        site.push_str(&format!(
            "storage s{at} {{ size: 1Gi, {owner}classification: {class}, read: [{read}], write: [{write}] }}\n"
        ));
        let until = ["", ", until: 2027-01-01", ""][at];
        site.push_str(&format!(
            "environment e{at} {{ namespace: g{at}, shared-with: [{shared}], packages {{ python: \"3.12.*\" }}{until} }}\n"
        ));
    }
    site
}

/// A waiver lifts a policy for a person until its last day, counts as used, and its rule is a policy's name.
#[test]
fn a_waiver_lifts_a_policy_for_whom_it_names() {
    let site = |until: &str| {
        format!(
            "user ana {{}}
user dana {{ affiliation: contractor }}
user rex {{ affiliation: contractor }}
group mixed {{ owners: [ana], members: [dana, rex, ana] }}
data-source scans {{ classification: confidential, owner: ana, at: bucket {{ url: \"s3://scans\" }}, read: [mixed] }}
pack data-access {{ level: hard }}
waiver no-contractor-confidential on user.dana {{ until: {until}, because: \"her project\", approved-by: ana }}"
        )
    };
    insta::assert_snapshot!(decided(&site("2026-11-20"), &["data-source.read"]), @r#"
    data-source.read data-source.scans
      ana granted to mixed site.nbc:5
      dana granted to mixed site.nbc:5
    refused data-source.read data-source.scans rex by no-contractor-confidential
    "#);
    insta::assert_snapshot!(decided(&site("2026-11-19"), &["data-source.read"]), @r#"
    data-source.read data-source.scans
      ana granted to mixed site.nbc:5
    refused data-source.read data-source.scans dana by no-contractor-confidential
    refused data-source.read data-source.scans rex by no-contractor-confidential
    site.nbc:7:8 warning[expired-waiver]: the waiver of `no-contractor-confidential` on `user.dana` ended on 2026-11-19
      help: take it out, or ask its approver for a new last day
    "#);
}

/// What the backend `cedar` writes decides the same in any Cedar, and is the same in every run.
#[test]
fn what_is_written_for_cedar_decides_the_same() {
    use cedar_policy::{Authorizer, Context, Decision, Entities, EntityId, EntityUid, PolicySet, Request, Schema};
    let files = testing::example("lab");
    let mut workspace = testing::workspace(&testing::borrowed(&files));
    workspace.targets.versions.insert("cedar".to_owned(), "4".to_owned());
    let policies = testing::policies(&workspace);
    let judgement = workspace.judge(&policies);
    assert_eq!(judgement.cedar, workspace.judge(&policies).cedar);

    let (schema, warnings) = Schema::from_cedarschema_str(&judgement.cedar.schema).unwrap();
    assert_eq!(warnings.count(), 0);
    let set: PolicySet = judgement.cedar.policies.parse().unwrap();
    let entities = Entities::from_json_str(&judgement.cedar.entities, Some(&schema)).unwrap();
    let uid = |ty: &str, id: &str| EntityUid::from_type_name_and_id(ty.parse().unwrap(), EntityId::new(id));
    let access = workspace.access(&policies);
    for action in &policies.shapes.actions {
        for resource in access.people.world.of_kind(action.kind) {
            for user in &access.people.users {
                let (who, what) = (workspace.model.handle(*user), workspace.model.handle(*resource));
                let request = Request::new(
                    uid("User", who),
                    uid("Action", &action.id),
                    uid(policies.shapes.type_name(action.kind), what),
                    Context::empty(),
                    Some(&schema),
                );
                let response = Authorizer::new().is_authorized(&request.unwrap(), &set, &entities);
                let decided = judgement.decisions.may(*user, action.action, *resource);
                assert_eq!(response.decision() == Decision::Allow, decided, "{who} {} {what}", action.id);
            }
        }
    }
}

/// Restricted data is read by those who are named: the message shows who is.
#[test]
fn a_refusal_shows_what_the_policy_compared() {
    let site = "user ana {}
user bob {}
group team { owners: [ana], members: [bob] }
data-source scans {
  classification: restricted
  owner: ana
  at: bucket { url: \"s3://scans\" }
  read: [team, ana]
}
pack data-access { level: hard }";
    insta::assert_snapshot!(decided(site, &["data-source.read"]), @r#"
    data-source.read data-source.scans
      ana granted to ana site.nbc:8
    refused data-source.read data-source.scans bob by restricted-by-name
    site.nbc:8:10 error[grant-forbidden]: policy `restricted-by-name` forbids this grant: nobody of team can read data-source scans
      site.nbc:5:19 `scans.classification` is restricted
      packs/data-access/access.cedar:45:1 policy restricted-by-name
      help: scans.read_users is [ana]
      help: take the grant out, or make an exception with a reason and a last day:
      help: waiver restricted-by-name on user.bob { until: …, because: "…", approved-by: … }
    "#);
}

/// Platforms and policies by chance: who shares a class has one answer, whatever the policies read.
#[test]
fn classes_decide_as_cedar_does_of_each() {
    let all: Vec<usize> = (0..random::OF_PEOPLE.len()).collect();
    let (mut policies, mut refused) = (0, 0);
    for seed in 0..random::cases(30) {
        let mut chance = Chance::new(seed + 1_000_000);
        let site = random::platform(&mut chance);
        let cedar = random::policies(&mut chance, 8, &all).concat();
        let workspace = testing::workspace(&[("site.nbc", &site), ("site.cedar", &cedar)]);
        assert_eq!(workspace.said(), "", "{site}");
        let (loaded, _) = crate::load::load(&workspace.model, &workspace.sources);
        let loaded = loaded.unwrap();
        policies += loaded.written.len();
        let judgement = workspace.judge(&loaded);
        refused += judgement.decisions.forbidden().count();
        compare_with_cedar(&workspace, &loaded, &judgement);
    }
    assert!(policies > 30 && refused > 30, "{policies} policies refuse {refused}");
}

/// A university of so many people, a group for every fifty, and a thing for every five.
fn university(people: usize) -> String {
    let mut site = String::from(
        "pack baseline { level: hard }\npack gpu-cost { level: hard }\npack data-access { level: hard }\n",
    );
    let affiliations = ["staff", "faculty", "student", "guest", "contractor"];
    for at in 0..people {
        site.push_str(&format!("user u{at} {{ affiliation: {} }}\n", affiliations[at % affiliations.len()]));
    }
    for group in 0..people.div_ceil(50) {
        let members: Vec<String> = (group * 50..people.min(group * 50 + 50)).map(|at| format!("u{at}")).collect();
        site.push_str(&format!(
            "group g{group} {{ owners: [u{}], members: [{}], roles: [analyst], profiles: [small] }}\n",
            group * 50,
            members.join(", ")
        ));
    }
    site.push_str("profile small { cpu: 1, memory: 1Gi }\n");
    let classifications = ["public", "internal", "confidential", "restricted"];
    for thing in 0..people / 10 {
        let group = thing % people.div_ceil(50);
        let classification = classifications[thing % classifications.len()];
        site.push_str(&format!(
            "environment e{thing} {{ namespace: g{group}, packages {{ python: \"3.12.*\" }} }}
data-source d{thing} {{ classification: {classification}, owner: u{thing}, at: bucket {{ url: \"s3://d{thing}\" }}, read: [g{group}, u{thing}] }}\n"
        ));
    }
    site
}

/// However many decisions, Cedar is asked a few hundred questions. `NBC_CASES=5000` prints the figures of a large one.
#[test]
fn a_university_is_decided_with_a_few_hundred_questions() {
    let people = random::cases(200) as usize;
    let workspace = testing::workspace(&[("site.nbc", &university(people))]);
    assert_eq!(workspace.said(), "");
    let policies = testing::policies(&workspace);
    let access = workspace.access(&policies);
    let start = std::time::Instant::now();
    let judgement = super::decide(&access, &workspace.draft());
    let decisions = &judgement.decisions;
    let (taken, asked) = (start.elapsed(), access.asked());
    assert!(decisions.judged > (people * people) as u64 && decisions.allowed > 0, "{}", decisions.judged);
    assert!(asked < 2_000, "{asked} questions");
    // The same, one by one, of a sample.
    let read = policies.shapes.action_of("data-source.read").unwrap();
    let (users, things) = (&access.people.users, access.people.world.of_kind(read.kind));
    let sample: Vec<_> = users.iter().step_by(7).zip(things.iter().cycle()).take(300).collect();
    let start = std::time::Instant::now();
    for (user, thing) in &sample {
        let answer = access.decide(**user, read.action, **thing);
        assert_eq!(answer.allowed, decisions.may(**user, read.action, **thing));
    }
    let one_by_one = start.elapsed().as_secs_f64() / sample.len() as f64 * decisions.judged as f64;
    println!(
        "{} decisions: {asked} questions, {} ms, {:.0} times as fast as one by one",
        decisions.judged,
        taken.as_millis(),
        one_by_one / taken.as_secs_f64()
    );
}
