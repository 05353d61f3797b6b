//! What is known of each group, above it: people, owners, cost. Where they stand is cheap to say, what they say is not, so
//! it is worked out for those alone that somebody sees.

use nbc_model::value::Value;
use nbc_model::world::EntityId;
use nbc_platform::money::{self, Cost, Monthly};
use nbc_source::Span;
use nbc_syntax::ast::{self, AstNode};

use super::place::{View, people_name};
use crate::snapshot::Judged;

/// So many owners are named.
const MOST: usize = 3;

/// The name of each group of a file, and its path.
pub fn places(view: &View<'_>) -> Vec<(Span, String)> {
    let model = view.model();
    let instances = view.root.descendants().filter_map(ast::Instance::cast);
    let of_group = instances.filter_map(|instance| {
        let (entity, handle) = view.instance(&instance).zip(instance.handle())?;
        let is_group = model.kind("group") == Some(model.entities[entity].kind);
        is_group.then(|| (view.span(handle.range()), model.path(entity)))
    });
    of_group.collect()
}

/// What stands above the group of a path.
pub fn title(view: &View<'_>, judged: Option<&Judged>, path: &str) -> Option<String> {
    let model = view.model();
    let group = model.find(path)?;
    let mut parts = vec![size_of(view, group)?];
    parts.extend(owners(view, group));
    parts.extend(judged.and_then(|judged| cost(judged, path)));
    Some(parts.join(" · "))
}

/// How many people a group has.
pub(super) fn size_of(view: &View<'_>, group: EntityId) -> Option<String> {
    let model = view.model();
    if model.kind("group") != Some(model.entities[group].kind) {
        return None;
    }
    let world = model.worlds.iter().find(|world| world.has(group))?;
    Some(match world.membership.of(group).len() {
        1 => "1 person".to_owned(),
        count => format!("{count} people"),
    })
}

fn owners(view: &View<'_>, group: EntityId) -> Option<String> {
    let model = view.model();
    let world = model.worlds.iter().find(|world| world.has(group))?;
    let Value::List(owners) = model.slot_named(world, group, "owners")?.value else { return None };
    let named = model.elements(owners).iter().filter_map(|element| match element.value {
        Value::Entity(user) => people_name(model, user).or_else(|| Some(model.handle(user).to_owned())),
        _ => None,
    });
    let owners: Vec<String> = named.take(MOST).collect();
    (!owners.is_empty()).then(|| format!("owned by {}", owners.join(", ")))
}

/// What it pays in the first stage where it pays anything.
fn cost(judged: &Judged, path: &str) -> Option<String> {
    let model = &judged.analysis.model;
    let costs = judged.stages.iter().flat_map(|stage| &stage.costs);
    let is_it = |cost: &&Cost| cost.typical > Monthly::default() && model.path(cost.group) == path;
    let cost = costs.into_iter().find(is_it)?;
    Some(format!("{} a month", money::text(cost.typical.0, model.currency())))
}
