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
    let balanced = is_balanced(tokens);
    let unclosed = if balanced { Vec::new() } else { unclosed_parens(tokens) };
    // Room that is not written to costs nothing; growing would write everything twice.
    let mut picked: Vec<Significant> = Vec::with_capacity(tokens.len());
    let mut open: Vec<SyntaxKind> = Vec::new();
    let mut newline = None;
    for (index, token) in tokens.iter().enumerate() {
        if token.kind.is_trivia() {
            if token.kind == NEWLINE && newline.is_none() {
                newline = Some(Significant { kind: NEWLINE, word: Word::Other, index: index as u32 });
            }
            continue;
        }
        let token = Significant { kind: token.kind, word: word(text, tokens, index), index: index as u32 };
        if let Some(newline) = newline.take()
            && open.last() != Some(&LEFT_PAREN)
            && can_end_line(&picked)
            && !joins_next(&token, tokens)
        {
            picked.push(newline);
        }
        match token.kind {
            LEFT_PAREN if unclosed.binary_search(&index).is_ok() => {}
            LEFT_PAREN | LEFT_BRACKET | LEFT_BRACE => open.push(token.kind),
            RIGHT_PAREN | RIGHT_BRACKET | RIGHT_BRACE => {
                open.pop();
            }
            _ => {}
        }
        picked.push(token);
    }
    picked.extend(newline.filter(|_| can_end_line(&picked)));
    (picked, balanced)
}

fn word(text: &str, tokens: &[Token], index: usize) -> Word {
    match tokens.get(index) {
        Some(Token { kind: NAME, start }) => {
            let end = tokens.get(index + 1).map_or(text.len(), |next| next.start as usize);
            Word::of(text.get(*start as usize..end).unwrap_or_default())
        }
        _ => Word::Other,
    }
}

/// The places of every `(` that nothing closes before an outer bracket does. They do not silence newlines, so that one
/// forgotten `)` costs one line and not the rest of the file.
fn unclosed_parens(tokens: &[Token]) -> Vec<usize> {
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

fn is_balanced(tokens: &[Token]) -> bool {
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

/// Whether there is a token before, and a line can end after it.
fn can_end_line(picked: &[Significant]) -> bool {
    picked.last().is_some_and(|last| !joins_previous(last))
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
fn joins_next(token: &Significant, tokens: &[Token]) -> bool {
    let is_next = |other: &&Token| !other.kind.is_trivia() || other.kind == NEWLINE;
    let next = || tokens.iter().skip(token.index as usize + 1).find(is_next).map(|next| next.kind);
    token.kind == RIGHT_PAREN
        || (token.kind == NAME
            && matches!(token.word, Word::And | Word::Or | Word::Then | Word::Else)
            && !matches!(next(), Some(COLON | QUESTION)))
}
