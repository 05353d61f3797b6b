//! The command line from the outside, in this process: what people type, what they read, and what bad input does.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its folder has failed")]

#[path = "main/audit.rs"]
mod audit;
#[path = "main/changed.rs"]
mod changed;
#[path = "main/commands.rs"]
mod commands;
#[path = "main/determinism.rs"]
mod determinism;
#[path = "main/diff.rs"]
mod diff;
#[path = "main/docs.rs"]
mod docs;
#[path = "main/doctor.rs"]
mod doctor;
#[path = "main/eval.rs"]
mod eval;
#[path = "main/fix.rs"]
mod fix;
#[path = "main/fmt.rs"]
mod fmt;
#[path = "main/formats.rs"]
mod formats;
#[path = "main/horrors.rs"]
mod horrors;
#[path = "main/lone.rs"]
mod lone;
#[path = "main/prove.rs"]
mod prove;
#[path = "main/review.rs"]
mod review;
#[path = "main/secrets.rs"]
mod secrets;
#[path = "main/setup.rs"]
mod setup;
#[path = "main/shell.rs"]
mod shell;
#[path = "main/show.rs"]
mod show;
#[path = "main/stages.rs"]
mod stages;
#[path = "main/tests.rs"]
mod tests;
#[path = "main/vendor.rs"]
mod vendor;
#[path = "main/watch.rs"]
mod watch;
#[path = "main/work.rs"]
mod work;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use nbc::{Exit, Io};

/// What a command printed.
struct Ran {
    exit: Exit,
    out: String,
    err: String,
}

impl Ran {
    /// Both streams and the exit code, as a transcript shows them.
    fn transcript(&self) -> String {
        format!("{}{}[{}]", self.out, self.err, self.exit.code())
    }
}

/// Runs `nbc ARGUMENTS`, a word for each space; `{}` stands for the folder.
fn nbc(folder: &Path, arguments: &str) -> Ran {
    nbc_reading(folder, arguments, b"")
}

/// The same with something on standard input.
fn nbc_reading(folder: &Path, arguments: &str, input: &[u8]) -> Ran {
    let folder = folder.to_str().unwrap();
    nbc_words(arguments.split(' ').map(|word| word.replace("{}", folder)), input)
}

/// Runs `nbc` with these arguments.
fn nbc_words(words: impl IntoIterator<Item = String>, input: &[u8]) -> Ran {
    nbc_waiting(words, input, &mut |_| false)
}

/// The same; `pause` is called whenever nbc waits.
fn nbc_waiting(words: impl IntoIterator<Item = String>, input: &[u8], pause: &mut dyn FnMut(Duration) -> bool) -> Ran {
    nbc_on(100, words, input, pause)
}

/// The same on a terminal of that many columns.
fn nbc_on(
    width: usize,
    words: impl IntoIterator<Item = String>,
    mut input: &[u8],
    pause: &mut dyn FnMut(Duration) -> bool,
) -> Ran {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = nbc::run(
        std::iter::once("nbc".to_owned()).chain(words),
        &mut Io {
            input: &mut input,
            out: &mut out,
            err: &mut err,
            is_terminal: false,
            no_color: false,
            width: Some(width),
            now: &|| "2026-11-20T12:00:00Z".parse().unwrap(),
            pause,
        },
    );
    Ran { exit, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

/// A folder with files; a line `== path` starts one.
fn folder(files: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in format!("\n{files}").split("\n== ").skip(1) {
        let (path, text) = file.split_once('\n').unwrap_or((file, ""));
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        write(folder.path(), path, format!("{text}{end}").as_bytes());
    }
    folder
}

#[expect(clippy::disallowed_methods, reason = "a test makes the files that it is about")]
fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let full = folder.join(path);
    fs::create_dir_all(full.parent().unwrap()).unwrap();
    fs::write(full, bytes).unwrap();
}

#[expect(clippy::disallowed_methods, reason = "a test looks at what was written")]
fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap()
}

/// Runs git in a folder, whoever it thinks that we are.
fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
    let ran = Command::new("git").args(identity).args(arguments).current_dir(folder).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

/// A workspace of the repository.
fn example(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}
