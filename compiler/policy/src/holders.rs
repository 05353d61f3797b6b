//! Who holds which action on which resource by declarations alone, each with its reason: grants in both directions,
//! `implies`, owners, roles by descent, delegates, roles over everything.
//!
//! A role over the group's things that is given in G holds for members of each group O at or below G, over what O
//! owns; so on a thing of O, the holder is O itself. A delegate holds over the things of G and of all groups below.

use nbc_model::index::Id as _;
use nbc_model::kinds::{ActionId, FieldId, GrantDirection, KindId};
use nbc_model::value::{OriginId, Value};
use nbc_model::world::EntityId;
use nbc_platform::decisions::Reason;
use rustc_hash::FxHashMap;

use crate::people::{People, RoleGrant};
use crate::shape::{ActionShape, Shapes};

/// Holders of everything in one world.
#[derive(Debug, Default)]
pub struct Holders {
    /// Sorted by action, then resource.
    pub rows: Vec<Held>,
    /// By action: roles over everything that hold it, sorted.
    everywhere: Vec<Vec<EntityId>>,
    /// Owners that are people, by what they own.
    owners: FxHashMap<EntityId, (EntityId, OriginId)>,
}

/// Who holds one action on one resource.
#[derive(Clone, Debug)]
pub struct Held {
    pub action: ActionId,
    pub resource: EntityId,
    /// Grants first, then roles; each sorted by holder.
    pub by: Vec<Holder>,
}

/// One entry: a group (its members), a person, a service or a role (whoever has it).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    pub who: EntityId,
    pub reason: Reason,
    /// The declaration names this very action; `false` where another one implies it.
    pub declared: bool,
}

impl Holders {
    pub fn of(people: &People<'_>, shapes: &Shapes) -> Holders {
        let mut builder = Builder { people, shapes, rows: FxHashMap::default(), roles: FxHashMap::default() };
        builder.read_roles();
        builder.declared_grants();
        let descent = builder.descent();
        let owners = builder.things(&descent);
        let everywhere = shapes.actions.iter().map(|action| builder.everywhere(action.action)).collect();
        let mut rows: Vec<Held> = builder
            .rows
            .into_iter()
            .map(|((action, resource), by)| Held { action, resource, by: sorted(by) })
            .collect();
        rows.sort_by_key(|row| (row.action, row.resource));
        Holders { rows, everywhere, owners }
    }

    /// The entries of one resource, beside roles over everything and the owner.
    pub fn on(&self, action: ActionId, resource: EntityId) -> &[Holder] {
        match self.rows.binary_search_by_key(&(action, resource), |row| (row.action, row.resource)) {
            Ok(at) => self.rows.get(at).map_or(&[], |row| row.by.as_slice()),
            Err(_) => &[],
        }
    }

    /// Roles over everything that hold an action.
    pub fn roles(&self, action: ActionId) -> &[EntityId] {
        self.everywhere.get(action.index()).map_or(&[], Vec::as_slice)
    }

    /// The person who owns a thing, and where that is said.
    pub fn owner(&self, resource: EntityId) -> Option<(EntityId, OriginId)> {
        self.owners.get(&resource).copied()
    }

    /// The owner's entry, where owning a thing gives the action.
    pub fn by_owner(&self, action: &ActionShape, resource: EntityId) -> Option<Holder> {
        let (who, origin) = self.owner(resource).filter(|_| action.by_owner)?;
        Some(Holder { who, reason: Reason::Owner { origin }, declared: false })
    }

    /// The entries that hold of every resource: whoever has a role over everything that holds the action.
    pub fn of_every<'h>(&'h self, people: &'h People<'_>, action: ActionId) -> impl Iterator<Item = Holder> + 'h {
        let roles = self.roles(action);
        let grants = people.role_grants.iter().filter(|grant| roles.contains(&grant.role));
        grants.map(|grant| {
            let reason = Reason::Role { role: grant.role, given_in: grant.given_to, origin: grant.origin };
            Holder { who: grant.given_to, reason, declared: false }
        })
    }
}

