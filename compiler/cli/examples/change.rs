//! How long it takes until a change of one line is decided and compared:
//! `cargo run --profile fast -p nbc --example change -- DIR DATE FILE OLD NEW`.
//!
//! The base is in memory, as an editor or a reviewing program has it: parsed, evaluated and decided. Then OLD is NEW in
//! FILE. Prints the time of each part from there, the best of some rounds, and who gains and loses how much.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement for developers, run by hand and by tests/bench"
)]

use std::time::{Duration, Instant};

use nbc_driver::difference::{self, Revisions};
use nbc_driver::host::{EntryKind, Host};
use nbc_driver::{Disk, Memory, Parses, Scope, analyse_again, compile, day};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 7;
/// What is timed, in its order.
const PARTS: [&str; 4] = ["parse and evaluate", "judge and decide", "compare today", "compare later days"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [root, date, file, old, new] = arguments.try_into().unwrap();
    let date = day::parse(&date).unwrap();
    let as_of = |_: &str| date;
    let before = read(&Disk::new(root), "", Memory::new());
    let text = String::from_utf8(before.read(&file).unwrap()).unwrap();
    assert!(text.contains(&old), "{file} does not say {old:?}");
    let after = before.clone().with(&file, text.replacen(&old, &new, 1));

    let mut best = [Duration::MAX; PARTS.len()];
    let mut found = String::new();
    for _ in 0..ROUNDS {
        let mut parses = Parses::new();
        let mut base = analyse_again(&before, Scope::Folder, &as_of, &mut parses);
        let base = compile(&mut base, None, &as_of);
        let mut clock = Clock { last: Instant::now(), parts: Vec::new() };
        let mut head = analyse_again(&after, Scope::Folder, &as_of, &mut parses);
        clock.lap();
        let head = compile(&mut head, None, &as_of);
        clock.lap();
        let revisions = Revisions { base: &base, head: &head };
        let today = difference::today(revisions);
        clock.lap();
        let all = difference::compare(revisions);
        clock.lap();
        best.iter_mut().zip(clock.parts).for_each(|(best, part)| *best = part.min(*best));
        let rights = |of: fn(&difference::access::AccessDifference) -> usize| -> usize {
            today.stages.iter().map(|stage| of(&stage.access)).sum()
        };
        found = format!(
            "{} rights gained, {} lost, {} questions, {} stages; on {} later days more",
            rights(|access| access.gained.len()),
            rights(|access| access.lost.len()),
            today.stages.iter().map(|stage| stage.access.compared).sum::<u64>(),
            today.stages.len(),
            all.later.days.len(),
        );
    }
    // The last part did the work of the one before it again.
    let [.., today, later] = &mut best;
    *later = later.saturating_sub(*today);
    let milliseconds = |time: &Duration| time.as_secs_f64() * 1e3;
    for (part, time) in PARTS.iter().zip(&best) {
        println!("{part:<20} {:>8.1} ms", milliseconds(time));
    }
    println!("until today is known {:>8.1} ms   {found}", best.iter().take(3).map(milliseconds).sum::<f64>());
}

struct Clock {
    last: Instant,
    parts: Vec<Duration>,
}

impl Clock {
    fn lap(&mut self) {
        self.parts.push(self.last.elapsed());
        self.last = Instant::now();
    }
}

/// Everything below a folder, in memory.
fn read(host: &dyn Host, folder: &str, mut memory: Memory) -> Memory {
    for entry in host.list(folder).unwrap().into_iter().filter(|entry| !entry.name.starts_with('.')) {
        let path = if folder.is_empty() { entry.name } else { format!("{folder}/{}", entry.name) };
        memory = match entry.kind {
            EntryKind::File => memory.with(&path, host.read(&path).unwrap()),
            EntryKind::Folder => read(host, &path, memory),
            EntryKind::Other => memory,
        };
    }
    memory
}
