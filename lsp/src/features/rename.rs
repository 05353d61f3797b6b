//! A new name for a thing, everywhere it is named.

use nbc_model::world::{EntityId, Expansion};
use nbc_source::{Edit, FileId, FileKind, Span};
use nbc_syntax::ast::{self, AstNode};
use nbc_syntax::{SyntaxKind, lex, parse};

use super::navigation::{Reference, references_of};
use super::place::View;
use super::symbol::Symbol;

/// The name at a byte, if it can be another one.
///
/// # Errors
/// Why it cannot.
pub fn prepare(view: &View<'_>, offset: u32) -> Result<(Span, String), String> {
    let symbol = renamed(view, offset)?;
    let places = references_of(view, symbol);
    let here = places
        .iter()
        .find(|place| place.span.file == view.file && place.span.start <= offset && offset <= place.span.end);
    let span = here.map(|place| place.span).ok_or("nothing here has a name that can be changed")?;
    Ok((span, view.analysis.sources().text(span).to_owned()))
}

/// Every edit that gives the thing at a byte another name. A declaration keeps its old name in `was`, so that what runs is
/// known to be the same.
///
/// # Errors
/// Why it cannot have that name.
pub fn rename(view: &View<'_>, offset: u32, name: &str) -> Result<Vec<Edit>, String> {
    let symbol = renamed(view, offset)?;
    let old = view.name_of(symbol).unwrap_or_default();
    fits(view, symbol, &old, name)?;
    let (places, sources) = (references_of(view, symbol), view.analysis.sources());
    let edit = |place: Reference| {
        let written = sources.text(place.span);
        let text = match sources.get(place.span.file).map(|source| source.kind) {
            Some(FileKind::Cedar | FileKind::Other) => in_policy(symbol, written, &old, name),
            Some(FileKind::Csv) => written.replacen(&old, name, 1),
            _ => name.to_owned(),
        };
        Edit { span: place.span, text }
    };
    let mut edits: Vec<Edit> = places.into_iter().map(edit).collect();
    if let Symbol::Entity(entity) = symbol {
        edits.extend(was(view, entity, &old));
    }
    edits.sort_by_key(|edit| edit.span);
    Ok(edits)
}

/// The new name as a policy or a template writes it, where the old one stands as `written`.
fn in_policy(symbol: Symbol, written: &str, old: &str, name: &str) -> String {
    match symbol {
        Symbol::Kind(_) => nbc_syntax::camel(name),
        // The unit stays: `height_bytes`.
        Symbol::Field(..) => {
            let unit = written.strip_prefix(&old.replace('-', "_")).unwrap_or_default();
            format!("{}{unit}", name.replace('-', "_"))
        }
        // `desk.adjust` where several kinds have the action.
        Symbol::Action(_) => {
            let kind = written.strip_suffix(old).unwrap_or_default();
            format!("{kind}{name}")
        }
        _ => name.to_owned(),
    }
}

fn renamed(view: &View<'_>, offset: u32) -> Result<Symbol, String> {
    let token = view.token(offset).ok_or("nothing stands here")?;
    let symbol = view.symbol(&token).ok_or("nothing here has a name that can be changed")?;
    let declared = view.declared_at(symbol).ok_or("this name is part of the language")?;
    let sources = view.analysis.sources();
    if view.analysis.workspace.is_shipped(declared.file) {
        return Err(format!("nbc itself brings this name, in {}", sources.path(declared.file)));
    }
    if sources.path(declared.file).starts_with("packages/") {
        return Err(format!("a package brings this name, in {}", sources.path(declared.file)));
    }
    if let Symbol::Entity(entity) = symbol {
        made_by_hand(view, entity)?;
    }
    Ok(symbol)
}

/// Whether the handle stands somewhere as it is.
fn made_by_hand(view: &View<'_>, entity: EntityId) -> Result<(), String> {
    let (model, sources) = (view.model(), view.analysis.sources());
    let row = &model.entities[entity];
    let handle = model.handle(entity);
    if row.owner.is_some() {
        return Err("a block is named by its field".to_owned());
    }
    let kind = model.text(model.kinds.kinds[row.kind].name);
    if is_known_by_name(kind, handle) {
        return Err(format!("nbc and its targets know the {kind} `{handle}` by this name"));
    }
    match &model.expansions[row.expansion] {
        Expansion::Iteration { variable, value, span } => Err(format!(
            "`{handle}` is made by the loop at {} for {} = {value}; change what the loop runs over",
            sources.place(*span),
            model.text(*variable)
        )),
        Expansion::Row { .. } if cell(sources.text(row.span)) != handle => Err(format!(
            "`{handle}` is made of a cell that says otherwise, at {}; change the cell",
            sources.place(row.span)
        )),
        Expansion::Row { .. } | Expansion::None => Ok(()),
    }
}