fn sorted(mut by: Vec<Holder>) -> Vec<Holder> {
    by.sort_by_key(|holder| (rank(&holder.reason), holder.who, !holder.declared));
    by.dedup();
    by
}

fn rank(reason: &Reason) -> (u8, OriginId) {
    match *reason {
        Reason::Grant { origin, .. } => (0, origin),
        Reason::Role { origin, .. } => (1, origin),
        Reason::Owner { origin } => (2, origin),
        Reason::Policy(_) => (3, OriginId::new(0)),
    }
}

/// Where a role counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    Own,
    Group,
    Everything,
}

struct Builder<'p, 'm> {
    people: &'p People<'m>,
    shapes: &'p Shapes,
    rows: FxHashMap<(ActionId, EntityId), Vec<Holder>>,
    /// What each role may do, implied actions included (`true`: named by the role itself).
    roles: FxHashMap<EntityId, (Extent, Vec<(ActionId, bool)>)>,
}

/// What holds over the things of one group.
type Descent = FxHashMap<EntityId, Vec<(ActionId, Holder)>>;

impl Builder<'_, '_> {
    fn implied(&self, action: ActionId) -> impl Iterator<Item = (ActionId, bool)> + '_ {
        let all = self.shapes.action(action).map_or(&[][..], |shape| shape.implied.as_slice());
        all.iter().map(move |implied| (*implied, *implied == action))
    }

    fn add(&mut self, action: ActionId, resource: EntityId, holder: Holder) {
        self.rows.entry((action, resource)).or_default().push(holder);
    }

    fn read_roles(&mut self) {
        let model = self.people.model;
        for role in self.people.of_kind(self.shapes.roles_of_kinds.role) {
            let extent = match self.people.value(*role, "over").map(|value| model.display(value)).as_deref() {
                Some("everything") => Extent::Everything,
                Some("own") => Extent::Own,
                _ => Extent::Group,
            };
            let Some(Value::List(list)) = self.people.value(*role, "can") else { continue };
            let named = model.elements(list).iter().filter_map(|element| match element.value {
                Value::Permission(action) => Some(action),
                _ => None,
            });
            let mut actions: Vec<(ActionId, bool)> =
                named.flat_map(|action| self.implied(action).collect::<Vec<_>>()).collect();
            actions.sort_by_key(|(action, named)| (*action, !named));
            actions.dedup_by_key(|(action, _)| *action);
            self.roles.insert(*role, (extent, actions));
        }
    }

    /// Fields that `grants`, in both directions, with what the action implies.
    fn declared_grants(&mut self) {
        let model = self.people.model;
        for (kind, row) in model.kinds.kinds.iter() {
            for (field, declared) in row.fields.iter() {
                let Some(grant) = declared.grants else { continue };
                for entity in self.people.world.of_kind(kind) {
                    self.grants_of(*entity, field, grant.action, grant.direction);
                }
            }
        }
    }

    fn grants_of(&mut self, entity: EntityId, field: FieldId, action: ActionId, direction: GrantDirection) {
        for (listed, origin) in self.references(entity, field) {
            let (who, resource) = match direction {
                GrantDirection::ToWhomIsListed => (listed, entity),
                GrantDirection::OnWhatIsListed => (entity, listed),
            };
            if self.people.is_group(who) && !self.people.is_running(who) {
                continue;
            }
            let reason = Reason::Grant { origin, to: who };
            let implied: Vec<_> = self.implied(action).collect();
            for (action, declared) in implied {
                self.add(action, resource, Holder { who, reason, declared });
            }
        }
    }

    /// The entities that a field names today.
    fn references(&self, entity: EntityId, field: FieldId) -> Vec<(EntityId, OriginId)> {
        let Some(slot) = self.people.model.slot(self.people.world, entity, field) else { return Vec::new() };
        match slot.value {
            Value::Entity(one) if self.people.world.has(one) => vec![(one, slot.origin)],
            Value::List(list) => self.people.entities(list).map(|(entity, element)| (entity, element.origin)).collect(),
            _ => Vec::new(),
        }
    }

    /// For every group: who holds what over its things, by roles given in it and above, and by delegates.
    fn descent(&self) -> Descent {
        let mut descent = Descent::default();
        let groups = self.people.of_kind(self.shapes.roles_of_kinds.group);
        for group in groups.iter().filter(|group| self.people.is_running(**group)) {
            let mut held = Vec::new();
            for above in self.people.chain(*group) {
                for grant in self.people.role_grants.iter().filter(|grant| grant.given_to == above) {
                    self.by_role(*group, above, *grant, &mut held);
                }
                self.by_delegates(above, &mut held);
            }
            if !held.is_empty() {
                descent.insert(*group, held);
            }
        }
        descent
    }

    fn by_role(&self, who: EntityId, given_in: EntityId, grant: RoleGrant, held: &mut Vec<(ActionId, Holder)>) {
        let Some((Extent::Group, actions)) = self.roles.get(&grant.role) else { return };
        let reason = Reason::Role { role: grant.role, given_in, origin: grant.origin };
        held.extend(actions.iter().map(|(action, declared)| (*action, Holder { who, reason, declared: *declared })));
    }

    fn by_delegates(&self, given_in: EntityId, held: &mut Vec<(ActionId, Holder)>) {
        let Some(Value::Map(map)) = self.people.value(given_in, "delegates") else { return };
        for entry in self.people.model.store.entries(map) {
            let (Value::Entity(role), Value::List(list)) = (entry.key, entry.value) else { continue };
            let Some((_, actions)) = self.roles.get(&role) else { continue };
            for (who, element) in self.people.entities(list) {
                let reason = Reason::Role { role, given_in, origin: element.origin };
                held.extend(
                    actions.iter().map(|(action, declared)| (*action, Holder { who, reason, declared: *declared })),
                );
            }
        }
    }

    /// Applies descent to everything that groups own; collects the owners that are people.
    fn things(&mut self, descent: &Descent) -> FxHashMap<EntityId, (EntityId, OriginId)> {
        let kinds = self.shapes.roles_of_kinds;
        let mut owners = FxHashMap::default();
        let with_actions: Vec<KindId> = self.shapes.actions.iter().map(|action| action.kind).collect();
        for (kind, _) in self.people.model.kinds.kinds.iter().filter(|(kind, _)| with_actions.contains(kind)) {
            let owner_field = self.shapes.kind(kind).and_then(|shape| shape.owner_field);
            for entity in self.people.world.of_kind(kind) {
                let mut groups: Vec<EntityId> = Vec::new();
                if Some(kind) == kinds.group {
                    groups.push(*entity);
                } else if Some(kind) == kinds.user {
                    groups.extend(self.people.groups_of(*entity));
                }
                for (owner, origin) in owner_field.map(|field| self.references(*entity, field)).unwrap_or_default() {
                    if self.people.is_group(owner) {
                        groups.push(owner);
                    } else if self.people.acts(owner) {
                        owners.entry(*entity).or_insert((owner, origin));
                    }
                }
                for (action, holder) in groups.iter().filter_map(|group| descent.get(group)).flatten() {
                    if self.shapes.action(*action).is_some_and(|shape| shape.kind == kind) {
                        self.add(*action, *entity, *holder);
                    }
                }
            }
        }
        owners
    }

    fn everywhere(&self, action: ActionId) -> Vec<EntityId> {
        let holds = |(extent, actions): &(Extent, Vec<(ActionId, bool)>)| {
            *extent == Extent::Everything && actions.iter().any(|(held, _)| *held == action)
        };
        let roles = self.people.of_kind(self.shapes.roles_of_kinds.role).iter();
        roles.copied().filter(|role| self.roles.get(role).is_some_and(holds)).collect()
    }
}
