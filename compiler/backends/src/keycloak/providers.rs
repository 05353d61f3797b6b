//! Where people sign in: brokers (OpenID Connect, GitHub, Google, SAML) and directories (LDAP).
//!
//! Secrets are names that each route fills in. What a method cannot restrict in Keycloak is listed as not expressed.

use std::collections::BTreeMap;

use nbc_model::value::OriginId;
use nbc_platform::kinds::{
    Allow, GroupMapping, IdentityProvider as Declared, LdapVendor, NameIdFormat, OtherGroups, SecretOrText,
    SignInMethod, SignInMethodLdap, Sync,
};
use nbc_platform::values::{Id, Sourced};

use super::flows;
use super::people::WithOrigins;
use super::realm::{Component, Config, IdentityProvider, IdentityProviderMapper, ListConfig, Text};
use crate::site::Site;
use crate::writer::Writer;

/// Whether people are sent there to sign in, so that accounts here are linked to accounts there.
pub(crate) fn is_broker(provider: &Declared<'_>) -> bool {
    match provider.method.value {
        SignInMethod::Oidc(_) | SignInMethod::Github(_) | SignInMethod::Google(_) | SignInMethod::Saml(_) => true,
        SignInMethod::Password | SignInMethod::Ldap(_) => false,
    }
}

pub(crate) fn brokers(site: &Site<'_, '_>) -> WithOrigins<IdentityProvider> {
    let (mut rows, mut origins): (Vec<IdentityProvider>, Vec<(String, Vec<OriginId>)>) = (Vec::new(), Vec::new());
    for provider in &site.platform.declared().identity_providers {
        let Some((provider_id, mut config)) = method(site, provider) else { continue };
        let sync = if provider.sync.value == Sync::EveryLogin { "FORCE" } else { "IMPORT" };
        config.insert("syncMode".to_owned(), sync.into());
        config.insert("guiOrder".to_owned(), format!("{:04}", provider.order.value).into());
        let pointer = format!("/identityProviders/{}", rows.len());
        origins.push((pointer.clone(), vec![provider.method.origin]));
        origins.push((format!("{pointer}/trustEmail"), vec![provider.trust_email.origin]));
        origins.push((format!("{pointer}/firstBrokerLoginFlowAlias"), vec![provider.first_login.origin]));
        rows.push(IdentityProvider {
            alias: provider.handle.to_owned(),
            display_name: provider.title.value.to_owned(),
            provider_id,
            enabled: true,
            trust_email: provider.trust_email.value,
            link_only: false,
            hide_on_login: provider.hidden.value,
            first_broker_login_flow_alias: flows::first_login_flow(
                provider.first_login.value,
                provider.trust_email.value,
            ),
            config,
        });
    }
    (rows, origins)
}

