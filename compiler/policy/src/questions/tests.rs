//! What an auditor is told about the lab, with Dana in the machine-learning team.

use nbc_model::world::EntityId;
use nbc_source::Sources;

use super::what_can::{WhatCan, what_can};
use super::who_can::{in_words, who_can};
use super::why::why;
use super::{Edge, PolicyShown, principal, thing};
use crate::access::{Access, Decide as _};
use crate::testing::random::{self, Chance};
use crate::testing::{self, Workspace};

/// The lab, where line 10 of `teams/ml-research.nbc` makes Dana a member.
fn lab() -> Workspace {
    lab_with("")
}

/// The lab with one more file.
fn lab_with(more: &str) -> Workspace {
    let mut files = testing::example("lab");
    files.push(("more.nbc".to_owned(), more.to_owned()));
    for (path, text) in &mut files {
        if path == "teams/ml-research.nbc" {
            *text = text
                .replace("    chen until 2027-03-31,\n", "    chen until 2027-03-31,\n    dana until 2027-06-30,\n");
        }
    }
    let workspace = testing::workspace(&testing::borrowed(&files));
    assert_eq!(workspace.said(), "");
    workspace
}

fn asked(question: impl Fn(&Access<'_>, &mut Told<'_>)) -> String {
    let workspace = lab();
    let policies = testing::policies(&workspace);
    let access = workspace.access(&policies);
    let mut told = Told { sources: &workspace.sources, out: String::new() };
    question(&access, &mut told);
    told.out
}

struct Told<'t> {
    sources: &'t Sources,
    out: String,
}

impl Told<'_> {
    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn edge(&mut self, word: &str, edge: &Edge) {
        let place = edge.span.map(|span| self.sources.line_place(span)).unwrap_or_default();
        self.line(&format!("{word}: {} | {place}", edge.text));
    }

    fn policy(&mut self, word: &str, policy: &PolicyShown) {
        let pack = policy.pack.as_deref().unwrap_or("the site's own");
        let place = self.sources.line_place(policy.span);
        self.line(&format!("{word}: {} ({pack}, {}) | {place}", policy.id, policy.level));
    }

    fn why(&mut self, access: &Access<'_>, who: &str, action: &str, resource: &str) {
        let (action, resource) = thing(access, action, resource).unwrap();
        let answer = why(access, principal(access, who).unwrap(), action, resource);
        self.line(if answer.can { "yes" } else { "no" });
        answer.granted.iter().for_each(|edge| self.edge("granted", edge));
        answer.permits.iter().for_each(|permit| self.line(&format!("permit: {permit}")));
        for forbids in &answer.forbidden {
            self.policy("forbidden", &forbids.policy);
            for fact in &forbids.facts {
                self.edge("because", &Edge { text: fact.to_string(), span: fact.span });
            }
        }
        answer.inactive.iter().for_each(|edge| self.edge("inactive", edge));
        for way in &answer.to_allow {
            let later = if way.and_later { ", and every later one" } else { "" };
            self.line(&format!("to allow: {} · lets in {}{later}", way.text, way.lets_in));
        }
    }
}

fn names(access: &Access<'_>, people: &[EntityId]) -> String {
    people.iter().map(|who| access.people.model.handle(*who)).collect::<Vec<_>>().join(", ")
}

