//! What stands behind a name: the policies of an action, the row and the files of a declaration, what nbc brings for a
//! pack or a parent, and everything of a kind.

use nbc_model::kinds::ActionId;
use nbc_model::world::EntityId;
use nbc_source::{FileId, Span};
use nbc_syntax::ast::{self, AstNode};

use super::diagnostics::Moves;
use super::links::links;
use super::place::View;
use super::symbol::Symbol;
use crate::snapshot::Judged;

/// So many are enough for a list that somebody reads.
const MOST: usize = 500;

/// What stands behind the name at a byte, in the order of files. Policies are known once something was judged.
pub fn implementations(view: &View<'_>, judged: Option<&Judged>, offset: u32) -> Vec<Span> {
    let Some(symbol) = view.token(offset).and_then(|token| view.symbol(&token)) else { return Vec::new() };
    let mut all = match symbol {
        Symbol::Action(action) => judged.map(|judged| policies(view, judged, action)).unwrap_or_default(),
        Symbol::Entity(entity) => behind(view, entity),
        Symbol::Kind(kind) => {
            let entities = view.model().entities.iter();
            let own = entities.filter(|(_, row)| row.kind == kind && row.package.is_none() && row.owner.is_none());
            own.map(|(_, row)| row.span).take(MOST).collect()
        }
        other => view.declared_at(other).into_iter().collect(),
    };
    all.sort();
    all.dedup();
    all
}

/// The policies that can apply to an action, of the packs and of the site.
fn policies(view: &View<'_>, judged: &Judged, action: ActionId) -> Vec<Span> {
    let Some(policies) = &judged.policies else { return Vec::new() };
    let model = view.model();
    let name = model.text(model.kinds.actions[action].qualified);
    let mut moves = Moves::new(judged.analysis.sources(), view.analysis.sources());
    let written = policies.written.iter().filter(|policy| policy.actions.iter().any(|id| id == name));
    written.filter_map(|policy| moves.span(policy.span)).collect()
}

/// The declaration, the files that it names, and what it takes over.
fn behind(view: &View<'_>, entity: EntityId) -> Vec<Span> {
    let model = view.model();
    let row = &model.entities[entity];
    let mut all = files(view, row.span);
    if all.is_empty() {
        all.push(row.span);
    }
    all.extend(row.extends.map(|parent| model.entities[parent].span));
    let kind = model.text(model.kinds.kinds[row.kind].name);
    if kind == "pack" {
        let shipped = ["access.cedar", "pack.nbc"].map(|file| format!("packs/{}/{file}", model.handle(entity)));
        all.extend(shipped.iter().filter_map(|path| view.analysis.sources().find(path)).map(start));
    }
    all
}

/// The files that the declaration at a place names: an environment, a lock file.
fn files(view: &View<'_>, declared: Span) -> Vec<Span> {
    let Some(of) = View::new(view.analysis, declared.file) else { return Vec::new() };
    let Some(token) = of.token(declared.start) else { return Vec::new() };
    let Some(instance) = token.parent_ancestors().find_map(ast::Instance::cast) else { return Vec::new() };
    let whole = of.span(instance.syntax().text_range());
    let inside = links(&of).into_iter().filter(|(text, _)| whole.start <= text.start && text.end <= whole.end);
    inside.map(|(_, file)| start(file)).collect()
}

fn start(file: FileId) -> Span {
    Span::new(file, 0..0)
}
