//! What a person reads: each finding with its line, then the verdict, what was judged, what was not, and what is next.
//!
//! Colour repeats what words say. Lines fit the terminal; in a file they have 100 columns.

use std::borrow::Cow;
use std::fmt;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, Severity, SourceCode,
    SourceSpan, SpanContents,
};
use nbc_source::{Diagnostic, Diagnostics, FileKind, Level, SourceFile, Sources, Span, secrets};
use textwrap::{Options, WordSplitter};

use super::{Report, count, is_colored, thousands};
use crate::arguments::Global;
use crate::summary::{Decided, Summary, Verdict};
use crate::{Io, Stop};

/// Columns of a line where no terminal says how many there are.
const COLUMNS: usize = 100;
/// Below the words that begin the lines of a summary.
const INDENT: &str = "         ";

/// Findings that are shown in full; a misspelt name in a list of 5,000 people should not fill the screen for an hour.
const SHOWN: usize = 100;

pub(super) fn report(report: &Report<'_>, global: &Global, io: &mut Io<'_>) -> Result<(), Stop> {
    findings(report.sources, report.findings, global, io)?;
    if global.quiet {
        return Ok(());
    }
    let width = Options::new(io.width.unwrap_or(COLUMNS))
        .subsequent_indent(INDENT)
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation);
    for line in summary(report.summary).iter().chain(&report.wrote).flat_map(|text| text.lines()) {
        writeln!(io.out, "{}", textwrap::fill(line, &width))?;
    }
    Ok(())
}

/// Each finding with its line.
pub(crate) fn findings(
    sources: &Sources,
    findings: &Diagnostics,
    global: &Global,
    io: &mut Io<'_>,
) -> Result<(), Stop> {
    let printer = Printer::new(sources, is_colored(global, io), io.width);
    for found in findings.iter().take(SHOWN) {
        writeln!(io.out, "{}", printer.finding(found))?;
    }
    if let Some(more) = findings.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        writeln!(io.out, "and {}; `--format concise` lists all", count(more, "more finding"))?;
    }
    Ok(())
}

/// The first line of the summary.
pub(crate) fn verdict(summary: &Summary) -> String {
    let of = summary.title.as_ref().map_or_else(String::new, |title| format!("{title}, "));
    let day = summary.as_of.map_or_else(String::new, |day| format!("as of {day}"));
    let found = [(summary.errors, "error"), (summary.warnings, "warning"), (summary.notes, "note")];
    let counts: Vec<String> =
        found.iter().filter(|(number, _)| *number > 0).map(|(number, word)| count(*number, word)).collect();
    let counts = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
    match summary.verdict {
        Verdict::Ok => line("ok", &format!("{of}{day}{counts}")),
        Verdict::Failed => line("failed", &format!("{of}{day}{counts}")),
        Verdict::Nothing => line("nothing", "there is no declaration here, so nothing was judged"),
    }
}

/// The verdict, what was judged, what was not, and what is next, a line each.
pub(crate) fn summary(summary: &Summary) -> Vec<String> {
    let mut lines = vec![verdict(summary)];
    if summary.verdict == Verdict::Nothing {
        return lines;
    }
    for decided in &summary.decided {
        lines.push(line("judged", &decisions(decided)));
    }
    let first = if summary.decided.is_empty() { "judged" } else { "" };
    let mut parts = vec![count(summary.files, "file"), count(summary.declarations, "declaration")];
    if !summary.decided.is_empty() {
        parts.push(count(summary.packs, "pack"));
        parts.push(format!("{} of yours", count(summary.rules, "rule")));
        parts.push(count(summary.expectations, "test expectation"));
    }
    if summary.waived > 0 {
        parts.push(format!("{} excused by waivers", count(summary.waived, "finding")));
    }
    lines.push(line(first, &parts.join(" · ")));
    let not: Vec<String> = summary.not_judged.iter().map(|(what, why)| format!("{what} ({why})")).collect();
    lines.push(line("not", &not.join(" · ")));
    if let Some((date, what)) = &summary.next {
        lines.push(line("next", &format!("{date}  {what}")));
    }
    lines
}

/// `12 people × 29 things one can do = 348 decisions, 118 allowed`
fn decisions(decided: &Decided) -> String {
    let stage = decided.stage.as_ref().map_or_else(String::new, |stage| format!("{stage}: "));
    let people = match decided.people {
        1 => "1 person".to_owned(),
        several => format!("{} people", thousands(several as u64)),
    };
    let (all, allowed) = (thousands(decided.decisions), thousands(decided.allowed));
    if decided.decisions == 0 {
        return format!("{stage}{people}, so there is nothing to decide");
    }
    match decided.decisions.checked_div(decided.people as u64) {
        Some(things) if things * decided.people as u64 == decided.decisions => {
            format!("{stage}{people} × {} things one can do = {all} decisions, {allowed} allowed", thousands(things))
        }
        _ => format!("{stage}{people}, and services: {all} decisions, {allowed} allowed"),
    }
}

/// A line of the summary: a word in the first nine columns, then what it is about.
pub(crate) fn line(word: &str, text: &str) -> String {
    format!("{word:<9}{text}").trim_end().to_owned()
}

struct Printer<'s> {
    sources: &'s Sources,
    handler: GraphicalReportHandler,
}

