//! Three ways to bring one realm into Keycloak, and how each spells a secret.
//!
//! Each route replaces placeholders in every text it reads (`${NAME}` on import and in the operator, `$(…)` in
//! keycloak-config-cli), also in what people wrote. Such text of theirs is refused with its place: there is no way to
//! quote it, and what stands in it could be any variable of Keycloak's environment.

use std::collections::BTreeMap;

use nbc_model::value::OriginId;
use serde_json::{Map, Value};

use super::realm::SECRET;
use crate::writer::Document;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `--import-realm`
    Import,
    /// keycloak-config-cli with `IMPORT_VARSUBSTITUTION_ENABLED=true`
    ConfigCli,
    /// `KeycloakRealmImport` of the operator
    Operator,
}

/// Spells every secret of a document for a route, in place.
pub(crate) fn spell(value: &mut Value, route: Route) {
    match value {
        Value::Object(map) => {
            if let (1, Some(Value::String(name))) = (map.len(), map.get(SECRET)) {
                *value = Value::String(match route {
                    Route::Import | Route::Operator => format!("${{{name}}}"),
                    Route::ConfigCli => format!("$(env:{name})"),
                });
                return;
            }
            map.values_mut().for_each(|part| spell(part, route));
        }
        Value::Array(list) => list.iter_mut().for_each(|part| spell(part, route)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The names of all secrets of a document, sorted.
pub(crate) fn secrets(value: &Value) -> Vec<String> {
    let mut names = Vec::new();
    collect(value, &mut names);
    names.sort();
    names.dedup();
    names
}

fn collect(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(map) => match (map.len(), map.get(SECRET)) {
            (1, Some(Value::String(name))) => names.push(name.clone()),
            _ => map.values().for_each(|part| collect(part, names)),
        },
        Value::Array(list) => list.iter().for_each(|part| collect(part, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Where a document holds text that a route would replace: pointer and text. Message keys of Keycloak (`${username}`,
/// `${role_offline-access}`) and templates of mappers are nbc's own, and are not here yet or known by their place.
pub(crate) fn placeholders(value: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    scan(value, &mut String::new(), &mut found);
    found
}

fn scan(value: &Value, path: &mut String, found: &mut Vec<(String, String)>) {
    let length = path.len();
    let mut step = |key: &str, part: &Value, path: &mut String| {
        path.push('/');
        path.push_str(&crate::lines::escape(key));
        scan(part, path, found);
        path.truncate(length);
    };
    match value {
        Value::String(text) if text.contains("${") || text.contains("$(") => found.push((path.clone(), text.clone())),
        Value::Object(map) => {
            for (key, part) in map {
                if (key.contains("${") || key.contains("$(")) && key != SECRET {
                    step(key, &Value::String(key.clone()), path);
                }
                step(key, part, path);
            }
        }
        Value::Array(list) => list.iter().enumerate().for_each(|(at, part)| step(&at.to_string(), part, path)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The realm of keycloak-config-cli: the user profile is a key of its own, and what it would do anew at every run
/// (required actions of people) is left to the realm's defaults.
pub(crate) fn for_config_cli(mut realm: Value, profile: Value) -> Value {
    if let Value::Object(map) = &mut realm {
        if let Some(Value::Object(components)) = map.get_mut("components") {
            components.remove(super::USER_PROFILE_PROVIDER);
            if components.is_empty() {
                map.remove("components");
            }
        }
        if let Some(Value::Array(users)) = map.get_mut("users") {
            for user in users.iter_mut().filter_map(Value::as_object_mut) {
                user.remove("requiredActions");
            }
        }
        map.insert("userProfile".to_owned(), profile);
    }
    spell(&mut realm, Route::ConfigCli);
    realm
}

/// Splits a document of keycloak-config-cli so that each part is at most `limit` long: the realm, and people in files of
/// their own. That program never removes people, so a file that lists some of them takes nothing from the others.
pub(crate) fn parts(document: Document, limit: usize) -> Vec<Document> {
    let length = |value: &Value| serde_json::to_string_pretty(value).map_or(0, |text| text.len());
    if length(&document.value) <= limit {
        return vec![document];
    }
    let Document { kind, mut value, origins } = document;
    let realm = value.get("realm").cloned().unwrap_or(Value::Null);
    let users = match value.get_mut("users").map(Value::take) {
        Some(Value::Array(users)) => users,
        _ => Vec::new(),
    };
    if let Value::Object(map) = &mut value {
        map.remove("users");
    }
    let (of_users, rest): (Vec<_>, Vec<_>) = origins.into_iter().partition(|(at, _)| at.starts_with("/users/"));
    let mut of_user: BTreeMap<usize, Vec<(String, Vec<OriginId>)>> = BTreeMap::new();
    for (at, from) in of_users {
        let tail = at.trim_start_matches("/users/");
        let (number, field) = tail.split_once('/').unwrap_or((tail, ""));
        if let Ok(number) = number.parse() {
            of_user.entry(number).or_default().push((field.to_owned(), from));
        }
    }
    let mut parts = vec![Document { kind: kind.clone(), value, origins: rest }];
    let (mut some, mut from, mut size) = (Vec::new(), Vec::new(), 0);
    let close = |some: &mut Vec<Value>, from: &mut Vec<(String, Vec<OriginId>)>| Document {
        kind: kind.clone(),
        value: serde_json::json!({"realm": realm, "users": std::mem::take(some)}),
        origins: std::mem::take(from),
    };
    for (number, user) in users.into_iter().enumerate() {
        let more = length(&user);
        if size + more > limit && !some.is_empty() {
            parts.push(close(&mut some, &mut from));
            size = 0;
        }
        for (field, origins) in of_user.remove(&number).unwrap_or_default() {
            from.push((format!("/users/{}/{field}", some.len()), origins));
        }
        some.push(user);
        size += more;
    }
    if !some.is_empty() {
        parts.push(close(&mut some, &mut from));
    }
    parts
}

/// The operator's custom resource; `places` says which Secret and key a name stands for.
pub(crate) fn for_operator(
    name: &str,
    realm: Value,
    places: impl Fn(&str) -> Option<(String, String)>,
    labels: Map<String, Value>,
) -> Value {
    let mut placeholders = Map::new();
    for secret in secrets(&realm) {
        if let Some((object, key)) = places(&secret) {
            placeholders.insert(secret, serde_json::json!({"secret": {"name": object, "key": key}}));
        }
    }
    let mut realm = realm;
    spell(&mut realm, Route::Operator);
    let mut spec = Map::new();
    spec.insert("keycloakCRName".to_owned(), Value::String("keycloak".to_owned()));
    if !placeholders.is_empty() {
        spec.insert("placeholders".to_owned(), Value::Object(placeholders));
    }
    spec.insert("realm".to_owned(), realm);
    serde_json::json!({
        "apiVersion": "k8s.keycloak.org/v2alpha1",
        "kind": "KeycloakRealmImport",
        "metadata": {"name": name, "labels": labels},
        "spec": spec,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use nbc_model::index::Id as _;
    use serde_json::json;

    #[test]
    fn each_route_spells_a_secret_in_its_own_way() {
        let realm = json!({"clients": [{"secret": {"$secret": "NBC_SECRET_HUB"}}]});
        let spelt = |route| {
            let mut copy = realm.clone();
            spell(&mut copy, route);
            copy.pointer("/clients/0/secret").unwrap().as_str().unwrap().to_owned()
        };
        assert_eq!(spelt(Route::Import), "${NBC_SECRET_HUB}");
        assert_eq!(spelt(Route::ConfigCli), "$(env:NBC_SECRET_HUB)");
        assert_eq!(secrets(&realm), ["NBC_SECRET_HUB"]);
    }

    #[test]
    fn text_that_a_route_would_replace_is_found_where_it_stands() {
        let realm =
            json!({"users": [{"firstName": "${KC_DB_PASSWORD}", "attributes": {"$(env:X)": ["a"]}}], "x": "$5 (five)"});
        let found: Vec<String> = placeholders(&realm).into_iter().map(|(pointer, _)| pointer).collect();
        assert_eq!(found, ["/users/0/firstName", "/users/0/attributes/$(env:X)"]);
    }

    #[test]
    fn a_large_realm_is_split_and_nobody_is_lost() {
        let users: Vec<Value> = (0..10).map(|n| json!({"username": format!("user-{n}")})).collect();
        let value = json!({"realm": "lab", "groups": [], "users": users});
        let origins = (0..10).map(|n| (format!("/users/{n}/username"), vec![OriginId::new(n)])).collect();
        let document = Document { kind: "config-cli".to_owned(), value, origins };
        let parts = parts(document, 100);
        assert!(parts.len() > 3);
        let names: Vec<&str> = parts
            .iter()
            .flat_map(|part| part.value.get("users").and_then(Value::as_array).into_iter().flatten())
            .map(|user| user["username"].as_str().unwrap())
            .collect();
        assert_eq!(names, (0..10).map(|n| format!("user-{n}")).collect::<Vec<_>>());
        assert_eq!(parts[2].origins[0], ("/users/0/username".to_owned(), vec![OriginId::new(3)]));
    }
}
