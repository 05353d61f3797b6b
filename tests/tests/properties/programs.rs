//! Random programs are judged, or refused at a place, in bounded time and memory.

use std::time::{Duration, Instant};

use nbc_driver::{compile, emit};
use nbc_source::Level;
use nbc_tests::generate::program::program;

use super::{analysed, as_of, seeds};

/// For the slowest of them, in a build without optimisation on a busy machine.
const LONGEST: Duration = Duration::from_secs(60);
/// What the whole run may hold at its highest.
const MOST_MEMORY: u64 = 4 << 30;

#[test]
fn every_program_is_judged_or_refused_at_a_place() {
    let (mut refused, mut judged) = (0, 0);
    for seed in seeds(60) {
        let workspace = program(seed, 1 + (seed % 12) as usize);
        let start = Instant::now();
        let mut analysis = analysed(&workspace);
        let compiled = compile(&mut analysis, None, &as_of);
        let emission = emit(&compiled, &[], false);
        assert!(start.elapsed() < LONGEST, "seed {seed} took {:?}:\n{}", start.elapsed(), workspace.listing());
        assert_eq!(emission.faults, [], "seed {seed}:\n{}", workspace.listing());
        let errors = || compiled.findings.iter().filter(|found| found.level == Level::Error);
        let nowhere: Vec<&str> =
            errors().filter(|found| found.span.is_none()).map(|found| found.message.as_str()).collect();
        assert!(nowhere.is_empty(), "seed {seed}: {nowhere:?}\n{}", workspace.listing());
        match errors().next() {
            Some(_) => refused += 1,
            None => judged += 1,
        }
    }
    assert!(refused > 0 && judged > 0, "{refused} refused, {judged} judged");
    assert!(highest_memory().is_none_or(|bytes| bytes < MOST_MEMORY), "{:?} bytes", highest_memory());
}

/// The most memory that this process has held so far, where the system tells.
#[expect(clippy::disallowed_methods, reason = "the system tells in a file")]
fn highest_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
