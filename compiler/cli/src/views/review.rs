//! The answer of a review, as people and programs read it.

use nbc_driver::difference::Revisions;
use nbc_driver::difference::causes::Revision;
use nbc_driver::review::{About, Gravity, Login, Need, Review, Verdict};
use serde::Serialize;

use super::difference::Page;

/// Everything that a review tells.
#[derive(Debug, Serialize)]
pub(crate) struct ReviewPage {
    pub(crate) verdict: &'static str,
    /// What the verdict means, without its word: `robin (owner of group ml-research)`.
    pub(crate) headline: String,
    /// What the change does, in a few words.
    pub(crate) change: String,
    pub(crate) author: AuthorRow,
    pub(crate) approvals: Vec<ApprovalRow>,
    pub(crate) needs: Vec<NeedRow>,
    pub(crate) errors: usize,
    pub(crate) waived: usize,
    pub(crate) tests: [usize; 2],
    pub(crate) difference: Page,
    pub(crate) not_judged: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct AuthorRow {
    pub(crate) login: String,
    /// `null` where no user of the base has the login.
    pub(crate) handle: Option<String>,
    /// Things of the base that the author may do by this change and could not before.
    pub(crate) gains: usize,
}

/// One approval, and whether it counts.
#[derive(Debug, Serialize)]
pub(crate) struct ApprovalRow {
    pub(crate) login: String,
    pub(crate) handle: Option<String>,
    pub(crate) counts: bool,
    pub(crate) because: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct NeedRow {
    pub(crate) is_met: bool,
    /// `decide`, `second`, `guard`
    pub(crate) gravity: &'static str,
    pub(crate) role: String,
    /// Whom to ask.
    pub(crate) ask: Vec<String>,
    pub(crate) number: usize,
    pub(crate) given: Vec<String>,
    pub(crate) about: Vec<AboutRow>,
    pub(crate) way_out: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct AboutRow {
    pub(crate) what: String,
    pub(crate) place: Option<String>,
}

impl ReviewPage {
    pub(crate) fn of(revisions: Revisions<'_, '_>, review: &Review, difference: Page) -> ReviewPage {
        let handle = review.author.handle.as_deref();
        let gains = handle.map_or(0, |handle| review.gains.of_person(handle));
        let tests = &revisions.head.tests;
        let needs: Vec<NeedRow> = review.needs.iter().map(|need| need_row(revisions, review, need)).collect();
        let errors = revisions.head.findings.count(nbc_source::Level::Error);
        ReviewPage {
            verdict: word(review.verdict),
            headline: headline(review, &needs, gains, errors),
            change: in_words(&difference),
            author: AuthorRow { login: review.author.login.clone(), handle: review.author.handle.clone(), gains },
            approvals: review.approvals.iter().map(|approval| approval_row(review, approval)).collect(),
            needs,
            errors,
            waived: revisions.head.stages.iter().map(|stage| stage.waived().len()).sum(),
            tests: [tests.iter().filter(|test| test.passes()).count(), tests.len()],
            difference,
            not_judged: review.not_judged.clone(),
        }
    }
}

pub(crate) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ready => "ready",
        Verdict::Waits => "waits",
        Verdict::Fails => "fails",
        Verdict::Refused => "refused",
    }
}

fn headline(review: &Review, needs: &[NeedRow], gains: usize, errors: usize) -> String {
    let open: Vec<&NeedRow> = needs.iter().filter(|need| !need.is_met).collect();
    let first = open.first();
    match (review.verdict, first) {
        (Verdict::Refused, _) if gains > 0 => {
            let things = if gains == 1 { "1 thing".to_owned() } else { format!("{gains} things") };
            format!("The author gains {things}; nobody else has approved.")
        }
        (Verdict::Refused, Some(need)) => {
            let about = need.about.first().map_or("", |about| about.what.as_str());
            format!("{about}; no {} other than the author has approved.", need.role)
        }
        (Verdict::Waits, Some(need)) => match need.ask.as_slice() {
            [] => format!("nobody can approve it: nobody else in the base is {}", need.role),
            several => format!("{} ({})", several.join(" or "), need.role),
        },
        (Verdict::Fails, _) => {
            format!("{}; `nbc check` shows all", crate::render::count(errors, "error"))
        }
        _ => String::new(),
    }
}

/// The change itself, where it is one; else how many values it changes.
fn in_words(page: &Page) -> String {
    let values: Vec<_> = page.stages.iter().flat_map(|stage| &stage.configuration).chain(&page.statements).collect();
    match values.as_slice() {
        [] => "nothing that nbc reads changes".to_owned(),
        [one] => format!("{} {}", one.path, one.change),
        several => crate::render::count(several.len(), "value") + " changed",
    }
}

fn approval_row(review: &Review, approval: &Login) -> ApprovalRow {
    let handle = approval.handle.as_deref();
    let used = |handle: &str| review.needs.iter().any(|need| need.given.contains(handle));
    let because = match handle {
        None => "no user of the base has this login",
        Some(_) if approval.handle == review.author.handle => "the author approves nothing",
        Some(handle) if review.gains.is_gainer(handle) => "gains by the change",
        Some(handle) if used(handle) => "",
        Some(_) => "decides about nothing here",
    };
    let counts = because.is_empty();
    ApprovalRow { login: approval.login.clone(), handle: approval.handle.clone(), counts, because }
}

fn need_row(revisions: Revisions<'_, '_>, review: &Review, need: &Need) -> NeedRow {
    let place = |about: &About| {
        about.place.map(|(revision, span)| match revision {
            Revision::Base => revisions.base.sources.line_place(span),
            Revision::Head => revisions.head.sources.line_place(span),
        })
    };
    let free = |handle: &&String| Some(*handle) != review.author.handle.as_ref() && !review.gains.is_gainer(handle);
    let ask: Vec<String> = need.ask.iter().filter(free).cloned().collect();
    let others: Vec<String> = need.who.iter().filter(free).cloned().collect();
    let ask = if ask.is_empty() { others } else { ask };
    NeedRow {
        is_met: need.is_met(),
        gravity: match need.gravity {
            Gravity::Decide => "decide",
            Gravity::Second => "second",
            Gravity::Guard => "guard",
        },
        role: need.role.clone(),
        number: need.number,
        given: need.given.iter().cloned().collect(),
        about: need.about.iter().map(|about| AboutRow { what: about.what.clone(), place: place(about) }).collect(),
        way_out: way_out(need, &ask),
        ask,
    }
}

fn way_out(need: &Need, ask: &[String]) -> String {
    match (need.is_met(), ask) {
        (true, _) => String::new(),
        (false, []) => {
            format!(
                "nobody but the author is {} in the base: give it to a second person first, by a change of its own",
                need.role
            )
        }
        (false, ask) => {
            let who = ask.join(" or ");
            let number = if need.number > 1 { format!("{} of ", need.number) } else { String::new() };
            format!("ask {number}{who} to approve, or take it out")
        }
    }
}
