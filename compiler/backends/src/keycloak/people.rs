//! Users and groups. Membership is closed: a member of `/lab/ml-research` is written as a member of `/lab` too, since
//! no reader of the `groups` claim knows the tree.
//!
//! Whoever is imported gets nothing by default (`DefaultExportImportManager.createUser`): the default role, the default
//! groups and default required actions are written out for each person.

use std::collections::{BTreeMap, BTreeSet};

use nbc_model::value::OriginId;
use nbc_model::world::EntityId;
use nbc_platform::kinds::{
    Group as DeclaredGroup, IdentityProvider, Link, Mfa, MfaMethod, RequiredAction, User as DeclaredUser,
};
use nbc_platform::values::Id;

use super::grants::{Grants, lists};
use super::person;
use super::realm::{FederatedIdentity, Group, User};
use crate::site::{Site, Subject, origin};
use crate::writer::{Origins, Writer, below};

/// A part of the realm, and the origins of its elements.
pub(crate) type WithOrigins<T> = (Vec<T>, Origins);

pub(crate) fn groups(site: &Site<'_, '_>, grants: &Grants) -> WithOrigins<Group> {
    let mut origins = Vec::new();
    let tops: Vec<&DeclaredGroup<'_>> = site.groups().filter(|group| group.parent.is_none()).collect();
    let groups = tops
        .into_iter()
        .enumerate()
        .map(|(at, group)| tree(site, grants, group, format!("/groups/{at}"), &mut origins))
        .collect();
    (groups, origins)
}

fn tree(
    site: &Site<'_, '_>,
    grants: &Grants,
    group: &DeclaredGroup<'_>,
    pointer: String,
    origins: &mut Origins,
) -> Group {
    let held = grants.of(Subject::Group(group.id.entity));
    let fields = [
        ("", Some(site.declared(group.id.entity))),
        ("/description", origin(&group.description)),
        ("/attributes/gid", origin(&group.gid)),
    ];
    origins.extend(below(&pointer, fields));
    origins.push((format!("{pointer}/realmRoles"), held.from.clone()));
    origins.push((format!("{pointer}/clientRoles"), held.from.clone()));
    let below = site.groups().filter(|row| row.parent.is_some_and(|parent| parent.value == group.id));
    let below: Vec<&DeclaredGroup<'_>> = below.collect();
    let sub_groups = below.into_iter().enumerate();
    let sub_groups =
        sub_groups.map(|(at, row)| tree(site, grants, row, format!("{pointer}/subGroups/{at}"), origins)).collect();
    Group {
        name: group.handle.to_owned(),
        description: group.description.map(|description| description.value.to_owned()),
        attributes: group.gid.map(|gid| ("gid".to_owned(), vec![gid.value.to_string()])).into_iter().collect(),
        realm_roles: held.realm.into_iter().collect(),
        client_roles: lists(&held.client),
        sub_groups,
    }
}

/// Everybody, disabled people too: an account that is not written is not disabled, only forgotten.
pub(crate) fn users(site: &Site<'_, '_>, grants: &Grants, writer: &mut Writer<'_>) -> WithOrigins<User> {
    let (mut users, mut origins) = (Vec::new(), Vec::new());
    let defaults = site.joined_by_everybody();
    let paths: BTreeMap<EntityId, String> =
        site.groups().map(|group| (group.id.entity, site.group_path(group.id.entity))).collect();
    let strict = needs_factor(site);
    for user in &site.platform.declared().users {
        let pointer = format!("/users/{}", users.len());
        person::origins(site, grants, user, &pointer, &mut origins);
        let groups = groups_of(site, user, &defaults, &paths);
        for (at, from) in groups.values().enumerate() {
            origins.push((format!("{pointer}/groups/{at}"), from.clone()));
        }
        let groups = groups.into_keys().map(str::to_owned).collect();
        users.push(representation(site, grants, user, groups, strict.contains(&user.id.entity)));
        say_what_is_missing(site, user, writer);
    }
    (users, origins)
}

