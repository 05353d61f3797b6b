//! Who may look at what through the cluster's own API, and what the hub may do in a namespace.
//!
//! People come as `oidc:/lab/ml-research` (prefix and group claim of the platform). They get what decisions say (seeing
//! what a group uses) and what a role is in Kubernetes; nobody gets a right to start pods beside the hub. No ClusterRole
//! is made here: `view`, `edit` and `admin` are the cluster's own, and others are the site's.

use k8s_openapi::api::rbac::v1::{ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject as RbacSubject};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use nbc_model::value::OriginId;

use super::object::{self, document};
use super::places::{Holder, Place};
use crate::site::{GivenRole, Site, Subject};
use crate::writer::Document;

/// Who holds something, and the declarations that say so.
type Subjects = Vec<(Subject, Vec<OriginId>)>;

const GROUP: &str = "rbac.authorization.k8s.io";

/// Roles and bindings of one namespace.
pub(crate) fn documents(site: &Site<'_, '_>, place: &Place<'_, '_>, given: &[GivenRole]) -> Vec<Document> {
    let part_of = site.settings().map_or("nbc", |settings| settings.handle);
    let meta = |name: &str| object::meta(name, Some(&place.namespace), object::labels(part_of, &[]));
    let mut documents = Vec::new();
    if site.settings().is_some() && !matches!(place.holder, Holder::Hub) {
        documents.push(document(&hub_role(meta("nbc-hub"))));
        let hub = RbacSubject {
            kind: "ServiceAccount".to_owned(),
            name: "hub".to_owned(),
            namespace: Some(site.hub_namespace().to_owned()),
            api_group: None,
        };
        let bound = document(&binding(meta("nbc-hub"), "Role", "nbc-hub", vec![hub]));
        documents
            .push(bound.from("/subjects/0/namespace", site.settings().map(|settings| settings.hub_namespace.origin)));
    }
    let Holder::Group(group) = place.holder else { return documents };
    let see = site.holders(site.draft().actions.group_see_usage, group.id.entity);
    let groups = see.groups.iter().map(|(group, from)| (Subject::Group(*group), from.clone()));
    let users = see.users.iter().map(|(user, from)| (Subject::User(*user), from.clone()));
    let subjects: Subjects = groups.chain(users).collect();
    if !subjects.is_empty() {
        documents.push(document(&usage_role(meta("nbc-see-usage"))));
        documents.push(bound(site, meta("nbc-see-usage"), "Role", "nbc-see-usage", &subjects));
    }
    for (cluster_role, subjects) in in_kubernetes(site, given, Some(group.id.entity)) {
        let name = format!("nbc-{cluster_role}");
        documents.push(bound(site, meta(&name), "ClusterRole", &cluster_role, &subjects));
    }
    documents
}

/// Roles that count everywhere.
pub(crate) fn cluster_documents(site: &Site<'_, '_>, given: &[GivenRole]) -> Vec<Document> {
    let part_of = site.settings().map_or("nbc", |settings| settings.handle);
    let roles = in_kubernetes(site, given, None).into_iter();
    roles
        .map(|(cluster_role, subjects)| {
            let metadata = object::meta(&format!("nbc-{cluster_role}"), None, object::labels(part_of, &[]));
            let (subjects, origins) = rbac_subjects(site, &subjects);
            let role_ref = role_ref("ClusterRole", &cluster_role);
            let mut document = document(&ClusterRoleBinding { metadata, role_ref, subjects: Some(subjects) });
            document.origins = origins;
            document.of(site.settings().map(|settings| site.declared(settings.id.entity)))
        })
        .collect()
}

