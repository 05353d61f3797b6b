//! Kubernetes objects that people wrote, by hand in `raw` or through a template: read, and judged as strictly as what
//! nbc itself writes.

use std::ops::Range;

use nbc_platform::yaml::{self, Node, Unreadable};
use serde_json::Value;

use crate::validate::SchemaSet;

/// One object, with the places of its parts.
pub(crate) struct Manifest {
    /// The name of its schema: `v1/ConfigMap`.
    pub(crate) kind: String,
    pub(crate) value: Value,
    node: Node,
}

/// What is wrong with a text, and where in it.
pub(crate) struct Wrong {
    pub(crate) range: Range<usize>,
    pub(crate) message: String,
}

/// The objects of a text.
pub(crate) fn read(text: &str) -> Result<Vec<Manifest>, Wrong> {
    let no_yaml = |Unreadable { range, why }| Wrong { range, message: format!("this does not make YAML: {why}") };
    let documents = yaml::documents(text).map_err(no_yaml)?;
    Ok(documents.into_iter().map(Manifest::new).collect())
}

impl Manifest {
    fn new(node: Node) -> Manifest {
        let value = node.value();
        let word = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
        let kind = format!("{}/{}", word("apiVersion"), word("kind"));
        Manifest { kind, value, node }
    }

    /// `metadata.name`, empty where there is none.
    pub(crate) fn name(&self) -> &str {
        self.value.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn namespace(&self) -> Option<&str> {
        self.value.pointer("/metadata/namespace")?.as_str()
    }

    /// Where the part under a JSON pointer stands in the text.
    pub(crate) fn place(&self, pointer: &str, text: &str) -> Range<usize> {
        self.node.find(pointer, text)
    }

    /// Everything that the schema refuses.
    pub(crate) fn faults(&self, schema: &SchemaSet, text: &str) -> Vec<Wrong> {
        let Manifest { kind, value, .. } = self;
        let wrong = |pointer: &str, message: String| Wrong { range: self.place(pointer, text), message };
        if !schema.knows(kind) {
            let message = format!("nbc has no schema for an object `{kind}`, so it cannot be judged");
            return vec![wrong("/kind", message)];
        }
        let faults = schema.check("", "", kind, value).into_iter();
        faults
            .map(|fault| {
                let message = format!("the object `{kind}` is refused at `{}`: {}", fault.pointer, fault.message);
                wrong(&fault.pointer, message)
            })
            .collect()
    }

    /// Why nobody writes such an object by hand; `None` where everybody may. Those follow from decisions and
    /// declarations alone, so that no text goes around them.
    pub(crate) fn reserved(&self) -> Option<&'static str> {
        match self.kind.rsplit_once('/')? {
            (version, _) if version.starts_with("rbac.authorization.k8s.io/") => {
                Some("who may do what follows from grants and roles")
            }
            (version, _) if version.starts_with("admissionregistration.k8s.io/") => {
                Some("what is admitted follows from profiles and quotas")
            }
            ("v1", "Namespace") => Some("namespaces follow from groups"),
            ("v1", "Secret") => Some("declare a `secret`, which says where the value lies"),
            _ => None,
        }
    }

    /// Whether such an object stands in no namespace.
    pub(crate) fn is_of_the_cluster(&self) -> bool {
        let (_, kind) = self.kind.rsplit_once('/').unwrap_or_default();
        let beside = ["Namespace", "PersistentVolume", "PriorityClass"].contains(&kind);
        beside || kind.starts_with("Cluster") || kind.starts_with("ValidatingAdmission")
    }
}
