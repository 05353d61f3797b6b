//! What a namespace may use at once, and what a container gets that does not say.
//!
//! A ResourceQuota makes every pod state its requests, so it never comes without a LimitRange that states them for
//! those who forget. GPUs are counted as `requests.*` only, and never have a default: it would be given to every pod.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{LimitRange, LimitRangeItem, LimitRangeSpec, ResourceQuota, ResourceQuotaSpec};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use nbc_model::value::OriginId;
use nbc_model::world::EntityId;
use nbc_platform::bounds::{self, Bound};
use nbc_platform::kinds::{OnBudget, Profile, ProfileUse, Quota, QuotaExtra};
use nbc_platform::values::{Bytes, Entry, Millicores};

use super::object::{self, document};
use super::places::{Holder, Place};
use super::quantity;
use crate::site::{Site, origin};
use crate::writer::{Document, Writer};

/// One line of `spec.hard`.
struct Line {
    key: String,
    /// In the unit of its key, to compare by.
    size: i64,
    amount: Quantity,
    from: Vec<OriginId>,
}

pub(crate) fn documents(site: &Site<'_, '_>, place: &Place<'_, '_>, writer: &mut Writer<'_>) -> Vec<Document> {
    let quotas = quotas(site, place);
    if quotas.is_empty() {
        return Vec::new();
    }
    let part_of = site.settings().map_or("nbc", |settings| settings.handle);
    let mut least: BTreeMap<String, Line> = BTreeMap::new();
    for quota in &quotas {
        say_what_is_missing(site, place, quota, writer);
        for line in hard(site, place, quota) {
            // Each of several quotas on one group bounds it, so of each resource the least counts.
            if least.get(&line.key).is_none_or(|known| line.size < known.size) {
                least.insert(line.key.clone(), line);
            }
        }
    }
    let (mut hard, mut origins) = (BTreeMap::new(), Vec::new());
    for (key, line) in least {
        origins.push((format!("/spec/hard/{}", crate::lines::escape(&key)), line.from));
        hard.insert(key, line.amount);
    }
    if hard.is_empty() {
        return Vec::new();
    }
    let metadata = object::meta("nbc", Some(&place.namespace), object::labels(part_of, &[]));
    let spec = Some(ResourceQuotaSpec { hard: Some(hard), ..ResourceQuotaSpec::default() });
    let mut quota = document(&ResourceQuota { metadata: metadata.clone(), spec, status: None });
    quota.origins = origins;
    let spec = Some(LimitRangeSpec { limits: vec![limits(site, place)] });
    let range = document(&LimitRange { metadata, spec });
    vec![quota, limit_origins(site, place).fold(range, |range, (at, from)| range.from(at, from))]
}

fn quotas<'a, 'm>(site: &Site<'a, 'm>, place: &Place<'a, 'm>) -> Vec<&'a Quota<'m>> {
    match place.holder {
        Holder::Hub => Vec::new(),
        Holder::Group(group) => bounds::quotas_of(site.draft(), group).collect(),
        Holder::User(user) => {
            let own = user.quota.and_then(|quota| site.platform.declared().get(quota.value));
            own.into_iter().collect()
        }
    }
}

fn hard(site: &Site<'_, '_>, place: &Place<'_, '_>, quota: &Quota<'_>) -> Vec<Line> {
    let Bound { cpu, memory, gpu, storage, servers, servers_per_user: _ } = bounds::effective(site.draft(), quota);
    let mut lines = Vec::new();
    let extras = |of: &dyn Fn(&QuotaExtra<'_>) -> Option<OriginId>| -> Vec<OriginId> {
        bounds::extras(site.draft(), quota).filter_map(of).collect()
    };
    let mut line = |key: &str, size: i64, amount: Quantity, from: Option<OriginId>, extra: Vec<OriginId>| {
        lines.push(Line { key: key.to_owned(), size, amount, from: from.into_iter().chain(extra).collect() });
    };
    if let Some(cpu) = cpu {
        let extra = extras(&|extra| origin(&extra.cpu));
        line("requests.cpu", cpu.0, quantity::cpu(cpu), origin(&quota.cpu), extra);
    }
    if let Some(memory) = memory {
        let extra = extras(&|extra| origin(&extra.memory));
        line("requests.memory", memory.0, quantity::bytes(memory), origin(&quota.memory), extra);
    }
    if let Some(storage) = storage {
        let extra = extras(&|extra| origin(&extra.storage));
        line("requests.storage", storage.0, quantity::bytes(storage), origin(&quota.storage), extra);
    }
    if let (Some(servers), false) = (servers, runs_dask(site, place)) {
        let extra = extras(&|extra| origin(&extra.servers));
        line("pods", servers, quantity::count(servers), origin(&quota.servers), extra);
    }
    let gpu: Vec<(&str, i64)> = gpu.iter().map(|(name, count)| (*name, *count)).collect();
    for (resource, count) in site.gpu_amounts(&gpu) {
        let counted = |entry: &&Entry<&str, i64>| site.gpu_resource(entry.key) == Some(resource);
        let own = quota.gpu.value.iter().filter(counted).map(|entry| entry.origin);
        let extra = bounds::extras(site.draft(), quota).flat_map(|extra| extra.gpu.value.iter().filter(counted));
        let from = own.chain(extra.map(|entry| entry.origin)).collect();
        line(&format!("requests.{resource}"), count, quantity::count(count), None, from);
    }
    lines
}

