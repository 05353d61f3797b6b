//! Every file of `schema/` is a schema that compiles, and each of its kinds refuses an unknown key.
#![expect(clippy::disallowed_methods, reason = "a test reads the files that it judges")]

use std::path::PathBuf;

use serde_json::{Value, json};

#[test]
fn every_kind_compiles_and_refuses_unknown_keys() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../schema");
    let mut judged = 0;
    for target in ["kubernetes/v1.36", "keycloak/26", "jupyterhub/5", "conda-store/2025.2", "pixi/1", "sarif/2.1.0"] {
        let text = std::fs::read_to_string(folder.join(format!("{target}.json"))).unwrap();
        let schema: Value = serde_json::from_str(&text).unwrap();
        for (kind, reference) in schema["kinds"].as_object().unwrap() {
            let root = json!({"$schema": schema["$schema"], "$ref": reference, "definitions": schema["definitions"]});
            let validator = jsonschema::validator_for(&root).unwrap_or_else(|cause| panic!("{target} {kind}: {cause}"));
            assert!(!validator.is_valid(&json!({"no such key": 0})), "{target} {kind} takes any key");
            judged += 1;
        }
    }
    assert!(judged >= 29, "only {judged} kinds");
}
