//! Markdown for a comment: the verdict first, then findings as a table (errors first), then what was judged, folded.
//!
//! A comment holds 65,536 characters; what does not fit is counted and named.

use nbc_source::{Diagnostic, Level, markdown};

use super::table::shortened;
use super::{Report, count, details, human};
use crate::summary::Verdict;

/// Characters of a page; the rest of a comment is its owner's.
const LONGEST: usize = 60_000;
/// What is kept free for the lines below the table.
const BELOW: usize = 6_000;

pub(super) fn page(report: &Report<'_>) -> String {
    let mut text = format!("{}\n", verdict(report));
    let mut findings: Vec<&Diagnostic> = report.findings.iter().collect();
    findings.sort_by_key(|found| found.level);
    let rows: Vec<String> = findings.iter().map(|found| row(report, found)).collect();
    let mut size = text.chars().count();
    let fits = rows
        .iter()
        .take_while(|row| {
            size += row.chars().count();
            size < LONGEST - BELOW
        })
        .count();
    if fits > 0 {
        text += "\n| | where | what |\n|---|---|---|\n";
    }
    text.extend(rows.iter().take(fits).map(String::as_str));
    if fits < rows.len() {
        let more = count(rows.len() - fits, "more finding");
        text += &format!("\nand {more}; `nbc check --format concise` lists all\n");
    }
    text += &format!("\n<details><summary>{}</summary>\n\n", folded(report));
    let lines = human::summary(report.summary);
    for line in lines.iter().skip(1).chain(&report.wrote) {
        let line = squeezed(line).replacen("not ", "not judged: ", usize::from(line.starts_with("not ")));
        text += &format!("- {}\n", markdown::escape(&shortened(&line, 600)));
    }
    for excused in report.excused.iter().take(10) {
        text +=
            &format!("- waived: {} ({})\n", prose(&excused.found.message), markdown::escape(&excused.waiver.because));
    }
    text + "\n</details>\n"
}

fn verdict(report: &Report<'_>) -> String {
    let word = match report.summary.verdict {
        Verdict::Ok => "ok",
        Verdict::Failed => "failed",
        Verdict::Nothing => "nothing was judged",
    };
    let line = human::verdict(report.summary);
    let rest = line.split_once(' ').map_or("", |(_, rest)| rest).trim();
    format!("**nbc: {word}** · {}", markdown::escape(rest))
}

fn folded(report: &Report<'_>) -> String {
    match report.excused.len() {
        0 => "What was judged, and what was not".to_owned(),
        several => format!("What was judged, and what was not · {} excused by waivers", count(several, "finding")),
    }
}

fn row(report: &Report<'_>, found: &Diagnostic) -> String {
    let place = match found.span {
        None => report.whole(),
        Some(span) => {
            let at = report.sources.line_column(span);
            format!("{}:{}:{}", report.path(span.file), at.line, at.column)
        }
    };
    let mark = match found.level {
        Level::Error => "**error**",
        Level::Warning => "warning",
        Level::Note => "note",
    };
    let stages = if found.stages.is_empty() { String::new() } else { format!(" (in {})", found.stages.join(", ")) };
    let mut what =
        format!("{} {}: {}{}", found.code, found.code.name, prose(&found.message), markdown::escape(&stages));
    for detail in details(found) {
        what += &format!("<br>{}", prose(detail));
    }
    format!("| {mark} | {} | {what} |\n", markdown::code(&place))
}

/// A message: what it has in backticks is what somebody wrote and becomes code, the rest is shown as it is.
fn prose(message: &str) -> String {
    let message = shortened(message, 1_000);
    let parts: Vec<&str> = message.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return markdown::escape(&message);
    }
    let show = |(at, part): (usize, &&str)| match (at.is_multiple_of(2), part.is_empty()) {
        (_, true) => String::new(),
        (true, false) => markdown::escape(part),
        (false, false) => markdown::code(part),
    };
    parts.iter().enumerate().map(show).collect()
}

/// The columns of a terminal become single spaces.
fn squeezed(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
