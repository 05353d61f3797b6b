//! Edits that put something between brackets, as what is there already is written: on one line, or one a line.

use nbc_source::{Edit, Span};
use nbc_syntax::{SyntaxKind, SyntaxNode, TextRange};

use super::super::place::{View, own_range};

/// How far what stands between two brackets is moved to the right.
const STEP: &str = "  ";

/// Puts an item into a body, or an element into a list, behind what is there.
pub(super) fn append(view: &View<'_>, brackets: &SyntaxNode, text: &str) -> Option<Edit> {
    let open = brackets.children_with_tokens().find(|element| is_bracket(element.kind()))?.text_range().end();
    let last = brackets.children().last();
    let has_lines = brackets.text().contains_char('\n');
    let Some(last) = last else {
        let close = brackets.last_token().filter(|token| is_closing(token.kind()))?.text_range().start();
        let outer = indent_of(view, brackets);
        let inside = match (has_lines, brackets.kind()) {
            (true, _) => format!("\n{outer}{STEP}{text}\n{outer}"),
            (false, SyntaxKind::LIST_EXPR) => text.to_owned(),
            (false, _) => format!(" {text} "),
        };
        return Some(edit(view, TextRange::new(open, close), inside));
    };
    let comma = last.last_token().and_then(|token| token.next_token());
    let comma = std::iter::successors(comma, |token| token.next_token())
        .find(|token| !token.kind().is_trivia() && token.kind() != SyntaxKind::NEWLINE)
        .filter(|token| token.kind() == SyntaxKind::COMMA);
    let end = last.text_range().end();
    Some(match (has_lines, comma) {
        (true, Some(comma)) => insert(view, comma.text_range().end(), format!("\n{}{text},", indent_of(view, &last))),
        (true, None) => insert(view, end, format!("\n{}{text}", indent_of(view, &last))),
        (false, _) => insert(view, end, format!(", {text}")),
    })
}

/// Puts declarations behind the one that a node stands in, or at the end of the file.
pub(super) fn below(view: &View<'_>, node: &SyntaxNode, text: &str) -> Edit {
    let top = node.ancestors().find(|node| node.parent().is_some_and(|above| above.kind() == SyntaxKind::SOURCE_FILE));
    let end = top.map_or(view.root.text_range().end(), |top| top.text_range().end());
    insert(view, end, format!("\n\n{text}"))
}

pub(super) fn insert(view: &View<'_>, at: nbc_syntax::TextSize, text: String) -> Edit {
    edit(view, TextRange::new(at, at), text)
}

pub(super) fn edit(view: &View<'_>, range: TextRange, text: String) -> Edit {
    Edit { span: view.span(range), text }
}

/// The space at the beginning of the line that a node begins on.
fn indent_of(view: &View<'_>, node: &SyntaxNode) -> String {
    let start = own_range(node).start();
    let before = view.analysis.sources().text(Span::new(view.file, 0..start.into()));
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.chars().take_while(|c| matches!(c, ' ' | '\t')).collect()
}

fn is_bracket(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::LEFT_BRACE | SyntaxKind::LEFT_BRACKET)
}

fn is_closing(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::RIGHT_BRACE | SyntaxKind::RIGHT_BRACKET)
}
