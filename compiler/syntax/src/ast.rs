//! Typed views of the tree. A view is a node with questions; it owns nothing, and asking makes no text unless it says so.
//!
//! Every part may be missing in a broken file: questions answer `None` or fewer elements, and a finding was reported.
//! Ranges count bytes and leave doc comments out.

use rowan::{Language as _, NodeOrToken, TextSize};

use crate::SyntaxKind::{self, *};
use crate::{NbcLanguage, SyntaxElement, SyntaxNode, SyntaxToken, TextRange};

mod declarations;
mod expressions;
mod items;
mod kinds;
mod names;
mod rules;
mod types;

pub use declarations::{
    EnumDecl, EnumValue, ExtendEnumDecl, FnDecl, ForDecl, Generated, Instance, LetDecl, Parameter, RawDecl, RawSource,
    RecordDecl, TypeDecl, VariantCase, VariantDecl,
};
pub use expressions::{
    CallExpr, Comparison, ComparisonExpr, Comprehension, Element, Expr, FactorOperator, IfExpr, ListExpr, Literal,
    LiteralKind, LogicExpr, LogicOperator, MemberExpr, NegativeExpr, NotExpr, OtherwiseExpr, ParenExpr, PathExpr,
    ProductExpr, Quantifier, QuantifierExpr, SetExpr, SumExpr, TermOperator,
};
pub use items::{Body, Item, Operation, TaggedValue, Value};
pub use kinds::{
    Action, ComputedField, Constraint, Emit, Field, FieldRole, InConstraint, KindDecl, KindItem, MatchingConstraint,
    Requirement, WhereConstraint,
};
pub use names::{Handle, Key, Name, Path, Segment, Text, Verbatim};
pub use rules::{
    Access, Change, ChangeOperation, Clause, Expectation, RequireClause, RuleDecl, StageDecl, StageItem, Subject,
    TestDecl, TestItem, Verdict, VerdictWord, WaiverDecl, WhenClause,
};
pub use types::{ListType, MapType, NamedType, Type, UnionType};

/// A view of one kind of node, or of one of several.
pub trait AstNode: Sized {
    fn can_cast(kind: SyntaxKind) -> bool;
    fn cast(node: SyntaxNode) -> Option<Self>;
    fn syntax(&self) -> &SyntaxNode;

    /// Where it stands, without its doc comment.
    fn range(&self) -> TextRange {
        own_range(self.syntax())
    }

    /// The doc comment in front of it: lines joined by `\n`, without `##`. Makes a text.
    fn documentation(&self) -> Option<String> {
        if !kinds(self.syntax()).next().is_some_and(SyntaxKind::is_trivia) {
            return None;
        }
        let mut lines = doc_comments(self.syntax()).peekable();
        lines.peek()?;
        let lines: Vec<String> = lines
            .map(|token| {
                let line = token.text().trim_start_matches('#');
                line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned()
            })
            .collect();
        Some(lines.join("\n"))
    }
}

/// Declares views of one node kind each.
macro_rules! nodes {
    ($($(#[$doc:meta])* $name:ident: $kind:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(crate::SyntaxNode);

        impl crate::ast::AstNode for $name {
            fn can_cast(kind: crate::SyntaxKind) -> bool {
                kind == crate::SyntaxKind::$kind
            }
            fn cast(node: crate::SyntaxNode) -> Option<Self> {
                (node.kind() == crate::SyntaxKind::$kind).then_some($name(node))
            }
            fn syntax(&self) -> &crate::SyntaxNode {
                &self.0
            }
        }
    )*};
}

/// Declares views that are one of several others.
macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($case:ident($inner:ident),)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($case($inner),)* }

        impl crate::ast::AstNode for $name {
            fn can_cast(kind: crate::SyntaxKind) -> bool {
                $(<$inner as crate::ast::AstNode>::can_cast(kind))||*
            }
            fn cast(node: crate::SyntaxNode) -> Option<Self> {
                let kind = node.kind();
                $(if <$inner as crate::ast::AstNode>::can_cast(kind) {
                    return <$inner as crate::ast::AstNode>::cast(node).map($name::$case);
                })*
                None
            }
            fn syntax(&self) -> &crate::SyntaxNode {
                match self { $($name::$case(inner) => inner.syntax(),)* }
            }
        }
    )*};
}

use {choices, nodes};

