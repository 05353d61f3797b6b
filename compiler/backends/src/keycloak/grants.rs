//! Which roles of Keycloak people and groups hold: what roles are in Keycloak, and the services' own roles.
//!
//! Roles of a group reach its sub-groups by Keycloak itself, as they do here. A role of a client that the platform does
//! not declare and Keycloak does not bring is left out: an import that names an unknown client fails as a whole.

use std::collections::{BTreeMap, BTreeSet};

use nbc_model::value::OriginId;
use nbc_model::world::EntityId;
use nbc_platform::kinds::{ClientType, Service};

use crate::site::{Site, Subject, subject};

/// Clients that every realm has.
const BUILT_IN_CLIENTS: [&str; 6] =
    ["account", "account-console", "admin-cli", "broker", "realm-management", "security-admin-console"];

/// Realm roles that Keycloak makes itself, but only after the roles of a file: who names them must declare them.
const LATE_REALM_ROLES: [(&str, &str); 2] =
    [("offline_access", "${role_offline-access}"), ("uma_authorization", "${role_uma_authorization}")];

/// Roles that one subject holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) realm: BTreeSet<String>,
    /// By client id.
    pub(crate) client: BTreeMap<String, BTreeSet<String>>,
    pub(crate) from: Vec<OriginId>,
}

/// All role mappings of a realm.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grants {
    pub(crate) held: BTreeMap<Subject, Held>,
    /// Every realm role that is named, with its description where Keycloak expects a certain one.
    pub(crate) realm_roles: BTreeMap<String, Option<&'static str>>,
    /// Every role of a declared client, by client id.
    pub(crate) client_roles: BTreeMap<String, BTreeSet<String>>,
}

/// The services that have a client in Keycloak, sorted by handle.
pub(crate) fn clients<'a, 'm>(site: &Site<'a, 'm>) -> impl Iterator<Item = &'a Service<'m>> {
    let services = site.platform.declared().services.iter();
    services.filter(|service| service.client.value != ClientType::None)
}

pub(crate) fn grants(site: &Site<'_, '_>) -> Grants {
    let mut grants = Grants::default();
    for service in clients(site) {
        let roles = grants.client_roles.entry(service.client_id.value.to_owned()).or_default();
        roles.extend(service.roles.value.iter().map(|entry| entry.key.to_owned()));
    }
    for role in &site.platform.declared().roles {
        grants.declare(role.id.entity, site);
    }
    for group in site.groups() {
        for item in site.draft().current(&group.roles.value) {
            grants.give(site, Subject::Group(group.id.entity), item.value.entity, item.origin);
        }
        for entry in &group.delegates.value {
            for item in site.draft().current(&entry.value) {
                // Keycloak cannot bind a role to the things of one group: who is delegated gets the pages, and
                // conda-store and the hub know over what.
                grants.give(site, subject(item), entry.key.entity, item.origin);
            }
        }
    }
    for user in site.active_users() {
        for item in site.draft().current(&user.roles.value) {
            grants.give(site, Subject::User(user.id.entity), item.value.entity, item.origin);
        }
    }
    for service in clients(site) {
        for entry in &service.roles.value {
            for item in site.draft().current(&entry.value) {
                let held = grants.held.entry(subject(item)).or_default();
                held.client.entry(service.client_id.value.to_owned()).or_default().insert(entry.key.to_owned());
                held.from.push(item.origin);
            }
        }
    }
    grants
}

impl Grants {
    fn knows_client(&self, client: &str) -> bool {
        self.client_roles.contains_key(client) || BUILT_IN_CLIENTS.contains(&client)
    }

    /// Makes the roles that a role names: Keycloak would make them by itself, of every slip too.
    fn declare(&mut self, role: EntityId, site: &Site<'_, '_>) {
        let Some(role) = site.role(role) else { return };
        for item in &role.keycloak.value.realm_roles.value {
            let late = LATE_REALM_ROLES.iter().find(|(name, _)| *name == item.value);
            self.realm_roles.insert(item.value.to_owned(), late.map(|(_, description)| *description));
        }
        for entry in &role.keycloak.value.client_roles.value {
            if let Some(roles) = self.client_roles.get_mut(entry.key) {
                roles.extend(entry.value.iter().map(|item| item.value.to_owned()));
            }
        }
    }

    pub(crate) fn give_to(&mut self, site: &Site<'_, '_>, to: Subject, role: EntityId, origin: OriginId) {
        self.give(site, to, role, origin);
    }

    fn give(&mut self, site: &Site<'_, '_>, to: Subject, role: EntityId, origin: OriginId) {
        let Some(role) = site.role(role) else { return };
        let mut held = Held::default();
        held.realm.extend(role.keycloak.value.realm_roles.value.iter().map(|item| item.value.to_owned()));
        for entry in &role.keycloak.value.client_roles.value {
            if self.knows_client(entry.key) {
                let names = entry.value.iter().map(|item| item.value.to_owned());
                held.client.entry(entry.key.to_owned()).or_default().extend(names);
            }
        }
        if held == Held::default() {
            return;
        }
        let all = self.held.entry(to).or_default();
        all.realm.append(&mut held.realm);
        for (client, mut names) in held.client {
            all.client.entry(client).or_default().append(&mut names);
        }
        all.from.push(origin);
    }

    pub(crate) fn of(&self, subject: Subject) -> Held {
        self.held.get(&subject).cloned().unwrap_or_default()
    }
}

/// Sets as the lists that Keycloak reads.
pub(crate) fn lists(roles: &BTreeMap<String, BTreeSet<String>>) -> BTreeMap<String, Vec<String>> {
    roles.iter().map(|(client, names)| (client.clone(), names.iter().cloned().collect())).collect()
}
