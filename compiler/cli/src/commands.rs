//! One file for each command.

mod build;
mod check;

use crate::arguments::{Arguments, Command};
use crate::{Exit, Io, Stop};

pub(crate) fn run(arguments: &Arguments, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let global = &arguments.global;
    match &arguments.command {
        Command::Check(own) => check::run(own, global, io),
        Command::Build(own) => build::run(own, global, io),
    }
}
