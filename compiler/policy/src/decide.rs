//! Who may do what, decided: every action on every resource for everybody, by Cedar, without asking it about everybody.
//!
//! For each action the policies that can apply are cut out, people and things that they cannot tell apart become one
//! class ([`classes`]), and Cedar's `Authorizer` decides for one of each. Whom declarations give the action is known
//! before ([`crate::holders`]); others are asked about only where a written policy permits.

mod alike;
pub(crate) mod classes;
pub(crate) mod cohorts;
mod findings;
pub(crate) mod many;
mod stages;
#[cfg(test)]
mod tests;
mod texts;

use std::collections::BTreeSet;
use std::sync::Arc;

use nbc_model::Model;
use nbc_model::index::{Id as _, Table};
use nbc_model::kinds::ActionId;
use nbc_model::world::{EntityId, World};
use nbc_platform::Draft;
use nbc_platform::decisions::{
    ActionDecisions, Allowed, CedarTexts, Decision, Decisions, Forbidden, HeldBy, Judge, Judgement, Policy, PolicyId,
    Reason, ReasonId,
};
use nbc_source::Diagnostics;
use rustc_hash::FxHashMap;

use crate::access::{Access, Decide, Force, Verdict};
use crate::holders::Holder;
use crate::load::{self, Policies};
use crate::shape::ActionShape;
use classes::Slice;
pub use stages::{Stages, are_alike};

/// Decides with Cedar. Loaded once for all stages.
#[derive(Clone, Copy, Debug)]
pub struct CedarJudge<'p> {
    policies: &'p Policies,
}

impl<'p> CedarJudge<'p> {
    pub fn new(policies: &'p Policies) -> CedarJudge<'p> {
        CedarJudge { policies }
    }
}

impl Judge for CedarJudge<'_> {
    fn decide(&self, draft: &Draft<'_>) -> Judgement {
        Stages::new(self.policies).decide(draft)
    }
}

/// The judge of a workspace whose policies could not be loaded: nobody may do anything.
#[derive(Clone, Copy, Debug, Default)]
pub struct NobodyMay;

impl Judge for NobodyMay {
    fn decide(&self, _: &Draft<'_>) -> Judgement {
        Judgement::default()
    }
}

fn nothing(diagnostics: Diagnostics) -> Judgement {
    let mut judgement = Judgement::default();
    judgement.found(diagnostics);
    judgement
}

/// Decides a world.
pub fn decide(access: &Access<'_>, draft: &Draft<'_>) -> Judgement {
    let mut matrix = Matrix::new(access, Reasons::default());
    let decided: Vec<Decided> = actions(access.policies).map(|action| matrix.decided(action)).collect();
    let cedar = if draft.targets.has("cedar") { texts::texts(access) } else { Default::default() };
    judgement(access.policies, &decided, matrix.reasons, cedar)
}

/// Decides some actions of a world, for who asks about no other.
pub fn decide_actions(policies: &Policies, model: &Model, world: &World, wanted: &BTreeSet<ActionId>) -> Decisions {
    let decided = load::with_stack(|| {
        let access = Access::of(policies, model, world);
        let mut matrix = Matrix::new(&access, Reasons::default());
        let wanted = actions(policies).filter(|action| wanted.contains(&action.action));
        let decided: Vec<Decided> = wanted.map(|action| matrix.decided(action)).collect();
        decisions(policies, &decided, matrix.reasons)
    });
    decided.unwrap_or_default()
}

/// The actions that something can be done with.
fn actions(policies: &Policies) -> impl Iterator<Item = &ActionShape> {
    let shapes = &policies.shapes;
    shapes.actions.iter().filter(|action| shapes.kind(action.kind).is_some())
}

/// One action, decided: who may, and what is wrong with declared grants.
#[derive(Clone, Debug)]
struct Decided {
    action: ActionId,
    decisions: Arc<ActionDecisions>,
    said: Arc<findings::Said>,
}

/// Why people may, each reason once.
#[derive(Clone, Debug, Default)]
struct Reasons {
    table: Table<ReasonId, Reason>,
    known: FxHashMap<Reason, ReasonId>,
}

impl Reasons {
    fn of(&mut self, reason: Reason) -> ReasonId {
        let table = &mut self.table;
        *self.known.entry(reason).or_insert_with(|| table.push(reason))
    }
}

