//! A world as Cedar's entities: the attributes that the schema exports, and who holds what. An entity is made when a
//! question needs it.
//!
//! Generic over kinds: what an entity looks like is [`crate::shape`], never a struct of `platform`.

use std::collections::{BTreeMap, HashMap, HashSet};

use cedar_policy::{Entities, Entity, EntityId as Eid, EntityTypeName, EntityUid, RestrictedExpression, Schema};
use nbc_model::index::Id as _;
use nbc_model::kinds::{EnumId, KindId};
use nbc_model::value::{Dimension, Per, Slot, Value};
use nbc_model::world::EntityId;

use crate::holders::Holders;
use crate::names::attribute_name;
use crate::people::{People, counts};
use crate::shape::{Attribute, CedarType, EntityShape, Shapes};

/// The ids of entities in Cedar. The name of a type is read once, the id is the handle.
#[derive(Debug)]
pub struct Uids {
    types: Vec<Option<EntityTypeName>>,
    enums: BTreeMap<EnumId, EntityTypeName>,
}

impl Uids {
    pub fn of(shapes: &Shapes) -> Uids {
        let name = |shape: &Option<EntityShape>| shape.as_ref().and_then(|shape| shape.type_name.parse().ok());
        let choices = shapes.enums.iter().filter_map(|(of, name)| Some((*of, name.parse().ok()?)));
        Uids { types: shapes.kinds.iter().map(name).collect(), enums: choices.collect() }
    }

    /// Nothing for what this world does not have, for what belongs to another entity, and for secrets.
    pub fn get(&self, people: &People<'_>, entity: EntityId) -> Option<EntityUid> {
        let kind = people.kind(entity);
        let type_name = self.types.get(kind.index())?.clone()?;
        let is_one = people.world.has(entity) && people.model.entities[entity].owner.is_none();
        is_one.then(|| EntityUid::from_type_name_and_id(type_name, Eid::new(id(people, kind, entity))))
    }
}

/// The handle; `std/small` where the site has a `small` of its own.
fn id(people: &People<'_>, kind: KindId, entity: EntityId) -> String {
    let handle = people.model.handle(entity);
    let Some(package) = people.model.entities[entity].package else { return handle.to_owned() };
    let same = |other: &&EntityId| **other != entity && people.model.handle(**other) == handle;
    match people.world.of_kind(kind).iter().find(same) {
        Some(_) => format!("{}/{handle}", people.model.text(package)),
        None => handle.to_owned(),
    }
}

/// Makes Cedar's entities of one world.
pub(crate) struct Builder<'b, 'm> {
    pub(crate) people: &'b People<'m>,
    pub(crate) shapes: &'b Shapes,
    pub(crate) holders: &'b Holders,
    pub(crate) uids: &'b Uids,
}

impl Builder<'_, '_> {
    /// All entities of the world, actions included, as the schema has them.
    ///
    /// # Errors
    /// Cedar's message where something does not fit the schema.
    pub(crate) fn all(&self, schema: &Schema) -> Result<Entities, String> {
        let mut all = Vec::with_capacity(self.people.model.entities.len());
        for shape in self.shapes.kinds.iter().flatten() {
            for entity in self.people.world.of_kind(shape.kind) {
                all.extend(self.entity(*entity)?);
            }
        }
        Entities::from_entities(all, Some(schema)).map_err(|error| error.to_string())
    }

    /// These entities and the groups and roles above them, each once: what a question about them is decided with as
    /// long as no policy follows a reference further.
    ///
    /// # Errors
    /// Cedar's message where it cannot make an entity.
    pub(crate) fn around(
        &self,
        mut todo: Vec<EntityId>,
        make: impl Fn(EntityId) -> Result<Option<Entity>, String>,
    ) -> Result<Vec<Entity>, String> {
        let mut seen: Vec<EntityId> = Vec::new();
        let mut made = Vec::new();
        while let Some(entity) = todo.pop() {
            if !seen.contains(&entity) {
                seen.push(entity);
                todo.extend(self.parents(entity));
                made.extend(make(entity)?);
            }
        }
        Ok(made)
    }

