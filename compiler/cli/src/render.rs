//! Findings and the summary, in the format that was asked for.

mod concise;
pub(crate) mod difference;
mod fingerprint;
mod github;
mod gitlab;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod junit;
mod md;
pub(crate) mod page;
pub(crate) mod proof;
pub(crate) mod review;
mod sarif;
pub(crate) mod table;
pub(crate) mod tests;
pub(crate) mod xlsx;

use std::io::{self, Write};

use clap::ValueEnum as _;
use nbc_driver::{Compiled, Workspace};
use nbc_model::expression::Waiver;
pub(crate) use nbc_platform::money::thousands;
use nbc_source::{Diagnostic, Diagnostics, FileId, Sources};

use crate::arguments::{Color, Format, Global};
use crate::session::Session;
use crate::summary::{Summary, Verdict};
use crate::{Exit, Io, Stop};

/// A judged workspace.
pub(crate) struct Report<'r> {
    pub(crate) workspace: &'r Workspace,
    pub(crate) sources: &'r Sources,
    pub(crate) findings: &'r Diagnostics,
    pub(crate) summary: &'r Summary,
    /// What waivers excuse; a finding that several stages share once.
    pub(crate) excused: Vec<Excused<'r>>,
    /// What stands before a path, so that a forge finds the file in its checkout; empty or ending in `/`.
    pub(crate) folder: String,
    /// What was written, as a line of its own; a build's.
    pub(crate) wrote: Option<String>,
}

/// A finding that a waiver excuses.
pub(crate) struct Excused<'r> {
    pub(crate) found: &'r Diagnostic,
    pub(crate) waiver: &'r Waiver,
}

/// The forms that findings have.
const FORMATS: &[Format] = &[
    Format::Human,
    Format::Json,
    Format::Concise,
    Format::Sarif,
    Format::Junit,
    Format::Github,
    Format::Gitlab,
    Format::Md,
];

impl<'r> Report<'r> {
    /// `findings` are those of the compilation and of whatever followed it.
    pub(crate) fn of(
        session: &Session,
        compiled: &'r Compiled<'r>,
        findings: &'r Diagnostics,
        summary: &'r Summary,
    ) -> Report<'r> {
        let (workspace, sources) = (compiled.workspace, compiled.sources);
        let (excused, folder) = (excused(compiled), session.folder());
        Report { workspace, sources, findings, summary, excused, folder, wrote: None }
    }

    /// Says it.
    ///
    /// # Errors
    /// Where the stream cannot be written.
    pub(crate) fn write(&self, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
        match global.format {
            Format::Human => human::report(self, global, io)?,
            Format::Json => writeln!(io.out, "{}", json::value(self))?,
            Format::Concise => concise::report(self, global, io)?,
            Format::Sarif => writeln!(io.out, "{}", sarif::log(self))?,
            Format::Junit => writeln!(io.out, "{}", junit::findings(self)?.trim_end())?,
            Format::Github => write!(io.out, "{}", github::commands(self))?,
            Format::Gitlab => {
                writeln!(io.out, "{}", gitlab::issues(self))?;
                // The report has no room for what was judged.
                self.summarise(io.err)?;
            }
            Format::Md => write!(io.out, "{}", md::page(self))?,
            other => return Err(no_such_form(other, FORMATS)),
        }
        Ok(match self.summary.verdict {
            Verdict::Ok => Exit::Done,
            Verdict::Failed => Exit::Findings,
            Verdict::Nothing => Exit::CouldNot,
        })
    }

    /// The path under which a forge knows the file; what nbc brings has none there and keeps its own.
    fn path(&self, file: FileId) -> String {
        let path = self.sources.path(file);
        if self.workspace.is_shipped(file) { path.to_owned() } else { format!("{}{path}", self.folder) }
    }

    /// The file that stands for the workspace as a whole.
    fn whole(&self) -> String {
        format!("{}nbc.toml", self.folder)
    }

    fn summarise(&self, out: &mut dyn Write) -> io::Result<()> {
        for line in human::summary(self.summary).iter().chain(&self.wrote) {
            writeln!(out, "{line}")?;
        }
        Ok(())
    }
}

fn excused<'r>(compiled: &'r Compiled<'r>) -> Vec<Excused<'r>> {
    let mut all: Vec<Excused<'r>> = Vec::new();
    for waived in compiled.stages.iter().flat_map(|stage| stage.waived()) {
        let found = &waived.diagnostic;
        let is_known = all.iter().any(|known| known.found.span == found.span && known.found.message == found.message);
        if let (false, Some(waiver)) = (is_known, compiled.model.waivers.get(waived.waiver)) {
            all.push(Excused { found, waiver });
        }
    }
    all
}

/// A finding without its page: `NBC0203 unknown-name: there is no user `dena` (in prod)`.
fn one_line(found: &Diagnostic) -> String {
    let stages = if found.stages.is_empty() { String::new() } else { format!(" (in {})", found.stages.join(", ")) };
    format!("{} {}: {}{stages}", found.code, found.code.name, found.message)
}

/// What stands beside the message: the label, then the ways out.
fn details(found: &Diagnostic) -> Vec<&str> {
    let label = Some(found.label.as_str()).filter(|label| !label.is_empty());
    label.into_iter().chain(found.help.iter().map(String::as_str)).collect()
}

/// A form was asked for that the command does not have, beside those that it has.
pub(crate) fn no_such_form(wanted: Format, has: &[Format]) -> Stop {
    let name =
        |format: &Format| format.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
    let all: Vec<String> = has.iter().map(name).collect();
    Stop::because(format!("this has no form `{}`", name(&wanted)), format!("choose --format {}", all.join(", ")))
}

/// Whether colours help: never in a file, never where the reader does not want them.
pub(crate) fn is_colored(global: &Global, io: &Io<'_>) -> bool {
    match global.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => io.is_terminal && !io.no_color,
    }
}

/// `1 error`, `2 errors`
pub(crate) fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {one}s", thousands(number as u64)) }
}
