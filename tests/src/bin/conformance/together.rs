//! Keycloak and Kubernetes together: the token of a declared person gets from the apiserver exactly what the RoleBindings of the person's
//! groups give, no less and no more. What is asked: every verb and resource that any emitted role names, where the person has something and
//! where they have nothing, and a few things that nobody is given.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use nbc_live::kubernetes::{Cluster, Manifest, Mode, Question};
use serde_json::{Value, json};

use crate::Failure;
use crate::examples::Build;
use crate::identity::{Realm, list, text, texts};
use crate::keycloak::Admin;
use crate::kubernetes::{connect, manifests};
use crate::places::Places;
use crate::report::{Judged, Report};
use crate::servers::Server;

const AREA: &str = "together";
/// As many people of each build: those in most groups first, and one in fewest.
const PEOPLE_MAX: usize = 4;
/// Namespaces asked beside a person's own.
const OTHERS_MAX: usize = 3;
/// Nobody is given these.
pub(crate) const NEVER: [(&str, &str, &str); 3] = [
    ("delete", "", "nodes"),
    ("create", "rbac.authorization.k8s.io", "clusterrolebindings"),
    ("impersonate", "", "users"),
];

/// Verb, API group, resource.
type Right = (String, String, String);
/// By namespace; the empty name is the whole cluster.
type Rights = BTreeMap<String, BTreeSet<Right>>;

pub(crate) async fn judge(places: &Places, admin: &Admin, build: &Build, realm: &Realm, report: &mut Report) {
    if !build.has("kubernetes") {
        return;
    }
    match judge_build(places, admin, build, realm).await {
        Ok((allowed, denied)) => {
            // A platform may give its people nothing in Kubernetes; then only the denials are judged.
            if allowed.count() > 0 || gives_people_something(build) {
                let what = format!("{}: a Keycloak login may what its groups' RoleBindings say", build.name);
                report.check_all(AREA, &what, &allowed);
            }
            report.check_all(AREA, &format!("{}: … and nothing else", build.name), &denied);
        }
        Err(why) => report.check(AREA, &format!("{}: a Keycloak login has its groups' rights", build.name), Err(why)),
    }
}

/// Whether any binding names people or groups; those of the hub name its service account.
fn gives_people_something(build: &Build) -> bool {
    let people = |manifest: &Manifest| {
        let subjects = list(manifest.document(), "subjects");
        subjects.iter().any(|subject| text(subject, "kind") != "ServiceAccount")
    };
    manifests(&build.folder).is_ok_and(|manifests| manifests.iter().any(people))
}

async fn judge_build(
    places: &Places,
    admin: &Admin,
    build: &Build,
    realm: &Realm,
) -> Result<(Judged, Judged), Failure> {
    let server = Server::kubernetes(places, &[format!("{}/realms/{}", places.keycloak(), realm.name)])?;
    let mut cluster = connect(&server).await?;
    let manifests = manifests(&build.folder)?;
    for manifest in
        manifests.iter().filter(|manifest| manifest.kind() == "Namespace" || manifest.kind().contains("Role"))
    {
        cluster.apply(manifest, Mode::Persist).await.map_err(|cause| cause.to_string())?;
    }
    let by_subject = bindings(&mut cluster, &manifests).await?;
    let vocabulary: BTreeSet<&Right> = by_subject.values().flat_map(BTreeMap::values).flatten().collect();
    let client = admin.test_client(&realm.name)?;
    let (mut allowed, mut denied) = (Judged::default(), Judged::default());
    for (person, groups) in sample(realm) {
        admin.ready_to_log_in(&realm.name, &person, &groups)?;
        let token = admin.token(places, &realm.name, &client, &person)?;
        let login = Cluster::connect(&server.run().join("nobody.kubeconfig"), Some(&token))
            .await
            .map_err(|cause| cause.to_string())?;
        let rights = rights_of(&person, &groups, &by_subject);
        for namespace in namespaces(&rights, &manifests) {
            for (verb, group, resource) in vocabulary.iter().copied() {
                let may = ask(&login, verb, group, resource, &namespace).await?;
                let should = holds(&rights, &namespace, &(verb.clone(), group.clone(), resource.clone()));
                let judged = if should { &mut allowed } else { &mut denied };
                judged.equal(&format!("{person} {verb} {resource} in {namespace:?}"), &may, &should);
            }
        }
        for (verb, group, resource) in NEVER {
            denied.equal(
                &format!("{person} {verb} {resource}"),
                &ask(&login, verb, group, resource, "").await?,
                &false,
            );
        }
    }
    Ok((allowed, denied))
}

async fn ask(login: &Cluster, verb: &str, group: &str, resource: &str, namespace: &str) -> Result<bool, Failure> {
    let namespace = (!namespace.is_empty()).then_some(namespace);
    login.may(&Question { verb, group, resource, namespace }).await.map_err(|cause| cause.to_string())
}

