//! A kube-apiserver with etcd and the controller-manager takes every manifest of every build, each build into an empty cluster:
//! accepted by server-side apply, unchanged by a second one, and quotas that really stop a pod.

mod quota;

use std::path::Path;
use std::time::Duration;

use nbc_live::kubernetes::{Cluster, Manifest, Mode};
use serde_json::{Value, json};

use crate::Failure;
use crate::compare::{Lists, within};
use crate::examples::Build;
use crate::identity::Realm;
use crate::jupyterhub::Offers;
use crate::places::{Places, files_below, read_json, read_yaml};
use crate::report::{Judged, Report};
use crate::servers::Server;

const AREA: &str = "kubernetes";

pub(crate) async fn judge(places: &Places, builds: &[Build], offers: &Offers, report: &mut Report) {
    for build in builds.iter().filter(|build| build.has(AREA)) {
        if let Err(why) = judge_build(places, build, offers, report).await {
            report.check(AREA, &format!("{}: is judged to the end", build.name), Err(why));
        }
    }
}

async fn judge_build(places: &Places, build: &Build, offers: &Offers, report: &mut Report) -> Result<(), Failure> {
    let manifests = manifests(&build.folder)?;
    let server = Server::kubernetes(places, &[])?;
    let mut cluster = connect(&server).await?;
    install_definitions(places, &mut cluster).await?;

    let (first, applied) = apply_all(&mut cluster, &manifests).await;
    report.check_all(AREA, &format!("{}: every manifest is accepted", build.name), &first);
    report.check_all(
        AREA,
        &format!("{}: what is declared is what the server holds", build.name),
        &holds(&manifests, &applied),
    );
    for quota in manifests.iter().filter(|manifest| manifest.kind() == "ResourceQuota") {
        quota::counted(&mut cluster, quota).await?;
    }
    let mut before = Vec::new();
    for manifest in &manifests {
        before.push(cluster.get(manifest).await.map_err(|cause| cause.to_string())?.unwrap_or_default());
    }
    let (mut second, after) = apply_all(&mut cluster, &manifests).await;
    for (manifest, (before, after)) in manifests.iter().zip(before.iter().zip(&after)) {
        second.add(unchanged(manifest, before, after));
    }
    report.check_all(AREA, &format!("{}: a second apply changes nothing", build.name), &second);
    if build.has("keycloak")
        && let Some(file) = Realm::import_of(build)?
    {
        let outcome = realm_import(&file, &mut cluster).await;
        report.check(AREA, &format!("{}: the KeycloakRealmImport is accepted", build.name), outcome);
    }
    quota::judge(build, &mut cluster, &manifests, offers, report).await;
    Ok(())
}

/// The cluster of a started server, as its administrator.
pub(crate) async fn connect(server: &Server) -> Result<Cluster, Failure> {
    Cluster::connect(&server.run().join("kubeconfig"), None).await.map_err(|cause| cause.to_string())
}

/// All manifests of a build by its folder, namespaces first, else in the order of files and documents.
pub(crate) fn manifests(build: &Path) -> Result<Vec<Manifest>, Failure> {
    let folder = build.join(AREA);
    let mut manifests = Vec::new();
    for file in files_below(&folder, ".yaml") {
        for document in read_yaml(&file)? {
            manifests.push(Manifest::new(document).map_err(|cause| format!("{}: {cause}", file.display()))?);
        }
    }
    if manifests.is_empty() {
        return Err(format!("{}: no manifest was written", folder.display()));
    }
    manifests.sort_by_key(|manifest| manifest.kind() != "Namespace");
    Ok(manifests)
}

/// Applies in order; what could not be applied is null.
pub(crate) async fn apply_all(cluster: &mut Cluster, manifests: &[Manifest]) -> (Judged, Vec<Value>) {
    let (mut judged, mut applied) = (Judged::default(), Vec::with_capacity(manifests.len()));
    for manifest in manifests {
        let outcome = cluster.apply(manifest, Mode::Persist).await.map_err(|cause| cause.to_string());
        applied.push(outcome.clone().unwrap_or_default());
        judged.add(outcome.map(|_| ()));
    }
    (judged, applied)
}

/// The custom kinds that nbc emits, as CustomResourceDefinitions of the projects they come from.
pub(crate) async fn install_definitions(places: &Places, cluster: &mut Cluster) -> Result<(), Failure> {
    let mut definitions = read_yaml(&places.parts.join("prometheus-operator/prometheusrules.yaml"))?;
    definitions.push(read_json(&places.run.join("keycloak-crd.json"))?);
    for definition in definitions {
        let manifest = Manifest::new(definition).map_err(|cause| cause.to_string())?;
        cluster.apply(&manifest, Mode::Persist).await.map_err(|cause| cause.to_string())?;
        established(cluster, &manifest).await?;
    }
    Ok(())
}

/// The realm as the operator's custom resource; its namespace is the operator's, which nbc does not make.
async fn realm_import(file: &Path, cluster: &mut Cluster) -> Result<(), Failure> {
    for document in read_yaml(file)? {
        let import = Manifest::new(document).map_err(|cause| format!("{}: {cause}", file.display()))?;
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": import.namespace().unwrap_or("default")}});
        let namespace = Manifest::new(namespace).map_err(|cause| cause.to_string())?;
        cluster.apply(&namespace, Mode::Persist).await.map_err(|cause| cause.to_string())?;
        cluster.apply(&import, Mode::DryRun).await.map_err(|cause| cause.to_string())?;
    }
    Ok(())
}

async fn established(cluster: &mut Cluster, definition: &Manifest) -> Result<(), Failure> {
    for _ in 0..100 {
        let found = cluster.get(definition).await.map_err(|cause| cause.to_string())?.unwrap_or_default();
        let conditions = found.pointer("/status/conditions").and_then(Value::as_array).cloned().unwrap_or_default();
        let holds =
            |name: &str| conditions.iter().any(|condition| condition["type"] == name && condition["status"] == "True");
        if holds("NonStructuralSchema") {
            return Err(format!("{definition}: {conditions:?}"));
        }
        if holds("Established") {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(format!("{definition}: not established after 10 s"))
}

fn holds(manifests: &[Manifest], applied: &[Value]) -> Judged {
    let mut judged = Judged::default();
    for (manifest, found) in manifests.iter().zip(applied) {
        judged.add(within(manifest.document(), found, Lists::Ordered).map_err(|place| format!("{manifest}: {place}")));
    }
    judged
}

/// An apply that changes nothing leaves `resourceVersion` alone.
fn unchanged(manifest: &Manifest, before: &Value, after: &Value) -> Result<(), Failure> {
    let version = |object: &Value| object.pointer("/metadata/resourceVersion").cloned();
    if version(before) == version(after) {
        return Ok(());
    }
    // The first write after the creation of a claim stores it anew though it is the same: apiserver 1.36.3 does so with any client.
    let mut rewritten = before.clone();
    rewritten["metadata"]["resourceVersion"] = version(after).unwrap_or_default();
    if manifest.kind() == "PersistentVolumeClaim" && rewritten == *after {
        return Ok(());
    }
    Err(format!("{manifest}: resourceVersion was {:?}, is {:?}", version(before), version(after)))
}
