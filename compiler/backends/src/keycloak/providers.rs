//! Where people sign in: brokers (OpenID Connect, GitHub, Google, SAML) and directories (LDAP).
//!
//! Secrets are names that each route fills in. What a method cannot restrict in Keycloak is listed as not expressed.

use std::collections::BTreeMap;

use nbc_model::value::OriginId;
use nbc_model::world::EntityId;
use nbc_platform::kinds::{
    Allow, Group as DeclaredGroup, GroupMapping, IdentityProvider as Declared, LdapVendor, NameIdFormat, OtherGroups,
    SecretOrText, SignInMethod, SignInMethodLdap, Sync,
};
use nbc_platform::values::{Id, Item, Sourced};

use super::flows;
use super::people::WithOrigins;
use super::realm::{Component, Config, IdentityProvider, IdentityProviderMapper, ListConfig, Text};
use crate::site::{Site, origin};
use crate::writer::{Origins, Writer, below};

/// Whether people are sent there to sign in, so that accounts here are linked to accounts there.
pub(crate) fn is_broker(provider: &Declared<'_>) -> bool {
    match provider.method.value {
        SignInMethod::Oidc(_) | SignInMethod::Github(_) | SignInMethod::Google(_) | SignInMethod::Saml(_) => true,
        SignInMethod::Password | SignInMethod::Ldap(_) => false,
    }
}

pub(crate) fn brokers(site: &Site<'_, '_>) -> WithOrigins<IdentityProvider> {
    let (mut rows, mut origins): (Vec<IdentityProvider>, Origins) = (Vec::new(), Vec::new());
    for provider in &site.platform.declared().identity_providers {
        let Some((provider_id, mut config)) = method(site, provider) else { continue };
        let sync = if provider.sync.value == Sync::EveryLogin { "FORCE" } else { "IMPORT" };
        config.insert("syncMode".to_owned(), sync.into());
        config.insert("guiOrder".to_owned(), format!("{:04}", provider.order.value).into());
        broker_origins(site, provider, &format!("/identityProviders/{}", rows.len()), &mut origins);
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

fn broker_origins(site: &Site<'_, '_>, provider: &Declared<'_>, at: &str, out: &mut Origins) {
    let fields = [
        ("", Some(site.declared(provider.id.entity))),
        ("/displayName", Some(provider.title.origin)),
        ("/providerId", Some(provider.method.origin)),
        ("/trustEmail", Some(provider.trust_email.origin)),
        ("/hideOnLogin", Some(provider.hidden.origin)),
        ("/config", Some(provider.method.origin)),
        ("/config/syncMode", Some(provider.sync.origin)),
        ("/config/guiOrder", Some(provider.order.origin)),
    ];
    out.extend(below(at, fields));
    let flow = vec![provider.first_login.origin, provider.trust_email.origin];
    out.push((format!("{at}/firstBrokerLoginFlowAlias"), flow));
    out.extend(
        method_origins(&provider.method.value)
            .into_iter()
            .map(|(key, from)| (format!("{at}/config/{key}"), vec![from])),
    );
}

/// The settings of a method, each with the field that it is made of.
fn method_origins(method: &SignInMethod<'_>) -> Vec<(&'static str, OriginId)> {
    match method {
        SignInMethod::Password | SignInMethod::Ldap(_) => Vec::new(),
        SignInMethod::Oidc(oidc) => {
            let urls = ["issuer", "metadataDescriptorUrl", "authorizationUrl", "tokenUrl", "userInfoUrl", "jwksUrl"];
            let rest = [
                ("clientId", oidc.client_id.origin),
                ("clientSecret", oidc.client_secret.origin),
                ("defaultScope", oidc.scopes.origin),
            ];
            urls.into_iter().map(|url| (url, oidc.issuer.origin)).chain(rest).collect()
        }
        SignInMethod::Github(github) => {
            let own = [("clientId", github.client_id.origin), ("clientSecret", github.client_secret.origin)];
            let server = origin(&github.server).into_iter().flat_map(|from| [("baseUrl", from), ("apiUrl", from)]);
            own.into_iter().chain(server).collect()
        }
        SignInMethod::Google(google) => {
            let own = [("clientId", google.client_id.origin), ("clientSecret", google.client_secret.origin)];
            own.into_iter().chain(origin(&google.hosted_domain).map(|from| ("hostedDomain", from))).collect()
        }
        SignInMethod::Saml(saml) => vec![
            ("idpEntityId", saml.entity_id.origin),
            ("singleSignOnServiceUrl", saml.sign_on_url.origin),
            ("signingCertificate", saml.certificate.origin),
            ("wantAuthnRequestsSigned", saml.sign_requests.origin),
            ("nameIDPolicyFormat", saml.name_id.origin),
        ],
    }
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
pub(crate) fn mappers(site: &Site<'_, '_>) -> WithOrigins<IdentityProviderMapper> {
    let (mut mappers, mut origins) = (Vec::new(), Origins::new());
    for provider in site.platform.declared().identity_providers.iter().filter(|provider| is_broker(provider)) {
        let saml = matches!(provider.method.value, SignInMethod::Saml(_));
        let sync = if provider.sync.value == Sync::EveryLogin { "FORCE" } else { "IMPORT" };
        let declared = site.declared(provider.id.entity);
        let mut push = |name: String, kind: &'static str, pairs: Vec<(&str, String)>, from: Vec<OriginId>| {
            let at = format!("/identityProviderMappers/{}", mappers.len());
            origins.push((format!("{at}/config/syncMode"), vec![provider.sync.origin]));
            origins.push((format!("{at}/identityProviderAlias"), vec![declared]));
            origins.push((at, from));
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
            vec![provider.username_from.origin],
        );
        for entry in &provider.attributes.value {
            let kind = if saml { "saml-user-attribute-idp-mapper" } else { "oidc-user-attribute-idp-mapper" };
            let claim = if saml { "attribute.name" } else { "claim" };
            let pairs = vec![(claim, entry.value.to_owned()), ("user.attribute", entry.key.to_owned())];
            push(format!("attribute-{}", entry.key), kind, pairs, vec![entry.origin]);
        }
        let above = |item: &Item<Id<DeclaredGroup<'_>>>| {
            let from = item.origin;
            site.at_or_above(item.value).into_iter().map(move |group| (group, from))
        };
        let defaults: BTreeMap<EntityId, OriginId> = provider.default_groups.value.iter().flat_map(above).collect();
        for (group, from) in defaults {
            push(
                format!("default-group-{}", site.handle(group)),
                "oidc-hardcoded-group-idp-mapper",
                vec![("group", site.group_path(group))],
                vec![from],
            );
        }
        for GroupRule { name, claim, theirs, ours, from } in group_rules(site, provider) {
            let rule = serde_json::json!([{"key": claim, "value": theirs}]).to_string();
            let (kind, key, regex) = if saml {
                ("saml-advanced-group-idp-mapper", "attributes", "are.attribute.values.regex")
            } else {
                ("oidc-advanced-group-idp-mapper", "claims", "are.claim.values.regex")
            };
            let pairs = vec![(key, rule), (regex, "false".to_owned()), ("group", ours)];
            push(name, kind, pairs, from);
        }
    }
    (mappers, origins)
}

/// A value of a claim that puts somebody into one of our groups.
struct GroupRule {
    name: String,
    claim: String,
    theirs: String,
    /// The path of our group.
    ours: String,
    /// Who says so.
    from: Vec<OriginId>,
}

/// Groups above are joined too, since membership is closed.
fn group_rules(site: &Site<'_, '_>, provider: &Declared<'_>) -> Vec<GroupRule> {
    let Some(GroupMapping { claim, values, others: _ }) = provider.groups_from.as_ref().map(|mapping| &mapping.value)
    else {
        return Vec::new();
    };
    let rule = |entry: &nbc_platform::values::Entry<&str, Id<nbc_platform::kinds::Group<'_>>>| {
        let above = site.at_or_above(entry.value).into_iter().map(|group| {
            let own = group == entry.value.entity;
            GroupRule {
                name: format!(
                    "group-{}{}",
                    entry.key,
                    if own { String::new() } else { format!("-{}", site.handle(group)) }
                ),
                claim: claim.value.to_owned(),
                theirs: entry.key.to_owned(),
                ours: site.group_path(group),
                from: vec![claim.origin, entry.origin],
            }
        });
        above.collect::<Vec<_>>()
    };
    values.value.iter().flat_map(rule).collect()
}

