//! The worlds of one model, decided one after the other: what an earlier world decided from the same is not asked again.

use nbc_model::Model;
use nbc_model::world::World;
use nbc_platform::Draft;
use nbc_platform::decisions::{Decisions, Judgement};

use super::{Decided, Matrix, Reasons, actions, alike, decisions, judgement, nothing, texts};
use crate::access::{Access, Force, PolicyWaiver, forces, waivers};
use crate::load::{self, Policies, not_decided};
use crate::shape::ActionShape;

/// Decides stage after stage. Worlds in which nothing differs that decisions are made of share them; where only a pack
/// is stricter or laxer, the actions that its policies are about are decided anew.
#[derive(Debug)]
pub struct Stages<'m> {
    policies: &'m Policies,
    before: Option<Before<'m>>,
}

/// The world that was decided last.
#[derive(Debug)]
struct Before<'m> {
    world: &'m World,
    force: Vec<Force>,
    waivers: Vec<PolicyWaiver>,
    decided: Vec<Decided>,
    reasons: Reasons,
}

impl<'m> Stages<'m> {
    pub fn new(policies: &'m Policies) -> Stages<'m> {
        Stages { policies, before: None }
    }

    /// Decides the next world of the model.
    pub fn decide(&mut self, draft: &Draft<'m>) -> Judgement {
        let Draft { model, world, .. } = *draft;
        let has_texts = draft.targets.has("cedar");
        self.with_stack(|stages| {
            let (next, access) = stages.next(model, world, has_texts);
            let cedar = access.as_ref().filter(|_| has_texts).map(texts::texts).unwrap_or_default();
            let judgement = judgement(stages.policies, &next.decided, next.reasons.clone(), cedar);
            stages.before = Some(next);
            judgement
        })
        .unwrap_or_else(|| nothing(not_decided("Cedar stopped while it decided")))
    }

    /// The decisions about the next world of the model, for who asks for nothing else of it.
    pub fn decisions(&mut self, model: &'m Model, world: &'m World) -> Decisions {
        let decided = self.with_stack(|stages| {
            let (next, _) = stages.next(model, world, false);
            let decisions = decisions(stages.policies, &next.decided, next.reasons.clone());
            stages.before = Some(next);
            decisions
        });
        decided.unwrap_or_default()
    }

    fn with_stack<T: Send>(&mut self, work: impl FnOnce(&mut Self) -> T + Send) -> Option<T> {
        if self.policies.permits.is_empty() {
            return Some(work(self)); // Nobody may do anything, and Cedar is not asked.
        }
        load::with_stack(|| work(self))
    }

    /// Decides a world, and makes it ready to be asked where that was needed or is `wanted`.
    fn next(&mut self, model: &'m Model, world: &'m World, wanted: bool) -> (Before<'m>, Option<Access<'m>>) {
        let policies = self.policies;
        let (force, waivers) = (forces(policies, model, world), waivers(policies, model, world));
        let is_alike =
            |before: &Before<'m>| before.waivers == waivers && alike::worlds(policies, model, before.world, world);
        let before = self.before.take().filter(is_alike);
        let known = |action: &ActionShape| {
            let before = before.as_ref().filter(|before| has_same_force(policies, action, &before.force, &force))?;
            before.decided.iter().find(|decided| decided.action == action.action).cloned()
        };
        let found: Vec<(&ActionShape, Option<Decided>)> =
            actions(policies).map(|action| (action, known(action))).collect();
        let mut reasons = before.map(|before| before.reasons).unwrap_or_default();
        let is_known = found.iter().all(|(_, decided)| decided.is_some());
        let access = (wanted || !is_known).then(|| Access::of(policies, model, world));
        let mut decided = Vec::with_capacity(found.len());
        if let Some(access) = access.as_ref().filter(|_| !is_known) {
            let mut matrix = Matrix::new(access, reasons);
            decided.extend(found.into_iter().map(|(action, known)| known.unwrap_or_else(|| matrix.decided(action))));
            reasons = matrix.reasons;
        } else {
            decided.extend(found.into_iter().filter_map(|(_, known)| known));
        }
        (Before { world, force, waivers, decided, reasons }, access)
    }
}

/// Whether whatever is decided in one world of a model is decided in the other.
pub fn are_alike(policies: &Policies, model: &Model, one: &World, two: &World) -> bool {
    forces(policies, model, one) == forces(policies, model, two)
        && waivers(policies, model, one) == waivers(policies, model, two)
        && alike::worlds(policies, model, one, two)
}

/// Whether the written policies of an action do the same in both worlds.
fn has_same_force(policies: &Policies, action: &ActionShape, one: &[Force], two: &[Force]) -> bool {
    let mut of_action =
        policies.written.iter().zip(one.iter().zip(two)).filter(|(policy, _)| policy.actions.contains(&action.id));
    of_action.all(|(_, (one, two))| one == two)
}
