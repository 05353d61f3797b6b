//! Roles of the hub (`load_roles`): each scope with what it includes (JupyterHub 5.5, `scopes.py`, `scope_definitions`).
//!
//! A person's own server is not asked about: the role `user` has `self` for everybody.

use serde_json::Value;

use super::sign_in::{self, CLASS};
use super::{Settings, holders};
use crate::directory::{Claims, Directory};
use crate::files::words;
use crate::grant::{Effective, Grant, Permission, Place, Things, USER_OPEN_SERVER, USER_SEE_USAGE, USER_STOP_SERVER};
use crate::set::Set;

const PERMISSIONS: [Permission; 3] = [USER_OPEN_SERVER, USER_STOP_SERVER, USER_SEE_USAGE];

/// What a scope lets do to people's servers. `admin:users` is "tantamount to superuser" by its own description.
fn permissions(scope: &str) -> &'static [Permission] {
    match scope {
        "access:servers" | "shares" => &[USER_OPEN_SERVER],
        "delete:servers" | "servers" | "admin:servers" => &[USER_STOP_SERVER],
        "read:users:activity" | "users:activity" | "read:users" | "users" => &[USER_SEE_USAGE],
        "admin:users" => &PERMISSIONS,
        _ => &[],
    }
}

pub(super) fn grant(settings: &Settings, claims: &Claims, directory: &mut Directory, effective: &mut Effective) {
    for permission in PERMISSIONS {
        effective.grants.entry(permission).or_default();
    }
    for (name, who) in sign_in::admins(settings, claims, directory) {
        let place = settings.get(CLASS, name).map_or_else(Place::default, |(_, place)| place.clone());
        for permission in PERMISSIONS {
            let grant = sign_in::by_nature(who.clone(), directory.everybody(), place.clone());
            effective.add(permission, grant);
        }
    }
    let Some((roles, place)) = settings.get("JupyterHub", "load_roles") else { return };
    for (at, role) in roles.as_array().into_iter().flatten().enumerate() {
        let who = holders(role, claims, directory);
        let place = Place::new(&place.path, format!("{}/{}", place.pointer, at));
        of_role(role, &who, &place, claims, directory, effective);
    }
}

fn of_role(
    role: &Value,
    who: &Set,
    place: &Place,
    claims: &Claims,
    directory: &mut Directory,
    effective: &mut Effective,
) {
    // Scopes of one role over single people are one grant each permission, or a role over thousands would be thousands.
    let mut over: Vec<(Permission, Set)> = PERMISSIONS.map(|permission| (permission, Set::new())).to_vec();
    for scope in words(role, "scopes") {
        let (scope, filter) = scope.split_once('!').map_or((scope, None), |(scope, filter)| (scope, Some(filter)));
        let granted = permissions(scope);
        if granted.is_empty() {
            continue;
        }
        let people = filtered(filter, claims, directory);
        over.iter_mut().filter(|(permission, _)| granted.contains(permission)).for_each(|(_, all)| all.join(&people));
    }
    for (permission, people) in over.into_iter().filter(|(_, people)| !people.is_empty()) {
        let grant = Grant { who: who.clone(), things: Things::People(people), place: place.clone(), by_nature: false };
        effective.add(permission, grant);
    }
}

/// Over whom a scope is (JupyterHub documentation, "Scopes", filters). An unknown filter lets nobody in.
fn filtered(filter: Option<&str>, claims: &Claims, directory: &mut Directory) -> Set {
    match filter.map(|filter| filter.split_once('=').unwrap_or((filter, ""))) {
        None => directory.everybody(),
        Some(("group", name)) => claims.of(name).cloned().unwrap_or_default(),
        Some(("user", name)) if !name.is_empty() => directory.enabled_of(std::iter::once(name)),
        Some(("server", server)) => {
            let owner = server.split_once('/').map_or(server, |(owner, _)| owner);
            directory.enabled_of(std::iter::once(owner))
        }
        Some(_) => Set::new(),
    }
}
