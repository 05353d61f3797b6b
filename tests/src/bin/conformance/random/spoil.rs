//! A wrong change in the files of each target: slips that a backend could make, and that answers of a server must show.

use nbc_backends::{Artifact, Content};
use nbc_driver::pipeline::text;
use serde_json::{Value, json};

use crate::identity::{list, texts};

/// The text with a wrong change; absent where there is nothing to change.
type Change = fn(&str) -> Option<String>;

/// How the path of a file begins and ends, and what is changed in it.
type Spoil = (&'static str, &'static str, Change);

const CHANGES: [Spoil; 4] = [
    ("keycloak/", "-realm.json", |text| in_json(text, somebody_in_one_group_more)),
    ("jupyterhub/", "profiles.json", |text| in_json(text, profiles_for_nobody)),
    ("conda-store/", "roles.json", |text| in_json(text, other_roles)),
    ("kubernetes/", "rbac.yaml", everybody_with_a_token),
];

/// The files with all changes; absent where one of them has nothing to change, or nobody sees it by itself.
pub(super) fn spoilt(artifacts: &[Artifact], is_seen: impl Fn(&[Artifact]) -> bool) -> Option<Vec<Artifact>> {
    let mut all = artifacts.to_vec();
    for spoil in CHANGES {
        let mut alone = artifacts.to_vec();
        change(spoil, &mut alone)?;
        if !is_seen(&alone) {
            return None;
        }
        change(spoil, &mut all)?;
    }
    Some(all)
}

fn change((begin, end, change): Spoil, artifacts: &mut [Artifact]) -> Option<()> {
    // A binding of the whole cluster would reach the namespaces of other platforms.
    let is_meant = |artifact: &&mut Artifact| {
        let path = &artifact.path;
        path.starts_with(begin) && path.ends_with(end) && !path.starts_with("kubernetes/cluster/")
    };
    let mut meant = artifacts.iter_mut().filter(is_meant);
    let (changed, artifact) = meant.find_map(|artifact| Some((change(text(artifact))?, artifact)))?;
    artifact.content = Content::Text(changed);
    Some(())
}

fn in_json(text: &str, change: fn(&mut Value) -> Option<()>) -> Option<String> {
    let mut document = serde_json::from_str(text).ok()?;
    change(&mut document)?;
    Some(document.to_string())
}

fn somebody_in_one_group_more(realm: &mut Value) -> Option<()> {
    let groups: Vec<String> = crate::identity::groups_of(realm).into_keys().collect();
    let users = realm.get_mut("users")?.as_array_mut()?;
    let user = users.iter_mut().find(|user| {
        user["enabled"] == true
            && user.get("serviceAccountClientId").is_none()
            && texts(user, "groups").len() < groups.len()
    })?;
    let own = texts(user, "groups");
    let more = groups.into_iter().find(|group| !own.contains(group))?;
    user["groups"] = own.into_iter().chain([more]).collect();
    Some(())
}

fn profiles_for_nobody(facts: &mut Value) -> Option<()> {
    let is_open = list(facts, "profiles").iter().any(|profile| !list(&profile["access"], "groups").is_empty());
    for profile in facts.get_mut("profiles")?.as_array_mut()? {
        profile["access"] = json!({"groups": [], "users": {}});
    }
    is_open.then_some(())
}

fn other_roles(mappings: &mut Value) -> Option<()> {
    let rows = mappings.as_object_mut()?.values_mut().filter_map(Value::as_array_mut).flatten();
    let changed = rows.map(|row| row["role"] = json!(if row["role"] == "viewer" { "admin" } else { "viewer" }));
    (changed.count() > 0).then_some(())
}

fn everybody_with_a_token(text: &str) -> Option<String> {
    let (before, rest) = text.split_once("kind: Group\n  name: ")?;
    let (_, after) = rest.split_once('\n')?;
    Some(format!("{before}kind: Group\n  name: system:authenticated\n{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_is_widened_and_nothing_else_is_changed() {
        let text = "subjects:\n- kind: Group\n  name: oidc:/lab\n- kind: Group\n  name: oidc:/ops\n";
        let spoilt = "subjects:\n- kind: Group\n  name: system:authenticated\n- kind: Group\n  name: oidc:/ops\n";
        assert_eq!(everybody_with_a_token(text).as_deref(), Some(spoilt));
        assert_eq!(everybody_with_a_token("subjects: []\n"), None);
    }
}
