//! One realm, three ways in: `--import-realm`, keycloak-config-cli and the operator's `KeycloakRealmImport`.
//!
//! The realm is built once; the routes differ in how they spell secrets and where the user profile stands. No secret is
//! ever known here. What the importer does with a file that leaves something out is the reason for much that is written
//! out: `enabled`, the default role, mappers on clients (see each module).

mod clients;
mod flows;
mod grants;
mod people;
mod person;
mod profile;
mod providers;
mod realm;
mod routes;
mod settings;

use serde_json::Value;

use nbc_model::value::OriginId;
use nbc_platform::Platform;
use nbc_platform::kinds::SecretPlace;
use nbc_source::Diagnostic;

use crate::artifact::Emitted;
use crate::backend::{Backend, Options};
use crate::codes;
use crate::site::{Site, secret_variable};
use crate::validate::KEYCLOAK_26;
use crate::writer::{Document, Origins, Writer, below};
use realm::{Component, Realm, Role, Roles, Text};
use routes::Route;

/// A file of keycloak-config-cli travels in a Secret, which holds 1 MiB; this leaves room for its metadata.
const PART_LIMIT: usize = 900 << 10;
/// The largest object that etcd keeps by default, which carries the custom resource.
const RESOURCE_LIMIT: usize = 3 << 19;

pub(crate) const USER_PROFILE_PROVIDER: &str = "org.keycloak.userprofile.UserProfileProvider";
const DIRECTORY_PROVIDER: &str = "org.keycloak.storage.UserStorageProvider";

pub struct Keycloak;

impl Backend for Keycloak {
    fn name(&self) -> &'static str {
        "keycloak"
    }

    fn versions(&self) -> &'static [&'static str] {
        &["26"]
    }

    fn emit(&self, platform: &Platform<'_>, options: &Options<'_>) -> Emitted {
        let site = Site::new(platform);
        let mut writer = Writer::new(self, platform.model(), options);
        let Some(settings) = site.settings() else { return writer.finish() };
        let name = settings.realm.value;
        let (realm, origins) = build(&site, &mut writer);
        let profile = serde_json::to_value(profile::user_profile(&site)).unwrap_or(Value::Null);
        let document = Document { kind: "realm".to_owned(), value: tree(&realm), origins };
        refuse_placeholders(&site, &document, settings.realm.origin, &mut writer);

        let config_cli = routes::for_config_cli(document.value.clone(), profile);
        let config_cli =
            Document { kind: "config-cli".to_owned(), value: config_cli, origins: document.origins.clone() };
        let operator = operator(&site, &document, &mut writer);
        let mut import = document;
        routes::spell(&mut import.value, Route::Import);

        writer.json(format!("keycloak/{name}-realm.json"), Some(&KEYCLOAK_26), import);
        for (at, part) in routes::parts(config_cli, PART_LIMIT).into_iter().enumerate() {
            let number = if at == 0 { String::new() } else { format!("-users-{at:03}") };
            writer.yaml(format!("keycloak/config-cli/{name}{number}.yaml"), Some(&KEYCLOAK_26), vec![part]);
        }
        if writer.drop_larger(&operator, RESOURCE_LIMIT) {
            let message =
                format!("the realm `{name}` is larger than a custom resource may be, so {operator} is not written");
            let diagnostic = Diagnostic::new(&codes::REALM_TOO_LARGE, settings.span, message)
                .label("has too many people for the Keycloak operator's import")
                .help("bring it in with keycloak-config-cli, whose files are split, or with the realm file");
            writer.diagnostic(diagnostic);
        }
        writer.finish()
    }
}

/// The whole realm, and what Keycloak cannot say of it.
fn build(site: &Site<'_, '_>, writer: &mut Writer<'_>) -> (Realm, Origins) {
    let Some(declared) = site.settings() else { return (Realm::default(), Vec::new()) };
    let grants = grants::grants(site);
    let (mut realm, mut origins) = settings::realm(site, declared);
    settings::say_what_is_missing(declared, site, writer);
    providers::say_what_is_missing(site, writer);

    let (groups, from) = people::groups(site, &grants);
    origins.extend(from);
    let (clients, from) = clients::documents(site, writer);
    origins.extend(from);
    let (brokers, from) = providers::brokers(site);
    origins.extend(from);
    let (mut users, from) = people::users(site, &grants, writer);
    origins.extend(from);
    let (accounts, from) = clients::accounts(site, &grants, users.len());
    origins.extend(from);
    users.extend(accounts);

    realm.groups = groups;
    realm.clients = clients;
    realm.identity_providers = brokers;
    let (mappers, from) = providers::mappers(site);
    origins.extend(from);
    realm.identity_provider_mappers = mappers;
    realm.users = users;
    realm.roles = roles(&grants);
    let mut defaults: Vec<(String, OriginId)> =
        site.joined_by_everybody().into_iter().map(|(group, from)| (site.group_path(group), from)).collect();
    defaults.sort();
    let pointed = defaults.iter().enumerate().map(|(at, (_, from))| (format!("/defaultGroups/{at}"), vec![*from]));
    origins.extend(pointed);
    realm.default_groups = defaults.into_iter().map(|(path, _)| path).collect();
    realm.components.insert(USER_PROFILE_PROVIDER, vec![user_profile(site)]);
    let (directories, from) = providers::directories(site);
    origins.extend(from);
    if !directories.is_empty() {
        realm.components.insert(DIRECTORY_PROVIDER, directories);
    }
    (realm, origins)
}