/// What each subject of the emitted bindings is given, and where.
async fn bindings(
    cluster: &mut Cluster,
    manifests: &[Manifest],
) -> Result<BTreeMap<(String, String), Rights>, Failure> {
    let mut by_subject: BTreeMap<(String, String), Rights> = BTreeMap::new();
    for binding in manifests.iter().filter(|manifest| manifest.kind().ends_with("RoleBinding")) {
        let place = binding.namespace().unwrap_or_default();
        let rules = rules(cluster, binding).await?;
        for subject in list(binding.document(), "subjects") {
            let key = (text(subject, "kind"), text(subject, "name"));
            by_subject.entry(key).or_default().entry(place.to_owned()).or_default().extend(rules.iter().cloned());
        }
    }
    Ok(by_subject)
}

/// The rules of the role that a binding refers to, read from the server, which also has the roles that nbc did not write.
async fn rules(cluster: &mut Cluster, binding: &Manifest) -> Result<BTreeSet<Right>, Failure> {
    let reference = binding.document().get("roleRef").cloned().unwrap_or_default();
    let mut metadata = json!({"name": reference["name"]});
    if reference["kind"] == "Role" {
        metadata["namespace"] = json!(binding.namespace());
    }
    let wanted = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": reference["kind"], "metadata": metadata});
    let found = role(cluster, wanted).await.map_err(|why| format!("{binding}: {why}"))?;
    let mut rights = BTreeSet::new();
    for rule in list(&found, "rules").iter().filter(|rule| rule.get("resourceNames").is_none()) {
        for verb in texts(rule, "verbs") {
            for group in texts(rule, "apiGroups") {
                rights.extend(
                    texts(rule, "resources").into_iter().map(|resource| (verb.clone(), group.clone(), resource)),
                );
            }
        }
    }
    Ok(rights)
}

/// A role as the server holds it. One that is put together from others is empty until the controller has done so.
pub(crate) async fn role(cluster: &mut Cluster, wanted: Value) -> Result<Value, Failure> {
    let role = Manifest::new(wanted).map_err(|cause| cause.to_string())?;
    let mut found = Value::Null;
    for _ in 0..150 {
        let read = cluster.get(&role).await.map_err(|cause| cause.to_string())?;
        found = read.ok_or_else(|| format!("{role} is not there"))?;
        if found.get("aggregationRule").is_none() || !list(&found, "rules").is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(found)
}

/// People in most groups first, one of them in fewest.
fn sample(realm: &Realm) -> Vec<(String, BTreeSet<String>)> {
    let mut people: Vec<_> = realm.sample().into_iter().collect();
    people.sort_by_key(|(name, groups)| (std::cmp::Reverse(groups.len()), name.clone()));
    let last = people.pop();
    people.truncate(PEOPLE_MAX - 1);
    people.extend(last);
    people
}

/// The prefix `oidc:` is that of the apiserver's AuthenticationConfiguration.
fn rights_of(person: &str, groups: &BTreeSet<String>, by_subject: &BTreeMap<(String, String), Rights>) -> Rights {
    let mut subjects = vec![("User".to_owned(), format!("oidc:{person}"))];
    subjects
        .extend(groups.iter().map(|group| ("Group".to_owned(), format!("oidc:/{}", group.trim_start_matches('/')))));
    subjects.push(("Group".to_owned(), "system:authenticated".to_owned()));
    let mut rights = Rights::new();
    for (place, more) in subjects.iter().filter_map(|subject| by_subject.get(subject)).flatten() {
        rights.entry(place.clone()).or_default().extend(more.iter().cloned());
    }
    rights
}

fn holds(rights: &Rights, namespace: &str, right: &Right) -> bool {
    let (verb, group, resource) = right;
    let matches =
        |(v, g, r): &Right| (v == verb || v == "*") && (g == group || g == "*") && (r == resource || r == "*");
    [namespace, ""].iter().filter_map(|place| rights.get(*place)).flatten().any(matches)
}

/// Where to ask: the person's own namespaces, some others, the one that nobody is given.
fn namespaces(rights: &Rights, manifests: &[Manifest]) -> BTreeSet<String> {
    let all =
        manifests.iter().filter(|manifest| manifest.kind() == "Namespace").map(|manifest| manifest.name().to_owned());
    let others: Vec<String> = all.filter(|name| !rights.contains_key(name)).take(OTHERS_MAX).collect();
    let own = rights.keys().filter(|place| !place.is_empty()).take(OTHERS_MAX).cloned();
    own.chain(others).chain(["default".to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right(verb: &str, resource: &str) -> Right {
        (verb.to_owned(), String::new(), resource.to_owned())
    }

    #[test]
    fn a_person_has_what_their_groups_have_and_only_there() {
        let given = Rights::from([("climate".to_owned(), BTreeSet::from([right("create", "pods")]))]);
        let by_subject = BTreeMap::from([(("Group".to_owned(), "oidc:/teams/climate".to_owned()), given)]);
        let member = rights_of("ana", &BTreeSet::from(["/teams/climate".to_owned()]), &by_subject);
        assert!(holds(&member, "climate", &right("create", "pods")));
        assert!(!holds(&member, "climate", &right("delete", "pods")));
        assert!(!holds(&member, "default", &right("create", "pods")));
        assert!(!holds(
            &rights_of("ana", &BTreeSet::from(["/climate".to_owned()]), &by_subject),
            "climate",
            &right("create", "pods")
        ));
    }
}
