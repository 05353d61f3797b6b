//! Who acts on the judged day: people within their dates and enabled, the groups and roles they have, services with an
//! account.

use std::borrow::Cow;

use nbc_model::Model;
use nbc_model::index::Id as _;
use nbc_model::kinds::{FieldId, KindId};
use nbc_model::value::{Date, Element, List, OriginId, Slot, Value};
use nbc_model::world::{EntityId, World};

use crate::shape::{KindRoles, Shapes};

/// A world with the look-ups that access needs, made once.
#[derive(Debug)]
pub struct People<'m> {
    pub model: &'m Model,
    pub world: &'m World,
    kinds: KindRoles,
    /// Active people, sorted.
    pub users: Vec<EntityId>,
    /// Services with an account, sorted.
    pub services: Vec<EntityId>,
    active: Vec<bool>,
    /// By entity.
    groups_of: Vec<Vec<EntityId>>,
    everyone: Option<EntityId>,
    /// Roles that groups, people and services have today, sorted by role.
    pub role_grants: Vec<RoleGrant>,
}

/// A role that somebody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleGrant {
    pub role: EntityId,
    /// A group (then its members), a person or a service.
    pub given_to: EntityId,
    pub origin: OriginId,
}

impl<'m> People<'m> {
    pub fn of(model: &'m Model, world: &'m World, shapes: &Shapes) -> People<'m> {
        let kinds = shapes.roles_of_kinds;
        let mut people = People {
            model,
            world,
            kinds,
            users: Vec::new(),
            services: Vec::new(),
            active: vec![false; model.entities.len()],
            groups_of: vec![Vec::new(); model.entities.len()],
            everyone: None,
            role_grants: Vec::new(),
        };
        people.users = people.active_users();
        people.services = people
            .of_kind(kinds.service)
            .iter()
            .copied()
            .filter(|service| people.account(*service).is_some())
            .collect();
        for actor in people.users.iter().chain(&people.services) {
            if let Some(active) = people.active.get_mut(actor.index()) {
                *active = true;
            }
        }
        people.everyone = people.of_kind(kinds.group).iter().copied().find(|group| model.handle(*group) == "everyone");
        people.join_groups();
        people.role_grants = people.roles_given();
        people
    }

    pub fn of_kind(&self, kind: Option<KindId>) -> &'m [EntityId] {
        kind.map_or(&[], |kind| self.world.of_kind(kind))
    }

    pub fn kind(&self, entity: EntityId) -> KindId {
        self.model.entities[entity].kind
    }

    pub fn is_group(&self, entity: EntityId) -> bool {
        Some(self.kind(entity)) == self.kinds.group
    }

    pub fn is_user(&self, entity: EntityId) -> bool {
        Some(self.kind(entity)) == self.kinds.user
    }

    pub fn is_role(&self, entity: EntityId) -> bool {
        Some(self.kind(entity)) == self.kinds.role
    }

    /// A person within their dates and not switched off, or a service with an account.
    pub fn acts(&self, entity: EntityId) -> bool {
        self.active.get(entity.index()).copied().unwrap_or(false)
    }

    /// The people who may sign in on the day.
    fn active_users(&self) -> Vec<EntityId> {
        let today = self.world.as_of;
        let users = self.of_kind(self.kinds.user);
        let Some(kind) = self.kinds.user else { return Vec::new() };
        let [enabled, from, until] = ["enabled", "from", "until"].map(|name| self.field_of(kind, name));
        let value = |user: EntityId, field: Option<FieldId>| {
            field.and_then(|field| self.model.slot(self.world, user, field)).map(|slot| slot.value)
        };
        let date = |user: EntityId, field: Option<FieldId>| match value(user, field) {
            Some(Value::Date(date)) => Some(date),
            _ => None,
        };
        let is_active = |user: &EntityId| {
            value(*user, enabled) != Some(Value::Bool(false))
                && date(*user, from).is_none_or(|from| from <= today)
                && date(*user, until).is_none_or(|until| today <= until)
        };
        users.iter().copied().filter(is_active).collect()
    }

    /// The record of a service's own account.
    fn account(&self, service: EntityId) -> Option<Vec<(&'m str, Slot)>> {
        match self.value(service, "account")? {
            Value::Record(of, fields) => {
                let names = self.model.kinds.records[of].fields.iter().map(|(_, field)| self.model.text(field.name));
                Some(names.zip(self.model.slots(fields).iter().copied()).collect())
            }
            _ => None,
        }
    }

    fn join_groups(&mut self) {
        let world = self.world;
        for row in world.membership.groups() {
            for member in &row.members {
                if self.acts(member.user) {
                    self.join(member.user, row.group);
                }
            }
        }
        let services: Vec<(EntityId, EntityId)> = self
            .services
            .iter()
            .flat_map(|service| self.account_list(*service, "groups").into_iter().map(|(group, _)| (*service, group)))
            .collect();
        for (service, group) in services {
            for group in self.chain(group) {
                self.join(service, group);
            }
        }
        if let Some(everyone) = self.everyone {
            for user in self.users.clone() {
                self.join(user, everyone);
            }
        }
        for groups in &mut self.groups_of {
            groups.sort_unstable();
            groups.dedup();
        }
    }

    fn join(&mut self, actor: EntityId, group: EntityId) {
        if let Some(groups) = self.groups_of.get_mut(actor.index()) {
            groups.push(group);
        }
    }

    fn account_list(&self, service: EntityId, name: &str) -> Vec<(EntityId, OriginId)> {
        let account = self.account(service).unwrap_or_default();
        let slot = account.iter().find(|(field, _)| *field == name).map(|(_, slot)| slot.value);
        let Some(Value::List(list)) = slot else { return Vec::new() };
        self.entities(list).map(|(entity, element)| (entity, element.origin)).collect()
    }

    fn roles_given(&self) -> Vec<RoleGrant> {
        let mut grants = Vec::new();
        let groups = self.of_kind(self.kinds.group).iter().filter(|group| self.is_running(**group));
        self.roles_of(groups, self.kinds.group, &mut grants);
        self.roles_of(self.users.iter(), self.kinds.user, &mut grants);
        for service in &self.services {
            for (role, origin) in self.account_list(*service, "roles") {
                grants.push(RoleGrant { role, given_to: *service, origin });
            }
        }
        grants.sort_by_key(|grant| (grant.role, grant.given_to, grant.origin));
        grants
    }

    /// The roles that holders of one kind list today.
    fn roles_of<'h>(
        &self,
        holders: impl Iterator<Item = &'h EntityId>,
        kind: Option<KindId>,
        grants: &mut Vec<RoleGrant>,
    ) {
        let Some(roles) = kind.and_then(|kind| self.field_of(kind, "roles")) else { return };
        for holder in holders {
            let slot = self.model.slot(self.world, *holder, roles);
            let Some(Value::List(list)) = slot.map(|slot| slot.value) else { continue };
            for (role, element) in self.entities(list).filter(|(role, _)| self.is_role(*role)) {
                grants.push(RoleGrant { role, given_to: *holder, origin: element.origin });
            }
        }
    }

    /// All groups that somebody is in, those above included, sorted.
    pub fn groups_of(&self, actor: EntityId) -> &[EntityId] {
        self.groups_of.get(actor.index()).map_or(&[], Vec::as_slice)
    }

    pub fn is_in(&self, actor: EntityId, group: EntityId) -> bool {
        self.groups_of(actor).binary_search(&group).is_ok()
    }

    /// The acting people behind a holder: members of a group, holders of a role, or the one named. Sorted.
    pub fn behind(&self, holder: EntityId) -> Cow<'_, [EntityId]> {
        if self.is_group(holder) {
            if Some(holder) == self.everyone {
                return Cow::Borrowed(&self.users);
            }
            let members = self.world.membership.of(holder).iter().map(|member| member.user);
            return Cow::Owned(members.filter(|user| self.acts(*user)).collect());
        }
        if self.is_role(holder) {
            let grants = self.role_grants.iter().filter(|grant| grant.role == holder);
            let mut all: Vec<EntityId> = grants.flat_map(|grant| self.behind(grant.given_to).into_owned()).collect();
            all.sort_unstable();
            all.dedup();
            return Cow::Owned(all);
        }
        if self.acts(holder) { Cow::Owned(vec![holder]) } else { Cow::Borrowed(&[]) }
    }

    /// Whether somebody is [behind](People::behind) a role.
    pub fn has_role(&self, who: EntityId, role: EntityId) -> bool {
        let is_behind = |holder: EntityId| match self.is_group(holder) {
            true => self.is_user(who) && self.is_in(who, holder),
            false => holder == who && self.acts(who),
        };
        self.role_grants.iter().any(|grant| grant.role == role && is_behind(grant.given_to))
    }

    /// People of this group come from an identity provider that nbc never sees.
    pub fn is_open(&self, group: EntityId) -> bool {
        matches!(self.value(group, "members-from"), Some(Value::Entity(_)))
    }

    /// The built-in group of everybody who signs in.
    pub fn everyone(&self) -> Option<EntityId> {
        self.everyone
    }

    /// The group and those above it, nearest first. The model cuts cycles; this only never follows one.
    pub fn chain(&self, group: EntityId) -> Vec<EntityId> {
        let mut chain = vec![group];
        let mut next = self.value(group, "parent");
        while let Some(Value::Entity(parent)) = next {
            if chain.contains(&parent) {
                break;
            }
            chain.push(parent);
            next = self.value(parent, "parent");
        }
        chain
    }

    /// Whether neither the group nor one above it has ended.
    pub fn is_running(&self, group: EntityId) -> bool {
        let ended = |group: &EntityId| matches!(self.value(*group, "until"), Some(Value::Date(until)) if until < self.world.as_of);
        !self.chain(group).iter().any(ended)
    }

    pub fn field(&self, entity: EntityId, name: &str) -> Option<FieldId> {
        self.field_of(self.kind(entity), name)
    }

    fn field_of(&self, kind: KindId, name: &str) -> Option<FieldId> {
        self.model.kinds.kinds[kind].field(self.model.names.find(name)?)
    }

    pub fn value(&self, entity: EntityId, name: &str) -> Option<Value> {
        self.slot(entity, name).map(|slot| slot.value)
    }

    pub fn slot(&self, entity: EntityId, name: &str) -> Option<Slot> {
        self.model.slot(self.world, entity, self.field(entity, name)?)
    }

    /// The elements of a list of references that count today.
    pub fn listed(&self, entity: EntityId, name: &str) -> Vec<(EntityId, Element)> {
        match self.value(entity, name) {
            Some(Value::List(list)) => self.entities(list).collect(),
            _ => Vec::new(),
        }
    }

    /// The entities of a list whose dates include today and which this stage has.
    pub fn entities(&self, list: List) -> impl Iterator<Item = (EntityId, Element)> + use<'m> {
        let (model, world) = (self.model, self.world);
        model.elements(list).iter().filter_map(move |element| match element.value {
            Value::Entity(entity) if counts(element, world.as_of) && world.has(entity) => Some((entity, *element)),
            _ => None,
        })
    }
}

/// Whether an element of a dated list counts on the day; both ends are included.
pub(crate) fn counts(element: &Element, day: Date) -> bool {
    element.from.is_none_or(|from| from <= day) && element.until.is_none_or(|until| day <= until)
}
