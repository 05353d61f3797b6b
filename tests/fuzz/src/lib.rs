//! What the targets that judge whole workspaces share. A target fails on a panic, on time, on memory, and on a finding that points
//! outside its file; what the findings say is the business of other tests.

use nbc_driver::{Memory, Scope, analyse, compile};
use nbc_model::value::Date;

/// No backend: what is built is fuzzed through the declarations, not through versions.
const SETTINGS: &str = "edition = \"2026\"\n";

/// Loads, analyses and compiles a workspace, and looks at every finding's place.
pub fn judge(files: &[(&str, &str)]) {
    let mut host = Memory::new().with("nbc.toml", SETTINGS);
    for (path, text) in files {
        host = host.with(path, *text);
    }
    let as_of = |_: &str| Date::from_civil(2026, 11, 20).unwrap();
    let mut analysis = analyse(&host, Scope::Folder, &as_of);
    let compiled = compile(&mut analysis, None, &as_of);
    for finding in compiled.findings.iter() {
        let Some(span) = finding.span else { continue };
        let text = &compiled.sources.get(span.file).expect("a finding names a file").text;
        let (start, end) = (span.start as usize, span.end as usize);
        assert!(start <= end && text.get(start..end).is_some(), "{} points outside: {span:?}", finding.message);
    }
}

/// `== PATH` starts a file; what stands before the first is `main.nbc`.
pub fn files(text: &str) -> Vec<(&str, &str)> {
    let mut files = Vec::new();
    let mut path = "main.nbc";
    let mut start = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("== ") {
            files.push((path, &text[start..at]));
            path = name.trim();
            start = at + line.len();
        }
        at += line.len();
    }
    files.push((path, &text[start..]));
    files
}
