//! Names of findings that stay the same while lines move, so that a forge knows an old finding from a new one.
//!
//! A name is made of what is said, the file, and the text of the line; findings that agree in all of it are numbered.

use std::collections::BTreeMap;

use nbc_driver::digest;
use nbc_source::Diagnostic;

use super::Report;

/// The names of findings, in their order.
pub(super) fn all<'f>(report: &Report<'_>, findings: impl IntoIterator<Item = &'f Diagnostic>) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let name = |found: &Diagnostic| {
        let hash = hash(report, found);
        let number = seen.entry(hash.clone()).or_default();
        *number += 1;
        format!("{hash}:{number}")
    };
    findings.into_iter().map(name).collect()
}

fn hash(report: &Report<'_>, found: &Diagnostic) -> String {
    let (path, line) = match found.span.and_then(|span| Some((report.sources.get(span.file)?, span))) {
        Some((file, span)) => (report.path(span.file), file.line(file.line_column(span.start).line).trim()),
        None => (report.whole(), ""),
    };
    digest::of([&found.code.to_string(), &found.message, &path, line]).chars().take(16).collect()
}
