//! One line a check and the closing count. It owns what is printed; a check that judged nothing is a failure.

use std::process::ExitCode;
use std::time::Instant;

use crate::Failure;

/// The running count.
pub(crate) struct Report {
    passed: usize,
    failed: usize,
    started: Instant,
    area_started: Instant,
}

impl Report {
    pub(crate) fn new() -> Report {
        Report { passed: 0, failed: 0, started: Instant::now(), area_started: Instant::now() }
    }

    /// Prints the outcome of one check.
    #[expect(clippy::print_stdout, reason = "the lines are this program's output")]
    pub(crate) fn check(&mut self, area: &str, what: &str, outcome: Result<(), Failure>) {
        match outcome {
            Ok(()) => {
                self.passed += 1;
                println!("ok    {area}: {what}");
            }
            Err(why) => {
                self.failed += 1;
                println!("FAIL  {area}: {what}");
                for line in why.lines().take(LINES_MAX) {
                    println!("      {line}");
                }
            }
        }
    }

    /// A check over many things: what is wrong with any of them, and how many there were.
    pub(crate) fn check_all(&mut self, area: &str, what: &str, judged: &Judged) {
        let outcome = match (judged.count, judged.wrong.as_slice()) {
            (0, []) => Err("judged nothing: what it looks for is not there".to_owned()),
            (_, []) => Ok(()),
            (_, wrong) => Err(wrong.join("\n")),
        };
        self.check(area, &format!("{what} ({})", judged.count), outcome);
    }

    /// How long an area took, for whoever wants the suite faster.
    #[expect(clippy::print_stdout, reason = "the lines are this program's output")]
    pub(crate) fn area_done(&mut self, area: &str) {
        println!("      {area}: {} s", self.area_started.elapsed().as_secs());
        self.area_started = Instant::now();
    }

    /// The closing line, and the exit code that says the same.
    #[expect(clippy::print_stdout, reason = "the lines are this program's output")]
    pub(crate) fn close(self) -> ExitCode {
        println!("{} passed, {} failed in {} s", self.passed, self.failed, self.started.elapsed().as_secs());
        if self.failed == 0 && self.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

const LINES_MAX: usize = 25;

/// What a check over many things looked at.
#[derive(Default)]
pub(crate) struct Judged {
    count: usize,
    wrong: Vec<Failure>,
}

impl Judged {
    /// One thing judged; the sentence says what is wrong with it.
    pub(crate) fn add(&mut self, outcome: Result<(), Failure>) {
        self.count += 1;
        self.wrong.extend(outcome.err());
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// One comparison of what is there with what should be.
    pub(crate) fn equal<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: &T, declared: &T) {
        self.add(if found == declared {
            Ok(())
        } else {
            Err(format!("{what}: the server has {found:?}, declared is {declared:?}"))
        });
    }
}
