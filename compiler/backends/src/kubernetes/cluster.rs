//! Objects that belong to no namespace, and the alerts of the site.

use k8s_openapi::api::scheduling::v1::PriorityClass;
use serde::Serialize;
use std::collections::BTreeMap;

use nbc_model::value::OriginId;
use nbc_platform::bounds;
use nbc_platform::kinds::{AlertTrigger, Priority, Severity};
use nbc_platform::values::{Milliseconds, Rate};

use super::object::{self, document};
use super::places::{Holder, Place};
use crate::site::{Site, priority_class};
use crate::writer::{Document, Origins, Writer, below};

/// Classes of the priorities that profiles use. Both lie near 0, where pods without a class are: far above would push
/// out the services of the cluster, and far below is taken for expendable by autoscalers.
pub(crate) fn priorities(site: &Site<'_, '_>) -> Vec<Document> {
    let part_of = site.settings().map_or("nbc", |settings| settings.handle);
    let classes = [
        (Priority::Low, -10, "servers that are stopped first when machines are full"),
        (Priority::High, 10, "servers that others are stopped for"),
    ];
    let mut documents = Vec::new();
    for (priority, value, description) in classes {
        let profiles = site.platform.declared().profiles.iter().filter(|profile| profile.priority.value == priority);
        let from: Vec<OriginId> = profiles.map(|profile| profile.priority.origin).collect();
        let (Some(name), false) = (priority_class(priority), from.is_empty()) else { continue };
        let class = PriorityClass {
            metadata: object::meta(name, None, object::labels(part_of, &[])),
            value: Some(value),
            description: Some(description.to_owned()),
            global_default: None,
            preemption_policy: Some("PreemptLowerPriority".to_owned()),
        };
        documents.push(document(&class).of(from));
    }
    documents
}

/// A rule file of the Prometheus operator.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PrometheusRule {
    api_version: &'static str,
    kind: &'static str,
    metadata: k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta,
    spec: RuleSpec,
}

#[derive(Serialize)]
struct RuleSpec {
    groups: Vec<RuleGroup>,
}