impl<'s> Printer<'s> {
    fn new(sources: &'s Sources, is_colored: bool, width: Option<usize>) -> Printer<'s> {
        let theme = if is_colored { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(width.unwrap_or(COLUMNS).clamp(40, 160))
            .with_context_lines(1)
            .with_links(false);
        Printer { sources, handler }
    }

    fn finding(&self, found: &Diagnostic) -> String {
        let shown = Shown { found, sources: self.sources, text: self.text(found) };
        let mut text = String::new();
        match self.handler.render_report(&mut text, &shown) {
            Ok(()) => text.trim_end().to_owned() + "\n",
            Err(fmt::Error) => format!("{shown}\n"),
        }
    }

    /// The file that is shown; none where there is no text to show.
    fn text(&self, found: &Diagnostic) -> Option<Text<'s>> {
        let span = found.span?;
        let file = self.sources.get(span.file).filter(|file| !file.text.is_empty())?;
        Some(Text::around(file, span))
    }
}

/// The ways out, and by which command the correction is written, beside the line that says it.
fn ways_out(found: &Diagnostic) -> Vec<String> {
    let mut lines = found.help.clone();
    let Some(fix) = &found.fix else { return lines };
    let command = if fix.safe { "nbc fix" } else { "nbc fix --unsafe" };
    let written = fix.edits.first().map(|edit| edit.text.trim()).filter(|text| text.len() > 1);
    let says_it = |line: &&mut String| **line == fix.title || written.is_some_and(|text| line.contains(text));
    match lines.iter_mut().find(says_it) {
        Some(line) => line.push_str(&format!("  ({command})")),
        None => lines.push(format!("{}  ({command})", fix.title)),
    }
    lines
}

/// A finding as miette sees it.
struct Shown<'s> {
    found: &'s Diagnostic,
    sources: &'s Sources,
    text: Option<Text<'s>>,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Diagnostic { code, level, message, stages, .. } = self.found;
        write!(f, "{}[{code}] {}: {message}", level.name(), code.name)?;
        if !stages.is_empty() {
            write!(f, " (in {})", stages.join(", "))?;
        }
        if let (None, Some(span)) = (&self.text, self.found.span) {
            write!(f, "\n{}", self.sources.path(span.file))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn severity(&self) -> Option<Severity> {
        Some(match self.found.level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Note => Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.text.as_ref().map(|text| text as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.found.span?;
        let label = Some(self.found.label.clone()).filter(|label| !label.is_empty());
        let mut labels = vec![LabeledSpan::new_primary_with_span(label, range(span))];
        let beside = self.found.related.iter().filter(|related| self.is_beside(span, related.span));
        labels.extend(
            beside.map(|related| LabeledSpan::new_with_span(Some(related.message.clone()), range(related.span))),
        );
        Some(Box::new(labels.into_iter()))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let mut lines: Vec<String> = Vec::new();
        for related in &self.found.related {
            if !self.found.span.is_some_and(|span| self.is_beside(span, related.span)) {
                lines.push(format!("{}  {}", self.sources.line_place(related.span), related.message));
            }
        }
        lines.extend(ways_out(self.found));
        (!lines.is_empty()).then(|| Box::new(lines.join("\n")) as Box<dyn fmt::Display>)
    }
}

impl Shown<'_> {
    /// Near enough to be shown in the same excerpt.
    fn is_beside(&self, span: Span, other: Span) -> bool {
        let line = |span: Span| self.sources.line_column(span).line;
        span.file == other.file && span != other && line(span).abs_diff(line(other)) <= 12
    }
}

fn range(span: Span) -> SourceSpan {
    (span.start as usize, span.len() as usize).into()
}

/// A file of which only the lines in question are touched.
struct Text<'s> {
    file: &'s SourceFile,
    /// Where the lines begin that may be shown.
    start: usize,
    /// These lines with secrets masked, every byte in its place.
    shown: Cow<'s, str>,
}

impl<'s> Text<'s> {
    /// The lines around a place, with room for what is [beside](Shown::is_beside) it.
    fn around(file: &'s SourceFile, span: Span) -> Text<'s> {
        const ROOM: usize = 16;
        let (from, to) = (span.start as usize, span.end as usize);
        let above = file.text.get(..from).unwrap_or_default();
        let below = file.text.get(to..).unwrap_or_default();
        let start = above.rmatch_indices('\n').nth(ROOM).map_or(0, |(at, _)| at + 1);
        let end = below.match_indices('\n').nth(ROOM).map_or(file.text.len(), |(at, _)| to + at);
        let lines = file.text.get(start..end).unwrap_or_default();
        Text { file, start, shown: secrets::conceal_named(lines, file.kind != FileKind::Nbc) }
    }
}

impl SourceCode for Text<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text: &str = &self.file.text;
        let (from, to) = (span.offset(), span.offset() + span.len());
        let (Some(head), Some(tail)) = (text.get(..from), text.get(to..)) else {
            return Err(MietteError::OutOfBounds);
        };
        let line_start = head.rfind('\n').map_or(0, |at| at + 1);
        let mut start = line_start;
        for _ in 0..before {
            let above = text.get(..start.saturating_sub(1)).filter(|_| start > 0);
            start = above.map_or(start, |above| above.rfind('\n').map_or(0, |at| at + 1));
        }
        let mut end = to + tail.find('\n').unwrap_or(tail.len());
        for _ in 0..after {
            let below = text.get(end + 1..);
            end = below.map_or(end, |below| end + 1 + below.find('\n').unwrap_or(below.len()));
        }
        // Without context the excerpt starts at the place itself: miette asks for the place's own line and column so.
        let (start, column) = if before == 0 {
            (from, text.get(line_start..from).map_or(0, |text| text.chars().count()))
        } else {
            (start, 0)
        };
        let line = self.file.line_column(start as u32).line as usize - 1;
        let shown = start.checked_sub(self.start).and_then(|from| self.shown.get(from..end - self.start));
        let excerpt = shown.ok_or(MietteError::OutOfBounds)?;
        let lines = excerpt.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let span = (start, excerpt.len()).into();
        let name = self.file.path.clone();
        Ok(Box::new(MietteSpanContents::new_named(name, excerpt.as_bytes(), span, line, column, lines)))
    }
}
