//! What `nbc test` says: each expectation with what decided it, then what no test would notice.

use nbc_driver::coverage::Covered;
use nbc_driver::tests::{Answered, Because, Outcome, Tested};
use nbc_source::Span;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus};
use serde_json::{Value, json};

use super::human::line;
use super::table::{cut, with_place};
use super::{Report, count, json as findings, junit};
use crate::Stop;
use crate::arguments::Format;
use crate::summary::Verdict;

/// The forms that tests have.
pub(crate) const FORMATS: &[Format] =
    &[Format::Human, Format::Json, Format::Junit, Format::Sarif, Format::Github, Format::Gitlab, Format::Md];

/// Columns of lines that no terminal shows.
const WIDE: usize = 200;

/// Tests after their run; the findings of the report are theirs.
pub(crate) struct Tests<'t> {
    pub(crate) report: &'t Report<'t>,
    pub(crate) tests: &'t [&'t Tested],
    /// What was asked for with `--coverage`.
    pub(crate) covered: Option<&'t [Covered]>,
}

impl Tests<'_> {
    fn place(&self, span: Option<Span>) -> String {
        span.map_or_else(String::new, |span| self.report.sources.line_place(span))
    }
}

/// For a person; with `quiet`, what fails alone.
pub(crate) fn text(told: &Tests<'_>, width: usize, quiet: bool) -> String {
    let mut lines: Vec<String> = Vec::new();
    for test in told.tests.iter().filter(|test| !quiet || !test.passes()) {
        lines.extend(one(told, test, width));
    }
    if let Some(covered) = told.covered {
        lines.extend(unnoticed(told, covered, width));
    }
    if !quiet {
        lines.push(verdict(told));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn one(told: &Tests<'_>, test: &Tested, width: usize) -> Vec<String> {
    let word = match (test.passes(), test.expectations.is_empty()) {
        (false, _) => "failed",
        (true, true) => "nothing",
        (true, false) => "ok",
    };
    let mut lines = vec![with_place(&line(word, &test.name), &told.place(Some(test.span)), width)];
    for answered in &test.expectations {
        let (word, place) = match &answered.outcome {
            Outcome::Holds => ("  holds", None),
            Outcome::Fails(_) => ("  fails", Some(answered.span)),
            Outcome::NotJudged => ("  not", Some(answered.span)),
        };
        lines.push(with_place(&line(word, &squeezed(&answered.text)), &told.place(place), width));
        if let Outcome::Fails(instead) = &answered.outcome {
            lines.push(cut(&line("", &format!("but {instead}")), width));
        }
        if let Some(Because { text, span }) = &answered.decided {
            lines.push(with_place(&line("", text), &told.place(*span), width));
        }
    }
    let of_layer = test.findings.iter().filter(|found| !is_expectation(test, found.span));
    lines.extend(of_layer.map(|found| with_place(&line("  error", &found.message), &told.place(found.span), width)));
    lines
}

fn is_expectation(test: &Tested, span: Option<Span>) -> bool {
    let within =
        |outer: Span, inner: Span| outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end;
    span.is_some_and(|span| test.expectations.iter().any(|answered| within(answered.span, span)))
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn verdict(told: &Tests<'_>) -> String {
    let summary = told.report.summary;
    let passing = told.tests.iter().filter(|test| test.passes()).count();
    let answers = told.tests.iter().flat_map(|test| &test.expectations);
    let holding = answers.filter(|answered| answered.outcome == Outcome::Holds).count();
    let day = summary.as_of.map_or_else(String::new, |day| format!(", as of {day}"));
    match summary.verdict {
        Verdict::Nothing => line("nothing", "there is no test here, so nothing was judged"),
        Verdict::Ok | Verdict::Failed => {
            let word = if summary.verdict == Verdict::Ok { "ok" } else { "failed" };
            let (tests, expectations) = (count(told.tests.len(), "test"), count(summary.expectations, "expectation"));
            line(word, &format!("{passing} of {tests} pass, {holding} of {expectations} hold{day}"))
        }
    }
}

/// What could be taken out without a test that fails.
fn unnoticed(told: &Tests<'_>, covered: &[Covered], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = covered
        .iter()
        .filter(|row| !row.noticed)
        .map(|row| {
            let text = match &row.condition {
                None => format!("no test would notice if {} were gone", row.name),
                Some(condition) => format!("{}: no test would notice without `{condition}`", row.name),
            };
            with_place(&line("untested", &text), &told.place(Some(row.span)), width)
        })
        .collect();
    let number = |whole: bool| {
        let of: Vec<&Covered> = covered.iter().filter(|row| row.condition.is_none() == whole).collect();
        (of.iter().filter(|row| row.noticed).count(), of.len())
    };
    let ((rules, all_rules), (conditions, all_conditions)) = (number(true), number(false));
    let conditions = format!("{conditions} of {}", count(all_conditions, "condition"));
    lines.push(line("noticed", &format!("{rules} of {all_rules} rules and policies of yours, {conditions}")));
    lines.push(line("not", "packs (their cases come with them)"));
    lines
}

/// The findings of the tests, with the tests beside them.
pub(crate) fn json(told: &Tests<'_>) -> Value {
    let mut page = findings::value(told.report);
    if let Some(fields) = page.as_object_mut() {
        fields.insert("tests".to_owned(), told.tests.iter().map(|test| test_json(told, test)).collect());
        if let Some(covered) = told.covered {
            fields.insert("coverage".to_owned(), covered.iter().map(|row| covered_json(told, row)).collect());
        }
    }
    page
}

fn test_json(told: &Tests<'_>, test: &Tested) -> Value {
    let sources = told.report.sources;
    let expectation = |answered: &Answered| {
        let (outcome, instead) = match &answered.outcome {
            Outcome::Holds => ("holds", None),
            Outcome::Fails(instead) => ("fails", Some(instead)),
            Outcome::NotJudged => ("not-judged", None),
        };
        let because = answered.decided.as_ref().map(
            |because| json!({"text": because.text, "place": because.span.map(|span| findings::place(sources, span))}),
        );
        json!({
            "text": answered.text,
            "place": findings::place(sources, answered.span),
            "outcome": outcome,
            "instead": instead,
            "because": because,
        })
    };
    json!({
        "name": test.name,
        "passes": test.passes(),
        "place": findings::place(sources, test.span),
        "expectations": test.expectations.iter().map(expectation).collect::<Value>(),
    })
}

fn covered_json(told: &Tests<'_>, row: &Covered) -> Value {
    json!({
        "name": row.name,
        "condition": row.condition,
        "noticed": row.noticed,
        "place": findings::place(told.report.sources, row.span),
    })
}

/// A test case for each test.
///
/// # Errors
/// Where the XML cannot be written, which is a mistake of nbc.
pub(crate) fn junit(told: &Tests<'_>) -> Result<String, Stop> {
    let mut suite = junit::suite("nbc test", told.report.summary);
    for test in told.tests {
        suite.add_test_case(case(told, test));
    }
    if told.report.summary.verdict == Verdict::Nothing {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(verdict(told));
        suite.add_test_case(TestCase::new("judged", status));
    }
    junit::text(suite)
}

fn case(told: &Tests<'_>, test: &Tested) -> TestCase {
    let lines = one(told, test, WIDE).split_off(1).join("\n");
    let status = match test.findings.iter().next() {
        None => TestCaseStatus::success(),
        Some(first) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(first.message.as_str()).set_type(first.code.name).set_description(lines.as_str());
            status
        }
    };
    let mut case = TestCase::new(test.name.as_str(), status);
    let file = told.report.path(test.span.file);
    case.set_classname(file.as_str()).set_assertions(test.expectations.len());
    case.extra.insert("file".into(), file.into());
    case.extra.insert("line".into(), told.report.sources.line_column(test.span).line.to_string().into());
    if test.passes() {
        case.set_system_out(lines);
    }
    case
}
