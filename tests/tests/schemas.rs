//! Every file of `schema/` is a schema that compiles, and each of its kinds refuses an unknown key.
#![expect(clippy::disallowed_methods, reason = "a test reads the files that it judges")]

use std::path::PathBuf;

use nbc_driver::config;
use nbc_source::FileId;
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

/// The schema of `nbc.toml` is written from the settings. `UPDATE_SCHEMA=1` writes it anew.
#[test]
fn the_schema_of_settings_is_that_of_the_code() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../schema/settings.json");
    let schema = format!("{:#}\n", config::schema());
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), schema);
}

/// What nbc says nothing about is valid, and what it says something about is not.
#[test]
fn the_schema_of_settings_refuses_what_nbc_refuses() {
    let validator = jsonschema::validator_for(&config::schema()).unwrap();
    let edition = "edition = \"2026\"\n";
    let parts = [
        "",
        "exclude = []",
        "exclude = [\"drafts/\", \"a.nbc\"]",
        "exclude = \"drafts\"",
        "exclude = [1]",
        "exlude = []",
        "backends = 1",
        "[backends]",
        "[backends.kubernetes]",
        "[backends.kubernetes]\nversion = \"1.36\"",
        "[backends.kubernetes]\nversion = \"0\"",
        "[backends.kubernetes]\nversion = 1.36",
        "[backends.kubernetes]\nimage = \"x\"",
        "[backends.cedar]\n[backends.keycloak]",
        "[backends.nowhere]",
        "backends.jupyterhub = \"5\"",
    ];
    let whole = parts.iter().map(|part| format!("{edition}{part}\n"));
    let texts = whole.chain(["".to_owned(), "edition = 2026".to_owned(), "edition = \"1999\"".to_owned()]);
    let (mut valid, mut refused) = (0, 0);
    for text in texts {
        let value: Value = toml::from_str(&text).unwrap();
        let (_, findings) = config::read(FileId(0), &text);
        assert_eq!(validator.is_valid(&value), findings.is_empty(), "{text}");
        if findings.is_empty() { valid += 1 } else { refused += 1 }
    }
    assert!(valid >= 6 && refused >= 8, "{valid} valid, {refused} refused");
}
