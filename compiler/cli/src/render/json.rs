//! Findings for programs; `schema/findings.json` is the contract. Lines and columns count from 1, `offset` and `end` are
//! bytes.

use serde_json::{Value, json};

use nbc_source::{Diagnostic, Fix, Sources, Span};

use super::Report;
use crate::summary::{Summary, Verdict};

/// The number of the contract; a change that breaks a reader raises it.
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// The whole report.
pub(super) fn value(report: &Report<'_>) -> Value {
    let summary = report.summary;
    let found: Vec<Value> = report.findings.iter().map(|found| finding(report.sources, found)).collect();
    json!({
        "schema_version": SCHEMA_VERSION,
        "verdict": verdict(summary.verdict),
        "as_of": summary.as_of.map(|day| day.to_string()),
        "stages": summary.stages,
        "judged": judged(summary),
        "not_judged": not_judged(summary),
        "next_change": summary.next.as_ref().map(|(date, what)| json!({"date": date.to_string(), "what": what})),
        "findings": found,
    })
}

/// How many things were judged, by what they are.
pub(super) fn judged(summary: &Summary) -> Value {
    let decisions: u64 = summary.decided.iter().map(|decided| decided.decisions).sum();
    json!({
        "files": summary.files,
        "declarations": summary.declarations,
        "decisions": decisions,
        "rules": summary.rules,
        "tests": summary.expectations,
    })
}

/// What was not judged, and why.
pub(super) fn not_judged(summary: &Summary) -> Value {
    summary.not_judged.iter().map(|(what, why)| json!({"what": what, "why": why})).collect()
}

pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "ok",
        Verdict::Failed => "failed",
        Verdict::Nothing => "nothing",
    }
}

fn finding(sources: &Sources, found: &Diagnostic) -> Value {
    let related: Vec<Value> = found
        .related
        .iter()
        .map(|related| json!({"place": place(sources, related.span), "message": related.message}))
        .collect();
    json!({
        "code": found.code.to_string(),
        "name": found.code.name,
        "level": found.level.name(),
        "message": found.message,
        "stages": found.stages,
        "place": found.span.map(|span| place(sources, span)),
        "label": found.label,
        "related": related,
        "help": found.help,
        "fix": found.fix.as_ref().map(|found| fix(sources, found)),
    })
}

/// A place as all JSON of nbc writes it.
pub(crate) fn place(sources: &Sources, span: Span) -> Value {
    let start = sources.line_column(span);
    let end = sources.line_column(Span { start: span.end, ..span });
    json!({
        "file": sources.path(span.file),
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "offset": span.start,
        "end": span.end,
    })
}

fn fix(sources: &Sources, fix: &Fix) -> Value {
    let edits: Vec<Value> = fix
        .edits
        .iter()
        .map(|edit| {
            let (file, Span { start, end, .. }) = (sources.path(edit.span.file), edit.span);
            json!({"file": file, "offset": start, "end": end, "text": edit.text})
        })
        .collect();
    json!({"title": fix.title, "safe": fix.safe, "edits": edits})
}
