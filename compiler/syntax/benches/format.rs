//! How fast a file is formatted: one megabyte of the shipped examples, parsed and written, on one core.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench reads the clock and the examples, and prints"
)]

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use nbc_source::FileId;

/// Bytes of the file that is formatted.
const SIZE: usize = 1 << 20;
/// The fastest of so many rounds counts: the others waited for something else.
const ROUNDS: usize = 20;
/// What a person who saves a file does not notice.
const BUDGET: Duration = Duration::from_millis(50);

fn main() -> ExitCode {
    let text = text();
    if text.is_empty() {
        println!("no example was found");
        return ExitCode::FAILURE;
    }
    let parse = || nbc_syntax::parse(&text, FileId(0));
    let parsed = parse();
    let format = || nbc_syntax::format(&parsed, &[]).map_or(0, |formatted| formatted.len());
    if format() == 0 {
        println!("the examples have mistakes");
        return ExitCode::FAILURE;
    }
    let (parsing, formatting) = (fastest(parse), fastest(format));
    let whole = parsing + formatting;
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "format   {:.2} MB in {:.1} ms (parsing {:.1}, formatting {:.1}), budget {} ms for 1 MB",
        text.len() as f64 / 1e6,
        ms(whole),
        ms(parsing),
        ms(formatting),
        BUDGET.as_millis()
    );
    println!("parse    {:.0} MB/s, with the tree", text.len() as f64 / 1e6 / parsing.as_secs_f64());
    if whole <= BUDGET { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn fastest<T>(mut run: impl FnMut() -> T) -> Duration {
    let rounds = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        std::hint::black_box(run());
        start.elapsed()
    });
    rounds.min().unwrap_or_default()
}

/// The examples one after another, as often as it takes. That names repeat does not matter to a formatter.
fn text() -> String {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let paths = [
        "lab/people.nbc",
        "lab/platform.nbc",
        "lab/teams/ml-research.nbc",
        "campus/university.nbc",
        "campus/teams.nbc",
    ];
    let files: Vec<String> =
        paths.iter().filter_map(|path| std::fs::read_to_string(examples.join(path)).ok()).collect();
    let bytes: usize = files.iter().map(String::len).sum();
    files.concat().repeat(if bytes == 0 { 0 } else { SIZE.div_ceil(bytes) })
}
