//! `nbc fmt`: files in the one style. A file with mistakes is named and left alone; the others are written.

mod places;

use nbc_driver::style::{Styled, style};
use nbc_driver::{Analysis, Disk, Memory, Scope};
use nbc_model::value::Date;
use nbc_source::{Diagnostic, Level, Sources};

use crate::arguments::{FmtArguments, Format, Global};
use crate::output::{self, difference};
use crate::render::human::line;
use crate::render::{count, no_such_form};
use crate::{Exit, Io, Stop};
use places::{Place, places};

/// A text from standard input, where a path is expected.
const STANDARD_INPUT: &str = "-";
/// How messages call it.
const STANDARD_INPUT_FILE: &str = "stdin.nbc";

pub(super) fn run(own: &FmtArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    if !matches!(global.format, Format::Human | Format::Concise) {
        return Err(no_such_form(global.format, &[Format::Human, Format::Concise]));
    }
    match own.paths.as_slice() {
        [only] if only.as_os_str() == STANDARD_INPUT => standard_input(own, io),
        _ => files(own, global, io),
    }
}

fn files(own: &FmtArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let mut tally = Tally::default();
    for place in places(own, global)? {
        let analysis = analyse(&place)?;
        for styled in style(&analysis).into_iter().filter(|styled| place.holds(styled.path)) {
            let Some(after) = &styled.after else { continue };
            tally.files += 1;
            if after == styled.before {
                continue;
            }
            tally.other += 1;
            let shown = place.shown(styled.path);
            if own.diff {
                write!(io.out, "{}", difference(&shown, styled.before, after))?;
            } else if own.check {
                writeln!(io.out, "{}", line("differs", &shown))?;
            } else {
                output::rewrite(&place.root.join(styled.path), after)?;
                writeln!(io.out, "{}", line("wrote", &shown))?;
            }
        }
        tally.left_alone += left_alone(&place, &analysis, io)?;
    }
    tally.end(own, global, io)
}

/// What was done, in numbers.
#[derive(Default)]
struct Tally {
    files: usize,
    /// Files that are, or were, not in the style.
    other: usize,
    /// Files that could not be read or have mistakes.
    left_alone: usize,
}

impl Tally {
    fn end(&self, own: &FmtArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
        if self.files + self.left_alone == 0 {
            return Err(Stop::because("there is no .nbc file here", "name a file, or a folder of a workspace"));
        }
        let fails = self.left_alone > 0 || (own.check && self.other > 0);
        let is_said = !own.diff || self.left_alone > 0;
        if is_said && !global.quiet {
            writeln!(io.out, "{}", line(if fails { "failed" } else { "ok" }, &self.sentence(own)))?;
        }
        Ok(if fails { Exit::Findings } else { Exit::Done })
    }

    fn sentence(&self, own: &FmtArguments) -> String {
        let files = count(self.files, "file");
        let mut text = match (self.other, own.check || own.diff) {
            (0, _) => format!("{files} in the one style"),
            (other, true) => format!("{other} of {files} would change"),
            (other, false) => format!("{other} of {files} changed"),
        };
        if self.left_alone > 0 {
            text += &format!("; {} with mistakes left alone, `nbc check` shows them", count(self.left_alone, "file"));
        }
        text
    }
}

/// Names the files that are not formatted, each with its first mistake, and counts them.
fn left_alone(place: &Place, analysis: &Analysis, io: &mut Io<'_>) -> Result<usize, Stop> {
    let sources = analysis.sources();
    let mut last = None;
    let mut files = 0;
    for found in analysis.workspace.findings.iter().filter(|found| found.level == Level::Error) {
        let Some(span) = found.span.filter(|span| place.holds(sources.path(span.file))) else { continue };
        if last.replace(span.file) != Some(span.file) {
            files += 1;
            writeln!(io.out, "{}", line("mistake", &place.shown(&first_mistake(sources, found))))?;
        }
    }
    Ok(files)
}

fn first_mistake(sources: &Sources, found: &Diagnostic) -> String {
    let at = found.span.map_or_else(String::new, |span| format!("{}: ", sources.place(span)));
    format!("{at}{}", found.message)
}

/// Phases 1 to 9: which quantities are durations is known to the types alone.
fn analyse(place: &Place) -> Result<Analysis, Stop> {
    let scope = place.file.as_deref().map_or(Scope::Folder, Scope::File);
    let analysis = nbc_driver::analyse(&Disk::new(&place.root), scope, &|_| Date(0));
    // Without its settings nobody knows what belongs to the workspace.
    let settings = nbc_driver::config::FILE;
    let of_settings =
        |found: &&Diagnostic| found.span.is_none_or(|span| analysis.sources().path(span.file) == settings);
    match analysis.workspace.findings.iter().find(of_settings) {
        Some(found) => {
            Err(Stop::because(first_mistake(analysis.sources(), found), "correct it first: it says which files count"))
        }
        None => Ok(analysis),
    }
}

fn standard_input(own: &FmtArguments, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let mut bytes = Vec::new();
    io.input.read_to_end(&mut bytes)?;
    let host = Memory::new().with(STANDARD_INPUT_FILE, bytes);
    let analysis = nbc_driver::analyse(&host, Scope::File(STANDARD_INPUT_FILE), &|_| Date(0));
    if let Some(found) = analysis.workspace.findings.iter().find(|found| found.level == Level::Error) {
        writeln!(io.err, "{}", line("mistake", &first_mistake(analysis.sources(), found)))?;
        return Ok(Exit::Findings);
    }
    for Styled { before, after, .. } in style(&analysis) {
        let after = after.unwrap_or_default();
        let is_other = after != before;
        if own.diff {
            write!(io.out, "{}", difference(STANDARD_INPUT_FILE, before, &after))?;
        } else if !own.check {
            write!(io.out, "{after}")?;
        }
        if own.check && is_other {
            return Ok(Exit::Findings);
        }
    }
    Ok(Exit::Done)
}
