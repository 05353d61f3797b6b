//! Corrections that take something away: what stands there twice, or has no effect. They need the tree, which phases
//! after the names no longer see, so they are added to the findings at the end.

use nbc_source::{About, Diagnostic, Diagnostics, Fix, Span, Surplus};
use nbc_syntax::SyntaxKind::{self, CHANGE, ENUM_VALUE, FIELD, ITEM, LIST_EXPR, SOURCE_FILE};
use nbc_syntax::ast::{self, AstNode as _};
use nbc_syntax::{SyntaxNode, TextSize};

use crate::codes;
use crate::collect::span_of;
use crate::expand::is_handle;
use crate::expression::codes as expression_codes;
use crate::files::ParsedFile;

mod twice;

/// Gives findings their corrections, where they have none and the tree shows what to take away.
pub(crate) fn add(parsed: &[ParsedFile], diagnostics: &mut Diagnostics) {
    for found in diagnostics.iter_mut().filter(|found| found.fix.is_none()) {
        let Some(span) = found.span else { continue };
        if found.code == &codes::DUPLICATE_NAME {
            twice::correct(parsed, found, span);
            continue;
        }
        let Some(file) = parsed.iter().find(|file| file.file == span.file) else { continue };
        let root = file.parse.syntax();
        if let Some(About::Key { better }) = &found.about {
            let better = better.clone();
            at_key(&root, found, span, better);
            continue;
        }
        if let Some(fix) = instead(&root, found, span) {
            found.fix = Some(fix);
            continue;
        }
        let surplus = surplus(&root, found, span);
        if let Some((node, is_same)) = surplus {
            let whole = span_of(span.file, ast::removal(&node));
            let fix = Fix::replace(whole, "", "take it away");
            found.fix = Some(if is_same { fix } else { fix.may_change_meaning() });
        }
    }
}

/// What judging and deciding found to collide or to have no effect: without the item its default holds, and without the
/// element nothing is granted.
pub fn add_judged(parsed: &[ParsedFile], diagnostics: &mut Diagnostics) {
    let is_wanted = |found: &&mut Diagnostic| found.fix.is_none() && found.surplus.is_some();
    for found in diagnostics.iter_mut().filter(is_wanted) {
        let Some(span) = found.span else { continue };
        let Some(file) = parsed.iter().find(|file| file.file == span.file) else { continue };
        let root = file.parse.syntax();
        let node = match found.surplus {
            Some(Surplus::Field) => enclosing(&root, span, &[ITEM, CHANGE]),
            Some(Surplus::Element) => element(&root, span),
            None => None,
        };
        if let Some(node) = node {
            let whole = span_of(span.file, ast::removal(&node));
            found.fix = Some(Fix::replace(whole, "", "take it away").may_change_meaning());
        }
    }
}

/// Moves a finding about a key to where the key stands.
fn at_key(root: &SyntaxNode, found: &mut Diagnostic, span: Span, better: Option<String>) {
    let item = enclosing(root, span, &[ITEM]).and_then(ast::Item::cast);
    let Some(key) = item.and_then(|item| item.key()) else { return };
    let span = span_of(span.file, key.range());
    found.span = Some(span);
    found.fix = better.map(|better| {
        let is_same = better.eq_ignore_ascii_case(&key.text());
        let written = if is_handle(&better) { better } else { format!("\"{better}\"") };
        let fix = Fix::replace(span, &written, format!("write `{written}`"));
        if is_same { fix } else { fix.may_change_meaning() }
    });
}

/// What a finding of a type says in passing: the same words as a text, or the day that a year ends or begins with.
fn instead(root: &SyntaxNode, found: &Diagnostic, span: Span) -> Option<Fix> {
    let Some(About::Type { wanted, fits_as_text }) = &found.about else { return None };
    let node = ancestors(root, span).next()?;
    let written = node.text().to_string();
    let written = written.trim();
    if *fits_as_text {
        // conda takes `3.12` for 3.12.0 alone, which nobody means who writes a number.
        let is_version = wanted == "PackageSpec";
        let text = if is_version { format!("\"{written}.*\"") } else { format!("\"{written}\"") };
        let fix = Fix::replace(span, &text, format!("write `{text}`"));
        return Some(if is_version { fix.may_change_meaning() } else { fix });
    }
    let is_year = written.len() == 4 && written.starts_with("20") && written.bytes().all(|byte| byte.is_ascii_digit());
    if !is_year || wanted != "Date" {
        return None;
    }
    let before = node.first_token()?.prev_token();
    let before = std::iter::successors(before, |token| token.prev_token()).find(|token| !token.kind().is_trivia())?;
    let from = before.text() == "from" || before.prev_token().is_some_and(|token| token.text() == "from");
    let day = if from { format!("{written}-01-01") } else { format!("{written}-12-31") };
    Some(Fix::replace(span, &day, format!("write `{day}`")).may_change_meaning())
}

/// What the finding says is too much, and whether all stays the same without it.
fn surplus(root: &SyntaxNode, found: &Diagnostic, span: Span) -> Option<(SyntaxNode, bool)> {
    let code = found.code;
    if code == &codes::SAID_TWICE {
        let node = enclosing(root, span, &[ITEM, CHANGE])?;
        let first = found.related.first().and_then(|first| enclosing(root, first.span, &[ITEM, CHANGE]));
        let is_same = first.is_some_and(|first| first.text() == node.text());
        Some((node, is_same))
    } else if code == &codes::ALREADY_PRESENT || code == &codes::NOT_PRESENT {
        Some((element(root, span)?, true))
    } else if code == &codes::LOCKED {
        Some((enclosing(root, span, &[ITEM, CHANGE])?, false))
    } else if code == &codes::DUPLICATE_TYPE {
        Some((enclosing(root, span, &[ENUM_VALUE, FIELD]).or_else(|| declaration(root, span))?, false))
    } else if code == &expression_codes::UNDEFINED_NAME
        && ancestors(root, span).next()?.text().to_string().trim() == "null"
    {
        Some((enclosing(root, span, &[ITEM])?, false))
    } else {
        None
    }
}

/// The innermost node of one of these kinds around a place.
fn enclosing(root: &SyntaxNode, span: Span, kinds: &[SyntaxKind]) -> Option<SyntaxNode> {
    ancestors(root, span).find(|node| kinds.contains(&node.kind()))
}

/// The element of a list; the change around the list, where it is the only one.
fn element(root: &SyntaxNode, span: Span) -> Option<SyntaxNode> {
    let node = ancestors(root, span).find(|node| node.parent().is_some_and(|list| list.kind() == LIST_EXPR))?;
    let is_only = node.parent()?.children().count() == 1;
    if is_only { enclosing(root, span, &[ITEM, CHANGE]) } else { Some(node) }
}

fn declaration(root: &SyntaxNode, span: Span) -> Option<SyntaxNode> {
    ancestors(root, span).find(|node| node.parent().is_some_and(|file| file.kind() == SOURCE_FILE))
}

fn ancestors(root: &SyntaxNode, span: Span) -> impl Iterator<Item = SyntaxNode> {
    let end = root.text_range().end();
    let at = TextSize::from(span.start).min(end);
    let token = root.token_at_offset(at).right_biased();
    token.into_iter().flat_map(|token| token.parent_ancestors())
}
