//! From a name to its declaration, and from there to everything that names it.

use nbc_model::kinds::Type;
use nbc_source::{FileId, Span};
use nbc_syntax::{SyntaxKind, SyntaxToken};

use super::place::View;
use super::symbol::Symbol;
use super::{policies, templates};

/// Where the thing at a byte is declared.
pub fn definition(view: &View<'_>, offset: u32) -> Option<Span> {
    let token = view.token(offset)?;
    view.declared_at(view.symbol(&token)?)
}

/// Where the kind or type of the thing at a byte is declared.
pub fn type_definition(view: &View<'_>, offset: u32) -> Option<Span> {
    let token = view.token(offset)?;
    let symbol = match view.symbol(&token)? {
        Symbol::Entity(entity) => Symbol::Kind(view.model().entities[entity].kind),
        Symbol::Field(home, id) => of_type(&view.field_of(home, id)?.ty)?,
        Symbol::EnumValue(of, _) => Symbol::Enum(of),
        Symbol::Case(of, _) => Symbol::Variant(of),
        Symbol::Local(_) => of_type(&view.variable(token.text(), &token.parent()?)?.1?)?,
        other => other,
    };
    view.declared_at(symbol)
}

fn of_type(ty: &Type) -> Option<Symbol> {
    Some(match ty {
        Type::Entity(kind) => Symbol::Kind(*kind),
        Type::Enum(id) => Symbol::Enum(*id),
        Type::Record(id) => Symbol::Record(*id),
        Type::Variant(id) => Symbol::Variant(*id),
        Type::Named(id) => Symbol::Type(*id),
        Type::List(element, _) => return of_type(element),
        Type::Map(_, value) => return of_type(value),
        Type::OneOf(types) => return types.iter().find_map(of_type),
        Type::Invalid
        | Type::Bool
        | Type::Int
        | Type::Count
        | Type::Text
        | Type::Date
        | Type::Quantity(_)
        | Type::Permission => {
            return None;
        }
    })
}

/// A place that names something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    pub span: Span,
    /// It is the declaration itself.
    pub is_declaration: bool,
}

/// Every place that names the thing at a byte, in `.nbc` and Cedar files and in templates, in the order of files.
pub fn references(view: &View<'_>, offset: u32) -> Vec<Reference> {
    let found = view.token(offset).and_then(|token| view.symbol(&token));
    found.map(|symbol| references_of(view, symbol)).unwrap_or_default()
}

/// Every place that names a symbol.
pub fn references_of(view: &View<'_>, symbol: Symbol) -> Vec<Reference> {
    let Some(name) = view.name_of(symbol).filter(|name| !name.is_empty()) else { return Vec::new() };
    let declared = view.declared_at(symbol);
    let mut all = Vec::new();
    let parsed = &view.analysis.workspace.parsed;
    let is_local = matches!(symbol, Symbol::Local(_));
    for parsed in parsed.iter().filter(|parsed| !is_local || parsed.file == view.file) {
        let text = view.analysis.sources().get(parsed.file).map_or("", |source| &*source.text);
        if !text.contains(&name) {
            continue;
        }
        let Some(of) = View::new(view.analysis, parsed.file) else { continue };
        for (at, _) in text.match_indices(&name) {
            let token = of.root.token_at_offset((at as u32).into()).right_biased();
            let Some(token) = token.filter(|token| is_name(token, &name, at)) else { continue };
            if of.symbol(&token) == Some(symbol) {
                let span = name_span(&of, &token);
                all.push(Reference { span, is_declaration: declared.is_some_and(|declared| declared == span) });
            }
        }
    }
    if !is_local {
        let named = policies::references(view.analysis, symbol).into_iter();
        let named = named.chain(templates::references(view.analysis, symbol));
        all.extend(named.map(|span| Reference { span, is_declaration: false }));
    }
    // A row of a table is declared where no tree is.
    if let Some(declared) = declared
        && all.iter().all(|found| found.span != declared)
        && matches!(symbol, Symbol::Entity(_))
    {
        all.push(Reference { span: declared, is_declaration: true });
    }
    all.sort();
    all.dedup();
    all
}

/// Every place of one file that names the thing at a byte, which may stand in another file.
pub fn highlights(view: &View<'_>, offset: u32, file: FileId) -> Vec<Reference> {
    references(view, offset).into_iter().filter(|found| found.span.file == file).collect()
}

/// Whether a token is the name that was found in the text at a byte: whole, quoted, or behind the word of a package.
fn is_name(token: &SyntaxToken, name: &str, at: usize) -> bool {
    let start: u32 = token.text_range().start().into();
    match token.kind() {
        SyntaxKind::QUALIFIED_NAME => token.text().split_once('/').is_some_and(|(_, bare)| bare == name),
        SyntaxKind::TEXT => token.text().strip_prefix('"').and_then(|text| text.strip_suffix('"')) == Some(name),
        _ => token.text() == name && start as usize == at,
    }
}

/// The name itself, without quotes and without the word of a package.
fn name_span(view: &View<'_>, token: &SyntaxToken) -> Span {
    let mut span = view.span(token.text_range());
    match token.kind() {
        SyntaxKind::QUALIFIED_NAME => {
            span.start += token.text().split_once('/').map_or(0, |(package, _)| package.len() as u32 + 1);
        }
        SyntaxKind::TEXT => {
            span.start += 1;
            span.end -= 1;
        }
        _ => {}
    }
    span
}
