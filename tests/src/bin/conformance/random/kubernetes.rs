//! SubjectAccessReviews: who sees what a namespace uses, and who starts pods there beside the hub. All platforms lie in one cluster, each
//! in namespaces of its own and with a prefix of its own before the names of people and groups.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use nbc_effective::{GROUP_SEE_USAGE, Measured, PROFILE_LAUNCH, STORAGE_READ, STORAGE_WRITE, Verdict};
use nbc_live::kubernetes::{Cluster, Manifest, Mode, Question};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::Subject;
use crate::Failure;
use crate::kubernetes::{connect, manifests};
use crate::places::Places;
use crate::servers::Server;
use crate::together::{NEVER, role};

const TARGET: &str = "kubernetes";
/// Ways to start a pod, or to get into one that runs: group and resource.
const PODS: [(&str, &str); 4] = [("", "pods"), ("", "pods/exec"), ("apps", "deployments"), ("batch", "jobs")];
/// The authorizer of the apiserver reads bindings from a memory of its own, which follows after a moment.
const UNTIL_READ: Duration = Duration::from_secs(2);

pub(super) async fn judge(places: &Places, subjects: &[Subject<'_, '_>]) -> Result<Vec<Verdict>, Failure> {
    let server = Server::kubernetes(places, &[])?;
    let mut cluster = connect(&server).await?;
    for subject in subjects {
        for manifest in manifests(&subject.folder)?.iter().filter(|manifest| speaks_of_rights(manifest)) {
            let manifest = apart(manifest, &subject.name)?;
            cluster.apply(&manifest, Mode::Persist).await.map_err(|cause| cause.to_string())?;
        }
    }
    for name in ["view", "edit", "admin"] {
        let wanted =
            json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name}});
        role(&mut cluster, wanted).await?;
    }
    tokio::time::sleep(UNTIL_READ).await;
    let cluster = Arc::new(cluster);
    let (mut verdicts, mut starting) = (Vec::new(), 0);
    for subject in subjects {
        let (verdict, start_pods) = verdict(&cluster, subject).await?;
        verdicts.push(verdict);
        starting += start_pods;
    }
    if starting == 0 {
        return Err("nobody of any platform starts pods: that was not compared".to_owned());
    }
    Ok(verdicts)
}

fn speaks_of_rights(manifest: &Manifest) -> bool {
    ["Namespace", "Role", "RoleBinding", "ClusterRoleBinding"].contains(&manifest.kind())
}

/// A manifest as it lies beside those of other platforms: names of namespaces and of bindings of the whole cluster begin with the
/// platform's.
fn apart(manifest: &Manifest, platform: &str) -> Result<Manifest, Failure> {
    let mut document = manifest.document().clone();
    let is_of_cluster = manifest.namespace().is_none();
    let metadata = document.get_mut("metadata").into_iter();
    let subjects =
        |document: &mut Value| document.get_mut("subjects").and_then(Value::as_array_mut).map(std::mem::take);
    for fields in metadata {
        mark(fields.get_mut(if is_of_cluster { "name" } else { "namespace" }), platform);
    }
    if let Some(mut of_binding) = subjects(&mut document) {
        of_binding.iter_mut().for_each(|subject| mark(subject.get_mut("namespace"), platform));
        document["subjects"] = Value::Array(of_binding);
    }
    Manifest::new(document).map_err(|cause| cause.to_string())
}

fn mark(name: Option<&mut Value>, platform: &str) {
    if let Some(Value::String(name)) = name {
        *name = format!("{platform}-{name}");
    }
}

/// What one person may do in the namespaces of a platform.
#[derive(Default)]
struct Rights {
    sees_usage: BTreeSet<String>,
    starts_pods: BTreeSet<String>,
    /// Things that nobody is given.
    never: Vec<String>,
}

