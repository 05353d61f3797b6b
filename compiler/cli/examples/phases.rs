//! Where the time of `nbc check` goes: `cargo run --profile fast -p nbc --example phases -- DIR DATE [undecided]`.
//!
//! Prints milliseconds and megabytes of text for each phase, all stages together. With `undecided` phase 11 is left out,
//! and with it the tests, which ask for decisions: what reading and judging declarations costs by itself.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement for developers, run by hand and by tests/bench"
)]

use std::path::Path;
use std::time::Instant;

use nbc_driver::{Disk, Parses, Scope, day, workspace};
use nbc_model::{Input, test_world};
use nbc_platform::finding::Finding;
use nbc_platform::{Draft, Judge, Judgement, checks};
use nbc_policy::decide::{NobodyMay, Stages};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut words = arguments.iter().map(String::as_str);
    let (root, date) = (words.next().unwrap(), words.next().unwrap());
    let is_decided = words.next() != Some("undecided");
    let today = day::parse(date).unwrap();
    let as_of = |_: &str| today;

    let host = Disk::new(Path::new(root));
    let workspace = timed("1-2 load and parse", || workspace::load(&host, Scope::Folder, &mut Parses::default()));
    let input = Input { sources: &workspace.sources, parsed: &workspace.parsed, as_of: &as_of };
    let (mut model, _) = timed("3-9 analyse", || nbc_model::analyse(&input));
    if is_decided {
        timed("3-9 worlds of tests", || {
            (0..model.tests.len()).for_each(|test| drop(test_world(&mut model, test, &as_of)))
        });
    }
    let policies =
        timed("11 load policies", || is_decided.then(|| nbc_policy::load::load(&model, &workspace.sources).0.unwrap()));
    let drafts: Vec<Draft<'_>> = timed("10 lower", || {
        let mut drafts: Vec<Draft<'_>> = Vec::new();
        for world in &model.worlds {
            drafts.push(match drafts.last() {
                Some(before) => before.another(world),
                None => Draft::new(&model, world, &workspace.sources, &workspace.settings.targets),
            });
        }
        drafts
    });
    let found: Vec<Vec<Finding>> = timed("10 judge declarations", || {
        drafts.iter().map(|draft| checks::run(draft).into_iter().map(Finding::plain).collect()).collect()
    });
    let mut stages = policies.as_ref().map(Stages::new);
    let decided: Vec<Judgement> = timed("11 decide", || {
        let decide = |draft| match &mut stages {
            Some(stages) => stages.decide(draft),
            None => NobodyMay.decide(draft),
        };
        drafts.iter().map(decide).collect()
    });
    timed("12 seal", || {
        for ((draft, found), judgement) in drafts.into_iter().zip(found).zip(decided) {
            drop(nbc_platform::seal(draft, found, &Decided(judgement)));
        }
    });
}

/// Repeats what was decided.
struct Decided(Judgement);

impl Judge for Decided {
    fn decide(&self, _: &Draft<'_>) -> Judgement {
        self.0.clone()
    }
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let made = work();
    println!("{what:<24} {:>8.1} ms", start.elapsed().as_secs_f64() * 1e3);
    made
}
