//! What other tools call a kind or a field, and what they say in a place where nbc says it elsewhere.

use nbc_source::suggest;

/// A word that a kind has no field for, and what it was meant as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// A field of the same kind.
    Field(&'static str),
    /// Said somewhere else, in a sentence.
    Elsewhere(&'static str),
}

use Foreign::{Elsewhere, Field};

/// By kind (empty: any) and word, in small letters without signs between.
const WORDS: &[(&str, &[&str], Foreign)] = &[
    ("", &["name", "displayname", "label"], Field("title")),
    ("", &["desc", "comment", "notes"], Field("description")),
    ("user", &["group", "groups", "team", "teams"], Elsewhere("groups list their people: `members: […]` of the group")),
    ("user", &["admin", "isadmin", "superuser", "permissions"], Elsewhere("rights come from roles: `roles: [admin]`")),
    ("user", &["password", "pass"], Elsewhere("people choose their passwords themselves; nbc never holds one")),
    ("user", &["mail"], Field("email")),
    ("user", &["surname", "familyname"], Field("last-name")),
    ("user", &["givenname", "forename"], Field("first-name")),
    ("user", &["active", "disabled"], Field("enabled")),
    ("user", &["expires", "expiry", "end"], Field("until")),
    ("group", &["users", "people"], Field("members")),
    ("group", &["admins", "admin", "leads", "lead", "managers"], Field("owners")),
    ("group", &["permissions", "rights"], Field("roles")),
    ("group", &["limits", "resources"], Field("quota")),
    ("group", &["budget", "cpu", "memory", "gpu"], Elsewhere("what a group may use is its quota: `quota { … }`")),
    (
        "group",
        &["storage", "folder", "shared"],
        Elsewhere("a folder is a thing of its own: `storage NAME { read: […] }`"),
    ),
    ("profile", &["ram", "mem"], Field("memory")),
    ("profile", &["cores", "vcpu", "vcpus"], Field("cpu")),
    ("profile", &["env", "environment"], Field("variables")),
    ("profile", &["nodeselector", "instance", "pool"], Field("node-pool")),
    ("profile", &["timeout", "cull", "idletimeout"], Field("idle-stop")),
    (
        "profile",
        &["groups", "users", "access", "allowedgroups"],
        Elsewhere("groups list what they may start: `profiles: […]` of the group"),
    ),
    ("environment", &["dependencies", "conda"], Field("packages")),
    ("environment", &["requirements", "pypi"], Field("pip")),
    ("environment", &["env"], Field("variables")),
    ("environment", &["group", "team"], Field("namespace")),
    ("quota", &["ram", "mem"], Field("memory")),
    ("quota", &["cores", "vcpu", "vcpus"], Field("cpu")),
    ("storage", &["capacity", "quota"], Field("size")),
    ("service", &["host", "domain", "hostname"], Field("url")),
    ("service", &["groups", "users"], Field("access")),
    ("node-pool", &["machine", "machinetype", "instance"], Field("instances")),
    ("node-pool", &["min"], Field("min-nodes")),
    ("node-pool", &["max"], Field("max-nodes")),
];

/// Kinds by what else they are called.
const KINDS: &[(&str, &[&str])] = &[
    ("user", &["person", "people", "member", "account"]),
    ("group", &["team", "project", "course", "class", "department", "organization"]),
    ("environment", &["env", "conda", "venv"]),
    ("profile", &["size", "flavor", "flavour", "server"]),
    ("node-pool", &["pool", "nodegroup", "machine", "machines"]),
    ("storage", &["volume", "folder", "directory", "share", "disk"]),
    ("data-source", &["bucket", "dataset", "database", "data"]),
    ("service", &["app", "application", "client"]),
    ("identity-provider", &["idp", "sso", "login"]),
    ("quota", &["limit", "limits", "budget"]),
    ("alert", &["notification", "alarm"]),
];

/// The kinds that may be meant by a word that is none, best first: what other tools call one, else the nearest.
pub(crate) fn kinds_near<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Vec<&'k str> {
    let bare = letters(word);
    match KINDS.iter().find(|(_, words)| words.contains(&bare.as_str())) {
        Some((kind, _)) => vec![*kind],
        None => suggest::nearest(word, known),
    }
}

fn letters(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a word of a kind was meant as.
pub(crate) fn meant(kind: &str, word: &str) -> Option<Foreign> {
    let word = letters(word);
    let rows = WORDS.iter().filter(|(of, words, _)| (of.is_empty() || *of == kind) && words.contains(&word.as_str()));
    rows.map(|(_, _, meant)| *meant).next_back()
}