/// The groups of an active person by path, sorted, and who says so.
fn groups_of<'p>(
    site: &Site<'_, '_>,
    user: &DeclaredUser<'_>,
    defaults: &[(EntityId, OriginId)],
    paths: &'p BTreeMap<EntityId, String>,
) -> BTreeMap<&'p str, Vec<OriginId>> {
    let mut groups: BTreeMap<&str, Vec<OriginId>> = BTreeMap::new();
    let own = site.groups_of(user.id.entity).iter().chain(defaults).filter(|_| site.draft().is_active(user));
    for (group, from) in own {
        if let Some(path) = paths.get(group) {
            groups.entry(path).or_default().push(*from);
        }
    }
    groups
}

fn representation(
    site: &Site<'_, '_>,
    grants: &Grants,
    user: &DeclaredUser<'_>,
    groups: Vec<String>,
    strict: bool,
) -> User {
    let active = site.draft().is_active(user);
    let held = if active { grants.of(Subject::User(user.id.entity)) } else { Default::default() };
    let realm = site.settings().map_or("", |settings| settings.realm.value);
    let default_role = format!("default-roles-{}", realm.to_lowercase());
    let actions: BTreeSet<&'static str> = required_actions(site, user, strict).into_iter().collect();
    User {
        username: user.username.value.to_owned(),
        enabled: active,
        email: user.email.map(|email| email.value.to_lowercase()),
        email_verified: user.email.map(|_| !actions.contains("VERIFY_EMAIL")),
        first_name: user.first_name.map(|name| name.value.to_owned()),
        last_name: user.last_name.map(|name| name.value.to_owned()),
        attributes: attributes(user),
        groups,
        realm_roles: [default_role].into_iter().chain(held.realm).collect(),
        client_roles: lists(&held.client),
        required_actions: actions.into_iter().collect(),
        federated_identities: links(site, user).map(|(_, identity)| identity).collect(),
        service_account_client_id: None,
    }
}

/// What Keycloak keeps of a person beside name and mail; each is declared in the user profile.
pub(crate) fn attributes(user: &DeclaredUser<'_>) -> BTreeMap<String, Vec<String>> {
    let mut attributes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    attributes.insert("affiliation".to_owned(), vec![user.affiliation.value.text().to_owned()]);
    attributes.extend(user.department.map(|text| ("department".to_owned(), vec![text.value.to_owned()])));
    attributes.extend(user.uid.map(|uid| ("uid".to_owned(), vec![uid.value.to_string()])));
    for entry in &user.attributes.value {
        attributes.insert(entry.key.to_owned(), entry.value.iter().map(|item| item.value.to_owned()).collect());
    }
    attributes
}

/// A person's accounts at brokers, as they were declared and as Keycloak has them.
pub(crate) fn links<'u, 'm>(
    site: &Site<'_, 'm>,
    user: &'u DeclaredUser<'m>,
) -> impl Iterator<Item = (&'u Link<'m>, FederatedIdentity)> {
    user.links.value.iter().filter_map(|item| {
        let link = &item.value;
        let provider = site.platform.declared().get(link.provider.value)?;
        super::providers::is_broker(provider).then(|| {
            let identity = FederatedIdentity {
                identity_provider: provider.handle.to_owned(),
                user_id: link.id.value.to_owned(),
                user_name: link.name.map(|name| name.value.to_owned()),
            };
            (link, identity)
        })
    })
}

