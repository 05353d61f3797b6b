//! Writes down who may do what today, as a test that notices when it changes.

use std::collections::BTreeSet;

use nbc_model::Model;
use nbc_model::world::EntityId;
use nbc_platform::Decisions;
use nbc_source::Span;

use super::super::place::View;
use super::super::symbol::Symbol;
use super::Action;
use super::insertion::below;
use crate::snapshot::Judged;

/// So many lines are enough to begin with.
const MOST: usize = 5;

/// A test of the thing, or of the person, at a place.
pub(super) fn test(view: &View<'_>, judged: &Judged, at: Span) -> Option<Action> {
    let token = view.token(at.start)?;
    let Some(Symbol::Entity(entity)) = view.symbol(&token) else { return None };
    let path = view.model().path(entity);
    let model = &judged.analysis.model;
    let stage = judged.stages.first()?;
    let entity = model.find(&path)?;
    let handle = model.handle(entity);
    let is_person = model.kind("user") == Some(model.entities[entity].kind);
    let (title, lines) = if is_person {
        (format!("what {handle} may do"), of_person(model, &stage.decisions, entity))
    } else {
        (format!("who may use {handle}"), of_thing(model, &stage.decisions, entity))
    };
    if lines.is_empty() {
        return None;
    }
    let lines: String = lines.iter().map(|line| format!("  {line}\n")).collect();
    let within = stage.name.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
    let text = format!("test \"{title}\"{within} {{\n{lines}}}");
    Some(Action::rewrite(format!("write a test: {title}"), vec![below(view, &token.parent()?, &text)]))
}

/// What they may do, the first few things.
fn of_person(model: &Model, decisions: &Decisions, user: EntityId) -> Vec<String> {
    let rows = decisions.iter().filter(|row| row.users.iter().any(|allowed| allowed.user == user));
    rows.take(MOST).map(|row| expectation(model, user, "can", row.action, row.resource)).collect()
}

/// For each action somebody who may, and somebody who may not.
fn of_thing(model: &Model, decisions: &Decisions, thing: EntityId) -> Vec<String> {
    let mut lines = Vec::new();
    for row in decisions.iter().filter(|row| row.resource == thing) {
        let may: BTreeSet<EntityId> = row.users.iter().map(|allowed| allowed.user).collect();
        let Some(kind) = model.kind("user") else { continue };
        let people = model.entities.ids().filter(|id| {
            let found = &model.entities[*id];
            found.kind == kind && found.stage.is_none() && found.test.is_none()
        });
        let other = people.into_iter().find(|user| !may.contains(user));
        let first = may.first().map(|user| expectation(model, *user, "can", row.action, thing));
        lines.extend(first);
        lines.extend(other.map(|user| expectation(model, user, "cannot", row.action, thing)));
    }
    lines
}

fn expectation(
    model: &Model,
    user: EntityId,
    word: &str,
    action: nbc_model::kinds::ActionId,
    thing: EntityId,
) -> String {
    let (who, name) = (model.handle(user), model.text(model.kinds.actions[action].name));
    let handle = model.entities[thing].handle;
    let of_name = model.entities.iter().filter(|(_, row)| row.handle == handle && row.owner.is_none());
    let is_alone = of_name.filter(|(_, row)| row.package.is_none() && row.test.is_none()).count() == 1;
    let thing = if is_alone { model.text(handle).to_owned() } else { model.path(thing) };
    format!("expect {who} {word} {name} {thing}")
}
