//! Names in a question: `dana`, `service.grafana`, `read cohort-7`, `data-source.read cohort-7`.

use nbc_model::kinds::{ActionId, KindId};
use nbc_model::world::EntityId;
use nbc_source::suggest;

use crate::access::Access;
use crate::shape::ActionShape;

/// A name in a question that means nothing, or several things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotFound {
    /// Lower-case, no final period: `there is no person or service \`dena\``.
    pub message: String,
    /// Best first.
    pub help: Vec<String>,
}

/// The person or service of that name, or the group, for what is true of people who come through it.
///
/// # Errors
/// [`NotFound`] with the nearest names.
pub fn principal(access: &Access<'_>, text: &str) -> Result<EntityId, NotFound> {
    let kinds = access.policies.shapes.roles_of_kinds;
    let kinds: Vec<KindId> = [kinds.user, kinds.service].into_iter().flatten().collect();
    let group = text.strip_prefix("group.");
    match (group, access.policies.shapes.roles_of_kinds.group) {
        (Some(_), Some(group)) => one_of(access, &[group], text, "group"),
        _ => one_of(access, &kinds, text, "person or service"),
    }
}

/// The action and the thing that `ACTION RESOURCE` names. The thing decides between actions of one name.
///
/// # Errors
/// [`NotFound`] with the nearest names.
pub fn thing(access: &Access<'_>, action: &str, resource: &str) -> Result<(ActionId, EntityId), NotFound> {
    let all = &access.policies.shapes.actions;
    let bare =
        |shape: &ActionShape| access.people.model.text(access.people.model.kinds.actions[shape.action].name) == action;
    let qualified = |shape: &ActionShape| {
        let kind = access.people.model.text(access.people.model.kinds.kinds[shape.kind].name);
        action.split_once('.').is_some_and(|(of, name)| {
            of == kind && access.people.model.text(access.people.model.kinds.actions[shape.action].name) == name
        })
    };
    let actions: Vec<&ActionShape> =
        all.iter().filter(|shape| shape.id == action || bare(shape) || qualified(shape)).collect();
    if actions.is_empty() {
        let near = suggest::nearest(action, all.iter().map(|shape| shape.id.as_str()));
        let mut ids: Vec<&str> = all.iter().map(|shape| shape.id.as_str()).collect();
        ids.sort_unstable();
        let mut help: Vec<String> = near.iter().map(|near| format!("did you mean `{near}`?")).collect();
        help.push(format!("actions: {}", ids.join(", ")));
        return Err(NotFound { message: format!("there is no action `{action}`"), help });
    }
    let kinds: Vec<KindId> = actions.iter().map(|shape| shape.kind).collect();
    let entity = one_of(access, &kinds, resource, &kind_names(access, &kinds))?;
    let kind = access.people.kind(entity);
    let found = actions.iter().find(|shape| shape.kind == kind);
    found.map(|shape| (shape.action, entity)).ok_or_else(|| NotFound {
        message: format!("`{action}` is nothing that can be done with {resource}"),
        help: Vec::new(),
    })
}

fn kind_names(access: &Access<'_>, kinds: &[KindId]) -> String {
    let names: Vec<&str> =
        kinds.iter().map(|kind| access.people.model.text(access.people.model.kinds.kinds[*kind].name)).collect();
    names.join(" or ")
}

fn one_of(access: &Access<'_>, kinds: &[KindId], text: &str, word: &str) -> Result<EntityId, NotFound> {
    let people = &access.people;
    let named = |kind: &KindId| people.world.of_kind(*kind).iter().copied();
    let is = |entity: &EntityId| people.model.handle(*entity) == text || people.model.path(*entity) == text;
    let found: Vec<EntityId> = kinds.iter().flat_map(named).filter(is).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => {
            let handles = kinds.iter().flat_map(named).map(|entity| people.model.handle(entity));
            let near = suggest::nearest(text, handles);
            let help = near.iter().map(|near| format!("did you mean `{near}`?")).collect();
            Err(NotFound { message: format!("there is no {word} `{text}`"), help })
        }
        several => {
            let paths: Vec<String> = several.iter().map(|entity| format!("`{}`", people.model.path(*entity))).collect();
            Err(NotFound {
                message: format!("`{text}` means {} things", several.len()),
                help: vec![format!("write {}", paths.join(" or "))],
            })
        }
    }
}
