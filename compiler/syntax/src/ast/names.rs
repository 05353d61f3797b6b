//! The words of a file: names, texts, keys and paths.

use std::borrow::Cow;

use super::{AstNode, Elements, nodes, tokens_of};
use crate::SyntaxKind::{self, *};
use crate::literal::{self, TextPart};
use crate::{SyntaxElement, SyntaxNode, SyntaxToken, TextRange};

/// A name, qualified or not: `ana`, `uni/small`, `Classification`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name(SyntaxToken);

impl Name {
    pub(super) fn can_cast(kind: SyntaxKind) -> bool {
        matches!(kind, NAME | QUALIFIED_NAME | TYPE_NAME)
    }

    pub(super) fn cast(token: SyntaxToken) -> Option<Name> {
        Name::can_cast(token.kind()).then_some(Name(token))
    }

    pub fn text(&self) -> &str {
        self.0.text()
    }

    pub fn range(&self) -> TextRange {
        self.0.text_range()
    }

    /// `Classification`
    pub fn is_type_name(&self) -> bool {
        self.0.kind() == TYPE_NAME
    }

    /// `uni` and `small` of `uni/small`; `None` for a bare name.
    pub fn qualified(&self) -> Option<(&str, &str)> {
        self.0.text().split_once('/')
    }

    pub fn token(&self) -> &SyntaxToken {
        &self.0
    }
}

/// A text in double quotes, which may interpolate.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Text(SyntaxToken);

impl Text {
    pub(super) fn cast(token: SyntaxToken) -> Option<Text> {
        (token.kind() == TEXT).then_some(Text(token))
    }

    /// With its quotes.
    pub fn range(&self) -> TextRange {
        self.0.text_range()
    }

    /// As written, with its quotes.
    pub fn source(&self) -> &str {
        self.0.text()
    }

    /// Literal pieces and interpolations; ranges count from [`Text::range`].
    pub fn parts(&self) -> Vec<TextPart<'_>> {
        literal::text_parts(self.0.text())
    }

    /// What it says, if it interpolates nothing.
    pub fn plain(&self) -> Option<Cow<'_, str>> {
        literal::text(self.0.text()).plain()
    }

    pub fn token(&self) -> &SyntaxToken {
        &self.0
    }
}

/// A text in single quotes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Verbatim(SyntaxToken);

impl Verbatim {
    pub(super) fn cast(token: SyntaxToken) -> Option<Verbatim> {
        (token.kind() == VERBATIM).then_some(Verbatim(token))
    }

    /// With its quotes.
    pub fn range(&self) -> TextRange {
        self.0.text_range()
    }

    /// As written, with its quotes.
    pub fn source(&self) -> &str {
        self.0.text()
    }

    /// What it says.
    pub fn value(&self) -> Cow<'_, str> {
        literal::verbatim(self.0.text())
    }

    /// Where each line of what it says starts in the file.
    pub fn line_starts(&self) -> Vec<u32> {
        let start: u32 = self.range().start().into();
        literal::verbatim_lines(self.0.text()).map(|at| start + at as u32).collect()
    }

    pub fn token(&self) -> &SyntaxToken {
        &self.0
    }
}

/// What a declaration is called: a name, or in a `for` a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Handle {
    Name(Name),
    Text(Text),
    /// Several words, such as `rui.costa`; an error was reported.
    Foreign(SyntaxNode),
}

impl Handle {
    pub(super) fn can_cast(kind: SyntaxKind) -> bool {
        matches!(kind, NAME | TEXT | FOREIGN_KEY)
    }

    pub(super) fn cast(element: SyntaxElement) -> Option<Handle> {
        match element {
            SyntaxElement::Node(node) => (node.kind() == FOREIGN_KEY).then_some(Handle::Foreign(node)),
            SyntaxElement::Token(token) => match token.kind() {
                NAME => Some(Handle::Name(Name(token))),
                TEXT => Some(Handle::Text(Text(token))),
                _ => None,
            },
        }
    }

    pub fn range(&self) -> TextRange {
        match self {
            Handle::Name(name) => name.range(),
            Handle::Text(text) => text.range(),
            Handle::Foreign(node) => node.text_range(),
        }
    }
}

/// The key of a field, of a map entry, or of a step in a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Name(Name),
    Text(Text),
    /// A word that ought to be quoted; an error was reported, and it stands for the quoted text.
    Foreign(SyntaxNode),
}

impl Key {
    pub(super) fn can_cast(kind: SyntaxKind) -> bool {
        matches!(kind, NAME | QUALIFIED_NAME | TEXT | FOREIGN_KEY)
    }

    pub(super) fn cast(element: SyntaxElement) -> Option<Key> {
        match element {
            SyntaxElement::Node(node) => (node.kind() == FOREIGN_KEY).then_some(Key::Foreign(node)),
            SyntaxElement::Token(token) => match token.kind() {
                NAME | QUALIFIED_NAME => Some(Key::Name(Name(token))),
                TEXT => Some(Key::Text(Text(token))),
                _ => None,
            },
        }
    }

    /// What it says: quotes and escapes read, interpolations left as written. Borrowed unless that takes work.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Key::Name(name) => Cow::Borrowed(name.text()),
            Key::Text(text) => match text.plain() {
                Some(plain) => plain,
                None => Cow::Borrowed(text.source().trim_matches('"')),
            },
            Key::Foreign(node) => Cow::Owned(node.text().to_string()),
        }
    }

    pub fn range(&self) -> TextRange {
        match self {
            Key::Name(name) => name.range(),
            Key::Text(text) => text.range(),
            Key::Foreign(node) => node.text_range(),
        }
    }

    /// Whether it is quoted, or should be: then it is an entry's key and never a field's name.
    pub fn is_quoted(&self) -> bool {
        !matches!(self, Key::Name(_))
    }
}

nodes! {
    /// `group.ml-research.quota.cpu`
    Path: PATH,
}

impl Path {
    /// The steps, in order; the first names a kind.
    pub fn segments(&self) -> impl Iterator<Item = Key> + use<> {
        Elements::new(self.syntax(), Key::can_cast).filter_map(Key::cast)
    }
}

/// The names and keys of a node that has them between dots.
pub(super) fn segments(node: &SyntaxNode) -> impl Iterator<Item = Segment> + use<> {
    tokens_of(node, |kind| matches!(kind, NAME | QUALIFIED_NAME | TYPE_NAME | TEXT)).map(Segment)
}

/// One step of a path in an expression.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Segment(SyntaxToken);

impl Segment {
    /// What it says; quotes and escapes read.
    pub fn text(&self) -> Cow<'_, str> {
        match self.0.kind() {
            TEXT => literal::text(self.0.text()).plain().unwrap_or(Cow::Borrowed(self.0.text())),
            _ => Cow::Borrowed(self.0.text()),
        }
    }

    pub fn range(&self) -> TextRange {
        self.0.text_range()
    }

    /// `Classification`
    pub fn is_type_name(&self) -> bool {
        self.0.kind() == TYPE_NAME
    }

    pub fn is_quoted(&self) -> bool {
        self.0.kind() == TEXT
    }

    /// `uni/small`
    pub fn is_qualified(&self) -> bool {
        self.0.kind() == QUALIFIED_NAME
    }
}