/// Directories: `org.keycloak.storage.UserStorageProvider`.
pub(crate) fn directories(site: &Site<'_, '_>) -> WithOrigins<Component> {
    let (mut components, mut origins) = (Vec::new(), Origins::new());
    for provider in &site.platform.declared().identity_providers {
        if let SignInMethod::Ldap(ldap) = &provider.method.value {
            let at = format!("/components/{}/{}", super::DIRECTORY_PROVIDER, components.len());
            directory_origins(site, provider, ldap, &at, &mut origins);
            components.push(directory(site, provider, ldap));
        }
    }
    (components, origins)
}

fn directory_origins(
    site: &Site<'_, '_>,
    provider: &Declared<'_>,
    ldap: &SignInMethodLdap<'_>,
    at: &str,
    out: &mut Origins,
) {
    let username = Some(ldap.username_attribute.origin);
    let below_it = "/subComponents/org.keycloak.storage.ldap.mappers.LDAPStorageMapper";
    let fields = [
        ("", Some(site.declared(provider.id.entity))),
        ("/config/priority", Some(provider.order.origin)),
        ("/config/vendor", Some(ldap.vendor.origin)),
        ("/config/rdnLDAPAttribute", Some(ldap.vendor.origin)),
        ("/config/uuidLDAPAttribute", Some(ldap.vendor.origin)),
        ("/config/userObjectClasses", Some(ldap.vendor.origin)),
        ("/config/connectionUrl", Some(ldap.server.origin)),
        ("/config/usersDn", Some(ldap.people.origin)),
        ("/config/authType", origin(&ldap.bind_name)),
        ("/config/bindDn", origin(&ldap.bind_name)),
        ("/config/bindCredential", origin(&ldap.bind_password)),
        ("/config/usernameLDAPAttribute", username),
        ("/config/trustEmail", Some(provider.trust_email.origin)),
        ("/config/fullSyncPeriod", origin(&ldap.read_every)),
    ];
    out.extend(below(at, fields));
    out.extend(below(&format!("{at}{below_it}"), [("/0/config/ldap.attribute", username)]));
    for (nth, entry) in provider.attributes.value.iter().enumerate() {
        out.push((format!("{at}{below_it}/{}", nth + 4), vec![entry.origin]));
    }
    if let Some(groups) = &ldap.groups {
        let nth = provider.attributes.value.len() + 4;
        let fields = [
            ("", Some(groups.origin)),
            ("/config/membership.user.ldap.attribute", username),
            ("/config/group.object.classes", Some(ldap.vendor.origin)),
        ];
        out.extend(below(&format!("{at}{below_it}/{nth}"), fields));
    }
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
