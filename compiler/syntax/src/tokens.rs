//! The tokens that the grammar sees: no trivia, and a newline only where it separates.
//!
//! Inside `( )` a newline never separates; nor does one after `: = | . .. -> (`, an operator or one of
//! `and or not in if then else for`, nor before `and or then else )`, unless a `:` or `?` after such a word makes it the
//! name of a field. Several in a row are one.

use crate::SyntaxKind::{self, *};
use crate::lexer::Token;
use crate::word::Word;

/// A token of the grammar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Significant {
    pub(crate) kind: SyntaxKind,
    /// Which word of the language a name is.
    pub(crate) word: Word,
    /// Its place among all tokens of the file.
    pub(crate) index: u32,
}

/// Picks the tokens that matter, and tells whether every bracket has its partner.
pub(crate) fn significant(text: &str, tokens: &[Token]) -> (Vec<Significant>, bool) {
    let words = words(text, tokens);
    let balanced = is_balanced(&words);
    let unclosed = if balanced { Vec::new() } else { unclosed_parens(&words) };
    (separate(words, &unclosed), balanced)
}

/// All tokens but spaces and comments, with the word that each name is.
fn words(text: &str, tokens: &[Token]) -> Vec<Significant> {
    let mut out = Vec::with_capacity(tokens.len());
    let mut following = tokens.iter().skip(1);
    for (index, token) in tokens.iter().enumerate() {
        let end = following.next().map_or(text.len(), |next| next.start as usize);
        if token.kind.is_trivia() && token.kind != NEWLINE {
            continue;
        }
        let word = match token.kind {
            NAME => Word::of(text.get(token.start as usize..end).unwrap_or_default()),
            _ => Word::Other,
        };
        out.push(Significant { kind: token.kind, word, index: index as u32 });
    }
    out
}

/// The places of every `(` that nothing closes before an outer bracket does. They do not silence newlines, so that one
/// forgotten `)` costs one line and not the rest of the file.
fn unclosed_parens(tokens: &[Significant]) -> Vec<usize> {
    let mut open: Vec<(SyntaxKind, usize)> = Vec::new();
    let mut unclosed = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            LEFT_PAREN | LEFT_BRACKET | LEFT_BRACE => open.push((token.kind, at)),
            RIGHT_PAREN if open.last().is_some_and(|(kind, _)| *kind == LEFT_PAREN) => {
                open.pop();
            }
            RIGHT_BRACKET | RIGHT_BRACE => {
                while let Some((LEFT_PAREN, at)) = open.last().copied() {
                    unclosed.push(at);
                    open.pop();
                }
                open.pop();
            }
            _ => {}
        }
    }
    unclosed.extend(open.into_iter().filter(|(kind, _)| *kind == LEFT_PAREN).map(|(_, at)| at));
    unclosed.sort_unstable();
    unclosed
}

fn is_balanced(tokens: &[Significant]) -> bool {
    let mut open = Vec::new();
    let pairs_up = tokens.iter().all(|token| match token.kind {
        LEFT_PAREN | LEFT_BRACKET | LEFT_BRACE => {
            open.push(token.kind);
            true
        }
        RIGHT_PAREN => open.pop() == Some(LEFT_PAREN),
        RIGHT_BRACKET => open.pop() == Some(LEFT_BRACKET),
        RIGHT_BRACE => open.pop() == Some(LEFT_BRACE),
        _ => true,
    });
    pairs_up && open.is_empty()
}

/// Drops the newlines that do not separate; those before the first token do not either. What stays moves to the front
/// of the same memory: a newline that is written was read before, so there is always room.
fn separate(mut tokens: Vec<Significant>, unclosed: &[usize]) -> Vec<Significant> {
    let mut kept = 0;
    let mut open: Vec<SyntaxKind> = Vec::new();
    let mut newline = None;
    for at in 0..tokens.len() {
        let Some(token) = tokens.get(at).copied() else { break };
        if token.kind == NEWLINE {
            newline = newline.or(Some(token));
            continue;
        }
        if let Some(newline) = newline.take()
            && open.last() != Some(&LEFT_PAREN)
            && !joins_next(&token, tokens.get(at + 1).map(|next| next.kind))
            && can_end_line(&tokens, kept)
        {
            keep(&mut tokens, &mut kept, newline);
        }
        match token.kind {
            LEFT_PAREN if unclosed.binary_search(&at).is_ok() => {}
            LEFT_PAREN | LEFT_BRACKET | LEFT_BRACE => open.push(token.kind),
            RIGHT_PAREN | RIGHT_BRACKET | RIGHT_BRACE => {
                open.pop();
            }
            _ => {}
        }
        keep(&mut tokens, &mut kept, token);
    }
    if let Some(newline) = newline
        && can_end_line(&tokens, kept)
    {
        keep(&mut tokens, &mut kept, newline);
    }
    tokens.truncate(kept);
    tokens
}

fn keep(tokens: &mut [Significant], kept: &mut usize, token: Significant) {
    if let Some(place) = tokens.get_mut(*kept) {
        *place = token;
        *kept += 1;
    }
}

/// Whether there is a token before, and a line can end after it.
fn can_end_line(tokens: &[Significant], kept: usize) -> bool {
    kept.checked_sub(1).and_then(|last| tokens.get(last)).is_some_and(|last| !joins_previous(last))
}

/// Whether a line cannot end after this token.
fn joins_previous(token: &Significant) -> bool {
    match token.kind {
        LEFT_PAREN | DOT | DOT_DOT | ARROW | PIPE | EQUALS | EQUAL_EQUAL | NOT_EQUAL | LESS | LESS_EQUAL | GREATER
        | GREATER_EQUAL | PLUS | MINUS | STAR | SLASH | COLON => true,
        NAME => matches!(
            token.word,
            Word::And | Word::Or | Word::Not | Word::In | Word::If | Word::Then | Word::Else | Word::For
        ),
        _ => false,
    }
}

/// Whether this token continues the line above it. `and:` and `then?:` are fields of that name.
fn joins_next(token: &Significant, next: Option<SyntaxKind>) -> bool {
    token.kind == RIGHT_PAREN
        || (token.kind == NAME
            && matches!(token.word, Word::And | Word::Or | Word::Then | Word::Else)
            && !matches!(next, Some(COLON | QUESTION)))
}
