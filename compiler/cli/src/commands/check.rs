//! `nbc check`: everything that files alone can tell, once or whenever a file changes.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::ManuallyDrop;
use std::time::Duration;

use nbc_driver::{Compiled, Host as _};
use nbc_source::{Diagnostics, FileId, Span};

use crate::arguments::{CheckArguments, Format, Global};
use crate::git::Revision;
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
    if own.watch { watch(session, own, global, io) } else { judge(&session, own, global, io).map(|(exit, _)| exit) }
}

/// Judges, and says which files were read, or would have been if they were there.
fn judge(
    session: &Session,
    own: &CheckArguments,
    global: &Global,
    io: &mut Io<'_>,
) -> Result<(Exit, BTreeSet<String>), Stop> {
    let mut analysis = session.analyse(global)?;
    let compiled = nbc_driver::compile(&mut analysis, global.stage.as_deref(), &session.as_of());
    let findings = match &own.changed {
        None => compiled.findings.clone(),
        Some(base) => in_changed_files(&compiled, &Revision::open(session.root(), base)?),
    };
    let left_out = count(compiled.findings.len() - findings.len(), "finding");
    let mut summary = Summary::of(&compiled, &findings);
    if let Some(base) = &own.changed {
        let what = format!("files that did not change since {base}");
        summary.not_judged.push((what.into(), format!("--changed leaves out {left_out} there").into()));
    }
    let exit = Report::of(session, &compiled, &findings, &summary).write(global, io)?;
    if let (Some(base), Format::Concise, false) = (&own.changed, global.format, global.quiet) {
        writeln!(io.out, "{}", line("left out", &format!("{left_out} in files that did not change since {base}")))?;
    }
    let own_files = compiled.sources.iter().filter(|(file, _)| !compiled.workspace.is_shipped(*file));
    let read = own_files.map(|(_, source)| source.path.clone());
    let read = read.chain(compiled.workspace.missing.iter().cloned()).collect();
    if own.watch {
        drop(compiled);
        drop(ManuallyDrop::into_inner(analysis)); // There is a next look.
    }
    Ok((exit, read))
}

/// The findings that stand in a file that is another than at the revision, or that point into one; and those that stand
/// nowhere.
fn in_changed_files(compiled: &Compiled<'_>, base: &Revision) -> Diagnostics {
    let mut known: BTreeMap<FileId, bool> = BTreeMap::new();
    let mut is_changed = |span: Span| {
        *known.entry(span.file).or_insert_with(|| {
            let source = compiled.sources.get(span.file).filter(|_| !compiled.workspace.is_shipped(span.file));
            source.is_some_and(|source| base.read(&source.path).as_deref() != Ok(source.text.as_bytes()))
        })
    };
    let mut kept = Diagnostics::new();
    for found in &compiled.findings {
        let mut spans = found.span.into_iter().chain(found.related.iter().map(|related| related.span));
        if found.span.is_none() || spans.any(&mut is_changed) {
            kept.push(found.clone());
        }
    }
    kept
}

/// Judges again and again, until nobody waits any longer. What stops one run does not stop the next. Each run asks what
/// day it is, and the first look of a new day is a run too.
fn watch(mut session: Session, own: &CheckArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let mut read = BTreeSet::new();
    loop {
        let seen = session.stamps(&read);
        if io.is_terminal && global.format == Format::Human {
            write!(io.out, "{CLEAR_SCREEN}")?;
        }
        let exit = match judge(&session, own, global, io) {
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
        while session.stamps(&read) == watched && !session.is_of_another_day(io) {
            if !(io.pause)(PAUSE) {
                return Ok(exit);
            }
        }
        session.renew(io);
    }
}