fn roles(grants: &grants::Grants) -> Roles {
    let named = |name: &String, description: Option<&str>| Role {
        name: name.clone(),
        description: description.map(str::to_owned),
    };
    let realm = grants.realm_roles.iter().map(|(name, description)| named(name, *description)).collect();
    let client = grants.client_roles.iter().filter(|(_, names)| !names.is_empty());
    let client = client.map(|(client, names)| (client.clone(), names.iter().map(|name| named(name, None)).collect()));
    Roles { realm, client: client.collect() }
}

/// The user profile as a component: its configuration is a JSON text inside the realm's own JSON.
fn user_profile(site: &Site<'_, '_>) -> Component {
    let profile = serde_json::to_string(&profile::user_profile(site)).unwrap_or_default();
    Component {
        name: String::new(),
        provider_id: "declarative-user-profile",
        config: [("kc.user.profile.config".to_owned(), vec![Text::Plain(profile)])].into(),
        ..Component::default()
    }
}

fn tree(realm: &Realm) -> Value {
    let mut value = serde_json::to_value(realm).unwrap_or(Value::Null);
    // The profile's component has no name in Keycloak's own exports.
    if let Some(Value::Object(component)) =
        value.pointer_mut("/components/org.keycloak.userprofile.UserProfileProvider/0")
    {
        component.remove("name");
    }
    value
}

/// The custom resource; returns its path.
fn operator(site: &Site<'_, '_>, document: &Document, writer: &mut Writer<'_>) -> String {
    let path = "keycloak/realm-import.yaml".to_owned();
    let Some(settings) = site.settings() else { return path };
    let mut places: Vec<(String, String, String)> = Vec::new();
    let mut placeholders: Origins = Vec::new();
    for secret in &site.platform.declared().secrets {
        let name = match &secret.from.value {
            SecretPlace::Kubernetes(place) => {
                let variable = secret_variable(secret.handle);
                let at = format!("/spec/placeholders/{variable}/secret");
                let fields = [("/name", Some(place.name.origin)), ("/key", Some(place.key.origin))];
                placeholders.extend(below(&at, fields));
                places.push((variable, place.name.value.to_owned(), place.key.value.to_owned()));
                continue;
            }
            SecretPlace::Env(place) => place.name.value.to_owned(),
            SecretPlace::Vault(_) | SecretPlace::External(_) => secret_variable(secret.handle),
        };
        if routes::secrets(&document.value).contains(&name) {
            let why =
                "the Keycloak operator reads Secrets of Kubernetes only; the placeholder stays in realm-import.yaml";
            writer.not_expressed(site.draft().path(secret.id.entity), Some(secret.from.origin), why);
        }
    }
    let place = |name: &str| {
        let found = places.iter().find(|(variable, _, _)| variable == name);
        found.map(|(_, object, key)| (object.clone(), key.clone()))
    };
    let labels = crate::kubernetes::object::labels(settings.handle, &[]);
    let labels = labels.into_iter().map(|(key, value)| (key, Value::String(value))).collect();
    let name = settings.realm.value.to_lowercase().replace('_', "-");
    let value = routes::for_operator(name.trim_matches('-'), document.value.clone(), place, labels);
    let in_realm = document.origins.iter().map(|(at, from)| (format!("/spec/realm{at}"), from.clone()));
    let whole = [(String::new(), vec![site.declared(settings.id.entity)])];
    let origins = whole.into_iter().chain(in_realm).chain(placeholders).collect();
    let kind = "k8s.keycloak.org/v2alpha1/KeycloakRealmImport".to_owned();
    writer.yaml(&path, Some(&KEYCLOAK_26), vec![Document { kind, value, origins }]);
    path
}

