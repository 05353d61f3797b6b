//! What tests of every room use: a workspace in a text, analysed.

use nbc_source::{Diagnostic, FileKind, SourceFile, Sources};

use crate::value::Date;
use crate::{Input, Kept, Model, ParsedFile, analyse_again, stdlib};

/// The day that tests judge.
pub const TODAY: &str = "2026-11-20";

/// A workspace that was analysed, with its findings sorted.
pub struct Analysed {
    pub sources: Sources,
    pub model: Model,
    pub findings: Vec<Diagnostic>,
}

/// Analyses a workspace. `== path` starts a file; without one the text is `main.nbc`.
pub fn analysed(workspace: &str) -> Analysed {
    analysed_with(workspace, &[])
}

/// Analyses a workspace together with files of shipped packs, as (path, text).
pub fn analysed_with(workspace: &str, more: &[(&str, &str)]) -> Analysed {
    analysed_again(workspace, more, &mut Kept::default())
}

/// The same after other looks, which left something.
pub fn analysed_again(workspace: &str, more: &[(&str, &str)], kept: &mut Kept) -> Analysed {
    let mut sources = Sources::new();
    for file in stdlib::FILES {
        sources.add(SourceFile::new(file.path, FileKind::Nbc, file.text));
    }
    for (path, text) in more {
        sources.add(SourceFile::new(*path, kind(path), *text));
    }
    for (path, text) in split(workspace) {
        sources.add(SourceFile::new(path, kind(path), text));
    }
    let mut findings = Vec::new();
    let parsed: Vec<ParsedFile> = sources
        .iter()
        .filter(|(_, file)| file.kind == FileKind::Nbc)
        .map(|(id, file)| ParsedFile { file: id, parse: nbc_syntax::parse(&file.text, id) })
        .collect();
    findings.extend(parsed.iter().flat_map(|parsed| parsed.parse.diagnostics().iter().cloned()));
    let as_of = |_: &str| Date::from_civil(2026, 11, 20).unwrap_or(Date(0));
    let (model, diagnostics) = analyse_again(&Input { sources: &sources, parsed: &parsed, as_of: &as_of }, kept);
    findings.extend(diagnostics);
    Analysed { sources, model, findings }
}

fn kind(path: &str) -> FileKind {
    match path.rsplit('.').next() {
        Some("nbc") => FileKind::Nbc,
        Some("cedar") => FileKind::Cedar,
        Some("csv") => FileKind::Csv,
        _ => FileKind::Other,
    }
}

fn split(workspace: &str) -> Vec<(&str, String)> {
    let mut files: Vec<(&str, String)> = Vec::new();
    for line in workspace.split_inclusive('\n') {
        match line.strip_prefix("== ") {
            Some(path) => files.push((path.trim_end(), String::new())),
            None => match files.last_mut() {
                Some((_, text)) => text.push_str(line),
                None => files.push(("main.nbc", line.to_owned())),
            },
        }
    }
    files
}

impl Analysed {
    /// One line a finding: place, level, name, message; related places and help below it.
    pub fn report(&self) -> String {
        let mut report = String::new();
        for found in &self.findings {
            let place = found.span.map_or_else(|| "workspace".to_owned(), |span| self.sources.place(span));
            report += &format!("{place} {}[{}] {}\n", found.level.name(), found.code.name, found.message);
            for related in &found.related {
                report += &format!("  {} {}\n", self.sources.place(related.span), related.message);
            }
            for help in &found.help {
                report += &format!("  help: {help}\n");
            }
        }
        report
    }
}
