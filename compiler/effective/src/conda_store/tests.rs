use serde_json::json;

use super::grants;
use crate::files::Files;
use crate::testing::{files, granted, people};

const PEOPLE: &str = "ana:\nbob:\nchen:\n";

fn of(roles: serde_json::Value, asked: &[(&str, &str)]) -> String {
    let artifacts = files([("conda-store/roles.json", roles.to_string())]);
    let mut directory = people(PEOPLE);
    let asked: Vec<(String, String)> =
        asked.iter().map(|(namespace, name)| ((*namespace).to_owned(), (*name).to_owned())).collect();
    let effective = grants(&Files::new(&artifacts), &mut directory, &asked).unwrap();
    granted(&effective, &directory)
}

#[test]
fn a_role_is_over_all_environments_of_a_namespace() {
    let roles =
        json!({"ml": [{"other_namespace": "ana", "role": "developer"}, {"other_namespace": "bob", "role": "viewer"}]});
    assert_eq!(
        of(roles, &[("ml", "torch"), ("climate", "xarray")]),
        "environment.edit ml/torch: ana\nenvironment.view ml/torch: bob\nenvironment.view ml/torch: ana\n"
    );
}

#[test]
fn a_namespace_is_a_pattern() {
    let roles = json!({"*": [{"other_namespace": "ana", "role": "admin"}], "data.science": [{"other_namespace": "bob", "role": "viewer"}]});
    assert_eq!(
        of(roles, &[("data-science", "x")]),
        "environment.delete data-science/x: ana\nenvironment.edit data-science/x: ana\nenvironment.view data-science/x: ana\n\
         environment.view data-science/x: bob\n"
    );
}

#[test]
fn everybody_sees_two_namespaces_and_owns_the_one_of_their_name() {
    assert_eq!(of(json!({}), &[("default", "base")]), "environment.view default/base: ana, bob, chen\n");
    assert_eq!(
        of(json!({}), &[("ana", "own")]),
        "environment.delete ana/own: ana\nenvironment.edit ana/own: ana\nenvironment.view ana/own: ana\n"
    );
}

#[test]
fn a_binding_of_the_database_replaces_the_one_of_the_token() {
    let roles = json!({"ana": [{"other_namespace": "ana", "role": "viewer"}]});
    assert_eq!(of(roles, &[("ana", "own")]), "environment.view ana/own: ana\n");
}

#[test]
fn an_unknown_role_is_told() {
    let roles = json!({"ml": [{"other_namespace": "ana", "role": "owner"}]});
    assert_eq!(of(roles, &[]), "conda-store/roles.json/ml/0/role: conda-store knows no role `owner`\n");
}
