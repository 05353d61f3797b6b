//! What a proof found, as rows that people and programs read.

use nbc_driver::difference::causes::Revision;
use nbc_driver::difference::{Difference, Revisions};
use nbc_driver::proof::{Proof, Told};
use nbc_source::Span;
use serde::Serialize;

use super::difference::{AccessHow, Line, Page};

#[derive(Debug, Serialize)]
pub(crate) struct ProofPage {
    pub(crate) verdict: Verdict,
    /// Declared people first.
    pub(crate) gains: Vec<GainRow>,
    /// What is not proved, one sentence each.
    pub(crate) not_proved: Vec<String>,
    /// Policies, rules and values that the change says otherwise.
    pub(crate) changed: Vec<Line>,
    pub(crate) covered: Covered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verdict {
    Proved,
    NewAccess,
    NotProved,
}

/// Somebody would gain something.
#[derive(Debug, Serialize)]
pub(crate) struct GainRow {
    pub(crate) stage: Option<String>,
    /// Usernames, or `somebody in students, if affiliation is guest`.
    pub(crate) who: String,
    /// They are declared, and gain as they are.
    pub(crate) is_declared: bool,
    pub(crate) what: Vec<String>,
    /// The same one by one: the action and the thing.
    #[serde(skip)]
    rights: Vec<(String, String)>,
    /// The first day on which it is so, where that is not the judged one.
    pub(crate) from: Option<String>,
    /// Why the head allows it.
    pub(crate) head: Vec<Because>,
    /// Why the base does not; nothing for people whose declarations changed.
    pub(crate) base: Vec<Because>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Because {
    pub(crate) why: String,
    pub(crate) place: Option<String>,
}

/// How much was looked at.
#[derive(Debug, Serialize)]
pub(crate) struct Covered {
    /// Questions about declared people that both revisions answered.
    pub(crate) decisions: u64,
    pub(crate) things: usize,
    /// Actions with the same policies, word by word.
    pub(crate) actions_equal: usize,
    /// Actions that the solver was asked about.
    pub(crate) actions_compared: usize,
    pub(crate) later_days: usize,
}

impl ProofPage {
    pub(crate) fn of(revisions: Revisions<'_, '_>, difference: &Difference, proof: &Proof) -> ProofPage {
        let page = Page::of(revisions, difference);
        let mut gains: Vec<GainRow> = page.stages.iter().flat_map(declared).collect();
        let is_told = |told: &&Told| !gains.iter().any(|row| says(row, told));
        let more: Vec<GainRow> = proof.gains.iter().filter(is_told).map(|told| invented(revisions, told)).collect();
        gains.extend(more);
        let verdict = match (gains.is_empty(), proof.open.is_empty()) {
            (false, _) => Verdict::NewAccess,
            (true, false) => Verdict::NotProved,
            (true, true) => Verdict::Proved,
        };
        let covered = Covered {
            decisions: page.compared,
            things: proof.things,
            actions_equal: proof.equal,
            actions_compared: proof.compared,
            later_days: proof.later,
        };
        let values = page.stages.into_iter().flat_map(|stage| stage.configuration);
        let mut changed: Vec<Line> = page.statements.into_iter().chain(values).collect();
        changed.dedup();
        ProofPage { verdict, gains, not_proved: proof.open.clone(), changed, covered }
    }
}

fn declared(stage: &super::difference::StagePage) -> impl Iterator<Item = GainRow> {
    let gains = stage.access.iter().filter(|row| row.how == AccessHow::Gain);
    gains.map(|row| GainRow {
        stage: stage.stage.clone(),
        who: row.who.join(", "),
        is_declared: true,
        what: row.what.clone(),
        rights: row.rights.clone(),
        from: row.from.clone(),
        head: vec![Because { why: row.because.clone(), place: row.place.clone() }],
        base: Vec::new(),
    })
}

/// Whether a row tells the same of somebody declared.
fn says(row: &GainRow, told: &Told) -> bool {
    let has = told.right.as_ref().is_some_and(|right| row.rights.contains(right));
    row.stage == told.stage && has && row.who.split(", ").any(|who| who == told.who)
}

fn invented(revisions: Revisions<'_, '_>, told: &Told) -> GainRow {
    let because = |(why, place): &(String, Option<(Revision, Span)>)| {
        let place = place.map(|(revision, span)| match revision {
            Revision::Base => revisions.base.sources.line_place(span),
            Revision::Head => revisions.head.sources.line_place(span),
        });
        Because { why: why.clone(), place }
    };
    GainRow {
        stage: told.stage.clone(),
        who: told.who.clone(),
        is_declared: false,
        what: vec![told.what.clone()],
        rights: told.right.clone().into_iter().collect(),
        from: told.from.map(|date| date.to_string()),
        head: told.head.iter().map(because).collect(),
        base: told.base.iter().map(because).collect(),
    }
}
