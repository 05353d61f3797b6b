//! Everything a realm file declares, compared with what Keycloak holds after the import; and nothing more than the built-in things beside it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{AREA, Admin};
use crate::Failure;
use crate::compare::{Lists, within};
use crate::http::percent_encoded;
use crate::identity::{Realm, groups_of, list, text, texts};
use crate::report::{Judged, Report};

/// Clients and roles that every realm has.
const BUILT_IN_CLIENTS: [&str; 6] =
    ["account", "account-console", "admin-cli", "broker", "realm-management", "security-admin-console"];
const BUILT_IN_ROLES: [&str; 2] = ["offline_access", "uma_authorization"];

/// Parts of a realm file that are compared by functions of their own, or that the server does not show under the same key.
const APART: [&str; 15] = [
    "users",
    "groups",
    "roles",
    "clients",
    "clientScopes",
    "identityProviders",
    "identityProviderMappers",
    "components",
    "defaultGroups",
    "requiredActions",
    "defaultDefaultClientScopes",
    "defaultOptionalClientScopes",
    "authenticationFlows",
    "authenticatorConfig",
    "scopeMappings",
];

pub(crate) fn judge(admin: &Admin, realm: &Realm, report: &mut Report) -> Result<(), Failure> {
    let declared = realm.declared()?;
    let export = admin.export(&realm.name)?;
    let mut say = |what: &str, judged: Judged| report.check_all(AREA, &format!("{}: {what}", realm.build), &judged);
    say("realm settings are as declared", settings(admin, &declared, &realm.name)?);
    say("groups are as declared", groups(&declared, &export));
    say("roles and their composites are as declared", roles(&declared, &export, &realm.name));
    say("clients, mappers and secrets are as declared", clients(admin, &declared, &export, &realm.name)?);
    say("people and their attributes are as declared", people(admin, &declared, &realm.name)?);
    say("memberships are as declared", memberships(admin, &declared, &export, &realm.name)?);
    say("role assignments are as declared", assignments(admin, &declared, &export, &realm.name)?);
    if !list(&declared, "identityProviders").is_empty() {
        say("identity providers and their mappers are as declared", providers(admin, &declared, &realm.name)?);
    }
    if !list(&declared, "authenticationFlows").is_empty() {
        say("sign-in flows are as declared", flows(&declared, &export));
    }
    if !list(&declared, "defaultGroups").is_empty() {
        say("default groups are as declared", default_groups(admin, &declared, &realm.name)?);
    }
    Ok(())
}

fn settings(admin: &Admin, declared: &Value, realm: &str) -> Result<Judged, Failure> {
    let found = admin.get(&format!("/{realm}"))?;
    let mut judged = Judged::default();
    for (key, value) in declared.as_object().into_iter().flatten().filter(|(key, _)| !APART.contains(&key.as_str())) {
        let found = found.get(key).unwrap_or(&Value::Null);
        judged.add(within(value, found, Lists::Unordered).map_err(|place| format!("{key}{place}")));
    }
    Ok(judged)
}

fn groups(declared: &Value, export: &Value) -> Judged {
    let (declared, found) = (groups_of(declared), groups_of(export));
    let mut judged = Judged::default();
    judged.equal("groups", &found.keys().collect::<Vec<_>>(), &declared.keys().collect::<Vec<_>>());
    for (path, group) in &declared {
        let own = without(group, &["subGroups"]);
        let found = found.get(path).copied().unwrap_or(&Value::Null);
        judged.add(within(&own, found, Lists::Unordered).map_err(|place| format!("{path}{place}")));
    }
    judged
}

/// Realm and client roles by name; the server's own ones are left out.
fn roles_of(realm: &Value, name: &str) -> BTreeMap<String, Value> {
    let roles = realm.get("roles").unwrap_or(&Value::Null);
    let default = format!("default-roles-{name}");
    let of_realm = list(roles, "realm").iter().map(|role| (text(role, "name"), role.clone()));
    let mut all: BTreeMap<String, Value> = of_realm
        .filter(|(name, _)| {
            !BUILT_IN_ROLES.contains(&name.as_str()) && *name != default.to_lowercase() && *name != default
        })
        .collect();
    for (client, roles) in roles.get("client").and_then(Value::as_object).into_iter().flatten() {
        if !BUILT_IN_CLIENTS.contains(&client.as_str()) {
            let of_client = roles.as_array().into_iter().flatten();
            all.extend(of_client.map(|role| (format!("{client}/{}", text(role, "name")), role.clone())));
        }
    }
    all
}

