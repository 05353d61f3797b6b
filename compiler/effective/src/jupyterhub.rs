//! JupyterHub 5 with KubeSpawner 7, OAuthenticator 17 and `nbc_hub.py`: who may open the hub, who is offered which
//! profile, what a server mounts, and who opens, stops or sees the servers of others.
//!
//! The chart runs `extraConfig` after its own settings (Zero to JupyterHub 4, `jupyterhub_config.py`), and
//! `nbc_hub.configure` sets there whatever `profiles.json` says: so that file wins over the values beside it.

mod module;
mod offers;
mod scopes;
mod sign_in;
mod storage;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::directory::{Claims, Directory, Form};
use crate::files::{Files, entries, json, list, word, yaml};
use crate::grant::{Effective, PROFILE_LAUNCH, Place, STORAGE_READ, STORAGE_WRITE};
use crate::keycloak::Realm;
use crate::set::Set;

const VALUES: &str = "jupyterhub/values.yaml";
const PROFILES: &str = "jupyterhub/profiles.json";
const MODULE: &str = "jupyterhub/nbc_hub.py";

/// The hub's settings by class, after everything that sets some, and where each class was set last.
#[derive(Debug, Default)]
struct Settings {
    classes: BTreeMap<String, BTreeMap<String, (Value, Place)>>,
}

impl Settings {
    fn set(&mut self, class: &str, name: &str, value: &Value, place: Place) {
        self.classes.entry(class.to_owned()).or_default().insert(name.to_owned(), (value.clone(), place));
    }

    fn get(&self, class: &str, name: &str) -> Option<&(Value, Place)> {
        self.classes.get(class)?.get(name)
    }
}

/// Who is on the other side of the hub's sign-in.
pub(crate) struct SignIn<'a> {
    /// The emitted realm; without one the site has another Keycloak, whose tokens have the declared form.
    pub(crate) realm: Option<&'a Realm>,
    pub(crate) declared: Form,
}

/// What the hub grants. `None` where nothing is emitted for it.
pub(crate) fn grants(files: &Files<'_>, directory: &mut Directory, sign_in: &SignIn<'_>) -> Option<Effective> {
    let mut effective = Effective::default();
    let facts = match json(PROFILES, files.text(PROFILES)?) {
        Ok(facts) => facts,
        Err(problem) => {
            effective.problems.push(problem);
            return Some(effective);
        }
    };
    module::judge(files, &facts, &mut effective);
    let settings = settings(files, &facts, &mut effective);
    let claims = sign_in::claims(&settings, directory, sign_in, &mut effective);
    sign_in::grant(&settings, &claims, directory, sign_in, &mut effective);
    scopes::grant(&settings, &claims, directory, &mut effective);

    let runs = offers::grant(&facts, &claims, directory, &mut effective);
    storage::grant(&facts, &claims, directory, &runs, &mut effective);
    let mut served = Set::new();
    runs.values().for_each(|people| served.join(people));
    effective.served.insert(STORAGE_READ.kind, served);
    let slugs = list(&facts, "profiles").iter().map(|profile| word(profile, "slug").to_owned());
    effective.known.insert(PROFILE_LAUNCH.kind, slugs.collect());
    let volumes = list(&facts, "volumes").iter().map(storage::handle);
    effective.known.insert(STORAGE_READ.kind, volumes.collect());
    for permission in [PROFILE_LAUNCH, STORAGE_READ, STORAGE_WRITE] {
        effective.grants.entry(permission).or_default();
    }
    Some(effective)
}

/// Settings of the chart's values, then those of `profiles.json`.
fn settings(files: &Files<'_>, facts: &Value, effective: &mut Effective) -> Settings {
    let mut settings = Settings::default();
    let documents = files.text(VALUES).map_or(Ok(Vec::new()), |text| yaml(VALUES, text));
    match documents {
        Ok(documents) => {
            if let Some(hub) = documents.first().and_then(|values| values.get("hub")) {
                for (class, names) in entries(hub, "config") {
                    for (name, value) in names.as_object().into_iter().flatten() {
                        settings.set(class, name, value, Place::new(VALUES, format!("/hub/config/{class}/{name}")));
                    }
                }
                let roles = entries(hub, "loadRoles").map(|(name, role)| {
                    let mut role = role.clone();
                    if let Some(role) = role.as_object_mut() {
                        role.insert("name".to_owned(), Value::String(name.clone()));
                    }
                    role
                });
                let roles = Value::Array(roles.collect());
                settings.set("JupyterHub", "load_roles", &roles, Place::new(VALUES, "/hub/loadRoles"));
            }
        }
        Err(problem) => effective.problems.push(problem),
    }
    for (class, names) in entries(facts, "config") {
        for (name, value) in names.as_object().into_iter().flatten() {
            settings.set(class, name, value, Place::new(PROFILES, format!("/config/{class}/{name}")));
        }
    }
    settings
}

/// People of a list of names and a list of groups.
fn holders(who: &Value, claims: &Claims, directory: &mut Directory) -> Set {
    let mut all = claims.any(crate::files::words(who, "groups"));
    all.join(&directory.enabled_of(crate::files::words(who, "users")));
    all
}

/// The client of the hub, where its sign-in is set up.
fn client(settings: &Settings) -> Option<&str> {
    settings.get(sign_in::CLASS, "client_id")?.0.as_str()
}

#[cfg(test)]
mod tests;
