//! Principals and resources that no policy of an action can tell apart.
//!
//! A decision reads what the policies read and nothing else. So people who agree in that are one class, things too,
//! and Cedar is asked once for each pair of classes and each way in which the action is held.

use std::collections::BTreeSet;
use std::rc::Rc;

use nbc_model::Model;
use nbc_model::index::Id as _;
use nbc_model::kinds::{FieldId, KindId};
use nbc_model::value::Value;
use nbc_model::world::EntityId;
use rustc_hash::FxHashMap;

use crate::access::Access;
use crate::reads::{Reads, Relation, Side};
use crate::shape::ActionShape;

/// What the written policies of one action read, and the classes that follow.
#[derive(Debug)]
pub(super) struct Slice {
    pub(super) reads: Reads,
    /// By position of the actor.
    pub(super) actors: Rc<[u32]>,
    /// By position of the resource among those of its kind.
    pub(super) resources: Vec<u32>,
    pub(super) relations: Vec<Relation>,
    /// How many classes of actors there are.
    pub(super) actor_classes: usize,
    /// Some written policy permits, so anybody may hold it.
    pub(super) permits_written: bool,
}

/// The classes of actors that are known already: most actions read the same of people.
#[derive(Debug, Default)]
pub(super) struct Known(Vec<KnownClasses>);

/// What is read, the entities that waivers are on, the class of each actor and how many there are.
type KnownClasses = (Side, Vec<EntityId>, Rc<[u32]>, usize);

impl Known {
    fn of(&mut self, access: &Access<'_>, side: &Side, waived: &[EntityId], actors: &[EntityId]) -> (Rc<[u32]>, usize) {
        if let Some((.., known, count)) = self.0.iter().find(|(read, on, ..)| read == side && on == waived) {
            return (known.clone(), *count);
        }
        let (found, count) = classes(access, side, waived, actors);
        let found: Rc<[u32]> = found.into();
        self.0.push((side.clone(), waived.to_vec(), found.clone(), count));
        (found, count)
    }
}

impl Slice {
    pub(super) fn of(
        access: &Access<'_>,
        action: &ActionShape,
        actors: &[EntityId],
        resources: &[EntityId],
        known: &mut Known,
    ) -> Slice {
        let applying = access.applying(action);
        let mut reads = Reads::default();
        let mut permits_written = false;
        for policy in applying.iter().filter_map(|at| access.written(*at)) {
            reads.join(&policy.reads);
            permits_written |= !policy.forbids;
        }
        let too_many = reads.relations.len() > u64::BITS as usize;
        if too_many || reads.relations.iter().any(|relation| !is_known(access, action.kind, relation)) {
            reads.principal.whole = true;
            reads.resource.whole = true;
        }
        let waived: Vec<EntityId> =
            access.waivers.iter().filter(|w| applying.contains(&w.policy)).map(|w| w.on).collect();
        let (actors, actor_classes) = known.of(access, &reads.principal, &waived, actors);
        let (resources, _) = classes(access, &reads.resource, &waived, resources);
        let relations = reads.relations.iter().cloned().collect();
        Slice { reads, actors, resources, relations, actor_classes, permits_written }
    }
}

/// Whether the relation's attribute can be read without Cedar.
fn is_known(access: &Access<'_>, kind: KindId, relation: &Relation) -> bool {
    match relation {
        Relation::Same | Relation::Inside => true,
        Relation::Contains(name) | Relation::Is(name) | Relation::In(name) => {
            let shape = access.policies.shapes.kind(kind);
            let is_field = shape.is_some_and(|shape| shape.attributes.iter().any(|attribute| attribute.name == *name));
            is_field || name == "owner_user" || generated(access, kind, name)
        }
    }
}

pub(crate) fn generated(access: &Access<'_>, kind: KindId, name: &str) -> bool {
    let endings = ["_groups", "_users", "_roles"];
    let prefix = endings.iter().find_map(|ending| name.strip_suffix(ending));
    prefix.is_some_and(|prefix| access.policies.shapes.actions_of(kind).any(|action| action.prefix == prefix))
}

