//! A workspace in memory, judged as `nbc check` judges it.

use nbc_driver::{Analysis, Memory, Scope, analyse, compile};
use nbc_model::value::Date;
use nbc_source::{Diagnostics, Sources, correct};

use super::corpus::Files;

/// What nbc says of a workspace.
pub(crate) struct Judged {
    pub(crate) sources: Sources,
    pub(crate) findings: Diagnostics,
}

fn host(files: &Files) -> Memory {
    files.iter().fold(Memory::new(), |host, (path, text)| host.with(path, text.as_str()))
}

pub(crate) fn as_of(_: &str) -> Date {
    Date::from_civil(2026, 11, 20).unwrap()
}

/// A workspace after phases 1 to 9.
pub(crate) fn of(files: &Files) -> Analysis {
    analyse(&host(files), Scope::Folder, &as_of)
}

pub(crate) fn judge(files: &Files) -> Judged {
    let mut analysis = of(files);
    let compiled = compile(&mut analysis, None, &as_of);
    let findings = compiled.findings.clone();
    drop(compiled);
    Judged { sources: analysis.workspace.sources, findings }
}

impl Judged {
    /// One finding a line, as `--format concise` says it.
    pub(crate) fn lines(&self) -> Vec<String> {
        let place = |span| self.sources.place(span);
        let line = |found: &nbc_source::Diagnostic| {
            format!("{}: {}: {}", found.span.map(place).unwrap_or_default(), found.code.name, found.message)
        };
        self.findings.iter().map(line).collect()
    }

    /// The workspace after one round of `nbc fix`.
    pub(crate) fn corrected(&self, files: &Files, unsafe_too: bool) -> Files {
        let corrected = correct(&self.sources, &self.findings, |_, fix| fix.safe || unsafe_too);
        let mut files = files.clone();
        for (file, text) in corrected.texts {
            files.insert(self.sources.path(file).to_owned(), text);
        }
        files
    }
}