/// The ClusterRoles that roles are in Kubernetes, and who holds them over `of`; sorted.
fn in_kubernetes(
    site: &Site<'_, '_>,
    given: &[GivenRole],
    of: Option<nbc_model::world::EntityId>,
) -> Vec<(String, Subjects)> {
    let mut roles: Vec<(String, Subject, OriginId)> = Vec::new();
    for row in given.iter().filter(|row| row.of == of) {
        let role = site.role(row.role);
        let everywhere = role.is_some_and(|role| role.over.value == nbc_platform::kinds::RoleExtent::Everything);
        if of.is_none() && !everywhere {
            continue; // over one's own things: nothing in Kubernetes is a person's own
        }
        if let Some(name) = role.and_then(|role| role.kubernetes) {
            roles.push((name.value.to_owned(), row.to, row.origin));
        }
    }
    roles.sort();
    let mut found: Vec<(String, Subjects)> = Vec::new();
    for (name, subject, origin) in roles {
        match found.last_mut() {
            Some((last, subjects)) if *last == name => match subjects.last_mut() {
                Some((same, from)) if *same == subject => from.push(origin),
                _ => subjects.push((subject, vec![origin])),
            },
            _ => found.push((name, vec![(subject, vec![origin])])),
        }
    }
    found
}

fn bound(
    site: &Site<'_, '_>,
    metadata: ObjectMeta,
    kind: &str,
    name: &str,
    subjects: &[(Subject, Vec<OriginId>)],
) -> Document {
    let (subjects, origins) = rbac_subjects(site, subjects);
    let mut document = document(&binding(metadata, kind, name, subjects));
    document.origins = origins;
    document
}

/// People and groups as the apiserver knows them by their tokens.
fn rbac_subjects(
    site: &Site<'_, '_>,
    subjects: &[(Subject, Vec<OriginId>)],
) -> (Vec<RbacSubject>, Vec<(String, Vec<OriginId>)>) {
    let prefix = site.settings().map_or("oidc:", |settings| settings.oidc_group_prefix.value);
    let named = |subject: &Subject| match subject {
        Subject::Group(group) => ("Group", format!("{prefix}{}", site.group_claim(*group))),
        Subject::User(user) => {
            let username = site.user(*user).map_or("", |user| user.username.value);
            ("User", format!("{prefix}{username}"))
        }
    };
    let mut origins = Vec::new();
    let mut rows = Vec::new();
    for (at, (subject, from)) in subjects.iter().enumerate() {
        let (kind, name) = named(subject);
        origins.push((format!("/subjects/{at}"), from.clone()));
        rows.push(RbacSubject { kind: kind.to_owned(), name, namespace: None, api_group: Some(GROUP.to_owned()) });
    }
    (rows, origins)
}

fn binding(metadata: ObjectMeta, kind: &str, name: &str, subjects: Vec<RbacSubject>) -> RoleBinding {
    RoleBinding { metadata, role_ref: role_ref(kind, name), subjects: Some(subjects) }
}

fn role_ref(kind: &str, name: &str) -> RoleRef {
    RoleRef { api_group: Some(GROUP.to_owned()), kind: kind.to_owned(), name: name.to_owned() }
}

/// What KubeSpawner does in a namespace that is not its own: servers, their volumes and what it mounts into them.
fn hub_role(metadata: ObjectMeta) -> Role {
    let all = ["get", "watch", "list", "create", "delete"];
    let rules = vec![
        rule(&["pods", "persistentvolumeclaims", "secrets", "services"], &all),
        rule(&["events"], &["get", "watch", "list"]),
    ];
    Role { metadata, rules: Some(rules) }
}

fn usage_role(metadata: ObjectMeta) -> Role {
    let look = ["get", "list", "watch"];
    let rules = vec![rule(&["resourcequotas", "limitranges", "pods", "persistentvolumeclaims"], &look)];
    Role { metadata, rules: Some(rules) }
}

fn rule(resources: &[&str], verbs: &[&str]) -> PolicyRule {
    let owned = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect());
    PolicyRule {
        api_groups: Some(vec![String::new()]),
        resources: owned(resources),
        verbs: verbs.iter().map(|verb| (*verb).to_owned()).collect(),
        ..PolicyRule::default()
    }
}
