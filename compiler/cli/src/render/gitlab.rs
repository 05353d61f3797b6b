//! GitLab's code quality report: a list of issues, each with a place and a name that outlives moved lines.

use nbc_source::{Diagnostic, Level, Span};
use serde_json::{Value, json};

use super::{Report, details, fingerprint};
use crate::summary::Verdict;

pub(super) fn issues(report: &Report<'_>) -> Value {
    let names = fingerprint::all(report, report.findings);
    let mut all: Vec<Value> =
        report.findings.iter().zip(names).map(|(found, name)| issue(report, found, &name)).collect();
    if report.summary.verdict == Verdict::Nothing && all.is_empty() {
        all.push(nothing(report));
    }
    Value::Array(all)
}

fn issue(report: &Report<'_>, found: &Diagnostic, fingerprint: &str) -> Value {
    let mut description = vec![found.message.clone()];
    if !found.stages.is_empty() {
        description.push(format!("in {}", found.stages.join(", ")));
    }
    description.extend(details(found).into_iter().map(str::to_owned));
    json!({
        "type": "issue",
        "check_name": found.code.name,
        "description": description.join("; "),
        "categories": ["Bug Risk"],
        "severity": severity(found.level),
        "fingerprint": fingerprint,
        "location": found.span.map_or_else(|| whole(report), |span| location(report, span)),
    })
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "critical",
        Level::Warning => "minor",
        Level::Note => "info",
    }
}

fn location(report: &Report<'_>, span: Span) -> Value {
    let begin = report.sources.line_column(span);
    let end = report.sources.line_column(Span { start: span.end, ..span });
    json!({
        "path": report.path(span.file),
        "positions": {
            "begin": {"line": begin.line, "column": begin.column},
            "end": {"line": end.line, "column": end.column},
        },
    })
}

fn whole(report: &Report<'_>) -> Value {
    json!({"path": report.whole(), "lines": {"begin": 1}})
}

/// An empty list would look like a clean platform.
fn nothing(report: &Report<'_>) -> Value {
    json!({
        "type": "issue",
        "check_name": "nothing-judged",
        "description": "there is no declaration here, so nothing was judged",
        "categories": ["Bug Risk"],
        "severity": "blocker",
        "fingerprint": "nothing-judged",
        "location": whole(report),
    })
}
