//! Moves a member from one group to another, with the days of the membership.

use nbc_model::world::{EntityId, Expansion};
use nbc_source::{Edit, Span};
use nbc_syntax::ast::{self, AstNode, Element};
use nbc_syntax::{SyntaxKind, ast::removal};

use super::super::place::{View, people_name};
use super::Action;
use super::dates::element;
use super::insertion::{append, edit};

/// So many groups are offered.
const MOST: usize = 8;

/// One action for each group that the member at a place could go to, those of the same file first.
pub(super) fn moves(view: &View<'_>, at: Span) -> Vec<Action> {
    found(view, at).unwrap_or_default()
}

fn found(view: &View<'_>, at: Span) -> Option<Vec<Action>> {
    let (list, element) = element(view, at)?;
    let item = ast::Item::cast(list.syntax().parent()?)?;
    if item.key()?.text() != "members" || item.syntax().ancestors().any(|node| node.kind() == SyntaxKind::CHANGE) {
        return None;
    }
    let model = view.model();
    let from = view.declaration(item.syntax())?;
    let handle = element.value()?.syntax().text().to_string().trim().to_owned();
    let user = view.entity(model.kind("user")?, &handle, item.syntax())?;
    let mut groups: Vec<EntityId> = model.entities.ids().filter(|id| is_other(view, from, *id)).collect();
    groups.sort_by_key(|id| (model.entities[*id].span.file != view.file, *id));
    let gone = edit(view, removal(element.syntax()), String::new());
    let name = people_name(model, user).unwrap_or(handle);
    let moved = groups.into_iter().filter_map(|group| {
        let put = put(view, group, &element)?;
        Some(Action::rewrite(format!("move {name} to group `{}`", model.handle(group)), vec![gone.clone(), put]))
    });
    Some(moved.take(MOST).collect())
}

/// A group that somebody wrote by hand, outside of stages and tests.
fn is_other(view: &View<'_>, from: EntityId, id: EntityId) -> bool {
    let model = view.model();
    let row = &model.entities[id];
    let is_by_hand = matches!(model.expansions[row.expansion], Expansion::None);
    row.kind == model.entities[from].kind
        && id != from
        && is_by_hand
        && row.package.is_none()
        && row.owner.is_none()
        && row.stage.is_none()
        && row.test.is_none()
}

/// The edit that lists the member there; `None` where they are listed already, or where the list is no list in brackets.
fn put(view: &View<'_>, group: EntityId, member: &Element) -> Option<Edit> {
    let declared = view.model().entities[group].span;
    let there = View::new(view.analysis, declared.file)?;
    let body = there.token(declared.start)?.parent_ancestors().find_map(ast::Instance::cast)?.body()?;
    let text = member.syntax().text().to_string().trim().to_owned();
    let name = member.value()?.syntax().text().to_string().trim().to_owned();
    let Some(item) = body.items().find(|item| item.key().is_some_and(|key| key.text() == "members")) else {
        return append(&there, body.syntax(), &format!("members: [{text}]"));
    };
    let list = ast::ListExpr::cast(item.value()?.syntax().clone())?;
    let is_listed =
        |element: Element| element.value().is_some_and(|value| value.syntax().text().to_string().trim() == name);
    if list.comprehension().is_some() || list.elements().any(is_listed) {
        return None;
    }
    append(&there, list.syntax(), &text)
}
