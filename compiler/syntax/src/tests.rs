//! Text in, tree and findings out.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use nbc_source::FileId;
use rowan::{NodeOrToken, WalkEvent};

use crate::{Parse, lex, parse};

mod agreement;
mod errors;
mod grammar;
mod random;
mod trees;
mod views;

pub(crate) fn parsed(text: &str) -> Parse {
    let parse = parse(text, FileId(0));
    assert_eq!(parse.syntax().text().to_string(), text, "the tree must hold every byte");
    parse
}

/// The tree, a node a line, tokens beside their node; trivia left out, but for doc comments.
fn tree(text: &str) -> String {
    let mut out = String::new();
    let mut depth = 0;
    for event in parsed(text).syntax().preorder_with_tokens() {
        match event {
            WalkEvent::Enter(NodeOrToken::Node(node)) => {
                let _ = write!(out, "\n{:depth$}{:?}", "", node.kind(), depth = depth * 2);
                depth += 1;
            }
            WalkEvent::Leave(NodeOrToken::Node(_)) => depth -= 1,
            WalkEvent::Enter(NodeOrToken::Token(token)) if !token.text().trim().is_empty() => {
                let _ = write!(out, " {}", token.text());
            }
            _ => {}
        }
    }
    out.trim_start().to_owned()
}

/// What is found, one finding after another: code, place, message, then what helps.
fn findings(text: &str) -> String {
    let mut out = String::new();
    for finding in parsed(text).diagnostics() {
        let span = finding.span.unwrap();
        let at = text.get(span.start as usize..span.end as usize).unwrap();
        let _ = writeln!(out, "{} {}..{} `{at}` {}", finding.code.name, span.start, span.end, finding.message);
        for related in &finding.related {
            let _ = writeln!(out, "  {}..{} {}", related.span.start, related.span.end, related.message);
        }
        for help in &finding.help {
            let _ = writeln!(out, "  help {help}");
        }
        if let Some(fix) = &finding.fix {
            let mut corrected = text.to_owned();
            // From the end, so that a place still is where it was.
            for edit in fix.edits.iter().rev() {
                corrected.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
            }
            let _ = writeln!(out, "  fix {}: {}", fix.title, corrected.trim_end());
        }
    }
    visible(&out)
}

/// Invisible characters by their numbers, so that an expectation shows them.
fn visible(text: &str) -> String {
    let shown = |c: char| match c {
        '\u{a0}' => "\\u{a0}".to_owned(),
        c if crate::invisible::is_invisible(c) => c.escape_unicode().to_string(),
        c => c.to_string(),
    };
    text.chars().map(shown).collect()
}

/// The text of every token.
pub(crate) fn cut(text: &str) -> Vec<&str> {
    let starts: Vec<usize> = lex(text).iter().map(|token| token.start as usize).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| text.get(*start..end)).collect()
}

/// Small texts with every form of the grammar, right and wrong.
const SAMPLES: &str = include_str!("tests/samples.txt");

/// Whether each is right, and its text.
fn samples() -> impl Iterator<Item = (bool, &'static str)> {
    SAMPLES.split("\n---").skip(1).map(|sample| {
        let (head, text) = sample.split_once('\n').unwrap();
        (head.trim() == "right", text)
    })
}

/// The samples that the grammar accepts.
pub(crate) fn right_samples() -> impl Iterator<Item = &'static str> {
    samples().filter(|(right, _)| *right).map(|(_, text)| text)
}

/// All `.nbc` files of the project, sorted.
pub(crate) fn project_files() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in ["stdlib", "examples", "policies", "tests"] {
        collect(&root.join(folder), &mut files);
    }
    files.sort();
    files
}

#[expect(clippy::disallowed_methods, reason = "the test reads the project's own files")]
fn collect(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "nbc") {
            let text = std::fs::read_to_string(&path).unwrap();
            files.push((path, text));
        }
    }
}

#[test]
fn the_files_of_the_project_have_no_findings() {
    let files = project_files();
    assert!(!files.is_empty());
    for (path, text) in files {
        assert_eq!(findings(&text), "", "{}", path.display());
    }
}
