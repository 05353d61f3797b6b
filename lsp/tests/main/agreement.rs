//! The server and `nbc check` say the same of every example.

use std::path::Path;

use nbc_driver::{Disk, Host, Scope, analyse, compile, day};
use serde_json::json;

use super::client::{Client, uri};

fn of_the_server(folder: &Path) -> Vec<String> {
    let mut client = Client::of(folder);
    let all = asked(&mut client);
    client.leave();
    all
}

fn asked(client: &mut Client) -> Vec<String> {
    let checked = client.ask("workspace/executeCommand", json!({"command": "nbc.check", "arguments": []}));
    let mut all = Vec::new();
    for file in checked["files"].as_array().unwrap() {
        for found in file["diagnostics"].as_array().unwrap() {
            let message = found["message"].as_str().unwrap().lines().next().unwrap();
            let (code, line) = (found["code"].as_str().unwrap(), &found["range"]["start"]["line"]);
            all.push(format!("{} {line} {code} {message}", file["uri"].as_str().unwrap()));
        }
    }
    all.sort();
    all
}

fn of_the_command_line(folder: &Path) -> Vec<String> {
    compiled(&Disk::new(folder), folder)
}

fn compiled(host: &dyn Host, folder: &Path) -> Vec<String> {
    let as_of: &dyn Fn(&str) -> nbc_model::value::Date = &|_| day::parse("2026-11-20").unwrap();
    let mut analysis = analyse(host, Scope::Folder, as_of);
    let compiled = compile(&mut analysis, None, as_of);
    let line = |found: &nbc_source::Diagnostic| {
        let at = found.span.map(|span| (compiled.sources.path(span.file), compiled.sources.line_column(span).line - 1));
        let (path, line) = at.unwrap_or(("nbc.toml", 0));
        let stages = if found.stages.is_empty() { String::new() } else { format!(" (in {})", found.stages.join(", ")) };
        format!("{} {line} {} {}{stages}", uri(folder, path), found.code, found.message)
    };
    let mut all: Vec<String> = compiled.findings.iter().map(line).collect();
    all.sort();
    all
}

#[test]
fn both_say_the_same() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").canonicalize().unwrap();
    for name in ["minimal", "lab", "course", "dandi", "nebari-docs"] {
        let folder = examples.join(name);
        assert_eq!(of_the_server(&folder), of_the_command_line(&folder), "{name}");
    }
}

/// An example that somebody broke in a buffer: the same as if it was saved so.
#[test]
fn both_say_the_same_of_a_broken_one() {
    let folder = super::client::folder(&[
        ("a.nbc", "group ml { owners: [dena], approvals: 20 }\nuser dana {}\nuser dana {}\nprofile p { cpu: 1Gi }\n"),
        ("b.nbc", "group ml {\n"),
    ]);
    let said: Vec<String> = of_the_server(folder.path());
    assert!(said.len() > 4, "{said:#?}");
    assert_eq!(said, of_the_command_line(folder.path()));
}

#[expect(
    clippy::disallowed_methods,
    dead_code,
    reason = "faults are files, and what is expected of them is the business of the suite that owns them"
)]
#[path = "../../../tests/tests/faults/corpus.rs"]
mod corpus;

/// The base of the corpus of faults.
#[expect(clippy::disallowed_methods, reason = "it is a folder of files")]
fn base() -> corpus::Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/faults/base").canonicalize().unwrap();
    let mut files = corpus::Files::new();
    let mut folders = vec![folder.clone()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let relative = path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
                files.insert(relative, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// So many faults are passed over after each one, unless `NBC_FAULTS` is set: two compilers run for each.
const STEP: usize = 9;

/// Each mistake that somebody made, typed into an open file of one server, one after the other.
#[test]
fn both_say_the_same_of_faults() {
    let base = base();
    let files: Vec<(&str, &str)> = base.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let folder = super::client::folder(&files);
    let mut client = Client::of(folder.path());
    let faults = corpus::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/faults"), &base);
    let step = if std::env::var_os("NBC_FAULTS").is_some() { 1 } else { STEP };
    let chosen: Vec<&corpus::Fault> = faults.iter().step_by(step).collect();
    assert!(chosen.len() > 30, "{} faults", chosen.len());
    for fault in chosen {
        let made = fault.with(&base, &fault.written);
        let uri = uri(folder.path(), &fault.path);
        client.open(&uri, &made[&fault.path]);
        let said = asked(&mut client);
        let host = made.iter().fold(nbc_driver::Memory::new(), |host, (path, text)| host.with(path, text.as_str()));
        assert_eq!(said, compiled(&host, folder.path()), "{}: {}", fault.class, fault.title);
        client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    }
    client.leave();
}
