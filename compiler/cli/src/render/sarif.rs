//! Findings as SARIF 2.1.0, the format of code scanning.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>; `schema/sarif/2.1.0.json` is its schema. Columns
//! count code points, and paths are relative to the root of the checkout, or to what nbc brings.

use std::collections::BTreeMap;

use nbc_driver::codes;
use nbc_source::{Code, Diagnostic, Fix, Related, Span};
use serde_json::{Map, Value, json};

use super::{Excused, Report, details, fingerprint, human, json};
use crate::summary::Verdict;

/// The folder that paths of the user start at; the name is a convention of code scanning.
const CHECKOUT: &str = "%SRCROOT%";
/// The files that nbc brings.
const SHIPPED: &str = "NBC";
/// Where code scanning looks for the name of a finding.
const FINGERPRINT: &str = "primaryLocationLineHash";

pub(super) fn log(report: &Report<'_>) -> Value {
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run(report)],
    })
}

fn run(report: &Report<'_>) -> Value {
    let all = report.findings.iter().map(|found| (found, None));
    let all: Vec<(&Diagnostic, Option<&Excused<'_>>)> =
        all.chain(report.excused.iter().map(|excused| (excused.found, Some(excused)))).collect();
    let codes: BTreeMap<u16, &Code> = all.iter().map(|(found, _)| (found.code.number, found.code)).collect();
    let names = fingerprint::all(report, all.iter().map(|(found, _)| *found));
    let results: Vec<Value> = all
        .iter()
        .zip(names)
        .map(|((found, excused), name)| {
            let rule = codes.keys().position(|number| *number == found.code.number);
            result(report, found, *excused, rule, &name)
        })
        .collect();
    json!({
        "tool": {"driver": {
            "name": "nbc",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": codes.values().map(|code| rule(code)).collect::<Value>(),
        }},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            CHECKOUT: {"description": {"text": "the folder in which nbc was started"}},
            SHIPPED: {"description": {"text": "the files that nbc brings: standard library and packs"}},
        },
        "invocations": [invocation(report)],
        "results": results,
        "properties": {
            "verdict": json::verdict(report.summary.verdict),
            "asOf": report.summary.as_of.map(|day| day.to_string()),
            "stages": report.summary.stages,
            "judged": json::judged(report.summary),
            "waived": report.summary.waived,
            "notJudged": json::not_judged(report.summary),
        },
    })
}

/// Whether it ran, and what it has to say beside its findings.
fn invocation(report: &Report<'_>) -> Value {
    let is_nothing = report.summary.verdict == Verdict::Nothing;
    let said = is_nothing.then(|| json!({"level": "error", "message": {"text": human::verdict(report.summary)}}));
    let not =
        report.summary.not_judged.iter().map(
            |(what, why)| json!({"level": "note", "message": {"text": text(&format!("not judged: {what} ({why})"))}}),
        );
    json!({
        "executionSuccessful": !is_nothing,
        "toolExecutionNotifications": said.into_iter().chain(not).collect::<Value>(),
    })
}

fn rule(code: &Code) -> Value {
    let page = codes::page(code);
    json!({
        "id": code.to_string(),
        "name": pascal_case(code.name),
        "shortDescription": {"text": text(code.summary)},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": code.level.name()},
        "properties": {"tags": [code.name]},
    })
}

