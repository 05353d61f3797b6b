//! What the targets that judge whole workspaces share. A target fails on a panic, on time, on memory, and on a finding that points
//! outside its file; what the findings say is the business of other tests.

use std::cell::RefCell;

use nbc_driver::{Memory, Parses, Scope, analyse_again, compile};
use nbc_model::value::Date;
use nbc_source::{Diagnostics, Sources};

thread_local! {
    /// The trees of the input before, as an editor keeps them: those of the standard library are the same for every input.
    static PARSES: RefCell<Parses> = RefCell::new(Parses::new());
}

/// No backend: what is built is fuzzed through the declarations, not through versions.
const SETTINGS: &str = "edition = \"2026\"\n";

/// The day that everything is judged on.
pub fn as_of(_: &str) -> Date {
    Date::from_civil(2026, 11, 20).expect("a day of the calendar")
}

/// These files and the settings, in memory.
pub fn workspace(files: &[(&str, &str)]) -> Memory {
    let host = Memory::new().with("nbc.toml", SETTINGS);
    files.iter().fold(host, |host, (path, text)| host.with(path, *text))
}

/// Loads, analyses and compiles a workspace, and looks at every finding's place.
pub fn judge(files: &[(&str, &str)]) {
    let host = workspace(files);
    let mut analysis = PARSES.with_borrow_mut(|parses| analyse_again(&host, Scope::Folder, &as_of, parses));
    let compiled = compile(&mut analysis, None, &as_of);
    assert_inside(&compiled.findings, compiled.sources);
}

/// Every place is a part of the text of its file.
pub fn assert_inside(findings: &Diagnostics, sources: &Sources) {
    for finding in findings.iter() {
        let Some(span) = finding.span else { continue };
        let text = &sources.get(span.file).expect("a finding names a file").text;
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
