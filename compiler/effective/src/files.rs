//! The emitted files, as the programs read them: text that is parsed anew, never the objects it was printed from.

use nbc_backends::{Artifact, Content};
use serde_json::Value;

use crate::grant::{Place, Problem};

/// The files of one stage.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Files<'a> {
    artifacts: &'a [Artifact],
}

impl<'a> Files<'a> {
    pub(crate) fn new(artifacts: &'a [Artifact]) -> Files<'a> {
        Files { artifacts }
    }

    /// The text of a file.
    pub(crate) fn text(&self, path: &str) -> Option<&'a str> {
        self.artifacts.iter().find(|artifact| artifact.path == path).map(text)
    }

    /// Paths and texts below a folder, in order.
    pub(crate) fn below(&self, folder: &str) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let folder = folder.to_owned();
        let all = self.artifacts.iter().filter(move |artifact| artifact.path.starts_with(&folder));
        all.map(|artifact| (artifact.path.as_str(), text(artifact)))
    }
}

fn text(artifact: &Artifact) -> &str {
    let Content::Text(text) = &artifact.content;
    text
}

/// A JSON text; what cannot be read is a problem of that file.
pub(crate) fn json(path: &str, text: &str) -> Result<Value, Problem> {
    serde_json::from_str(text).map_err(|error| unreadable(path, &error))
}

/// The documents of a YAML text.
pub(crate) fn yaml(path: &str, text: &str) -> Result<Vec<Value>, Problem> {
    serde_saphyr::from_multiple(text).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &str, error: &dyn std::fmt::Display) -> Problem {
    let first = error.to_string().lines().next().unwrap_or_default().to_owned();
    Problem { place: Place::new(path, ""), message: format!("it cannot be read: {first}") }
}

/// A list in an object; empty where there is none.
pub(crate) fn list<'v>(object: &'v Value, key: &str) -> &'v [Value] {
    object.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A text in an object; empty where there is none.
pub(crate) fn word<'v>(object: &'v Value, key: &str) -> &'v str {
    object.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The texts of a list in an object.
pub(crate) fn words<'v>(object: &'v Value, key: &str) -> impl Iterator<Item = &'v str> {
    list(object, key).iter().filter_map(Value::as_str)
}

/// The entries of an object in an object.
pub(crate) fn entries<'v>(object: &'v Value, key: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    object.get(key).and_then(Value::as_object).into_iter().flatten()
}

/// A truth value, also where it is written as a text, as in maps of Keycloak.
pub(crate) fn is_true(object: &Value, key: &str) -> bool {
    match object.get(key) {
        Some(Value::Bool(value)) => *value,
        Some(Value::String(text)) => text == "true",
        _ => false,
    }
}

/// A key as a part of a JSON pointer (RFC 6901).
pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
