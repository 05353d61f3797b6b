//! The thread that judges: decisions take longer than a keystroke, so they are made when typing pauses.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use nbc_driver::{Parses, analyse_again};

use super::Today;
use super::buffers::Buffers;
use super::workspaces::Root;
use crate::snapshot::Judged;

/// How long nobody types before judging begins.
const PAUSE: Duration = Duration::from_millis(150);

/// A text of a workspace that is to be judged.
pub(super) struct Job {
    pub(super) root: Root,
    pub(super) buffers: Buffers,
    pub(super) revision: u64,
    /// Nobody is typing: begin at once.
    pub(super) is_urgent: bool,
}

/// What the judge is told.
pub(super) enum Task {
    Judge(Job),
    /// The text changed: what waits to be judged is old.
    Forget(Root),
}

/// What became of a job.
pub(super) struct Verdict {
    pub(super) root: Root,
    pub(super) revision: u64,
    pub(super) judged: Arc<Judged>,
}

/// Judges until nobody asks any more. Of several texts of a workspace only the last one is judged.
pub(super) fn run(jobs: &Receiver<Task>, today: &Today, say: &dyn Fn(Verdict) -> bool) {
    let mut waiting: Vec<Job> = Vec::new();
    let mut parses = Parses::new();
    loop {
        let next = if waiting.is_empty() {
            jobs.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            jobs.recv_timeout(if waiting.iter().any(|job| job.is_urgent) { Duration::ZERO } else { PAUSE })
        };
        match next {
            Ok(Task::Judge(job)) => {
                waiting.retain(|other| other.root != job.root);
                waiting.push(job);
            }
            Ok(Task::Forget(root)) => waiting.retain(|other| other.root != root),
            Err(RecvTimeoutError::Timeout) => {
                let Job { root, buffers, revision, .. } = waiting.remove(0);
                let judged = catch_unwind(AssertUnwindSafe(|| {
                    let analysis = analyse_again(&buffers, root.scope(), &**today, &mut parses);
                    Judged::of(analysis, &**today)
                }));
                let Ok(judged) = judged else {
                    parses = Parses::new();
                    continue;
                };
                if !say(Verdict { root, revision, judged: Arc::new(judged) }) {
                    return;
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Where jobs are sent to.
pub(super) type Jobs = Sender<Task>;
