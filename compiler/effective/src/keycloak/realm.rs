//! A realm file as an import understands it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::files::{entries, escape, is_true, list, word, words};
use crate::grant::{Place, Problem};

/// Roles of a subject: those of the realm, and those of clients by client id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Roles {
    pub(crate) realm: BTreeSet<String>,
    pub(crate) client: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) enabled: bool,
    pub(crate) is_service: bool,
    pub(crate) groups: BTreeSet<String>,
    pub(crate) roles: Roles,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) pointer: String,
    pub(crate) roles: Roles,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Client {
    pub(crate) pointer: String,
    pub(crate) signs_people_in: bool,
    pub(crate) group_mappers: Vec<GroupMapper>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct GroupMapper {
    pub(crate) claim: String,
    pub(crate) full_path: bool,
    pub(crate) userinfo: bool,
    pub(crate) token: bool,
}

/// A rule of an identity provider that puts whom it lets in into a group.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Joining {
    provider: String,
    /// What the provider must say of them; empty where everybody from there joins.
    when: String,
    group: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Realm {
    pub(crate) path: String,
    /// By user name.
    pub(crate) users: BTreeMap<String, User>,
    /// The pointers of users, by name.
    pub(crate) pointers: BTreeMap<String, String>,
    /// By path.
    pub(crate) groups: BTreeMap<String, Group>,
    pub(crate) clients: BTreeMap<String, Client>,
    /// What roles bring along, by client (empty: of the realm) and name.
    pub(crate) composites: BTreeMap<(String, String), Roles>,
    pub(crate) default_groups: BTreeSet<String>,
    /// Client scopes, where the file lists any.
    pub(crate) scopes: Option<BTreeSet<String>>,
    /// Accounts can be made that no file lists.
    pub(crate) admits_newcomers: bool,
    joinings: Vec<Joining>,
    enabled: bool,
}

impl Realm {
    pub(crate) fn of(path: &str, document: &Value) -> Realm {
        let mut realm = Realm {
            path: path.to_owned(),
            // A realm that does not say `enabled` is off (`RealmRepresentation`, `importRealm`).
            enabled: is_true(document, "enabled"),
            default_groups: words(document, "defaultGroups").map(str::to_owned).collect(),
            scopes: document
                .get("clientScopes")
                .map(|_| list(document, "clientScopes").iter().map(|scope| word(scope, "name").to_owned()).collect()),
            admits_newcomers: is_true(document, "registrationAllowed")
                || !list(document, "identityProviders").is_empty()
                || entries(document, "components").any(|(kind, _)| kind == "org.keycloak.storage.UserStorageProvider"),
            ..Realm::default()
        };
        realm.read_groups("", "/groups", list(document, "groups"));
        realm.read_users(document);
        for (at, client) in list(document, "clients").iter().enumerate() {
            realm.clients.insert(word(client, "clientId").to_owned(), read_client(client, at));
        }
        if let Some(roles) = document.get("roles") {
            realm.read_composites("", list(roles, "realm"));
            for (client, of_client) in entries(roles, "client") {
                realm.read_composites(client, of_client.as_array().map_or(&[], Vec::as_slice));
            }
        }
        realm.joinings = list(document, "identityProviderMappers").iter().filter_map(joining).collect();
        realm
    }

    /// Adds the people of a document that lists some.
    pub(crate) fn read_users(&mut self, document: &Value) {
        for (at, user) in list(document, "users").iter().enumerate() {
            let row = User {
                // Whom a file does not enable is disabled (`createUser`: `isEnabled() != null && isEnabled()`).
                enabled: is_true(user, "enabled"),
                is_service: user.get("serviceAccountClientId").is_some(),
                // A bare name is the group at the top (`findGroupModel`).
                groups: words(user, "groups").map(rooted).collect(),
                roles: roles(user),
            };
            let name = word(user, "username").to_owned();
            self.pointers.insert(name.clone(), format!("/users/{at}"));
            self.users.insert(name, row);
        }
    }

    fn read_groups(&mut self, above: &str, pointer: &str, groups: &[Value]) {
        for (at, group) in groups.iter().enumerate() {
            let path = format!("{above}/{}", word(group, "name"));
            let pointer = format!("{pointer}/{at}");
            self.read_groups(&path, &format!("{pointer}/subGroups"), list(group, "subGroups"));
            self.groups.insert(path, Group { pointer, roles: roles(group) });
        }
    }

    fn read_composites(&mut self, client: &str, rows: &[Value]) {
        for role in rows {
            let Some(parts) = role.get("composites") else { continue };
            let brought = Roles {
                realm: words(parts, "realm").map(str::to_owned).collect(),
                client: of_clients(parts, "client"),
            };
            self.composites.insert((client.to_owned(), word(role, "name").to_owned()), brought);
        }
    }

    /// What makes an import fail as a whole: a person in a group that is not there.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !self.enabled {
            let message = "the realm is not enabled, so nobody signs in".to_owned();
            problems.push(Problem { place: Place::new(&self.path, "/enabled"), message });
        }
        for (name, user) in &self.users {
            if let Some(group) = user.groups.iter().find(|group| !self.groups.contains_key(*group)) {
                let pointer = self.pointers.get(name).cloned().unwrap_or_default();
                let message = format!(
                    "`{name}` is in a group {group} that the realm has not, so Keycloak refuses the whole file"
                );
                problems.push(Problem { place: Place::new(&self.path, pointer), message });
            }
        }
        problems
    }

    /// Whether identity providers put people into the same groups.
    pub(crate) fn joins_like(&self, other: &Realm) -> bool {
        self.joinings == other.joinings && self.enabled == other.enabled
    }

    /// The groups of somebody who joins one later. An identity provider puts them where its rules say; who joins by
    /// another way is put into the groups above too, as the files do.
    pub(crate) fn groups_of_newcomer(&self, path: &str) -> BTreeSet<String> {
        let mut groups = self.default_groups.clone();
        match self.joinings.iter().find(|joining| joining.group == path) {
            Some(rule) => {
                let same = |joining: &&Joining| {
                    joining.provider == rule.provider && (joining.when.is_empty() || joining.when == rule.when)
                };
                groups.extend(self.joinings.iter().filter(same).map(|joining| joining.group.clone()));
            }
            None => groups.extend(at_or_above(path).map(str::to_owned)),
        }
        groups
    }
}