#[test]
fn who_can_read_the_scans() {
    let told = asked(|access, told| {
        let (action, resource) = thing(access, "read", "cohort-7").unwrap();
        let answer = who_can(access, action, resource);
        told.line(&format!("{} of {} people", answer.can.len(), answer.people));
        for line in &answer.through {
            let people: Vec<String> = line
                .people
                .iter()
                .map(|(who, until)| {
                    let until = until.map(|until| format!(" until {until}")).unwrap_or_default();
                    format!("{}{until}", access.people.model.handle(*who))
                })
                .collect();
            let text = format!("{} ({}): {}", access.people.model.handle(line.holder), line.text, people.join(", "));
            told.edge("through", &Edge { text, span: line.span });
        }
        for refused in &answer.refused {
            let by: Vec<&str> = refused.by.iter().map(|policy| policy.id.as_str()).collect();
            told.line(&format!("refused: {}; {}", in_words(access, refused), by.join(", ")));
        }
        let services: Vec<EntityId> = answer.services.iter().map(|service| service.who).collect();
        told.line(&format!("services: {} · open doors: {}", names(access, &services), answer.open_doors.len()));
    });
    insta::assert_snapshot!(told, @r#"
    4 of 12 people
    through: ml-research (read: [ml-research]): ana, bob, chen until 2027-03-31 | teams/ml-research.nbc:40
    through: robin (owner: robin): robin | teams/ml-research.nbc:38
    refused: dana is a member of ml-research until 2027-06-30; no-contractor-confidential
    services:  · open doors: 0
    "#);
}

#[test]
fn a_waiver_ends_what_it_lets_in() {
    let workspace = lab_with(
        "waiver no-contractor-confidential on user.dana { until: 2027-01-31, because: \"import\", approved-by: taylor }\n",
    );
    let policies = testing::policies(&workspace);
    let access = workspace.access(&policies);
    let (action, resource) = thing(&access, "read", "cohort-7").unwrap();
    let can = who_can(&access, action, resource).can;
    let until = |handle: &str| can.iter().find(|one| access.people.model.handle(one.who) == handle).unwrap().until;
    // Chen's membership ends on its own; Dana's lasts longer than her waiver.
    assert_eq!([until("chen"), until("dana")].map(|day| day.unwrap().to_string()), ["2027-03-31", "2027-01-31"]);
}

#[test]
fn why_dana_cannot_read_them() {
    insta::assert_snapshot!(asked(|access, told| told.why(access, "dana", "read", "cohort-7")), @r#"
    no
    granted: read: [ml-research] | teams/ml-research.nbc:40
    granted: dana is a member of ml-research until 2027-06-30 | teams/ml-research.nbc:10
    forbidden: no-contractor-confidential (data-access, hard) | packs/data-access/access.cedar:6
    because: dana.affiliation is contractor | people.nbc:19
    because: cohort-7.classification is confidential | teams/ml-research.nbc:37
    to allow: a waiver for dana with an end date · lets in 1
    to allow: another classification of cohort-7, decided by robin · lets in 1, and every later one
    "#);
}

#[test]
fn why_ana_can_edit_and_gus_cannot_launch() {
    insta::assert_snapshot!(asked(|access, told| {
        told.why(access, "ana", "edit", "torch-2-4");
        told.why(access, "gus", "launch", "gpu-a100");
    }), @r#"
    yes
    granted: role analyst given in group.lab may edit | teams/lab.nbc:5
    granted: ana is a member of ml-research | teams/ml-research.nbc:7
    permit: edit-granted
    no
    to allow: make gus a member of ml-research, decided by robin; brings 5 more rights · lets in 1
    to allow: grant launch to gus alone · lets in 1
    "#);
}

#[test]
fn what_chen_can_do() {
    let told = asked(|access, told| {
        let answer = what_can(access, principal(access, "user.chen").unwrap());
        for right in &answer.can {
            let action = access.policies.shapes.action(right.action).unwrap();
            let until = right.until.map(|until| format!(" until {until}")).unwrap_or_default();
            told.line(&format!("{} {}{until}", action.id, access.people.model.path(right.resource)));
        }
        told.line(&format!("refused: {}", answer.refused.len()));
    });
    insta::assert_snapshot!(told, @r#"
    data-source.read data-source.cohort-7 until 2027-03-31
    view environment.torch-2-4 until 2027-03-31
    edit environment.torch-2-4 until 2027-03-31
    launch profile.gpu-a100 until 2027-03-31
    launch profile.small until 2027-03-31
    open service.conda-store until 2027-03-31
    open service.jupyterhub until 2027-03-31
    storage.read storage.ml-data until 2027-03-31
    storage.write storage.ml-data until 2027-03-31
    refused: 0
    "#);
}

#[test]
fn a_name_in_a_question_that_means_nothing_has_neighbours() {
    let told = asked(|access, told| {
        for found in [
            principal(access, "dena").unwrap_err(),
            thing(access, "lunch", "small").unwrap_err(),
            thing(access, "read", "cohort-8").unwrap_err(),
            thing(access, "see-usage", "lab")
                .map(|_| ())
                .err()
                .unwrap_or_else(|| super::NotFound { message: "found".into(), help: Vec::new() }),
        ] {
            told.line(&format!("{} | {}", found.message, found.help.first().map_or("", String::as_str)));
        }
    });
    insta::assert_snapshot!(told, @r#"
    there is no person or service `dena` | did you mean `dana`?
    there is no action `lunch` | did you mean `launch`?
    there is no data-source or storage `cohort-8` | did you mean `cohort-7`?
    found |
    "#);
}

/// Of the people of an open group only the group is known.
#[test]
fn what_somebody_can_do_who_comes_through_an_open_group() {
    let site = "user ana {}
secret code { from: env { name: \"CODE\" } }
identity-provider campus {
  method: oidc { issuer: \"https://login.uni.example\", client-id: \"hub\", client-secret: code }
}
group all-of-campus { owners: [ana], profiles: [gpu] }
group visitors { parent: all-of-campus, owners: [ana], members-from: campus, profiles: [small] }
profile small { cpu: 1, memory: 1Gi }
profile gpu { cpu: 1, memory: 1Gi, gpu { a100: 1 } }
node-pool pool { cpu: 8, memory: 64Gi, gpu { a100: 1 }, max-nodes: 1 }
pack gpu-cost { level: hard }";
    let workspace = testing::workspace(&[("site.nbc", site)]);
    assert_eq!(workspace.said(), "");
    let policies = testing::policies(&workspace);
    let access = workspace.access(&policies);
    let answer = what_can(&access, principal(&access, "group.visitors").unwrap());
    let rights: Vec<String> = answer
        .can
        .iter()
        .map(|right| {
            let action = access.policies.shapes.action(right.action).unwrap();
            format!("{} {} {:?}", action.id, workspace.model.path(right.resource), right.depends_on)
        })
        .collect();
    assert_eq!(rights, ["launch profile.gpu [\"affiliation\"]", "launch profile.small []"]);
}

/// Platforms and policies by chance: lists say of everybody and everything what Cedar says of each.
#[test]
fn lists_are_what_each_question_answers() {
    let all: Vec<usize> = (0..random::OF_PEOPLE.len()).collect();
    let mut allowed = 0;
    for seed in 0..random::cases(12) {
        let mut chance = Chance::new(seed + 2_000_000);
        let site = random::platform(&mut chance);
        let cedar = random::policies(&mut chance, 8, &all).concat();
        let workspace = testing::workspace(&[("site.nbc", &site), ("site.cedar", &cedar)]);
        let (policies, _) = crate::load::load(&workspace.model, &workspace.sources);
        let policies = policies.unwrap();
        let access = workspace.access(&policies);
        let can: Vec<WhatCan> = access.people.users.iter().map(|who| what_can(&access, *who)).collect();
        for action in &policies.shapes.actions {
            for thing in access.people.world.of_kind(action.kind) {
                let is_allowed = |who: &&EntityId| access.decide(**who, action.action, *thing).allowed;
                let each: Vec<EntityId> = access.people.users.iter().filter(is_allowed).copied().collect();
                let listed = who_can(&access, action.action, *thing).can;
                assert_eq!(listed.iter().map(|row| row.who).collect::<Vec<_>>(), each, "{} {site}\n{cedar}", action.id);
                let has = |answer: &&WhatCan| {
                    answer.can.iter().any(|right| (right.action, right.resource) == (action.action, *thing))
                };
                let of_each: Vec<EntityId> = can.iter().filter(has).map(|answer| answer.who).collect();
                assert_eq!(of_each, each, "{} {site}\n{cedar}", action.id);
                allowed += each.len();
            }
        }
    }
    assert!(allowed > 100, "{allowed} rights");
}
