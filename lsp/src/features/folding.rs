//! What can be folded away, and what grows when a selection is widened.

use nbc_source::Span;
use nbc_syntax::{SyntaxKind, TextRange};

use super::place::{View, own_range};

/// What is folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    Block,
    Comment,
}

/// Blocks, lists and runs of comments that have more than one line.
pub fn folds(view: &View<'_>) -> Vec<(Span, Fold)> {
    use SyntaxKind::*;
    let mut folds = Vec::new();
    for node in view.root.descendants() {
        let is_block = matches!(
            node.kind(),
            BODY | KIND_BODY
                | ENUM_BODY
                | RECORD_BODY
                | VARIANT_BODY
                | FOR_BODY
                | RULE_BODY
                | TEST_BODY
                | STAGE_BODY
                | LIST_EXPR
        );
        if is_block && node.text().contains_char('\n') {
            folds.push((view.span(own_range(&node)), Fold::Block));
        }
    }
    let mut run: Option<TextRange> = None;
    let mut lines = 0;
    for token in view.root.descendants_with_tokens().filter_map(|element| element.into_token()) {
        match token.kind() {
            COMMENT | DOC_COMMENT => {
                run = Some(run.map_or(token.text_range(), |run| run.cover(token.text_range())));
                lines += 1;
            }
            WHITESPACE | NEWLINE => {}
            _ => {
                folds.extend(run.take().filter(|_| lines > 1).map(|run| (view.span(run), Fold::Comment)));
                lines = 0;
            }
        }
    }
    folds.extend(run.filter(|_| lines > 1).map(|run| (view.span(run), Fold::Comment)));
    folds.sort_by_key(|(span, _)| *span);
    folds
}

/// The token at a byte, then everything around it, each larger than the one before.
pub fn selections(view: &View<'_>, offset: u32) -> Vec<Span> {
    let Some(token) = view.token(offset) else { return Vec::new() };
    let ranges = std::iter::once(token.text_range()).chain(token.parent_ancestors().map(|node| own_range(&node)));
    let mut spans: Vec<Span> = ranges.map(|range| view.span(range)).collect();
    spans.dedup();
    spans
}
