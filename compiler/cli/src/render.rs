//! Findings and the summary, in the format that was asked for.

mod concise;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod page;

use clap::ValueEnum as _;
use nbc_source::{Diagnostics, Sources};

use crate::arguments::{Color, Format, Global};
use crate::summary::{Summary, Verdict};
use crate::{Exit, Io, Stop};

/// A judged workspace.
pub(crate) struct Report<'r> {
    pub(crate) sources: &'r Sources,
    pub(crate) findings: &'r Diagnostics,
    pub(crate) summary: &'r Summary,
    /// What was written, as a line of its own; a build's.
    pub(crate) wrote: Option<String>,
}

impl Report<'_> {
    /// Says it.
    ///
    /// # Errors
    /// Where the stream cannot be written.
    pub(crate) fn write(&self, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
        match global.format {
            Format::Human => human::report(self, global, io)?,
            Format::Json => writeln!(io.out, "{}", json::findings(self))?,
            Format::Concise => concise::report(self, global, io)?,
            other => return Err(no_such_form(other, FORMATS)),
        }
        Ok(match self.summary.verdict {
            Verdict::Ok => Exit::Done,
            Verdict::Failed => Exit::Findings,
            Verdict::Nothing => Exit::CouldNot,
        })
    }
}

/// The forms that findings have.
const FORMATS: &[Format] = &[Format::Human, Format::Json, Format::Concise];

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

/// `348`, `1,860,000`
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
