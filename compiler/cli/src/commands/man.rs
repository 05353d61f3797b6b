//! `nbc man`: the manual page of the whole, or of one command.

use clap::CommandFactory as _;
use nbc_source::suggest;

use crate::arguments::{Arguments, ManArguments};
use crate::{Exit, Io, Stop};

pub(super) fn run(own: &ManArguments, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let mut whole = Arguments::command();
    whole.build();
    let page = match &own.command {
        None => whole,
        Some(name) => command(&whole, name)?,
    };
    let program = format!("nbc {}", env!("CARGO_PKG_VERSION"));
    clap_mangen::Man::new(page).source(program).render(&mut io.out)?;
    Ok(Exit::Done)
}

fn command(whole: &clap::Command, name: &str) -> Result<clap::Command, Stop> {
    if let Some(found) = whole.find_subcommand(name) {
        return Ok(found.clone().display_name(format!("nbc-{name}")));
    }
    let names: Vec<&str> = whole.get_subcommands().map(clap::Command::get_name).collect();
    let near = suggest::nearest(name, names.iter().copied());
    let near = near.first().map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    Err(Stop::because(format!("there is no command `{name}`"), format!("{near}there are {}", names.join(", "))))
}
