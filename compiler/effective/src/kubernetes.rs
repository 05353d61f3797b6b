//! Kubernetes 1.36 RBAC: who sees what a namespace uses, and who starts pods there beside the hub.
//!
//! The apiserver puts a prefix of its own before the names that tokens bring (`--oidc-username-prefix`,
//! `--oidc-groups-prefix`); a subject of a binding is compared with the result, letter by letter. Bindings only add
//! (Kubernetes documentation, "Using RBAC Authorization").

mod powers;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::directory::{Claims, Directory};
use crate::files::{Files, list, word, yaml};
use crate::grant::{
    Effective, GROUP_SEE_USAGE, Grant, PROFILE_LAUNCH, Permission, Place, STORAGE_READ, STORAGE_WRITE, Things,
};
use crate::set::Set;
use powers::Powers;

/// Everybody whom the apiserver let in is in this group.
const AUTHENTICATED: &str = "system:authenticated";
/// The service account of the hub, which no person has.
const HUB: &str = "hub";

/// How the cluster names people; no file says it.
pub(crate) struct Cluster<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) claims: &'a Claims,
    /// Every profile: a pod can say that it is of any.
    pub(crate) profiles: &'a [String],
}

/// One document of a file.
struct Document {
    place: Place,
    value: Value,
}

pub(crate) fn grants(files: &Files<'_>, directory: &mut Directory, cluster: &Cluster<'_>) -> Option<Effective> {
    files.below("kubernetes/").next()?;
    let mut effective = Effective::default();
    let documents = documents(files, &mut effective);
    let namespaces: BTreeSet<String> =
        files.below("kubernetes/").filter_map(|(path, _)| path.strip_suffix("/namespace.yaml")).map(last).collect();
    let roles = roles(&documents);
    let claims_of = claims_by_namespace(&documents);
    for permission in [GROUP_SEE_USAGE, PROFILE_LAUNCH, STORAGE_READ, STORAGE_WRITE] {
        effective.grants.entry(permission).or_default();
    }
    for document in &documents {
        let scope: Vec<&str> = match word(&document.value, "kind") {
            "RoleBinding" => vec![namespace(&document.value)],
            "ClusterRoleBinding" => namespaces.iter().map(String::as_str).collect(),
            _ => continue,
        };
        let reference = document.value.get("roleRef").unwrap_or(&Value::Null);
        let is_cluster_role = word(reference, "kind") == "ClusterRole";
        for namespace in scope {
            let of = if is_cluster_role { "" } else { namespace };
            let own = roles.get(&(of, word(reference, "name"))).copied();
            let powers = own.or_else(|| powers::built_in(word(reference, "name")).filter(|_| is_cluster_role));
            let Some(powers) = powers else { continue };
            for (at, subject) in list(&document.value, "subjects").iter().enumerate() {
                let who = who(subject, directory, cluster);
                let place = Place::new(&document.place.path, format!("{}/subjects/{at}", document.place.pointer));
                let door = Door { who, place, by_nature: is_cluster_role };
                door.open(namespace, powers, cluster, claims_of.get(namespace), &mut effective);
            }
        }
    }
    effective.known.insert(GROUP_SEE_USAGE.kind, namespaces);
    // Servers and mounts are the hub's; here is only what goes around it.
    effective.known.insert(PROFILE_LAUNCH.kind, BTreeSet::new());
    effective.known.insert(STORAGE_READ.kind, BTreeSet::new());
    Some(effective)
}

/// The documents that speak of rights and claims; the others are not even parsed.
fn documents(files: &Files<'_>, effective: &mut Effective) -> Vec<Document> {
    let mut all = Vec::new();
    for (path, text) in files.below("kubernetes/") {
        if !text.contains("rbac.authorization.k8s.io") && !text.contains("PersistentVolumeClaim") {
            continue;
        }
        match yaml(path, text) {
            Ok(documents) => {
                let several = documents.len() > 1;
                all.extend(documents.into_iter().enumerate().map(|(at, value)| {
                    let pointer = if several { format!("/{at}") } else { String::new() };
                    Document { place: Place::new(path, pointer), value }
                }));
            }
            Err(problem) => effective.problems.push(problem),
        }
    }
    all
}

/// Powers of the roles that the files bring, by namespace (empty: of the cluster) and name.
fn roles(documents: &[Document]) -> BTreeMap<(&str, &str), Powers> {
    let mut roles = BTreeMap::new();
    for document in documents {
        let of = match word(&document.value, "kind") {
            "Role" => namespace(&document.value),
            "ClusterRole" => "",
            _ => continue,
        };
        let name = document.value.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
        roles.insert((of, name), Powers::of(list(&document.value, "rules")));
    }
    roles
}

fn claims_by_namespace(documents: &[Document]) -> BTreeMap<&str, Vec<&str>> {
    let mut claims: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for document in documents.iter().filter(|document| word(&document.value, "kind") == "PersistentVolumeClaim") {
        let name = document.value.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
        claims.entry(namespace(&document.value)).or_default().push(name);
    }
    claims
}

fn namespace(object: &Value) -> &str {
    object.pointer("/metadata/namespace").and_then(Value::as_str).unwrap_or_default()
}

fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

fn who(subject: &Value, directory: &mut Directory, cluster: &Cluster<'_>) -> Set {
    let name = word(subject, "name");
    match (word(subject, "kind"), name.strip_prefix(cluster.prefix)) {
        ("Group", _) if name == AUTHENTICATED => directory.everybody(),
        ("Group", Some(claim)) => cluster.claims.of(claim).cloned().unwrap_or_default(),
        ("User", Some(username)) => directory.enabled_of(std::iter::once(username)),
        // Another account than the hub's is that of servers, so of whoever starts one.
        ("ServiceAccount", _) if name != HUB => directory.everybody(),
        _ => Set::new(),
    }
}

/// What a subject of a binding may come through.
struct Door {
    who: Set,
    place: Place,
    by_nature: bool,
}

impl Door {
    fn open(
        &self,
        namespace: &str,
        powers: Powers,
        cluster: &Cluster<'_>,
        claims: Option<&Vec<&str>>,
        effective: &mut Effective,
    ) {
        if powers.sees_usage {
            self.grant(GROUP_SEE_USAGE, namespace, false, effective);
        }
        if powers.starts_pods {
            for profile in cluster.profiles {
                self.grant(PROFILE_LAUNCH, profile, self.by_nature, effective);
            }
            // A claim is open to every pod of its namespace (Kubernetes documentation, "Persistent Volumes").
            for claim in claims.into_iter().flatten() {
                self.grant(STORAGE_READ, claim, self.by_nature, effective);
                self.grant(STORAGE_WRITE, claim, self.by_nature, effective);
            }
        }
    }

    fn grant(&self, permission: Permission, thing: &str, by_nature: bool, effective: &mut Effective) {
        let things = Things::Named(thing.to_owned());
        effective.add(permission, Grant { who: self.who.clone(), things, place: self.place.clone(), by_nature });
    }
}

#[cfg(test)]
mod tests;
