//! Who may see and change the environments of a namespace.
//!
//! conda-store knows namespaces only: a person is the namespace of their own name, and a role holds for every environment
//! of a namespace. A person therefore gets what decisions allow for *all* of its environments; who may see only some of
//! them is listed, never given the others. At most one role for each person and namespace, since the server keeps one.

use std::collections::BTreeMap;

use serde::Serialize;

use nbc_model::value::OriginId;
use nbc_model::world::EntityId;
use nbc_platform::decisions::Decision;
use nbc_platform::kinds::{CondaStoreRole, Environment, RoleExtent};

use crate::site::{GivenRole, Site, Subject};
use crate::writer::{Document, Writer};

/// Roles of conda-store, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Viewer,
    Developer,
    Admin,
}

#[derive(Debug, Serialize)]
struct Mapping {
    other_namespace: String,
    role: Level,
}

/// `roles.json`: by namespace, sorted.
pub(crate) fn document(
    site: &Site<'_, '_>,
    environments: &[(String, &Environment<'_>)],
    writer: &mut Writer<'_>,
) -> Document {
    let given = site.given_roles();
    let mut namespaces: BTreeMap<&str, Vec<&Environment<'_>>> = BTreeMap::new();
    for (namespace, environment) in environments {
        namespaces.entry(namespace).or_default().push(environment);
    }
    let groups: BTreeMap<&str, EntityId> =
        site.groups().map(|group| (group.namespace.value, group.id.entity)).collect();
    for namespace in groups.keys() {
        namespaces.entry(namespace).or_default();
    }
    let mut mappings: BTreeMap<&str, Vec<Mapping>> = BTreeMap::new();
    let mut origins: Vec<(String, Vec<OriginId>)> = Vec::new();
    for (namespace, environments) in namespaces {
        let by_role = by_role(site, &given, groups.get(namespace).copied());
        let mut people = BTreeMap::new();
        if environments.is_empty() {
            people.extend(by_role.iter().map(|(user, level)| (*user, *level)));
        }
        for (user, level) in decided(site, &environments, writer) {
            // An administrator of the namespace by role, but only who may remove all that is there: admins may.
            let by_role = by_role.get(&user).copied();
            let level = if by_role == Some(Level::Admin) { level } else { level.min(Level::Developer) };
            people.insert(user, level);
        }
        let mut rows: Vec<Mapping> = people
            .into_iter()
            .filter_map(|(user, role)| {
                Some(Mapping { other_namespace: site.user(user)?.username.value.to_owned(), role })
            })
            .filter(|mapping| mapping.other_namespace != namespace)
            .collect();
        rows.sort_by(|a, b| a.other_namespace.cmp(&b.other_namespace));
        if !rows.is_empty() {
            let own = environments.iter().map(|environment| environment.namespace.origin);
            let group = groups.get(namespace).map(|group| site.declared(*group));
            origins.push((format!("/{}", crate::lines::escape(namespace)), own.chain(group).collect()));
            mappings.insert(namespace, rows);
        }
    }
    let mut document = Document::new("roles", &mappings);
    document.origins = origins;
    document.of(site.settings().map(|settings| site.declared(settings.id.entity)))
}

/// What each person may do with all environments of a namespace; an admin is who may change and remove all.
fn decided(
    site: &Site<'_, '_>,
    environments: &[&Environment<'_>],
    writer: &mut Writer<'_>,
) -> BTreeMap<EntityId, Level> {
    let actions = &site.draft().actions;
    let decisions = site.platform.decisions();
    let mut lowest: BTreeMap<EntityId, (Level, usize)> = BTreeMap::new();
    for environment in environments {
        let view = decisions.of(actions.environment_view, environment.id.entity);
        let edit = decisions.of(actions.environment_edit, environment.id.entity);
        let delete = decisions.of(actions.environment_delete, environment.id.entity);
        for allowed in view.map_or(&[][..], |decision| decision.users.as_slice()) {
            let may = |decision: Option<&Decision>| decision.is_some_and(|decision| decision.allows(allowed.user));
            let level = match (may(edit), may(delete)) {
                (true, true) => Level::Admin,
                (true, false) => Level::Developer,
                (false, _) => Level::Viewer,
            };
            let row = lowest.entry(allowed.user).or_insert((level, 0));
            row.0 = row.0.min(level);
            row.1 += 1;
        }
    }
    let all = environments.len();
    let partial = lowest.values().filter(|(_, seen)| *seen < all).count();
    if let (Some(first), true) = (environments.first(), partial > 0) {
        let why = format!(
            "conda-store shows all environments of a namespace or none, and {partial} {} may see only some of this one",
            if partial == 1 { "person" } else { "people" }
        );
        let what = format!("{}.shared-with", site.draft().path(first.id.entity));
        writer.not_expressed(what, Some(first.shared_with.origin), why);
    }
    lowest.into_iter().filter(|(_, (_, seen))| *seen == all).map(|(user, (level, _))| (user, level)).collect()
}

/// What roles are in conda-store, over one group or everything.
fn by_role(site: &Site<'_, '_>, given: &[GivenRole], of: Option<EntityId>) -> BTreeMap<EntityId, Level> {
    let mut people: BTreeMap<EntityId, Level> = BTreeMap::new();
    for row in given {
        let Some(role) = site.role(row.role) else { continue };
        let counts = match role.over.value {
            RoleExtent::Everything => true,
            RoleExtent::Group => of.is_some() && row.of == of,
            RoleExtent::Own => false,
        };
        let Some(level) = role.conda_store.filter(|_| counts).map(|level| match level.value {
            CondaStoreRole::Viewer => Level::Viewer,
            CondaStoreRole::Developer => Level::Developer,
            CondaStoreRole::Admin => Level::Admin,
        }) else {
            continue;
        };
        let holders: Vec<EntityId> = match row.to {
            Subject::User(user) => vec![user],
            Subject::Group(group) => site.platform.membership().of(group).iter().map(|member| member.user).collect(),
        };
        for user in holders {
            let best = people.entry(user).or_insert(level);
            *best = (*best).max(level);
        }
    }
    people.retain(|user, _| site.user(*user).is_some_and(|user| site.draft().is_active(user)));
    people
}
