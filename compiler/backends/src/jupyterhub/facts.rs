//! `profiles.json`: everything that `nbc_hub.py` reads. Its form is version 1; both are built together.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

#[derive(Debug, Serialize)]
pub(crate) struct Facts {
    pub(crate) schema_version: u32,
    pub(crate) time_zone: String,
    /// Whom a refused person may ask when no group is nearer.
    pub(crate) contact: Option<String>,
    pub(crate) isolation: &'static str,
    pub(crate) hub_namespace: String,
    pub(crate) charge: &'static str,
    pub(crate) servers_per_user: i64,
    /// Settings by class, as in `jupyterhub_config.py`.
    pub(crate) config: BTreeMap<&'static str, Map<String, Value>>,
    /// Settings whose value is in the environment, by class: the setting and the variable.
    pub(crate) secrets: BTreeMap<&'static str, BTreeMap<&'static str, String>>,
    /// By the name of the group in the claim.
    pub(crate) groups: BTreeMap<String, GroupFacts>,
    /// People of whom there is more to know than their groups.
    pub(crate) users: BTreeMap<String, UserFacts>,
    pub(crate) profiles: Vec<ProfileFacts>,
    pub(crate) volumes: Vec<VolumeFacts>,
}

#[derive(Debug, Serialize)]
pub(crate) struct GroupFacts {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) parent: Option<String>,
    pub(crate) namespace: String,
    pub(crate) contact: Option<String>,
    pub(crate) servers: Option<i64>,
    pub(crate) servers_per_user: Option<i64>,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct UserFacts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) primary_group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) namespace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) servers_per_user: Option<i64>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ProfileFacts {
    pub(crate) slug: String,
    pub(crate) entry: Entry,
    pub(crate) open: Option<Opening>,
    pub(crate) access: Access,
    pub(crate) refused: Vec<Refused>,
    pub(crate) volumes: Vec<Value>,
    pub(crate) volume_mounts: Vec<Value>,
}

/// An element of KubeSpawner's `profile_list`.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) slug: String,
    pub(crate) default: bool,
    pub(crate) kubespawner_override: Map<String, Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) profile_options: BTreeMap<String, ProfileOption>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ProfileOption {
    pub(crate) display_name: String,
    pub(crate) choices: BTreeMap<String, ProfileChoice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unlisted_choice: Option<UnlistedChoice>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ProfileChoice {
    pub(crate) display_name: String,
    pub(crate) default: bool,
    pub(crate) kubespawner_override: Map<String, Value>,
}

#[derive(Debug, Serialize)]
pub(crate) struct UnlistedChoice {
    pub(crate) enabled: bool,
    pub(crate) display_name: String,
    pub(crate) validation_regex: String,
    pub(crate) validation_message: String,
    pub(crate) kubespawner_override: Map<String, Value>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Opening {
    pub(crate) from: Option<String>,
    pub(crate) until: Option<String>,
    pub(crate) days: Vec<&'static str>,
    pub(crate) hours: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Access {
    pub(crate) groups: Vec<String>,
    /// People one by one, and the groups that can pay for each.
    pub(crate) users: BTreeMap<String, Vec<String>>,
}

/// People whom a policy refuses what a group grants them.
#[derive(Debug, Serialize)]
pub(crate) struct Refused {
    pub(crate) sentence: String,
    pub(crate) users: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct VolumeFacts {
    pub(crate) name: String,
    pub(crate) claim: String,
    pub(crate) namespaces: Vec<String>,
    pub(crate) mounts: Vec<MountFacts>,
    pub(crate) read: Who,
    pub(crate) write: Who,
}

#[derive(Debug, Serialize)]
pub(crate) struct MountFacts {
    pub(crate) path: String,
    pub(crate) sub_path: Option<String>,
    /// Only for members of this group.
    pub(crate) group: Option<String>,
    pub(crate) read_only: bool,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct Who {
    pub(crate) groups: Vec<String>,
    pub(crate) users: Vec<String>,
}
