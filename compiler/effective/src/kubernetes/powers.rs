//! What rules come to, in the words that decisions have.

use serde_json::Value;

use crate::files::words;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Powers {
    /// Lists quotas, and so what a namespace may use and uses.
    pub(super) sees_usage: bool,
    /// Makes pods, by themselves or through an object that makes them, or gets into those that run.
    pub(super) starts_pods: bool,
}

/// Objects that become pods, and ways into a pod.
const PODS: [&str; 10] = [
    "pods",
    "pods/exec",
    "pods/attach",
    "replicationcontrollers",
    "replicasets",
    "deployments",
    "statefulsets",
    "daemonsets",
    "jobs",
    "cronjobs",
];

impl Powers {
    pub(super) fn of(rules: &[Value]) -> Powers {
        let allows = |verb: &str, resource: &str| {
            rules.iter().any(|rule| {
                let has = |key: &str, wanted: &str| words(rule, key).any(|word| word == wanted || word == "*");
                // A rule for single objects does not count: quotas are listed, and a pod that is made has no name yet.
                has("verbs", verb) && has("resources", resource) && words(rule, "resourceNames").next().is_none()
            })
        };
        Powers {
            sees_usage: allows("list", "resourcequotas"),
            starts_pods: PODS.iter().any(|resource| allows("create", resource)),
        }
    }
}

/// The cluster's own roles for people (Kubernetes documentation, "User-facing roles"). What another ClusterRole is, only
/// the cluster knows, and nothing is said of it.
pub(super) fn built_in(name: &str) -> Option<Powers> {
    match name {
        "view" => Some(Powers { sees_usage: true, starts_pods: false }),
        "edit" | "admin" | "cluster-admin" => Some(Powers { sees_usage: true, starts_pods: true }),
        _ => None,
    }
}
