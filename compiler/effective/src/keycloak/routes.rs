//! The two other ways of the same realm into Keycloak: each must let the same people do the same.

use serde_json::Value;

use super::Realm;
use crate::files::{Files, yaml};
use crate::grant::{Place, Problem};

/// The first difference of each route from the realm file.
pub(crate) fn differences(files: &Files<'_>, realm: &Realm) -> Vec<Problem> {
    let mut problems = Vec::new();
    let config_cli: Vec<(&str, &str)> = files.below("keycloak/config-cli/").collect();
    if !config_cli.is_empty() {
        problems.extend(compared(realm, &config_cli, whole));
    }
    if let Some(text) = files.text("keycloak/realm-import.yaml") {
        let operator = [("keycloak/realm-import.yaml", text)];
        problems.extend(compared(realm, &operator, |document| document.pointer("/spec/realm")));
    }
    problems
}

/// The realm of a file that is one.
fn whole(document: &Value) -> Option<&Value> {
    Some(document)
}

/// Reads a realm that may lie in several files, people after the rest, and compares it.
fn compared(realm: &Realm, files: &[(&str, &str)], part: impl Fn(&Value) -> Option<&Value>) -> Option<Problem> {
    let mut parsed: Vec<(&str, Vec<Value>)> = Vec::new();
    for (path, text) in files {
        match yaml(path, text) {
            Ok(documents) => parsed.push((path, documents)),
            Err(problem) => return Some(problem),
        }
    }
    let mut all: Vec<(&str, &Value)> = Vec::new();
    for (path, documents) in &parsed {
        all.extend(documents.iter().filter_map(&part).map(|document| (*path, document)));
    }
    // A file of people alone does not say what the realm is.
    all.sort_by_key(|(path, document)| (document.get("enabled").is_none(), *path));
    let (path, document) = all.first()?;
    let mut other = Realm::of(path, document);
    all.iter().skip(1).for_each(|(_, people)| other.read_users(people));
    let message = difference(realm, &other)?;
    Some(Problem { place: Place::new(*path, ""), message: format!("{message} than in {}", realm.path) })
}

fn difference(realm: &Realm, other: &Realm) -> Option<String> {
    let names: std::collections::BTreeSet<&String> = realm.users.keys().chain(other.users.keys()).collect();
    if let Some(name) = names.into_iter().find(|name| realm.users.get(*name) != other.users.get(*name)) {
        return Some(format!("`{name}` has other groups or roles"));
    }
    for (what, same) in [
        ("groups are others or have other roles", realm.groups == other.groups),
        ("clients or their mappers are others", realm.clients == other.clients),
        ("roles bring along others", realm.composites == other.composites),
        ("newcomers join other groups", realm.default_groups == other.default_groups && realm.joins_like(other)),
        ("other people can sign in", realm.admits_newcomers == other.admits_newcomers && realm.scopes == other.scopes),
    ] {
        if !same {
            return Some(what.to_owned());
        }
    }
    None
}