fn decisions(policies: &Policies, decided: &[Decided], reasons: Reasons) -> Decisions {
    let mut decisions = Decisions::default();
    decisions.reasons = reasons.table;
    for policy in &policies.written {
        decisions.policies.push(Policy {
            id: policy.id.clone(),
            sentence: policy.sentence.clone(),
            span: Some(policy.span),
            pack: policy.pack.clone(),
        });
    }
    decided.iter().for_each(|decided| decisions.add(Arc::clone(&decided.decisions)));
    decisions
}

fn judgement(policies: &Policies, decided: &[Decided], reasons: Reasons, cedar: CedarTexts) -> Judgement {
    let findings = findings::settle(policies, decided.iter().map(|decided| &*decided.said));
    Judgement { decisions: decisions(policies, decided, reasons), findings, cedar }
}

/// Ways in which somebody holds an action, as bits: the three generated permits.
const GRANTED: u8 = 1;
const BY_ROLE: u8 = 2;
const BY_OWNER: u8 = 4;
const WAYS: usize = 8;

struct Matrix<'a, 'm> {
    access: &'a Access<'m>,
    /// People, then services.
    actors: Vec<EntityId>,
    position: FxHashMap<EntityId, u32>,
    /// The actors behind a group, role or person, by position; filled as asked.
    behind: FxHashMap<EntityId, std::rc::Rc<[u32]>>,
    reasons: Reasons,
    /// Of the action that is decided.
    decisions: ActionDecisions,
    findings: findings::Found,
    cohorts: cohorts::Cohorts,
    classes: classes::Known,
}

/// One resource while it is decided.
struct Row<'r> {
    action: &'r ActionShape,
    resource: EntityId,
    slice: &'r Slice,
    /// By actor: how it is held, and the first entry that says so.
    ways: Vec<u8>,
    reasons: Vec<u32>,
    touched: Vec<u32>,
}

impl<'a, 'm> Matrix<'a, 'm> {
    fn new(access: &'a Access<'m>, reasons: Reasons) -> Matrix<'a, 'm> {
        let actors: Vec<EntityId> = access.people.users.iter().chain(&access.people.services).copied().collect();
        let position = actors.iter().enumerate().map(|(at, actor)| (*actor, at as u32)).collect();
        Matrix {
            access,
            actors,
            position,
            behind: FxHashMap::default(),
            reasons,
            decisions: ActionDecisions::new(ActionId::new(0)),
            findings: findings::Found::default(),
            cohorts: cohorts::Cohorts::of(access),
            classes: classes::Known::default(),
        }
    }

    /// Everything about one action.
    fn decided(&mut self, action: &ActionShape) -> Decided {
        self.decisions = ActionDecisions::new(action.action);
        self.action(action);
        let mut decisions = std::mem::replace(&mut self.decisions, ActionDecisions::new(action.action));
        decisions.settle();
        let said = findings::said(self.access, std::mem::take(&mut self.findings));
        Decided { action: action.action, decisions: Arc::new(decisions), said: Arc::new(said) }
    }

    fn action(&mut self, action: &ActionShape) {
        let access = self.access;
        let resources = access.people.world.of_kind(action.kind);
        let slice = Slice::of(access, action, &self.actors, resources, &mut self.classes);
        let everywhere = self.everywhere(action);
        let mut verdicts = Verdicts::default();
        let mut row = Row {
            action,
            resource: EntityId::new(0),
            slice: &slice,
            ways: vec![0; self.actors.len()],
            reasons: vec![0; self.actors.len()],
            touched: Vec::new(),
        };
        for (at, resource) in resources.iter().enumerate() {
            if access.people.model.entities[*resource].owner.is_some() {
                continue;
            }
            row.resource = *resource;
            let entries = self.entries(action, *resource, &everywhere);
            self.touch(&mut row, &entries);
            let class = slice.resources.get(at).copied().unwrap_or(0);
            self.decide_row(&mut row, class, &entries, &mut verdicts);
        }
        for verdict in &verdicts.table {
            self.findings.failed(verdict);
        }
    }

    /// Whoever has a role over everything that holds the action.
    fn everywhere(&self, action: &ActionShape) -> Vec<(u8, Holder)> {
        let holders = self.access.holders.of_every(&self.access.people, action.action);
        holders.map(|holder| (BY_ROLE, holder)).collect()
    }

