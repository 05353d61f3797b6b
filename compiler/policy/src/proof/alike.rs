//! Whether a thing is declared alike in both revisions, seen in the models. Nearly all things are, and Cedar's entities
//! of all of them would be made for nothing else.

use nbc_model::alike;
use nbc_model::world::EntityId;

use super::{Names, Sides};
use crate::access::Access;
use crate::people::People;

/// Both revisions, none of whose things is called otherwise in the other.
pub(super) struct Alike<'p, 'a, 'm> {
    sides: &'p Sides<'a, 'm>,
    names: &'p Names,
    values: alike::Alike<'m>,
    /// Both sides have the same day, kinds as policies see them, and roles over everything.
    is_comparable: bool,
}

impl<'p, 'a, 'm> Alike<'p, 'a, 'm> {
    pub(super) fn of(sides: &'p Sides<'a, 'm>, names: &'p Names) -> Alike<'p, 'a, 'm> {
        let (base, head) = (sides.base.access, sides.head.access);
        let values = alike::Alike::of(base.people.model, head.people.model);
        let mut alike = Alike { sides, names, values, is_comparable: true };
        let (one, two) = (&base.policies.shapes, &head.policies.shapes);
        let has_same_roles = || {
            let mut actions = two.actions.iter().map(|action| action.action);
            actions.all(|action| alike.are_same(base.holders.roles(action), head.holders.roles(action)))
        };
        let is_comparable =
            base.people.world.as_of == head.people.world.as_of && one.kinds == two.kinds && has_same_roles();
        alike.is_comparable = is_comparable;
        alike
    }

    /// Yes is certain. No says that Cedar's entities have to be looked at.
    pub(super) fn has(&self, thing: EntityId) -> bool {
        let Some(before) = self.names.base(thing).filter(|_| self.is_comparable) else { return false };
        self.has_same_fields(before, thing)
            && self.has_same_holders(before, thing)
            && self.has_same_parents(before, thing)
    }

    fn has_same_fields(&self, before: EntityId, after: EntityId) -> bool {
        let (base, head) = (self.sides.base.access.people.world, self.sides.head.access.people.world);
        let both = base.fields(before).zip(head.fields(after));
        both.is_some_and(|(before, after)| {
            self.values
                .fields(before, after, &|before, after| self.is_one(before, after) && self.is_whole(before, after))
        })
    }

    /// What another thing owns is a part of it.
    fn is_whole(&self, before: EntityId, after: EntityId) -> bool {
        self.sides.head.access.people.model.entities[after].owner.is_none() || self.has_same_fields(before, after)
    }

    fn has_same_holders(&self, before: EntityId, after: EntityId) -> bool {
        let (base, head) = (self.sides.base.access, self.sides.head.access);
        let owner = |access: &Access<'_>, thing| access.holders.owner(thing).map(|(owner, _)| owner);
        let has_same_owner = match (owner(base, before), owner(head, after)) {
            (Some(one), Some(two)) => self.is_one(one, two),
            (one, two) => one.is_none() && two.is_none(),
        };
        let mut actions = head.policies.shapes.actions_of(head.people.kind(after));
        has_same_owner
            && actions.all(|action| {
                let (one, two) = (base.holders.on(action.action, before), head.holders.on(action.action, after));
                one.len() == two.len() && one.iter().zip(two).all(|(one, two)| self.is_one(one.who, two.who))
            })
    }

    fn has_same_parents(&self, before: EntityId, after: EntityId) -> bool {
        let (base, head) = (&self.sides.base.access.people, &self.sides.head.access.people);
        let roles = |people: &People<'_>, of: EntityId| -> Vec<EntityId> {
            people.role_grants.iter().filter(|grant| grant.given_to == of).map(|grant| grant.role).collect()
        };
        let has_same_groups = match head.is_group(after) {
            true => self.are_same(&base.chain(before), &head.chain(after)),
            false => self.are_same(base.groups_of(before), head.groups_of(after)),
        };
        has_same_groups && self.are_same(&roles(base, before), &roles(head, after))
    }

    fn are_same(&self, one: &[EntityId], two: &[EntityId]) -> bool {
        one.len() == two.len() && one.iter().zip(two).all(|(one, two)| self.is_one(*one, *two))
    }

    /// Whether both are one thing, which both sides have or neither.
    fn is_one(&self, before: EntityId, after: EntityId) -> bool {
        let (base, head) = (&self.sides.base.access.people, &self.sides.head.access.people);
        self.names.base(after) == Some(before) && base.world.has(before) == head.world.has(after)
    }
}
