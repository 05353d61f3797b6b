//! One evaluated world as expressions read it.

use crate::expression::evaluate::Slots;
use crate::index::{Id, Table};
use crate::kinds::{ActionId, FieldId, KindId};
use crate::names::Name;
use crate::value::{Slot, Store};
use crate::world::{Entity, EntityId, Member, World};

/// Who may do what, once decisions are made.
pub trait Access {
    fn may(&self, principal: EntityId, action: ActionId, resource: EntityId) -> bool;
    /// Sorted.
    fn who_may(&self, action: ActionId, resource: EntityId) -> Vec<EntityId>;
}

/// A world, for rules and tests; before decisions it has no access.
pub struct WorldSlots<'w> {
    pub entities: &'w Table<EntityId, Entity>,
    pub world: &'w World,
    pub platform: Option<EntityId>,
    pub currency: &'w str,
    pub access: Option<&'w dyn Access>,
}

impl Slots for WorldSlots<'_> {
    fn slot(&self, store: &Store, entity: EntityId, field: FieldId) -> Option<Slot> {
        let fields = self.world.fields(entity)?;
        store.slots(fields).get(field.index()).copied()
    }

    fn kind(&self, entity: EntityId) -> Option<KindId> {
        self.entities.row(entity).map(|row| row.kind)
    }

    fn handle(&self, entity: EntityId) -> Option<Name> {
        self.entities.row(entity).map(|row| row.handle)
    }

    fn platform(&self) -> Option<EntityId> {
        self.platform
    }

    fn of_kind(&self, kind: KindId) -> &[EntityId] {
        self.world.of_kind(kind)
    }

    fn members(&self, group: EntityId) -> &[Member] {
        self.world.membership.of(group)
    }

    fn who_may(&self, action: ActionId, resource: EntityId) -> Vec<EntityId> {
        self.access.map_or_else(Vec::new, |access| access.who_may(action, resource))
    }

    fn currency(&self) -> &str {
        self.currency
    }
}