    /// All entries about one resource: what was granted, the owner, roles over everything.
    fn entries(&self, action: &ActionShape, resource: EntityId, everywhere: &[(u8, Holder)]) -> Vec<(u8, Holder)> {
        let way = |who: EntityId| if self.access.people.is_role(who) { BY_ROLE } else { GRANTED };
        let granted = self.access.holders.on(action.action, resource).iter().map(|holder| (way(holder.who), *holder));
        let owner = self.access.holders.by_owner(action, resource).map(|holder| (BY_OWNER, holder));
        granted.chain(owner).chain(everywhere.iter().copied()).collect()
    }

    /// Writes down for each actor in which ways the entries give them the action; whoever is touched is asked about.
    fn touch(&mut self, row: &mut Row<'_>, entries: &[(u8, Holder)]) {
        for touched in row.touched.drain(..) {
            row.ways.get_mut(touched as usize).into_iter().for_each(|way| *way = 0);
        }
        for (at, (way, holder)) in entries.iter().enumerate() {
            for actor in self.behind(holder.who).iter() {
                let (Some(ways), Some(reason)) =
                    (row.ways.get_mut(*actor as usize), row.reasons.get_mut(*actor as usize))
                else {
                    continue;
                };
                if *ways == 0 {
                    *reason = at as u32;
                    row.touched.push(*actor);
                }
                *ways |= way;
            }
        }
        if row.slice.permits_written {
            let others = (0..self.actors.len() as u32).filter(|at| row.ways.get(*at as usize) == Some(&0));
            row.touched.extend(others);
        }
        // One group's members are in order already; many entries together are put in order by a walk over everybody.
        if row.touched.len() * 16 > self.actors.len() && !row.touched.is_sorted() {
            row.touched.clear();
            let all = row.ways.iter().enumerate();
            row.touched.extend(all.filter(|(_, way)| **way != 0 || row.slice.permits_written).map(|(at, _)| at as u32));
        } else {
            row.touched.sort_unstable();
        }
    }

    fn behind(&mut self, who: EntityId) -> std::rc::Rc<[u32]> {
        if let Some(known) = self.behind.get(&who) {
            return known.clone();
        }
        let mut actors: Vec<u32> =
            self.access.people.behind(who).iter().filter_map(|actor| self.position.get(actor).copied()).collect();
        if self.access.people.is_group(who) {
            let services =
                self.access.people.services.iter().filter(|service| self.access.people.is_in(**service, who));
            actors.extend(services.filter_map(|service| self.position.get(service).copied()));
        }
        let actors: std::rc::Rc<[u32]> = actors.into();
        self.behind.insert(who, actors.clone());
        actors
    }

