//! Where everything is: the repository, the installed parts, the folder of this run.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Failure;

/// Given by `tests/conformance/run` as arguments and `NBC_PORTS`.
pub(crate) struct Places {
    pub(crate) repository: PathBuf,
    pub(crate) parts: PathBuf,
    /// Outputs, logs and data of this run; kept for reading afterwards.
    pub(crate) run: PathBuf,
    /// The examples to judge; all where none is named.
    pub(crate) examples: Vec<String>,
    /// The first of the ports that the servers listen on.
    port_base: u16,
}

impl Places {
    pub(crate) fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Places, Failure> {
        let mut next = |what: &str| {
            arguments
                .next()
                .map(PathBuf::from)
                .ok_or_else(|| format!("usage: conformance REPOSITORY PARTS RUN [EXAMPLE…]; {what} is missing"))
        };
        let (repository, parts, run) = (next("REPOSITORY")?, next("PARTS")?, next("RUN")?);
        let port_base = std::env::var("NBC_PORTS").ok().and_then(|text| text.parse().ok()).unwrap_or(26000);
        let examples = arguments.collect();
        Ok(Places { repository, parts, run, examples, port_base })
    }

    /// A file of `tests/conformance`.
    pub(crate) fn script(&self, name: &str) -> PathBuf {
        self.repository.join("tests/conformance").join(name)
    }

    pub(crate) fn nbc(&self) -> PathBuf {
        self.repository.join("target/release/nbc")
    }

    /// The offsets are those of `tests/conformance/servers/common`.
    pub(crate) fn keycloak(&self) -> String {
        format!("https://localhost:{}", self.port_base + 843)
    }

    pub(crate) fn conda_store(&self) -> String {
        format!("http://127.0.0.1:{}", self.port_base + 85)
    }

    pub(crate) fn certificate(&self) -> PathBuf {
        self.run.join("tls/ca.crt")
    }
}

/// Runs a program to its end and returns what it printed.
pub(crate) fn output_of(command: &mut Command) -> Result<String, Failure> {
    let name = format!("{command:?}");
    let output = command.stdin(Stdio::null()).output().map_err(|cause| format!("cannot start {name}: {cause}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(format!("{name} ended with {}:\n{}", output.status, end_of(&said)))
}

/// Runs a program that reads JSON and prints JSON.
pub(crate) fn answer_of(command: &mut Command, input: &Value) -> Result<Value, Failure> {
    let name = format!("{command:?}");
    let failed = |cause: &dyn std::fmt::Display| format!("{name}: {cause}");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|cause| failed(&cause))?;
    if let Some(mut pipe) = child.stdin.take() {
        // A program that fails early closes the pipe; what it printed says why.
        let _failed_early = pipe.write_all(input.to_string().as_bytes());
    }
    let output = child.wait_with_output().map_err(|cause| failed(&cause))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{name} ended with {}:\n{}", output.status, end_of(&said)));
    }
    serde_json::from_slice(&output.stdout).map_err(|cause| failed(&cause))
}

fn end_of(said: &str) -> String {
    let end: Vec<&str> = said.lines().rev().take(20).collect();
    end.into_iter().rev().collect::<Vec<_>>().join("\n")
}

pub(crate) fn read_json(path: &Path) -> Result<Value, Failure> {
    serde_json::from_str(&read_text(path)?).map_err(|cause| format!("{}: {cause}", path.display()))
}

/// The documents of a YAML file, as JSON.
pub(crate) fn read_yaml(path: &Path) -> Result<Vec<Value>, Failure> {
    serde_saphyr::from_multiple(&read_text(path)?).map_err(|cause| format!("{}: {cause}", path.display()))
}

pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|cause| format!("{}: {cause}", path.display()))
}

/// The files below a folder whose name ends so, sorted.
pub(crate) fn files_below(folder: &Path, end: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(files_below(&path, end));
        } else if path.to_string_lossy().ends_with(end) {
            found.push(path);
        }
    }
    found.sort();
    found
}