/// The entities that a relation compares the principal with.
pub(crate) fn related(access: &Access<'_>, resource: EntityId, relation: &Relation) -> Vec<EntityId> {
    let name = match relation {
        Relation::Same | Relation::Inside => return vec![resource],
        Relation::Contains(name) | Relation::Is(name) | Relation::In(name) => name,
    };
    if name == "owner_user" {
        return access.holders.owner(resource).map(|(owner, _)| owner).into_iter().collect();
    }
    let kind = access.people.kind(resource);
    for action in access.policies.shapes.actions_of(kind) {
        let Some(ending) = name.strip_prefix(action.prefix.as_str()) else { continue };
        let by = access.holders.on(action.action, resource).iter().map(|holder| holder.who);
        match ending {
            "_groups" => return by.filter(|who| access.people.is_group(*who)).collect(),
            "_users" => return by.filter(|who| access.people.is_user(*who)).collect(),
            "_roles" => {
                let listed = by.filter(|who| access.people.is_role(*who));
                return listed.chain(access.holders.roles(action.action).iter().copied()).collect();
            }
            _ => {}
        }
    }
    let shape = access.policies.shapes.kind(kind);
    let attributes = shape.map_or(&[][..], |shape| shape.attributes.as_slice());
    let Some(attribute) = attributes.iter().find(|attribute| attribute.name == *name) else { return Vec::new() };
    match access.people.model.slot(access.people.world, resource, attribute.field).map(|slot| slot.value) {
        Some(Value::Entity(entity)) => vec![entity],
        Some(Value::List(list)) => access.people.entities(list).map(|(entity, _)| entity).collect(),
        _ => Vec::new(),
    }
}

/// Whether the principal stands in a relation, given what [`related`] found.
pub(super) fn stands(access: &Access<'_>, actor: EntityId, relation: &Relation, related: &[EntityId]) -> bool {
    match relation {
        Relation::Same | Relation::Is(_) | Relation::Contains(_) => related.contains(&actor),
        Relation::Inside | Relation::In(_) => related.iter().any(|other| is_within(access, actor, *other)),
    }
}

/// `actor in other`, as Cedar has it.
pub(crate) fn is_within(access: &Access<'_>, actor: EntityId, other: EntityId) -> bool {
    actor == other
        || access.people.is_in(actor, other)
        || access.people.is_group(actor) && access.people.chain(actor).contains(&other)
        || access.people.is_role(other) && has_role(access, actor, other)
}

fn has_role(access: &Access<'_>, actor: EntityId, role: EntityId) -> bool {
    let has = |given_to: EntityId| given_to == actor || is_within_group(access, actor, given_to);
    access.people.role_grants.iter().any(|grant| grant.role == role && has(grant.given_to))
}

fn is_within_group(access: &Access<'_>, actor: EntityId, group: EntityId) -> bool {
    access.people.is_group(group)
        && (access.people.is_in(actor, group)
            || access.people.is_group(actor) && access.people.chain(actor).contains(&group))
}

fn classes(access: &Access<'_>, side: &Side, waived: &[EntityId], entities: &[EntityId]) -> (Vec<u32>, usize) {
    if side.whole {
        return ((0..entities.len() as u32).collect(), entities.len());
    }
    let mut signer = Signer::new(access, side, waived);
    let mut known: FxHashMap<Box<[u8]>, u32> = FxHashMap::default();
    let mut classes = Vec::with_capacity(entities.len());
    for entity in entities {
        let next = known.len() as u32;
        let signature = signer.sign(*entity);
        let class = known.get(signature).copied().unwrap_or_else(|| {
            known.insert(signature.into(), next);
            next
        });
        classes.push(class);
    }
    (classes, known.len())
}

/// Writes down what policies read of an entity, in one buffer for all of them.
struct Signer<'s, 'm> {
    access: &'s Access<'m>,
    side: &'s Side,
    waived: &'s [EntityId],
    /// The entities that policies compare with; nothing for one that this world lacks.
    compared: Vec<Option<EntityId>>,
    /// The fields of the kind that was asked about last; `None` where one of them is only known to Cedar.
    fields: Option<(KindId, Option<Vec<FieldId>>)>,
    signature: Vec<u8>,
}

