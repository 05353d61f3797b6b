//! Answers of a server in the place of its model: what differs from the model or from the decisions is told.

use std::collections::{BTreeMap, BTreeSet};

use nbc_driver::{compile, emit};
use nbc_effective::{ENVIRONMENT_VIEW, Expected, Measured, USER_STOP_SERVER, Verdict};

use super::{analysed, as_of};

const LAB: &str = include_str!("lab.nbc");

/// What is told of the lab's answers to `question`.
fn judged(question: impl Fn(&Expected<'_, '_>) -> Verdict) -> Verdict {
    let mut analysis = analysed(&[("main.nbc", LAB)]);
    let compiled = compile(&mut analysis, None, &as_of);
    let emission = emit(&compiled, &[], false);
    let platform = compiled.stages[0].outcome.as_ref().unwrap();
    let output = &emission.outputs[0];
    question(&Expected::of(platform, &output.artifacts, &output.not_expressed))
}

/// Everybody whom files list is asked about every environment.
fn environments(may: impl Fn(&str, &str) -> bool) -> Verdict {
    judged(|expected| {
        let mut measured = Measured::default();
        for person in expected.people().iter().filter(|person| person.is_listed && person.is_enabled) {
            for thing in expected.things("conda-store", ENVIRONMENT_VIEW) {
                measured.answer(ENVIRONMENT_VIEW, &thing, &person.name, may(&person.name, &thing));
            }
        }
        expected.judge("conda-store", &measured)
    })
}

fn told(verdict: &Verdict) -> String {
    verdict.differences.iter().map(|told| format!("{told}\n")).collect()
}

/// What is told of permissions that these tests leave out.
const NOT_ASKED: &str = "nobody was asked about environment.delete\nnobody was asked about environment.edit\n";
const TORCH: [&str; 3] = ["ana", "chen", "root"];
const XARRAY: [&str; 1] = ["root"];

fn may_see(person: &str, environment: &str) -> bool {
    if environment == "ml/torch" { TORCH.contains(&person) } else { XARRAY.contains(&person) }
}

#[test]
fn the_models_answers_are_as_expected() {
    let verdict = environments(may_see);
    assert_eq!(told(&verdict), NOT_ASKED);
    assert_eq!((verdict.people, verdict.questions, verdict.granted), (6, 12, 4));
}

#[test]
fn a_yes_too_many_and_a_yes_too_few_are_told() {
    let wider = environments(|person, thing| may_see(person, thing) || (person, thing) == ("gina", "ml/torch"));
    assert!(
        told(&wider).contains("environment.view on ml/torch: conda-store lets gina, unlike its model"),
        "{}",
        told(&wider)
    );
    assert!(
        told(&wider).contains("Wider than decided: environment.view on environment.torch: gina"),
        "{}",
        told(&wider)
    );
    let narrower = environments(|person, thing| may_see(person, thing) && person != "chen");
    let difference = "environment.view on ml/torch: conda-store does not let chen, unlike its model\n";
    assert_eq!(told(&narrower), format!("{difference}{NOT_ASKED}"));
}

#[test]
fn a_question_that_was_left_out_is_told() {
    let verdict = judged(|expected| {
        let mut measured = Measured::default();
        measured.answer(ENVIRONMENT_VIEW, "ml/torch", "ana", true);
        measured.answer(ENVIRONMENT_VIEW, "climate/xarray", "bob", true);
        expected.judge("conda-store", &measured)
    });
    assert!(
        told(&verdict).contains("not everybody was asked about environment.view on ml/torch"),
        "{}",
        told(&verdict)
    );
}

#[test]
fn nobody_is_asked_about_their_own_server() {
    let verdict = judged(|expected| {
        let mut measured = Measured::default();
        for person in expected.people() {
            for other in expected.things("jupyterhub", USER_STOP_SERVER).iter().filter(|other| **other != person.name) {
                measured.answer(USER_STOP_SERVER, other, &person.name, false);
            }
        }
        expected.judge("jupyterhub", &measured)
    });
    assert!(!told(&verdict).contains("not everybody"), "{}", told(&verdict));
    assert!(told(&verdict).contains("user.stop-server on chen: jupyterhub does not let ana"), "{}", told(&verdict));
}

#[test]
fn a_sign_in_with_other_groups_is_told() {
    let verdict = judged(|expected| {
        let people = expected.people().into_iter().filter(|person| person.is_listed);
        let groups = |groups: BTreeSet<String>, name: &str| match name {
            "bob" => groups.into_iter().chain(["/ops".to_owned()]).collect(),
            _ => groups,
        };
        let mut found: BTreeMap<String, Option<BTreeSet<String>>> = people
            .map(|person| (person.name.clone(), person.is_enabled.then(|| groups(person.groups, &person.name))))
            .collect();
        found.insert("eve".to_owned(), Some(BTreeSet::new()));
        expected.judge_sign_in(&found)
    });
    assert!(told(&verdict).contains("Wider than decided: membership on /ops: bob"), "{}", told(&verdict));
    assert!(
        told(&verdict).contains("eve signs in with the groups ; the model says cannot sign in"),
        "{}",
        told(&verdict)
    );
}
