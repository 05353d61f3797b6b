//! What could stand at a place. The file is parsed once more with a word put there, so that there is a node to ask about,
//! however broken the text around it is.

mod values;
mod words;

use nbc_driver::Analysis;
use nbc_model::Model;
use nbc_model::expression::scope::Home;
use nbc_model::kinds::{Field, Preset, Type};
use nbc_source::{FileId, Span};
use nbc_syntax::ast::{self, AstNode};
use nbc_syntax::{SyntaxKind, SyntaxNode, SyntaxToken, parse};

use super::place::{Holder, View};
use super::{paths, policies, settings};

/// What stands in for the word that is being written.
const STAND_IN: &str = "x";

/// What sort of thing is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Field,
    Declaration,
    Value,
    Kind,
    Type,
    Keyword,
    Function,
    Variable,
    Unit,
}

/// One thing that could stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What a person reads: the name of a person or thing where it has one.
    pub label: String,
    /// Beside it: the handle, or the type.
    pub detail: String,
    /// Markdown.
    pub documentation: String,
    /// What is written; with `$1` for places to fill in.
    pub insert: String,
    pub sort: Sort,
    /// Lower is better: how well it fits, then how near it is.
    pub rank: (u8, u8),
}

/// All that could stand at a byte, best first, and the piece of text that it replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completions {
    pub items: Vec<Completion>,
    pub replaces: Span,
    /// There is more; what is typed next narrows it.
    pub is_cut: bool,
}

/// So many are offered at once.
pub(super) const MOST: usize = 200;

/// What could stand at a byte of any file of a workspace; `files` lists those that can be named.
pub fn offered(analysis: &Analysis, file: FileId, offset: u32, files: &dyn Fn() -> Vec<String>) -> Option<Completions> {
    match View::new(analysis, file) {
        Some(view) => paths::complete(&view, offset, files).or_else(|| complete(&view, offset)),
        None => {
            policies::complete(analysis, file, offset).or_else(|| settings::complete(analysis, file, offset, files))
        }
    }
}

/// What could stand at a byte of an `.nbc` file.
fn complete(view: &View<'_>, offset: u32) -> Option<Completions> {
    let text = view.analysis.sources().get(view.file).map_or("", |source| &*source.text);
    let at = offset as usize;
    let mut with_word = text.get(..at)?.to_owned();
    with_word += STAND_IN;
    with_word += text.get(at..)?;
    let root = parse(&with_word, view.file).syntax();
    let token = root.token_at_offset((offset + 1).into()).left_biased()?;
    let view = view.with_root(root);
    let start: u32 = token.text_range().start().into();
    let typed = text.get(start as usize..at)?.to_owned();
    let fitting = at_token(&view, &token, &typed)?.into_iter().filter(|item| fits(item, &typed));
    let mut items: Vec<(bool, Completion)> = fitting.map(|item| (begins(&item, &typed), item)).collect();
    // What begins with the letters comes before what has them somewhere.
    items.sort_by(|(begins, a), (too, b)| {
        (!begins, a.rank, &a.label, &a.detail).cmp(&(!too, b.rank, &b.label, &b.detail))
    });
    let mut items: Vec<Completion> = items.into_iter().map(|(_, item)| item).collect();
    items.dedup_by(|a, b| a.insert == b.insert && a.label == b.label);
    let is_cut = items.len() > MOST;
    items.truncate(MOST);
    let end = start + u32::from(token.text_range().len()) - STAND_IN.len() as u32;
    let start = if items.first().is_some_and(|item| item.sort == Sort::Unit) { offset } else { start };
    Some(Completions { items, replaces: Span::new(view.file, start..end.max(start)), is_cut })
}

/// The letters typed so far stand in their order in what is offered, or in what is written for it.
fn fits(item: &Completion, typed: &str) -> bool {
    let in_order = |text: &str| {
        let mut letters = text.chars().flat_map(char::to_lowercase);
        typed.chars().flat_map(char::to_lowercase).all(|wanted| letters.any(|letter| letter == wanted))
    };
    item.sort == Sort::Unit || in_order(&item.label) || in_order(&item.insert)
}

/// A word of what is offered begins with the letters typed so far.
fn begins(item: &Completion, typed: &str) -> bool {
    if typed.is_empty() {
        return true;
    }
    let typed = typed.to_lowercase();
    let words = item.label.split_whitespace().chain([item.insert.as_str()]);
    words.into_iter().any(|word| word.to_lowercase().starts_with(&typed))
}

fn at_token(view: &View<'_>, token: &SyntaxToken, typed: &str) -> Option<Vec<Completion>> {
    use SyntaxKind::*;
    let node = token.parent()?;
    if matches!(token.kind(), COMMENT | DOC_COMMENT | TEXT | VERBATIM) {
        return None;
    }
    let is_number = typed.starts_with(|c: char| c.is_ascii_digit());
    if is_number {
        let literal = node.ancestors().find(|node| node.kind() == LITERAL).unwrap_or(node);
        return Some(values::units(view, &view.expected(&literal)?, typed));
    }
    Some(match node.kind() {
        INSTANCE if super::symbol::first_name(&node).as_ref() == Some(token) => words::beginning(view, &node),
        ITEM if is_key(&node, token) => keys(view, &node.parent()?, Some(&node)),
        PATH_EXPR | MEMBER_EXPR => values::path(view, &node, token),
        TAGGED_VALUE => values::of_type(view, &view.expected(&node)?, &node),
        PATH => values::slot_path(view, &node, token),
        EXTENDS_CLAUSE => extended(view, &node.parent()?),
        NAMED_TYPE => words::types(view),
        ACCESS | GRANTS_CLAUSE => values::actions(view),
        CALL_EXPR => values::names(view, &node),
        WAIVER_DECL | RULE_VERDICT | BECAUSE_CLAUSE => words::rules(view),
        IN_STAGE_CLAUSE => words::stages(view),
        _ => around(view, &node)?,
    })
}

