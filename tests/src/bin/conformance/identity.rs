//! The emitted realm files as the tests read them: who is declared, in which groups, with which placeholders to be filled.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::Failure;
use crate::examples::Build;
use crate::places::{files_below, read_json};

/// What etcd takes in one request (1.5 MiB), less what the apiserver adds.
const OBJECT_BYTES_MAX: u64 = 1_400_000;

/// One `REALM-realm.json`.
pub(crate) struct Realm {
    /// Of which build, for messages.
    pub(crate) build: String,
    pub(crate) name: String,
    pub(crate) file: PathBuf,
    /// As written, placeholders included.
    pub(crate) written: Value,
}

impl Realm {
    /// The realm of a build.
    pub(crate) fn of(build: &Build) -> Result<Realm, Failure> {
        Realm::below(&build.name, &build.folder)
    }

    /// The realm below a folder of outputs.
    pub(crate) fn below(build: &str, folder: &Path) -> Result<Realm, Failure> {
        let folder = folder.join("keycloak");
        let files = files_below(&folder, "-realm.json");
        let [file] = files.as_slice() else {
            return Err(format!("{}: {} realm files, one was expected", folder.display(), files.len()));
        };
        let written = read_json(file)?;
        let name = written["realm"].as_str().ok_or_else(|| format!("{}: no `realm`", file.display()))?;
        Ok(Realm { build: build.to_owned(), name: name.to_owned(), file: file.clone(), written })
    }

    /// The operator's custom resource of this realm; absent where the realm is larger than the apiserver stores in one object.
    pub(crate) fn import_of(build: &Build) -> Result<Option<PathBuf>, Failure> {
        let realm = Realm::of(build)?;
        let file = build.folder.join("keycloak/realm-import.yaml");
        let size = std::fs::metadata(&realm.file).map_or(0, |data| data.len());
        match (file.is_file(), size > OBJECT_BYTES_MAX) {
            (true, _) => Ok(Some(file)),
            (false, true) => Ok(None),
            (false, false) => Err(format!("{}: is not there, and {size} bytes would fit", file.display())),
        }
    }

    /// The names of all `${NAME}` in upper case, which Keycloak reads from its environment; message keys such as `${role_x}` stay.
    pub(crate) fn placeholders(&self) -> BTreeSet<String> {
        let text = self.written.to_string();
        let parts = text.split("${").skip(1).filter_map(|rest| rest.split_once('}'));
        let upper = |name: &str| name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        parts.map(|(name, _)| name).filter(|name| !name.is_empty() && upper(name)).map(str::to_owned).collect()
    }

    /// The realm as Keycloak should hold it: placeholders replaced by [`value_of`].
    pub(crate) fn declared(&self) -> Result<Value, Failure> {
        let mut text = self.written.to_string();
        for name in self.placeholders() {
            text = text.replace(&format!("${{{name}}}"), &value_of(&name));
        }
        serde_json::from_str(&text).map_err(|cause| format!("{}: {cause}", self.file.display()))
    }

    /// People to judge by: the declared ones; where a realm declares nobody (people come from elsewhere at their first sign-in), one
    /// newcomer for each group, whom the suite makes.
    pub(crate) fn sample(&self) -> BTreeMap<String, BTreeSet<String>> {
        let people = self.people();
        if !people.is_empty() {
            return people;
        }
        let newcomer = |path: &String| (format!("{NEWCOMER}{}", leaf(path)), BTreeSet::from([path.clone()]));
        groups_of(&self.written).keys().map(newcomer).collect()
    }

    /// The declared people (service accounts left out), each with the paths of their groups.
    pub(crate) fn people(&self) -> BTreeMap<String, BTreeSet<String>> {
        list(&self.written, "users")
            .iter()
            .filter(|user| user.get("serviceAccountClientId").is_none())
            .map(|user| (text(user, "username"), texts(user, "groups")))
            .collect()
    }
}

/// How the names of people begin whom the suite makes; the name of their one group follows.
pub(crate) const NEWCOMER: &str = "newcomer-";

/// The last part of a group's path, which is the group's name.
pub(crate) fn leaf(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The value that the suite puts into a placeholder.
pub(crate) fn value_of(placeholder: &str) -> String {
    format!("tests-value-of-{}", placeholder.to_lowercase())
}

/// A list in an object; empty where there is none.
pub(crate) fn list<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    object.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A text in an object; empty where there is none.
pub(crate) fn text(object: &Value, key: &str) -> String {
    object.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The texts of a list in an object.
pub(crate) fn texts(object: &Value, key: &str) -> BTreeSet<String> {
    list(object, key).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Every group of a tree with its path.
pub(crate) fn groups_of(object: &Value) -> BTreeMap<String, &Value> {
    fn walk<'a>(parent: &str, groups: &'a [Value], all: &mut BTreeMap<String, &'a Value>) {
        for group in groups {
            let path = format!("{parent}/{}", text(group, "name"));
            walk(&path, list(group, "subGroups"), all);
            all.insert(path, group);
        }
    }
    let mut all = BTreeMap::new();
    walk("", list(object, "groups"), &mut all);
    all
}