    /// Decides one action on one resource: first for each touched actor, by the verdict of their class where one is
    /// known; then entry by entry, which groups hold it whole and what is wrong with a declared grant.
    fn decide_row(&mut self, row: &mut Row<'_>, class: u32, entries: &[(u8, Holder)], verdicts: &mut Verdicts) {
        let access = self.access;
        let related: Vec<Vec<EntityId>> =
            row.slice.relations.iter().map(|relation| classes::related(access, row.resource, relation)).collect();
        let mut local: Vec<u32> = vec![u32::MAX; row.slice.actor_classes * WAYS];
        let mut outcome: FxHashMap<u32, u32> = FxHashMap::default();
        let reasons: Vec<ReasonId> = entries.iter().map(|(_, holder)| self.reasons.of(holder.reason)).collect();
        let mut users: Vec<Allowed> = Vec::new();
        let mut services = 0_u64;
        for at in &row.touched {
            let position = *at as usize;
            let (Some(actor), Some(way)) = (self.actors.get(position).copied(), row.ways.get(position).copied()) else {
                continue;
            };
            let actor_class = row.slice.actors.get(position).copied().unwrap_or(0);
            let bits = relation_bits(access, actor, &row.slice.relations, &related);
            let slot = actor_class as usize * WAYS + usize::from(way);
            let verdict = match local.get(slot).copied() {
                Some(known) if bits == 0 && known != u32::MAX => known,
                _ => {
                    let key = Key { resource: class, actor: actor_class, way, bits };
                    let verdict = verdicts.of(key, || access.decide(actor, row.action.action, row.resource));
                    if bits == 0
                        && let Some(known) = local.get_mut(slot)
                    {
                        *known = verdict;
                    }
                    verdict
                }
            };
            let Some(verdict_row) = verdicts.table.get(verdict as usize) else { continue };
            let entry = row.reasons.get(position).filter(|_| way != 0);
            let reason = entry.and_then(|at| reasons.get(*at as usize).copied());
            if verdict_row.is_notable() {
                outcome.insert(*at, verdict);
            }
            if at_user(access, position) {
                self.record(row, actor, reason, verdict_row, &mut users);
            } else {
                services += u64::from(verdict_row.allowed);
            }
        }
        self.decisions.judged += self.actors.len() as u64;
        self.decisions.allowed += users.len() as u64 + services;
        let mut groups: Vec<HeldBy> = Vec::new();
        for ((_, holder), reason) in entries.iter().zip(&reasons) {
            let behind = self.behind(holder.who);
            let notable: Vec<(EntityId, &Verdict)> = if outcome.is_empty() {
                Vec::new()
            } else {
                let of = |at: &u32| {
                    Some((self.actors.get(*at as usize).copied()?, verdicts.table.get(*outcome.get(at)? as usize)?))
                };
                behind.iter().filter_map(of).collect()
            };
            if access.people.is_group(holder.who) && notable.iter().all(|(_, verdict)| verdict.allowed) {
                groups.push(HeldBy { group: holder.who, reason: *reason });
            }
            self.findings.entry(row.action, row.resource, holder, behind.len(), &notable);
        }
        let cohorts =
            self.cohorts.of_row(access, row.action, row.resource, entries, &row.slice.reads, &mut self.findings);
        let decision = Decision { action: row.action.action, resource: row.resource, users, groups, cohorts };
        self.decisions.push(decision);
    }

    /// Stores the answer for one person: allowed and why, or forbidden by which policies although somebody granted it.
    fn record(
        &mut self,
        row: &Row<'_>,
        user: EntityId,
        reason: Option<ReasonId>,
        verdict: &Verdict,
        users: &mut Vec<Allowed>,
    ) {
        if verdict.allowed {
            let reason = reason.or_else(|| self.permit(verdict).map(|policy| self.reasons.of(Reason::Policy(policy))));
            users.extend(reason.map(|reason| Allowed { user, reason }));
        } else if let Some(reason) = reason {
            for policy in &verdict.refused_by {
                self.decisions.forbid(Forbidden {
                    action: row.action.action,
                    resource: row.resource,
                    user,
                    reason,
                    policy: PolicyId::new(*policy),
                });
            }
        }
    }

    /// The written policy that permits.
    fn permit(&self, verdict: &Verdict) -> Option<PolicyId> {
        let of = |id: &String| self.access.policies.written.iter().position(|policy| policy.id == *id);
        verdict.permits.iter().find_map(of).map(PolicyId::new)
    }
}

fn at_user(access: &Access<'_>, position: usize) -> bool {
    position < access.people.users.len()
}

fn relation_bits(
    access: &Access<'_>,
    actor: EntityId,
    relations: &[crate::reads::Relation],
    related: &[Vec<EntityId>],
) -> u64 {
    let stands =
        relations.iter().zip(related).map(|(relation, related)| classes::stands(access, actor, relation, related));
    stands.enumerate().fold(0, |bits, (at, stands)| bits | u64::from(stands) << at.min(63))
}

/// What a decision depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    resource: u32,
    actor: u32,
    way: u8,
    bits: u64,
}

/// The distinct answers of one action.
#[derive(Default)]
struct Verdicts {
    table: Vec<Verdict>,
    known: FxHashMap<Key, u32>,
}

impl Verdicts {
    fn of(&mut self, key: Key, ask: impl FnOnce() -> Verdict) -> u32 {
        let table = &mut self.table;
        *self.known.entry(key).or_insert_with(|| {
            table.push(ask());
            table.len() as u32 - 1
        })
    }
}

impl Verdict {
    /// Not simply allowed: refused, or a waiver or a level alone lets it through.
    fn is_notable(&self) -> bool {
        !self.allowed || !self.reported.is_empty() || !self.waived.is_empty()
    }
}

impl Access<'_> {
    /// Whether a written policy decides today.
    pub fn binds(&self, policy: usize) -> bool {
        self.force.get(policy) == Some(&Force::Binding)
    }
}
