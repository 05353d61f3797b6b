//! The worlds of one model, decided one after the other: what an earlier world decided from the same is not asked again.

use nbc_model::world::World;
use nbc_platform::Draft;
use nbc_platform::decisions::{CedarTexts, Judgement};

use super::{Decided, Matrix, Reasons, actions, alike, judgement, nothing, texts};
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
        if self.policies.permits.is_empty() {
            return self.here(draft); // Nobody may do anything, and Cedar is not asked.
        }
        let decided = load::with_stack(|| self.here(draft));
        decided.unwrap_or_else(|| nothing(not_decided("Cedar stopped while it decided")))
    }

    fn here(&mut self, draft: &Draft<'m>) -> Judgement {
        let policies = self.policies;
        let (force, waivers) =
            (forces(policies, draft.model, draft.world), waivers(policies, draft.model, draft.world));
        let is_alike = |before: &Before<'m>| {
            before.waivers == waivers && alike::worlds(policies, draft.model, before.world, draft.world)
        };
        let before = self.before.take().filter(is_alike);
        let known = |action: &ActionShape| {
            let before = before.as_ref().filter(|before| has_same_force(policies, action, &before.force, &force))?;
            before.decided.iter().find(|decided| decided.action == action.action).cloned()
        };
        let found: Vec<(&ActionShape, Option<Decided>)> =
            actions(policies).map(|action| (action, known(action))).collect();
        let mut reasons = before.map(|before| before.reasons).unwrap_or_default();
        let mut cedar = CedarTexts::default();
        let has_texts = draft.targets.has("cedar");
        let is_known = found.iter().all(|(_, decided)| decided.is_some());
        let access = (has_texts || !is_known).then(|| Access::of(policies, draft.model, draft.world));
        let mut decided = Vec::with_capacity(found.len());
        if let Some(access) = access.as_ref().filter(|_| !is_known) {
            let mut matrix = Matrix::new(access, reasons);
            decided.extend(found.into_iter().map(|(action, known)| known.unwrap_or_else(|| matrix.decided(action))));
            reasons = matrix.reasons;
        } else {
            decided.extend(found.into_iter().filter_map(|(_, known)| known));
        }
        if let Some(access) = access.as_ref().filter(|_| has_texts) {
            cedar = texts::texts(access);
        }
        let judgement = judgement(policies, &decided, reasons.clone(), cedar);
        self.before = Some(Before { world: draft.world, force, waivers, decided, reasons });
        judgement
    }
}

/// Whether the written policies of an action do the same in both worlds.
fn has_same_force(policies: &Policies, action: &ActionShape, one: &[Force], two: &[Force]) -> bool {
    let mut of_action =
        policies.written.iter().zip(one.iter().zip(two)).filter(|(policy, _)| policy.actions.contains(&action.id));
    of_action.all(|(_, (one, two))| one == two)
}
