//! The server and `nbc check` say the same of every example.

use std::path::Path;

use nbc_driver::{Disk, Scope, analyse, compile, day};
use serde_json::json;

use super::client::{Client, uri};

fn of_the_server(folder: &Path) -> Vec<String> {
    let mut client = Client::of(folder);
    let checked = client.ask("workspace/executeCommand", json!({"command": "nbc.check", "arguments": []}));
    let mut all = Vec::new();
    for file in checked["files"].as_array().unwrap() {
        for found in file["diagnostics"].as_array().unwrap() {
            let message = found["message"].as_str().unwrap().lines().next().unwrap();
            let (code, line) = (found["code"].as_str().unwrap(), &found["range"]["start"]["line"]);
            all.push(format!("{} {line} {code} {message}", file["uri"].as_str().unwrap()));
        }
    }
    client.leave();
    all.sort();
    all
}

fn of_the_command_line(folder: &Path) -> Vec<String> {
    let as_of: &dyn Fn(&str) -> nbc_model::value::Date = &|_| day::parse("2026-11-20").unwrap();
    let mut analysis = analyse(&Disk::new(folder), Scope::Folder, as_of);
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