    /// Nothing where a value failed: the model said so already, and nothing is allowed on it.
    pub(crate) fn entity(&self, entity: EntityId) -> Result<Option<Entity>, String> {
        let Some((uid, shape)) = self.uid(entity).zip(self.shapes.kind(self.people.kind(entity))) else {
            return Ok(None);
        };
        let model = self.people.model;
        let mut attributes: HashMap<String, RestrictedExpression> = HashMap::with_capacity(shape.attributes.len() + 8);
        for attribute in &shape.attributes {
            let slot = model.slot(self.people.world, entity, attribute.field);
            match slot.and_then(|slot| self.value(&attribute.ty, slot.value)) {
                Some(value) => {
                    attributes.insert(attribute.name.clone(), value);
                }
                None if attribute.optional => {}
                None => return Ok(None),
            }
        }
        self.generated(shape, entity, &mut attributes);
        let tags = self.tags(shape, entity);
        let parents: HashSet<EntityUid> =
            self.parents(entity).into_iter().filter_map(|parent| self.uid(parent)).collect();
        let built = Entity::new_with_tags(uid, attributes, parents, tags);
        built.map(Some).map_err(|error| error.to_string())
    }

    /// The entity behind an id as policies write it.
    pub(crate) fn find(&self, kind: KindId, written: &str) -> Option<EntityId> {
        self.people.world.of_kind(kind).iter().copied().find(|entity| id(self.people, kind, *entity) == written)
    }

    fn uid(&self, entity: EntityId) -> Option<EntityUid> {
        self.uids.get(self.people, entity)
    }

    fn generated(&self, shape: &EntityShape, entity: EntityId, out: &mut HashMap<String, RestrictedExpression>) {
        for action in self.shapes.actions_of(shape.kind) {
            let by = self.holders.on(action.action, entity);
            let set = |is: &dyn Fn(EntityId) -> bool| {
                let mut who: Vec<EntityId> = by.iter().map(|holder| holder.who).filter(|who| is(*who)).collect();
                who.sort_unstable();
                who.dedup();
                self.set(who.into_iter())
            };
            if action.by_grant.groups {
                out.insert(format!("{}_groups", action.prefix), set(&|who| self.people.is_group(who)));
            }
            if action.by_grant.users {
                out.insert(format!("{}_users", action.prefix), set(&|who| self.people.is_user(who)));
            }
            if action.by_role {
                let listed = by.iter().map(|holder| holder.who).filter(|who| self.people.is_role(*who));
                let mut roles: Vec<EntityId> =
                    listed.chain(self.holders.roles(action.action).iter().copied()).collect();
                roles.sort_unstable();
                roles.dedup();
                out.insert(format!("{}_roles", action.prefix), self.set(roles.into_iter()));
            }
        }
        if shape.owner_user
            && let Some(uid) = self.holders.owner(entity).and_then(|(owner, _)| self.uid(owner))
        {
            out.insert("owner_user".to_owned(), RestrictedExpression::new_entity_uid(uid));
        }
    }

    fn set(&self, entities: impl Iterator<Item = EntityId>) -> RestrictedExpression {
        let uids = entities.filter_map(|entity| self.uid(entity));
        RestrictedExpression::new_set(uids.map(RestrictedExpression::new_entity_uid))
    }

    /// The groups and roles right above; of nested groups all that somebody is in.
    fn parents(&self, entity: EntityId) -> Vec<EntityId> {
        let mut parents: Vec<EntityId> = self.people.groups_of(entity).to_vec();
        if self.people.is_group(entity) {
            parents.extend(self.people.chain(entity).get(1).copied());
        }
        let grants = self.people.role_grants.iter().filter(|grant| grant.given_to == entity);
        parents.extend(grants.map(|grant| grant.role));
        parents
    }

    fn tags(&self, shape: &EntityShape, entity: EntityId) -> Vec<(String, RestrictedExpression)> {
        let Some((field, ty)) = &shape.tags else { return Vec::new() };
        let Some(slot) = self.people.model.slot(self.people.world, entity, *field) else { return Vec::new() };
        let Value::Map(map) = slot.value else { return Vec::new() };
        let entries = self.people.model.store.entries(map).iter().filter_map(|entry| match entry.key {
            Value::Text(key) => Some((self.people.model.text(key).to_owned(), self.value(ty, entry.value)?)),
            _ => None,
        });
        entries.collect()
    }