/// What came of one platform, and how many of its people start pods.
async fn verdict(cluster: &Arc<Cluster>, subject: &Subject<'_, '_>) -> Result<(Verdict, usize), Failure> {
    let manifests = manifests(&subject.folder)?;
    let named = |kind: &str| manifests.iter().filter(|manifest| manifest.kind() == kind).collect::<Vec<_>>();
    let namespaces: Vec<String> = named("Namespace").iter().map(|namespace| namespace.name().to_owned()).collect();
    let mut claims: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for claim in named("PersistentVolumeClaim") {
        claims.entry(claim.name()).or_default().extend(claim.namespace());
    }
    let mut waiting = JoinSet::new();
    for person in subject.active() {
        let login = Login {
            cluster: cluster.clone(),
            platform: subject.name.clone(),
            user: format!("{}{}", subject.prefix, person.name),
            groups: person
                .claim
                .iter()
                .map(|group| format!("{}{group}", subject.prefix))
                .chain([AUTHENTICATED.to_owned()])
                .collect(),
        };
        let (name, namespaces) = (person.name.clone(), namespaces.clone());
        waiting.spawn(async move { login.rights(&namespaces).await.map(|rights| (name, rights)) });
    }
    let mut measured = Measured::default();
    let (mut nobody, mut starting) = (Verdict::default(), 0);
    while let Some(answered) = waiting.join_next().await {
        let (person, rights) = answered.map_err(|cause| cause.to_string())??;
        starting += usize::from(!rights.starts_pods.is_empty());
        let mut ask = |permission, may: &dyn Fn(&str) -> bool| {
            for thing in subject.expected.things(TARGET, permission) {
                measured.answer(permission, &thing, &person, may(&thing));
            }
        };
        let of_claim =
            |claim: &str| claims.get(claim).into_iter().flatten().any(|place| rights.starts_pods.contains(*place));
        ask(GROUP_SEE_USAGE, &|namespace| rights.sees_usage.contains(namespace));
        ask(PROFILE_LAUNCH, &|_| !rights.starts_pods.is_empty());
        ask(STORAGE_READ, &of_claim);
        ask(STORAGE_WRITE, &of_claim);
        nobody.equal(&format!("what nobody is given, {person} may"), &rights.never, &Vec::new());
    }
    let mut verdict = subject.expected.judge(TARGET, &measured);
    verdict.join(nobody);
    Ok((verdict, starting))
}

/// Everybody who has a token is in it, says the apiserver.
const AUTHENTICATED: &str = "system:authenticated";

/// Somebody as the apiserver knows them by their token.
struct Login {
    cluster: Arc<Cluster>,
    platform: String,
    user: String,
    groups: Vec<String>,
}

impl Login {
    async fn rights(&self, namespaces: &[String]) -> Result<Rights, Failure> {
        let mut rights = Rights::default();
        for namespace in namespaces {
            let place = format!("{}-{namespace}", self.platform);
            if self.may("list", "", "resourcequotas", Some(&place)).await? {
                rights.sees_usage.insert(namespace.clone());
            }
            for (group, resource) in PODS {
                if self.may("create", group, resource, Some(&place)).await? {
                    rights.starts_pods.insert(namespace.clone());
                }
            }
        }
        for (verb, group, resource) in NEVER {
            if self.may(verb, group, resource, None).await? {
                rights.never.push(format!("{verb} {resource}"));
            }
        }
        Ok(rights)
    }

    async fn may(&self, verb: &str, group: &str, resource: &str, namespace: Option<&str>) -> Result<bool, Failure> {
        let question = Question { verb, group, resource, namespace };
        self.cluster.may_as(&self.user, &self.groups, &question).await.map_err(|cause| cause.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_lie_apart() {
        let binding = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
            "metadata": {"name": "nbc-hub", "namespace": "ml"},
            "subjects": [{"kind": "ServiceAccount", "name": "hub", "namespace": "jupyterhub"}, {"kind": "Group", "name": "p1-oidc:/ml"}]});
        let apart = |document| apart(&Manifest::new(document).unwrap(), "p1").unwrap();
        let lies = apart(binding);
        assert_eq!(lies.to_string(), "RoleBinding p1-ml/nbc-hub");
        assert_eq!(lies.document()["subjects"][0]["namespace"], "p1-jupyterhub");
        assert_eq!(lies.document()["subjects"][1]["name"], "p1-oidc:/ml");
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ml"}});
        assert_eq!(apart(namespace).to_string(), "Namespace p1-ml");
    }
}
