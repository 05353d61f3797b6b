//! One world made ready for questions: people, holders, Cedar's entities, and which policies count today.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use cedar_policy::{
    AuthorizationError, Authorizer, Context, Decision, Entities, Entity, EntityUid, Policy, PolicySet, Request,
};
use nbc_model::Model;
use nbc_model::expression::RuleLevel;
use nbc_model::kinds::ActionId;
use nbc_model::world::{EntityId, World};
use nbc_platform::levels;
use rustc_hash::FxHashMap;

use crate::entities::{Builder, Uids};
use crate::grants::PermitKind;
use crate::holders::Holders;
use crate::load::{Policies, Written};
use crate::people::People;
use crate::shape::ActionShape;

/// A world that can be asked.
#[derive(Debug)]
pub struct Access<'m> {
    pub policies: &'m Policies,
    pub people: People<'m>,
    pub holders: Holders,
    pub uids: Uids,
    whole: OnceLock<Result<Entities, String>>,
    /// By written policy.
    pub force: Vec<Force>,
    /// Waivers of policies that are in force today.
    pub waivers: Vec<PolicyWaiver>,
    /// A written policy that something else stands for, or nothing.
    replaced: Option<(usize, Option<Policy>)>,
    sets: Mutex<BTreeMap<(ActionId, Vec<usize>), PolicySet>>,
    /// Entities that questions were about: a group stands above many people.
    made: Mutex<FxHashMap<EntityId, Option<Entity>>>,
    asked: AtomicU64,
}

/// What a written policy does in this world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    /// Its pack is not turned on.
    Off,
    /// It decides.
    Binding,
    /// Its pack is not hard: what it would forbid is said at this level and allowed.
    Reported(RuleLevel),
}

/// A waiver of a policy on a person, a group or a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyWaiver {
    /// The position in `Model::waivers`.
    pub waiver: usize,
    /// The position in [`Policies::written`].
    pub policy: usize,
    pub on: EntityId,
}

/// One answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    pub allowed: bool,
    /// Ids of the permits that allow it.
    pub permits: Vec<String>,
    /// Written policies that refuse it.
    pub refused_by: Vec<usize>,
    /// Written policies that would refuse it, were they hard.
    pub reported: Vec<usize>,
    /// Waivers that excuse it.
    pub waived: Vec<PolicyWaiver>,
    /// Policies that failed, with Cedar's reason; nothing is allowed then.
    pub failed: Vec<(String, String)>,
}

/// Decides one question. [`Access`] asks Cedar's `Authorizer`.
pub trait Decide {
    fn decide(&self, principal: EntityId, action: ActionId, resource: EntityId) -> Verdict;
}

impl<'m> Access<'m> {
    pub fn of(policies: &'m Policies, model: &'m Model, world: &'m World) -> Access<'m> {
        let shapes = &policies.shapes;
        let people = People::of(model, world, shapes);
        let holders = Holders::of(&people, shapes);
        let uids = Uids::of(shapes);
        let force = forces(policies, model, world);
        let waivers = waivers(policies, model, world);
        Access {
            policies,
            people,
            holders,
            uids,
            whole: OnceLock::new(),
            force,
            waivers,
            replaced: None,
            sets: Mutex::new(BTreeMap::new()),
            made: Mutex::new(FxHashMap::default()),
            asked: AtomicU64::new(0),
        }
    }

    /// The id of an entity in Cedar.
    pub fn uid(&self, entity: EntityId) -> Option<EntityUid> {
        self.uids.get(&self.people, entity)
    }

    pub(crate) fn builder(&self) -> Builder<'_, 'm> {
        Builder { people: &self.people, shapes: &self.policies.shapes, holders: &self.holders, uids: &self.uids }
    }

    /// All entities, made at the first question that needs them.
    ///
    /// # Errors
    /// Cedar's message where the world does not fit the schema, which only happens to a world with errors.
    pub(crate) fn whole(&self) -> Result<&Entities, String> {
        let whole = self.whole.get_or_init(|| self.builder().all(self.policies.schema(self.people.model)?));
        whole.as_ref().map_err(Clone::clone)
    }

    /// Whether a policy that can apply follows references beyond what a question is about.
    pub(crate) fn looks_further(&self, action: &ActionShape) -> bool {
        self.applying(action).iter().filter_map(|at| self.written(*at)).any(|policy| policy.looks_further)
    }

    /// What a question about these two is decided with.
    fn entities(&self, action: &ActionShape, ends: [EntityId; 2]) -> Result<Entities, String> {
        if self.looks_further(action) {
            return self.whole().cloned();
        }
        Entities::from_entities(self.around(action, ends.into())?, None).map_err(|error| error.to_string())
    }

    /// These, what the policies of the action name, and everything above.
    ///
    /// # Errors
    /// Cedar's message where it cannot make an entity.
    pub(crate) fn around(&self, action: &ActionShape, ends: Vec<EntityId>) -> Result<Vec<Entity>, String> {
        let builder = self.builder();
        let policies = self.applying(action).into_iter().filter_map(|at| self.written(at));
        let named = policies.flat_map(|policy| &policy.named).filter_map(|(kind, id)| builder.find(*kind, id));
        builder.around(ends.into_iter().chain(named).collect(), |entity| self.made(&builder, entity))
    }

    /// One entity, made once.
    pub(crate) fn made(&self, builder: &Builder<'_, 'm>, entity: EntityId) -> Result<Option<Entity>, String> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = made.get(&entity) {
            return Ok(known.clone());
        }
        let new = builder.entity(entity)?;
        made.insert(entity, new.clone());
        Ok(new)
    }

