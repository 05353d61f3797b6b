//! ResourceQuotas that really stop a pod, and admission that lets the hub's pods through: the pods that KubeSpawner makes of the emitted
//! settings are accepted, and in one namespace of each build they are created until the quota refuses the next one, which must be the one
//! that the declared numbers say.

use std::collections::BTreeMap;
use std::time::Duration;

use nbc_live::kubernetes::{Cluster, Manifest, Mode};
use serde_json::{Value, json};

use super::AREA;
use crate::Failure;
use crate::examples::Build;
use crate::jupyterhub::{Offer, Offers};
use crate::quantity::milli;
use crate::report::{Judged, Report};

/// A quota that takes more pods than this is not filled: another namespace shows the same.
const PODS_MAX: u64 = 400;

pub(crate) async fn judge(
    build: &Build,
    cluster: &mut Cluster,
    manifests: &[Manifest],
    offers: &Offers,
    report: &mut Report,
) {
    let Some(offers) = offers.get(&build.name) else { return };
    let mut accepted = Judged::default();
    for offer in offers {
        accepted.add(
            create(cluster, offer, 0, Mode::DryRun)
                .await
                .map(|_| ())
                .map_err(|cause| format!("{} as {}: {cause}", offer.slug, offer.person)),
        );
    }
    report.check_all(AREA, &format!("{}: the hub's pods are accepted", build.name), &accepted);
    let Some((quota, offer, fits)) = cheapest(manifests, offers) else {
        let none = manifests.iter().all(|manifest| manifest.kind() != "ResourceQuota");
        let outcome = if none { Ok(()) } else { Err("no pod of the sample is bounded by any quota".to_owned()) };
        return report.check(AREA, &format!("{}: has no quota to exceed", build.name), outcome);
    };
    let outcome = fill(cluster, offer, fits).await;
    report.check(
        AREA,
        &format!("{}: {quota} takes {fits} servers of {} and refuses one more", build.name, offer.slug),
        outcome,
    );
}

/// The pod and the quota with the fewest pods to create.
fn cheapest<'a>(manifests: &'a [Manifest], offers: &'a [Offer]) -> Option<(&'a Manifest, &'a Offer, u64)> {
    let quotas = manifests.iter().filter(|manifest| manifest.kind() == "ResourceQuota");
    let pairs =
        quotas.flat_map(|quota| offers.iter().filter_map(move |offer| Some((quota, offer, fits(quota, offer)?))));
    pairs
        .filter(|(_, _, fits)| (1..=PODS_MAX).contains(fits))
        .min_by_key(|(quota, offer, fits)| (*fits, quota.to_string(), offer.slug.clone()))
}

/// How many such pods the quota takes; absent when it does not bound them.
fn fits(quota: &Manifest, offer: &Offer) -> Option<u64> {
    let namespace = offer.pod.pointer("/metadata/namespace").and_then(Value::as_str);
    let spec = quota.document().get("spec")?;
    if quota.namespace() != namespace || spec.get("scopeSelector").is_some() || spec.get("scopes").is_some() {
        return None;
    }
    let used = usage(&offer.pod);
    let hard = spec.get("hard")?.as_object()?;
    hard.iter()
        .filter_map(|(key, hard)| milli(hard)?.checked_div(*used.get(key)?))
        .min()
        .and_then(|count| u64::try_from(count).ok())
}

/// What a pod counts for, in the words of quotas, in thousandths.
fn usage(pod: &Value) -> BTreeMap<String, i128> {
    let mut used = BTreeMap::from([("pods".to_owned(), 1000), ("count/pods".to_owned(), 1000)]);
    for container in pod.pointer("/spec/containers").and_then(Value::as_array).into_iter().flatten() {
        for side in ["requests", "limits"] {
            for (resource, amount) in
                container.pointer(&format!("/resources/{side}")).and_then(Value::as_object).into_iter().flatten()
            {
                let amount = milli(amount).unwrap_or_default();
                *used.entry(format!("{side}.{resource}")).or_insert(0) += amount;
            }
        }
    }
    used.retain(|_, amount| *amount > 0);
    used
}

async fn fill(cluster: &mut Cluster, offer: &Offer, fits: u64) -> Result<(), Failure> {
    for number in 0..fits {
        create(cluster, offer, number, Mode::Persist)
            .await
            .map_err(|cause| format!("number {} of {fits}: {cause}", number + 1))?;
    }
    match create(cluster, offer, fits, Mode::Persist).await {
        Ok(_) => Err("one more is accepted".to_owned()),
        Err(cause) if cause.contains("exceeded quota") => Ok(()),
        Err(cause) => Err(format!("one more is refused for another reason: {cause}")),
    }
}

/// A quota refuses nothing until the controller has counted once.
pub(super) async fn counted(cluster: &mut Cluster, quota: &Manifest) -> Result<(), Failure> {
    for _ in 0..150 {
        let found = cluster.get(quota).await.map_err(|cause| cause.to_string())?.unwrap_or_default();
        if found.pointer("/status/hard") == quota.document().pointer("/spec/hard") {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(format!("{quota} is not counted after 15 s"))
}

async fn create(cluster: &mut Cluster, offer: &Offer, number: u64, mode: Mode) -> Result<Value, Failure> {
    let mut pod = offer.pod.clone();
    pod["metadata"]["name"] = json!(format!("tests-{}-{number}", offer.slug.replace("--", "-")));
    let pod = Manifest::new(pod).map_err(|cause| cause.to_string())?;
    // The namespace's ServiceAccount is made by the controller-manager a moment after the namespace.
    for _ in 0..100 {
        match cluster.create(&pod, mode).await {
            Err(cause) if cause.to_string().contains("service account") => {
                tokio::time::sleep(Duration::from_millis(100)).await
            }
            outcome => return outcome.map_err(|cause| cause.to_string()),
        }
    }
    Err(format!("{pod}: its service account is not there after 10 s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scarcest_resource_bounds() {
        let quota = json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q", "namespace": "climate"},
            "spec": {"hard": {"requests.cpu": "8", "requests.memory": "20Gi"}}});
        let pod = json!({"metadata": {"namespace": "climate"}, "spec": {"containers": [{"resources": {"requests": {"cpu": 2, "memory": "8Gi"}}}]}});
        let offer = Offer { person: "ana".to_owned(), slug: "small".to_owned(), pod };
        assert_eq!(fits(&Manifest::new(quota).unwrap(), &offer), Some(2));
    }
}
