//! A client for each service that signs people in. Mappers stand on the client itself, so that no client scope has to be
//! declared (and Keycloak's own ones stay).

use std::collections::BTreeMap;

use nbc_model::value::OriginId;
use nbc_platform::kinds::{ClaimSource, ClientType, GroupClaim, Mapper, Service, TokenKind};

use super::grants::{Grants, Held, clients, lists};
use super::people::WithOrigins;
use super::realm::{Client, Config, ProtocolMapper, Text, User};
use crate::site::{Site, Subject, origin};
use crate::writer::{Origins, Writer, below};

pub(crate) fn documents(site: &Site<'_, '_>, writer: &mut Writer<'_>) -> WithOrigins<Client> {
    let (mut rows, mut origins): (Vec<Client>, Origins) = (Vec::new(), Vec::new());
    for service in clients(site) {
        client_origins(site, service, &format!("/clients/{}", rows.len()), &mut origins);
        rows.push(client(site, service));
        say_what_is_missing(site, service, writer);
    }
    (rows, origins)
}

fn client_origins(site: &Site<'_, '_>, service: &Service<'_>, at: &str, out: &mut Origins) {
    let (url, kind) = (origin(&service.url), Some(service.client.origin));
    let fields = [
        ("", Some(site.declared(service.id.entity))),
        ("/clientId", Some(service.client_id.origin)),
        ("/name", Some(service.title.origin)),
        ("/description", origin(&service.description)),
        ("/secret", origin(&service.secret)),
        ("/rootUrl", url),
        ("/baseUrl", url),
        ("/publicClient", kind),
        ("/clientAuthenticatorType", kind),
        ("/standardFlowEnabled", kind),
        ("/webOrigins", kind),
        ("/serviceAccountsEnabled", kind),
        ("/protocolMappers/0/config/full.path", site.settings().map(|settings| settings.group_claim.origin)),
        ("/protocolMappers/1/config/usermodel.clientRoleMapping.clientId", Some(service.client_id.origin)),
    ];
    out.extend(below(at, fields));
    if let Some(account) = &service.account {
        out.push((format!("{at}/serviceAccountsEnabled"), vec![account.origin]));
    }
    for (nth, path) in service.redirect_paths.value.iter().enumerate() {
        out.push((format!("{at}/redirectUris/{nth}"), [path.origin].into_iter().chain(url).collect()));
    }
    for (nth, item) in service.mappers.value.iter().enumerate() {
        mapper_origins(&item.value, item.origin, &format!("{at}/protocolMappers/{}", nth + 2), out);
    }
}

fn mapper_origins(mapper: &Mapper<'_>, whole: OriginId, at: &str, out: &mut Origins) {
    let Mapper { name, claim, takes, many, tokens } = mapper;
    let (attribute, fixed) = match &takes.value {
        ClaimSource::Attribute(attribute) => (Some(attribute.name.origin), None),
        ClaimSource::Fixed(fixed) => (None, Some(fixed.value.origin)),
        ClaimSource::Groups | ClaimSource::RealmRoles | ClaimSource::ClientRoles | ClaimSource::Audience(_) => {
            (None, None)
        }
    };
    let fields = [
        ("", Some(whole)),
        ("/name", Some(name.origin)),
        ("/protocolMapper", Some(takes.origin)),
        ("/config/claim.name", Some(claim.origin)),
        ("/config/claim.value", fixed),
        ("/config/user.attribute", attribute),
        ("/config/multivalued", Some(many.origin)),
        ("/config/access.token.claim", Some(tokens.origin)),
        ("/config/id.token.claim", Some(tokens.origin)),
        ("/config/userinfo.token.claim", Some(tokens.origin)),
        ("/config/introspection.token.claim", Some(tokens.origin)),
    ];
    out.extend(below(at, fields));
}

