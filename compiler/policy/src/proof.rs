//! Does a change give anybody at all something new? For every possible person and service, not only those declared.
//!
//! The policies that apply to an action become propositions ([`translate`]): `and`, `or`, `not`, `if` as they are, and
//! any other expression one atom by its text, once for both revisions. Of atoms what is known is required ([`facts`]).
//! "Allowed by the head and not by the base" is then given to a SAT solver ([`solver`]). Atoms that could not all be as
//! the solver has them only add worlds: so *no* is a proof. A *yes* is a candidate, which is made a person ([`invent`])
//! and asked of Cedar's `Authorizer` on both sides; what it does not confirm stays open.
//!
//! A thing that both revisions declare alike is any thing: one proposition holds for all of them, and for those that
//! will be declared. A thing that changed, or is new, is asked about by itself, with what its declaration says.

mod alike;
mod facts;
mod formula;
mod invent;
mod reduce;
mod side;
mod solver;
#[cfg(test)]
mod tests;
mod translate;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use cedar_policy::pst::EntityUID;
use nbc_model::kinds::KindId;
use nbc_model::world::EntityId;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::access::{Access, Decide as _, Force};
use crate::decide::classes::is_within;
use crate::load;
use crate::shape::ActionShape;
use alike::Alike;
use facts::Nesting;
use formula::{Atoms, Formula, Revision};
use side::Side;
use solver::{Found, Solver};
use translate::{Subject, Translator};

pub use formula::Known;
pub use invent::{Gain, Somebody, Something};

/// Two revisions of one stage on one day.
#[derive(Clone, Copy)]
pub struct Revisions<'a, 'm> {
    pub base: &'a Access<'m>,
    pub head: &'a Access<'m>,
    /// What a thing of the base is in the head, and the other way round.
    pub to_head: &'a dyn Fn(EntityId) -> Option<EntityId>,
    pub to_base: &'a dyn Fn(EntityId) -> Option<EntityId>,
    /// Nothing is declared otherwise: policies alone may differ.
    pub same_things: bool,
}

/// What came of the comparison.
#[derive(Debug, Default)]
pub struct Proof {
    /// Actions whose policies are the same, word by word.
    pub equal: usize,
    /// Actions that had to be thought about.
    pub compared: usize,
    /// Confirmed by the `Authorizer`, one for each action and kind of principal.
    pub gains: Vec<Gain>,
    /// Whoever is put into the first group (or is that person) is newly in the second, or has that role: whatever it is
    /// given, now or later.
    pub wider: Vec<(Known, Known)>,
    /// What stays open, one sentence each.
    pub open: Vec<String>,
}

/// Compares what the two revisions grant to anybody.
pub fn prove(revisions: Revisions<'_, '_>) -> Proof {
    // Only what is `Sync` may go to the other thread, so the names are looked up before.
    let Revisions { base, head, to_head, to_base, same_things } = revisions;
    let forth: Vec<Option<EntityId>> = base.people.model.entities.ids().map(to_head).collect();
    let back: Vec<Option<EntityId>> = head.people.model.entities.ids().map(to_base).collect();
    let proved = load::with_stack(|| {
        let names = Names { forth, back };
        let shared = |entity: EntityId| names.head(entity).map_or(Known::Base(entity), Known::Head);
        let own = Known::Head;
        let sides = Sides { base: Side::new(base, &shared), head: Side::new(head, &own) };
        Prover::new(&sides, &names, same_things).run()
    });
    proved.unwrap_or_else(|| Proof { open: vec!["everything: the solver stopped".to_owned()], ..Proof::default() })
}

struct Names {
    forth: Vec<Option<EntityId>>,
    back: Vec<Option<EntityId>>,
}

impl Names {
    fn head(&self, base: EntityId) -> Option<EntityId> {
        use nbc_model::index::Id as _;
        self.forth.get(base.index()).copied().flatten()
    }

    fn base(&self, head: EntityId) -> Option<EntityId> {
        use nbc_model::index::Id as _;
        self.back.get(head.index()).copied().flatten()
    }
}

struct Sides<'a, 'm> {
    base: Side<'a, 'm>,
    head: Side<'a, 'm>,
}

