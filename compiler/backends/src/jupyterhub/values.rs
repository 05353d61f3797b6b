//! Settings of the hub, and the same as values of the Helm chart (Zero to JupyterHub 4).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use nbc_model::value::OriginId;
use nbc_platform::kinds::{PlatformKind, Service, Theme};
use nbc_platform::values::Sourced;

use super::facts::Facts;
use super::hub_roles::HubRole;
use super::{access, entry, hub_roles, origins};
use crate::lines::escape;
use crate::site::{Site, origin};
use crate::writer::{Origins, below, entries};

/// The service that is the hub, where the platform declares it.
pub(crate) fn hub<'a, 'm>(site: &Site<'a, 'm>) -> Option<&'a Service<'m>> {
    site.platform.declared().services.iter().find(|service| service.handle == "jupyterhub")
}

/// Settings by class, as `jupyterhub_config.py` has them.
pub(crate) fn config(
    site: &Site<'_, '_>,
    roles: &BTreeMap<String, HubRole>,
) -> BTreeMap<&'static str, Map<String, Value>> {
    let Some(settings) = site.settings() else { return BTreeMap::new() };
    let mut config: BTreeMap<&'static str, Map<String, Value>> = BTreeMap::new();
    let mut hub = Map::new();
    if settings.servers_per_user.value > 1 {
        hub.insert("allow_named_servers".to_owned(), json!(true));
        hub.insert("named_server_limit_per_user".to_owned(), json!(settings.servers_per_user.value - 1));
    }
    if let Some(running) = settings.running_servers {
        hub.insert("active_server_limit".to_owned(), json!(running.value));
    }
    if let Some(theme) = &settings.theme {
        hub.insert("template_vars".to_owned(), Value::Object(template_vars(&theme.value)));
    }
    let roles = roles.iter().map(|(name, role)| {
        let HubRole { description, scopes, groups, users, from: _ } = role;
        json!({"name": name, "description": description, "scopes": scopes, "groups": groups, "users": users})
    });
    let roles: Vec<Value> = roles.collect();
    if !roles.is_empty() {
        hub.insert("load_roles".to_owned(), Value::Array(roles));
    }
    let sign_in = oauth(site, settings);
    if !sign_in.is_empty() {
        hub.insert("authenticator_class".to_owned(), json!("generic-oauth"));
        config.insert("GenericOAuthenticator", sign_in);
    }
    if !hub.is_empty() {
        config.insert("JupyterHub", hub);
    }
    let server = &settings.server.value;
    let mut spawner = Map::new();
    spawner.insert("namespace".to_owned(), json!(settings.hub_namespace.value));
    spawner.insert("default_url".to_owned(), json!(server.default_url.value));
    spawner.insert("start_timeout".to_owned(), json!(server.start_timeout.value.seconds()));
    if let Some(image) = server.image {
        spawner.insert("image".to_owned(), json!(image.value));
    }
    let variables = entry::environment(site, &server.variables.value);
    if !variables.is_empty() {
        spawner.insert("environment".to_owned(), Value::Object(variables));
    }
    config.insert("KubeSpawner", spawner);
    config
}