    /// A value as its type exports it; `None` for what is absent or belongs to another branch of a union.
    fn value(&self, ty: &CedarType, value: Value) -> Option<RestrictedExpression> {
        let model = self.people.model;
        match (ty, value) {
            (CedarType::Bool, Value::Bool(value)) => Some(RestrictedExpression::new_bool(value)),
            (CedarType::Long, Value::Int(value)) => Some(RestrictedExpression::new_long(value)),
            (CedarType::Long, Value::Quantity(_, amount)) => Some(RestrictedExpression::new_long(amount)),
            (CedarType::MonthlyMinor, Value::Quantity(Dimension::Rate(per), amount)) => {
                Some(RestrictedExpression::new_long(minor_per_month(amount, per)))
            }
            (CedarType::String, Value::Text(name)) => {
                Some(RestrictedExpression::new_string(model.text(name).to_owned()))
            }
            (CedarType::Permission, Value::Permission(action)) => {
                self.shapes.action(action).map(|shape| RestrictedExpression::new_string(shape.id.clone()))
            }
            (CedarType::Duration, Value::Quantity(Dimension::Duration, amount)) => {
                Some(RestrictedExpression::new_duration(format!("{amount}ms")))
            }
            (CedarType::Datetime, Value::Date(date)) => Some(RestrictedExpression::new_datetime(date.to_string())),
            (CedarType::Decimal, Value::Quantity(_, amount)) => {
                let sign = if amount < 0 { "-" } else { "" };
                let amount = amount.unsigned_abs();
                Some(RestrictedExpression::new_decimal(format!("{sign}{}.{:04}", amount / 10_000, amount % 10_000)))
            }
            (CedarType::Enum(of), Value::Enum(is, at)) if *of == is => {
                let name = model.kinds.enums[is].values.get(usize::from(at)).map(|value| model.text(value.name))?;
                let type_name = self.uids.enums.get(of)?.clone();
                let uid = EntityUid::from_type_name_and_id(type_name, Eid::new(name));
                Some(RestrictedExpression::new_entity_uid(uid))
            }
            (CedarType::Entity(kind), Value::Entity(entity)) if self.people.kind(entity) == *kind => {
                self.uid(entity).map(RestrictedExpression::new_entity_uid)
            }
            (CedarType::Set(of), Value::List(list)) => {
                let elements = model.elements(list).iter().filter(|element| counts(element, self.people.world.as_of));
                Some(RestrictedExpression::new_set(elements.filter_map(|element| self.value(of, element.value))))
            }
            (CedarType::Record(attributes), Value::Record(_, fields)) => self.record(attributes, model.slots(fields)),
            // An owned entity shows its owner as a record.
            (CedarType::Record(attributes), Value::Entity(entity)) => {
                self.record(attributes, model.slots(self.people.world.fields(entity)?))
            }
            (CedarType::Variant(cases), Value::Variant(_, case, fields)) => {
                let (name, attributes) = cases.get(usize::from(case))?;
                let inner = self.record(attributes, model.slots(fields))?;
                RestrictedExpression::new_record([(name.clone(), inner)]).ok()
            }
            (CedarType::ByEnum(_, of), Value::Map(map)) => {
                let entries = model.store.entries(map).iter().filter_map(|entry| {
                    Some((attribute_name(&model.display(entry.key)), self.value(of, entry.value)?))
                });
                RestrictedExpression::new_record(entries).ok()
            }
            _ => None,
        }
    }

    fn record(&self, attributes: &[Attribute], slots: &[Slot]) -> Option<RestrictedExpression> {
        let members = attributes.iter().filter_map(|attribute| {
            let slot = slots.get(attribute.field.index())?;
            Some((attribute.name.clone(), self.value(&attribute.ty, slot.value)?))
        });
        RestrictedExpression::new_record(members).ok()
    }
}

/// A rate in 1/10,000 of the currency unit per its period, as minor units per month of 730 hours, rounded up.
fn minor_per_month(amount: i64, per: Per) -> i64 {
    let monthly = i128::from(amount) * 730;
    let period = i128::from(per.hours()) * 100;
    let rounded = monthly.div_euclid(period) + i128::from(monthly.rem_euclid(period) != 0);
    i64::try_from(rounded).unwrap_or(if amount < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_become_minor_units_per_month_rounded_up() {
        assert_eq!(minor_per_month(25_000_000, Per::Month), 250_000);
        assert_eq!(minor_per_month(416, Per::Hour), 3_037);
        assert_eq!(minor_per_month(120_000, Per::Year), 100);
        assert_eq!(minor_per_month(i64::MAX, Per::Hour), i64::MAX);
    }
}
