//! `nbc completions`: what a shell offers on the Tab key.

use clap::CommandFactory as _;

use crate::arguments::{Arguments, CompletionsArguments};
use crate::{Exit, Io, Stop};

pub(super) fn run(own: &CompletionsArguments, io: &mut Io<'_>) -> Result<Exit, Stop> {
    // In memory first: the generators do not survive a reader that goes away.
    let mut script = Vec::new();
    clap_complete::generate(own.shell, &mut Arguments::command(), "nbc", &mut script);
    io.out.write_all(&script)?;
    Ok(Exit::Done)
}