fn client(site: &Site<'_, '_>, service: &Service<'_>) -> Client {
    let url = service.url.map(|url| url.value.trim_end_matches('/'));
    let people = service.client.value != ClientType::Machine;
    let public = service.client.value == ClientType::Public;
    let redirects = service.redirect_paths.value.iter().filter(|_| people);
    let redirect_uris: Vec<String> =
        url.map(|url| redirects.map(|path| format!("{url}{}", path.value)).collect()).unwrap_or_default();
    let mut attributes: BTreeMap<String, String> = BTreeMap::new();
    if people {
        attributes.insert("pkce.code.challenge.method".to_owned(), "S256".to_owned());
        attributes.insert("post.logout.redirect.uris".to_owned(), "+".to_owned());
    }
    let mut protocol_mappers = vec![groups_mapper(site), client_roles_mapper(service.client_id.value)];
    protocol_mappers.extend(service.mappers.value.iter().map(|item| own_mapper(site, service, &item.value)));
    Client {
        client_id: service.client_id.value.to_owned(),
        name: service.title.value.to_owned(),
        description: service.description.map(|description| description.value.to_owned()),
        enabled: true,
        protocol: "openid-connect",
        public_client: public,
        client_authenticator_type: (!public).then_some("client-secret"),
        // Without a pointer Keycloak makes a secret, which only it knows.
        secret: service.secret.filter(|_| !public).map(|secret| Text::Secret(site.secret_variable(secret.value))),
        root_url: url.map(str::to_owned),
        base_url: url.map(|url| format!("{url}/")),
        redirect_uris,
        web_origins: if people { vec!["+".to_owned()] } else { Vec::new() },
        standard_flow_enabled: people,
        implicit_flow_enabled: false,
        direct_access_grants_enabled: false,
        service_accounts_enabled: has_account(service),
        full_scope_allowed: true,
        attributes,
        protocol_mappers,
    }
}

fn has_account(service: &Service<'_>) -> bool {
    service.client.value == ClientType::Machine || service.account.is_some()
}

/// Accounts of services are users of the realm that a file has to name, or their roles are lost.
/// `before` users stand before them.
pub(crate) fn accounts(site: &Site<'_, '_>, grants: &Grants, before: usize) -> WithOrigins<User> {
    let realm = site.settings().map_or("", |settings| settings.realm.value);
    let (mut accounts, mut origins) = (Vec::new(), Origins::new());
    for service in clients(site).filter(|service| has_account(service)) {
        let mut held = Held::default();
        let mut groups = Vec::new();
        if let Some(account) = &service.account {
            let mut own = Grants { client_roles: grants.client_roles.clone(), ..Grants::default() };
            let subject = Subject::User(service.id.entity);
            for item in &account.value.roles.value {
                own.give_to(site, subject, item.value.entity, item.origin);
            }
            held = own.of(subject);
            let joined = account.value.groups.value.iter().flat_map(|item| site.at_or_above(item.value));
            groups = joined.map(|group| site.group_path(group)).collect();
            groups.sort();
            groups.dedup();
        }
        let at = format!("/users/{}", before + accounts.len());
        account_origins(site, service, &held, &at, &mut origins);
        accounts.push(User {
            username: format!("service-account-{}", service.client_id.value.to_lowercase()),
            enabled: true,
            service_account_client_id: Some(service.client_id.value.to_owned()),
            realm_roles: [format!("default-roles-{}", realm.to_lowercase())].into_iter().chain(held.realm).collect(),
            client_roles: lists(&held.client),
            groups,
            ..User::default()
        });
    }
    (accounts, origins)
}

fn account_origins(site: &Site<'_, '_>, service: &Service<'_>, held: &Held, at: &str, out: &mut Origins) {
    let fields = [
        ("", Some(site.declared(service.id.entity))),
        ("/username", Some(service.client_id.origin)),
        ("/serviceAccountClientId", Some(service.client_id.origin)),
        ("/realmRoles/0", site.settings().map(|settings| settings.realm.origin)),
        ("/groups", service.account.as_ref().map(|account| account.value.groups.origin)),
    ];
    out.extend(below(at, fields));
    out.push((format!("{at}/realmRoles"), held.from.clone()));
    out.push((format!("{at}/clientRoles"), held.from.clone()));
}

/// The claim `groups`, in the one form that the platform chose. In userinfo for the hub and conda-store, which read that
/// page; in the access token for gateways and Kubernetes.
fn groups_mapper(site: &Site<'_, '_>) -> ProtocolMapper {
    let path = site.settings().is_none_or(|settings| settings.group_claim.value == GroupClaim::Path);
    let mut config = in_all_tokens("groups");
    config.insert("full.path".to_owned(), path.into());
    mapper("group-membership".to_owned(), "oidc-group-membership-mapper", config)
}

