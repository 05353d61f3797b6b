//! `nbc lsp`: answers an editor until it leaves.

use std::sync::Arc;

use nbc_driver::day;
use nbc_lsp::{Ended, Today, serve};

use crate::arguments::Global;
use crate::{Exit, Io, Stop};

pub(super) fn run(global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let today: Today = match &global.as_of {
        Some(text) => {
            let day = day::parse(text).ok_or_else(|| {
                Stop::because(format!("`{text}` is no day"), "write it as year-month-day: --as-of 2026-11-20")
            })?;
            Arc::new(move |_: &str| day)
        }
        // A session outlives a day.
        None => Arc::new(|zone: &str| day::at(jiff::Timestamp::now(), zone)),
    };
    // Standard input itself: a thread of its own waits for it, also while an answer is worked out.
    match serve(std::io::stdin(), io.out, today) {
        Ended::Orderly => Ok(Exit::Done),
        Ended::Abruptly => Ok(Exit::Findings),
    }
}
