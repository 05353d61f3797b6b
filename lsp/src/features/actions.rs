//! Corrections that findings carry, as things to choose from.

use nbc_driver::Analysis;
use nbc_source::{Diagnostic, Edit, Span, correct};

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    pub title: String,
    pub edits: Vec<Edit>,
    /// It cannot change what was meant.
    pub is_safe: bool,
    /// The position of the finding that it corrects; `None` for all at once.
    pub corrects: Option<usize>,
}

/// The corrections of findings that touch a piece of a file; and, where there are several safe ones in the file, all of
/// them at once.
pub fn actions(analysis: &Analysis, findings: &[Diagnostic], at: Span) -> Vec<Action> {
    let is_own = |span: Span| {
        !analysis.workspace.is_shipped(span.file) && !analysis.sources().path(span.file).starts_with("packages/")
    };
    let touches = |span: Span| span.file == at.file && span.start <= at.end && at.start <= span.end;
    let mut actions = Vec::new();
    for (position, found) in findings.iter().enumerate() {
        let Some(fix) = found.fix.as_ref().filter(|_| found.span.is_some_and(touches)) else { continue };
        if fix.edits.iter().all(|edit| is_own(edit.span)) {
            let edits = fix.edits.clone();
            actions.push(Action { title: fix.title.clone(), edits, is_safe: fix.safe, corrects: Some(position) });
        }
    }
    let in_file = findings.iter().filter(|found| found.span.is_some_and(|span| span.file == at.file));
    let corrected = correct(analysis.sources(), in_file, |_, fix| {
        fix.safe && fix.edits.iter().all(|edit| edit.span.file == at.file && is_own(edit.span))
    });
    if corrected.applied.len() > 1 {
        let title = format!("correct all {} safe findings of this file", corrected.applied.len());
        let edits = corrected.applied.iter().flat_map(|(_, fix)| fix.edits.iter().cloned()).collect();
        actions.push(Action { title, edits, is_safe: true, corrects: None });
    }
    actions
}
