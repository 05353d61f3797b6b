//! What `nbc.toml` may say, as a JSON Schema for editors that know TOML and not nbc. `schema/settings.json` is its text.

use nbc_backends::Backend;
use serde_json::{Map, Value, json};

use super::EDITIONS;

/// A setting, what it takes, and what it means.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub name: &'static str,
    pub takes: &'static str,
    pub meaning: &'static str,
}

/// What stands at the top of the file.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "edition",
        takes: "text",
        meaning: "The edition of the language that the files are written in. An older edition keeps its meaning.",
    },
    Setting {
        name: "exclude",
        takes: "list of folders and files",
        meaning: "Folders and files that do not belong to the workspace. Paths start at the folder of `nbc.toml`.",
    },
    Setting {
        name: "backends",
        takes: "a table for each target",
        meaning: "The targets that `nbc build` writes for. One that is not listed is not written for.",
    },
];

/// What stands in the table of each target.
pub const OF_TARGET: &[Setting] = &[Setting {
    name: "version",
    takes: "text",
    meaning: "The version of the target that files are written for and judged by; the newest one where none is said.",
}];

/// The schema, in the draft that TOML's editors understand.
pub fn schema() -> Value {
    let mut schema = table(SETTINGS, |name| match name {
        "edition" => json!({"enum": EDITIONS}),
        "exclude" => json!({"type": "array", "items": {"type": "string"}}),
        _ => targets(),
    });
    let head = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://nbc.example/schema/settings/1",
        "title": "nbc.toml",
        "description": "The settings of a workspace of nbc.",
        "required": ["edition"],
    });
    if let (Value::Object(schema), Value::Object(mut head)) = (&mut schema, head) {
        head.append(schema);
        *schema = head;
    }
    schema
}

fn targets() -> Value {
    let of = |backend: &&dyn Backend| {
        let target = table(OF_TARGET, |_| json!({"enum": backend.versions()}));
        (backend.name().to_owned(), target)
    };
    object(nbc_backends::ALL.iter().map(of).collect())
}

/// A table of these settings; `takes` says what each one may be.
fn table(settings: &[Setting], takes: impl Fn(&str) -> Value) -> Value {
    let property = |setting: &Setting| {
        let mut property = json!({"description": setting.meaning});
        if let (Value::Object(property), Value::Object(mut takes)) = (&mut property, takes(setting.name)) {
            property.append(&mut takes);
        }
        (setting.name.to_owned(), property)
    };
    object(settings.iter().map(property).collect())
}

/// A table with these keys and no other.
fn object(properties: Map<String, Value>) -> Value {
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}
