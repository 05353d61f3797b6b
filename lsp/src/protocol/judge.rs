//! The thread that judges: decisions take longer than a keystroke, so they are made when typing pauses.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError};
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

/// Judges until nobody asks any more. Of several texts of a workspace only the last one is judged, and one that changes
/// while it is judged is given up.
pub(super) fn run(jobs: &Receiver<Task>, today: &Today, say: &dyn Fn(Verdict) -> bool) {
    let mut waiting = Waiting::default();
    let mut parses = Parses::new();
    loop {
        match waiting.next(jobs) {
            Ok(task) => waiting.take(task),
            Err(RecvTimeoutError::Timeout) => {
                let Some(job) = waiting.jobs.pop_front() else { continue };
                let (is_forgotten, waits) = (Cell::new(false), RefCell::new(&mut waiting));
                let is_wanted = || {
                    is_forgotten.set(is_forgotten.get() || waits.borrow_mut().is_forgotten(jobs, &job.root));
                    !is_forgotten.get()
                };
                let judged = catch_unwind(AssertUnwindSafe(|| judge(&job, today, &mut parses, &is_wanted)));
                match judged {
                    Err(_) => parses = Parses::new(),
                    Ok(None) => {}
                    Ok(Some(judged)) => {
                        let Job { root, revision, .. } = job;
                        if !say(Verdict { root, revision, judged: Arc::new(judged) }) {
                            return;
                        }
                    }
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// `None` where it was given up.
fn judge(job: &Job, today: &Today, parses: &mut Parses, is_wanted: &dyn Fn() -> bool) -> Option<Judged> {
    let analysis = analyse_again(&job.buffers, job.root.scope(), &**today, parses);
    let judged = is_wanted().then(|| Judged::while_wanted(analysis, &**today, is_wanted))?;
    is_wanted().then_some(judged)
}

/// Jobs that nobody began.
#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
}

impl Waiting {
    /// The next task, or a timeout where it is time to judge.
    fn next(&self, tasks: &Receiver<Task>) -> Result<Task, RecvTimeoutError> {
        if self.jobs.is_empty() {
            return tasks.recv().map_err(|_| RecvTimeoutError::Disconnected);
        }
        let is_urgent = self.jobs.iter().any(|job| job.is_urgent);
        tasks.recv_timeout(if is_urgent { Duration::ZERO } else { PAUSE })
    }

    fn take(&mut self, task: Task) {
        let root = match &task {
            Task::Judge(job) => &job.root,
            Task::Forget(root) => root,
        };
        self.jobs.retain(|other| other.root != *root);
        if let Task::Judge(job) = task {
            self.jobs.push_back(job);
        }
    }

    /// Whether it came in that the texts of a workspace changed, or that the editor is gone. What else came waits.
    fn is_forgotten(&mut self, tasks: &Receiver<Task>, judged: &Root) -> bool {
        let mut is_forgotten = false;
        loop {
            match tasks.try_recv() {
                Ok(task) => {
                    let (Task::Judge(Job { root, .. }) | Task::Forget(root)) = &task;
                    is_forgotten |= root == judged;
                    self.take(task);
                }
                Err(TryRecvError::Empty) => return is_forgotten,
                Err(TryRecvError::Disconnected) => return true,
            }
        }
    }
}

/// Where jobs are sent to.
pub(super) type Jobs = Sender<Task>;
