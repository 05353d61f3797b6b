//! The protocol: pipes, threads, open buffers, and one message after the other.
//!
//! Three threads: one reads messages, one judges ([`judge`]), and the one that called [`serve`] does everything else, so
//! that edits and requests keep their order. A question that takes long gets a thread of its own ([`errands`]).

mod asked;
mod buffers;
mod colours;
mod commands;
mod contents;
mod convert;
mod decorations;
mod diagnostics;
mod documents;
mod door;
mod editing;
mod errands;
mod hierarchy;
mod initialize;
mod judge;
mod navigation;
mod requests;
mod server;
mod wire;
mod workspaces;

use std::io::{BufReader, Read, Write};
use std::sync::{Arc, mpsc};
use std::thread;

use nbc_model::value::Date;

use errands::Errands;
pub use requests::METHODS;
use server::{Event, Server};
use wire::Incoming;

/// In bytes.
const STACK: usize = 16 << 20;

/// The day in a time zone, asked again for each revision.
pub type Today = Arc<dyn Fn(&str) -> Date + Send + Sync>;

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The editor said goodbye.
    Orderly,
    /// The editor is gone.
    Abruptly,
}

/// Answers one editor until it leaves.
pub fn serve(input: impl Read + Send + 'static, output: &mut dyn Write, today: Today) -> Ended {
    let (events, inbox) = mpsc::channel();
    let (jobs, to_judge) = mpsc::channel();
    let (verdicts, errands, for_judge) = (events.clone(), Errands::new(events.clone()), Arc::clone(&today));
    thread::spawn(move || read(input, &events));
    let judging = move || judge::run(&to_judge, &for_judge, &|verdict| verdicts.send(Event::Judged(verdict)).is_ok());
    // As much stack as the thread of a command has. Where there is no thread to be had, nothing is judged ahead of time.
    let _ = thread::Builder::new().stack_size(STACK).spawn(judging);
    Server::new(output, jobs, errands, today).run(&inbox)
}

/// Hands every message on; the end of the pipe is an event, too.
fn read(input: impl Read, events: &mpsc::Sender<Event>) {
    let mut input = BufReader::new(input);
    loop {
        let event = match wire::read(&mut input) {
            Ok(Some(Incoming::Message(message))) => Event::Message(message),
            Ok(Some(Incoming::Malformed(why))) => Event::Malformed(why),
            Ok(None) | Err(_) => Event::End,
        };
        let is_last = matches!(event, Event::End);
        if events.send(event).is_err() || is_last {
            return;
        }
    }
}