/// The stand-in fits nowhere: what could begin in the block around it.
fn around(view: &View<'_>, node: &SyntaxNode) -> Option<Vec<Completion>> {
    use SyntaxKind::*;
    let block = node.ancestors().find(|node| {
        matches!(
            node.kind(),
            BODY | LIST_EXPR | STAGE_BODY | TEST_BODY | RULE_BODY | KIND_BODY | FOR_BODY | SOURCE_FILE
        )
    })?;
    Some(match block.kind() {
        BODY => keys(view, &block, None),
        LIST_EXPR => match view.model().kinds.base(&view.expected(&block)?) {
            Type::List(element, _) => values::of_type(view, element, &block),
            _ => Vec::new(),
        },
        _ => words::beginning(view, &block),
    })
}

fn is_key(item: &SyntaxNode, token: &SyntaxToken) -> bool {
    let key = ast::Item::cast(item.clone()).and_then(|item| item.key());
    key.is_some_and(|key| key.range() == token.text_range())
}

fn extended(view: &View<'_>, declaration: &SyntaxNode) -> Vec<Completion> {
    match declaration.kind() {
        SyntaxKind::STAGE_DECL => words::stages(view),
        SyntaxKind::INSTANCE => {
            let kind = super::symbol::first_name(declaration).and_then(|name| view.model().kind(name.text()));
            kind.map(|kind| values::of_type(view, &Type::Entity(kind), declaration)).unwrap_or_default()
        }
        _ => view.item_type(declaration).map(|ty| values::of_type(view, &ty, declaration)).unwrap_or_default(),
    }
}

/// Fields that are not said yet, required ones first; of a map, what can be a key.
fn keys(view: &View<'_>, body: &SyntaxNode, written: Option<&SyntaxNode>) -> Vec<Completion> {
    let Some(holder) = view.holder(body) else { return Vec::new() };
    if let Holder::Entries(key, _) = &holder {
        let mut keys = values::of_type(view, key, body);
        keys.iter_mut().for_each(|key| key.insert += ": ");
        return keys;
    }
    let said: Vec<String> = ast::Body::cast(body.clone())
        .into_iter()
        .flat_map(|body| body.items())
        .filter(|item| Some(item.syntax()) != written)
        .filter_map(|item| item.key().map(|key| key.text().into_owned()))
        .collect();
    let has_colon =
        written.is_some_and(|item| item.children_with_tokens().any(|element| element.kind() == SyntaxKind::COLON));
    let Some(fields) = view.fields(&holder) else { return Vec::new() };
    let is_free = |field: &Field| {
        let name = view.model().text(field.name);
        field.computed.is_none() && said.iter().all(|said| said != name) && fits_pack(&holder, field)
    };
    fields.iter().filter(|(_, field)| is_free(field)).map(|(_, field)| key(view, field, has_colon)).collect()
}

/// A parameter of a pack is a field of that pack alone.
fn fits_pack(holder: &Holder, field: &Field) -> bool {
    match holder {
        Holder::Fields(Home::Kind(_), handle) => field.pack.is_none() || field.pack == *handle,
        Holder::Fields(..) | Holder::Entries(..) => true,
    }
}

/// Somebody has to say it. Records and maps are empty where nobody says them.
pub(super) fn is_required(model: &Model, field: &Field) -> bool {
    let is_empty_otherwise = matches!(model.kinds.base(&field.ty), Type::Record(_) | Type::Map(..) | Type::List(..));
    !field.optional && field.default == Preset::None && field.computed.is_none() && !is_empty_otherwise
}

fn key(view: &View<'_>, field: &Field, has_colon: bool) -> Completion {
    let model = view.model();
    let name = model.text(field.name).to_owned();
    let insert = match (has_colon, model.kinds.base(&field.ty)) {
        (true, _) => name.clone(),
        (false, Type::Record(_) | Type::Map(..)) => format!("{name} {{ $1 }}"),
        (false, Type::Entity(_)) if field.owned => format!("{name} {{ $1 }}"),
        (false, Type::List(..)) => format!("{name}: [$1]"),
        (false, Type::Text) => format!("{name}: \"$1\""),
        (false, _) => format!("{name}: $1"),
    };
    let fit = if is_required(model, field) {
        0
    } else if field.every {
        2
    } else {
        1
    };
    let mut documentation = field.doc.clone();
    if let Some(default) = model.default_text(view.analysis.sources(), field) {
        documentation += &format!("\n\nDefault: `{default}`");
    }
    let detail = model.type_text(&field.ty);
    Completion { label: name, detail, documentation, insert, sort: Sort::Field, rank: (fit, 0) }
}