    /// From now on `replacement` stands for a written policy; without one the policy is gone.
    pub(crate) fn replace(&mut self, policy: usize, replacement: Option<Policy>) {
        self.replaced = Some((policy, replacement));
        self.sets = Mutex::new(BTreeMap::new());
    }

    /// How often Cedar was asked so far.
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    pub fn written(&self, at: usize) -> Option<&'m Written> {
        self.policies.written.get(at)
    }

    /// The written policies that can apply to an action today, by position.
    pub fn applying(&self, action: &ActionShape) -> Vec<usize> {
        let all = self.policies.written.iter().zip(&self.force).enumerate();
        let on = all.filter(|(_, (policy, force))| **force != Force::Off && policy.actions.contains(&action.id));
        on.map(|(at, _)| at).collect()
    }

    /// The generated permits of an action.
    pub fn permits(&self, action: &ActionShape) -> impl Iterator<Item = &'m Policy> {
        let ids = PermitKind::ALL.map(|kind| kind.id(action));
        self.policies.permits.iter().filter(move |policy| {
            let own: &str = policy.id().as_ref();
            ids.iter().any(|id| id == own)
        })
    }

    /// The waivers of a policy that excuse this person here.
    fn excuses(&self, policy: usize, principal: EntityId, resource: EntityId) -> Option<PolicyWaiver> {
        let covers = |on: EntityId| {
            on == principal || on == resource || self.people.is_group(on) && self.people.is_in(principal, on)
        };
        self.waivers.iter().copied().find(|waiver| waiver.policy == policy && covers(waiver.on))
    }

    fn ask(&self, question: &Question<'_>, without: &[usize]) -> Option<cedar_policy::Response> {
        let id = cedar_policy::EntityId::new(&question.action.id);
        let action = EntityUid::from_type_name_and_id("Action".parse().ok()?, id);
        let (principal, resource) = (question.principal.clone(), question.resource.clone());
        let request = Request::new(principal, action, resource, Context::empty(), None).ok()?;
        let mut sets = self.sets.lock().ok()?;
        let key = (question.action.action, without.to_vec());
        self.asked.fetch_add(1, Ordering::Relaxed);
        let set = sets.entry(key).or_insert_with(|| self.set(question.action, without));
        Some(Authorizer::new().is_authorized(&request, set, question.entities))
    }

    fn set(&self, action: &ActionShape, without: &[usize]) -> PolicySet {
        let applying = self.applying(action).into_iter().filter(|at| !without.contains(at));
        let written = applying.filter_map(|at| match &self.replaced {
            Some((replaced, by)) if *replaced == at => by.clone(),
            _ => self.written(at).map(|written| written.policy.clone()),
        });
        // Ids are unique: `load` refuses a second one.
        PolicySet::from_policies(self.permits(action).cloned().chain(written)).unwrap_or_default()
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.policies.written.iter().position(|policy| policy.id == id)
    }
}

