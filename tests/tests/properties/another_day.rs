//! A model that goes to another day has what an analysis on that day would have, wherever it was before.

use nbc_driver::{Memory, Scope, analyse};
use nbc_model::value::Date;
use nbc_model::world::World;
use nbc_model::{Model, move_to};
use nbc_tests::generate::{Workspace, access};

use super::{SETTINGS, random, seeds};

/// Forth and back: what is shared with a day must not be taken to another.
const DAYS: [(u16, u8, u8); 4] = [(2026, 11, 20), (2026, 11, 21), (2027, 1, 1), (2026, 11, 20)];

/// Everything that a world says, a line each.
fn said(model: &Model, world: &World) -> String {
    let mut said = format!("as of {}\n", world.as_of);
    for entity in model.entities.ids() {
        let Some(fields) = world.fields(entity) else { continue };
        let slots = model.slots(fields).iter().map(|slot| model.display(slot.value));
        said += &format!("{}: {}\n", model.path(entity), slots.collect::<Vec<_>>().join(", "));
    }
    for group in world.membership.groups() {
        let until = |date: Option<Date>| date.map_or_else(String::new, |date| format!(" until {date}"));
        let members = group.members.iter();
        let members = members.map(|member| format!("{}{}", model.handle(member.user), until(member.until)));
        said += &format!("{}: {}\n", model.path(group.group), members.collect::<Vec<_>>().join(", "));
    }
    said
}

fn compare(workspace: &Workspace) -> usize {
    let mut host = Memory::new().with("nbc.toml", SETTINGS);
    for file in &workspace.files {
        host = host.with(&file.path, file.text());
    }
    let mut model: Option<Model> = None;
    let mut compared = 0;
    for (year, month, day) in DAYS {
        let date = Date::from_civil(i32::from(year), month, day).unwrap();
        let analysis = analyse(&host, Scope::Folder, &|_| date);
        // The first day is the one that everything is taken from.
        let moved = model.get_or_insert_with(|| analysis.model.clone());
        let found = move_to(moved, date);
        // What is wrong on every day is no matter of the day.
        if analysis.findings.has_errors() {
            continue;
        }
        assert!(!found.has_errors(), "{date}: {found:?}\n{}", workspace.listing());
        let says = |model: &Model| model.worlds.iter().map(|world| said(model, world)).collect::<Vec<_>>();
        assert_eq!(says(moved), says(&analysis.model), "{date}\n{}", workspace.listing());
        compared += 1;
    }
    compared
}

#[test]
fn a_model_goes_to_another_day() {
    let makers: [fn(u64) -> Workspace; 2] = [random, access::platform];
    let compared: usize = seeds(25).flat_map(|seed| makers.map(|make| compare(&make(seed)))).sum();
    assert!(compared > 60, "{compared} days were compared");
}
