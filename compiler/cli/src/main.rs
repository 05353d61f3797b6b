//! The `nbc` binary: real input and output for [`nbc::run`], and one line instead of a panic.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use nbc::{Exit, Io};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|_| {}));
    let ran = std::panic::catch_unwind(|| {
        let (stdout, stderr) = (io::stdout(), io::stderr());
        let mut io = Io {
            is_terminal: stdout.is_terminal(),
            no_color: std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
            width: width(stdout.is_terminal()),
            now: &jiff::Timestamp::now,
            pause: &mut |time| {
                std::thread::sleep(time);
                true
            },
            input: &mut io::stdin(),
            out: &mut io::BufWriter::new(stdout.lock()),
            err: &mut stderr.lock(),
        };
        nbc::run(std::env::args_os(), &mut io)
    });
    let exit = ran.unwrap_or_else(|_| {
        let _ = writeln!(io::stderr(), "nbc made a mistake and stopped. Nothing was written. Please report it");
        Exit::CouldNot
    });
    ExitCode::from(exit.code())
}

/// `COLUMNS` where it is set, else the width of the terminal; none in a file.
fn width(is_terminal: bool) -> Option<usize> {
    let said = std::env::var_os("COLUMNS").and_then(|value| value.to_str()?.parse().ok());
    let seen = || terminal_size::terminal_size().filter(|_| is_terminal).map(|(width, _)| usize::from(width.0));
    said.or_else(seen)
}
