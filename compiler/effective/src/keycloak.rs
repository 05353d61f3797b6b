//! Keycloak 26 as a reader of its realm file: who can sign in where, which groups and roles they have, and who
//! administers the realm.
//!
//! Sources: `RealmManager.importRealm` and `DefaultExportImportManager` (what an import makes of a file),
//! `GroupMembershipMapper` and `UserClientRoleMappingMapper` (what stands in tokens), the server administration guide,
//! "Roles and groups" (roles of a group reach its sub-groups; membership does not).

mod realm;
mod roles;
mod routes;

use std::collections::BTreeSet;

use crate::directory::{Account, Directory, Form, Sort};
use crate::files::{Files, json};
use crate::grant::{Effective, Grant, PLATFORM_ADMINISTER, Place, Problem, SERVICE_OPEN, Things};
use crate::set::Set;

pub(crate) use realm::Realm;

/// What somebody with one of these roles of `realm-management` can bring about is everything: with `manage-users` one
/// joins any group, with `manage-clients` one reads any token (server administration guide, "Controlling access").
pub const LEADS_TO_EVERYTHING: [&str; 8] = [
    "realm-admin",
    "manage-realm",
    "manage-users",
    "manage-clients",
    "manage-authorization",
    "manage-identity-providers",
    "impersonation",
    "manage-events",
];

/// The one realm, by the name that the comparison knows it by.
pub(crate) const REALM: &str = "realm";

/// Reads the realm by all three routes; the problems say where a file cannot be read or its import would fail as a whole.
pub(crate) fn read(files: &Files<'_>) -> Option<(Realm, Vec<Problem>)> {
    let (path, text) = files.below("keycloak/").find(|(path, _)| path.ends_with("-realm.json"))?;
    let realm = match json(path, text) {
        Ok(document) => Realm::of(path, &document),
        Err(problem) => return Some((Realm::default(), vec![problem])),
    };
    let mut problems = realm.problems();
    problems.extend(routes::differences(files, &realm));
    Some((realm, problems))
}

/// Everybody whom the realm knows or lets in, with the groups of their tokens.
pub(crate) fn directory(realm: &Realm) -> Directory {
    let mut directory = Directory::default();
    for (name, user) in &realm.users {
        let sort = if user.is_service { Sort::Service } else { Sort::Listed };
        directory.add(Account {
            name: name.clone(),
            sort,
            groups: user.groups.iter().cloned().collect(),
            enabled: user.enabled,
        });
    }
    for path in realm.groups.keys() {
        let groups = realm.groups_of_newcomer(path);
        let name = format!("somebody who joins {path}");
        directory.add(Account { name, sort: Sort::Joins(path.clone()), groups, enabled: true });
    }
    if realm.admits_newcomers {
        let groups: BTreeSet<String> = realm.default_groups.clone();
        let name = "somebody who signs in for the first time".to_owned();
        directory.add(Account { name, sort: Sort::First, groups, enabled: true });
    }
    directory
}

/// What Keycloak itself grants.
pub(crate) fn grants(realm: &Realm, directory: &Directory) -> Effective {
    let mut effective = Effective::default();
    // Every enabled account of a realm signs in to every client: who may open it is asked by nobody here
    // (server administration guide, "Authentication flows": the browser flow asks who somebody is, not what for).
    let everybody = directory.everybody();
    for (id, client) in realm.clients.iter().filter(|(_, client)| client.signs_people_in) {
        let grant = Grant {
            who: everybody.clone(),
            things: Things::Named(id.clone()),
            place: Place::new(&realm.path, &client.pointer),
            by_nature: true,
        };
        effective.add(SERVICE_OPEN, grant);
    }
    effective.grants.entry(PLATFORM_ADMINISTER).or_default();
    for (place, who) in roles::holders(realm, directory, "realm-management", &LEADS_TO_EVERYTHING) {
        effective.grant(PLATFORM_ADMINISTER, REALM, who, place);
    }
    effective
}

/// How a client sees groups: by the mappers that write this claim into the page of the user (`userinfo`), or into
/// tokens. Several mappers of one claim write a union of lists.
pub(crate) fn form(realm: &Realm, client: &str, claim: &str, userinfo: bool) -> Form {
    let none = Form { paths: false, names: false };
    let Some(client) = realm.clients.get(client).filter(|client| client.signs_people_in) else { return none };
    let mappers = client.group_mappers.iter();
    let mappers =
        mappers.filter(|mapper| mapper.claim == claim && if userinfo { mapper.userinfo } else { mapper.token });
    mappers.fold(none, |form, mapper| Form {
        paths: form.paths || mapper.full_path,
        names: form.names || !mapper.full_path,
    })
}

/// The form that any client's tokens have: which client `kubectl` signs in with, no file says.
pub(crate) fn form_of_any(realm: &Realm, claim: &str) -> Form {
    realm.clients.keys().fold(Form { paths: false, names: false }, |all, client| {
        let form = form(realm, client, claim, false);
        Form { paths: all.paths || form.paths, names: all.names || form.names }
    })
}

/// Whether a user name reaches the client: the claim `preferred_username` comes from the built-in scope `profile`,
/// which a realm file that lists scopes of its own has not (`createDefaultClientScopes` only without a list).
pub(crate) fn names_people(realm: &Realm) -> bool {
    realm.scopes.as_ref().is_none_or(|scopes| scopes.contains("profile"))
}

/// Everybody who has a token of a client.
pub(crate) fn signed_in(realm: &Realm, directory: &Directory, client: &str) -> Set {
    match realm.clients.get(client) {
        Some(client) if client.signs_people_in && names_people(realm) => directory.everybody(),
        _ => Set::new(),
    }
}

#[cfg(test)]
mod tests;
