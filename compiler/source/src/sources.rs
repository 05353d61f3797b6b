//! The texts of one workspace, read once and never changed.

use std::sync::{Arc, OnceLock};

use crate::{FileId, Span};

/// What a file is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    Nbc,
    Cedar,
    Csv,
    /// `environment.yml`, `pixi.toml`, a lock file, a raw manifest, a template, `nbc.toml`.
    Other,
}

/// One text with the name it is shown under.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Relative to the workspace, with `/`; `std/…` for the standard library, `packs/…` for shipped packs.
    pub path: String,
    pub kind: FileKind,
    pub text: Arc<str>,
    line_starts: OnceLock<Vec<u32>>,
}

/// A line and a column, both from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    pub line: u32,
    pub column: u32,
}

impl SourceFile {
    pub fn new(path: impl Into<String>, kind: FileKind, text: impl Into<Arc<str>>) -> SourceFile {
        SourceFile { path: path.into(), kind, text: text.into(), line_starts: OnceLock::new() }
    }

    /// Where each line starts, in bytes. Made at the first question: a run without findings never asks.
    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(breaks.map(|(at, _)| at as u32 + 1)).collect()
        })
    }

    /// The line and column of a byte offset; past the end it is the end.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start <= offset).max(1);
        let start = starts.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start as usize..offset as usize).unwrap_or_default();
        LineColumn { line: line as u32, column: before.chars().count() as u32 + 1 }
    }

    /// The text of a line, counted from 1, without its line break.
    pub fn line(&self, line: u32) -> &str {
        let starts = self.line_starts();
        let at = |index: u32| starts.get(index as usize).map(|start| *start as usize);
        let Some(start) = line.checked_sub(1).and_then(at) else { return "" };
        let end = at(line).unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }

    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

/// All files that one run reads: the standard library first, then the workspace, each sorted by path.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    pub fn new() -> Sources {
        Sources::default()
    }

    pub fn add(&mut self, file: SourceFile) -> FileId {
        self.files.push(file);
        FileId(self.files.len() as u32 - 1)
    }

    /// Puts another text in the place of a file's, unless it is the very same.
    pub fn replace(&mut self, id: FileId, text: Arc<str>) {
        if let Some(file) = self.files.get_mut(id.0 as usize).filter(|file| !Arc::ptr_eq(&file.text, &text)) {
            *file = SourceFile::new(std::mem::take(&mut file.path), file.kind, text);
        }
    }

    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    pub fn find(&self, path: &str) -> Option<FileId> {
        self.files.iter().position(|file| file.path == path).map(|at| FileId(at as u32))
    }

    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(at, file)| (FileId(at as u32), file))
    }

    pub fn len(&self) -> usize {
        self.files.len()
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    pub fn path(&self, id: FileId) -> &str {
        self.get(id).map_or("", |file| file.path.as_str())
    }

    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).map_or("", |file| file.slice(span))
    }

    pub fn line_column(&self, span: Span) -> LineColumn {
        self.get(span.file).map_or(LineColumn { line: 1, column: 1 }, |file| file.line_column(span.start))
    }

    /// `teams/ml.nbc:10:5`
    pub fn place(&self, span: Span) -> String {
        let at = self.line_column(span);
        format!("{}:{}:{}", self.path(span.file), at.line, at.column)
    }

    /// `teams/ml.nbc:10`
    pub fn line_place(&self, span: Span) -> String {
        format!("{}:{}", self.path(span.file), self.line_column(span).line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_end_at_breaks() {
        let file = SourceFile::new("a.nbc", FileKind::Nbc, "é x\r\ny");
        assert_eq!(file.line_column(3), LineColumn { line: 1, column: 3 });
        assert_eq!(file.line_column(6), LineColumn { line: 2, column: 1 });
        assert_eq!((file.line(1), file.line(2), file.line(3)), ("é x", "y", ""));
    }

    #[test]
    fn an_offset_past_the_end_or_inside_a_character_is_answered() {
        let file = SourceFile::new("a.nbc", FileKind::Nbc, "é");
        assert_eq!(file.line_column(1).line, 1);
        assert_eq!(file.line_column(99).line, 1);
    }
}
