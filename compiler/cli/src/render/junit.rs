//! JUnit XML: a test case for each file that was judged, failed where it has errors.
//!
//! The format has no warnings and no places inside a file, so those are text of the case; what was judged stands in the
//! properties of the suite.

use std::collections::BTreeMap;

use nbc_source::{Diagnostic, Level};
use quick_junit::{NonSuccessKind, Report as Xml, TestCase, TestCaseStatus, TestSuite};
use serde_json::Value;

use super::{Report, details, human, json, one_line};
use crate::Stop;
use crate::summary::{Summary, Verdict};

/// # Errors
/// Where the XML cannot be written, which is a mistake of nbc.
pub(super) fn findings(report: &Report<'_>) -> Result<String, Stop> {
    let mut by_file: BTreeMap<String, Vec<&Diagnostic>> = BTreeMap::new();
    for (id, _) in report.sources.iter().filter(|(id, _)| !report.workspace.is_shipped(*id)) {
        by_file.insert(report.path(id), Vec::new());
    }
    for found in report.findings {
        let path = found.span.map_or_else(|| report.whole(), |span| report.path(span.file));
        by_file.entry(path).or_default().push(found);
    }
    let mut suite = suite("nbc", report.summary);
    for (path, found) in &by_file {
        suite.add_test_case(case(report, path, found));
    }
    if report.summary.verdict == Verdict::Nothing && !report.findings.has_errors() {
        suite.add_test_case(nothing(report.summary));
    }
    text(suite)
}

/// A suite with what was judged and what was not as its properties.
pub(crate) fn suite(name: &str, summary: &Summary) -> TestSuite {
    let mut suite = TestSuite::new(name);
    let mut add = |name: String, value: String| {
        suite.add_property((name, value));
    };
    add("verdict".to_owned(), json::verdict(summary.verdict).to_owned());
    if let Some(day) = summary.as_of {
        add("as of".to_owned(), day.to_string());
    }
    if let Value::Object(judged) = json::judged(summary) {
        judged.iter().for_each(|(what, number)| add(format!("judged {what}"), number.to_string()));
    }
    add("waived findings".to_owned(), summary.waived.to_string());
    for (what, why) in &summary.not_judged {
        add(format!("not judged: {what}"), why.to_string());
    }
    suite
}

/// # Errors
/// As [`findings`].
pub(crate) fn text(suite: TestSuite) -> Result<String, Stop> {
    let mut xml = Xml::new("nbc");
    xml.add_test_suite(suite);
    xml.to_string().map_err(|error| Stop::because(format!("nbc could not write its XML: {error}"), ""))
}

/// The case of a run that judged nothing.
pub(crate) fn nothing(summary: &Summary) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(human::verdict(summary));
    TestCase::new("judged", status)
}

fn case(report: &Report<'_>, path: &str, found: &[&Diagnostic]) -> TestCase {
    let (errors, others): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
        found.iter().copied().partition(|found| found.level == Level::Error);
    let lines = |all: &[&Diagnostic]| all.iter().map(|found| line(report, found)).collect::<Vec<_>>().join("\n");
    let status = match errors.first() {
        None => TestCaseStatus::success(),
        Some(first) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(first.message.as_str()).set_type(first.code.name).set_description(lines(&errors));
            status
        }
    };
    let mut case = TestCase::new(path, status);
    case.set_classname("nbc");
    case.extra.insert("file".into(), path.into());
    let first = errors.iter().chain(&others).find_map(|found| found.span);
    if let Some(span) = first {
        case.extra.insert("line".into(), report.sources.line_column(span).line.to_string().into());
    }
    if !others.is_empty() {
        case.set_system_out(lines(&others));
    }
    case
}

fn line(report: &Report<'_>, found: &Diagnostic) -> String {
    let place = found.span.map_or_else(String::new, |span| {
        let at = report.sources.line_column(span);
        format!("{}:{}: ", at.line, at.column)
    });
    let details: String = details(found).iter().map(|detail| format!("\n  {detail}")).collect();
    format!("{place}{} {}{details}", found.level.name(), one_line(found))
}
