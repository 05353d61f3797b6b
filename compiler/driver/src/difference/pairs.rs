//! Which thing of the base is which thing of the head.

use std::borrow::Cow;

use nbc_model::Model;
use nbc_model::index::Id as _;
use nbc_model::value::Value;
use nbc_model::world::{EntityId, World};
use rustc_hash::FxHashMap;

use super::Revisions;

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
        let old = Called::of(base, before);
        let said_before = |entity: EntityId| match old.like(head, entity) {
            Some(entity) => earlier_paths(base, before, entity),
            None => Vec::new(),
        };
        for entity in things(head, after) {
            let mut earlier = earlier_paths(head, after, entity);
            if !earlier.is_empty() {
                let known = said_before(entity);
                earlier.retain(|path| !known.contains(path));
            }
            if let Some(before) = earlier.iter().find_map(|path| old.at(path)) {
                pairs.join(before, entity);
            }
        }
        for entity in things(head, after) {
            if let (None, Some(before)) = (pairs.base(entity), old.like(head, entity))
                && pairs.head(before).is_none()
            {
                pairs.join(before, entity);
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

/// The pairs of each stage, found once: on nearly every later day the same things are there.
pub(crate) struct PairsOfStages<'c>(Vec<(Option<&'c str>, [&'c World; 2], Pairs)>);

impl<'c> PairsOfStages<'c> {
    /// Of the judged day, for the stages that both sides have.
    pub(crate) fn of(revisions: Revisions<'c, '_>) -> PairsOfStages<'c> {
        let Revisions { base, head } = revisions;
        let both = base.stages.iter().filter_map(|before| {
            let name = before.name.as_deref();
            let after = head.stages.iter().find(|after| after.name.as_deref() == name)?;
            Some((name, [before.world, after.world], Pairs::of(base.model, before.world, head.model, after.world)))
        });
        PairsOfStages(both.collect())
    }

    /// On a day on which both sides have these worlds.
    pub(crate) fn on(
        &self,
        stage: Option<&str>,
        (base, before): (&Model, &World),
        (head, after): (&Model, &World),
    ) -> Cow<'_, Pairs> {
        let is_so = |worlds: &[&World; 2]| worlds[0].has_same_things(before) && worlds[1].has_same_things(after);
        match self.0.iter().find(|(name, worlds, _)| *name == stage && is_so(worlds)) {
            Some((.., pairs)) => Cow::Borrowed(pairs),
            None => Cow::Owned(Pairs::of(base, before, head, after)),
        }
    }
}

/// The things of a stage by their paths.
struct Called<'m> {
    /// By kind and handle.
    declared: FxHashMap<(&'m str, &'m str), EntityId>,
    /// What another thing owns, by its whole path.
    owned: FxHashMap<String, EntityId>,
}

impl<'m> Called<'m> {
    fn of(model: &'m Model, world: &World) -> Called<'m> {
        let mut called = Called { declared: FxHashMap::default(), owned: FxHashMap::default() };
        for entity in things(model, world) {
            match model.entities[entity].owner {
                None => called.declared.insert(name(model, entity), entity),
                Some(_) => called.owned.insert(model.path(entity), entity),
            };
        }
        called
    }

    /// The thing with the path that a thing of the other side has.
    fn like(&self, other: &Model, entity: EntityId) -> Option<EntityId> {
        match other.entities[entity].owner {
            None => self.declared.get(&name(other, entity)).copied(),
            Some(_) => self.owned.get(&other.path(entity)).copied(),
        }
    }

    fn at(&self, path: &str) -> Option<EntityId> {
        let declared = || self.declared.get(&path.split_once('.')?).copied();
        self.owned.get(path).copied().or_else(declared)
    }
}

/// The kind and the handle of a thing that is declared by itself.
fn name(model: &Model, entity: EntityId) -> (&str, &str) {
    let row = &model.entities[entity];
    (model.text(model.kinds.kinds[row.kind].name), model.text(row.handle))
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
