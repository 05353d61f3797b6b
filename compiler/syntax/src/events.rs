//! What the parser says about the tokens, in order, and the tree that follows from it.
//!
//! Trivia is not in the events. It stays outside the node that follows it, except a doc comment, which belongs to the
//! declaration or field that it documents.

use rowan::{GreenNode, Language};

use crate::NbcLanguage;
use crate::SyntaxKind::{self, *};
use crate::green::GreenBuilder;
use crate::lexer::Token;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Start(SyntaxKind),
    /// The next significant token, under this kind.
    Token(SyntaxKind),
    Finish,
}

/// The lossless tree of a text: its tokens, nested as the events say. `indices` are the places of the significant tokens.
pub(crate) fn build(
    text: &str,
    tokens: &[Token],
    mut indices: impl Iterator<Item = u32>,
    events: Vec<Event>,
) -> GreenNode {
    let mut builder = Builder { text, tokens, next: 0, green: GreenBuilder::new(text.len()) };
    let mut pending = indices.next();
    let last = events.len().saturating_sub(1);
    for (at, event) in events.into_iter().enumerate() {
        match event {
            Event::Start(kind) => {
                // The root holds everything, the trivia before its first token too.
                if at > 0 {
                    builder.trivia_before(kind, pending);
                }
                builder.green.start_node(NbcLanguage::kind_to_raw(kind));
            }
            Event::Token(kind) => {
                builder.trivia_until(pending);
                builder.token(Some(kind));
                pending = indices.next();
            }
            Event::Finish => {
                if at == last {
                    builder.trivia_until(None);
                }
                builder.green.finish_node();
            }
        }
    }
    builder.green.finish(NbcLanguage::kind_to_raw(SOURCE_FILE))
}

struct Builder<'t> {
    text: &'t str,
    tokens: &'t [Token],
    next: usize,
    green: GreenBuilder,
}

impl Builder<'_> {
    /// Adds the next token, under its own kind unless another is given.
    fn token(&mut self, kind: Option<SyntaxKind>) {
        let Some(token) = self.tokens.get(self.next) else { return };
        self.next += 1;
        let end = self.tokens.get(self.next).map_or(self.text.len(), |next| next.start as usize);
        let text = self.text.get(token.start as usize..end).unwrap_or_default();
        self.green.token(NbcLanguage::kind_to_raw(kind.unwrap_or(token.kind)), text);
    }

    fn trivia_until(&mut self, index: Option<u32>) {
        let end = index.map_or(self.tokens.len(), |index| index as usize);
        while self.next < end {
            self.token(None);
        }
    }

    /// Adds the trivia that stands before a node and is not part of it.
    fn trivia_before(&mut self, kind: SyntaxKind, index: Option<u32>) {
        let end = index.map_or(self.tokens.len(), |index| index as usize);
        let trivia = self.tokens.get(self.next..end).unwrap_or_default();
        match trivia.iter().position(|token| token.kind == DOC_COMMENT) {
            Some(doc) if has_doc_comment(kind) => self.trivia_until(Some((self.next + doc) as u32)),
            _ => self.trivia_until(index),
        }
    }
}

/// The nodes that a doc comment before them belongs to.
fn has_doc_comment(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        INSTANCE
            | KIND_DECL
            | ENUM_DECL
            | EXTEND_ENUM_DECL
            | RECORD_DECL
            | VARIANT_DECL
            | TYPE_DECL
            | LET_DECL
            | FN_DECL
            | FOR_DECL
            | RULE_DECL
            | WAIVER_DECL
            | TEST_DECL
            | STAGE_DECL
            | RAW_DECL
            | ITEM
            | FIELD
            | COMPUTED_FIELD
            | ACTION
            | REQUIREMENT
            | EMIT
            | ENUM_VALUE
            | CASE
            | CHANGE
            | EXPECTATION
            | WHEN_CLAUSE
            | REQUIRE_CLAUSE
    )
}
