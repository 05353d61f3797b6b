use serde_json::{Value, json};

use super::{SignIn, grants};
use crate::directory::Form;
use crate::files::Files;
use crate::testing::{files, granted, people};

const PEOPLE: &str = "ana: /lab /lab/ml\nbob: /lab\nchen:\n";

/// A hub of one profile; `change` mends its facts.
fn of(change: impl Fn(&mut Value)) -> String {
    let module = include_str!("../../../backends/src/jupyterhub/nbc_hub.py");
    let mut facts = json!({
        "isolation": "per-group", "charge": "granting-group", "hub_namespace": "hub",
        "config": {},
        "groups": {"/lab": {"namespace": "lab", "parent": null}, "/lab/ml": {"namespace": "ml", "parent": "/lab"}},
        "users": {},
        "profiles": [{"slug": "small", "access": {"groups": ["/lab"], "users": {}}}],
        "volumes": [],
    });
    change(&mut facts);
    let values = json!({"hub": {"extraConfig": {"nbc": "nbc_hub.configure(c)"},
        "extraFiles": {"nbc-hub": {"stringData": module}, "nbc-profiles": {"stringData": facts.to_string()}}}});
    let artifacts = files([
        ("jupyterhub/profiles.json", facts.to_string()),
        ("jupyterhub/values.yaml", values.to_string()),
        ("jupyterhub/nbc_hub.py", module.to_owned()),
    ]);
    let mut directory = people(PEOPLE);
    let sign_in = SignIn { realm: None, declared: Form { paths: true, names: false } };
    let effective = grants(&Files::new(&artifacts), &mut directory, &sign_in).unwrap();
    granted(&effective, &directory)
}

fn oauth(more: Value) -> Value {
    let mut settings = json!({"client_id": "hub", "username_claim": "preferred_username", "manage_groups": true,
        "auth_state_groups_key": "oauth_user.groups"});
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"GenericOAuthenticator": settings})
}

#[test]
fn a_profile_is_offered_to_the_groups_of_the_claim() {
    assert_eq!(of(|_| {}), "profile.launch small: ana, bob\n");
}

#[test]
fn who_is_listed_by_name_is_offered_what_somebody_pays_for() {
    let listed = |payers: Value| {
        of(move |facts| {
            facts["profiles"][0]["access"] = json!({"groups": ["/lab"], "users": {"chen": payers, "bob": []}})
        })
    };
    assert_eq!(listed(json!(["/lab"])), "profile.launch small: chen\nprofile.launch small: ana\n");
    assert_eq!(listed(json!([])), "profile.launch small: ana\n");
}

#[test]
fn without_a_primary_group_nobody_pays_where_that_one_pays() {
    let primary = of(|facts| {
        facts["charge"] = json!("primary-group");
        facts["users"] = json!({"bob": {"primary_group": "/lab"}});
    });
    assert_eq!(primary, "profile.launch small: bob\n");
}

#[test]
fn storage_is_mounted_where_the_server_runs_and_where_its_folder_is_shown() {
    let volume = |change: fn(&mut Value)| {
        of(move |facts| {
            let mut volume = json!({"name": "nbc-data", "namespaces": ["ml"], "read": {"groups": ["/lab"], "users": []},
                "write": {"groups": [], "users": ["ana"]}, "mounts": [{"path": "/data", "group": null, "read_only": false}]});
            change(&mut volume);
            facts["volumes"] = json!([volume]);
        })
    };
    let launch = "profile.launch small: ana, bob\n";
    // bob's servers run in the namespace of the lab, where no claim is.
    assert_eq!(
        volume(|_| {}),
        format!("{launch}storage.read data: ana\nstorage.read data: ana\nstorage.write data: ana\n")
    );
    assert_eq!(
        volume(|volume| volume["mounts"][0]["read_only"] = json!(true)),
        format!("{launch}storage.read data: ana\nstorage.read data: ana\n")
    );
    assert_eq!(volume(|volume| volume["mounts"][0]["group"] = json!("/else")), launch);
}

#[test]
fn the_hub_is_open_to_allowed_groups_people_and_admins() {
    let opened = |more: Value| of(move |facts| facts["config"] = oauth(more.clone()));
    let open = |text: String| {
        text.lines().filter(|line| line.starts_with("service")).map(|line| format!("{line}\n")).collect::<String>()
    };
    assert_eq!(open(opened(json!({"allowed_groups": ["/lab/ml"]}))), "service.open hub: ana\n");
    assert_eq!(open(opened(json!({"allowed_users": ["chen"]}))), "service.open hub: chen\n");
    assert_eq!(open(opened(json!({"allow_existing_users": true}))), "service.open hub: ana, bob, chen\n");
    assert_eq!(open(opened(json!({"allowed_groups": ["/lab"], "manage_groups": false}))), "");
    assert_eq!(open(opened(json!({"admin_users": ["bob"]}))), "service.administer hub: bob\nservice.open hub: bob\n");
}

#[test]
fn an_admin_of_the_hub_may_everything_with_every_server() {
    let text = of(|facts| facts["config"] = oauth(json!({"admin_groups": ["/lab/ml"]})));
    assert!(text.contains("user.open-server [ana, bob, chen]: ana (by nature)\n"), "{text}");
}

#[test]
fn a_scope_includes_others_and_is_narrowed_by_its_filter() {
    let role = |scopes: Value| {
        of(move |facts| {
            let role = json!({"name": "helpers", "scopes": scopes, "groups": ["/lab/ml"], "users": []});
            facts["config"] = json!({"JupyterHub": {"load_roles": [role]}});
        })
    };
    let launch = "profile.launch small: ana, bob\n";
    assert_eq!(role(json!(["admin:servers"])), format!("{launch}user.stop-server [ana, bob, chen]: ana\n"));
    assert_eq!(role(json!(["access:servers!group=/lab"])), format!("{launch}user.open-server [ana, bob]: ana\n"));
    assert_eq!(role(json!(["read:users!user=chen"])), format!("{launch}user.see-usage [chen]: ana\n"));
    assert_eq!(role(json!(["shares!server=bob/"])), format!("{launch}user.open-server [bob]: ana\n"));
    assert_eq!(role(json!(["access:servers!user", "read:hub", "self"])), launch);
}
