//! `nbc check`: everything that files alone can tell, once or whenever a file changes.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::arguments::{CheckArguments, Format, Global};
use crate::render::human::line;
use crate::render::{Report, count};
use crate::session::Session;
use crate::summary::Summary;
use crate::{Exit, Io, Stop, say};

/// Between two looks at the files. Times and sizes are asked for, which works on disks over a network too.
const PAUSE: Duration = Duration::from_millis(200);
/// What makes a terminal forget the report before.
const CLEAR_SCREEN: &str = "\x1b[2J\x1b[H";

pub(super) fn run(own: &CheckArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let session = Session::open(global, own.path.as_deref(), io)?;
    if own.watch { watch(&session, global, io) } else { judge(&session, global, io).map(|(exit, _)| exit) }
}

/// Judges, and says which files were read, or would have been if they were there.
fn judge(session: &Session, global: &Global, io: &mut Io<'_>) -> Result<(Exit, BTreeSet<String>), Stop> {
    let mut analysis = session.analyse(global)?;
    let compiled = nbc_driver::compile(&mut analysis, global.stage.as_deref(), &session.as_of());
    let summary = Summary::of(&compiled, &compiled.findings);
    let exit = Report::of(session, &compiled, &compiled.findings, &summary).write(global, io)?;
    let own_files = compiled.sources.iter().filter(|(file, _)| !compiled.workspace.is_shipped(*file));
    let read = own_files.map(|(_, source)| source.path.clone());
    Ok((exit, read.chain(compiled.workspace.missing.iter().cloned()).collect()))
}

/// Judges again and again, until nobody waits any longer. What stops one run does not stop the next.
fn watch(session: &Session, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let mut read = BTreeSet::new();
    loop {
        let seen = session.stamps(&read);
        if io.is_terminal && global.format == Format::Human {
            write!(io.out, "{CLEAR_SCREEN}")?;
        }
        let exit = match judge(session, global, io) {
            Ok((exit, files)) => {
                read = files;
                exit
            }
            Err(Stop::Gone) => return Err(Stop::Gone),
            Err(stop) => say(stop, io),
        };
        // A file that is named for the first time is watched from now on; the others, from before they were read.
        let mut watched = session.stamps(&read);
        watched.iter_mut().for_each(|(path, stamp)| *stamp = seen.get(path).copied().unwrap_or(*stamp));
        if global.format == Format::Human && !global.quiet {
            writeln!(io.out, "{}", line("watching", &format!("{}; Ctrl-C ends", count(watched.len(), "file"))))?;
        }
        io.out.flush()?;
        while session.stamps(&read) == watched {
            if !(io.pause)(PAUSE) {
                return Ok(exit);
            }
        }
    }
}