/// A question in Cedar's terms.
pub(crate) struct Question<'q> {
    pub(crate) principal: &'q EntityUid,
    pub(crate) action: &'q ActionShape,
    pub(crate) resource: &'q EntityUid,
    pub(crate) entities: &'q Entities,
}

impl Decide for Access<'_> {
    fn decide(&self, principal: EntityId, action: ActionId, resource: EntityId) -> Verdict {
        let Some(shape) = self.policies.shapes.action(action) else { return Verdict::default() };
        match self.entities(shape, [principal, resource]) {
            Ok(entities) => self.decide_with(&entities, principal, shape, resource),
            Err(error) => Verdict { failed: vec![(shape.id.clone(), error)], ..Verdict::default() },
        }
    }
}

impl Access<'_> {
    /// Decides with these entities.
    pub(crate) fn decide_with(
        &self,
        entities: &Entities,
        principal: EntityId,
        action: &ActionShape,
        resource: EntityId,
    ) -> Verdict {
        let (Some(who), Some(what)) = (self.uid(principal), self.uid(resource)) else { return Verdict::default() };
        // What failed validation is no entity: nothing is allowed on it.
        if [&who, &what].iter().any(|end| entities.get(end).is_none()) {
            return Verdict::default();
        }
        let question = Question { principal: &who, action, resource: &what, entities };
        self.answer(&question, |policy| self.excuses(policy, principal, resource))
    }

    /// Asks until no policy is left that a waiver or its level takes out.
    pub(crate) fn answer(&self, question: &Question<'_>, excuse: impl Fn(usize) -> Option<PolicyWaiver>) -> Verdict {
        let mut verdict = Verdict::default();
        let mut without: BTreeSet<usize> = BTreeSet::new();
        loop {
            let removed: Vec<usize> = without.iter().copied().collect();
            let Some(response) = self.ask(question, &removed) else { return verdict };
            let failed = response.diagnostics().errors().map(|error| match error {
                AuthorizationError::PolicyEvaluationError(error) => {
                    (error.policy_id().to_string(), error.inner().to_string())
                }
            });
            verdict.failed.extend(failed);
            let mut reasons: Vec<String> = response.diagnostics().reason().map(ToString::to_string).collect();
            reasons.sort();
            if response.decision() == Decision::Allow {
                verdict.allowed = verdict.failed.is_empty();
                verdict.permits = reasons;
                return verdict;
            }
            let before = without.len();
            for at in reasons.iter().filter_map(|id| self.position(id)) {
                match (self.force.get(at), excuse(at)) {
                    (_, Some(waiver)) => {
                        verdict.waived.push(waiver);
                        without.insert(at);
                    }
                    (Some(Force::Reported(_)), None) => {
                        verdict.reported.push(at);
                        without.insert(at);
                    }
                    _ => verdict.refused_by.push(at),
                }
            }
            if !verdict.refused_by.is_empty() || without.len() == before {
                return verdict;
            }
        }
    }
}

/// What each written policy does in this world.
pub(crate) fn forces(policies: &Policies, model: &Model, world: &World) -> Vec<Force> {
    policies.written.iter().map(|policy| force(policy, model, world)).collect()
}

fn force(policy: &Written, model: &Model, world: &World) -> Force {
    let Some(pack) = &policy.pack else { return Force::Binding };
    match levels::pack_level(model, world, pack) {
        None => Force::Off,
        Some(RuleLevel::Hard) => Force::Binding,
        Some(level) => Force::Reported(level),
    }
}

/// The waivers of policies that are in force in this world.
pub(crate) fn waivers(policies: &Policies, model: &Model, world: &World) -> Vec<PolicyWaiver> {
    let mut found = Vec::new();
    for (at, waiver) in model.waivers.iter().enumerate() {
        let rule = model.text(waiver.rule);
        let Some(policy) = policies.written.iter().position(|policy| policy.id == rule) else { continue };
        let in_force = waiver.until.is_none_or(|until| world.as_of <= until);
        if in_force && world.has(waiver.on) {
            found.push(PolicyWaiver { waiver: at, policy, on: waiver.on });
        }
    }
    found
}
