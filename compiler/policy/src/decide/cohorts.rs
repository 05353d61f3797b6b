//! People of open groups, whom the files do not list: what would be true of somebody who arrives through the identity
//! provider.
//!
//! Cedar is asked about an invented person for each value of what policies read of people. Attributes with endless
//! values (a text, a date) are not tried; then the answer depends on them. `enabled` is taken as true: somebody who is
//! switched off does not arrive.

use std::collections::BTreeMap;

use cedar_policy::{Entities, Entity, EntityId as Eid, EntityTypeName, EntityUid, RestrictedExpression};
use nbc_model::world::EntityId;
use nbc_platform::decisions::{Cohort, CohortAnswer, Reason};

use super::findings::Found;
use crate::access::{Access, Question};
use crate::holders::Holder;
use crate::reads::Reads;
use crate::shape::{ActionShape, CedarType};

/// Most invented people for one group.
const MOST: usize = 64;

pub(crate) struct Cohorts {
    groups: Vec<(EntityId, Vec<Invented>)>,
    /// Attributes that are tried with every value.
    tried: Vec<String>,
}

/// A person with one value for each attribute of [`Cohorts::tried`].
struct Invented {
    entity: Entity,
    values: Vec<usize>,
}

impl Cohorts {
    pub(crate) fn of(access: &Access<'_>) -> Cohorts {
        let open: Vec<EntityId> = access
            .people
            .of_kind(access.policies.shapes.roles_of_kinds.group)
            .iter()
            .copied()
            .filter(|group| access.people.is_open(*group) || access.people.everyone() == Some(*group))
            .filter(|group| access.people.is_running(*group))
            .collect();
        let mut cohorts = Cohorts { groups: Vec::new(), tried: Vec::new() };
        if open.is_empty() {
            return cohorts;
        }
        let mut domains = domains(access);
        while domains.iter().map(|(_, values)| values.len()).product::<usize>() > MOST {
            domains.pop();
        }
        cohorts.tried = domains.iter().map(|(name, _)| name.clone()).collect();
        cohorts.groups = open.into_iter().map(|group| (group, invent(access, group, &domains))).collect();
        cohorts
    }

    /// The answers for one resource, for open groups that hold the action by some entry.
    pub(super) fn of_row(
        &self,
        access: &Access<'_>,
        action: &ActionShape,
        resource: EntityId,
        entries: &[(u8, Holder)],
        reads: &Reads,
        found: &mut Found,
    ) -> Vec<Cohort> {
        let mut answers = Vec::new();
        for (group, people) in &self.groups {
            let above = access.people.chain(*group);
            let holds: Vec<&Holder> =
                entries.iter().map(|(_, holder)| holder).filter(|holder| above.contains(&holder.who)).collect();
            if holds.is_empty() {
                continue;
            }
            let (answer, refused_by) = self.answer(access, *group, action, resource, people, reads);
            // What is granted to everyone may be narrowed: those who are listed are refused one by one.
            let direct = holds.iter().filter(|holder| holder.who == *group && holder.declared);
            let direct = direct.filter(|_| access.people.is_open(*group));
            for holder in direct.filter(|holder| matches!(holder.reason, Reason::Grant { .. })) {
                found.cohort(action, resource, holder, &answer, &refused_by);
            }
            answers.push(Cohort { group: *group, answer });
        }
        answers
    }

    /// The answer for somebody who comes through this group, held or not.
    pub(crate) fn of_group(
        &self,
        access: &Access<'_>,
        group: EntityId,
        action: &ActionShape,
        resource: EntityId,
    ) -> CohortAnswer {
        let Some((_, people)) = self.groups.iter().find(|(open, _)| *open == group) else { return CohortAnswer::No };
        let mut reads = Reads::default();
        let applying = access.applying(action).into_iter().filter_map(|at| access.written(at));
        applying.for_each(|policy| reads.join(&policy.reads));
        self.answer(access, group, action, resource, people, &reads).0
    }

    fn answer(
        &self,
        access: &Access<'_>,
        group: EntityId,
        action: &ActionShape,
        resource: EntityId,
        people: &[Invented],
        reads: &Reads,
    ) -> (CohortAnswer, Vec<usize>) {
        let Some(what) = access.uid(resource) else { return (CohortAnswer::No, Vec::new()) };
        let Ok(entities) = entities(access, action, [group, resource], people) else {
            return (CohortAnswer::No, Vec::new());
        };
        let mut refused_by: Vec<usize> = Vec::new();
        let mut allowed: BTreeMap<&[usize], bool> = BTreeMap::new();
        for person in people {
            let question = Question { principal: &person.entity.uid(), action, resource: &what, entities: &entities };
            let verdict = access.answer(&question, |_| None);
            refused_by.extend(&verdict.refused_by);
            allowed.insert(&person.values, verdict.allowed);
        }
        refused_by.sort_unstable();
        refused_by.dedup();
        let mut depends: Vec<String> = untried(reads, &self.tried);
        for (at, name) in self.tried.iter().enumerate() {
            if allowed.iter().any(|(values, answer)| {
                allowed.iter().any(|(other, second)| differ_only_at(at, values, other) && answer != second)
            }) {
                depends.push(field_name(access, name));
            }
        }
        depends.sort();
        depends.dedup();
        let answer = match (
            depends.is_empty(),
            allowed.values().all(|answer| *answer),
            allowed.values().any(|answer| *answer),
        ) {
            (false, ..) => CohortAnswer::DependsOn(depends),
            (true, true, true) => CohortAnswer::Yes,
            _ => CohortAnswer::No,
        };
        (answer, refused_by)
    }
}

