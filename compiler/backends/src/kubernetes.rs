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
        let mut writer = Writer::new(self, platform.model(), options);
        let schema = Some(&KUBERNETES_1_36);
        let version = options.version.unwrap_or("1.36");
        let places = places::places(&site);
        let given = site.given_roles();
        for place in &places {
            let quota = quota::documents(&site, place, &mut writer);
            let files = [
                ("namespace", namespace::documents(&site, place, version)),
                ("quota", quota),
                ("rbac", rbac::documents(&site, place, &given)),
                ("network", network::documents(&site, place)),
                ("storage", storage::documents(&site, place)),
                ("admission", admission::documents(&site, place)),
            ];
            for (file, documents) in files {
                let documents = documents.into_iter().map(|document| place.mark(&site, document)).collect();
                writer.yaml(format!("kubernetes/{}/{file}.yaml", place.namespace), schema, documents);
            }
        }
        writer.yaml("kubernetes/cluster/priorities.yaml", schema, cluster::priorities(&site));
        writer.yaml("kubernetes/cluster/rbac.yaml", schema, rbac::cluster_documents(&site, &given));
        let alerts = cluster::alerts(&site, &places, &mut writer);
        writer.yaml("kubernetes/cluster/alerts.yaml", schema, alerts);
        for place in &places {
            let documents = crate::raw::documents(site.draft(), &place.namespace, &mut writer);
            writer.yaml(format!("kubernetes/{}/raw.yaml", place.namespace), schema, documents);
        }
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

#[cfg(test)]
mod tests {
    use super::Kubernetes;
    use crate::testing::{LAB, emitted, emitted_with, not_expressed, text};

    #[test]
    fn a_group_has_its_namespace_quota_rights_networks_and_admission() {
        let emitted = emitted(&Kubernetes, LAB);
        for file in ["namespace", "quota", "rbac", "network", "admission"] {
            insta::assert_snapshot!(
                format!("kubernetes_{file}"),
                text(&emitted, &format!("kubernetes/ml/{file}.yaml"))
            );
        }
        insta::assert_snapshot!("kubernetes_priorities", text(&emitted, "kubernetes/cluster/priorities.yaml"));
        insta::assert_snapshot!("kubernetes_storage", text(&emitted, "kubernetes/lab/storage.yaml"));
        insta::assert_snapshot!("kubernetes_not_expressed", not_expressed(&emitted));
    }

    #[test]
    fn a_comment_says_where_a_bound_was_written() {
        let emitted = emitted_with(&Kubernetes, LAB, true);
        let quota = text(&emitted, "kubernetes/ml/quota.yaml");
        let line = quota.lines().find(|line| line.contains("requests.memory")).unwrap();
        assert_eq!(line.trim(), "requests.memory: 1536Mi # from main.nbc:31");
    }

    /// Each of them bounds the group, whichever comes first and whichever is stricter.
    #[test]
    fn of_two_quotas_on_one_group_the_least_of_each_resource_counts() {
        let more = "quota another { bounds: ml, cpu: 1, memory: 64Gi }\nprofile small {";
        let emitted = emitted(&Kubernetes, &LAB.replacen("profile small {", more, 1));
        let lines = text(&emitted, "kubernetes/ml/quota.yaml").lines().map(str::trim);
        let hard: Vec<&str> = lines.filter(|line| line.starts_with("requests.")).collect();
        assert_eq!(hard[..2], ["requests.cpu: \"1\"", "requests.memory: 1536Mi"]);
    }

    #[test]
    fn a_shared_platform_says_which_quotas_nothing_enforces() {
        let shared = LAB.replace("title: \"A lab\"", "isolation: shared");
        let emitted = emitted(&Kubernetes, &shared);
        assert!(!emitted.artifacts.iter().any(|artifact| artifact.path.starts_with("kubernetes/ml/")));
        let missing = not_expressed(&emitted);
        assert!(missing.contains("group.ml.quota: with `isolation: shared` a group has no namespace"), "{missing}");
    }

    #[test]
    fn a_template_of_a_kind_is_filled_in_judged_and_blamed() {
        let kind = r#"
kind note {
  text: Text
  emit kubernetes from "note.yaml.j2"
}
note hello { text: "a: \"b\" # c" }
== note.yaml.j2
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ handle }}
"#;
        let good = emitted(&Kubernetes, &format!("{kind}data: {{ text: {{{{ text }}}} }}\n"));
        insta::assert_snapshot!("template", text(&good, "kubernetes/custom/note-hello.yaml"));
        for (tail, message) in [
            ("data: { text: {{ txet }} }\n", "the template `note.yaml.j2` fails for `note.hello`"),
            (
                "---\napiVersion: v1\nkind: Secret\nmetadata: { name: x }\n",
                "an object `v1/Secret` is not written by hand",
            ),
            ("dta: {}\n", "the object `v1/ConfigMap` is refused at `/dta`"),
            ("data: [\n", "this does not make YAML"),
        ] {
            let bad = emitted(&Kubernetes, &format!("{kind}{tail}"));
            let found: Vec<&str> = bad.diagnostics.iter().map(|found| found.message.as_str()).collect();
            assert!(found.len() == 1 && found[0].starts_with(message), "{found:?}");
        }
    }
}
