//! Who may open the hub: `OAuthenticator.check_allowed` and `_apply_managed_groups` (OAuthenticator 17.4).

use serde_json::Value;

use super::{Settings, SignIn, VALUES, client};
use crate::directory::{Claims, Directory, Form};
use crate::grant::{Effective, Grant, Place, SERVICE_ADMINISTER, SERVICE_OPEN, Things};
use crate::keycloak;
use crate::set::Set;

pub(super) const CLASS: &str = "GenericOAuthenticator";
/// The claim with what Keycloak calls a user name.
const USERNAME: &str = "preferred_username";

fn value<'s>(settings: &'s Settings, name: &str) -> Option<&'s Value> {
    settings.get(CLASS, name).map(|(value, _)| value)
}

fn is_on(settings: &Settings, name: &str) -> bool {
    value(settings, name).and_then(Value::as_bool).unwrap_or(false)
}

fn texts<'s>(settings: &'s Settings, name: &str) -> impl Iterator<Item = &'s str> {
    value(settings, name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// The hub's groups of each person: with `manage_groups` those of the claim that `auth_state_groups_key` leads to, read
/// from the page of the user (`userdata_url`), else none. A hub whose sign-in nbc does not set up is taken to read the
/// declared form.
pub(super) fn claims(
    settings: &Settings,
    directory: &mut Directory,
    sign_in: &SignIn<'_>,
    effective: &mut Effective,
) -> Claims {
    let Some(client) = client(settings) else { return directory.claims(sign_in.declared) };
    if value(settings, "username_claim").and_then(Value::as_str) != Some(USERNAME) {
        let message = format!("people are not named by `{USERNAME}`, so no list of names fits");
        effective.problem(Place::new(VALUES, format!("/hub/config/{CLASS}/username_claim")), message);
    }
    let key = value(settings, "auth_state_groups_key").and_then(Value::as_str).unwrap_or_default();
    let Some(claim) = key.strip_prefix("oauth_user.").filter(|_| is_on(settings, "manage_groups")) else {
        return Claims::default();
    };
    let form = match sign_in.realm {
        Some(realm) => keycloak::form(realm, client, claim, true),
        None if claim == "groups" => sign_in.declared,
        None => Form { paths: false, names: false },
    };
    directory.claims(form)
}

/// Who may open and who administers the hub, where its sign-in is set up.
pub(super) fn grant(
    settings: &Settings,
    claims: &Claims,
    directory: &mut Directory,
    sign_in: &SignIn<'_>,
    effective: &mut Effective,
) {
    effective.known.insert(SERVICE_OPEN.kind, client(settings).map(str::to_owned).into_iter().collect());
    let Some(client) = client(settings).map(str::to_owned) else { return };
    let known = match sign_in.realm {
        Some(realm) => keycloak::signed_in(realm, directory, &client),
        None => directory.everybody(),
    };
    effective.grants.entry(SERVICE_OPEN).or_default();
    effective.grants.entry(SERVICE_ADMINISTER).or_default();
    let open = |who: Set, name: &str, effective: &mut Effective| {
        let place = settings.get(CLASS, name).map_or_else(Place::default, |(_, place)| place.clone());
        effective.grant(SERVICE_OPEN, &client, who.and(&known), place);
    };
    // `allow_all` overrides the rest; `allow_existing_users` lets in whoever was let in once.
    for name in ["allow_all", "allow_existing_users"] {
        if is_on(settings, name) {
            open(directory.everybody(), name, effective);
        }
    }
    open(claims.any(texts(settings, "allowed_groups")), "allowed_groups", effective);
    open(directory.enabled_of(texts(settings, "allowed_users")), "allowed_users", effective);
    // Whoever is an admin is let in without being listed.
    for (name, who) in admins(settings, claims, directory) {
        open(who.clone(), name, effective);
        let place = settings.get(CLASS, name).map_or_else(Place::default, |(_, place)| place.clone());
        effective.grant(SERVICE_ADMINISTER, &client, who.and(&known), place);
    }
}

/// Admins of the hub, by the setting that makes them.
pub(super) fn admins(settings: &Settings, claims: &Claims, directory: &mut Directory) -> [(&'static str, Set); 2] {
    [
        ("admin_groups", claims.any(texts(settings, "admin_groups"))),
        ("admin_users", directory.enabled_of(texts(settings, "admin_users"))),
    ]
}

/// What an admin of the hub may do to everybody: it is in the role `admin`, which no setting narrows
/// (`create_role`: "Cannot override admin role").
pub(super) fn by_nature(who: Set, everybody: Set, place: Place) -> Grant {
    Grant { who, things: Things::People(everybody), place, by_nature: true }
}
