//! Tenancy objects: namespaces, quotas, rights, networks, volumes, admission, priorities, alerts.
//!
//! Written so that server-side apply changes nothing the second time: amounts in the server's own spelling, and no
//! field that the server would fill in differently. Clusters, nodes and the hub itself are not made here.

mod admission;
mod cluster;
mod namespace;
mod network;
pub(crate) mod object;
pub(crate) mod places;
mod quantity;
mod quota;
mod rbac;
pub(crate) mod storage;

use nbc_platform::Platform;
use nbc_platform::kinds::Isolation;

use crate::artifact::Emitted;
use crate::backend::{Backend, Options};
use crate::site::Site;
use crate::validate::KUBERNETES_1_36;
use crate::writer::Writer;

pub struct Kubernetes;

impl Backend for Kubernetes {
    fn name(&self) -> &'static str {
        "kubernetes"
    }

    fn versions(&self) -> &'static [&'static str] {
        &["1.36"]
    }

    fn emit(&self, platform: &Platform<'_>, options: &Options<'_>) -> Emitted {
        let site = Site::new(platform);
        let mut writer = Writer::new(platform.model(), options.sources, options.annotate);
        let schema = Some(&KUBERNETES_1_36);
        let version = options.version.unwrap_or("1.36");
        let places = places::places(&site);
        let given = site.given_roles();
        for place in &places {
            let folder = format!("kubernetes/{}", place.namespace);
            writer.yaml(format!("{folder}/namespace.yaml"), schema, namespace::documents(&site, place, version));
            let quota = quota::documents(&site, place, &mut writer);
            writer.yaml(format!("{folder}/quota.yaml"), schema, quota);
            writer.yaml(format!("{folder}/rbac.yaml"), schema, rbac::documents(&site, place, &given));
            writer.yaml(format!("{folder}/network.yaml"), schema, network::documents(&site, place));
            writer.yaml(format!("{folder}/storage.yaml"), schema, storage::documents(&site, place));
            writer.yaml(format!("{folder}/admission.yaml"), schema, admission::documents(&site, place));
        }
        writer.yaml("kubernetes/cluster/priorities.yaml", schema, cluster::priorities(&site));
        writer.yaml("kubernetes/cluster/rbac.yaml", schema, rbac::cluster_documents(&site, &given));
        let alerts = cluster::alerts(&site, &places, &mut writer);
        writer.yaml("kubernetes/cluster/alerts.yaml", schema, alerts);
        storage::say_what_is_missing(&site, &places, &mut writer);
        say_what_nothing_enforces(&site, &mut writer);
        crate::template::emit(&site, self.name(), &KUBERNETES_1_36, &mut writer);
        writer.finish()
    }
}

/// Quotas that no namespace carries under this isolation.
fn say_what_nothing_enforces(site: &Site<'_, '_>, writer: &mut Writer<'_>) {
    let (of_groups, of_users) = match site.isolation() {
        Isolation::Shared => (true, true),
        Isolation::PerGroup => (false, true),
        Isolation::PerUser => (true, false),
    };
    let why = |whose: &str| {
        format!(
            "with `isolation: {}` a {whose} has no namespace of its own for Kubernetes to count",
            site.isolation().text()
        )
    };
    for group in site.groups().filter(|_| of_groups) {
        for quota in nbc_platform::bounds::quotas_of(site.draft(), group) {
            let origin = group.quota.map(|quota| quota.origin);
            writer.not_expressed(site.draft().path(quota.id.entity), origin, why("group"));
        }
    }
    for user in site.active_users().filter(|_| of_users) {
        if let Some(quota) = user.quota {
            writer.not_expressed(site.draft().path(quota.value.entity), Some(quota.origin), why("person"));
        }
    }
}