nodes! {
    /// A whole file. An expression that stands in none is one too.
    SourceFile: SOURCE_FILE,
}

choices! {
    /// Anything that stands at the top of a file.
    Declaration {
        Instance(Instance),
        Kind(KindDecl),
        Enum(EnumDecl),
        ExtendEnum(ExtendEnumDecl),
        Record(RecordDecl),
        Variant(VariantDecl),
        Type(TypeDecl),
        Let(LetDecl),
        Fn(FnDecl),
        For(ForDecl),
        Rule(RuleDecl),
        Waiver(WaiverDecl),
        Test(TestDecl),
        Stage(StageDecl),
        Raw(RawDecl),
    }
}

impl SourceFile {
    pub(crate) fn new(root: SyntaxNode) -> SourceFile {
        SourceFile(root)
    }

    pub fn declarations(&self) -> impl Iterator<Item = Declaration> + use<> {
        children(&self.0)
    }

    /// The declarations other than instances, which are passed over without a view: there may be thousands.
    pub fn definitions(&self) -> impl Iterator<Item = Declaration> + use<> {
        let nodes = Elements::new(&self.0, |kind| kind != INSTANCE && Declaration::can_cast(kind));
        nodes.filter_map(|element| element.into_node().and_then(Declaration::cast))
    }

    /// How many instances there are.
    pub fn instance_count(&self) -> usize {
        kinds(&self.0).filter(|kind| *kind == INSTANCE).count()
    }

    /// What an interpolation says, or an expression that stands alone; `None` for a file.
    pub fn expression(&self) -> Option<Expr> {
        child(&self.0)
    }
}

// How views look into their node.

fn child<N: AstNode>(node: &SyntaxNode) -> Option<N> {
    let is_there = kinds(node).any(N::can_cast);
    is_there.then(|| node.children().find_map(N::cast)).flatten()
}

fn children<N: AstNode>(node: &SyntaxNode) -> impl Iterator<Item = N> + use<N> {
    node.children().filter_map(N::cast)
}

/// The tokens of the node itself, without trivia.
fn tokens(node: &SyntaxNode) -> impl Iterator<Item = SyntaxToken> + use<> {
    tokens_of(node, |kind| !kind.is_trivia())
}

/// The tokens of the node itself of the kinds that are wanted.
fn tokens_of(node: &SyntaxNode, wanted: fn(SyntaxKind) -> bool) -> impl Iterator<Item = SyntaxToken> + use<> {
    let tokens = Elements::new(node, move |kind| kind.is_token() && wanted(kind));
    tokens.filter_map(|element| element.into_token())
}

/// What a node itself holds, of the kinds that are wanted. The others are passed over without a view, which would take an
/// allocation each; most of them are spaces. What is wanted must not be empty.
struct Elements<F> {
    node: SyntaxNode,
    is_wanted: F,
    /// How many were looked at, and where the next one starts.
    seen: usize,
    start: TextSize,
}

impl<F: Fn(SyntaxKind) -> bool> Elements<F> {
    fn new(node: &SyntaxNode, is_wanted: F) -> Elements<F> {
        Elements { node: node.clone(), is_wanted, seen: 0, start: node.text_range().start() }
    }

    /// What follows the first part that passes.
    fn after(node: &SyntaxNode, passes: fn(SyntaxKind) -> bool, is_wanted: F) -> Option<Elements<F>> {
        let mut elements = Elements::new(node, is_wanted);
        while let Some((kind, _)) = elements.advance() {
            if passes(kind) {
                return Some(elements);
            }
        }
        None
    }

    /// The next part of the node, whatever it is.
    fn advance(&mut self) -> Option<(SyntaxKind, TextRange)> {
        let (kind, length) = match self.node.green().children().nth(self.seen)? {
            NodeOrToken::Node(node) => (node.kind(), node.text_len()),
            NodeOrToken::Token(token) => (token.kind(), token.text_len()),
        };
        let range = TextRange::at(self.start, length);
        self.seen += 1;
        self.start = range.end();
        Some((NbcLanguage::kind_from_raw(kind), range))
    }
}

impl<F: Fn(SyntaxKind) -> bool> Iterator for Elements<F> {
    type Item = SyntaxElement;

