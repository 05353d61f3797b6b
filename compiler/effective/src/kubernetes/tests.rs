use super::{Cluster, grants};
use crate::directory::Form;
use crate::files::Files;
use crate::testing::{files, granted, people};

const PEOPLE: &str = "ana: /lab /lab/ml\nbob: /lab\n";

const SEE: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: see, namespace: ml }
rules: [{ apiGroups: [''], resources: [resourcequotas, pods], verbs: [get, list] }]
---
";

fn binding(kind: &str, role: &str, subjects: &str) -> String {
    let (of, namespace) = if kind == "ClusterRoleBinding" {
        ("ClusterRole", "")
    } else {
        (role.split('/').next().unwrap(), ", namespace: ml")
    };
    let name = role.rsplit('/').next().unwrap();
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{ name: x{namespace} }}\n\
         roleRef: {{ kind: {of}, name: {name} }}\nsubjects: [{subjects}]\n"
    )
}

fn of(rbac: String) -> String {
    let claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data, namespace: ml }\n";
    let artifacts = files([
        ("kubernetes/lab/namespace.yaml", String::new()),
        ("kubernetes/ml/namespace.yaml", String::new()),
        ("kubernetes/ml/rbac.yaml", rbac),
        ("kubernetes/ml/storage.yaml", claim.to_owned()),
    ]);
    let mut directory = people(PEOPLE);
    let claims = directory.claims(Form { paths: true, names: false });
    let cluster = Cluster { prefix: "oidc:", claims: &claims, profiles: &["small".to_owned()] };
    let effective = grants(&Files::new(&artifacts), &mut directory, &cluster).unwrap();
    granted(&effective, &directory)
}

#[test]
fn a_role_binding_counts_in_its_namespace_for_whoever_has_the_prefixed_name() {
    let group = "{ kind: Group, name: 'oidc:/lab/ml' }";
    let user = "{ kind: User, name: 'oidc:bob' }";
    assert_eq!(of(format!("{SEE}{}", binding("RoleBinding", "Role/see", group))), "group.see-usage ml: ana\n");
    assert_eq!(of(format!("{SEE}{}", binding("RoleBinding", "Role/see", user))), "group.see-usage ml: bob\n");
    for nobody in
        ["{ kind: Group, name: '/lab/ml' }", "{ kind: Group, name: 'oidc:ml' }", "{ kind: ServiceAccount, name: hub }"]
    {
        assert_eq!(of(format!("{SEE}{}", binding("RoleBinding", "Role/see", nobody))), "", "{nobody}");
    }
}

#[test]
fn everybody_who_is_let_in_is_a_group_too() {
    let everybody = "{ kind: Group, name: 'system:authenticated' }";
    assert_eq!(
        of(binding("ClusterRoleBinding", "view", everybody)),
        "group.see-usage lab: ana, bob\ngroup.see-usage ml: ana, bob\n"
    );
}

#[test]
fn who_starts_pods_launches_any_profile_and_reads_any_claim_there() {
    let edit = binding("RoleBinding", "ClusterRole/edit", "{ kind: User, name: 'oidc:ana' }");
    assert_eq!(
        of(edit),
        "group.see-usage ml: ana\nprofile.launch small: ana (by nature)\nstorage.read data: ana (by nature)\n\
         storage.write data: ana (by nature)\n"
    );
    let own = SEE.replace("[get, list]", "['*']");
    let own = format!("{own}{}", binding("RoleBinding", "Role/see", "{ kind: User, name: 'oidc:ana' }"));
    assert_eq!(
        of(own),
        "group.see-usage ml: ana\nprofile.launch small: ana\nstorage.read data: ana\nstorage.write data: ana\n"
    );
}

#[test]
fn what_a_clusterrole_of_the_site_lets_do_only_the_cluster_knows() {
    assert_eq!(of(binding("ClusterRoleBinding", "trainers", "{ kind: User, name: 'oidc:ana' }")), "");
}
