//! What can be done at a place: the corrections that findings carry, exceptions from them, and changes that people make
//! often.

mod dates;
mod excuse;
mod extract;
mod fields;
mod insertion;
mod members;
mod proof;

use nbc_driver::Analysis;
use nbc_source::{Diagnostic, Edit, Span, correct};

use super::place::View;
use crate::snapshot::Judged;

/// What sort of change it is, as editors sort them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Corrects the finding at this position.
    Correction(usize),
    /// All safe corrections of the file at once.
    AllCorrections,
    /// Takes a part out and names it.
    Extraction,
    /// Says something else, or more.
    Rewrite,
}

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    pub title: String,
    pub edits: Vec<Edit>,
    pub sort: Sort,
    /// It cannot change what was meant.
    pub is_safe: bool,
}

impl Action {
    /// A change that somebody has to look at.
    fn rewrite(title: String, edits: Vec<Edit>) -> Action {
        Action { title, edits, sort: Sort::Rewrite, is_safe: false }
    }
}

/// The corrections of findings that touch a piece of a file; and, where there are several safe ones in the file, all of
/// them at once.
pub fn corrections(analysis: &Analysis, findings: &[Diagnostic], at: Span) -> Vec<Action> {
    let is_own = |span: Span| is_own(analysis, span);
    let mut actions = Vec::new();
    for (position, found) in findings.iter().enumerate() {
        let Some(fix) = found.fix.as_ref().filter(|_| found.span.is_some_and(|span| touches(span, at))) else {
            continue;
        };
        if fix.edits.iter().all(|edit| is_own(edit.span)) {
            let (title, edits) = (fix.title.clone(), fix.edits.clone());
            actions.push(Action { title, edits, is_safe: fix.safe, sort: Sort::Correction(position) });
        }
    }
    let in_file = findings.iter().filter(|found| found.span.is_some_and(|span| span.file == at.file));
    let corrected = correct(analysis.sources(), in_file, |_, fix| {
        fix.safe && fix.edits.iter().all(|edit| edit.span.file == at.file && is_own(edit.span))
    });
    if corrected.applied.len() > 1 {
        let title = format!("correct all {} safe findings of this file", corrected.applied.len());
        let edits = corrected.applied.iter().flat_map(|(_, fix)| fix.edits.iter().cloned()).collect();
        actions.push(Action { title, edits, is_safe: true, sort: Sort::AllCorrections });
    }
    actions
}

/// Changes that no finding asks for, and exceptions from those that are there.
pub fn changes(view: &View<'_>, findings: &[Diagnostic], judged: Option<&Judged>, at: Span) -> Vec<Action> {
    if !is_own(view.analysis, at) {
        return Vec::new();
    }
    let mut actions = excuse::waivers(view, findings, judged, at);
    actions.extend(fields::missing(view, at));
    actions.extend(dates::end(view, at));
    actions.extend(members::moves(view, at));
    actions.extend(extract::parent(view, at));
    actions.extend(judged.and_then(|judged| proof::test(view, judged, at)));
    actions
}

fn touches(span: Span, at: Span) -> bool {
    span.file == at.file && span.start <= at.end && at.start <= span.end
}

/// Whether the file is one that the user writes.
fn is_own(analysis: &Analysis, span: Span) -> bool {
    !analysis.workspace.is_shipped(span.file) && !analysis.sources().path(span.file).starts_with("packages/")
}
