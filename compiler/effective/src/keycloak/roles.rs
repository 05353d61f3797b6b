//! Who has a role in the end: given to them, to a group of theirs or one above it, or brought along by another role.

use std::collections::BTreeSet;

use super::Realm;
use super::realm::{Roles, at_or_above, place_of};
use crate::directory::Directory;
use crate::grant::Place;
use crate::set::Set;

/// A role by its client (empty: of the realm) and name.
type Role = (String, String);

/// Whoever has one of these roles of a client, by the place that gives it.
pub(crate) fn holders(realm: &Realm, directory: &Directory, client: &str, names: &[&str]) -> Vec<(Place, Set)> {
    let has = |roles: &Roles| all(realm, roles).iter().any(|(of, name)| of == client && names.contains(&name.as_str()));
    let mut found = Vec::new();
    for (path, group) in realm.groups.iter().filter(|(_, group)| has(&group.roles)) {
        // Roles of a group reach the members of its sub-groups (`GroupModel`, "Role mappings are inherited").
        let below = |groups: &BTreeSet<String>| groups.iter().any(|own| at_or_above(own).any(|above| above == path));
        let accounts = directory.accounts().iter().enumerate();
        let members = accounts.filter(|(_, account)| account.enabled && below(&account.groups));
        let place = Place::new(&realm.path, format!("{}/clientRoles", group.pointer));
        found.push((place, members.map(|(number, _)| number).collect()));
    }
    for (name, _) in realm.users.iter().filter(|(_, user)| user.enabled && has(&user.roles)) {
        let number = directory.find(name);
        found.push((place_of(realm, name, "clientRoles"), number.into_iter().collect()));
    }
    found
}

/// Roles and all that they bring along.
fn all(realm: &Realm, given: &Roles) -> BTreeSet<Role> {
    let mut found: BTreeSet<Role> = BTreeSet::new();
    let mut waiting: Vec<Role> = each(given);
    while let Some(role) = waiting.pop() {
        if let (true, Some(brought)) = (found.insert(role.clone()), realm.composites.get(&role)) {
            waiting.extend(each(brought));
        }
    }
    found
}

fn each(roles: &Roles) -> Vec<Role> {
    let of_realm = roles.realm.iter().map(|name| (String::new(), name.clone()));
    let of_clients =
        roles.client.iter().flat_map(|(client, names)| names.iter().map(move |name| (client.clone(), name.clone())));
    of_realm.chain(of_clients).collect()
}
