//! What every world has alike. Most of a platform, its people above all, is said once and by no stage: it is folded,
//! evaluated and validated in the first world, and later worlds have the same slots.
//!
//! Nothing about a kind decides this. Something is shared when no layer of the world speaks of it or of what it
//! extends, and when evaluating and validating it asked nothing of the world ([`Watched`]) and found nothing wrong: a
//! finding is said of each stage that has it, so it is made in each.

use std::cell::Cell;

use rustc_hash::FxHashMap;

use crate::expression::evaluate::Slots;
use crate::expression::world::WorldSlots;
use crate::fold::{family, stage_chain};
use crate::index::Table;
use crate::kinds::{ActionId, FieldId, KindId};
use crate::model::Model;
use crate::names::Name;
use crate::value::{Fields, Slot, StageId, Store, Value};
use crate::world::{Entity, EntityId, Member, World};

/// What worlds share.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared {
    /// There is one world, so nobody asks.
    pub(crate) is_unasked: bool,
    /// By entity: the slots that it has in each world that does not speak of it.
    slots: Table<EntityId, Option<Fields>>,
    /// The presets that those slots name, for the few entities that name any.
    presets: FxHashMap<EntityId, Vec<EntityId>>,
}

impl Shared {
    pub(crate) fn of(&self, entity: EntityId) -> Option<Fields> {
        self.slots.row(entity).copied().flatten()
    }

    /// Whether these are the slots that worlds share, evaluated and found sound.
    pub(crate) fn has(&self, entity: EntityId, fields: Fields) -> bool {
        self.of(entity) == Some(fields)
    }

    /// The presets that the shared slots of an entity name.
    pub(crate) fn presets(&self, entity: EntityId) -> &[EntityId] {
        self.presets.get(&entity).map_or(&[], Vec::as_slice)
    }

    /// Takes over what an earlier look found, before any world is made.
    pub(crate) fn put(&mut self, entities: usize, entity: EntityId, fields: Fields, presets: &[EntityId]) {
        while self.slots.len() < entities {
            self.slots.push(None);
        }
        self.slots[entity] = Some(fields);
        if !presets.is_empty() {
            self.presets.insert(entity, presets.to_vec());
        }
    }

    /// Takes over what a world has like any other.
    pub(crate) fn learn(&mut self, entities: &Table<EntityId, Entity>, store: &Store, world: &World, apart: &Apart) {
        if self.is_unasked {
            return;
        }
        for (entity, state) in world.states.iter() {
            let known = self.of(entity);
            let new = state.filter(|_| known.is_none() && !apart.has(entity));
            if let Some(fields) = new {
                let named = named_presets(entities, store, fields);
                if !named.is_empty() {
                    self.presets.insert(entity, named);
                }
            }
            match self.slots.row(entity) {
                Some(_) => self.slots[entity] = known.or(new),
                None => {
                    self.slots.push(known.or(new));
                }
            }
        }
    }
}

/// The presets that slots name, however deep inside a value.
pub(crate) fn named_presets(entities: &Table<EntityId, Entity>, store: &Store, fields: Fields) -> Vec<EntityId> {
    let mut named = Vec::new();
    for slot in store.slots(fields) {
        store.walk(*slot, &mut |inside| match inside.value {
            Value::Entity(entity) if entities[entity].package.is_some() => named.push(entity),
            _ => {}
        });
    }
    named
}

/// By entity: what one world has for itself alone.
pub(crate) struct Apart(Table<EntityId, bool>);

impl Apart {
    /// What the stage or the test speaks of, and what follows from where it stands: presets, owned blocks, and what one
    /// stage or test declares.
    pub(crate) fn of(model: &Model, stage: Option<StageId>, test: Option<u32>) -> Apart {
        let mut apart = Apart(Table::new());
        for (_, row) in model.entities.iter() {
            let is_placed = row.package.is_some() || row.owner.is_some() || row.stage.is_some() || row.test.is_some();
            apart.0.push(is_placed);
        }
        let chain = stage_chain(&model.stages, stage);
        let staged = model.layers.stages.keys().filter(|(of, _)| chain.contains(of)).map(|(_, entity)| *entity);
        let tested = model.layers.tests.keys().filter(|(of, _)| test == Some(*of)).map(|(_, entity)| *entity);
        staged.chain(tested).for_each(|entity| apart.add_if(entity, true));
        for (id, _) in model.entities.iter().filter(|(_, row)| row.extends.is_some()) {
            let family = family(&model.entities, &model.stages, id, stage, test);
            let is_apart = family.into_iter().any(|member| apart.has(member));
            apart.add_if(id, is_apart);
        }
        apart
    }

    pub(crate) fn has(&self, entity: EntityId) -> bool {
        self.0.row(entity).copied().unwrap_or(true)
    }

    pub(crate) fn add_if(&mut self, entity: EntityId, is_apart: bool) {
        self.0[entity] |= is_apart;
    }
}

/// A world that notes whether it was asked anything that another world could answer otherwise.
pub(crate) struct Watched<'w> {
    slots: &'w WorldSlots<'w>,
    is_asked: Cell<bool>,
}

impl<'w> Watched<'w> {
    pub(crate) fn new(slots: &'w WorldSlots<'w>) -> Watched<'w> {
        Watched { slots, is_asked: Cell::new(false) }
    }

    /// Whether it was asked since this was called last.
    pub(crate) fn take_asked(&self) -> bool {
        self.is_asked.take()
    }

    fn asked(&self) -> &'w WorldSlots<'w> {
        self.is_asked.set(true);
        self.slots
    }
}

impl Slots for Watched<'_> {
    fn slot(&self, store: &Store, entity: EntityId, field: FieldId) -> Option<Slot> {
        self.asked().slot(store, entity, field)
    }

    // Kind and handle are the same in every world.
    fn kind(&self, entity: EntityId) -> Option<KindId> {
        self.slots.kind(entity)
    }

    fn handle(&self, entity: EntityId) -> Option<Name> {
        self.slots.handle(entity)
    }

    fn platform(&self) -> Option<EntityId> {
        self.asked().platform()
    }

    fn of_kind(&self, kind: KindId) -> &[EntityId] {
        self.asked().of_kind(kind)
    }

    fn members(&self, group: EntityId) -> &[Member] {
        self.asked().members(group)
    }

    fn who_may(&self, action: ActionId, resource: EntityId) -> Vec<EntityId> {
        self.asked().who_may(action, resource)
    }

    fn currency(&self) -> &str {
        self.asked().currency()
    }
}