/// What questions about these people are decided with. They are not checked against the schema: policies read of them
/// only what they have.
fn entities(
    access: &Access<'_>,
    action: &ActionShape,
    real: [EntityId; 2],
    people: &[Invented],
) -> Result<Entities, String> {
    let invented = people.iter().map(|person| person.entity.clone());
    let entities = if access.looks_further(action) {
        access.whole()?.clone().add_entities(invented, None)
    } else {
        Entities::from_entities(access.around(action, real.into())?.into_iter().chain(invented), None)
    };
    entities.map_err(|error| error.to_string())
}

/// What the policies of an action read of people beside what was tried.
fn untried(reads: &Reads, tried: &[String]) -> Vec<String> {
    let attributes = reads.principal.attributes.iter().filter(|name| *name != "enabled" && !tried.contains(name));
    attributes.chain(&reads.principal.tags).map(|name| name.replace('_', "-")).collect()
}

fn differ_only_at(at: usize, a: &[usize], b: &[usize]) -> bool {
    a.iter().zip(b).enumerate().all(|(position, (x, y))| (x != y) == (position == at))
}

fn field_name(access: &Access<'_>, attribute: &str) -> String {
    let user = access.policies.shapes.roles_of_kinds.user;
    let shape = user.and_then(|kind| access.policies.shapes.kind(kind));
    let found = shape.and_then(|shape| shape.attributes.iter().find(|known| known.name == attribute));
    match (found, user) {
        (Some(found), Some(user)) => {
            let model = access.people.model;
            model.text(model.kinds.kinds[user].fields[found.field].name).to_owned()
        }
        _ => attribute.to_owned(),
    }
}

/// The attributes of people that written policies read, with all their values where there are few.
fn domains(access: &Access<'_>) -> Vec<(String, Vec<RestrictedExpression>)> {
    let user = access.policies.shapes.roles_of_kinds.user;
    let Some(shape) = user.and_then(|kind| access.policies.shapes.kind(kind)) else { return Vec::new() };
    let mut names: Vec<&String> =
        access.policies.written.iter().flat_map(|policy| &policy.reads.principal.attributes).collect();
    names.sort();
    names.dedup();
    let mut domains = Vec::new();
    for attribute in shape.attributes.iter().filter(|attribute| names.contains(&&attribute.name)) {
        let values: Vec<RestrictedExpression> = match &attribute.ty {
            CedarType::Bool if attribute.name == "enabled" => vec![RestrictedExpression::new_bool(true)],
            CedarType::Bool => [true, false].map(RestrictedExpression::new_bool).to_vec(),
            CedarType::Enum(of) => {
                let name = access.policies.shapes.enums.get(of);
                let Some(type_name) = name.and_then(|name| name.parse::<EntityTypeName>().ok()) else { continue };
                let model = access.people.model;
                let values = model.kinds.enums[*of].values.iter().map(|value| {
                    let uid = EntityUid::from_type_name_and_id(type_name.clone(), Eid::new(model.text(value.name)));
                    RestrictedExpression::new_entity_uid(uid)
                });
                values.collect()
            }
            _ => continue,
        };
        domains.push((attribute.name.clone(), values));
    }
    domains
}

fn invent(access: &Access<'_>, group: EntityId, domains: &[(String, Vec<RestrictedExpression>)]) -> Vec<Invented> {
    let user = access.policies.shapes.roles_of_kinds.user;
    let type_name = user.and_then(|kind| access.policies.shapes.type_name(kind).parse::<EntityTypeName>().ok());
    let (Some(type_name), Some(parent)) = (type_name, access.uid(group)) else { return Vec::new() };
    let mut combinations: Vec<Vec<usize>> = vec![Vec::new()];
    for (_, values) in domains {
        let longer = combinations.iter().flat_map(|combination| {
            (0..values.len()).map(move |value| combination.iter().copied().chain([value]).collect())
        });
        combinations = longer.collect();
    }
    let mut people = Vec::with_capacity(combinations.len());
    for values in combinations {
        // A space is in no handle, so nobody has this id.
        let id = format!("somebody of {} {:?}", access.people.model.handle(group), values);
        let uid = EntityUid::from_type_name_and_id(type_name.clone(), Eid::new(id));
        let attributes =
            domains.iter().zip(&values).filter_map(|((name, all), at)| Some((name.clone(), all.get(*at)?.clone())));
        if let Ok(entity) = Entity::new_with_tags(uid, attributes, [parent.clone()], []) {
            people.push(Invented { entity, values });
        }
    }
    people
}