#[derive(Serialize)]
struct RuleGroup {
    name: String,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
struct Rule {
    alert: String,
    expr: String,
    #[serde(rename = "for")]
    lasting: String,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

/// Alerts that Prometheus can tell: quotas from what the cluster counts, budgets from profiles' prices.
pub(crate) fn alerts(site: &Site<'_, '_>, places: &[Place<'_, '_>], writer: &mut Writer<'_>) -> Vec<Document> {
    let part_of = site.settings().map_or("nbc", |settings| settings.handle);
    let (mut groups, mut origins) = (Vec::new(), Origins::new());
    for alert in &site.platform.declared().alerts {
        let path = site.draft().path(alert.id.entity);
        let mut rules = Vec::new();
        for item in &alert.when.value {
            let mut missing = |why: &str| writer.not_expressed(format!("{path}.when"), Some(item.origin), why);
            match &item.value {
                AlertTrigger::Quota => {
                    let expr = "kube_resourcequota{resourcequota=\"nbc\",type=\"used\"} / ignoring(type) \
                                (kube_resourcequota{resourcequota=\"nbc\",type=\"hard\"} > 0) >= 1";
                    let summary = "{{ $labels.namespace }} uses up its quota of {{ $labels.resource }}";
                    rules.push((alert, format!("{}-quota", alert.handle), expr.to_owned(), summary.to_owned()));
                }
                AlertTrigger::Budget => rules.extend(
                    budgets(site, places)
                        .into_iter()
                        .map(|(name, expr, summary)| (alert, format!("{}-budget-{name}", alert.handle), expr, summary)),
                ),
                AlertTrigger::IdleGpu => {
                    let expr = "avg by (namespace, pod) (DCGM_FI_DEV_GPU_UTIL{pod=~\"jupyter-.*\"}) < 1";
                    let summary = "{{ $labels.pod }} in {{ $labels.namespace }} has a GPU and does not use it";
                    rules.push((alert, format!("{}-idle-gpu", alert.handle), expr.to_owned(), summary.to_owned()));
                }
                AlertTrigger::Expiring(_) => {
                    missing("only nbc knows when something ends; `nbc audit expiring` says it")
                }
                AlertTrigger::Drift | AlertTrigger::FailedApply => missing("only nbc sees it"),
                AlertTrigger::SignInFailures => missing("the cluster does not count sign-ins; Keycloak's events do"),
            }
        }
        if rules.is_empty() {
            continue;
        }
        let at = format!("/spec/groups/{}", groups.len());
        origins.push((at.clone(), vec![site.declared(alert.id.entity)]));
        for nth in 0..rules.len() {
            let fields = [
                ("", Some(alert.when.origin)),
                ("/for", Some(alert.lasting.origin)),
                ("/labels/severity", Some(alert.severity.origin)),
                ("/annotations/action", Some(alert.action.origin)),
            ];
            origins.extend(below(&format!("{at}/rules/{nth}"), fields));
        }
        let severity = match alert.severity.value {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Critical => "critical",
        };
        let rules = rules.into_iter().map(|(alert, name, expr, summary)| Rule {
            alert: name,
            expr,
            lasting: prometheus_duration(alert.lasting.value),
            labels: BTreeMap::from([("severity".to_owned(), severity.to_owned())]),
            annotations: BTreeMap::from([
                ("summary".to_owned(), summary),
                ("action".to_owned(), literal(alert.action.value)),
            ]),
        });
        groups.push(RuleGroup { name: format!("nbc-{}", alert.handle), rules: rules.collect() });
        let why = "receivers are Alertmanager's, which routes by the label `severity`";
        writer.not_expressed(format!("{path}.to"), Some(alert.to.origin), why);
    }
    if groups.is_empty() {
        return Vec::new();
    }
    let rule = PrometheusRule {
        api_version: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata: object::meta("nbc", Some(site.hub_namespace()), object::labels(part_of, &[])),
        spec: RuleSpec { groups },
    };
    let mut document = Document::new("monitoring.coreos.com/v1/PrometheusRule", &rule);
    document.origins = origins;
    let settings = site.settings();
    let whole = settings.map(|settings| site.declared(settings.id.entity));
    vec![document.of(whole).from("/metadata/namespace", settings.map(|settings| settings.hub_namespace.origin))]
}

/// For each group with a budget and each of its shares: spent in the last thirty days by profiles' prices.
fn budgets(site: &Site<'_, '_>, places: &[Place<'_, '_>]) -> Vec<(String, String, String)> {
    let mut rules = Vec::new();
    for place in places {
        let Holder::Group(group) = place.holder else { continue };
        for quota in bounds::quotas_of(site.draft(), group) {
            let Some(budget) = quota.budget else { continue };
            let spent: Vec<String> = place
                .profiles
                .iter()
                .filter_map(|profile| site.platform.declared().find::<nbc_platform::kinds::Profile<'_>>(*profile))
                .filter_map(|profile| Some((profile.slug.value, profile.price?.value)))
                .map(|(slug, price)| {
                    format!(
                        "(sum(sum_over_time(kube_pod_labels{{namespace=\"{}\",label_nbc_profile=\"{slug}\"}}[30d:1h])) \
                         or vector(0)) * {}",
                        place.namespace,
                        per_hour(price)
                    )
                })
                .collect();
            if spent.is_empty() {
                continue;
            }
            let month = i128::from(budget.value.amount) * 730 / i128::from(budget.value.per.hours());
            for share in &quota.alert_at.value {
                let percent = share.value.0 / 100;
                let bound = month * i128::from(share.value.0) / 10_000;
                let name = format!("{}-{percent}", group.handle);
                let summary = format!("group {} has spent {percent}% of its budget of the month", group.handle);
                rules.push((name, format!("{} >= {}", spent.join(" + "), decimal(bound)), summary));
            }
        }
    }
    rules
}

fn per_hour(price: Rate) -> String {
    decimal(i128::from(price.amount) / i128::from(price.per.hours()))
}

/// Ten-thousandths as a decimal number.
fn decimal(amount: i128) -> String {
    format!("{}.{:04}", amount / 10_000, (amount % 10_000).unsigned_abs())
}

fn prometheus_duration(duration: Milliseconds) -> String {
    format!("{}s", duration.seconds())
}

/// Text that Prometheus does not take for a template.
fn literal(text: &str) -> String {
    text.replace("{{", "{{ \"{{\" }}")
}