/// Sign-in through Keycloak; empty without an address of the hub, or where the hub is not a service of the platform.
fn oauth(site: &Site<'_, '_>, settings: &PlatformKind<'_>) -> Map<String, Value> {
    let Some((service, url)) = hub(site).and_then(|service| Some((service, service.url?.value))) else {
        return Map::new();
    };
    let Some(keycloak) = keycloak_url(site, settings) else { return Map::new() };
    let realm = format!("{keycloak}/realms/{}/protocol/openid-connect", settings.realm.value);
    let open = site.holders(site.draft().actions.service_open, service.id.entity);
    let administer = site.holders(site.draft().actions.service_administer, service.id.entity);
    let callback = service.redirect_paths.value.first().map_or("/hub/oauth_callback", |path| path.value);
    let settings = json!({
        "client_id": service.client_id.value,
        "oauth_callback_url": format!("{}{callback}", url.trim_end_matches('/')),
        "authorize_url": format!("{realm}/auth"),
        "token_url": format!("{realm}/token"),
        "userdata_url": format!("{realm}/userinfo"),
        "logout_redirect_url": format!("{realm}/logout"),
        "login_service": "Keycloak",
        "username_claim": "preferred_username",
        "auth_state_groups_key": "oauth_user.groups",
        "manage_groups": true,
        "enable_auth_state": true,
        "enable_pkce": true,
        "scope": ["openid", "profile", "email"],
        "allowed_groups": access::claims(site, &open),
        "allowed_users": access::usernames(site, &open),
        "admin_groups": access::claims(site, &administer),
        "admin_users": access::usernames(site, &administer),
    });
    match settings {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}

/// Where Keycloak is: a service of that name, else `keycloak.` before the platform's domain.
fn keycloak_url(site: &Site<'_, '_>, settings: &PlatformKind<'_>) -> Option<String> {
    let service = site.platform.declared().services.iter().find(|service| service.handle == "keycloak");
    let own = service.and_then(|service| service.url).map(|url| url.value.trim_end_matches('/').to_owned());
    own.or_else(|| settings.domain.map(|domain| format!("https://keycloak.{}", domain.value)))
}

/// Where [`keycloak_url`] has its answer from.
pub(super) fn keycloak_from(site: &Site<'_, '_>, settings: &PlatformKind<'_>) -> Option<OriginId> {
    let service = site.platform.declared().services.iter().find(|service| service.handle == "keycloak");
    service.and_then(|service| origin(&service.url)).or(origin(&settings.domain))
}

/// Names that Nebari's templates of the hub read.
fn template_vars(theme: &Theme<'_>) -> Map<String, Value> {
    let texts = theme_texts(theme).into_iter();
    let said = texts.filter_map(|(name, text)| Some((name.to_owned(), json!(text.as_ref()?.value))));
    said.chain([("display_version".to_owned(), json!(theme.show_version.value.to_string()))]).collect()
}

/// The texts of a theme by those names.
pub(super) fn theme_texts<'t, 'm>(theme: &'t Theme<'m>) -> [(&'static str, &'t Option<Sourced<&'m str>>); 18] {
    let Theme { title, subtitle, welcome, logo, favicon, colors, show_version: _ } = theme;
    let colors = &colors.value;
    [
        ("hub_title", title),
        ("hub_subtitle", subtitle),
        ("welcome", welcome),
        ("logo", logo),
        ("favicon", favicon),
        ("primary_color", &colors.primary),
        ("primary_color_dark", &colors.primary_dark),
        ("secondary_color", &colors.secondary),
        ("secondary_color_dark", &colors.secondary_dark),
        ("accent_color", &colors.accent),
        ("accent_color_dark", &colors.accent_dark),
        ("text_color", &colors.text),
        ("h1_color", &colors.h1),
        ("h2_color", &colors.h2),
        ("navbar_color", &colors.navbar),
        ("navbar_text_color", &colors.navbar_text),
        ("navbar_hover_color", &colors.navbar_hover),
        ("danger_color", &colors.danger),
    ]
}

/// Where `nbc_hub.py` and its facts lie in the hub's container.
const FOLDER: &str = "/usr/local/etc/nbc";

/// The chart's values, and where their parts were said.
pub(crate) fn values(site: &Site<'_, '_>, facts: &Facts, facts_text: &str, module: &str) -> (Value, Origins) {
    let Some(settings) = site.settings() else { return (json!({}), Vec::new()) };
    let mut origins = Origins::new();
    let mut hub = Map::new();
    let mut config = facts.config.clone();
    // The chart has keys of its own for roles and limits, and refuses them twice.
    if let Some(own) = config.get_mut("JupyterHub") {
        for (setting, key) in [
            ("allow_named_servers", "allowNamedServers"),
            ("named_server_limit_per_user", "namedServerLimitPerUser"),
            ("active_server_limit", "activeServerLimit"),
        ] {
            if let Some(value) = own.remove(setting) {
                hub.insert(key.to_owned(), value);
            }
        }
        if let Some(Value::Array(roles)) = own.remove("load_roles") {
            hub.insert("loadRoles".to_owned(), Value::Object(by_name(roles)));
        }
    }
    // The chart makes its own settings of the spawner from `singleuser`.
    config.remove("KubeSpawner");
    hub.insert("config".to_owned(), json!(config));
    hub.insert("extraConfig".to_owned(), json!({"nbc": load_module()}));
    let file = |name: &str, text: &str| json!({"mountPath": format!("{FOLDER}/{name}"), "stringData": text});
    hub.insert(
        "extraFiles".to_owned(),
        json!({"nbc-hub": file("nbc_hub.py", module), "nbc-profiles": file("profiles.json", facts_text)}),
    );
    let secrets = environment(site, &mut origins);
    if !secrets.is_empty() {
        hub.insert("extraEnv".to_owned(), Value::Object(secrets));
    }
    let cull = cull(site);
    let values = json!({
        "cull": cull,
        "hub": hub,
        "singleuser": singleuser(site, settings, &mut origins),
    });
    let servers = Some(settings.servers_per_user.origin);
    let fields = [
        ("", Some(site.declared(settings.id.entity))),
        ("/hub/activeServerLimit", origin(&settings.running_servers)),
        ("/hub/allowNamedServers", servers),
        ("/hub/namedServerLimitPerUser", servers),
    ];
    origins.extend(below("", fields));
    origins::of_sign_in(site, settings, "/hub/config/GenericOAuthenticator", &mut origins);
    if let Some(theme) = &settings.theme {
        origins.extend(origins::of_theme(&theme.value, "/hub/config/JupyterHub/template_vars"));
    }
    for (name, role) in hub_roles::roles(site) {
        origins.push((format!("/hub/loadRoles/{}", escape(&name)), role.from));
    }
    let idle = site.platform.declared().profiles.iter().map(|profile| profile.idle_stop.origin);
    origins.push(("/cull/timeout".to_owned(), idle.collect()));
    (values, origins)
}

fn by_name(roles: Vec<Value>) -> Map<String, Value> {
    let mut named = Map::new();
    for role in roles {
        if let Value::Object(mut role) = role
            && let Some(Value::String(name)) = role.remove("name")
        {
            named.insert(name, Value::Object(role));
        }
    }
    named
}

fn load_module() -> String {
    format!("import sys\nsys.path.insert(0, \"{FOLDER}\")\nimport nbc_hub\nnbc_hub.configure(c)\n")
}

/// The hub's own secrets, as references into Kubernetes.
fn environment(site: &Site<'_, '_>, origins: &mut Origins) -> Map<String, Value> {
    let mut variables = Map::new();
    if let Some(secret) = hub(site).and_then(|service| service.secret) {
        let variable = site.secret_variable(secret.value);
        if let Some((name, key)) = entry::kubernetes_secret(site, secret.value.entity) {
            origins.push((format!("/hub/extraEnv/{variable}"), vec![secret.origin]));
            variables.insert(variable, json!({"valueFrom": {"secretKeyRef": {"name": name, "key": key}}}));
        }
    }
    variables
}

/// The backstop for servers that do not stop themselves: the longest idle time of all profiles.
fn cull(site: &Site<'_, '_>) -> Value {
    let idle = site.platform.declared().profiles.iter().map(|profile| profile.idle_stop.value.seconds()).max();
    json!({"enabled": true, "every": 600, "timeout": idle.unwrap_or(3_600)})
}

fn singleuser(site: &Site<'_, '_>, settings: &PlatformKind<'_>, origins: &mut Origins) -> Value {
    let server = &settings.server.value;
    origins.push(("/singleuser/defaultUrl".to_owned(), vec![server.default_url.origin]));
    origins.push(("/singleuser/startTimeout".to_owned(), vec![server.start_timeout.origin]));
    let mut single = Map::new();
    single.insert("defaultUrl".to_owned(), json!(server.default_url.value));
    single.insert("startTimeout".to_owned(), json!(server.start_timeout.value.seconds()));
    // A start container with a firewall would need rights that `baseline` refuses; a NetworkPolicy blocks the address.
    single.insert("cloudMetadata".to_owned(), json!({"blockWithIptables": false}));
    // The chart's policy opens the internet to every server, and policies only add.
    single.insert("networkPolicy".to_owned(), json!({"enabled": false}));
    if let Some(image) = server.image {
        let (name, tag) = split_image(image.value);
        origins.push(("/singleuser/image".to_owned(), vec![image.origin]));
        single.insert("image".to_owned(), json!({"name": name, "tag": tag}));
    }
    let variables = entry::environment(site, &server.variables.value);
    if !variables.is_empty() {
        origins.extend(entries("/singleuser/extraEnv", &server.variables.value));
        single.insert("extraEnv".to_owned(), Value::Object(variables));
    }
    let mut storage = Map::new();
    if let Some(size) = settings.home_size {
        origins.push(("/singleuser/storage/capacity".to_owned(), vec![size.origin]));
        storage.insert("capacity".to_owned(), json!(size.value.0.to_string()));
    }
    if let Some(class) = settings.storage_class {
        origins.push(("/singleuser/storage/dynamic/storageClass".to_owned(), vec![class.origin]));
        storage.insert("dynamic".to_owned(), json!({"storageClass": class.value}));
    }
    if !storage.is_empty() {
        storage.insert("type".to_owned(), json!("dynamic"));
        single.insert("storage".to_owned(), Value::Object(storage));
    }
    Value::Object(single)
}

/// `quay.io/x/y:1.2` is a name and a tag; a digest stays with the tag, as the chart joins both by a colon.
fn split_image(image: &str) -> (&str, &str) {
    let name_ends = image.rfind('/').map_or(0, |slash| slash + 1);
    match image.get(name_ends..).and_then(|rest| rest.find(':')) {
        Some(colon) => {
            let at = name_ends + colon;
            (image.get(..at).unwrap_or(image), image.get(at + 1..).unwrap_or(""))
        }
        None => (image, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::split_image;

    #[test]
    fn an_image_is_split_before_its_tag_not_before_a_port() {
        assert_eq!(split_image("localhost:5000/lab/base:2026.1"), ("localhost:5000/lab/base", "2026.1"));
        assert_eq!(split_image("base:1@sha256:ab"), ("base", "1@sha256:ab"));
        assert_eq!(split_image("base"), ("base", ""));
    }
}
