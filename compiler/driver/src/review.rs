//! May a change be merged? Judged by the *base*: its owners, roles and policies say who decides, never the change itself.
//!
//! Every thing that a change touches needs somebody ([`scope`] says whom); what guards the others (rules, packs, roles,
//! the checks of the repository) needs somebody other than the author. Nobody who gains by a change decides about it.
//! What cannot be judged is a need too, so it never passes by itself.

mod authority;
pub mod codeowners;
mod gains;
mod needs;
mod people;
mod scope;

use std::collections::BTreeSet;

use nbc_source::Span;

use crate::difference::causes::Revision;
use crate::difference::{Difference, Revisions};

pub use gains::Gains;
pub use people::Login;

/// What the forge says of a change.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// The key of `accounts` that logins are looked up in: `github`, `gitlab`.
    pub forge: &'r str,
    pub author: &'r str,
    pub approved_by: &'r [String],
    /// Changed files of the repository that are no part of the workspace, by path.
    pub outside: &'r [String],
    /// The head lacks commits of the base: together they may mean something else.
    pub is_behind: bool,
}

/// The answer.
#[derive(Debug)]
pub struct Review {
    pub verdict: Verdict,
    pub author: Login,
    pub approvals: Vec<Login>,
    pub gains: Gains,
    /// Those that are not met first, the gravest first.
    pub needs: Vec<Need>,
    /// Files that no part of nbc reads, and what the comparison leaves out.
    pub not_judged: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Ready,
    /// Somebody has not approved yet.
    Waits,
    /// The head has errors.
    Fails,
    /// The author would gain, or weaken what guards the others, and nobody who may has approved.
    Refused,
}

/// How much an author may decide alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// Whoever answers for the thing decides, the author too.
    Decide,
    /// Somebody else looks at it.
    Second,
    /// It guards others: without somebody else it is refused.
    Guard,
}

/// One thing that somebody must say yes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    pub gravity: Gravity,
    /// `owner of group ml-research`, `platform administrator`
    pub role: String,
    /// Whom to ask: those who are named for it. Others may too, such as administrators for a group.
    pub ask: BTreeSet<String>,
    /// Handles of the people of the base who may, sorted.
    pub who: BTreeSet<String>,
    /// How many of them.
    pub number: usize,
    /// What it is about, each with its line.
    pub about: Vec<About>,
    /// Those who did, sorted.
    pub given: BTreeSet<String>,
}

/// A part of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// `group.ml-research members + dana`
    pub what: String,
    pub place: Option<(Revision, Span)>,
}

impl Need {
    pub fn is_met(&self) -> bool {
        self.given.len() >= self.number
    }
}

/// Judges a change. `difference` is that of the same revisions.
pub fn review(revisions: Revisions<'_, '_>, difference: &Difference, request: &Request<'_>) -> Review {
    let (author, approvals) = people::of(revisions.base, request);
    let gains = Gains::of(revisions, difference);
    let mut needs = needs::of(revisions, difference, request);
    needs.extend(needs::of_gains(revisions.base, &gains, &author, &needs));
    for need in &mut needs {
        let others = approvals.iter().filter(|approval| approval.handle != author.handle);
        let own = Some(&author).filter(|_| need.gravity == Gravity::Decide);
        let handles = others.chain(own).filter_map(|login| login.handle.as_deref());
        let entitled = handles.filter(|handle| need.who.contains(*handle) && !gains.is_gainer(handle));
        need.given = entitled.map(str::to_owned).collect();
    }
    needs.sort_by_key(|need| (need.is_met(), std::cmp::Reverse(need.gravity)));
    let verdict = verdict(revisions, &needs);
    Review { verdict, author, approvals, gains, needs, not_judged: needs::not_judged(difference, request) }
}

fn verdict(revisions: Revisions<'_, '_>, needs: &[Need]) -> Verdict {
    let gravest = needs.iter().filter(|need| !need.is_met()).map(|need| need.gravity).max();
    match gravest {
        Some(Gravity::Guard) => Verdict::Refused,
        _ if revisions.head.findings.has_errors() => Verdict::Fails,
        Some(_) => Verdict::Waits,
        None => Verdict::Ready,
    }
}
