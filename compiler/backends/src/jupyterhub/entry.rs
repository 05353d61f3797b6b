//! A profile as KubeSpawner launches it.
//!
//! Memory is printed in bytes: JupyterHub reads `8G` as 8 GiB and refuses `8Gi`, Kubernetes reads them otherwise; a whole
//! number means the same to both.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use nbc_platform::kinds::{Arch, Choice, LauncherOption, NodePool, Profile, SecretOrText, SecretPlace};
use nbc_platform::values::{Entry as Pair, Millicores};

use super::facts::{Entry, ProfileChoice, ProfileOption, UnlistedChoice};
use crate::kubernetes::object;
use crate::site::{Site, priority_class};

/// The launcher's entry of a profile, without who pays.
pub(crate) fn entry(site: &Site<'_, '_>, profile: &Profile<'_>) -> Entry {
    let options = profile.options.value.iter();
    Entry {
        display_name: profile.title.value.to_owned(),
        description: profile.description.map(|description| description.value.to_owned()),
        slug: profile.slug.value.to_owned(),
        default: profile.default.value,
        kubespawner_override: overrides(site, profile),
        profile_options: options.map(|row| (row.key.to_owned(), option(site, profile, row.key, &row.value))).collect(),
    }
}

fn overrides(site: &Site<'_, '_>, profile: &Profile<'_>) -> Map<String, Value> {
    let mut set = Map::new();
    set.insert("cpu_limit".to_owned(), cores(profile.cpu.value));
    set.insert("cpu_guarantee".to_owned(), cores(profile.cpu_guarantee.value));
    set.insert("mem_limit".to_owned(), json!(profile.memory.value.0));
    set.insert("mem_guarantee".to_owned(), json!(profile.memory_guarantee.value.0));
    let mut resources = gpus(site, &profile.gpu.value);
    if let Some(disk) = profile.disk {
        resources.insert("ephemeral-storage".to_owned(), json!(disk.value.0.to_string()));
    }
    if !resources.is_empty() {
        set.insert("extra_resource_limits".to_owned(), json!(resources));
        set.insert("extra_resource_guarantees".to_owned(), json!(resources));
    }
    if let Some(image) = profile.image {
        set.insert("image".to_owned(), json!(image.value));
    }
    if let Some(place) = profile.image_secret.and_then(|secret| kubernetes_secret(site, secret.value.entity)) {
        set.insert("image_pull_secrets".to_owned(), json!([place.0]));
    }
    if let Some(pool) = site.pool_of(profile) {
        placement(pool, &mut set);
    }
    if let Some(class) = priority_class(profile.priority.value) {
        set.insert("priority_class_name".to_owned(), json!(class));
    }
    let labels = [(object::PROFILE, profile.slug.value), (object::NETWORK, profile.network.value.text())];
    let own = profile.labels.value.iter().map(|label| (label.key, label.value));
    set.insert(
        "extra_labels".to_owned(),
        own.chain(labels).map(|(key, value)| (key.to_owned(), json!(value))).collect(),
    );
    let variables = environment(site, &profile.variables.value);
    if !variables.is_empty() || profile.threads.is_some() {
        let threads = profile.threads.map(|threads| ("OMP_NUM_THREADS".to_owned(), json!(threads.value.to_string())));
        set.insert("environment".to_owned(), threads.into_iter().chain(variables).collect());
    }
    set.insert("allow_privilege_escalation".to_owned(), json!(profile.privilege_escalation.value));
    set.insert("args".to_owned(), json!(idle_arguments(profile)));
    if let Some(age) = profile.max_age {
        // Kubernetes ends the pod itself: the hub's culler knows only one age for all.
        set.insert("extra_pod_config".to_owned(), json!({"activeDeadlineSeconds": age.value.seconds()}));
    }
    set
}

