//! One style for every file: a tree without mistakes becomes text.
//!
//! Tokens, comments and their order stay; what changes is spaces, line breaks, commas that may be left out, the colon of
//! `quota: { … }`, and the unit of minutes. What the author wrote over several lines stays over several lines, so that
//! formatting twice is formatting once; what stands on one line is broken where it is too long, and lists of four
//! references or of dated ones always are: adding a person to a group is then a diff of one line.
//!
//! The road is tree → [`layout`] pieces → text, a declaration at a time.

mod expressions;
mod items;
mod layout;
mod texts;
mod writer;

use nbc_source::Level;
use rowan::TextSize;

use crate::Parse;
use writer::Writer;

/// The file of a tree in the one style. `None` where the text has a mistake: nobody knows what was meant.
///
/// `minutes` are the places of quantities such as `45m` that are durations, in order: they are written `45min`. Only who
/// knows the types can tell them from thousandths of a CPU.
pub fn format(parse: &Parse, minutes: &[TextSize]) -> Option<String> {
    let has_mistakes = parse.diagnostics().iter().any(|found| found.level == Level::Error);
    (!has_mistakes).then(|| Writer::new(minutes).file(parse.green()))
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