/// A group and the groups above it, by their paths.
pub(crate) fn at_or_above(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.match_indices('/').map(|(at, _)| at).filter(|at| *at > 0).chain([path.len()]);
    ends.filter_map(|end| path.get(..end))
}

fn rooted(path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

fn roles(subject: &Value) -> Roles {
    let realm = words(subject, "realmRoles").map(str::to_owned).collect();
    Roles { realm, client: of_clients(subject, "clientRoles") }
}

fn of_clients(object: &Value, key: &str) -> BTreeMap<String, BTreeSet<String>> {
    let names =
        |value: &Value| value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    entries(object, key).map(|(client, value)| (client.clone(), names(value))).collect()
}

fn read_client(client: &Value, at: usize) -> Client {
    let mappers = list(client, "protocolMappers").iter();
    let mappers = mappers.filter(|mapper| word(mapper, "protocolMapper") == "oidc-group-membership-mapper");
    Client {
        pointer: format!("/clients/{at}"),
        signs_people_in: is_true(client, "enabled") && is_true(client, "standardFlowEnabled"),
        group_mappers: mappers.filter_map(|mapper| mapper.get("config")).map(read_mapper).collect(),
    }
}

fn read_mapper(config: &Value) -> GroupMapper {
    GroupMapper {
        claim: word(config, "claim.name").to_owned(),
        full_path: is_true(config, "full.path"),
        userinfo: is_true(config, "userinfo.token.claim"),
        token: is_true(config, "id.token.claim") || is_true(config, "access.token.claim"),
    }
}

fn joining(mapper: &Value) -> Option<Joining> {
    let config = mapper.get("config")?;
    let when = match word(mapper, "identityProviderMapper") {
        "oidc-advanced-group-idp-mapper" => word(config, "claims"),
        "saml-advanced-group-idp-mapper" => word(config, "attributes"),
        "oidc-hardcoded-group-idp-mapper" => "",
        _ => return None,
    };
    let group = rooted(word(config, "group"));
    Some(Joining { provider: word(mapper, "identityProviderAlias").to_owned(), when: when.to_owned(), group })
}

/// The place of a user in the file.
pub(crate) fn place_of(realm: &Realm, name: &str, part: &str) -> Place {
    let pointer = realm.pointers.get(name).cloned().unwrap_or_default();
    Place::new(&realm.path, format!("{pointer}/{}", escape(part)))
}