/// One action of both revisions.
struct Action<'p> {
    head: &'p ActionShape,
    base: Option<&'p ActionShape>,
}

struct Prover<'s, 'a, 'm> {
    sides: &'s Sides<'a, 'm>,
    names: &'s Names,
    same_things: bool,
    alike: Alike<'s, 'a, 'm>,
    nesting: Nesting,
    /// Something is called otherwise in the head.
    renames: bool,
    /// By kind: what the head has and the base has not, or otherwise.
    changed: RefCell<FxHashMap<KindId, Rc<[EntityId]>>>,
    proof: Proof,
}

impl<'s, 'a, 'm> Prover<'s, 'a, 'm> {
    fn new(sides: &'s Sides<'a, 'm>, names: &'s Names, same_things: bool) -> Prover<'s, 'a, 'm> {
        let (base, head) = (sides.base.access, sides.head.access);
        let renamed = |entity: EntityId| {
            let earlier = names.base(entity).and_then(|before| base.uid(before));
            earlier.is_some_and(|earlier| head.uid(entity) != Some(earlier))
        };
        let renames = head.people.model.entities.ids().any(renamed);
        Prover {
            sides,
            names,
            same_things: same_things && !renames,
            alike: Alike::of(sides, names),
            nesting: nesting(sides, names),
            renames,
            changed: RefCell::default(),
            proof: Proof::default(),
        }
    }

    fn run(mut self) -> Proof {
        let (base, head) = (self.sides.base.access, self.sides.head.access);
        let qualified = |access: &Access<'_>, action: &ActionShape| {
            let model = access.people.model;
            model.text(model.kinds.actions[action.action].qualified).to_owned()
        };
        for action in &head.policies.shapes.actions {
            if head.policies.shapes.kind(action.kind).is_none() {
                continue;
            }
            let name = qualified(head, action);
            let before = base.policies.shapes.actions.iter().find(|other| qualified(base, other) == name);
            let action = Action { head: action, base: before };
            self.action(&action);
            self.services(&action);
        }
        self.proof.wider.extend(&self.nesting.wider);
        self.proof
    }

    /// Declared services that changed, one by one: of people the decisions tell.
    fn services(&mut self, action: &Action<'_>) {
        let Sides { base, head } = self.sides;
        let people = &head.access.people;
        for service in &people.services {
            let before = self.names.base(*service).filter(|before| base.access.people.acts(*before));
            let both = before.and_then(|before| base.entity(before)).zip(head.entity(*service));
            let is_same = both.is_some_and(|(before, after)| before.deep_eq(&after));
            if is_same && !self.renames && self.nesting.is_same() {
                continue;
            }
            let gain = people.world.of_kind(action.head.kind).iter().find_map(|thing| {
                let now = head.access.decide(*service, action.head.action, *thing);
                let earlier = before.zip(self.names.base(*thing)).zip(action.base);
                let earlier = earlier.map(|((who, thing), action)| base.access.decide(who, action.action, thing));
                let is_known = earlier.is_some();
                let earlier = earlier.unwrap_or_default();
                let entries = head.access.holders.on(action.head.action, *thing).iter();
                (now.allowed && !earlier.allowed).then(|| Gain {
                    action: action.head.action,
                    who: Somebody {
                        kind: people.kind(*service),
                        is: Some(Known::Head(*service)),
                        groups: Vec::new(),
                        roles: Vec::new(),
                        facts: Vec::new(),
                    },
                    what: Something::Declared(*thing),
                    permits: now.permits,
                    entries: entries.filter(|holder| is_within(head.access, *service, holder.who)).copied().collect(),
                    refused_by: earlier.refused_by,
                    is_known,
                })
            });
            self.proof.gains.extend(gain);
        }
    }

    fn action(&mut self, action: &Action<'_>) {
        let head = self.sides.head.access;
        let changed = self.changed(action.head.kind);
        let is_equal = self.is_equal(action);
        if is_equal {
            self.proof.equal += 1;
        } else {
            self.proof.compared += 1;
        }
        if is_equal && changed.is_empty() {
            return;
        }
        let kinds = head.policies.shapes.roles_of_kinds;
        for kind in [kinds.user, kinds.service].into_iter().flatten() {
            self.for_kind(action, kind, &changed, is_equal);
        }
    }

    /// For people, or for services.
    fn for_kind(&mut self, action: &Action<'_>, principal: KindId, changed: &[EntityId], is_equal: bool) {
        let head = self.sides.head.access;
        let mut proven: FxHashSet<String> = FxHashSet::default();
        let mut open: Option<String> = None;
        let mut todo: Vec<Option<EntityId>> = changed.iter().copied().map(Some).collect();
        if !is_equal {
            // Anything that is declared alike; where that fails, each by itself, then an invented one.
            match self.ask(action, principal, None, &mut proven) {
                Answer::Never => {}
                _ => {
                    let all = head.people.world.of_kind(action.head.kind).iter().copied();
                    let others = all.filter(|thing| !changed.contains(thing)).map(Some);
                    todo.extend(others);
                    todo.push(None);
                }
            }
        }
        for resource in todo {
            match self.ask(action, principal, resource, &mut proven) {
                Answer::Never => {}
                Answer::Gain(gain) => {
                    self.proof.gains.push(*gain);
                    return;
                }
                Answer::Open(why) => open = open.or(Some(why)),
            }
        }
        self.proof.open.extend(open);
    }

    fn ask(
        &self,
        action: &Action<'_>,
        principal: KindId,
        resource: Option<EntityId>,
        proven: &mut FxHashSet<String>,
    ) -> Answer {
        let head_access = self.sides.head.access;
        let mut atoms = Atoms::default();
        let head = self.allowed(Revision::Head, action, principal, resource, &mut atoms);
        if head == Formula::Never {
            return Answer::Never;
        }
        let base = self.allowed(Revision::Base, action, principal, resource, &mut atoms);
        let gained = Formula::and([head, base.negated()]);
        // Things of one kind often differ in nothing that counts here.
        let key = if resource.is_some() {
            format!("{gained:?} {:?}", atoms.iter().collect::<Vec<_>>())
        } else {
            String::new()
        };
        if gained == Formula::Never || resource.is_some() && proven.contains(&key) {
            return Answer::Never;
        }
        let mut solver = Solver::new(atoms.len());
        let shapes = &head_access.policies.shapes;
        let sizes = |name: &str| {
            let of = shapes.enum_of(name)?;
            Some(head_access.people.model.kinds.enums[of].values.len())
        };
        facts::require(&atoms, shapes, &sizes, &self.nesting, &mut solver);
        solver.require(&gained);
        let what = || {
            let thing = match resource {
                Some(thing) => head_access.people.model.path(thing),
                None => format!("a {} like none today", shapes.type_name(action.head.kind)),
            };
            let who = if Some(principal) == shapes.roles_of_kinds.user { "a person" } else { "a service" };
            format!("{} on {thing}, for {who}", action.head.id)
        };
        match solver.solve(&[]) {
            Found::None => {
                proven.insert(key);
                Answer::Never
            }
            Found::Open => Answer::Open(format!("{}: too many cases", what())),
            Found::Model => {
                let candidate = invent::Candidate {
                    sides: self.sides,
                    names: self.names,
                    action: action.head,
                    base_action: action.base,
                    principal,
                    resource,
                };
                match candidate.confirm(&atoms, &mut solver) {
                    Ok(gain) => Answer::Gain(Box::new(gain)),
                    Err(doubt) => Answer::Open(format!("{}: {doubt}", what())),
                }
            }
        }
    }

    /// When one side allows it.
    fn allowed(
        &self,
        revision: Revision,
        action: &Action<'_>,
        principal: KindId,
        resource: Option<EntityId>,
        atoms: &mut Atoms,
    ) -> Formula {
        let (side, shape) = match revision {
            Revision::Head => (&self.sides.head, Some(action.head)),
            Revision::Base => (&self.sides.base, action.base),
        };
        let Some(shape) = shape else { return Formula::Never };
        let resource = match (resource, revision) {
            (None, _) => None,
            (Some(thing), Revision::Head) => Some(thing),
            (Some(thing), Revision::Base) => match self.names.base(thing) {
                Some(thing) => Some(thing),
                None => return Formula::Never,
            },
        };
        let declared = match resource {
            None => None,
            // What failed validation is no entity: nothing is allowed on it.
            Some(thing) => match side.uid(thing).filter(|_| side.entity(thing).is_some()) {
                Some(uid) => Some((thing, uid)),
                None => return Formula::Never,
            },
        };
        let shapes = &side.access.policies.shapes;
        let required = required(side.access, principal_of(self.sides, revision, principal));
        let rename = |uid: &EntityUID| self.shared_uid(uid);
        let mut translator = Translator {
            side,
            revision,
            subject: Subject {
                principal: self.sides.head.access.policies.shapes.type_name(principal),
                resource: declared.as_ref().map(|(thing, uid)| (*thing, uid)),
                resource_type: shapes.type_name(shape.kind),
                required: &required,
            },
            atoms,
            same_groups: self.nesting.is_same(),
            same_things: self.same_things,
            rename: (self.renames && revision == Revision::Base).then_some(&rename),
            looks_further: false,
        };
        let mut permits = Vec::new();
        let ids = crate::grants::PermitKind::ALL.map(|kind| kind.id(shape));
        for (_, permit) in side.access.policies.permit_bodies().iter().filter(|(id, _)| ids.contains(id)) {
            permits.push(translator.policy(permit, false));
        }
        let applying = side.access.applying(shape);
        let mut forbids = Vec::new();
        for at in applying {
            let Some(written) = side.access.written(at) else { continue };
            let body = &written.body;
            if !written.forbids {
                permits.push(translator.policy(body, written.looks_further));
            } else if side.access.force.get(at) == Some(&Force::Binding) {
                let mut parts = vec![translator.policy(body, written.looks_further)];
                for waiver in side.access.waivers.iter().filter(|waiver| waiver.policy == at) {
                    parts.push(translator.excused(waiver).negated());
                }
                forbids.push(Formula::and(parts));
            }
        }
        Formula::and([Formula::or(permits), Formula::or(forbids).negated()])
    }

    /// What a thing of the base is called in the head; for what the head lacks, a name that nothing has.
    fn shared_uid(&self, uid: &EntityUID) -> EntityUID {
        let Some(before) = self.sides.base.find(uid) else { return uid.clone() };
        match self.names.head(before).and_then(|entity| self.sides.head.uid(entity)) {
            Some(now) => now,
            None => EntityUID { eid: format!("{} of the base", uid.eid).into(), ..uid.clone() },
        }
    }

    /// Things that the head has and the base has not, or otherwise.
    fn changed(&self, kind: KindId) -> Rc<[EntityId]> {
        if let Some(known) = self.changed.borrow().get(&kind) {
            return Rc::clone(known);
        }
        let changed: Rc<[EntityId]> = self.all_changed(kind).into();
        self.changed.borrow_mut().insert(kind, Rc::clone(&changed));
        changed
    }

    fn all_changed(&self, kind: KindId) -> Vec<EntityId> {
        let Sides { base, head } = self.sides;
        let all = head.access.people.world.of_kind(kind).iter().copied();
        let mut all: Vec<EntityId> =
            all.filter(|thing| head.access.people.model.entities[*thing].owner.is_none()).collect();
        if self.renames || !self.nesting.is_same() {
            return all;
        }
        all.retain(|thing| {
            let both = || self.names.base(*thing).and_then(|before| base.entity(before)).zip(head.entity(*thing));
            !self.alike.has(*thing) && !both().is_some_and(|(before, after)| before.deep_eq(&after))
        });
        all
    }

    /// Whether the policies of an action say the same, word by word, of things that are the same.
    fn is_equal(&self, action: &Action<'_>) -> bool {
        let Sides { base, head } = self.sides;
        let Some(before) = action.base else { return false };
        if self.renames || !self.nesting.is_same() {
            return false;
        }
        let texts = |access: &Access<'_>, shape: &ActionShape| {
            let mut texts: Vec<String> = access.permits(shape).map(ToString::to_string).collect();
            let applying = access.applying(shape).into_iter();
            texts.extend(
                applying.filter_map(|at| Some(format!("{:?} {}", access.force.get(at)?, access.written(at)?.text()))),
            );
            texts.sort();
            texts
        };
        if texts(base.access, before) != texts(head.access, action.head) {
            return false;
        }
        let waived = |side: &Side<'_, '_>, shape: &ActionShape| {
            let applying = side.access.applying(shape);
            let waivers = side.access.waivers.iter().filter(|waiver| applying.contains(&waiver.policy));
            let all = waivers
                .filter_map(|waiver| Some((side.access.written(waiver.policy)?.id.clone(), side.known(waiver.on))));
            all.collect::<BTreeSet<_>>()
        };
        if waived(base, before) != waived(head, action.head) {
            return false;
        }
        self.same_things || !head.access.looks_further(action.head) && self.names_the_same(action)
    }

    /// Whether the things that the policies of an action name are the same in both.
    fn names_the_same(&self, action: &Action<'_>) -> bool {
        let Sides { base, head } = self.sides;
        let applying = head.access.applying(action.head).into_iter().filter_map(|at| head.access.written(at));
        let mut named = applying.flat_map(|policy| &policy.named);
        named.all(|(kind, id)| {
            let after = head.access.builder().find(*kind, id);
            let before = after.and_then(|after| self.names.base(after));
            match (before.and_then(|before| base.entity(before)), after.and_then(|after| head.entity(after))) {
                (Some(before), Some(after)) => before.deep_eq(&after),
                // A group of one stage alone is nobody's elsewhere.
                (None, None) => true,
                _ => false,
            }
        })
    }
}

