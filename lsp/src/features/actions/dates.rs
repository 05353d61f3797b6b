//! Lets what a list names end by itself: `bo until 2027-05-21`.

use nbc_model::kinds::{Dated, Type};
use nbc_model::value::Date;
use nbc_source::Span;
use nbc_syntax::SyntaxNode;
use nbc_syntax::ast::{AstNode, Element, ListExpr};

use super::super::place::View;
use super::Action;
use super::insertion::insert;

/// Half a year, which is what a term or a contract often lasts.
const DAYS: i32 = 182;

/// Gives the element at a place a last day.
pub(super) fn end(view: &View<'_>, at: Span) -> Option<Action> {
    let (list, element) = element(view, at)?;
    let Type::List(_, Dated::Yes) = view.model().kinds.base(&view.expected(list.syntax())?) else { return None };
    if element.until().is_some() {
        return None;
    }
    let day = later(view)?;
    let edit = insert(view, element.syntax().text_range().end(), format!(" until {day}"));
    let who = element.value()?.syntax().text().to_string();
    Some(Action::rewrite(format!("end `{}` on {day}", who.trim()), vec![edit]))
}

/// The last day of what is temporary, seen from the judged day.
pub(super) fn later(view: &View<'_>) -> Option<Date> {
    view.model().worlds.first().map(|world| Date(world.as_of.0 + DAYS))
}

/// The element of a list that a place lies in.
pub(super) fn element(view: &View<'_>, at: Span) -> Option<(ListExpr, Element)> {
    let token = view.token(at.start)?;
    let above = |node: &SyntaxNode| {
        let list = ListExpr::cast(node.parent()?)?;
        Some((list, Element::cast(node.clone())?))
    };
    token.parent_ancestors().find_map(|node| above(&node))
}