/// The server stops itself when idle; the hub's own culler, which has one time for all, is only the backstop.
fn idle_arguments(profile: &Profile<'_>) -> Vec<String> {
    let mut arguments = vec![format!("--ServerApp.shutdown_no_activity_timeout={}", profile.idle_stop.value.seconds())];
    if let Some(idle) = profile.kernel_idle_stop {
        arguments.push(format!("--MappingKernelManager.cull_idle_timeout={}", idle.value.seconds()));
        arguments.push("--MappingKernelManager.cull_interval=60".to_owned());
    }
    if let Some(idle) = profile.terminal_idle_stop {
        arguments.push(format!("--TerminalManager.cull_inactive_timeout={}", idle.value.seconds()));
        arguments.push("--TerminalManager.cull_interval=60".to_owned());
    }
    arguments
}

/// Node labels and taints of the machines that a profile runs on.
fn placement(pool: &NodePool<'_>, set: &mut Map<String, Value>) {
    let mut selector: BTreeMap<String, String> =
        pool.select.value.iter().map(|entry| (entry.key.to_owned(), entry.value.to_owned())).collect();
    if selector.is_empty() {
        selector.extend(provider_label(pool).map(|label| (label.to_owned(), pool.pool.value.to_owned())));
    }
    if pool.arch.value == Arch::Arm64 {
        selector.insert("kubernetes.io/arch".to_owned(), "arm64".to_owned());
    }
    if !selector.is_empty() {
        set.insert("node_selector".to_owned(), json!(selector));
    }
    let tolerations: Vec<Value> = pool.taints.value.iter().filter_map(|taint| toleration(taint.value)).collect();
    if !tolerations.is_empty() {
        set.insert("tolerations".to_owned(), json!(tolerations));
    }
}

/// The label by which each provider marks the nodes of a pool, told from how it names its machines.
pub(crate) fn provider_label(pool: &NodePool<'_>) -> Option<&'static str> {
    let instance = pool.instances.value.first()?.value;
    if instance.starts_with("Standard_") {
        Some("kubernetes.azure.com/agentpool")
    } else if instance.contains('.') {
        Some("eks.amazonaws.com/nodegroup")
    } else if instance.contains('-') {
        Some("cloud.google.com/gke-nodepool")
    } else {
        None
    }
}

/// `dedicated=gpu:NoSchedule`
fn toleration(taint: &str) -> Option<Value> {
    let (pair, effect) = taint.rsplit_once(':')?;
    Some(match pair.split_once('=') {
        Some((key, value)) => json!({"key": key, "operator": "Equal", "value": value, "effect": effect}),
        None => json!({"key": pair, "operator": "Exists", "effect": effect}),
    })
}

fn option(site: &Site<'_, '_>, profile: &Profile<'_>, name: &str, option: &LauncherOption<'_>) -> ProfileOption {
    let LauncherOption { title, choices, free } = option;
    let choices = choices.value.iter();
    ProfileOption {
        display_name: title.map_or_else(|| title_case(name), |title| title.value.to_owned()),
        choices: choices.map(|row| (row.key.to_owned(), choice(site, profile, row.key, &row.value))).collect(),
        unlisted_choice: free.as_ref().map(|free| UnlistedChoice {
            enabled: true,
            display_name: free.value.title.value.to_owned(),
            // `re.match` holds the start only.
            validation_regex: format!("^(?:{})$", free.value.matching.value),
            validation_message: format!("the image must match {}", free.value.matching.value),
            kubespawner_override: Map::from_iter([("image".to_owned(), json!("{value}"))]),
        }),
    }
}

fn choice(site: &Site<'_, '_>, profile: &Profile<'_>, name: &str, choice: &Choice<'_>) -> ProfileChoice {
    let Choice { title, default, image, cpu, cpu_guarantee, memory, memory_guarantee, gpu, variables } = choice;
    let mut set = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        set.extend(value.map(|value| (key.to_owned(), value)));
    };
    put("image", image.map(|image| json!(image.value)));
    put("cpu_limit", cpu.map(|cpu| cores(cpu.value)));
    // A guarantee that the choice does not say follows its limit down, never above it.
    let cpus = cpu_guarantee.map(|cpu| cpu.value).or(cpu.map(|cpu| cpu.value.min(profile.cpu_guarantee.value)));
    put("cpu_guarantee", cpus.map(cores));
    put("mem_limit", memory.map(|memory| json!(memory.value.0)));
    let said = memory_guarantee.map(|memory| memory.value);
    let memories = said.or(memory.map(|memory| memory.value.min(profile.memory_guarantee.value)));
    put("mem_guarantee", memories.map(|memory| json!(memory.0)));
    if !gpu.value.is_empty() {
        let resources = gpus(site, &gpu.value);
        put("extra_resource_limits", Some(json!(resources)));
        put("extra_resource_guarantees", Some(json!(resources)));
    }
    let variables = environment(site, &variables.value);
    if !variables.is_empty() {
        put("environment", Some(Value::Object(variables)));
    }
    ProfileChoice {
        display_name: title.map_or_else(|| title_case(name), |title| title.value.to_owned()),
        default: default.value,
        kubespawner_override: set,
    }
}

