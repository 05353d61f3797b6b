//! What takes longer than somebody who types waits: worked out on a thread of its own, and answered when it is done.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Sender;
use std::thread;

use lsp_server::{ErrorCode, RequestId};
use serde_json::Value;

use super::STACK;
use super::judge::Verdict;
use super::server::{Event, Failure};
use super::workspaces::Root;

/// An answer that is worked out elsewhere; it owns all that it looks at.
pub(super) type Errand = Box<dyn FnOnce() -> Done + Send>;

/// What somebody comes back with.
pub(super) struct Done {
    pub(super) answer: Result<Reply, Failure>,
    /// What was judged on the way: the next one need not.
    pub(super) verdict: Option<Verdict>,
}

/// What is answered.
pub(super) enum Reply {
    Value(Value),
    /// All findings of a workspace, which only the server's own thread knows in the editor's words.
    Findings(Root),
}

/// Those who are under way.
pub(super) struct Errands {
    events: Sender<Event>,
    running: Vec<RequestId>,
}

impl Errands {
    pub(super) fn new(events: Sender<Event>) -> Errands {
        Errands { events, running: Vec::new() }
    }

    /// Sends somebody.
    ///
    /// # Errors
    /// Where no thread can be had.
    pub(super) fn send(&mut self, id: &RequestId, errand: Errand) -> Result<(), Failure> {
        let (events, of) = (self.events.clone(), id.clone());
        let work = move || {
            let done = catch_unwind(AssertUnwindSafe(errand)).unwrap_or_else(|_| Done {
                answer: Err(Failure::new(ErrorCode::InternalError, "nbc made a mistake. Please report it")),
                verdict: None,
            });
            // Where the server is gone, nobody waits for the answer.
            let _ = events.send(Event::Done(of, done));
        };
        let thread = thread::Builder::new().stack_size(STACK).spawn(work);
        thread.map_err(|error| Failure::new(ErrorCode::InternalError, format!("no thread can be had: {error}")))?;
        self.running.push(id.clone());
        Ok(())
    }

    /// Whether somebody still waits for it; nobody does afterwards.
    pub(super) fn end(&mut self, id: &RequestId) -> bool {
        let at = self.running.iter().position(|running| running == id);
        at.map(|at| self.running.swap_remove(at)).is_some()
    }
}
