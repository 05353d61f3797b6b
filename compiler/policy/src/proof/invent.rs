//! From what the solver found to somebody who can be asked about: of this group, with these attributes. Cedar's
//! `Authorizer` has the last word, on both sides.

mod values;

use std::str::FromStr as _;

use cedar_policy::{Entities, Entity, EntityId as Eid, EntityTypeName, EntityUid, RestrictedExpression};
use nbc_model::kinds::{ActionId, KindId};
use nbc_model::world::EntityId;

use super::formula::{Atom, Atoms, Known, Relation};
use super::side::Side;
use super::solver::{Found, Solver};
use super::{Names, Sides};
use crate::access::{Access, Question, Verdict};
use crate::decide::classes::generated;
use crate::holders::Holder;
use crate::shape::ActionShape;
use values::Values;

/// Somebody may newly do something; Cedar says so.
#[derive(Debug)]
pub struct Gain {
    /// Numbers are those of the head.
    pub action: ActionId,
    pub who: Somebody,
    pub what: Something,
    /// Ids of the head's permits that allow it.
    pub permits: Vec<String>,
    /// What the head declares and gives it to them, where the thing is declared.
    pub entries: Vec<Holder>,
    /// Written policies of the base that refused it.
    pub refused_by: Vec<usize>,
    /// Whether the base has the thing and the action.
    pub is_known: bool,
}

/// A person or a service, as far as the policies can tell.
#[derive(Debug)]
pub struct Somebody {
    pub kind: KindId,
    /// Somebody who is declared, though perhaps otherwise than today.
    pub is: Option<Known>,
    /// Direct memberships.
    pub groups: Vec<Known>,
    pub roles: Vec<Known>,
    pub facts: Vec<(String, String)>,
}

#[derive(Debug)]
pub enum Something {
    Declared(EntityId),
    /// Nobody declared one like it.
    Invented {
        kind: KindId,
        facts: Vec<(String, String)>,
    },
}

pub(super) struct Candidate<'c, 'a, 'm> {
    pub(super) sides: &'c Sides<'a, 'm>,
    pub(super) names: &'c Names,
    pub(super) action: &'c ActionShape,
    pub(super) base_action: Option<&'c ActionShape>,
    pub(super) principal: KindId,
    pub(super) resource: Option<EntityId>,
}

/// The parts of a model that are people and things.
struct Model {
    is: Option<Known>,
    members: Vec<Known>,
    principal: Values,
    resource: Values,
    related: Vec<Relation>,
}

/// What the asked thing is on one side.
struct Ends {
    principal: Entity,
    is: Option<EntityId>,
    resource: Option<EntityId>,
    /// Entities that no file declares.
    invented: Vec<Entity>,
    what: EntityUid,
}