fn method(site: &Site<'_, '_>, provider: &Declared<'_>) -> Option<(&'static str, Config)> {
    let mut config = Config::new();
    let mut set = |key: &str, value: Text| {
        config.insert(key.to_owned(), value);
    };
    let secret =
        |secret: Id<nbc_platform::kinds::Secret<'_>>| Text::Secret(site.secret_variable(Id::new(secret.entity)));
    let provider_id = match &provider.method.value {
        SignInMethod::Password | SignInMethod::Ldap(_) => return None,
        SignInMethod::Oidc(oidc) => {
            let issuer = oidc.issuer.value.trim_end_matches('/');
            // Keycloak reads the rest from the discovery document only in its console: the addresses are those of
            // another Keycloak, and for any other provider that is listed as not expressed.
            set("issuer", issuer.into());
            set("metadataDescriptorUrl", format!("{issuer}/.well-known/openid-configuration").into());
            set("authorizationUrl", format!("{issuer}/protocol/openid-connect/auth").into());
            set("tokenUrl", format!("{issuer}/protocol/openid-connect/token").into());
            set("userInfoUrl", format!("{issuer}/protocol/openid-connect/userinfo").into());
            set("jwksUrl", format!("{issuer}/protocol/openid-connect/certs").into());
            set("useJwksUrl", true.into());
            set("validateSignature", true.into());
            set("clientAuthMethod", "client_secret_post".into());
            set("pkceEnabled", true.into());
            set("pkceMethod", "S256".into());
            set("clientId", text_or_secret(site, &oidc.client_id));
            set("clientSecret", secret(oidc.client_secret.value));
            let scopes: Vec<&str> = oidc.scopes.value.iter().map(|item| item.value).collect();
            set("defaultScope", scopes.join(" ").into());
            "oidc"
        }
        SignInMethod::Github(github) => {
            set("clientId", text_or_secret(site, &github.client_id));
            set("clientSecret", secret(github.client_secret.value));
            set("defaultScope", "user:email".into());
            if let Some(server) = &github.server {
                set("baseUrl", server.value.into());
                set("apiUrl", format!("{}/api/v3", server.value.trim_end_matches('/')).into());
            }
            "github"
        }
        SignInMethod::Google(google) => {
            set("clientId", text_or_secret(site, &google.client_id));
            set("clientSecret", secret(google.client_secret.value));
            set("defaultScope", "openid profile email".into());
            if let Some(domain) = &google.hosted_domain {
                set("hostedDomain", domain.value.into());
            }
            "google"
        }
        SignInMethod::Saml(saml) => {
            set("idpEntityId", saml.entity_id.value.into());
            set("singleSignOnServiceUrl", saml.sign_on_url.value.into());
            set("signingCertificate", text_or_secret(site, &saml.certificate));
            set("validateSignature", true.into());
            set("wantAuthnRequestsSigned", saml.sign_requests.value.into());
            set("postBindingAuthnRequest", true.into());
            set("postBindingResponse", true.into());
            set("principalType", "SUBJECT".into());
            let format = match saml.name_id.value {
                NameIdFormat::Persistent => "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
                NameIdFormat::Transient => "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
                NameIdFormat::Email => "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
                NameIdFormat::Unspecified => "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
            };
            set("nameIDPolicyFormat", format.into());
            "saml"
        }
    };
    Some((provider_id, config))
}

fn text_or_secret(site: &Site<'_, '_>, value: &Sourced<SecretOrText<'_>>) -> Text {
    match value.value {
        SecretOrText::Text(text) => text.into(),
        SecretOrText::Secret(secret) => Text::Secret(site.secret_variable(Id::new(secret.entity))),
    }
}

/// What of a person's claims becomes name, attributes and groups here.
pub(crate) fn mappers(site: &Site<'_, '_>) -> Vec<IdentityProviderMapper> {
    let mut mappers = Vec::new();
    for provider in site.platform.declared().identity_providers.iter().filter(|provider| is_broker(provider)) {
        let saml = matches!(provider.method.value, SignInMethod::Saml(_));
        let sync = if provider.sync.value == Sync::EveryLogin { "FORCE" } else { "IMPORT" };
        let mut push = |name: String, kind: &'static str, pairs: Vec<(&str, String)>| {
            let pairs = pairs.into_iter().chain([("syncMode", sync.to_owned())]);
            mappers.push(IdentityProviderMapper {
                name,
                identity_provider_alias: provider.handle.to_owned(),
                identity_provider_mapper: kind,
                config: pairs.map(|(key, value)| (key.to_owned(), Text::from(value))).collect(),
            });
        };
        let template = if saml { "ATTRIBUTE" } else { "CLAIM" };
        push(
            "username".to_owned(),
            if saml { "saml-username-idp-mapper" } else { "oidc-username-idp-mapper" },
            vec![
                ("template", format!("${{{template}.{}}}", provider.username_from.value)),
                ("target", "LOCAL".to_owned()),
            ],
        );
        for entry in &provider.attributes.value {
            let kind = if saml { "saml-user-attribute-idp-mapper" } else { "oidc-user-attribute-idp-mapper" };
            let claim = if saml { "attribute.name" } else { "claim" };
            let pairs = vec![(claim, entry.value.to_owned()), ("user.attribute", entry.key.to_owned())];
            push(format!("attribute-{}", entry.key), kind, pairs);
        }
        for item in &provider.default_groups.value {
            let path = site.group_path(item.value.entity);
            push(
                format!("default-group-{}", site.handle(item.value.entity)),
                "oidc-hardcoded-group-idp-mapper",
                vec![("group", path)],
            );
        }
        for (claim, theirs, ours) in group_rules(site, provider) {
            let rule = serde_json::json!([{"key": claim, "value": theirs}]).to_string();
            let (kind, key, regex) = if saml {
                ("saml-advanced-group-idp-mapper", "attributes", "are.attribute.values.regex")
            } else {
                ("oidc-advanced-group-idp-mapper", "claims", "are.claim.values.regex")
            };
            push(format!("group-{theirs}"), kind, vec![(key, rule), (regex, "false".to_owned()), ("group", ours)]);
        }
    }
    mappers
}

