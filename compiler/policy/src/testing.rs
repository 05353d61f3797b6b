//! Workspaces made of texts, for the tests of this room.

pub(crate) mod random;

use std::path::Path;

use nbc_model::value::Date;
use nbc_model::world::World;
use nbc_model::{Input, Model, ParsedFile, analyse};
use nbc_platform::decisions::Judgement;
use nbc_platform::{Draft, Judge as _, Targets};
use nbc_source::{Diagnostics, FileKind, SourceFile, Sources};

use crate::access::Access;
use crate::decide::CedarJudge;
use crate::load::{self, Policies};

/// A workspace after analysis, as of 2026-11-20.
pub(crate) struct Workspace {
    pub(crate) sources: Sources,
    pub(crate) model: Model,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) targets: Targets,
}

/// The standard library, these files and the shipped packs that they turn on.
pub(crate) fn workspace(site: &[(&str, &str)]) -> Workspace {
    let mut sources = Sources::new();
    for file in nbc_model::stdlib::FILES {
        sources.add(SourceFile::new(file.path, FileKind::Nbc, file.text));
    }
    let is_on = |name: &str| site.iter().any(|(_, text)| text.contains(&format!("pack {name} ")));
    for pack in crate::packs::ALL.iter().filter(|pack| is_on(pack.name)) {
        sources.add(SourceFile::new(format!("packs/{}/access.cedar", pack.name), FileKind::Cedar, pack.access));
        sources.add(SourceFile::new(format!("packs/{}/pack.nbc", pack.name), FileKind::Nbc, pack.rules));
    }
    for (path, text) in site {
        let kind = match Path::new(path).extension().and_then(|extension| extension.to_str()) {
            Some("cedar") => FileKind::Cedar,
            Some("csv") => FileKind::Csv,
            _ => FileKind::Nbc,
        };
        sources.add(SourceFile::new(*path, kind, *text));
    }
    let nbc = sources.iter().filter(|(_, file)| file.kind == FileKind::Nbc);
    let parsed: Vec<ParsedFile> =
        nbc.map(|(file, source)| ParsedFile { file, parse: nbc_syntax::parse(&source.text, file) }).collect();
    let today = Date::from_civil(2026, 11, 20).unwrap();
    let (model, diagnostics) = analyse(&Input { sources: &sources, parsed: &parsed, as_of: &|_| today });
    Workspace { sources, model, diagnostics, targets: Targets::default() }
}

impl Workspace {
    /// What analysis found, one a line.
    pub(crate) fn said(&self) -> String {
        show(&self.sources, &self.diagnostics)
    }

    pub(crate) fn draft(&self) -> Draft<'_> {
        self.draft_of(&self.model.worlds[0])
    }

    pub(crate) fn draft_of<'w>(&'w self, world: &'w World) -> Draft<'w> {
        Draft::new(&self.model, world, &self.sources, &self.targets)
    }

    pub(crate) fn judge(&self, policies: &Policies) -> Judgement {
        CedarJudge::new(policies).decide(&self.draft())
    }

    pub(crate) fn access<'w>(&'w self, policies: &'w Policies) -> Access<'w> {
        Access::of(policies, &self.model, &self.model.worlds[0])
    }
}

/// The policies of a workspace that has no findings.
pub(crate) fn policies(workspace: &Workspace) -> Policies {
    let (policies, diagnostics) = load::load(&workspace.model, &workspace.sources);
    assert_eq!(show(&workspace.sources, &diagnostics), "");
    policies.unwrap()
}

pub(crate) fn show(sources: &Sources, diagnostics: &Diagnostics) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let place = diagnostic.span.map(|span| sources.place(span)).unwrap_or_default();
        out.push_str(&format!(
            "{place} {}[{}]: {}\n",
            diagnostic.level.name(),
            diagnostic.code.name,
            diagnostic.message
        ));
        let related =
            diagnostic.related.iter().map(|other| format!("  {} {}\n", sources.place(other.span), other.message));
        out.extend(related);
        out.extend(diagnostic.help.iter().map(|help| format!("  help: {help}\n")));
    }
    out
}

/// All files with an extension below a folder of the repository, sorted by path.
#[expect(clippy::disallowed_methods, reason = "tests read the repository's own files")]
pub(crate) fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push((path.to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The files of an example, as the driver would read them.
pub(crate) fn example(name: &str) -> Vec<(String, String)> {
    let folder = format!("../../examples/{name}");
    let mut all = Vec::new();
    for extension in ["nbc", "csv", "cedar"] {
        for (path, text) in files(&folder, extension) {
            let short = path.split_once(&format!("/examples/{name}/")).map_or(path.as_str(), |(_, short)| short);
            all.push((short.to_owned(), text));
        }
    }
    all.sort();
    all
}

pub(crate) fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect()
}
