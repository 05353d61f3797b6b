//! What each target makes of each permission: exactly it, more than it, or nothing.
//!
//! A summary prints the table; translation validation compares emitted files with decisions through it, so that "wider"
//! is a stated fact of a target and never a slip of its backend. Reasons name where they can be read.

/// How a target stands to a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Whoever may, may there; nobody else.
    Exact,
    /// Fewer than decided: what the target cannot express is left out and listed.
    Narrower,
    /// More than decided: the target lets in people who were not allowed.
    Wider,
    /// The target has no say in it.
    None,
}

/// One row: what a target does with one action on one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    pub target: &'static str,
    pub kind: &'static str,
    pub action: &'static str,
    pub reach: Reach,
    /// A clause that follows "because".
    pub why: &'static str,
    /// Where it can be read or was seen.
    pub source: &'static str,
}

macro_rules! table {
    ($($target:literal $kind:literal $action:literal $reach:ident $why:literal [$source:literal];)*) => {
        /// All rows, sorted by kind, action, target. What is not listed the target has no say in.
        pub static TABLE: &[Coverage] = &[$(Coverage {
            target: $target,
            kind: $kind,
            action: $action,
            reach: Reach::$reach,
            why: $why,
            source: $source,
        }),*];
    };
}

table! {
    "conda-store" "environment" "delete" Narrower "its developers cannot delete, and its admins may change who may" ["conda-store 2025.2, authorization"];
    "conda-store" "environment" "edit" Narrower "a role holds for all environments of a namespace, so it is given only to who may edit all" ["conda-store 2025.2, role mappings v2"];
    "conda-store" "environment" "view" Narrower "a role holds for all environments of a namespace, so it is given only to who may view all" ["conda-store 2025.2, role mappings v2"];
    "jupyterhub" "environment" "view" Wider "a server mounts whole namespaces of environments" ["Nebari, conda-store volumes"];
    "kubernetes" "group" "see-usage" Exact "a RoleBinding names the groups and people" ["Kubernetes RBAC"];
    "keycloak" "platform" "administer" Narrower "only roles of `realm-management` administer a realm, and who administers in the files need not have one" ["Keycloak 26, realm-management"];
    "jupyterhub" "profile" "launch" Exact "nbc_hub.py offers what the list says and refuses the rest at every start" ["KubeSpawner 7, profile_list and pre_spawn_hook"];
    "kubernetes" "profile" "launch" Wider "whoever may start pods by a ClusterRole such as `edit` starts them beside the hub: admission knows the namespace and the profile, not the person" ["Kubernetes ValidatingAdmissionPolicy"];
    "jupyterhub" "service" "administer" Exact "admin_groups and admin_users of the hub" ["OAuthenticator 17, GenericOAuthenticator"];
    "jupyterhub" "service" "open" Exact "allowed_groups and allowed_users of the hub" ["OAuthenticator 17, GenericOAuthenticator"];
    "keycloak" "service" "open" Wider "Keycloak signs everybody of the realm in to every client" ["Keycloak 26, authentication flows"];
    "jupyterhub" "storage" "read" Exact "nbc_hub.py mounts what a person may read" ["KubeSpawner 7, volume_mounts"];
    "kubernetes" "storage" "read" Wider "a claim is open to every pod of its namespace, also to one started beside the hub" ["Kubernetes, PersistentVolumeClaim"];
    "jupyterhub" "storage" "write" Exact "nbc_hub.py mounts read-only what a person may only read" ["KubeSpawner 7, volume_mounts"];
    "kubernetes" "storage" "write" Wider "a claim is open to every pod of its namespace, also to one started beside the hub" ["Kubernetes, PersistentVolumeClaim"];
    "jupyterhub" "user" "open-server" Wider "scopes of roles are narrowed to groups and people, but admins of the hub open every server" ["JupyterHub 5, the role admin"];
    "jupyterhub" "user" "see-usage" Wider "scopes of roles are narrowed to groups and people, but admins of the hub see when everybody was active" ["JupyterHub 5, the role admin"];
    "jupyterhub" "user" "stop-server" Wider "scopes of roles are narrowed to groups and people, but admins of the hub stop every server" ["JupyterHub 5, the role admin"];
}

/// The rows of one target.
pub fn of(target: &str) -> impl Iterator<Item = &'static Coverage> {
    TABLE.iter().filter(move |row| row.target == target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_speaks_of_backends() {
        let key = |row: &Coverage| (row.kind, row.action, row.target);
        assert!(TABLE.windows(2).all(|pair| key(&pair[0]) < key(&pair[1])));
        for row in TABLE {
            assert!(crate::ALL.iter().any(|backend| backend.name() == row.target), "{}", row.target);
            assert!(!row.why.ends_with('.') && !row.source.is_empty());
        }
    }
}