    fn next(&mut self) -> Option<SyntaxElement> {
        while let Some((kind, range)) = self.advance() {
            if (self.is_wanted)(kind) {
                return self.node.child_or_token_at_range(range);
            }
        }
        None
    }
}

/// The kinds of what the node itself holds. Looking at them makes no view, which tells quickly what is not there.
fn kinds(node: &SyntaxNode) -> impl Iterator<Item = SyntaxKind> + '_ {
    node.green().children().map(|part| NbcLanguage::kind_from_raw(part.kind()))
}

fn has(node: &SyntaxNode, kind: SyntaxKind) -> bool {
    kinds(node).any(|other| other == kind)
}

fn token(node: &SyntaxNode, kind: SyntaxKind) -> Option<SyntaxToken> {
    if !has(node, kind) {
        return None;
    }
    tokens(node).find(|token| token.kind() == kind)
}

/// The name with this number, from 0, among the names of the node itself.
fn name(node: &SyntaxNode, number: usize) -> Option<Name> {
    tokens_of(node, Name::can_cast).nth(number).and_then(Name::cast)
}

fn text(node: &SyntaxNode) -> Option<Text> {
    tokens_of(node, |kind| kind == TEXT).find_map(Text::cast)
}

fn verbatim(node: &SyntaxNode) -> Option<Verbatim> {
    tokens_of(node, |kind| kind == VERBATIM).find_map(Verbatim::cast)
}

/// The word of the language with this text, if the node itself has it.
fn keyword(node: &SyntaxNode, text: &str) -> Option<SyntaxToken> {
    if !has(node, KEYWORD) {
        return None;
    }
    tokens_of(node, |kind| kind == KEYWORD).find(|token| token.text() == text)
}

/// The first view that starts at or after a token.
fn child_after<N: AstNode>(node: &SyntaxNode, token: &SyntaxToken) -> Option<N> {
    let start = token.text_range().end();
    node.children().filter(|child| child.text_range().start() >= start).find_map(N::cast)
}

/// The first view that ends at or before a token.
fn child_before<N: AstNode>(node: &SyntaxNode, token: &SyntaxToken) -> Option<N> {
    let end = token.text_range().start();
    node.children().take_while(|child| child.text_range().end() <= end).find_map(N::cast)
}

fn doc_comments(node: &SyntaxNode) -> impl Iterator<Item = SyntaxToken> + use<> {
    node.children_with_tokens()
        .map_while(|element| element.into_token())
        .take_while(|token| token.kind().is_trivia())
        .filter(|token| token.kind() == DOC_COMMENT)
}

fn own_range(node: &SyntaxNode) -> TextRange {
    let range = node.text_range();
    let starts_with_trivia = kinds(node).next().is_some_and(SyntaxKind::is_trivia);
    if !starts_with_trivia || node.kind() == SOURCE_FILE {
        return range;
    }
    let mut elements = Elements::new(node, |_| false);
    let first = std::iter::from_fn(|| elements.advance()).find(|(kind, _)| !kind.is_trivia());
    first.map_or(range, |(_, first)| TextRange::new(first.start(), range.end()))
}

/// What has to go with an item or element when it is taken away: its line, or the comma that parts it from its neighbour.
pub fn removal(node: &SyntaxNode) -> TextRange {
    let before = node.first_token().and_then(|token| gap(token.prev_token(), |token| token.prev_token()));
    let after = node.last_token().and_then(|token| gap(token.next_token(), |token| token.next_token()));
    let range = node.text_range();
    match (before, after) {
        // On a line of its own it takes along the comma that ends the line.
        (Some(before), Some(after)) if before.kind() == NEWLINE && after.kind() == COMMA => {
            TextRange::new(before.text_range().start(), after.text_range().end())
        }
        (Some(before), _) if matches!(before.kind(), COMMA | NEWLINE) => {
            TextRange::new(before.text_range().start(), range.end())
        }
        (_, Some(after)) if after.kind() == COMMA => {
            let space = after.next_token().filter(|token| token.kind() == WHITESPACE);
            TextRange::new(range.start(), space.unwrap_or(after).text_range().end())
        }
        _ => range,
    }
}

/// The first token beside a node that is no space.
fn gap(start: Option<SyntaxToken>, next: impl Fn(&SyntaxToken) -> Option<SyntaxToken>) -> Option<SyntaxToken> {
    std::iter::successors(start, next).find(|token| token.kind() != WHITESPACE)
}
