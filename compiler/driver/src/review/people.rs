//! Who a login of the forge is: the one person of the base whose `accounts` name it.
//!
//! A handle or a username never counts: anybody can register one at a forge.

use nbc_model::Model;
use nbc_model::value::Value;
use nbc_model::world::World;

use super::Request;
use crate::pipeline::Compiled;

/// A login, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    pub login: String,
    /// `None` for an outsider.
    pub handle: Option<String>,
}

/// The author, and those who approved.
pub(super) fn of(base: &Compiled<'_>, request: &Request<'_>) -> (Login, Vec<Login>) {
    let find = |login: &str| Login { login: login.to_owned(), handle: handle(base, request.forge, login) };
    (find(request.author), request.approved_by.iter().map(|login| find(login)).collect())
}

/// The same one person in all stages.
fn handle(base: &Compiled<'_>, forge: &str, login: &str) -> Option<String> {
    let mut found: Vec<Vec<&str>> =
        base.stages.iter().map(|stage| owners(base.model, stage.world, forge, login)).collect();
    found.dedup();
    match found.as_slice() {
        [one] => match one.as_slice() {
            [handle] => Some((*handle).to_owned()),
            _ => None,
        },
        _ => None,
    }
}

/// Forges take capitals for small letters in logins.
fn owners<'m>(model: &'m Model, world: &World, forge: &str, login: &str) -> Vec<&'m str> {
    let Some(kind) = model.kind("user") else { return Vec::new() };
    let has = |user: &&_| {
        let Some(Value::Map(accounts)) = model.slot_named(world, **user, "accounts").map(|slot| slot.value) else {
            return false;
        };
        model.store.entries(accounts).iter().any(|entry| match (entry.key, entry.value) {
            (Value::Text(key), Value::Text(name)) => {
                model.text(key) == forge && model.text(name).eq_ignore_ascii_case(login)
            }
            _ => false,
        })
    };
    world.of_kind(kind).iter().filter(has).map(|user| model.handle(*user)).collect()
}
