//! usage: `syntax-tree REPOSITORY FOLDER`   writes every text that another grammar of nbc must understand into FOLDER, as `N.nbc`,
//! and beside it the compiler's tree of it, as `N.tree`: one line a node or word, with its depth and where it starts and ends.
//!
//! The texts are the examples, the standard library, the packs, and the blocks of `tests/spec` in which the compiler's
//! parser finds nothing wrong. Keywords, punctuation and trivia are left out, because another grammar may cut them otherwise.
#![expect(
    clippy::disallowed_methods,
    reason = "a tool of the tests reads the repository and writes what it is asked for"
)]

use std::path::{Path, PathBuf};
use std::{fs, io};

use nbc_source::FileId;
use nbc_syntax::{SyntaxElement, SyntaxKind, SyntaxNode, parse};

fn main() -> io::Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(repository), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err(io::Error::other("usage: syntax-tree REPOSITORY FOLDER"));
    };
    fs::create_dir_all(&folder)?;
    let mut written = 0;
    for text in texts(&repository)? {
        let parsed = parse(&text, FileId(0));
        if parsed.diagnostics().is_empty() {
            fs::write(folder.join(format!("{written}.nbc")), &text)?;
            fs::write(folder.join(format!("{written}.tree")), tree(&text, parsed.syntax()))?;
            written += 1;
        }
    }
    Ok(())
}

fn texts(repository: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in ["examples", "stdlib", "policies"] {
        files(&repository.join(folder), &mut |path| {
            if path.extension().is_some_and(|extension| extension == "nbc") {
                found.push(fs::read_to_string(path)?);
            }
            Ok(())
        })?;
    }
    files(&repository.join("tests/spec"), &mut |path| {
        found.extend(blocks(&fs::read_to_string(path)?));
        Ok(())
    })?;
    Ok(found)
}

/// Every file below a folder, by name.
fn files(folder: &Path, visit: &mut dyn FnMut(&Path) -> io::Result<()>) -> io::Result<()> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() { files(&path, visit)? } else { visit(&path)? }
    }
    Ok(())
}

/// The blocks of a page that are written in nbc.
fn blocks(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut block: Option<String> = None;
    for line in page.split_inclusive('\n') {
        match &mut block {
            Some(_) if line.trim_end() == "```" => found.extend(block.take()),
            Some(text) => text.push_str(line),
            None if line.starts_with("```nbc") => block = Some(String::new()),
            None => {}
        }
    }
    found
}

fn tree(text: &str, root: SyntaxNode) -> String {
    let lines = LineStarts::of(text);
    let mut out = String::new();
    print(&lines, 0, SyntaxElement::Node(root), &mut out);
    out
}

/// A node of the tree, by what it says: from its first word to its last.
fn print(lines: &LineStarts, depth: usize, element: SyntaxElement, out: &mut String) {
    let name = format!("{:?}", element.kind()).to_lowercase();
    match element {
        SyntaxElement::Node(node) => {
            // Of the whole file, editors count the empty lines at its ends in different ways.
            let place = if depth == 0 { String::new() } else { lines.place(significant(&node)) };
            out.push_str(&format!("{depth} {name}{place}\n"));
            node.children_with_tokens().for_each(|child| print(lines, depth + 1, child, out));
        }
        SyntaxElement::Token(token) if is_word(token.kind()) => {
            let range = token.text_range();
            out.push_str(&format!("{depth} {name}{}\n", lines.place((range.start().into(), range.end().into()))));
        }
        SyntaxElement::Token(_) => {}
    }
}

fn is_word(kind: SyntaxKind) -> bool {
    use SyntaxKind::*;
    matches!(kind, NAME | TYPE_NAME | QUALIFIED_NAME | NUMBER | QUANTITY | MONEY | DATE | TEXT | VERBATIM)
}

/// Where a node starts and ends without comments, spaces and line breaks at its ends.
fn significant(node: &SyntaxNode) -> (usize, usize) {
    let mut tokens = node.descendants_with_tokens().filter_map(SyntaxElement::into_token);
    let mut range = (0, 0);
    if let Some(first) = tokens.find(|token| !token.kind().is_trivia()) {
        range = (first.text_range().start().into(), first.text_range().end().into());
    }
    if let Some(last) = tokens.filter(|token| !token.kind().is_trivia()).last() {
        range.1 = last.text_range().end().into();
    }
    range
}

/// Where the lines of a text start.
struct LineStarts(Vec<usize>);

impl LineStarts {
    fn of(text: &str) -> LineStarts {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        LineStarts(std::iter::once(0).chain(breaks).collect())
    }

    /// ` [row, column] - [row, column]`, counted from 0, in bytes, as tree-sitter prints places.
    fn place(&self, (start, end): (usize, usize)) -> String {
        let point = |offset: usize| {
            let row = self.0.partition_point(|line| *line <= offset) - 1;
            format!("[{row}, {}]", offset - self.0.get(row).copied().unwrap_or_default())
        };
        format!(" {} - {}", point(start), point(end))
    }
}
