//! conda-store 2025.2 with role mappings of version 2: who sees, changes and deletes which environment.
//!
//! A person is the namespace of their user name (`primary_namespace`); bindings are looked up by pattern, and of two
//! sources that speak of one pattern the later replaces the earlier: defaults, then the token, then the database
//! (`RBACAuthorizationBackend.get_entity_bindings`, a merge of dicts and no union). The file is what the database
//! gets. The token is that of Nebari's sign-in: everybody is admin of their own namespace.

mod pattern;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::directory::Directory;
use crate::files::{Files, escape, json, word};
use crate::grant::{ENVIRONMENT_DELETE, ENVIRONMENT_EDIT, ENVIRONMENT_VIEW, Effective, Grant, Place, Things};
use crate::set::Set;
use pattern::Pattern;

const ROLES: &str = "conda-store/roles.json";

/// Whoever is signed in sees these (`authenticated_role_bindings`), whatever the settings call the namespaces.
const EVERYBODY_SEES: [&str; 2] = ["default", "filesystem"];

/// What a role may (`_viewer_permissions`, `_editor_permissions`, `_admin_permissions`); higher ones include lower ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    /// `environment::read`
    Viewer,
    /// `environment::create`, `environment::update`
    Developer,
    /// `environment::delete`
    Admin,
}

/// Bindings of one pattern: who has which role at most, and where that is said.
struct Bound {
    pattern: Pattern,
    place: Place,
    by_role: BTreeMap<Role, Set>,
}

/// What conda-store grants on these environments, each by namespace and name.
pub(crate) fn grants(files: &Files<'_>, directory: &mut Directory, asked: &[(String, String)]) -> Option<Effective> {
    let text = files.text(ROLES)?;
    let mut effective = Effective::default();
    for permission in [ENVIRONMENT_VIEW, ENVIRONMENT_EDIT, ENVIRONMENT_DELETE] {
        effective.grants.entry(permission).or_default();
    }
    let bound = match json(ROLES, text) {
        Ok(mappings) => read(&mappings, directory, &mut effective),
        Err(problem) => {
            effective.problems.push(problem);
            return Some(effective);
        }
    };
    let everybody = directory.everybody();
    for (namespace, name) in asked {
        let thing = format!("{namespace}/{name}");
        for bound in bound.iter().filter(|bound| bound.pattern.matches(namespace)) {
            for (role, who) in &bound.by_role {
                for permission in permissions(*role) {
                    effective.grant(*permission, &thing, who.clone(), bound.place.clone());
                }
            }
        }
        if EVERYBODY_SEES.contains(&namespace.as_str()) {
            let things = Things::Named(thing.clone());
            let place = Place::new(ROLES, format!("/{}", escape(namespace)));
            effective.add(ENVIRONMENT_VIEW, Grant { who: everybody.clone(), things, place, by_nature: false });
        }
        own(&thing, namespace, &bound, directory, &mut effective);
    }
    Some(effective)
}

fn permissions(role: Role) -> &'static [crate::grant::Permission] {
    match role {
        Role::Viewer => &[ENVIRONMENT_VIEW],
        Role::Developer => &[ENVIRONMENT_VIEW, ENVIRONMENT_EDIT],
        Role::Admin => &[ENVIRONMENT_VIEW, ENVIRONMENT_EDIT, ENVIRONMENT_DELETE],
    }
}

fn read(mappings: &Value, directory: &mut Directory, effective: &mut Effective) -> Vec<Bound> {
    let mut all = Vec::new();
    for (namespace, rows) in mappings.as_object().into_iter().flatten() {
        let place = Place::new(ROLES, format!("/{}", escape(namespace)));
        let mut by_role: BTreeMap<Role, Set> = BTreeMap::new();
        for (at, row) in rows.as_array().into_iter().flatten().enumerate() {
            let role = match word(row, "role") {
                "viewer" => Role::Viewer,
                // Stored as `developer`, whatever it is called.
                "developer" | "editor" => Role::Developer,
                "admin" => Role::Admin,
                other => {
                    let place = Place::new(ROLES, format!("/{}/{at}/role", escape(namespace)));
                    effective.problem(place, format!("conda-store knows no role `{other}`"));
                    continue;
                }
            };
            let who = directory.enabled_of(std::iter::once(word(row, "other_namespace")));
            by_role.entry(role).or_default().join(&who);
        }
        all.push(Bound { pattern: Pattern::new(namespace), place, by_role });
    }
    all
}

/// People in namespaces that are taken for their own. A binding of the database on that very pattern replaces it.
fn own(thing: &str, namespace: &str, bound: &[Bound], directory: &mut Directory, effective: &mut Effective) {
    let is_own = |name: &str| name == namespace || (pattern::is_special(name) && Pattern::new(name).matches(namespace));
    let accounts = directory.accounts().iter().enumerate();
    let mut who: Set =
        accounts.filter(|(_, account)| account.enabled && is_own(&account.name)).map(|(number, _)| number).collect();
    for bound in bound.iter().filter(|bound| bound.pattern.text() == namespace) {
        bound.by_role.values().for_each(|replaced| who = who.without(replaced));
    }
    for permission in permissions(Role::Admin) {
        effective.grant(*permission, thing, who.clone(), Place::new(ROLES, ""));
    }
}

#[cfg(test)]
mod tests;
