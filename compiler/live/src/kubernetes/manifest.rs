//! One Kubernetes object as a document: what it is, where it belongs, and its text.

use std::fmt;

use kube::api::{DynamicObject, GroupVersionKind};
use serde_json::Value;

use super::Error;

/// A document with `apiVersion`, `kind` and `metadata.name`, ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    document: Value,
    group: String,
    version: String,
    kind: String,
    namespace: Option<String>,
    name: String,
}

impl Manifest {
    /// Takes a document as it was written.
    ///
    /// # Errors
    /// [`Error::NotAManifest`] when `apiVersion`, `kind` or `metadata.name` is missing.
    pub fn new(document: Value) -> Result<Manifest, Error> {
        let text = |pointer: &'static str| match document.pointer(pointer).and_then(Value::as_str) {
            Some(text) => Ok(text.to_owned()),
            None => Err(Error::NotAManifest { missing: pointer }),
        };
        let api_version = text("/apiVersion")?;
        // The core group is written without its empty name: `v1`.
        let (group, version) = api_version.rsplit_once('/').unwrap_or(("", &api_version));
        Ok(Manifest {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: text("/kind")?,
            namespace: text("/metadata/namespace").ok(),
            name: text("/metadata/name")?,
            document,
        })
    }

    /// The kind, as in `RoleBinding`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The name within its namespace, or within the cluster.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The namespace that the document names; absent for things of the whole cluster.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The document as it was written.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }

    pub(super) fn group_version_kind(&self) -> GroupVersionKind {
        GroupVersionKind::gvk(&self.group, &self.version, &self.kind)
    }

    pub(super) fn object(&self) -> Result<DynamicObject, Error> {
        serde_json::from_value(self.document.clone())
            .map_err(|cause| Error::Unreadable { object: self.to_string(), cause: cause.to_string() })
    }
}

impl fmt::Display for Manifest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(out, "{} {namespace}/{}", self.kind, self.name),
            None => write!(out, "{} {}", self.kind, self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn says_what_and_where_it_is() {
        let binding = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
            "metadata": {"name": "runner", "namespace": "climate"}});
        let manifest = Manifest::new(binding).unwrap();
        assert_eq!(manifest.to_string(), "RoleBinding climate/runner");
        assert_eq!(manifest.group_version_kind().api_version(), "rbac.authorization.k8s.io/v1");

        let core = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "climate"}});
        let manifest = Manifest::new(core).unwrap();
        assert_eq!((manifest.to_string().as_str(), manifest.namespace()), ("Namespace climate", None));
        assert_eq!(manifest.group_version_kind().group, "");
    }

    #[test]
    fn names_what_is_missing() {
        let nameless = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {}});
        assert_eq!(
            Manifest::new(nameless).unwrap_err().to_string(),
            "not a Kubernetes manifest: `/metadata/name` is missing"
        );
    }
}
