//! The command line: arguments in, one report out. `run` is the whole of it, so that tests need no process.
//!
//! Each command is a file in `commands`; what a person or a program reads is made in `render`; files are written by
//! `output` alone. Standard output carries what was asked for, standard error what went wrong with the asking.

mod arguments;
mod commands;
mod concealed;
mod git;
mod output;
mod pages;
mod render;
mod session;
mod summary;
pub mod views;

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::time::Duration;

use clap::{CommandFactory as _, FromArgMatches as _};

pub use arguments::{Arguments, Color, Format};

/// How a run ended, as CI reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing is wrong.
    Done,
    /// There are errors, a difference, or an `--expect` that is not met.
    Findings,
    /// Usage, files that cannot be read, nothing to judge, a mistake of nbc.
    CouldNot,
    /// A gate holds a change back.
    Refused,
}

impl Exit {
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Findings => 1,
            Exit::CouldNot => 2,
            Exit::Refused => 3,
        }
    }
}

/// The world outside: three streams, the clock, and what the terminal is like.
pub struct Io<'a> {
    pub input: &'a mut dyn Read,
    pub out: &'a mut dyn Write,
    pub err: &'a mut dyn Write,
    pub is_terminal: bool,
    /// `NO_COLOR` is set.
    pub no_color: bool,
    /// Columns of the terminal, or `COLUMNS` where it is set.
    pub width: Option<usize>,
    pub now: &'a dyn Fn() -> jiff::Timestamp,
    /// Lets time pass; `false` when nobody waits any longer.
    pub pause: &'a mut dyn FnMut(Duration) -> bool,
}

/// What stopped a command before it had an answer.
#[derive(Debug)]
pub(crate) enum Stop {
    /// One line for standard error, and a second one with a way out.
    Because(String, String),
    /// The reader of standard output is gone, as in `nbc show | head`.
    Gone,
}

impl Stop {
    pub(crate) fn because(why: impl Into<String>, way_out: impl Into<String>) -> Stop {
        Stop::Because(why.into(), way_out.into())
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Stop::Gone,
            _ => Stop::because(error.to_string().to_lowercase(), ""),
        }
    }
}

/// Runs one command line; the first argument is the name of the program.
pub fn run<A: Into<OsString> + Clone>(arguments: impl IntoIterator<Item = A>, io: &mut Io<'_>) -> Exit {
    let mut command = Arguments::command();
    if let Some(width) = io.width {
        command = command.term_width(width);
    }
    let arguments = help_asked_for(arguments.into_iter().map(Into::into).collect());
    let parsed =
        command.try_get_matches_from(arguments).and_then(|mut found| Arguments::from_arg_matches_mut(&mut found));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => {
            let text = error.render();
            let _ = if error.use_stderr() { write!(io.err, "{text}") } else { write!(io.out, "{text}") };
            let _ = io.out.flush();
            return if error.use_stderr() { Exit::CouldNot } else { Exit::Done };
        }
    };
    let ended = commands::run(&arguments, io).and_then(|exit| io.out.flush().map(|()| exit).map_err(Stop::from));
    ended.unwrap_or_else(|stop| say(stop, io))
}

/// `nbc help check`, as git and kubectl have it, is `nbc check --help`.
fn help_asked_for(mut arguments: Vec<OsString>) -> Vec<OsString> {
    if arguments.get(1).is_some_and(|word| word == "help") {
        arguments.remove(1);
        arguments.push("--help".into());
    }
    arguments
}

/// Says what stopped a command.
pub(crate) fn say(stop: Stop, io: &mut Io<'_>) -> Exit {
    let Stop::Because(why, way_out) = stop else { return Exit::Done };
    let _ = io.out.flush();
    let _ = writeln!(io.err, "error: {why}");
    if !way_out.is_empty() {
        let _ = writeln!(io.err, "  = {way_out}");
    }
    Exit::CouldNot
}
