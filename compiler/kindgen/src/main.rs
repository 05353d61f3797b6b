//! `cargo run -p nbc-kindgen`: writes every generated file into the repository.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    match write() {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(io::stderr(), "nbc-kindgen: {error}");
            ExitCode::from(2)
        }
    }
}

/// Writes what differs, and says so; with findings in the standard library nothing is written.
fn write() -> io::Result<ExitCode> {
    let (files, findings) = nbc_kindgen::generate();
    let mut out = io::stdout().lock();
    for finding in &findings {
        writeln!(out, "{}: {}", finding.level.name(), finding.message)?;
    }
    if findings.has_errors() {
        return Ok(ExitCode::FAILURE);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for file in files {
        let path = root.join(&file.path);
        if read(&path).as_deref() == Some(file.text.as_str()) {
            continue;
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        store(&path, &file.text)?;
        writeln!(out, "wrote {}", file.path)?;
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::disallowed_methods, reason = "the generator is a tool of the repository and is never linked")]
fn read(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

#[expect(clippy::disallowed_methods, reason = "the generator is a tool of the repository and is never linked")]
fn store(path: &Path, text: &str) -> io::Result<()> {
    std::fs::write(path, text)
}