impl Candidate<'_, '_, '_> {
    /// # Errors
    /// Why the answer stays open.
    pub(super) fn confirm(&self, atoms: &Atoms, solver: &mut Solver) -> Result<Gain, &'static str> {
        let model = simplest(atoms, solver);
        let head = self.ask(&self.sides.head, Some(self.action), self.resource, &model);
        let before = self.resource.map(|thing| self.names.base(thing));
        let is_known = self.base_action.is_some() && before != Some(None);
        let base = match before {
            _ if !is_known => Some(Verdict::default()),
            before => self.ask(&self.sides.base, self.base_action, before.flatten(), &model),
        };
        let (Some(head), Some(base)) = (head, base) else { return Err("nobody like that could be made up") };
        if !head.allowed || base.allowed || !base.failed.is_empty() {
            return Err("there may be somebody who gains; whom the solver made up does not");
        }
        Ok(self.gain(model, head, base, is_known))
    }

    fn gain(&self, model: Model, head: Verdict, base: Verdict, is_known: bool) -> Gain {
        let side = &self.sides.head;
        let people = &side.access.people;
        let is_role = |known: &Known| matches!(known, Known::Head(entity) if people.is_role(*entity));
        let (roles, groups): (Vec<Known>, Vec<Known>) = model.members.iter().partition(|known| is_role(known));
        let all = match self.resource {
            Some(thing) => side.access.holders.on(self.action.action, thing),
            None => &[],
        };
        let holds = |holder: &&Holder| {
            model.is == Some(Known::Head(holder.who))
                || people.is_group(holder.who) && self.is_in(side, &model, holder.who)
                || people.is_role(holder.who) && roles.contains(&Known::Head(holder.who))
        };
        let kind = self.action.kind;
        Gain {
            action: self.action.action,
            entries: all.iter().filter(holds).copied().collect(),
            who: Somebody {
                kind: self.principal,
                is: model.is,
                facts: model.principal.facts(side.access, self.principal),
                groups,
                roles,
            },
            what: match self.resource {
                Some(thing) => Something::Declared(thing),
                None => Something::Invented { kind, facts: model.resource.facts(side.access, kind) },
            },
            permits: head.permits,
            refused_by: base.refused_by,
            is_known,
        }
    }

    /// Whether the candidate is in a group of one side.
    fn is_in(&self, side: &Side<'_, '_>, model: &Model, group: EntityId) -> bool {
        let people = &side.access.people;
        let is_person = Some(self.principal) == self.sides.head.access.policies.shapes.roles_of_kinds.user;
        let everyone = people.everyone().filter(|_| is_person);
        everyone.is_some_and(|all| people.chain(all).contains(&group))
            || side.below(group).iter().any(|below| model.members.contains(below))
    }

    fn ask(
        &self,
        side: &Side<'_, '_>,
        action: Option<&ActionShape>,
        resource: Option<EntityId>,
        model: &Model,
    ) -> Option<Verdict> {
        let action = action?;
        let access = side.access;
        let ends = self.ends(side, action, resource, model)?;
        let entities = self.entities(access, action, &ends, side, model)?;
        let who = ends.principal.uid();
        let question = Question { principal: &who, action, resource: &ends.what, entities: &entities };
        Some(access.answer(&question, |policy| {
            let covers = |on: EntityId| {
                Some(on) == ends.is
                    || Some(on) == ends.resource
                    || access.people.is_group(on) && self.is_in(side, model, on)
            };
            access.waivers.iter().copied().find(|waiver| waiver.policy == policy && covers(waiver.on))
        }))
    }

    fn ends(
        &self,
        side: &Side<'_, '_>,
        action: &ActionShape,
        resource: Option<EntityId>,
        model: &Model,
    ) -> Option<Ends> {
        let access = side.access;
        let shapes = &access.policies.shapes;
        let head = &self.sides.head.access.policies.shapes;
        let kind = shapes.kind_of(head.type_name(self.principal))?;
        let is = model.is.and_then(|known| side.own(known));
        let uid = match is.and_then(|entity| access.uid(entity)) {
            Some(uid) => uid,
            None => uid_of(shapes.type_name(kind), "somebody else")?,
        };
        let mut parents: Vec<EntityUid> =
            model.members.iter().filter_map(|known| side.own(*known)).filter_map(|entity| access.uid(entity)).collect();
        let is_person = Some(self.principal) == head.roles_of_kinds.user;
        parents.extend(access.people.everyone().filter(|_| is_person).and_then(|all| access.uid(all)));
        // Roles that are given to this very person.
        let given = access.people.role_grants.iter().filter(|grant| Some(grant.given_to) == is);
        parents.extend(given.filter_map(|grant| access.uid(grant.role)));
        let mut invented = Vec::new();
        let what = match resource {
            Some(thing) => access.uid(thing)?,
            None => {
                let made = self.thing(side, action, model, &uid, &mut parents, &mut invented)?;
                let what = made.uid();
                invented.push(made);
                what
            }
        };
        let mut attributes = model.principal.attributes(access, kind)?;
        match is.and_then(|entity| side.entity(entity)) {
            Some(declared) => attributes.extend(filled(access, kind, declared)),
            None => attributes.extend(held_by_nobody(access, kind)),
        }
        let tags = model.principal.tags(access, kind);
        let principal = Entity::new_with_tags(uid, attributes, parents, tags).ok()?;
        Some(Ends { principal, is, resource, invented, what })
    }

    /// A thing that nobody declared, held by whoever asks in the ways that the model says.
    fn thing(
        &self,
        side: &Side<'_, '_>,
        action: &ActionShape,
        model: &Model,
        who: &EntityUid,
        parents: &mut Vec<EntityUid>,
        invented: &mut Vec<Entity>,
    ) -> Option<Entity> {
        let access = side.access;
        let shapes = &access.policies.shapes;
        let mut attributes = model.resource.attributes(access, action.kind)?;
        let uid = uid_of(shapes.type_name(action.kind), "something else")?;
        attributes.extend(held_by_nobody(access, action.kind));
        for relation in &model.related {
            let (name, value) = match relation {
                Relation::Same | Relation::Inside => return None,
                Relation::Is(name) => (name, RestrictedExpression::new_entity_uid(who.clone())),
                Relation::Contains(name) => {
                    (name, RestrictedExpression::new_set([RestrictedExpression::new_entity_uid(who.clone())]))
                }
                Relation::In(name) => {
                    let kinds = shapes.roles_of_kinds;
                    let kind = if name.ends_with("_roles") { kinds.role } else { kinds.group }?;
                    let outer = uid_of(shapes.type_name(kind), &format!("another for {name}"))?;
                    parents.push(outer.clone());
                    invented.push(Entity::with_uid(outer.clone()));
                    (name, RestrictedExpression::new_set([RestrictedExpression::new_entity_uid(outer)]))
                }
            };
            attributes.retain(|(other, _)| other != name);
            attributes.push((name.clone(), value));
        }
        Entity::new_with_tags(uid, attributes, [], model.resource.tags(access, action.kind)).ok()
    }

    fn entities(
        &self,
        access: &Access<'_>,
        action: &ActionShape,
        ends: &Ends,
        side: &Side<'_, '_>,
        model: &Model,
    ) -> Option<Entities> {
        let own = ends.invented.iter().cloned().chain([ends.principal.clone()]);
        if access.looks_further(action) {
            return access.whole().ok()?.clone().upsert_entities(own, None).ok();
        }
        let everyone = access.people.everyone();
        let roles = access.people.role_grants.iter().filter(|grant| Some(grant.given_to) == ends.is);
        let around = ends.resource.into_iter().chain(everyone).chain(roles.map(|grant| grant.role));
        let around = around.chain(model.members.iter().filter_map(|known| side.own(*known))).collect();
        let mut around = access.around(action, around).ok()?;
        around.retain(|entity| entity.uid() != ends.principal.uid());
        Entities::from_entities(around.into_iter().chain(own), None).ok()
    }
}