fn required_actions(site: &Site<'_, '_>, user: &DeclaredUser<'_>, strict: bool) -> Vec<&'static str> {
    let said = user.required_actions.value.iter().map(|item| match item.value {
        RequiredAction::UpdatePassword => "UPDATE_PASSWORD",
        RequiredAction::UpdateProfile => "UPDATE_PROFILE",
        RequiredAction::VerifyEmail => "VERIFY_EMAIL",
        RequiredAction::ConfigureOtp => "CONFIGURE_TOTP",
        RequiredAction::ConfigureWebauthn => "webauthn-register",
        RequiredAction::Terms => "TERMS_AND_CONDITIONS",
    });
    let mut actions: Vec<&'static str> = said.collect();
    let Some(settings) = site.settings() else { return actions };
    if settings.sign_in.value.verify_email.value && user.email.is_some() {
        actions.push("VERIFY_EMAIL");
    }
    if settings.sign_in.value.terms.is_some() {
        actions.push("TERMS_AND_CONDITIONS");
    }
    if strict && !comes_with_factor(site, user) {
        let otp = settings.mfa_methods.value.iter().any(|item| item.value == MfaMethod::Otp);
        actions.push(if otp { "CONFIGURE_TOTP" } else { "webauthn-register" });
    }
    actions
}

/// Signs in only where a second factor is asked for already.
fn comes_with_factor(site: &Site<'_, '_>, user: &DeclaredUser<'_>) -> bool {
    let mut links = user.links.value.iter().peekable();
    let does_mfa = |provider: Id<IdentityProvider<'_>>| {
        site.platform.declared().get(provider).is_some_and(|row| row.does_mfa.value)
    };
    links.peek().is_some() && links.all(|item| does_mfa(item.value.provider.value))
}

/// People who must use a second factor: by the platform, by themselves, or by a role that they hold.
fn needs_factor(site: &Site<'_, '_>) -> BTreeSet<EntityId> {
    let everybody = site.settings().is_some_and(|settings| settings.mfa.value == Mfa::Required);
    let own = |user: &&DeclaredUser<'_>| everybody || user.mfa.is_some_and(|mfa| mfa.value == Mfa::Required);
    let mut people: BTreeSet<EntityId> =
        site.platform.declared().users.iter().filter(own).map(|user| user.id.entity).collect();
    for given in site.given_roles() {
        if !site.role(given.role).is_some_and(|role| role.needs_mfa.value) {
            continue;
        }
        match given.to {
            Subject::User(user) => people.extend([user]),
            Subject::Group(group) => {
                people.extend(site.platform.membership().of(group).iter().map(|member| member.user));
            }
        }
    }
    people
}

/// The pattern names every field, so that a new one stops the build here.
fn say_what_is_missing(site: &Site<'_, '_>, user: &DeclaredUser<'_>, writer: &mut Writer<'_>) {
    let DeclaredUser {
        id,
        handle: _,
        span: _,
        username: _,
        first_name: _,
        last_name: _,
        email: _,
        affiliation: _,
        department: _,
        manager: _, // asked at reviews, not at sign-in
        enabled: _,
        from: _,
        until: _,
        primary_group: _, // the hub
        profiles: _,      // the hub
        roles: _,
        environments: _, // conda-store
        quota: _,        // kubernetes, the hub
        mfa,
        accounts: _, // reviews
        links,
        required_actions: _,
        attributes: _,
        uid: _,
        title: _,
        description: _,
        labels: _,
        was,
        deprecated: _,
    } = user;
    for item in &links.value {
        let provider = site.platform.declared().get(item.value.provider.value);
        if provider.is_some_and(|provider| !super::providers::is_broker(provider)) {
            let why = "Keycloak reads a directory by user name and keeps no link to it";
            writer.not_expressed(format!("{}.links", site.draft().path(id.entity)), Some(item.origin), why);
        }
    }
    if let Some(mfa) = mfa.as_ref().filter(|mfa| mfa.value == Mfa::Off) {
        let why = "Keycloak asks whoever has a second factor for it";
        writer.not_expressed(format!("{}.mfa", site.draft().path(id.entity)), Some(mfa.origin), why);
    }
    for item in &was.value {
        let why = "a realm file does not rename; `nbc apply` does";
        writer.not_expressed(format!("{}.was", site.draft().path(id.entity)), Some(item.origin), why);
    }
}
