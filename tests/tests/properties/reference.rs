//! The real evaluator and the slow one see the same platform.

use nbc_model::Model;
use nbc_model::value::Value;
use nbc_model::world::{EntityId, World};
use nbc_tests::generate::platform::TODAY;
use nbc_tests::generate::{File, Workspace};
use nbc_tests::reference::{Members, Platform};

use super::{analysed, random, seeds};

/// Where the two differ, one line each; and how many values were compared.
fn differences(workspace: &Workspace) -> (Vec<String>, usize) {
    let analysis = analysed(workspace);
    let sources = analysis.sources();
    let errors: Vec<_> = analysis.findings.iter().filter(|found| found.level == nbc_source::Level::Error).collect();
    let shown = errors
        .iter()
        .map(|found| format!("{} {}", found.span.map(|span| sources.place(span)).unwrap_or_default(), found.message));
    let mut lines: Vec<String> = shown.collect();
    let files = sources.iter().map(|(_, file)| (file.path.as_str(), &*file.text));
    let reference = Platform::read(files.filter(|(path, _)| !path.starts_with("packs/")));
    let mut compared = 0;
    assert_eq!(reference.stages().len(), analysis.model.worlds.len(), "{}", workspace.listing());
    for (stage, world) in reference.stages().into_iter().zip(&analysis.model.worlds) {
        let name = stage.unwrap_or("the base");
        for (path, expected) in reference.fields(stage) {
            compared += 1;
            let real = shown_by(&analysis.model, world, &path);
            if real.as_ref() != Some(&expected) {
                lines.push(format!("in {name}, {path} is {real:?}, and should be {expected}"));
            }
        }
        let (real, expected) = (members(&analysis.model, world), reference.members(stage, TODAY));
        compared += expected.len();
        if real != expected {
            lines.push(format!("in {name}, the members are\n{real:?}, and should be\n{expected:?}"));
        }
    }
    (lines, compared)
}

fn shown_by(model: &Model, world: &World, path: &str) -> Option<String> {
    let (thing, field) = path.rsplit_once('.')?;
    let entity = model.entities.ids().find(|id| world.has(*id) && model.path(*id) == thing)?;
    let value = model.slot_named(world, entity, field)?.value;
    Some(as_set(model, value))
}

/// Lists of references are sets: their order says nothing.
fn as_set(model: &Model, value: Value) -> String {
    let Value::List(list) = value else { return model.display(value) };
    let elements = model.elements(list);
    if !elements.iter().all(|element| matches!(element.value, Value::Entity(_))) {
        return model.display(value);
    }
    let mut shown: Vec<String> = elements
        .iter()
        .map(|element| {
            let from = element.from.map_or_else(String::new, |day| format!(" from {day}"));
            let until = element.until.map_or_else(String::new, |day| format!(" until {day}"));
            format!("{}{from}{until}", model.display(element.value))
        })
        .collect();
    shown.sort();
    format!("[{}]", shown.join(", "))
}

fn members(model: &Model, world: &World) -> Members {
    let handle = |id: EntityId| model.handle(id).to_owned();
    let rows =
        world.membership.groups().iter().flat_map(|row| row.members.iter().map(move |member| (row.group, member)));
    rows.map(|(group, member)| ((handle(group), handle(member.user)), member.until.map(|day| day.to_string())))
        .collect()
}

#[test]
fn both_evaluators_agree_on_random_platforms() {
    let mut compared = 0;
    for seed in seeds(80) {
        let workspace = random(seed);
        let (differences, values) = differences(&workspace);
        assert!(differences.is_empty(), "seed {seed}:\n{}\n{}", differences.join("\n"), workspace.listing());
        compared += values;
    }
    // Agreement about nothing would be no agreement.
    assert!(compared as u64 > 100 * seeds(80).end, "only {compared} values were compared");
}

#[test]
fn the_slow_evaluator_would_notice() {
    let text = "user ana {}\ngroup lab { members: [ana] }\nstage prod { add group.lab.members: [ana] }\n";
    let workspace = Workspace { files: vec![File::new("main.nbc", vec![text.to_owned()])] };
    assert_eq!(
        differences(&workspace).0,
        Vec::<String>::new(),
        "adding what is there is a warning, and changes nothing"
    );
    let circle = Workspace { files: vec![File::new("main.nbc", vec!["group lab { parent: lap }\n".to_owned()])] };
    assert_eq!(differences(&circle).0.len(), 2, "an unknown name is an error, and the value is not what is written");
}
