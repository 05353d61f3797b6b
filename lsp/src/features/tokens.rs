//! What each word of a text is, for its colour.

use nbc_source::Span;
use nbc_syntax::{SyntaxKind, SyntaxNode, SyntaxToken};

use super::place::View;
use super::symbol::{Global, Symbol, first_name};

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Keyword,
    Comment,
    Text,
    Number,
    Kind,
    Type,
    /// Something declared.
    Name,
    Field,
    Value,
    Function,
    Variable,
    Stage,
    Pattern,
}

/// One word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    pub span: Span,
    pub class: Class,
    /// Here it is declared.
    pub is_declaration: bool,
}

/// The words of a file, or of a piece of it, in their order.
pub fn words(view: &View<'_>, within: Option<Span>) -> Vec<Word> {
    let tokens = view.root.descendants_with_tokens().filter_map(|element| element.into_token());
    let inside = |span: Span| within.is_none_or(|within| span.start < within.end && within.start < span.end);
    let all = tokens.filter_map(|token| {
        let span = view.span(token.text_range());
        let (class, is_declaration) = if inside(span) { class(view, &token)? } else { return None };
        Some(Word { span, class, is_declaration })
    });
    all.collect()
}

fn class(view: &View<'_>, token: &SyntaxToken) -> Option<(Class, bool)> {
    use SyntaxKind::*;
    let plain = |class| Some((class, false));
    match token.kind() {
        COMMENT | DOC_COMMENT => plain(Class::Comment),
        KEYWORD => plain(Class::Keyword),
        NUMBER | QUANTITY | MONEY | DATE => plain(Class::Number),
        TEXT => plain(Class::Text),
        VERBATIM => plain(Class::Pattern),
        TYPE_NAME => Some((Class::Type, is_name_of(token, &[ENUM_DECL, RECORD_DECL, VARIANT_DECL, TYPE_DECL]))),
        NAME | QUALIFIED_NAME => name(view, token, &token.parent()?),
        _ => None,
    }
}

fn name(view: &View<'_>, token: &SyntaxToken, node: &SyntaxNode) -> Option<(Class, bool)> {
    use SyntaxKind::*;
    let is_first = first_name(node).as_ref() == Some(token);
    Some(match node.kind() {
        INSTANCE if is_first => (Class::Kind, false),
        INSTANCE => (Class::Name, true),
        ITEM => (Class::Field, false),
        FIELD | COMPUTED_FIELD => (Class::Field, true),
        KIND_DECL => (Class::Kind, true),
        ENUM_VALUE | CASE => (Class::Value, true),
        TAGGED_VALUE => (Class::Value, false),
        STAGE_DECL => (Class::Stage, true),
        IN_STAGE_CLAUSE => (Class::Stage, false),
        FN_DECL => (Class::Function, true),
        CALL_EXPR | ACTION | ACCESS | GRANTS_CLAUSE => (Class::Function, node.kind() == ACTION),
        LET_DECL | PARAMETER | FOR_DECL | QUANTIFIER_EXPR | COMPREHENSION => (Class::Variable, true),
        RULE_DECL => (Class::Name, true),
        SUBJECT if is_first => (Class::Kind, false),
        SUBJECT => (Class::Variable, true),
        _ => (by_meaning(view.symbol(token)?), false),
    })
}

fn by_meaning(symbol: Symbol) -> Class {
    match symbol {
        Symbol::Entity(_) | Symbol::Global(Global::Rule(_), _) => Class::Name,
        Symbol::Kind(_) => Class::Kind,
        Symbol::Field(..) => Class::Field,
        Symbol::Enum(_) | Symbol::Record(_) | Symbol::Variant(_) | Symbol::Type(_) => Class::Type,
        Symbol::EnumValue(..) | Symbol::Case(..) => Class::Value,
        Symbol::Action(_) | Symbol::Global(Global::Function(_), _) => Class::Function,
        Symbol::Stage(_) => Class::Stage,
        Symbol::Global(Global::Let(_), _) | Symbol::Local(_) => Class::Variable,
    }
}

fn is_name_of(token: &SyntaxToken, kinds: &[SyntaxKind]) -> bool {
    token.parent().is_some_and(|node| kinds.contains(&node.kind()) && first_name(&node).as_ref() == Some(token))
}

/// Numbers that take the place of others: how the colours of a text differ from those that the editor has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    pub start: usize,
    pub removed: usize,
    pub inserted: Vec<u32>,
}

/// The numbers of one word.
pub const NUMBERS: usize = 5;

/// From the first word that differs to the last.
pub fn patch(before: &[u32], after: &[u32]) -> Option<Patch> {
    if before == after {
        return None;
    }
    let whole = |numbers: usize| numbers - numbers % NUMBERS;
    let start = whole(before.iter().zip(after).take_while(|(a, b)| a == b).count());
    let rest = before.len().min(after.len()) - start;
    let same = |(a, b): &(&u32, &u32)| a == b;
    let tail = whole(before.iter().rev().zip(after.iter().rev()).take(rest).take_while(same).count());
    let inserted = after.get(start..after.len() - tail)?.to_vec();
    Some(Patch { start, removed: before.len() - tail - start, inserted })
}
