//! Answers for an auditor: who can, what can, why. Plain data with places; `cli` prints it.
//!
//! An answer names the line of every edge: the element that grants, the membership, the policy, the facts it read. It
//! asks Cedar only about what it tells, so it needs no decision of the whole platform.

mod edges;
mod find;
#[cfg(test)]
mod tests;
pub mod what_can;
pub mod who_can;
pub mod why;

use nbc_model::value::Date;
use nbc_model::world::EntityId;
use nbc_platform::Draft;
use nbc_source::Span;

use crate::access::{Access, Force};
use crate::load::{self, Policies, Written};

pub use find::{NotFound, principal, thing};

/// Makes a world ready and asks it, on a thread with the stack that Cedar needs.
///
/// # Errors
/// What kept the world from being asked, in words for the user.
pub fn ask<T: Send>(
    policies: &Policies,
    draft: &Draft<'_>,
    question: impl FnOnce(&Access<'_>) -> T + Send,
) -> Result<T, String> {
    let answered = load::with_stack(|| question(&Access::of(policies, draft.model, draft.world)));
    answered.ok_or_else(|| "Cedar stopped while it was asked".to_owned())
}

/// A statement and the line that makes it true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    pub text: String,
    /// `None` for what nbc works out by itself.
    pub span: Option<Span>,
}

/// A policy as an answer shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyShown {
    pub id: String,
    pub sentence: String,
    /// `None` for the site's own.
    pub pack: Option<String>,
    /// `hard`, or what its pack says.
    pub level: &'static str,
    pub span: Span,
}

/// A person or service that can, with every way in which they can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    pub who: EntityId,
    /// Last day of the way that lasts longest.
    pub until: Option<Date>,
    pub because: Vec<Edge>,
}

impl PolicyShown {
    fn of(access: &Access<'_>, at: usize, written: &Written) -> PolicyShown {
        use nbc_model::expression::RuleLevel;
        let level = match access.force.get(at) {
            Some(Force::Reported(RuleLevel::Soft)) => "soft",
            Some(Force::Reported(RuleLevel::Advisory)) => "advisory",
            Some(Force::Reported(RuleLevel::Shadow)) => "shadow",
            Some(Force::Off) => "off",
            Some(Force::Binding | Force::Reported(RuleLevel::Hard)) | None => "hard",
        };
        PolicyShown {
            id: written.id.clone(),
            sentence: written.sentence.clone(),
            pack: written.pack.clone(),
            level,
            span: written.span,
        }
    }

    fn all(access: &Access<'_>, positions: &[usize]) -> Vec<PolicyShown> {
        positions
            .iter()
            .filter_map(|at| access.written(*at).map(|written| PolicyShown::of(access, *at, written)))
            .collect()
    }
}
