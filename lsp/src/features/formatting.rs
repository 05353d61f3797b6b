//! A file in the one style, as edits: the whole of it, the declarations of a piece, or the line that is being typed.

use nbc_driver::Analysis;
use nbc_driver::style::style_of;
use nbc_source::{Edit, FileId, Span};
use nbc_syntax::{SyntaxKind, SyntaxNode, parse};

use super::place::{View, own_range};

/// How far what stands between two braces is moved to the right.
const STEP: usize = 2;

/// The edit from the first line that differs to the last; none for a file in the style, or one with mistakes.
pub fn format(analysis: &Analysis, file: FileId) -> Option<Edit> {
    let styled = style_of(analysis, file)?;
    let after = styled.after?;
    let (old, new) = (styled.before, after.as_str());
    if old == new {
        return None;
    }
    let start = whole_lines(old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count(), old);
    let rest = old.len().min(new.len()) - start;
    let same = |(a, b): &(u8, u8)| a == b;
    let tail = old.bytes().rev().zip(new.bytes().rev()).take(rest).take_while(same).count();
    // To the end of a line, so that no character is cut.
    let tail = old.get(old.len() - tail..).map_or_else(|| 0, |kept| kept.find('\n').map_or(0, |at| tail - at - 1));
    let text = new.get(start..new.len() - tail)?.to_owned();
    Some(Edit { span: Span::new(file, start as u32..(old.len() - tail) as u32), text })
}

fn whole_lines(at: usize, text: &str) -> usize {
    text.as_bytes().iter().take(at).rposition(|byte| *byte == b'\n').map_or(0, |found| found + 1)
}

/// The declarations that a piece of the file touches, each in the style. None in a file with mistakes.
pub fn format_range(view: &View<'_>, within: Span) -> Vec<Edit> {
    let Some(after) = style_of(view.analysis, view.file).and_then(|styled| styled.after) else { return Vec::new() };
    let styled = parse(&after, view.file).syntax();
    let (old, new): (Vec<SyntaxNode>, Vec<SyntaxNode>) = (view.root.children().collect(), styled.children().collect());
    if old.len() != new.len() {
        return Vec::new();
    }
    let touched = old.iter().zip(&new).filter(|(old, _)| {
        let range = view.span(own_range(old));
        range.start <= within.end && within.start <= range.end
    });
    let edits = touched.filter_map(|(old, new)| {
        let range = own_range(new);
        let text = after.get(usize::from(range.start())..usize::from(range.end()))?;
        let edit = Edit { span: view.span(own_range(old)), text: text.to_owned() };
        (view.analysis.sources().text(edit.span) != edit.text).then_some(edit)
    });
    edits.collect()
}

/// After a bracket or a line break was typed: the declaration that the bracket ends, or else the space before what stands
/// on this line. The rest of the file may have mistakes.
pub fn format_typed(view: &View<'_>, offset: u32, typed: char) -> Vec<Edit> {
    if typed == '}' {
        let ended = view.root.children().find(|node| u32::from(node.text_range().end()) == offset);
        let edits = ended.map(|node| format_range(view, view.span(own_range(&node)))).unwrap_or_default();
        if !edits.is_empty() {
            return edits;
        }
    }
    indent(view, offset).into_iter().collect()
}

/// The space at the beginning of a line, by the brackets that are open there.
fn indent(view: &View<'_>, offset: u32) -> Option<Edit> {
    let text = view.analysis.sources().get(view.file).map_or("", |source| &*source.text);
    let line = text.get(..offset as usize)?.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let rest = text.get(line..)?;
    let space = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let mut depth = 0usize;
    for token in view.root.descendants_with_tokens().filter_map(|element| element.into_token()) {
        let (start, end) = (usize::from(token.text_range().start()), usize::from(token.text_range().end()));
        if start >= line {
            break;
        }
        match token.kind() {
            SyntaxKind::LEFT_BRACE | SyntaxKind::LEFT_BRACKET | SyntaxKind::LEFT_PAREN => depth += 1,
            SyntaxKind::RIGHT_BRACE | SyntaxKind::RIGHT_BRACKET | SyntaxKind::RIGHT_PAREN => {
                depth = depth.saturating_sub(1);
            }
            // Inside of a text of several lines every space is a part of it.
            kind if !kind.is_trivia() && end > line => return None,
            _ => {}
        }
    }
    let closes = rest.get(space..)?.starts_with(['}', ']', ')']);
    let wanted = " ".repeat(depth.saturating_sub(usize::from(closes)) * STEP);
    let span = Span::new(view.file, line as u32..(line + space) as u32);
    (view.analysis.sources().text(span) != wanted).then_some(Edit { span, text: wanted })
}
