//! What stays as it is from one look to the next: trees of texts, so that an editor parses what was typed and no more,
//! and what tables say.

use std::sync::Arc;

use nbc_model::{Kept, ParsedFile};
use nbc_source::{FileId, FileKind, Sources};
use nbc_syntax::Parse;
use rustc_hash::FxHashMap;

/// What was parsed last. Trees are kept by file and text: places in findings name the file.
#[derive(Debug, Default)]
pub struct Parses {
    pub(crate) kept: Kept,
    trees: FxHashMap<FileId, (Arc<str>, Parse)>,
}

impl Parses {
    pub fn new() -> Parses {
        Parses::default()
    }

    /// For who looks once: nothing is prepared for a second look.
    pub fn once() -> Parses {
        Parses { kept: Kept::nothing(), ..Parses::default() }
    }

    /// Every `.nbc` file, parsed unless it was; what is not there any more is forgotten.
    pub(crate) fn parse(&mut self, sources: &Sources) -> Vec<ParsedFile> {
        let mut before = std::mem::take(&mut self.trees);
        let mut parsed = Vec::new();
        for (file, source) in sources.iter().filter(|(_, source)| source.kind == FileKind::Nbc) {
            let known = before.remove(&file).filter(|(text, _)| *text == source.text);
            let (text, parse) =
                known.unwrap_or_else(|| (Arc::clone(&source.text), nbc_syntax::parse(&source.text, file)));
            self.trees.insert(file, (text, parse.clone()));
            parsed.push(ParsedFile { file, parse });
        }
        parsed
    }
}

#[cfg(test)]
mod tests;
