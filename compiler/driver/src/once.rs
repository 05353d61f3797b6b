//! A place with a fault in its text gets one message: what later phases say of the same place follows from it.

use std::collections::BTreeMap;

use nbc_model::codes::UNKNOWN_NAME;
use nbc_source::{Code, Diagnostic, Diagnostics, Edit, Sources, Span};
use nbc_syntax::codes::BAD_NAME;

/// The findings of loading and parsing, and those of the analysis that say something else.
///
/// A word that ought to be quoted is the exception: where the analysis knows what was meant, as with the field
/// `cost-center` for `cost_center`, its correction is the better one.
pub(crate) fn once_each(texts: &Diagnostics, analysed: Diagnostics) -> Diagnostics {
    let mut texts: Vec<Diagnostic> = texts.iter().cloned().collect();
    texts.sort_by_key(|found| found.span);
    let mut better = vec![false; texts.len()];
    let mut findings = Diagnostics::new();
    for found in analysed {
        match found.span.and_then(|span| touching(&texts, span)) {
            None => findings.push(found),
            Some(at) => {
                let Some(text) = texts.get(at) else { continue };
                let is_guess = text.code == &nbc_syntax::codes::UNQUOTED_WORD && text.span == found.span;
                let is_taken = better.get(at).copied().unwrap_or(true);
                if is_guess && !is_taken && found.fix.as_ref().is_some_and(|fix| fix.safe) {
                    better.iter_mut().skip(at).take(1).for_each(|better| *better = true);
                    findings.push(found);
                }
            }
        }
    }
    let kept = texts.into_iter().zip(better).filter(|(_, better)| !better).map(|(text, _)| text);
    findings.extend(kept);
    findings.settle();
    findings
}

/// Who refers to something by the name that it cannot have repeats its declaration: one finding, whose correction
/// renames them all.
pub(crate) fn join_renamed(sources: &Sources, found: Diagnostics) -> Diagnostics {
    let declared = found.iter().filter_map(|one| Some((renamed(sources, one, &BAD_NAME)?, one.span?)));
    let declared: BTreeMap<(String, String), Span> = declared.collect();
    if declared.is_empty() {
        return found;
    }
    let mut edits: BTreeMap<Span, Vec<Edit>> = BTreeMap::new();
    let mut kept = Diagnostics::new();
    for one in found {
        let name = renamed(sources, &one, &UNKNOWN_NAME);
        match (name.and_then(|name| declared.get(&name)), &one.fix) {
            (Some(place), Some(fix)) => edits.entry(*place).or_default().extend(fix.edits.iter().cloned()),
            _ => kept.push(one),
        }
    }
    for one in kept.iter_mut().filter(|one| *one.code == BAD_NAME) {
        let more = one.span.and_then(|place| edits.remove(&place)).unwrap_or_default();
        one.fix.iter_mut().for_each(|fix| fix.edits.extend(more.iter().cloned()));
    }
    kept
}

/// What is written and what it should be, of a finding whose correction is another name.
fn renamed(sources: &Sources, found: &Diagnostic, code: &'static Code) -> Option<(String, String)> {
    let edit = found.fix.as_ref().filter(|_| *found.code == *code)?.edits.first()?;
    (found.span == Some(edit.span)).then(|| (sources.text(edit.span).to_owned(), edit.text.clone()))
}

/// The finding, of those sorted by place, whose place overlaps this one or meets it.
fn touching(sorted: &[Diagnostic], span: Span) -> Option<usize> {
    // Places of texts seldom nest, so that the last that starts before the end is the one to look at, and its neighbour.
    let after = sorted
        .partition_point(|found| found.span.is_some_and(|other| (other.file, other.start) <= (span.file, span.end)));
    (after.saturating_sub(2)..after).rev().find(|at| {
        let other = sorted.get(*at).and_then(|found| found.span);
        other.is_some_and(|other| other.file == span.file && other.end >= span.start)
    })
}
