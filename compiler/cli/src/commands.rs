//! One file for each command.

mod audit;
mod build;
mod check;
mod completions;
mod diff;
mod docs;
mod doctor;
mod eval;
mod explain;
mod fix;
mod fmt;
mod graph;
mod init;
mod lsp;
mod man;
mod prove;
mod review;
mod setup;
mod show;
mod test;
mod vendor;

use crate::arguments::{Arguments, Command};
use crate::concealed::Concealed;
use crate::{Exit, Io, Stop};

/// Runs the command that was asked for. Only the formatter hands a file back as it is, and the editor's server, which has
/// a door of its own, pieces of files; all else is what nbc says of files.
pub(crate) fn run(arguments: &Arguments, io: &mut Io<'_>) -> Result<Exit, Stop> {
    if matches!(arguments.command, Command::Fmt(_) | Command::Lsp(_)) {
        return dispatch(arguments, io);
    }
    let Io { input, out, err, is_terminal, no_color, width, now, pause } = io;
    let (is_terminal, no_color, width, now) = (*is_terminal, *no_color, *width, *now);
    let mut out = Concealed::new(&mut **out);
    let mut io = Io { input, out: &mut out, err, is_terminal, no_color, width, now, pause };
    let ended = dispatch(arguments, &mut io);
    io.out.flush()?;
    ended
}

fn dispatch(arguments: &Arguments, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let global = &arguments.global;
    match &arguments.command {
        Command::Check(own) => check::run(own, global, io),
        Command::Build(own) => build::run(own, global, io),
        Command::Init(own) => init::run(own, global, io),
        Command::Setup(own) => setup::run(own, global, io),
        Command::Show(own) => show::run(own, global, io),
        Command::Test(own) => test::run(own, global, io),
        Command::Diff(own) => diff::run(own, global, io),
        Command::Review(own) => review::run(own, global, io),
        Command::Prove(own) => prove::run(own, global, io),
        Command::Explain(own) => explain::run(own, global, io),
        Command::Audit(own) => audit::run(own, global, io),
        Command::Docs(own) => docs::run(own, global, io),
        Command::Graph(own) => graph::run(own, global, io),
        Command::Fix(own) => fix::run(own, global, io),
        Command::Fmt(own) => fmt::run(own, global, io),
        Command::Eval(own) => eval::run(own, global, io),
        Command::Completions(own) => completions::run(own, io),
        Command::Man(own) => man::run(own, io),
        Command::Doctor(own) => doctor::run(own, global, io),
        Command::Vendor(own) => vendor::run(own, global, io),
        Command::Lsp(_) => lsp::run(global, io),
    }
}