/// The attributes that nbc fills, empty.
fn held_by_nobody<'a>(
    access: &'a Access<'_>,
    kind: KindId,
) -> impl Iterator<Item = (String, RestrictedExpression)> + 'a {
    let names = access
        .policies
        .shapes
        .actions_of(kind)
        .flat_map(|action| ["groups", "users", "roles"].map(|ending| format!("{}_{ending}", action.prefix)));
    names.map(|name| (name, RestrictedExpression::new_set([])))
}

/// The attributes that nbc fills, as they are.
fn filled(access: &Access<'_>, kind: KindId, declared: Entity) -> Vec<(String, RestrictedExpression)> {
    let (_, attributes, _) = declared.into_inner();
    attributes.into_iter().filter(|(name, _)| name == "owner_user" || generated(access, kind, name)).collect()
}

fn uid_of(type_name: &str, id: &str) -> Option<EntityUid> {
    Some(EntityUid::from_type_name_and_id(EntityTypeName::from_str(type_name).ok()?, Eid::new(id)))
}

/// The model with the fewest memberships, of nobody in particular and not switched off, where there is one.
fn simplest(atoms: &Atoms, solver: &mut Solver) -> Model {
    let mut fixed: Vec<(u32, bool)> = Vec::new();
    let mut wish = |solver: &mut Solver, wish: (u32, bool)| {
        fixed.push(wish);
        if solver.solve(&fixed) != Found::Model {
            fixed.pop();
            solver.solve(&fixed);
        }
    };
    for (number, atom) in atoms.iter() {
        match atom {
            Atom::True { subject } if subject == "principal.enabled" => wish(solver, (number, true)),
            Atom::Is(_) | Atom::Member(_) | Atom::Related(..) => wish(solver, (number, false)),
            _ => {}
        }
    }
    let mut model = Model {
        is: None,
        members: Vec::new(),
        principal: Values::default(),
        resource: Values::default(),
        related: Vec::new(),
    };
    for (number, atom) in atoms.iter() {
        let value = solver.value(number);
        match atom {
            Atom::Member(known) if value => model.members.push(*known),
            Atom::Is(known) if value => model.is = Some(*known),
            Atom::Related(relation, _) if value => model.related.push(relation.clone()),
            other => {
                model.principal.learn("principal.", other, value);
                model.resource.learn("resource.", other, value);
            }
        }
    }
    model.members.sort_unstable();
    model.members.dedup();
    model.related.sort();
    model.related.dedup();
    model
}