/// What nbc writes itself in the shape of a placeholder: message keys and templates of mappers.
fn is_own(pointer: &str) -> bool {
    pointer.starts_with("/components/org.keycloak.userprofile")
        || pointer.starts_with("/roles/realm/") && pointer.ends_with("/description")
        || pointer.starts_with("/identityProviderMappers/") && pointer.ends_with("/config/template")
}

fn refuse_placeholders(site: &Site<'_, '_>, document: &Document, realm: OriginId, writer: &mut Writer<'_>) {
    for (pointer, text) in routes::placeholders(&document.value) {
        if is_own(&pointer) {
            continue;
        }
        let holds = |at: &str| pointer.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let nearest = document.origins.iter().filter(|(at, _)| holds(at));
        let nearest = nearest.max_by_key(|(at, _)| at.len()).and_then(|(_, from)| from.first().copied());
        let span = site.draft().span(nearest.unwrap_or(realm));
        let message = format!("Keycloak would replace a part of `{text}` by a variable of its environment");
        let diagnostic = Diagnostic::new(&codes::PLACEHOLDER_IN_REALM, span, message)
            .label("this or what belongs to it holds `${` or `$(`")
            .help("write it without `${` and `$(`: Keycloak has no way to quote them");
        writer.diagnostic(diagnostic);
    }
}

#[cfg(test)]
mod tests {
    use super::Keycloak;
    use crate::testing::{LAB, emitted, not_expressed, text};
    use serde_json::Value;

    fn realm(workspace: &str) -> Value {
        serde_json::from_str(text(&emitted(&Keycloak, workspace), "keycloak/lab-realm.json")).unwrap()
    }

    #[test]
    fn people_groups_and_clients_are_written_out() {
        let realm = realm(LAB);
        for part in ["users", "groups", "clients", "roles"] {
            insta::assert_snapshot!(format!("keycloak_{part}"), serde_json::to_string_pretty(&realm[part]).unwrap());
        }
    }

    #[test]
    fn everybody_is_enabled_or_not_and_has_the_default_role() {
        for user in realm(LAB)["users"].as_array().unwrap() {
            assert!(user["enabled"].is_boolean(), "{user}");
            assert_eq!(user["realmRoles"][0], "default-roles-lab", "{user}");
        }
    }

    #[test]
    fn a_file_lists_no_scopes_and_only_complete_required_actions() {
        let plain = realm(LAB);
        assert!(plain.get("clientScopes").is_none() && plain.get("requiredActions").is_none());
        let strict = realm(&LAB.replace("title: \"A lab\"", "mfa: required"));
        assert_eq!(strict["requiredActions"].as_array().unwrap().len(), 14);
        assert_eq!(strict["users"][0]["requiredActions"][0], "CONFIGURE_TOTP");
    }

    #[test]
    fn every_attribute_that_somebody_has_is_declared() {
        let realm = realm(LAB);
        let component = &realm["components"]["org.keycloak.userprofile.UserProfileProvider"][0];
        let profile = component["config"]["kc.user.profile.config"][0].as_str().unwrap();
        let profile: Value = serde_json::from_str(profile).unwrap();
        let names: Vec<&str> =
            profile["attributes"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["username", "email", "firstName", "lastName", "affiliation", "training"]);
    }

    #[test]
    fn routes_spell_secrets_and_none_is_known() {
        let emitted = emitted(&Keycloak, LAB);
        assert!(text(&emitted, "keycloak/lab-realm.json").contains("\"secret\": \"${NBC_SECRET_HUB_LOGIN}\""));
        assert!(text(&emitted, "keycloak/config-cli/lab.yaml").contains("secret: $(env:NBC_SECRET_HUB_LOGIN)"));
        let operator = text(&emitted, "keycloak/realm-import.yaml");
        assert!(
            operator.contains("NBC_SECRET_HUB_LOGIN:\n      secret:\n        name: hub-oauth\n        key: secret")
        );
        assert!(text(&emitted, "keycloak/config-cli/lab.yaml").contains("\nuserProfile:"));
        assert_eq!(not_expressed(&emitted), "");
    }

    #[test]
    fn text_that_the_import_would_replace_is_refused_at_its_place() {
        let emitted = emitted(&Keycloak, &LAB.replace("last-name: \"Silva\"", "last-name: \"$(env:HOME)\""));
        let found = emitted.diagnostics.iter().next().unwrap();
        assert_eq!(found.code.name, "placeholder-in-realm");
        assert!(found.span.is_some());
    }
}
