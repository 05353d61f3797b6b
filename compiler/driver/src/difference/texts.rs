//! Rules, policies, waivers, tests, kinds and other statements that belong to no thing: what their text was and is. Locks
//! are statements too.
//!
//! They are compared token by token without comments and spaces: a statement that is only written otherwise has not
//! changed. One that is called otherwise is gone, and another one has come.

use std::collections::BTreeMap;

use nbc_source::{FileKind, SourceFile, Span};
use nbc_syntax::ast::{AstNode as _, Declaration, Item, Operation};
use nbc_syntax::{SyntaxNode, TextRange};

use super::Revisions;
use crate::pipeline::Compiled;

/// A statement that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleChange {
    /// `rule gpu-needs-budget "…"`, `waiver … on …`, `policy no-guest-gpu`, `nbc.toml`
    pub what: String,
    pub how: How,
    /// In the head; in the base for what is gone.
    pub place: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    Added,
    Removed,
    Changed,
}

/// Compares all statements of the two workspaces, sorted by what they are called.
pub fn rules(revisions: Revisions<'_, '_>) -> Vec<RuleChange> {
    let (before, after) = (statements(revisions.base), statements(revisions.head));
    let mut changes = Vec::new();
    for (what, statement) in &after {
        let how = match before.get(what) {
            None => How::Added,
            Some(earlier) if earlier.tokens != statement.tokens => How::Changed,
            Some(_) => continue,
        };
        changes.push(RuleChange { what: what.clone(), how, place: statement.span });
    }
    let gone = before.iter().filter(|(what, _)| !after.contains_key(*what));
    changes.extend(gone.map(|(what, gone)| RuleChange { what: what.clone(), how: How::Removed, place: gone.span }));
    changes.sort_by(|a, b| (&a.what, a.how).cmp(&(&b.what, b.how)));
    changes
}

struct Statement {
    tokens: String,
    span: Span,
}

/// By what they are called. Two of one name are one statement of both their texts.
fn statements(compiled: &Compiled<'_>) -> BTreeMap<String, Statement> {
    let mut found: BTreeMap<String, Statement> = BTreeMap::new();
    let mut add = |what: String, tokens: String, span: Span| {
        let statement = found.entry(what).or_insert_with(|| Statement { tokens: String::new(), span });
        statement.tokens += &tokens;
        statement.tokens.push('\n');
    };
    let is_shipped = |path: &str| path.starts_with("std/") || path.starts_with("packs/");
    for file in &compiled.workspace.parsed {
        if compiled.sources.get(file.file).is_none_or(|source| is_shipped(&source.path)) {
            continue;
        }
        for declaration in file.parse.source_file().declarations() {
            let node = declaration.syntax();
            let (tokens, name) = tokens(node);
            let span = |range: TextRange| Span::new(file.file, range.start().into()..range.end().into());
            if is_statement(&declaration) {
                add(name, tokens, span(node.text_range()));
                continue;
            }
            for (field, range) in locks(node) {
                add(format!("locked {field} in {name}"), field, span(range));
            }
        }
    }
    for policy in compiled.policies.iter().flat_map(|policies| &policies.written) {
        if policy.pack.is_none() {
            add(format!("policy {}", policy.id), policy.text(), policy.span);
        }
    }
    for (id, file) in compiled.sources.iter().filter(|(_, file)| is_whole(file) && !is_shipped(&file.path)) {
        add(file.path.clone(), file.text.to_string(), Span::new(id, 0..0));
    }
    found
}

/// The fields that a declaration locks: no value tells whether one is locked.
fn locks(node: &SyntaxNode) -> impl Iterator<Item = (String, TextRange)> {
    let items = node.descendants().filter_map(Item::cast).filter(|item| item.operation() == Operation::Locked);
    items.filter_map(|item| Some((item.key()?.text().into_owned(), item.operation_range()?)))
}

/// Settings, templates and raw manifests are compared as they are. Tables become things of their own.
fn is_whole(file: &SourceFile) -> bool {
    file.kind == FileKind::Other
}

fn is_statement(declaration: &Declaration) -> bool {
    !matches!(declaration, Declaration::Instance(_) | Declaration::Stage(_) | Declaration::For(_))
}

/// The text without comments and spaces, and its beginning up to the first brace or `=`.
fn tokens(node: &SyntaxNode) -> (String, String) {
    let (mut all, mut name, mut in_name) = (String::new(), String::new(), true);
    let tokens = node.descendants_with_tokens().filter_map(|element| element.into_token());
    for token in tokens.filter(|token| !token.kind().is_trivia()) {
        let text = token.text();
        in_name &= !matches!(text, "{" | "=");
        if in_name {
            if !name.is_empty() && !matches!(text, "." | "(" | ")" | ":") && !name.ends_with(['.', '(']) {
                name.push(' ');
            }
            name.push_str(text);
        }
        all.push_str(text);
        all.push(' ');
    }
    (all, name)
}
