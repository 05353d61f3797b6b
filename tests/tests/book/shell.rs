//! The folder of a page and the commands that are typed in it: `nbc` in this process, `cd`, three of git, and nothing else.

use std::path::{Path, PathBuf};
use std::process::Command;

use nbc::Io;

/// A temporary folder, and where the reader stands in it.
pub(crate) struct Shell {
    root: tempfile::TempDir,
    stands: PathBuf,
}

impl Shell {
    pub(crate) fn new() -> Shell {
        let root = tempfile::tempdir().unwrap();
        let stands = root.path().to_owned();
        Shell { root, stands }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.stands.join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let full = self.path(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> Result<String, String> {
        std::fs::read_to_string(self.path(path)).map_err(|error| format!("`{path}`: {error}"))
    }

    /// What the commands of a block print, with the commands: the block as it should be.
    pub(crate) fn transcript(&mut self, block: &str) -> Result<String, String> {
        let mut text = String::new();
        for command in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
            text += &format!("$ {command}\n{}", self.run(command)?);
        }
        if text.is_empty() { Err("a console block starts with `$ nbc …`".to_owned()) } else { Ok(text) }
    }

    fn run(&mut self, command: &str) -> Result<String, String> {
        let nbc = command.strip_prefix("cargo run --release -- ").or(command.strip_prefix("nbc "));
        match (nbc, command.strip_prefix("cd ")) {
            (Some(arguments), _) => Ok(self.nbc(arguments)),
            (None, Some(folder)) => {
                self.stands.push(folder);
                if self.stands.is_dir() { Ok(String::new()) } else { Err(format!("there is no folder `{folder}`")) }
            }
            (None, None) if ["git init", "git add", "git commit"].iter().any(|known| command.starts_with(known)) => {
                self.git(command)
            }
            // The README names what runs everything, this test included.
            (None, None) if command.starts_with("cargo test ") => Ok(String::new()),
            (None, None) => Err(format!("only `nbc`, `cd` and git's init, add and commit run here, not `{command}`")),
        }
    }

    /// What git prints is none of the book's business, so pages ask it to be quiet.
    fn git(&self, command: &str) -> Result<String, String> {
        let settings = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
        let words = command.split_whitespace().skip(1);
        let ran = Command::new("git").args(settings).args(words).current_dir(&self.stands).output();
        let ran = ran.map_err(|error| format!("`{command}`: {error}"))?;
        match ran.status.success() {
            true => Ok(String::from_utf8_lossy(&ran.stdout).into_owned()),
            false => Err(format!("`{command}`: {}", String::from_utf8_lossy(&ran.stderr))),
        }
    }

    /// Runs it here. Paths are printed as the reader would see them; an exit code other than 0 is the last line.
    fn nbc(&self, arguments: &str) -> String {
        let mut words = vec!["nbc".to_owned()];
        // What stands in quotes is one word.
        let parts = arguments.split('\'').enumerate();
        let mut rest = parts.flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().collect(),
            _ => vec![part],
        });
        let mut folder = self.stands.clone();
        while let Some(word) = rest.next() {
            match word {
                "-C" => folder.push(rest.next().unwrap_or_default()),
                word => words.push(word.to_owned()),
            }
        }
        words.extend(["-C".to_owned(), folder.to_str().unwrap().to_owned()]);
        let (exit, printed) = run(&words);
        let printed = printed.replace(&format!("{}/", folder.display()), "");
        let printed = printed.replace(&format!("{}/", self.root.path().display()), "");
        if exit == 0 { printed } else { format!("{printed}[{exit}]\n") }
    }
}

/// Runs `nbc` on a day that never changes, for a reader of 100 columns: the exit code, and both streams in one.
pub(crate) fn run(words: &[String]) -> (u8, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = nbc::run(
        words,
        &mut Io {
            input: &mut std::io::empty(),
            out: &mut out,
            err: &mut err,
            is_terminal: false,
            no_color: false,
            width: Some(100),
            now: &|| "2026-11-20T12:00:00Z".parse().unwrap(),
            pause: &mut |_| false,
        },
    );
    out.extend(err);
    (exit.code(), String::from_utf8(out).unwrap())
}

/// The repository's own files.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
