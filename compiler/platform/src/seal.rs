//! The seal: the only way to a [`Platform`]. Holding one proves that checks and policies passed.
//!
//! It asks the judge, works out who pays, applies levels and waivers in one function, and refuses when an error is
//! left. It judges nothing itself and emits nothing.

use nbc_model::Model;
use nbc_model::world::{Membership, World};
use nbc_source::Diagnostics;

use crate::checks;
use crate::decisions::{CedarTexts, Decisions, Judge};
use crate::draft::Draft;
use crate::finding::Finding;
use crate::kinds::Declarations;
use crate::levels::{self, Outcome, Waived};
use crate::who_pays::Payers;

/// One stage, judged and found free of errors. Backends read it and need no defensive code.
#[derive(Clone, Debug)]
pub struct Platform<'m> {
    draft: Draft<'m>,
    decisions: Decisions,
    payers: Payers,
    cedar: CedarTexts,
    outcome: Outcome,
}

/// A stage that has errors. Its decisions are kept, since `audit` answers questions about it all the same.
#[derive(Clone, Debug)]
pub struct Rejected {
    pub decisions: Decisions,
    pub findings: Diagnostics,
    pub waived: Vec<Waived>,
    pub shadowed: usize,
}

/// Judges a draft. `findings` are those of phase 10: [`checks::run`], and rules. A rule may ask who may do what, so the
/// driver decides before and hands over a judge that answers with what is decided already.
///
/// # Errors
/// [`Rejected`] where an error-level finding is left after levels and waivers.
pub fn seal<'m>(draft: Draft<'m>, findings: Vec<Finding>, judge: &dyn Judge) -> Result<Platform<'m>, Box<Rejected>> {
    let judgement = judge.decide(&draft);
    let (payers, undecided) = Payers::of(&draft, &judgement.decisions);
    let mut all = findings;
    all.extend(judgement.findings);
    all.extend(undecided.into_iter().map(Finding::plain));
    let after = checks::run_decided(&draft, &judgement.decisions, &payers);
    all.extend(after.into_iter().map(Finding::plain));

    let outcome = levels::apply(&draft, all);
    if outcome.findings.has_errors() {
        let Outcome { findings, waived, shadowed } = outcome;
        return Err(Box::new(Rejected { decisions: judgement.decisions, findings, waived, shadowed }));
    }
    Ok(Platform { draft, decisions: judgement.decisions, payers, cedar: judgement.cedar, outcome })
}

impl<'m> Platform<'m> {
    /// The typed kinds and everything that can be asked of them.
    pub fn draft(&self) -> &Draft<'m> {
        &self.draft
    }

    /// The typed kinds; each list sorted by handle.
    pub fn declared(&self) -> &Declarations<'m> {
        &self.draft.declared
    }

    pub fn model(&self) -> &'m Model {
        self.draft.model
    }

    pub fn world(&self) -> &'m World {
        self.draft.world
    }

    /// Who is a member of what on the judged day, nested groups closed.
    pub fn membership(&self) -> &'m Membership {
        &self.draft.world.membership
    }

    /// Who may do what: the only thing that targets may be told about access.
    pub fn decisions(&self) -> &Decisions {
        &self.decisions
    }

    /// Who pays for whose servers.
    pub fn payers(&self) -> &Payers {
        &self.payers
    }

    /// Schema, entities and policies that the decisions were made from.
    pub fn cedar(&self) -> &CedarTexts {
        &self.cedar
    }

    /// Warnings and notes, settled.
    pub fn findings(&self) -> &Diagnostics {
        &self.outcome.findings
    }

    /// What a waiver excuses.
    pub fn waived(&self) -> &[Waived] {
        &self.outcome.waived
    }

    /// How many findings rules at level `shadow` would have made.
    pub fn shadowed(&self) -> usize {
        self.outcome.shadowed
    }
}