impl<'s, 'm> Signer<'s, 'm> {
    fn new(access: &'s Access<'m>, side: &'s Side, waived: &'s [EntityId]) -> Signer<'s, 'm> {
        let people = &access.people;
        let find = |(type_name, id): &(String, String)| {
            let kind = access.policies.shapes.kind_of(type_name)?;
            people.world.of_kind(kind).iter().copied().find(|entity| people.model.handle(*entity) == id)
        };
        let compared = side.compared.iter().map(find).collect();
        Signer { access, side, waived, compared, fields: None, signature: Vec::new() }
    }

    /// Two entities with one signature cannot be told apart.
    fn sign(&mut self, entity: EntityId) -> &[u8] {
        self.signature.clear();
        let (access, people) = (self.access, &self.access.people);
        let kind = people.kind(entity);
        self.signature.extend(kind.index().to_le_bytes());
        if self.fields.as_ref().is_none_or(|(of, _)| *of != kind) {
            self.fields = Some((kind, fields(access, kind, &self.side.attributes)));
        }
        let Some((_, Some(fields))) = &self.fields else {
            // An attribute that nbc computes: not to be told apart without Cedar, so a class of its own.
            self.signature.extend(entity.index().to_le_bytes());
            return &self.signature;
        };
        for field in fields {
            let slot = people.model.slot(people.world, entity, *field);
            write_value(people.model, slot.map_or(Value::Absent, |slot| slot.value), &mut self.signature);
        }
        for tag in &self.side.tags {
            self.signature.push(SEPARATOR);
            self.signature.extend(tag_text(access, entity, tag).unwrap_or_default().bytes());
        }
        for other in &self.compared {
            self.signature.push(match *other {
                Some(other) if other == entity => b'=',
                Some(other) if is_within(access, entity, other) => b'<',
                _ => b'-',
            });
        }
        for on in self.waived {
            self.signature.push(if *on == entity || people.is_in(entity, *on) { b'w' } else { b'-' });
        }
        &self.signature
    }
}

/// The fields behind attributes; what a kind lacks is left out. Nothing where nbc computes one of the attributes.
fn fields(access: &Access<'_>, kind: KindId, attributes: &BTreeSet<String>) -> Option<Vec<FieldId>> {
    let shape = access.policies.shapes.kind(kind)?;
    let mut fields = Vec::new();
    for name in attributes {
        match shape.attributes.iter().find(|attribute| attribute.name == *name) {
            Some(attribute) => fields.push(attribute.field),
            None if generated(access, kind, name) || name == "owner_user" => return None,
            None => {}
        }
    }
    Some(fields)
}

/// In no text that people write.
const SEPARATOR: u8 = 0x1f;

/// A value as bytes that no other value has: a person's affiliation and dates in a few, what is rare as it is written.
fn write_value(model: &Model, value: Value, out: &mut Vec<u8>) {
    match value {
        Value::Absent => out.push(b'a'),
        Value::Bool(value) => out.extend([b'b', u8::from(value)]),
        Value::Enum(of, at) => {
            out.push(b'e');
            out.extend(of.index().to_le_bytes());
            out.extend(at.to_le_bytes());
        }
        Value::Date(date) => {
            out.push(b'd');
            out.extend(date.0.to_le_bytes());
        }
        Value::Entity(entity) => {
            out.push(b'n');
            out.extend(entity.index().to_le_bytes());
        }
        other => {
            out.push(SEPARATOR);
            out.extend(model.display(other).bytes());
            out.push(SEPARATOR);
        }
    }
}

fn tag_text(access: &Access<'_>, entity: EntityId, tag: &str) -> Option<String> {
    let people = &access.people;
    let (field, _) = access.policies.shapes.kind(people.kind(entity))?.tags.as_ref()?;
    let Value::Map(map) = people.model.slot(people.world, entity, *field)?.value else { return None };
    let entries = people.model.store.entries(map);
    let entry = entries.iter().find(|entry| matches!(entry.key, Value::Text(key) if people.model.text(key) == tag))?;
    Some(format!("+{}", people.model.display(entry.value)))
}
