//! Roles of the hub itself: who may open, stop and see the servers of others.
//!
//! A scope of JupyterHub can be narrowed to a group or a person. What decisions give over all members of a group is one
//! scope of the group; where a policy leaves people out, the others are named one by one.

use std::collections::{BTreeMap, BTreeSet};

use nbc_model::kinds::ActionId;
use nbc_model::value::OriginId;
use nbc_model::world::EntityId;

use crate::site::{GivenRole, Site, Subject};

/// A role of JupyterHub, as `hub.loadRoles` has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HubRole {
    pub(crate) description: String,
    pub(crate) scopes: BTreeSet<String>,
    pub(crate) groups: BTreeSet<String>,
    pub(crate) users: BTreeSet<String>,
    /// Where it was given, and where the role says what it is.
    pub(crate) from: Vec<OriginId>,
}

/// Actions on people, and what they are to the hub.
fn actions(site: &Site<'_, '_>) -> [(Option<ActionId>, &'static str, &'static str, &'static str); 3] {
    let actions = &site.draft().actions;
    [
        (actions.user_open_server, "open-server", "access:servers", "Opens the servers of others"),
        (actions.user_stop_server, "stop-server", "delete:servers", "Stops the servers of others"),
        (actions.user_see_usage, "see-usage", "read:users:activity", "Sees when others were active"),
    ]
}

/// All roles, by name.
pub(crate) fn roles(site: &Site<'_, '_>) -> BTreeMap<String, HubRole> {
    let given = site.given_roles();
    let mut roles: BTreeMap<String, HubRole> = BTreeMap::new();
    for row in &given {
        let Some(role) = site.role(row.role) else { continue };
        let scopes = &role.jupyterhub.value.scopes.value;
        if scopes.is_empty() {
            continue;
        }
        let hub = roles.entry(format!("nbc-{}", role.handle)).or_default();
        hub.description = role.description.map_or_else(|| role.title.value.to_owned(), |text| text.value.to_owned());
        hub.scopes.extend(scopes.iter().map(|item| item.value.to_owned()));
        hub.from.extend([role.jupyterhub.origin, row.origin]);
        add(site, hub, row.to);
    }
    for (action, name, scope, description) in actions(site) {
        let Some(action) = action else { continue };
        for row in given.iter().filter(|row| may(site, row, action)) {
            let over = row.of.map_or("everybody", |group| site.handle(group));
            let scopes = scopes(site, row, action, scope);
            if scopes.is_empty() {
                continue;
            }
            let whom = match row.to {
                Subject::Group(group) | Subject::User(group) => site.handle(group),
            };
            let hub = roles.entry(format!("nbc-{name}-{over}-{whom}")).or_default();
            hub.description = description.to_owned();
            hub.scopes.extend(scopes);
            hub.from.push(row.origin);
            add(site, hub, row.to);
        }
    }
    roles
}

fn may(site: &Site<'_, '_>, row: &GivenRole, action: ActionId) -> bool {
    site.role(row.role).is_some_and(|role| role.can.value.iter().any(|item| item.value == action))
}

fn add(site: &Site<'_, '_>, role: &mut HubRole, to: Subject) {
    match to {
        Subject::Group(group) => role.groups.extend([site.group_claim(group)]),
        Subject::User(user) => role.users.extend(site.user(user).map(|user| user.username.value.to_owned())),
    }
}

/// One scope where decisions agree for everybody whom the role is over, else one for each person.
fn scopes(site: &Site<'_, '_>, row: &GivenRole, action: ActionId, scope: &str) -> Vec<String> {
    let everybody = || site.active_users().map(|user| user.id.entity).collect::<Vec<_>>();
    let over: Vec<EntityId> = match row.of {
        Some(group) => site.platform.membership().of(group).iter().map(|member| member.user).collect(),
        None => everybody(),
    };
    let decided = |person: &EntityId| {
        let decision = site.platform.decisions().of(action, *person);
        decision.is_some_and(|decision| match row.to {
            Subject::Group(group) => decision.holds(group),
            Subject::User(user) => decision.allows(user),
        })
    };
    let (yes, no): (Vec<EntityId>, Vec<EntityId>) = over.into_iter().partition(decided);
    match (no.is_empty(), row.of) {
        (true, Some(group)) => vec![format!("{scope}!group={}", site.group_claim(group))],
        (true, None) => vec![scope.to_owned()],
        (false, _) => {
            let names = yes.into_iter().filter_map(|user| site.user(user));
            names.map(|user| format!("{scope}!user={}", user.username.value)).collect()
        }
    }
}