fn result(
    report: &Report<'_>,
    found: &Diagnostic,
    excused: Option<&Excused<'_>>,
    rule: Option<usize>,
    name: &str,
) -> Value {
    let mut message = found.message.clone();
    for detail in details(found) {
        message += &format!("\n{detail}");
    }
    let place = found.span.map_or_else(|| whole(report), |span| physical(report, span));
    let mut result = json!({
        "ruleId": found.code.to_string(),
        "ruleIndex": rule,
        "level": found.level.name(),
        "message": {"text": text(&message)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {FINGERPRINT: name},
        "properties": {"name": found.code.name, "stages": found.stages},
    });
    let mut add = |key: &str, value: Value| result.as_object_mut().map(|fields| fields.insert(key.to_owned(), value));
    if !found.related.is_empty() {
        add(
            "relatedLocations",
            found.related.iter().enumerate().map(|(at, other)| related(report, at, other)).collect(),
        );
    }
    if let Some(found) = &found.fix {
        add("fixes", json!([fix(report, found)]));
    }
    if let Some(excused) = excused {
        let because = &excused.waiver.because;
        add(
            "suppressions",
            json!([{"kind": "inSource", "status": "accepted", "justification": because,
            "location": {"physicalLocation": physical(report, excused.waiver.span)}}]),
        );
    }
    result
}

fn related(report: &Report<'_>, at: usize, related: &Related) -> Value {
    json!({
        "id": at + 1,
        "message": {"text": text(&related.message)},
        "physicalLocation": physical(report, related.span),
    })
}

/// One change a file, each with all that is replaced in it.
fn fix(report: &Report<'_>, fix: &Fix) -> Value {
    let mut by_file: BTreeMap<_, Vec<Value>> = BTreeMap::new();
    for edit in &fix.edits {
        let replacement = json!({"deletedRegion": region(report, edit.span), "insertedContent": {"text": edit.text}});
        by_file.entry(edit.span.file).or_default().push(replacement);
    }
    let changes: Vec<Value> = by_file
        .into_iter()
        .map(|(file, replacements)| {
            json!({"artifactLocation": artifact(report, Span { file, start: 0, end: 0 }), "replacements": replacements})
        })
        .collect();
    json!({
        "description": {"text": text(&fix.title)},
        "artifactChanges": changes,
        "properties": {"safe": fix.safe},
    })
}

fn physical(report: &Report<'_>, span: Span) -> Value {
    json!({"artifactLocation": artifact(report, span), "region": region(report, span)})
}

/// A finding about the workspace as a whole still needs a place to be shown.
fn whole(report: &Report<'_>) -> Value {
    let uri = uri(&report.whole());
    json!({"artifactLocation": {"uri": uri, "uriBaseId": CHECKOUT}, "region": {"startLine": 1}})
}

fn artifact(report: &Report<'_>, span: Span) -> Value {
    let base = if report.workspace.is_shipped(span.file) { SHIPPED } else { CHECKOUT };
    json!({"uri": uri(&report.path(span.file)), "uriBaseId": base})
}

fn region(report: &Report<'_>, span: Span) -> Value {
    let start = report.sources.line_column(span);
    let end = report.sources.line_column(Span { start: span.end, ..span });
    let mut region = Map::new();
    for (name, number) in
        [("startLine", start.line), ("startColumn", start.column), ("endLine", end.line), ("endColumn", end.column)]
    {
        region.insert(name.to_owned(), json!(number));
    }
    Value::Object(region)
}

/// A path as a relative reference: everything but unreserved characters and `/` is percent-encoded (RFC 3986, 2.3).
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            other => uri += &format!("%{other:02X}"),
        }
    }
    uri
}

/// A message string (3.11): brackets make links there and `{0}` is a placeholder, so what is meant literally is escaped.
/// Other braces stay, since viewers show them as they are.
fn text(plain: &str) -> String {
    let mut text = String::with_capacity(plain.len());
    let mut rest = plain.chars().peekable();
    let mut is_placeholder = false;
    while let Some(character) = rest.next() {
        match character {
            '[' | ']' | '\\' => text.extend(['\\', character]),
            '{' if rest.peek().is_some_and(char::is_ascii_digit) => {
                is_placeholder = true;
                text.push_str("{{");
            }
            '}' if is_placeholder => {
                is_placeholder = false;
                text.push_str("}}");
            }
            other => text.push(other),
        }
    }
    text
}

/// `unknown-name` as names of rules are written: `UnknownName`.
fn pascal_case(name: &str) -> String {
    let upper = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>())
    };
    name.split('-').filter_map(upper).collect()
}
