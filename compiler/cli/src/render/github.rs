//! Annotations of a GitHub workflow, as commands in its log, then the summary as plain lines.
//!
//! GitHub shows ten annotations of a level for one step; what is beyond is listed in the log and counted.

use nbc_source::{Diagnostic, Level, Span};

use super::{Report, count, details, human, one_line};

/// How many annotations of one level a step has.
const SHOWN: usize = 10;

pub(super) fn commands(report: &Report<'_>) -> String {
    let mut text = String::new();
    for level in [Level::Error, Level::Warning, Level::Note] {
        let of_level: Vec<&Diagnostic> = report.findings.iter().filter(|found| found.level == level).collect();
        for found in of_level.iter().take(SHOWN) {
            text += &format!("{}\n", command(report, found));
        }
        let rest = of_level.get(SHOWN..).unwrap_or_default();
        if !rest.is_empty() {
            text += &format!("and {} without an annotation:\n", count(rest.len(), level.name()));
        }
        for found in rest {
            let place = found.span.map_or_else(|| report.whole(), |span| place(report, span));
            text += &format!("{} {}: {}\n", level.name(), plain(&place), plain(&one_line(found)));
        }
    }
    for line in human::summary(report.summary).iter().chain(&report.wrote) {
        text += &format!("{}\n", line.split('\n').map(plain).collect::<Vec<_>>().join("\n"));
    }
    text
}

fn command(report: &Report<'_>, found: &Diagnostic) -> String {
    let name = match found.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let mut message = vec![found.message.as_str()];
    message.extend(details(found));
    let place = found.span.map_or_else(|| format!("file={}", property(&report.whole())), |span| at(report, span));
    let mut title = format!("{} {}", found.code, found.code.name);
    if !found.stages.is_empty() {
        title += &format!(" (in {})", found.stages.join(", "));
    }
    format!("::{name} {place},title={}::{}", property(&title), data(&message.join("\n")))
}

/// Columns are given within one line only: GitHub refuses them otherwise.
fn at(report: &Report<'_>, span: Span) -> String {
    let start = report.sources.line_column(span);
    let end = report.sources.line_column(Span { start: span.end, ..span });
    let file = property(&report.path(span.file));
    match start.line == end.line {
        true => format!("file={file},line={},col={},endColumn={}", start.line, start.column, end.column),
        false => format!("file={file},line={},endLine={}", start.line, end.line),
    }
}

fn place(report: &Report<'_>, span: Span) -> String {
    let at = report.sources.line_column(span);
    format!("{}:{}:{}", report.path(span.file), at.line, at.column)
}

/// The text after the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A line of the log that is no command, whatever users wrote into it.
fn plain(line: &str) -> String {
    line.replace(['\r', '\n'], " ").replace("::", ": :").replace("##[", "# #[")
}