fn runs_dask(site: &Site<'_, '_>, place: &Place<'_, '_>) -> bool {
    let profiles = place.profiles.iter().filter_map(|profile| profile_of(site, *profile));
    profiles.into_iter().any(|profile| profile.r#use.value.iter().any(|item| item.value == ProfileUse::DaskWorker))
}

fn profile_of<'a, 'm>(site: &Site<'a, 'm>, profile: EntityId) -> Option<&'a Profile<'m>> {
    site.platform.declared().find(profile)
}

/// The largest container that a profile of this place makes; what a container gets that does not say.
fn limits(site: &Site<'_, '_>, place: &Place<'_, '_>) -> LimitRangeItem {
    let (mut cpu, mut memory) = (Millicores(0), Bytes(0));
    for profile in place.profiles.iter().filter_map(|profile| profile_of(site, *profile)) {
        let choices =
            || profile.options.value.iter().flat_map(|entry| &entry.value.choices.value).map(|entry| &entry.value);
        let cpus = choices().filter_map(|choice| choice.cpu.map(|cpu| cpu.value));
        let memories = choices().filter_map(|choice| choice.memory.map(|memory| memory.value));
        cpu = cpus.chain([profile.cpu.value]).max().unwrap_or(cpu).max(cpu);
        memory = memories.chain([profile.memory.value]).max().unwrap_or(memory).max(memory);
    }
    let pair = |cpu: Millicores, memory: Bytes| {
        BTreeMap::from([("cpu".to_owned(), quantity::cpu(cpu)), ("memory".to_owned(), quantity::bytes(memory))])
    };
    let bounded = cpu.0 > 0;
    let at_most = |amount: i64, most: i64| if bounded { amount.min(most) } else { amount };
    let default = pair(Millicores(at_most(500, cpu.0)), Bytes(at_most(512 << 20, memory.0)));
    let default_request = pair(Millicores(at_most(100, cpu.0)), Bytes(at_most(128 << 20, memory.0)));
    LimitRangeItem {
        type_: "Container".to_owned(),
        default: Some(default),
        default_request: Some(default_request),
        max: bounded.then(|| pair(cpu, memory)),
        ..LimitRangeItem::default()
    }
}

/// The profiles whose sizes bound the containers of a place.
fn limit_origins(site: &Site<'_, '_>, place: &Place<'_, '_>) -> impl Iterator<Item = (String, Vec<OriginId>)> {
    let (mut cpu, mut memory) = (Vec::new(), Vec::new());
    for profile in place.profiles.iter().filter_map(|profile| profile_of(site, *profile)) {
        cpu.push(profile.cpu.origin);
        memory.push(profile.memory.origin);
        for entry in profile.options.value.iter().flat_map(|entry| &entry.value.choices.value) {
            cpu.extend(origin(&entry.value.cpu));
            memory.extend(origin(&entry.value.memory));
        }
    }
    // A default is nbc's own amount, cut to the largest size: it comes from the platform as well.
    let own = site.settings().map(|settings| site.declared(settings.id.entity));
    [("max", None), ("default", own), ("defaultRequest", own)].into_iter().flat_map(move |(part, own)| {
        let at = |what: &str| format!("/spec/limits/0/{part}/{what}");
        let with = |from: &[OriginId]| from.iter().copied().chain(own).collect();
        [(at("cpu"), with(&cpu)), (at("memory"), with(&memory))]
    })
}

/// Bounds that Kubernetes has no word for. The pattern names every field, so that a new one stops the build here.
fn say_what_is_missing(site: &Site<'_, '_>, place: &Place<'_, '_>, quota: &Quota<'_>, writer: &mut Writer<'_>) {
    let Quota {
        id,
        handle: _,
        span: _,
        bounds: _,
        cpu: _,
        memory: _,
        gpu,
        storage: _,
        servers,
        servers_per_user: _, // counted by the hub, see `jupyterhub`
        dask_workers,
        dask_workers_per_cluster,
        usage,
        combine: _, // of one person's quotas; a namespace has one
        borrow,
        extra: _,
        budget: _, // an alert, see `cluster::budgets`
        grant,
        alert_at: _, // with the budget
        on_budget,
        title: _,
        description: _,
        labels: _,
        was: _,
        deprecated: _,
    } = quota;
    let path = site.draft().path(id.entity);
    let mut missing = |field: &str, origin: Option<OriginId>, why: &str| {
        if origin.is_some() {
            writer.not_expressed(format!("{path}.{field}"), origin, why);
        }
    };
    if runs_dask(site, place) {
        missing(
            "servers",
            origin(servers),
            "a pod may be a server or a dask worker, and Kubernetes counts both; the hub counts servers",
        );
    }
    missing("dask-workers", origin(dask_workers), "Kubernetes counts pods, not the workers of dask");
    missing("dask-workers-per-cluster", origin(dask_workers_per_cluster), "Kubernetes knows no dask clusters");
    missing("usage", origin(usage), "Kubernetes counts what runs now, not what ran before");
    missing("borrow", origin(borrow), "a ResourceQuota is not shared between namespaces");
    missing("grant", origin(grant), "Kubernetes knows no money");
    if on_budget.value == OnBudget::NoNewServers {
        missing("on-budget", Some(on_budget.origin), "Kubernetes knows no money");
    }
    let mut models: Vec<&str> = gpu.value.iter().filter_map(|entry| site.gpu_resource(entry.key)).collect();
    models.sort_unstable();
    let all = models.len();
    models.dedup();
    if models.len() < all {
        missing("gpu", Some(gpu.origin), "several models are one resource to Kubernetes, which counts them together");
    }
    for entry in gpu.value.iter().filter(|entry| site.gpu_resource(entry.key).is_none()) {
        missing(
            &format!("gpu.{}", entry.key),
            Some(entry.origin),
            "no node pool has a GPU, so it has no resource name",
        );
    }
}