enum Answer {
    Never,
    Gain(Box<Gain>),
    Open(String),
}

fn principal_of(sides: &Sides<'_, '_>, revision: Revision, head: KindId) -> Option<KindId> {
    let name = sides.head.access.policies.shapes.type_name(head);
    match revision {
        Revision::Head => Some(head),
        Revision::Base => sides.base.access.policies.shapes.kind_of(name),
    }
}

/// The attributes that every entity of a kind has.
fn required(access: &Access<'_>, kind: Option<KindId>) -> Vec<String> {
    let shape = kind.and_then(|kind| access.policies.shapes.kind(kind));
    let attributes = shape.map_or(&[][..], |shape| shape.attributes.as_slice()).iter();
    attributes.filter(|attribute| !attribute.optional).map(|attribute| attribute.name.clone()).collect()
}

/// Compares who is in what. Groups and roles of one side alone are in nothing that both sides declare alike.
fn nesting(sides: &Sides<'_, '_>, names: &Names) -> Nesting {
    let Sides { base, head } = sides;
    let kinds = head.access.policies.shapes.roles_of_kinds;
    let people = &head.access.people;
    let mut nesting = Nesting { wider: BTreeSet::new(), base_within_head: true };
    let mut compare = |outer: EntityId, before: &BTreeSet<Known>, after: &BTreeSet<Known>| {
        nesting.wider.extend(after.difference(before).map(|inner| (*inner, Known::Head(outer))));
        nesting.base_within_head &= before.is_subset(after);
    };
    for group in people.of_kind(kinds.group) {
        if let Some(before) = names.base(*group) {
            compare(*group, base.below(before), head.below(*group));
        }
    }
    for role in people.of_kind(kinds.role) {
        if let Some(before) = names.base(*role) {
            compare(*role, &given(base, before), &given(head, *role));
        }
    }
    // Whom everybody is with: the groups above the one of all.
    let everyone = |side: &Side<'_, '_>| -> BTreeSet<Known> {
        let all = side.access.people.everyone();
        let chain = all.map(|all| side.access.people.chain(all)).unwrap_or_default();
        chain.into_iter().map(|group| side.known(group)).collect()
    };
    nesting.base_within_head &= everyone(base) == everyone(head);
    nesting
}

/// Whoever has a role: direct members of groups that have it, and people.
fn given(side: &Side<'_, '_>, role: EntityId) -> BTreeSet<Known> {
    let people = &side.access.people;
    let grants = people.role_grants.iter().filter(|grant| grant.role == role);
    let all = grants.flat_map(|grant| match people.is_group(grant.given_to) {
        true => side.below(grant.given_to).clone(),
        false => BTreeSet::from([side.known(grant.given_to)]),
    });
    all.collect()
}
