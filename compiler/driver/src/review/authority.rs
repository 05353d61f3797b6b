//! Who answers for what in the base, on the judged day.

use std::collections::BTreeSet;

use nbc_model::kinds::Action;
use nbc_model::value::Value;
use nbc_model::world::EntityId;

use crate::difference::causes::Side;

/// People, by handle.
pub(super) type People = BTreeSet<String>;

/// One stage of the base.
#[derive(Clone, Copy, Debug)]
pub(super) struct Authority<'c>(pub(super) Side<'c>);

impl Authority<'_> {
    /// Who may administer the platform.
    pub(super) fn administrators(&self) -> People {
        let platform = self.0.model.platform(self.0.world);
        platform.map_or_else(People::new, |platform| self.may("administer", platform))
    }

    /// Who may make exceptions from a pack.
    pub(super) fn of_pack(&self, pack: &str) -> People {
        self.find(&format!("pack.{pack}")).map_or_else(People::new, |pack| self.may("waive", pack))
    }

    /// Who may manage a group, or the one above it, by a role.
    pub(super) fn managers(&self, group: EntityId, above: bool) -> People {
        let group = if above { self.above(group) } else { Some(group) };
        group.map_or_else(People::new, |group| self.may("manage", group))
    }

    /// The group above.
    pub(super) fn above(&self, group: EntityId) -> Option<EntityId> {
        self.reference(group, "parent")
    }

    /// Who answers for a thing: `owners`, `responsible`, `owner`.
    pub(super) fn owners(&self, thing: EntityId) -> People {
        match self.kind(thing) {
            "group" => self.people(thing, "owners"),
            "environment" => self.people(thing, "responsible"),
            _ => self.people(thing, "owner"),
        }
    }

    /// Who may change the packages of an environment.
    pub(super) fn editors(&self, environment: EntityId) -> People {
        let mut people = self.may("edit", environment);
        people.extend(self.owners(environment));
        people
    }

    /// How many owners of a group must say yes.
    pub(super) fn approvals(&self, thing: EntityId) -> usize {
        match self.0.model.slot_named(self.0.world, thing, "approvals").map(|slot| slot.value) {
            Some(Value::Int(number)) => usize::try_from(number).unwrap_or(1).max(1),
            _ => 1,
        }
    }

    /// By its path; of a thing that is owned, by the path of its owner.
    pub(super) fn find(&self, path: &str) -> Option<EntityId> {
        let (kind, rest) = path.split_once('.')?;
        let handle = rest.split('.').next()?;
        let kind = self.0.model.kind(kind)?;
        self.0.world.of_kind(kind).iter().copied().find(|entity| self.0.model.handle(*entity) == handle)
    }

    pub(super) fn kind(&self, thing: EntityId) -> &str {
        self.0.model.text(self.0.model.kinds.kinds[self.0.model.entities[thing].kind].name)
    }

    /// A reference to one thing.
    pub(super) fn reference(&self, thing: EntityId, field: &str) -> Option<EntityId> {
        match self.0.model.slot_named(self.0.world, thing, field)?.value {
            Value::Entity(entity) => Some(entity),
            _ => None,
        }
    }

    /// People who are here on the day: whoever is decided about.
    fn people(&self, thing: EntityId, field: &str) -> People {
        let (model, world) = (self.0.model, self.0.world);
        let users = match model.slot_named(world, thing, field).map(|slot| slot.value) {
            Some(Value::Entity(user)) => vec![user],
            Some(Value::List(list)) => {
                let users = model.elements(list).iter().filter_map(|element| match element.value {
                    Value::Entity(user) => Some(user),
                    _ => None,
                });
                users.collect()
            }
            _ => Vec::new(),
        };
        users.into_iter().filter(|user| self.is_here(*user)).map(|user| model.handle(user).to_owned()).collect()
    }

    fn is_here(&self, user: EntityId) -> bool {
        let (model, world) = (self.0.model, self.0.world);
        let value = |field| model.slot_named(world, user, field).map(|slot| slot.value);
        let begun = !matches!(value("from"), Some(Value::Date(from)) if from > world.as_of);
        let over = matches!(value("until"), Some(Value::Date(until)) if until < world.as_of);
        begun && !over && !matches!(value("enabled"), Some(Value::Bool(false)))
    }

    /// People who may do something with a thing, by the name of the action in the kind of the thing.
    fn may(&self, action: &str, thing: EntityId) -> People {
        let model = self.0.model;
        let kind = model.entities[thing].kind;
        let is_asked = |found: &Action| found.kind == kind && model.text(found.name) == action;
        let action = model.kinds.actions.iter().find(|(_, found)| is_asked(found));
        let row = action.and_then(|(action, _)| self.0.decisions.of(action, thing));
        // Programs approve nothing.
        row.map_or_else(People::new, |row| {
            let users = row.users.iter().filter(|allowed| self.kind(allowed.user) == "user");
            users.map(|allowed| model.handle(allowed.user).to_owned()).collect()
        })
    }
}