/// Whether the name says what the thing is, so that another one would make it another thing.
fn is_known_by_name(kind: &str, handle: &str) -> bool {
    match kind {
        "pack" => true,
        "group" => handle == "everyone",
        "service" => nbc_backends::ALL.iter().any(|backend| backend.name() == handle),
        _ => false,
    }
}

/// What a cell of a table says, in quotes or not.
fn cell(written: &str) -> &str {
    written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(written)
}

fn fits(view: &View<'_>, symbol: Symbol, old: &str, name: &str) -> Result<(), String> {
    let is_type = matches!(symbol, Symbol::Enum(_) | Symbol::Record(_) | Symbol::Variant(_) | Symbol::Type(_));
    let wanted = if is_type { SyntaxKind::TYPE_NAME } else { SyntaxKind::NAME };
    let tokens = lex(name);
    if name == old || tokens.len() != 1 || tokens.first().is_none_or(|token| token.kind != wanted) {
        return Err(match (name == old, is_type) {
            (true, _) => format!("it is called `{old}` already"),
            (false, true) => {
                format!("`{name}` is no name of a type; they begin with a capital: `{}`", nbc_syntax::camel(name))
            }
            (false, false) => {
                let near = nbc_syntax::kebab(name).map(|near| format!(", such as `{near}`"));
                format!("`{name}` is no name; names are words of small letters{}", near.unwrap_or_default())
            }
        });
    }
    if !is_free(symbol, name) {
        return Err(format!("`{name}` is a word of the language; choose another one, such as `{name}-1`"));
    }
    let model = view.model();
    if let Symbol::Entity(entity) = symbol {
        let row = &model.entities[entity];
        let kind = model.text(model.kinds.kinds[row.kind].name);
        if is_known_by_name(kind, name) {
            return Err(format!("`{name}` is a name by which nbc and its targets know a {kind} of theirs"));
        }
        let taken = model.entities.iter().find(|(_, other)| {
            other.kind == row.kind
                && other.owner.is_none()
                && other.package.is_none()
                && model.text(other.handle) == name
        });
        if let Some((_, other)) = taken {
            return Err(format!(
                "there is a {kind} `{name}` already, at {}",
                view.analysis.sources().place(other.span)
            ));
        }
    }
    Ok(())
}

/// Whether the language lets something of that sort have the name: a field and a type any, the others none of its words.
fn is_free(symbol: Symbol, name: &str) -> bool {
    let text = match symbol {
        Symbol::Field(..) | Symbol::Enum(_) | Symbol::Record(_) | Symbol::Variant(_) | Symbol::Type(_) => return true,
        Symbol::Kind(_) => format!("{name} one {{ }}\n"),
        _ => format!("let one = {name}\n"),
    };
    parse(&text, FileId(0)).diagnostics().is_empty()
}

/// `was: ["old"]` in the declaration, unless a table declares it.
fn was(view: &View<'_>, entity: EntityId, old: &str) -> Option<Edit> {
    let row = &view.model().entities[entity];
    let of = View::new(view.analysis, row.span.file)?;
    let token = of.token(row.span.start)?;
    let instance = token.parent_ancestors().find_map(ast::Instance::cast)?;
    instance.handle()?;
    let body = instance.body()?;
    let said = body.items().find(|item| item.key().is_some_and(|key| key.text() == "was"));
    if let Some(item) = said {
        let list = item.value()?;
        let text = list.syntax().text().to_string();
        let end: u32 = list.range().end().into();
        let comma = if text.trim_end_matches(']').trim_end().ends_with('[') { "" } else { ", " };
        let at = end.checked_sub(1).filter(|_| text.ends_with(']'))?;
        return Some(Edit { span: Span::new(row.span.file, at..at), text: format!("{comma}\"{old}\"") });
    }
    let open: u32 = u32::from(body.range().start()) + 1;
    let text = body.syntax().text().to_string();
    let inside = text.trim_start_matches('{');
    let indent = match inside.split_once('\n') {
        Some((first, rest)) if first.trim().is_empty() => {
            let spaces: String = rest.chars().take_while(|c| *c == ' ' || *c == '\t').collect();
            format!("\n{spaces}was: [\"{old}\"]")
        }
        _ if inside.trim_end_matches('}').trim().is_empty() => format!(" was: [\"{old}\"] "),
        _ => format!(" was: [\"{old}\"],"),
    };
    Some(Edit { span: Span::new(row.span.file, open..open), text: indent })
}
