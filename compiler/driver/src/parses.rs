//! Trees of texts that stay as they are from one look to the next, so that an editor parses what was typed and no more.

use std::sync::Arc;

use nbc_model::ParsedFile;
use nbc_source::{FileId, FileKind, Sources};
use nbc_syntax::Parse;
use rustc_hash::FxHashMap;

/// What was parsed last. Trees are kept by file and text: places in findings name the file.
#[derive(Debug, Default)]
pub struct Parses {
    trees: FxHashMap<FileId, (Arc<str>, Parse)>,
}

impl Parses {
    pub fn new() -> Parses {
        Parses::default()
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
mod tests {
    use super::*;
    use crate::{Memory, Scope, analyse, analyse_again, day};

    /// Files come, go, and change places; each look says what a first look would say.
    #[test]
    fn a_later_look_says_what_a_first_one_says() {
        let as_of: &dyn Fn(&str) -> nbc_model::value::Date = &|_| day::parse("2026-11-20").unwrap();
        let workspace = Memory::new().with("nbc.toml", "edition = \"2026\"");
        let looks = [
            workspace.clone().with("b.nbc", "group a { title: }\n"),
            workspace.clone().with("a.nbc", "user x {\n").with("b.nbc", "group a { title: }\n"),
            workspace.clone().with("a.nbc", "user x {\n").with("b.nbc", "group a { title: \"A\" }\n"),
            workspace.clone().with("a.nbc", "group a { title: \"A\" }\n"),
        ];
        let mut parses = Parses::new();
        for host in &looks {
            let again = analyse_again(host, Scope::Folder, as_of, &mut parses);
            let first = analyse(host, Scope::Folder, as_of);
            assert_eq!(again.findings, first.findings);
            let trees = |analysis: &crate::Analysis| {
                let files = analysis.workspace.own_files();
                files.map(|parsed| (parsed.file, parsed.parse.syntax().text().to_string())).collect::<Vec<_>>()
            };
            assert_eq!(trees(&again), trees(&first));
        }
    }
}