fn roles(declared: &Value, export: &Value, name: &str) -> Judged {
    let (declared, found) = (roles_of(declared, name), roles_of(export, name));
    let mut judged = Judged::default();
    // A service account's client gets a role of its own from the server.
    let found_names: Vec<&String> = found.keys().filter(|role| !role.ends_with("/uma_protection")).collect();
    judged.equal("roles", &found_names, &declared.keys().collect::<Vec<_>>());
    for (name, role) in &declared {
        let found = found.get(name).unwrap_or(&Value::Null);
        judged.add(within(role, found, Lists::Unordered).map_err(|place| format!("{name}{place}")));
    }
    judged
}

fn clients(admin: &Admin, declared: &Value, export: &Value, realm: &str) -> Result<Judged, Failure> {
    let by_id = |realm: &Value| {
        list(realm, "clients")
            .iter()
            .map(|client| (text(client, "clientId"), client.clone()))
            .collect::<BTreeMap<_, _>>()
    };
    let (declared, found) = (by_id(declared), by_id(export));
    let server = admin.clients(realm)?;
    let mut judged = Judged::default();
    let extra: Vec<&String> =
        found.keys().filter(|id| !declared.contains_key(*id) && !BUILT_IN_CLIENTS.contains(&id.as_str())).collect();
    judged.equal("clients nobody declared", &extra, &Vec::new());
    for (id, client) in &declared {
        let found = found.get(id).unwrap_or(&Value::Null);
        judged.add(within(client, found, Lists::Unordered).map_err(|place| format!("client {id}{place}")));
        if let Some(secret) = client.get("secret") {
            let identifier = server.get(id).map(|client| text(client, "id")).unwrap_or_default();
            let found = admin.get(&format!("/{realm}/clients/{identifier}/client-secret"))?;
            judged.equal(
                &format!("secret of client {id}"),
                &text(&found, "value"),
                &secret.as_str().unwrap_or_default().to_owned(),
            );
        }
    }
    Ok(judged)
}

fn people(admin: &Admin, declared: &Value, realm: &str) -> Result<Judged, Failure> {
    let found = admin.pages(&format!("/{realm}/users?briefRepresentation=false"))?;
    let by_name = |users: &[Value]| -> BTreeMap<String, Value> {
        let people = users.iter().filter(|user| user.get("serviceAccountClientId").is_none());
        people.map(|user| (text(user, "username").to_lowercase(), user.clone())).collect()
    };
    let (declared, found) = (by_name(list(declared, "users")), by_name(&found));
    let mut judged = Judged::default();
    judged.equal("people", &found.keys().collect::<Vec<_>>(), &declared.keys().collect::<Vec<_>>());
    for (name, user) in &declared {
        let found = found.get(name).unwrap_or(&Value::Null);
        let mut own = without(
            user,
            &["groups", "realmRoles", "clientRoles", "credentials", "federatedIdentities", "username", "email"],
        );
        if let (Some(email), Some(fields)) = (user.get("email").and_then(Value::as_str), own.as_object_mut()) {
            fields.insert("email".to_owned(), Value::String(email.to_lowercase())); // so the server keeps it
        }
        judged.add(within(&own, found, Lists::Unordered).map_err(|place| format!("user {name}{place}")));
    }
    Ok(judged)
}

/// Who declares something: for each value of a list in users, the usernames.
fn holders<'a>(users: impl Iterator<Item = (&'a Value, BTreeSet<String>)>) -> BTreeMap<String, BTreeSet<String>> {
    let mut holders: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (user, values) in users {
        for value in values {
            holders.entry(value).or_default().insert(text(user, "username").to_lowercase());
        }
    }
    holders
}

fn memberships(admin: &Admin, declared: &Value, export: &Value, realm: &str) -> Result<Judged, Failure> {
    let rooted = |path: String| if path.starts_with('/') { path } else { format!("/{path}") };
    let users = list(declared, "users").iter();
    let declared = holders(users.map(|user| (user, texts(user, "groups").into_iter().map(rooted).collect())));
    let mut judged = Judged::default();
    for (path, group) in groups_of(export) {
        let found =
            admin.usernames(&format!("/{realm}/groups/{}/members?briefRepresentation=true", text(group, "id")))?;
        difference(&mut judged, &format!("members of {path}"), &found, declared.get(&path));
    }
    Ok(judged)
}