/// Claim, their value, our path. Groups above are joined too, since membership is closed.
fn group_rules(site: &Site<'_, '_>, provider: &Declared<'_>) -> Vec<(String, String, String)> {
    let Some(GroupMapping { claim, values, others: _ }) = provider.groups_from.as_ref().map(|mapping| &mapping.value)
    else {
        return Vec::new();
    };
    let rule = |entry: &nbc_platform::values::Entry<&str, Id<nbc_platform::kinds::Group<'_>>>| {
        (claim.value.to_owned(), entry.key.to_owned(), site.group_path(entry.value.entity))
    };
    values.value.iter().map(rule).collect()
}

/// Directories: `org.keycloak.storage.UserStorageProvider`.
pub(crate) fn directories(site: &Site<'_, '_>) -> Vec<Component> {
    let mut components = Vec::new();
    for provider in &site.platform.declared().identity_providers {
        if let SignInMethod::Ldap(ldap) = &provider.method.value {
            components.push(directory(site, provider, ldap));
        }
    }
    components
}

fn directory(site: &Site<'_, '_>, provider: &Declared<'_>, ldap: &SignInMethodLdap<'_>) -> Component {
    let active_directory = ldap.vendor.value == LdapVendor::ActiveDirectory;
    let (vendor, uuid, rdn, classes) = if active_directory {
        ("ad", "objectGUID", "cn", "person, organizationalPerson, user")
    } else {
        ("other", "entryUUID", "uid", "inetOrgPerson, organizationalPerson")
    };
    let every = ldap.read_every.map_or(-1, |every| every.value.seconds());
    let mut config = list_config(&[
        ("enabled", "true"),
        ("priority", &provider.order.value.to_string()),
        ("vendor", vendor),
        ("editMode", "READ_ONLY"),
        ("importEnabled", "true"),
        ("syncRegistrations", "false"),
        ("connectionUrl", ldap.server.value),
        ("usersDn", ldap.people.value),
        ("authType", if ldap.bind_name.is_some() { "simple" } else { "none" }),
        ("usernameLDAPAttribute", ldap.username_attribute.value),
        ("rdnLDAPAttribute", rdn),
        ("uuidLDAPAttribute", uuid),
        ("userObjectClasses", classes),
        ("searchScope", "2"),
        ("pagination", "true"),
        ("startTls", "false"),
        ("trustEmail", &provider.trust_email.value.to_string()),
        ("fullSyncPeriod", &every.to_string()),
        ("changedSyncPeriod", "-1"),
    ]);
    if let Some(name) = &ldap.bind_name {
        config.insert("bindDn".to_owned(), vec![text_or_secret(site, name)]);
    }
    if let Some(password) = &ldap.bind_password {
        config.insert("bindCredential".to_owned(), vec![Text::Secret(site.secret_variable(password.value))]);
    }
    let mut below = vec![
        attribute("username", "username", ldap.username_attribute.value),
        attribute("email", "email", "mail"),
        attribute("first name", "firstName", "givenName"),
        attribute("last name", "lastName", "sn"),
    ];
    below.extend(provider.attributes.value.iter().map(|entry| attribute(entry.key, entry.key, entry.value)));
    if let Some(groups) = &ldap.groups {
        below.push(Component {
            name: "groups".to_owned(),
            provider_id: "group-ldap-mapper",
            sub_components: BTreeMap::new(),
            config: list_config(&[
                ("groups.dn", groups.value),
                ("group.name.ldap.attribute", "cn"),
                ("group.object.classes", if active_directory { "group" } else { "groupOfNames" }),
                ("membership.ldap.attribute", "member"),
                ("membership.attribute.type", "DN"),
                ("membership.user.ldap.attribute", ldap.username_attribute.value),
                ("mode", "READ_ONLY"),
                ("user.roles.retrieve.strategy", "LOAD_GROUPS_BY_MEMBER_ATTRIBUTE"),
                ("preserve.group.inheritance", "false"),
                ("groups.path", "/"),
            ]),
        });
    }
    Component {
        name: provider.handle.to_owned(),
        provider_id: "ldap",
        sub_components: BTreeMap::from([("org.keycloak.storage.ldap.mappers.LDAPStorageMapper", below)]),
        config,
    }
}

