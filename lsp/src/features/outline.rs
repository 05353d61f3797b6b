//! What a file or a workspace declares.

use nbc_driver::Analysis;
use nbc_model::world::EntityId;
use nbc_source::Span;
use nbc_syntax::ast::{self, AstNode};
use nbc_syntax::{SyntaxKind, SyntaxNode};

use super::place::{View, own_range, people_name};
use super::symbol::first_name;

/// What sort of thing a symbol is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Declaration,
    Field,
    Kind,
    Enum,
    Value,
    Record,
    Type,
    Constant,
    Function,
    Rule,
    Test,
    Stage,
}

/// One entry of an outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    /// Its kind, and what people call it.
    pub detail: String,
    pub sort: Sort,
    pub whole: Span,
    pub name_at: Span,
    pub below: Vec<Entry>,
}

/// What a file declares, as it is nested.
pub fn outline(view: &View<'_>) -> Vec<Entry> {
    entries(view, &view.root)
}

fn entries(view: &View<'_>, node: &SyntaxNode) -> Vec<Entry> {
    node.children().flat_map(|child| entry(view, &child)).collect()
}

fn entry(view: &View<'_>, node: &SyntaxNode) -> Vec<Entry> {
    use SyntaxKind::*;
    let sort = match node.kind() {
        INSTANCE => return instance(view, node).into_iter().collect(),
        ITEM | FIELD | COMPUTED_FIELD | CHANGE => Sort::Field,
        KIND_DECL => Sort::Kind,
        ENUM_DECL | EXTEND_ENUM_DECL => Sort::Enum,
        ENUM_VALUE | CASE => Sort::Value,
        RECORD_DECL | VARIANT_DECL => Sort::Record,
        TYPE_DECL => Sort::Type,
        LET_DECL => Sort::Constant,
        FN_DECL => Sort::Function,
        RULE_DECL => Sort::Rule,
        TEST_DECL => Sort::Test,
        STAGE_DECL => Sort::Stage,
        FOR_DECL | BODY | FOR_BODY | KIND_BODY | ENUM_BODY | RECORD_BODY | VARIANT_BODY | STAGE_BODY | TEST_BODY
        | TAGGED_VALUE => return entries(view, node),
        _ => return Vec::new(),
    };
    let (name, name_at) = match node.kind() {
        TEST_DECL => match ast::TestDecl::cast(node.clone()).and_then(|test| test.sentence()) {
            Some(text) => (text.source().trim_matches('"').to_owned(), text.range()),
            None => return Vec::new(),
        },
        CHANGE => match ast::Change::cast(node.clone()).and_then(|change| change.path()) {
            Some(path) => (path.syntax().text().to_string().trim().to_owned(), path.range()),
            None => return Vec::new(),
        },
        ITEM => match ast::Item::cast(node.clone()).and_then(|item| item.key()) {
            Some(key) => (key.text().into_owned(), key.range()),
            None => return Vec::new(),
        },
        _ => match first_name(node) {
            Some(token) => (token.text().to_owned(), token.text_range()),
            None => return Vec::new(),
        },
    };
    let (whole, name_at) = (view.span(own_range(node)), view.span(name_at));
    vec![Entry { name, detail: String::new(), sort, whole, name_at, below: entries(view, node) }]
}

fn instance(view: &View<'_>, node: &SyntaxNode) -> Option<Entry> {
    let instance = ast::Instance::cast(node.clone())?;
    let kind = instance.kind_ref()?;
    let (name, at) = match (instance.handle(), instance.from()) {
        (Some(ast::Handle::Name(name)), _) => (name.text().to_owned(), name.range()),
        (Some(ast::Handle::Foreign(node)), _) => (node.text().to_string(), node.text_range()),
        (Some(ast::Handle::Text(text)), _) => (text.source().trim_matches('"').to_owned(), text.range()),
        (None, Some(table)) => (format!("from {}", table.source()), table.range()),
        (None, None) => return None,
    };
    let called = view.instance(&instance).and_then(|entity| people_name(view.model(), entity));
    let detail = called.map_or_else(|| kind.text().to_owned(), |called| format!("{}, {called}", kind.text()));
    let (whole, name_at) = (view.span(own_range(node)), view.span(at));
    Some(Entry { name, detail, sort: Sort::Declaration, whole, name_at, below: entries(view, node) })
}

/// Something that is found by its name anywhere in a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub name: String,
    /// The kind, or what it is.
    pub container: String,
    pub sort: Sort,
    pub span: Span,
}

/// So many are enough for a list that somebody reads.
const MOST: usize = 500;

/// Declarations, kinds, types and rules of the workspace itself whose name, or what people call them, has the letters of a
/// query in their order. Presets are found, too, once something is asked for.
pub fn search(analysis: &Analysis, query: &str) -> Vec<Found> {
    let model = &analysis.model;
    let is_own = |span: Span| !query.is_empty() || !analysis.workspace.is_shipped(span.file);
    let mut all = Vec::new();
    for (id, row) in model.entities.iter().filter(|(_, row)| row.owner.is_none() && row.test.is_none()) {
        let fits =
            || fits(model.handle(id), query) || called(analysis, id).is_some_and(|called| fits_word(&called, query));
        if is_own(row.span) && fits() {
            let kind = model.text(model.kinds.kinds[row.kind].name);
            let container = called(analysis, id).map_or_else(|| kind.to_owned(), |called| format!("{kind}, {called}"));
            all.push(Found { name: model.handle(id).to_owned(), container, sort: Sort::Declaration, span: row.span });
            if all.len() == MOST {
                return all;
            }
        }
    }
    let kinds = model.kinds.kinds.iter().map(|(_, kind)| (kind.name, "kind", Sort::Kind, kind.span));
    let enums = model.kinds.enums.iter().map(|(_, found)| (found.name, "enum", Sort::Enum, found.span));
    let records = model.kinds.records.iter().map(|(_, found)| (found.name, "record", Sort::Record, found.span));
    let rules = model.rules.iter().map(|rule| (rule.name, "rule", Sort::Rule, rule.span));
    for (name, container, sort, span) in kinds.chain(enums).chain(records).chain(rules) {
        if is_own(span) && fits(model.text(name), query) {
            all.push(Found { name: model.text(name).to_owned(), container: container.to_owned(), sort, span });
        }
    }
    all.truncate(MOST);
    all
}

fn called(analysis: &Analysis, entity: EntityId) -> Option<String> {
    people_name(&analysis.model, entity)
}

/// The letters of the query in their order, whatever their case.
fn fits(name: &str, query: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    query.chars().flat_map(char::to_lowercase).all(|wanted| letters.any(|letter| letter == wanted))
}

/// A part of what people call it.
fn fits_word(name: &str, query: &str) -> bool {
    name.to_lowercase().contains(&query.to_lowercase())
}