/// Cores as KubeSpawner has them: a number.
fn cores(amount: Millicores) -> Value {
    match amount.0 % 1_000 {
        0 => json!(amount.0 / 1_000),
        _ => serde_json::from_str(&format!("{}.{:03}", amount.0 / 1_000, amount.0 % 1_000)).unwrap_or(Value::Null),
    }
}

fn gpus(site: &Site<'_, '_>, gpus: &[Pair<&str, i64>]) -> BTreeMap<String, Value> {
    let gpus: Vec<(&str, i64)> = gpus.iter().map(|entry| (entry.key, entry.value)).collect();
    let amounts = site.gpu_amounts(&gpus).into_iter();
    amounts.map(|(resource, count)| (resource.to_owned(), json!(count.to_string()))).collect()
}

/// Environment variables; a secret is a reference that Kubernetes fills in, never a value.
pub(crate) fn environment(site: &Site<'_, '_>, variables: &[Pair<&str, SecretOrText<'_>>]) -> Map<String, Value> {
    let value = |entry: &Pair<&str, SecretOrText<'_>>| match entry.value {
        SecretOrText::Text(text) => Some((entry.key.to_owned(), json!(text))),
        SecretOrText::Secret(secret) => {
            let (name, key) = kubernetes_secret(site, secret.entity)?;
            let from = json!({"name": entry.key, "valueFrom": {"secretKeyRef": {"name": name, "key": key}}});
            Some((entry.key.to_owned(), from))
        }
    };
    variables.iter().filter_map(value).collect()
}

/// Name and key of a Secret of Kubernetes; `None` for secrets that lie elsewhere.
pub(crate) fn kubernetes_secret(site: &Site<'_, '_>, secret: nbc_model::world::EntityId) -> Option<(String, String)> {
    let secret: &nbc_platform::kinds::Secret<'_> = site.platform.declared().find(secret)?;
    match &secret.from.value {
        SecretPlace::Kubernetes(place) => Some((place.name.value.to_owned(), place.key.value.to_owned())),
        SecretPlace::Vault(_) | SecretPlace::Env(_) | SecretPlace::External(_) => None,
    }
}

/// `cpu-only` as people read it: `Cpu only`.
fn title_case(name: &str) -> String {
    let mut characters = name.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters.map(|c| if c == '-' { ' ' } else { c })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taints_become_tolerations() {
        let of = |taint| toleration(taint).map(|value| value.to_string()).unwrap_or_default();
        assert_eq!(
            of("dedicated=gpu:NoSchedule"),
            r#"{"key":"dedicated","operator":"Equal","value":"gpu","effect":"NoSchedule"}"#
        );
        assert_eq!(of("spot:NoExecute"), r#"{"key":"spot","operator":"Exists","effect":"NoExecute"}"#);
    }

    #[test]
    fn cores_are_numbers() {
        let written = [2_000, 500, 7_750].map(|amount| cores(Millicores(amount)).to_string());
        assert_eq!(written, ["2", "0.5", "7.75"]);
    }
}
