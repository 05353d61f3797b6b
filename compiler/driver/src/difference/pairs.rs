//! Which thing of the base is which thing of the head.

use nbc_model::Model;
use nbc_model::index::Id as _;
use nbc_model::value::Value;
use nbc_model::world::{EntityId, World};
use rustc_hash::FxHashMap;

/// The things of one stage in both revisions.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    /// By entity of the base.
    to_head: Vec<Option<EntityId>>,
    /// By entity of the head.
    to_base: Vec<Option<EntityId>>,
}

impl Pairs {
    /// Pairs by what `was` newly says, so that two things may swap their handles, then by path
    /// (`group.ml-research.quota`). A `was` that the base has too was carried out before.
    pub fn of(base: &Model, before: &World, head: &Model, after: &World) -> Pairs {
        let mut pairs = Pairs { to_head: vec![None; base.entities.len()], to_base: vec![None; head.entities.len()] };
        let old: FxHashMap<String, EntityId> = things(base, before).map(|entity| (base.path(entity), entity)).collect();
        let said_before = |path: &str| match old.get(path) {
            Some(entity) => earlier_paths(base, before, *entity),
            None => Vec::new(),
        };
        for entity in things(head, after) {
            let mut earlier = earlier_paths(head, after, entity);
            if !earlier.is_empty() {
                let known = said_before(&head.path(entity));
                earlier.retain(|path| !known.contains(path));
            }
            if let Some(before) = earlier.iter().find_map(|path| old.get(path)) {
                pairs.join(*before, entity);
            }
        }
        for entity in things(head, after) {
            if let (None, Some(before)) = (pairs.base(entity), old.get(&head.path(entity)))
                && pairs.head(*before).is_none()
            {
                pairs.join(*before, entity);
            }
        }
        pairs
    }

    fn join(&mut self, before: EntityId, after: EntityId) {
        if let Some(slot) = self.to_head.get_mut(before.index()) {
            *slot = Some(after);
        }
        if let Some(slot) = self.to_base.get_mut(after.index()) {
            *slot = Some(before);
        }
    }

    /// What a thing of the base is called in the head.
    pub fn head(&self, before: EntityId) -> Option<EntityId> {
        self.to_head.get(before.index()).copied().flatten()
    }

    /// What a thing of the head was in the base.
    pub fn base(&self, after: EntityId) -> Option<EntityId> {
        self.to_base.get(after.index()).copied().flatten()
    }
}

/// What one stage has.
pub(super) fn things<'w>(model: &'w Model, world: &'w World) -> impl Iterator<Item = EntityId> + 'w {
    model.entities.ids().filter(|entity| world.has(*entity))
}

/// The paths that `was` gives a thing; those of an owned thing follow from its owner's.
fn earlier_paths(model: &Model, world: &World, entity: EntityId) -> Vec<String> {
    let row = &model.entities[entity];
    if let Some((owner, _)) = row.owner {
        let field = model.text(row.handle);
        return earlier_paths(model, world, owner).iter().map(|path| format!("{path}.{field}")).collect();
    }
    let kind = model.text(model.kinds.kinds[row.kind].name);
    let Some(Value::List(was)) = model.slot_named(world, entity, "was").map(|slot| slot.value) else {
        return Vec::new();
    };
    let handles = model.elements(was).iter().filter_map(|element| match element.value {
        Value::Text(name) => Some(format!("{kind}.{}", model.text(name))),
        _ => None,
    });
    handles.collect()
}
