//! The parsed files of a run and whose they are.

use nbc_source::{FileId, Sources, Span};
use nbc_syntax::{Parse, TextRange, ast};

use crate::names::{Name, Names};

/// One parsed `.nbc` file.
#[derive(Clone, Debug)]
pub struct ParsedFile {
    pub file: FileId,
    pub parse: Parse,
}

/// Whose declarations a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    Workspace,
    /// `std/…`: kinds and presets.
    Standard,
    /// `packs/NAME/pack.nbc`: parameters and rules of a shipped pack.
    Pack(Name),
    /// `packages/NAME/…`, vendored.
    Package(Name),
}

/// One file on its way through the phases.
pub(crate) struct File {
    pub(crate) id: FileId,
    pub(crate) owner: Owner,
    pub(crate) root: ast::SourceFile,
    /// Its declarations without the instances: few beside thousands of people, and asked for by several phases.
    pub(crate) definitions: Vec<ast::Declaration>,
}

impl File {
    pub(crate) fn new(id: FileId, owner: Owner, root: ast::SourceFile) -> File {
        let definitions = root.definitions().collect();
        File { id, owner, root, definitions }
    }

    pub(crate) fn span(&self, range: TextRange) -> Span {
        Span::new(self.id, range.start().into()..range.end().into())
    }

    /// The word before the `/` of what this file declares: `std` in `std/small`.
    pub(crate) fn package(&self, names: &mut Names) -> Option<Name> {
        match self.owner {
            Owner::Workspace | Owner::Pack(_) => None,
            Owner::Standard => Some(names.intern("std")),
            Owner::Package(name) => Some(name),
        }
    }
}

/// The files in the order of their paths: the standard library, shipped packs and packages before the workspace.
pub(crate) fn files(sources: &Sources, parsed: &[ParsedFile], names: &mut Names) -> Vec<File> {
    let mut files: Vec<(u8, &str, File)> = parsed
        .iter()
        .map(|parsed| {
            let path = sources.path(parsed.file);
            let owner = owner(path, names);
            let rank = match owner {
                Owner::Standard => 0,
                Owner::Pack(_) => 1,
                Owner::Package(_) => 2,
                Owner::Workspace => 3,
            };
            (rank, path, File::new(parsed.file, owner, parsed.parse.source_file()))
        })
        .collect();
    files.sort_by_key(|(rank, path, _)| (*rank, *path));
    files.into_iter().map(|(.., file)| file).collect()
}

fn owner(path: &str, names: &mut Names) -> Owner {
    let mut steps = path.split('/');
    match (steps.next(), steps.next(), steps.next()) {
        (Some("std"), Some(_), _) => Owner::Standard,
        (Some("packs"), Some(pack), Some(_)) => Owner::Pack(names.intern(pack)),
        (Some("packages"), Some(package), Some(_)) => Owner::Package(names.intern(package)),
        _ => Owner::Workspace,
    }
}
