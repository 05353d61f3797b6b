//! What stands between the braces of a declaration.

use super::{AstNode, Elements, Expr, Key, Name, child, children, choices, has, name, nodes, token, tokens};
use crate::SyntaxKind::*;
use crate::{SyntaxToken, TextRange};

nodes! {
    /// `{ cpu: 8, quota { … } }`
    Body: BODY,
    /// `cpu: 8`, `add members: [ana]`, `locked quota { … }`, `unset image`
    Item: ITEM,
    /// `oidc { issuer: "…" }`
    TaggedValue: TAGGED_VALUE,
}

choices! {
    /// What a field can have. `field { … }` has a body as `field: { … }` has.
    Value {
        Body(Body),
        Tagged(TaggedValue),
        Expr(Expr),
    }
}

/// What an item does to its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// No word: gives it.
    Plain,
    Add,
    Remove,
    Locked,
    Unset,
}

impl Body {
    pub fn items(&self) -> impl Iterator<Item = Item> + use<> {
        children(self.syntax())
    }
}

impl Item {
    pub fn operation(&self) -> Operation {
        match self.operation_word().as_ref().map(|word| word.text()) {
            Some("add") => Operation::Add,
            Some("remove") => Operation::Remove,
            Some("locked") => Operation::Locked,
            Some("unset") => Operation::Unset,
            _ => Operation::Plain,
        }
    }

    /// Where the word of the operation stands.
    pub fn operation_range(&self) -> Option<TextRange> {
        self.operation_word().map(|word| word.text_range())
    }

    /// The word of the operation comes first, so that what follows need not be looked through.
    fn operation_word(&self) -> Option<SyntaxToken> {
        if !has(self.syntax(), KEYWORD) {
            return None;
        }
        tokens(self.syntax()).next().filter(|first| first.kind() == KEYWORD)
    }

    pub fn key(&self) -> Option<Key> {
        Elements::new(self.syntax(), Key::can_cast).find_map(Key::cast)
    }

    /// Of `quota extends base { … }`.
    pub fn extends(&self) -> Option<Name> {
        super::declarations::extends(self.syntax())
    }

    pub fn value(&self) -> Option<Value> {
        child(self.syntax())
    }

    /// Whether it is written `field { … }`, without a colon.
    pub fn is_block(&self) -> bool {
        token(self.syntax(), COLON).is_none() && self.body().is_some()
    }

    /// The value if it is a body.
    pub fn body(&self) -> Option<Body> {
        child(self.syntax())
    }
}

impl TaggedValue {
    pub fn tag(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn body(&self) -> Option<Body> {
        child(self.syntax())
    }
}
