//! Every document against the strict schema of the configured version: unknown keys are forbidden.
//!
//! The schemas lie in `schema/` and say where they come from. A violation is a mistake of nbc, never of a user: the
//! declarations were judged before. Each schema is read and compiled once in a process, when it is first asked.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Value, json};

use crate::artifact::Fault;
use crate::lines::escape;

/// The schemas of one version of one target: a name for each kind of document, and shared definitions.
pub(crate) struct SchemaSet {
    source: LazyLock<Value>,
    compiled: Mutex<BTreeMap<String, Arc<Validator>>>,
}

macro_rules! schema_set {
    ($name:ident, $path:literal) => {
        pub(crate) static $name: SchemaSet = SchemaSet {
            source: LazyLock::new(|| {
                serde_json::from_str(include_str!(concat!("../../../schema/", $path))).unwrap_or(Value::Null)
            }),
            compiled: Mutex::new(BTreeMap::new()),
        };
    };
}

schema_set!(KUBERNETES_1_36, "kubernetes/v1.36.json");
schema_set!(JUPYTERHUB_5, "jupyterhub/5.json");
schema_set!(KEYCLOAK_26, "keycloak/26.json");
schema_set!(CONDA_STORE_2025_2, "conda-store/2025.2.json");
schema_set!(PIXI_1, "pixi/1.json");

impl SchemaSet {
    /// Everything wrong with a document of `kind`, at most ten of a kind of mistake.
    pub(crate) fn check(&self, path: &str, prefix: &str, kind: &str, document: &Value) -> Vec<Fault> {
        let fault = |pointer: String, message: String| Fault { path: path.to_owned(), pointer, message };
        match self.validator(kind) {
            Ok(validator) if validator.is_valid(document) => Vec::new(),
            Ok(validator) => {
                let errors = validator.iter_errors(document).take(10);
                errors.map(|error| fault(format!("{prefix}{}", pointer(&error)), error.to_string())).collect()
            }
            Err(message) => vec![fault(prefix.to_owned(), message)],
        }
    }

    /// Whether the set has a schema for such a document.
    pub(crate) fn knows(&self, kind: &str) -> bool {
        self.reference(kind).is_some()
    }

    fn reference(&self, kind: &str) -> Option<&str> {
        self.source.get("kinds")?.get(kind)?.as_str()
    }

    /// The definitions that `reference` leads to: compiling the others would cost more than all the judging.
    fn reachable(&self, reference: &str) -> Value {
        let definition = |name: &str| self.source.get("definitions").and_then(|all| all.get(name));
        let mut found: BTreeMap<String, Value> = BTreeMap::new();
        let mut waiting = vec![reference.to_owned()];
        while let Some(reference) = waiting.pop() {
            let Some(name) = reference.strip_prefix("#/definitions/") else { continue };
            if let (false, Some(schema)) = (found.contains_key(name), definition(name)) {
                references(schema, &mut waiting);
                found.insert(name.to_owned(), schema.clone());
            }
        }
        json!(found)
    }

    fn validator(&self, kind: &str) -> Result<Arc<Validator>, String> {
        // A panic while the lock was held leaves a map that is still whole.
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = compiled.get(kind) {
            return Ok(Arc::clone(validator));
        }
        let reference = self.reference(kind).ok_or_else(|| format!("there is no schema for `{kind}`"))?;
        let schema = json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "$ref": reference,
            "definitions": self.reachable(reference),
        });
        let validator = Arc::new(jsonschema::validator_for(&schema).map_err(|error| error.to_string())?);
        compiled.insert(kind.to_owned(), Arc::clone(&validator));
        Ok(validator)
    }
}

/// The part that is wrong: of fields that are too many the first, else what the schema looked at.
fn pointer(error: &ValidationError<'_>) -> String {
    let parent = error.instance_path().to_string();
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let first = unexpected.first().map_or("", String::as_str);
            format!("{parent}/{}", escape(first))
        }
        _ => parent,
    }
}

/// Every `$ref` in a schema.
fn references(schema: &Value, out: &mut Vec<String>) {
    match schema {
        Value::Object(map) => {
            out.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
            map.values().for_each(|part| references(part, out));
        }
        Value::Array(list) => list.iter().for_each(|part| references(part, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(set: &SchemaSet, kind: &str, document: Value) -> Vec<String> {
        set.check("x.yaml", "/0", kind, &document)
            .into_iter()
            .map(|f| format!("{}: {}", f.pointer, f.message))
            .collect()
    }

    #[test]
    fn a_misspelt_key_is_found_in_every_target() {
        let quota =
            json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"}, "spec": {"hart": {}}});
        assert_eq!(
            faults(&KUBERNETES_1_36, "v1/ResourceQuota", quota),
            ["/0/spec/hart: Additional properties are not allowed ('hart' was unexpected)"]
        );
        let realm = json!({"realm": "x", "enabled": true, "users": [{"username": "a", "enabeld": true}]});
        assert_eq!(
            faults(&KEYCLOAK_26, "realm", realm),
            ["/0/users/0/enabeld: Additional properties are not allowed ('enabeld' was unexpected)"]
        );
        let environment = json!({"name": "x", "platforms": []});
        assert_eq!(
            faults(&CONDA_STORE_2025_2, "environment", environment),
            ["/0/platforms: Additional properties are not allowed ('platforms' was unexpected)"]
        );
    }

    #[test]
    fn an_unknown_kind_is_a_fault_not_a_pass() {
        assert_eq!(faults(&KUBERNETES_1_36, "v2/Nothing", json!({})), ["/0: there is no schema for `v2/Nothing`"]);
        assert!(KUBERNETES_1_36.knows("v1/Namespace"));
    }
}
