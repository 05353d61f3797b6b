use crate::kinds::ActionId;
use crate::rules::{Access, Judged, Question, judge, judge_test};
use crate::testing::{Analysed, analysed, analysed_with};
use crate::world::EntityId;

/// Nobody may do anything.
struct Nobody;

impl Access for Nobody {
    fn may(&self, _: EntityId, _: ActionId, _: EntityId) -> bool {
        false
    }
    fn who_may(&self, _: ActionId, _: EntityId) -> Vec<EntityId> {
        Vec::new()
    }
}

/// One line a finding of a rule, world by world.
fn broken(run: &Analysed) -> Vec<String> {
    assert_eq!(run.report(), "");
    let model = &run.model;
    let mut found = Vec::new();
    for world in &model.worlds {
        let (findings, faults) = judge(model, world, &Nobody);
        assert_eq!(faults.len(), 0);
        for row in findings {
            let on: Vec<String> = row.subjects.iter().map(|entity| model.path(*entity)).collect();
            let stage = world.stage.map_or_else(String::new, |id| format!("{}: ", model.text(model.stages[id].name)));
            let rule = model.text(model.rules[row.rule].name);
            found.push(format!("{stage}{rule} on {}: {}", on.join(", "), row.message.unwrap_or_default()));
        }
    }
    found
}

const SITE: &str = r#"
platform coast { currency: "EUR" }
user robin { }
group lab { owners: [robin] }
group ml { parent: lab, owners: [robin], profiles: [gpu], quota { gpu { a100: 4 }, budget: €2_500/month } }
group bio { parent: lab, owners: [robin], profiles: [gpu] }
profile gpu { cpu: 8, memory: 64Gi, gpu { a100: 1 }, idle-stop: 3h }
"#;

#[test]
fn who_is_a_member_is_asked_of_the_world() {
    let rule = r#"
group guests { owners: [robin], members: [robin] }
rule no-guests "nobody is a guest" for group g {
  require not (any u in members(group.guests): u == user.robin) else "a quantifier"
  require count([u for u in members(group.guests)]) == 0 else "a list"
}
"#;
    let found = broken(&analysed(&format!("{SITE}{rule}")));
    assert_eq!(found.iter().filter(|found| found.starts_with("no-guests on group.ml: ")).count(), 2, "{found:?}");
}

#[test]
fn a_rule_over_the_standard_kinds() {
    let rule = r#"
rule gpu-needs-budget "every GPU group has a budget" for group g {
  when any p in g.profiles: p.gpu set
  require g.quota.budget set else "give {g} a budget, or take its GPU profiles away"
}
rule cheap "no group spends more than agreed" for group g {
  when g.quota.budget set
  require g.quota.budget <= €2_000/month else "{g} may spend {g.quota.budget}"
}
"#;
    assert_eq!(
        broken(&analysed(&format!("{SITE}{rule}"))),
        [
            "gpu-needs-budget on group.bio: give bio a budget, or take its GPU profiles away",
            "cheap on group.ml: ml may spend €2500/month",
        ]
    );
}

#[test]
fn a_rule_of_a_pack_counts_where_the_pack_is_on() {
    let pack = r#"
record Parameters {
  ## Longest time a GPU server may stand idle before it is stopped.
  max-idle: Duration = 2h
}
rule gpu-idle-stop "an idle GPU server stops soon" for profile p {
  when p.gpu set
  require p.idle-stop <= pack.gpu-cost.max-idle else "lower it to {pack.gpu-cost.max-idle}"
}
"#;
    let files = [("packs/gpu-cost/pack.nbc", pack)];
    let none: [&str; 0] = [];
    assert_eq!(broken(&analysed_with(SITE, &files)), none);
    let on = format!("{SITE}pack gpu-cost {{ level: soft }}\n");
    assert_eq!(broken(&analysed_with(&on, &files)), ["gpu-idle-stop on profile.gpu: lower it to 2h"]);
    let patient = format!("{SITE}pack gpu-cost {{ max-idle: 4h }}\n");
    assert_eq!(broken(&analysed_with(&patient, &files)), none);
    let in_prod = format!("{SITE}stage dev {{ }}\nstage prod {{ pack gpu-cost {{ }} }}\n");
    assert_eq!(broken(&analysed_with(&in_prod, &files)), ["prod: gpu-idle-stop on profile.gpu: lower it to 2h"]);
}

#[test]
fn a_waiver_and_a_test_are_bound() {
    let rest = r#"
rule described "every group says what it is for" for group g { require g.description set }
waiver described on group.ml { until: 2027-01-31, because: "being written", approved-by: robin }
test "the ML team" as-of 2027-01-01 {
  user temp { affiliation: contractor }
  expect robin can manage ml
  expect temp cannot launch gpu because not-granted
  expect ml keeps described
  expect group.ml.quota.budget == €2_500/month
  expect group.bio.quota.budget == €2_500/month
}
"#;
    let mut run = analysed(&format!("{SITE}{rest}"));
    assert_eq!(run.report(), "");
    let waiver = &run.model.waivers[0];
    assert_eq!((run.model.path(waiver.on), waiver.because.as_str()), ("group.ml".to_owned(), "being written"));
    assert_eq!(waiver.until.map(|date| date.to_string()), Some("2027-01-31".to_owned()));
    let (world, found) = crate::test_world(&mut run.model, 0, &|_| crate::value::Date(0));
    assert_eq!((found.len(), world.as_of.to_string()), (0, "2027-01-01".to_owned()));
    let (judged, _) = judge_test(&run.model, &world, &run.model.tests[0], &Nobody);
    let path = |entity: EntityId| run.model.path(entity);
    let said: Vec<String> = judged
        .into_iter()
        .map(|row| match row {
            Judged::Asks(Question::Access { principal, may, resource, .. }) => {
                format!("may {} {}: {may}", path(principal), path(resource))
            }
            Judged::Asks(Question::Rule { subject, breaks, .. }) => format!("{} breaks: {breaks}", path(subject)),
            Judged::Holds => "holds".to_owned(),
            Judged::Fails(why) => format!("fails {}", why.unwrap_or_default()),
            Judged::Unknown => "unknown".to_owned(),
        })
        .collect();
    assert_eq!(
        said,
        [
            "may user.robin group.ml: true",
            "may user.temp profile.gpu: false",
            "group.ml breaks: false",
            "holds",
            "fails `bio.quota.budget` is not set"
        ]
    );
}

#[test]
fn names_of_rules_are_unique_and_not_reserved() {
    let run = analysed(
        "rule a \"a\" for group g { require true }\nrule a \"b\" for group g { require true }\n\
         rule not-granted \"c\" for group g { require true }\n",
    );
    let found: Vec<&str> = run.findings.iter().map(|found| found.code.name).collect();
    assert_eq!(found, ["duplicate-name", "reserved-rule"]);
}
