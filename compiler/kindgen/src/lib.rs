//! The only generator: from the standard kinds, which are written once in `stdlib/kinds/`, it writes the Rust types of
//! `platform`, the Cedar schema and permits, the reference of kinds and the JSON Schema of `nbc show`.
//!
//! It returns texts and writes nothing; the binary writes them, a test compares them with what is checked in. Nobody
//! links this crate.

mod names;
mod reference;
mod rust;
mod show;

use nbc_model::value::Date;
use nbc_model::{Input, Model, ParsedFile, analyse, stdlib};
use nbc_source::{Diagnostics, FileKind, SourceFile, Sources};

/// One file to be checked in; the path is relative to the repository.
#[derive(Debug, PartialEq, Eq)]
pub struct Generated {
    pub path: String,
    pub text: String,
}

/// Every generated file, sorted by path, and what is wrong with the standard library.
pub fn generate() -> (Vec<Generated>, Diagnostics) {
    let (sources, model, findings) = standard();
    let file = |path: &str, text: String| Generated { path: path.to_owned(), text };
    let mut files = rust::files(&model);
    files.push(file("compiler/docs/src/kinds.md", reference::page(&model, &sources)));
    files.push(file("schema/grants.cedar", nbc_policy::grants::text(&model)));
    files.push(file("schema/platform.cedarschema", nbc_policy::schema::text(&model)));
    files.push(file("schema/show.json", show::schema(&model)));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    (files, findings)
}

/// The standard library alone, analysed.
fn standard() -> (Sources, Model, Diagnostics) {
    let mut sources = Sources::new();
    for file in stdlib::FILES {
        sources.add(SourceFile::new(file.path, FileKind::Nbc, file.text));
    }
    let mut findings = Diagnostics::new();
    let parsed: Vec<ParsedFile> =
        sources.iter().map(|(id, file)| ParsedFile { file: id, parse: nbc_syntax::parse(&file.text, id) }).collect();
    findings.extend(parsed.iter().flat_map(|parsed| parsed.parse.diagnostics().iter().cloned()));
    // No kind depends on the day.
    let as_of = |_: &str| Date(0);
    let (model, more) = analyse(&Input { sources: &sources, parsed: &parsed, as_of: &as_of });
    findings.extend(more);
    (sources, model, findings)
}
