//! A place with a fault in its text gets one message: what later phases say of the same place follows from it.

use nbc_source::{Diagnostic, Diagnostics, Span};

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