fn assignments(admin: &Admin, declared: &Value, export: &Value, realm: &str) -> Result<Judged, Failure> {
    let mut judged = Judged::default();
    let users = || list(declared, "users").iter();
    let of_realm = holders(users().map(|user| (user, texts(user, "realmRoles"))));
    let roles = export.get("roles").unwrap_or(&Value::Null);
    for role in list(roles, "realm").iter().map(|role| text(role, "name")) {
        let found = admin.usernames(&format!("/{realm}/roles/{}/users", percent_encoded(&role)))?;
        // The server gives every service account the default role.
        let found = found.into_iter().filter(|user| !user.starts_with("service-account-")).collect();
        let people = of_realm
            .get(&role)
            .map(|users| users.iter().filter(|user| !user.starts_with("service-account-")).cloned().collect());
        difference(&mut judged, &format!("holders of role {role}"), &found, people.as_ref());
    }
    let clients = admin.clients(realm)?;
    for (client, roles) in roles.get("client").and_then(Value::as_object).into_iter().flatten() {
        let of_client = holders(
            users().map(|user| (user, user.get("clientRoles").map(|roles| texts(roles, client)).unwrap_or_default())),
        );
        let identifier = clients.get(client).map(|client| text(client, "id")).unwrap_or_default();
        for role in roles.as_array().into_iter().flatten().map(|role| text(role, "name")) {
            let found =
                admin.usernames(&format!("/{realm}/clients/{identifier}/roles/{}/users", percent_encoded(&role)))?;
            if role != "uma_protection" {
                difference(&mut judged, &format!("holders of role {client}/{role}"), &found, of_client.get(&role));
            }
        }
    }
    Ok(judged)
}

fn difference(judged: &mut Judged, what: &str, found: &BTreeSet<String>, declared: Option<&BTreeSet<String>>) {
    let empty = BTreeSet::new();
    let declared = declared.unwrap_or(&empty);
    let (missing, extra): (Vec<_>, Vec<_>) =
        (declared.difference(found).collect(), found.difference(declared).collect());
    judged.add(if missing.is_empty() && extra.is_empty() {
        Ok(())
    } else {
        Err(format!("{what}: missing {missing:?}, nobody declared {extra:?}"))
    });
}

fn providers(admin: &Admin, declared: &Value, realm: &str) -> Result<Judged, Failure> {
    let found = admin.get(&format!("/{realm}/identity-provider/instances"))?;
    let mut judged = Judged::default();
    for provider in list(declared, "identityProviders") {
        let alias = text(provider, "alias");
        let found =
            found.as_array().into_iter().flatten().find(|found| text(found, "alias") == alias).unwrap_or(&Value::Null);
        judged.add(
            within(provider, found, Lists::Unordered).map_err(|place| format!("identity provider {alias}{place}")),
        );
        let mappers =
            admin.get(&format!("/{realm}/identity-provider/instances/{}/mappers", percent_encoded(&alias)))?;
        let own: Vec<Value> = list(declared, "identityProviderMappers")
            .iter()
            .filter(|mapper| text(mapper, "identityProviderAlias") == alias)
            .cloned()
            .collect();
        judged.add(
            within(&Value::Array(own), &mappers, Lists::Unordered)
                .map_err(|place| format!("mappers of {alias}{place}")),
        );
    }
    Ok(judged)
}

/// Flows by alias, with their steps in order; the server's own stay beside them.
fn flows(declared: &Value, export: &Value) -> Judged {
    let mut judged = Judged::default();
    for key in ["authenticationFlows", "authenticatorConfig"] {
        for flow in list(declared, key) {
            let alias = text(flow, "alias");
            let found = list(export, key).iter().find(|found| text(found, "alias") == alias).unwrap_or(&Value::Null);
            judged.add(within(flow, found, Lists::Ordered).map_err(|place| format!("{key} {alias}{place}")));
        }
    }
    judged
}

fn default_groups(admin: &Admin, declared: &Value, realm: &str) -> Result<Judged, Failure> {
    let found = admin.get(&format!("/{realm}/default-groups"))?;
    let found: BTreeSet<String> = found.as_array().into_iter().flatten().map(|group| text(group, "path")).collect();
    let mut judged = Judged::default();
    judged.equal("default groups", &found, &texts(declared, "defaultGroups"));
    Ok(judged)
}

fn without(object: &Value, keys: &[&str]) -> Value {
    let fields = object.as_object().into_iter().flatten().filter(|(key, _)| !keys.contains(&key.as_str()));
    Value::Object(fields.map(|(key, value)| (key.clone(), value.clone())).collect())
}
