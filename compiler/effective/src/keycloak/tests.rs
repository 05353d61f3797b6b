use serde_json::json;

use super::{Realm, directory, form, grants, signed_in};
use crate::directory::Directory;
use crate::testing::{granted, names};

fn realm(document: serde_json::Value) -> (Realm, Directory) {
    let realm = Realm::of("keycloak/lab-realm.json", &document);
    let directory = directory(&realm);
    (realm, directory)
}

fn mapper(full_path: &str, userinfo: &str) -> serde_json::Value {
    json!({"protocolMapper": "oidc-group-membership-mapper", "config": {
        "claim.name": "groups", "full.path": full_path, "userinfo.token.claim": userinfo, "id.token.claim": "true"}})
}

#[test]
fn whom_a_file_does_not_enable_cannot_sign_in() {
    let (realm, directory) = realm(json!({"enabled": true,
        "clients": [{"clientId": "hub", "enabled": true, "standardFlowEnabled": true}, {"clientId": "off", "standardFlowEnabled": true}],
        "users": [{"username": "ana", "enabled": true}, {"username": "bob"}, {"username": "chen", "enabled": false}]}));
    assert_eq!(granted(&grants(&realm, &directory), &directory), "service.open hub: ana (by nature)\n");
    assert_eq!(names(&signed_in(&realm, &directory, "off"), &directory), "");
}

#[test]
fn a_claim_has_the_form_of_its_mapper_and_stands_where_the_mapper_puts_it() {
    let client = |mappers: serde_json::Value| json!({"enabled": true, "clients": [{"clientId": "hub", "enabled": true, "standardFlowEnabled": true, "protocolMappers": mappers}]});
    let of = |mappers| {
        let (realm, _) = realm(client(mappers));
        let form = form(&realm, "hub", "groups", true);
        (form.paths, form.names)
    };
    assert_eq!(of(json!([mapper("true", "true")])), (true, false));
    assert_eq!(of(json!([mapper("false", "true")])), (false, true));
    assert_eq!(of(json!([mapper("true", "false")])), (false, false), "the hub reads the page of the user");
    assert_eq!(of(json!([])), (false, false));
}

#[test]
fn groups_of_one_name_are_one_where_paths_are_not_told() {
    let (_, directory) = realm(json!({"enabled": true,
        "groups": [{"name": "a", "subGroups": [{"name": "ml"}]}, {"name": "b", "subGroups": [{"name": "ml"}]}],
        "users": [{"username": "ana", "enabled": true, "groups": ["/a/ml"]}, {"username": "bob", "enabled": true, "groups": ["/b/ml"]}]}));
    let of = |paths, claim| {
        let claims = directory.claims(crate::directory::Form { paths, names: !paths });
        claims.of(claim).map(|members| names(members, &directory)).unwrap_or_default()
    };
    assert_eq!(of(true, "/a/ml"), "ana, somebody who joins /a/ml");
    assert_eq!(of(false, "ml"), "ana, bob, somebody who joins /a/ml, somebody who joins /b/ml");
}

#[test]
fn roles_of_the_realms_management_come_through_groups_above_and_through_other_roles() {
    let (realm, directory) = realm(json!({"enabled": true,
        "roles": {"realm": [{"name": "chief", "composites": {"client": {"realm-management": ["manage-users"]}}}, {"name": "plain"}]},
        "groups": [{"name": "it", "clientRoles": {"realm-management": ["realm-admin"]}, "subGroups": [{"name": "ops"}]}],
        "users": [{"username": "ana", "enabled": true, "groups": ["/it/ops"]},
                  {"username": "bob", "enabled": true, "realmRoles": ["chief"]},
                  {"username": "chen", "enabled": true, "realmRoles": ["plain"], "clientRoles": {"realm-management": ["view-users"]}}]}));
    assert_eq!(
        granted(&grants(&realm, &directory), &directory),
        "platform.administer realm: ana, somebody who joins /it, somebody who joins /it/ops\nplatform.administer realm: bob\n"
    );
}

#[test]
fn an_identity_provider_puts_newcomers_where_its_rules_say() {
    let rule = |group: &str| {
        json!({"identityProviderAlias": "uni", "identityProviderMapper": "oidc-advanced-group-idp-mapper",
            "config": {"claims": "[{\"key\": \"teams\", \"value\": \"x\"}]", "group": group}})
    };
    let lone = json!({"enabled": true, "defaultGroups": ["/all"], "groups": [{"name": "all"}, {"name": "lab", "subGroups": [{"name": "ml"}]}],
        "identityProviderMappers": [rule("/lab/ml")]});
    let (realm, _) = realm(lone.clone());
    let groups = |realm: &Realm, path| realm.groups_of_newcomer(path).into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(groups(&realm, "/lab/ml"), "/all /lab/ml", "the groups above are no rule's");
    assert_eq!(groups(&realm, "/lab"), "/all /lab");
    let mut both = lone;
    both["identityProviderMappers"] = json!([rule("/lab/ml"), rule("/lab")]);
    let both = Realm::of("x", &both);
    assert_eq!(groups(&both, "/lab/ml"), "/all /lab /lab/ml");
}

#[test]
fn an_import_that_would_fail_is_told() {
    let (realm, _) = realm(json!({"groups": [{"name": "lab"}], "users": [{"username": "ana", "groups": ["/bal"]}]}));
    let told: Vec<String> = realm.problems().into_iter().map(|problem| problem.message).collect();
    assert_eq!(
        told,
        [
            "the realm is not enabled, so nobody signs in",
            "`ana` is in a group /bal that the realm has not, so Keycloak refuses the whole file"
        ]
    );
}