fn client_roles_mapper(client: &str) -> ProtocolMapper {
    let mut config = in_all_tokens("roles");
    config.insert("usermodel.clientRoleMapping.clientId".to_owned(), client.into());
    config.insert("jsonType.label".to_owned(), "String".into());
    config.insert("multivalued".to_owned(), true.into());
    mapper("client-roles".to_owned(), "oidc-usermodel-client-role-mapper", config)
}

fn in_all_tokens(claim: &str) -> Config {
    let tokens = ["id.token.claim", "access.token.claim", "userinfo.token.claim", "introspection.token.claim"];
    let mut config: Config = tokens.iter().map(|token| ((*token).to_owned(), Text::from(true))).collect();
    config.insert("claim.name".to_owned(), claim.into());
    config
}

fn own_mapper(site: &Site<'_, '_>, service: &Service<'_>, declared: &Mapper<'_>) -> ProtocolMapper {
    let Mapper { name, claim, takes, many, tokens } = declared;
    let in_token = |kind: TokenKind| tokens.value.iter().any(|item| item.value == kind);
    let mut config: Config = BTreeMap::from([
        ("claim.name".to_owned(), claim.value.into()),
        ("access.token.claim".to_owned(), in_token(TokenKind::Access).into()),
        ("id.token.claim".to_owned(), in_token(TokenKind::Id).into()),
        ("userinfo.token.claim".to_owned(), in_token(TokenKind::Userinfo).into()),
        ("introspection.token.claim".to_owned(), in_token(TokenKind::Access).into()),
    ]);
    let mut set = |key: &str, value: Text| {
        config.insert(key.to_owned(), value);
    };
    let kind = match &takes.value {
        ClaimSource::Attribute(attribute) => {
            set("user.attribute", attribute.name.value.into());
            set("aggregate.attrs", true.into());
            set("multivalued", many.value.into());
            set("jsonType.label", "String".into());
            "oidc-usermodel-attribute-mapper"
        }
        ClaimSource::Groups => {
            let path = site.settings().is_none_or(|settings| settings.group_claim.value == GroupClaim::Path);
            set("full.path", path.into());
            "oidc-group-membership-mapper"
        }
        ClaimSource::RealmRoles => {
            set("multivalued", many.value.into());
            set("jsonType.label", "String".into());
            "oidc-usermodel-realm-role-mapper"
        }
        ClaimSource::ClientRoles => {
            set("usermodel.clientRoleMapping.clientId", service.client_id.value.into());
            set("multivalued", many.value.into());
            set("jsonType.label", "String".into());
            "oidc-usermodel-client-role-mapper"
        }
        ClaimSource::Audience(audience) => {
            let other = site.platform.declared().get(audience.service.value);
            set("included.client.audience", other.map_or("", |other| other.client_id.value).into());
            "oidc-audience-mapper"
        }
        ClaimSource::Fixed(fixed) => {
            set("claim.value", fixed.value.value.into());
            set("jsonType.label", "String".into());
            "oidc-hardcoded-claim-mapper"
        }
    };
    if kind == "oidc-audience-mapper" {
        config.remove("claim.name");
    }
    mapper(name.value.to_owned(), kind, config)
}

fn mapper(name: String, protocol_mapper: &'static str, config: Config) -> ProtocolMapper {
    ProtocolMapper { name, protocol: "openid-connect", protocol_mapper, config }
}

/// The pattern names every field, so that a new one stops the build here.
fn say_what_is_missing(site: &Site<'_, '_>, service: &Service<'_>, writer: &mut Writer<'_>) {
    let Service {
        id,
        handle: _,
        span: _,
        path: _,
        url,
        target: _,     // gateways
        visibility: _, // gateways
        open_paths: _, // gateways
        access,
        admins: _, // the service's own roles
        roles: _,
        owner: _,
        client_id: _,
        client: _,
        redirect_paths,
        secret: _,
        mappers: _,
        account: _,
        tile: _, // landing pages
        title: _,
        description: _,
        labels: _,
        was: _,
        deprecated: _,
    } = service;
    let path = site.draft().path(id.entity);
    if url.is_none() && !redirect_paths.value.is_empty() {
        let why = "without a `domain` of the platform the service has no address to return to";
        writer.not_expressed(format!("{path}.redirect-paths"), Some(redirect_paths.origin), why);
    }
    if !access.value.is_empty() && service.handle != "jupyterhub" {
        let why = "Keycloak signs in everybody of its realm; who may open a service is the service's own business";
        writer.not_expressed(format!("{path}.access"), Some(access.origin), why);
    }
}