fn attribute(name: &str, ours: &str, theirs: &str) -> Component {
    Component {
        name: name.to_owned(),
        provider_id: "user-attribute-ldap-mapper",
        sub_components: BTreeMap::new(),
        config: list_config(&[
            ("user.model.attribute", ours),
            ("ldap.attribute", theirs),
            ("read.only", "true"),
            ("always.read.value.from.ldap", "false"),
            ("is.mandatory.in.ldap", "false"),
        ]),
    }
}

fn list_config(pairs: &[(&str, &str)]) -> ListConfig {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), vec![Text::from(*value)])).collect()
}

/// The pattern names every field, so that a new one stops the build here.
pub(crate) fn say_what_is_missing(site: &Site<'_, '_>, writer: &mut Writer<'_>) {
    for provider in &site.platform.declared().identity_providers {
        let Declared {
            id,
            handle: _,
            span: _,
            method,
            first_login,
            trust_email: _,
            allow,
            username_from,
            attributes: _,
            groups_from,
            sync: _,
            default_groups,
            does_mfa: _, // required actions of people
            hidden: _,
            order: _,
            title: _,
            description: _,
            labels: _,
            was: _,
            deprecated: _,
        } = provider;
        let path = site.draft().path(id.entity);
        let mut missing = |field: &str, origin: OriginId, why: &str| {
            writer.not_expressed(format!("{path}.{field}"), Some(origin), why);
        };
        match &allow.value {
            Allow::Anyone => {}
            Allow::Domains(_) if matches!(method.value, SignInMethod::Google(_)) => {
                missing("allow", allow.origin, "Keycloak restricts Google to one domain, `hosted-domain`");
            }
            Allow::Domains(_) => missing("allow", allow.origin, "Keycloak does not look at the domain of an address"),
            Allow::Organizations(_) | Allow::Teams(_) => {
                missing("allow", allow.origin, "Keycloak does not ask a provider for organizations or teams");
            }
        }
        if let SignInMethod::Oidc(oidc) = &method.value
            && !oidc.issuer.value.contains("/realms/")
        {
            let why = "only its discovery document names its endpoints, and nbc reads no network: the addresses written are \
                       those of another Keycloak; correct them in the console by importing the discovery document";
            missing("method", oidc.issuer.origin, why);
        }
        if groups_from.as_ref().is_some_and(|mapping| mapping.value.others.value == OtherGroups::Error) {
            let origin = groups_from.as_ref().map_or(method.origin, |mapping| mapping.origin);
            missing("groups-from.others", origin, "Keycloak ignores groups that no mapper names");
        }
        if matches!(method.value, SignInMethod::Ldap(_)) {
            let said = |origin: OriginId| site.model().origin(origin).layer > nbc_model::value::Layer::Default;
            if said(first_login.origin) {
                missing("first-login", first_login.origin, "Keycloak lets in everybody whom the directory lists");
            }
            if said(username_from.origin) {
                missing("username-from", username_from.origin, "a directory has `username-attribute` for it");
            }
            if !default_groups.value.is_empty() {
                missing("default-groups", default_groups.origin, "a directory has no such mapper for several groups");
            }
            if let Some(mapping) = groups_from {
                missing("groups-from", mapping.origin, "Keycloak takes a directory's groups by their own names");
            }
        }
    }
}
