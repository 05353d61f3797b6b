//! What all expressions of a workspace take together, steps and memory, and which of them take most: many that are each
//! within their own budget would still keep people waiting.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::expression::ExpressionId;

/// Steps of all expressions together: some seconds. A site of 50,000 people with four stages takes a hundredth of it.
const TOTAL: u64 = 1_000_000_000;
/// Bytes that all lists, maps, records and texts that are computed may have together.
const ROOM: u64 = 1 << 30;
/// What takes fewer steps than this is counted, but not by name.
const WORTH_NAMING: u64 = 1_000;

/// The steps that were taken so far. Shared by all evaluators of one run.
#[derive(Debug)]
pub struct Work {
    left: AtomicU64,
    room: AtomicU64,
    by_expression: Mutex<BTreeMap<ExpressionId, u64>>,
    is_reported: AtomicBool,
}

impl Default for Work {
    fn default() -> Work {
        Work::of(TOTAL)
    }
}

/// What a copy of a run takes is its own.
impl Clone for Work {
    fn clone(&self) -> Work {
        Work::default()
    }
}

impl Work {
    /// So many steps and no more.
    pub(crate) fn of(steps: u64) -> Work {
        Work {
            left: AtomicU64::new(steps),
            room: AtomicU64::new(ROOM),
            by_expression: Mutex::default(),
            is_reported: AtomicBool::new(false),
        }
    }

    pub(crate) fn left(&self) -> u64 {
        self.left.load(Ordering::Relaxed)
    }

    /// Takes what one run of an expression took.
    pub(crate) fn take(&self, steps: u64, expression: ExpressionId) {
        let left = self.left();
        self.left.store(left.saturating_sub(steps), Ordering::Relaxed);
        if steps >= WORTH_NAMING {
            let mut by_expression = self.by_expression.lock().unwrap_or_else(PoisonError::into_inner);
            *by_expression.entry(expression).or_default() += steps;
        }
    }

    /// Takes memory for what stays. False where there is not as much left: then nothing may be made.
    pub(crate) fn keep(&self, bytes: u64) -> bool {
        let left = self.room.load(Ordering::Relaxed);
        let is_room = bytes <= left;
        self.room.store(if is_room { left - bytes } else { 0 }, Ordering::Relaxed);
        is_room
    }

    /// Everything that was kept is gone, and where that was too much it may be said of others too.
    pub(crate) fn forget(&self) {
        self.room.store(ROOM, Ordering::Relaxed);
        if self.left() > 0 {
            self.is_reported.store(false, Ordering::Relaxed);
        }
    }

    /// The expression that took most, the first of several.
    pub(crate) fn dearest(&self) -> Option<ExpressionId> {
        let by_expression = self.by_expression.lock().unwrap_or_else(PoisonError::into_inner);
        by_expression.iter().rev().max_by_key(|(_, steps)| **steps).map(|(expression, _)| *expression)
    }

    /// Whether this is the first time that somebody is about to say that all is used up.
    pub(crate) fn is_news(&self) -> bool {
        !self.is_reported.swap(true, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Id as _;

    #[test]
    fn memory_is_given_until_there_is_none() {
        let work = Work::of(1);
        assert!(work.keep(ROOM - 1) && work.keep(1));
        assert!(!work.keep(1));
        work.forget();
        assert!(!work.keep(ROOM + 1) && !work.keep(1), "what is not given ends it");
    }

    #[test]
    fn what_takes_most_is_named_once() {
        let work = Work::of(10_000);
        let expression = ExpressionId::new;
        for (steps, of) in [(2_000, 3), (3_000, 1), (500, 0), (2_500, 3)] {
            work.take(steps, expression(of));
        }
        assert_eq!((work.left(), work.dearest()), (2_000, Some(expression(3))), "4,500 in two runs");
        work.take(5_000, expression(1));
        assert_eq!((work.left(), work.dearest()), (0, Some(expression(1))));
        assert!(work.is_news() && !work.is_news());
    }
}
