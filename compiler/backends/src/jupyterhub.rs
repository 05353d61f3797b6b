//! JupyterHub on Kubernetes: values of its Helm chart, a list of profiles with who gets which, and a constant module that
//! reads the list in the hub. All three work without Helm too (`nbc_hub.configure(c)` in a configuration of one's own).

mod access;
mod entry;
mod facts;
mod hub_roles;
mod origins;
mod values;

use std::collections::BTreeMap;

use serde_json::json;

use nbc_model::value::OriginId;
use nbc_platform::Platform;
use nbc_platform::kinds::{
    Charge, DataSource, Enforcer, Isolation, PlatformKind, Profile, ProfileUse, Purpose, SecretOrText, SharedFolder,
};

use crate::artifact::Emitted;
use crate::backend::{Backend, Options};
use crate::site::Site;
use crate::validate::JUPYTERHUB_5;
use crate::writer::{Document, Origins, Writer};
use facts::{Facts, Opening, ProfileFacts};

/// The module that every hub runs, the same for every platform.
pub(crate) const MODULE: &str = include_str!("jupyterhub/nbc_hub.py");

pub struct JupyterHub;

impl Backend for JupyterHub {
    fn name(&self) -> &'static str {
        "jupyterhub"
    }

    fn versions(&self) -> &'static [&'static str] {
        &["5"]
    }

    fn emit(&self, platform: &Platform<'_>, options: &Options<'_>) -> Emitted {
        let site = Site::new(platform);
        let mut writer = Writer::new(self, platform.model(), options);
        let Some(settings) = site.settings() else { return writer.finish() };
        let (facts, origins) = facts_of(&site, settings);
        let mut document = Document::new("profiles", &facts);
        document.origins = origins;
        let text = crate::print::json(&document.value).unwrap_or_default();
        let (values, origins) = values::values(&site, &facts, &text, MODULE);
        let values = Document { kind: "values".to_owned(), value: values, origins };
        writer.json("jupyterhub/profiles.json", Some(&JUPYTERHUB_5), document);
        writer.yaml("jupyterhub/values.yaml", Some(&JUPYTERHUB_5), vec![values]);
        let declared = site.declared(settings.id.entity);
        writer.text("jupyterhub/nbc_hub.py", MODULE.to_owned(), vec![(1, vec![declared])]);
        say_what_is_missing(&site, settings, &mut writer);
        writer.finish()
    }
}

fn facts_of(site: &Site<'_, '_>, settings: &PlatformKind<'_>) -> (Facts, Origins) {
    let roles = hub_roles::roles(site);
    let mut origins = Origins::new();
    origins::of_platform(site, settings, &mut origins);
    origins::of_groups(site, &mut origins);
    origins::of_users(site, &mut origins);
    let mut profiles = Vec::new();
    for profile in site.platform.declared().profiles.iter().filter(|profile| is_launched(profile)) {
        origins::of_profile(site, profile, &format!("/profiles/{}", profiles.len()), &mut origins);
        profiles.push(ProfileFacts {
            slug: profile.slug.value.to_owned(),
            entry: entry::entry(site, profile),
            open: profile.open.as_ref().map(|open| opening(&open.value)),
            access: access::access(site, profile),
            refused: access::refused(site, profile),
            volumes: shared_memory(profile).map(|(volume, _)| volume).into_iter().collect(),
            volume_mounts: shared_memory(profile).map(|(_, mount)| mount).into_iter().collect(),
        });
    }
    let secret = values::hub(site).and_then(|service| service.secret);
    let secret = secret.map(|secret| ("client_secret", site.secret_variable(secret.value)));
    let (volumes, from) = access::volumes(site);
    origins.extend(from);
    let facts = Facts {
        schema_version: 1,
        time_zone: settings.time_zone.value.to_owned(),
        contact: site.contact(None),
        isolation: settings.isolation.value.text(),
        hub_namespace: settings.hub_namespace.value.to_owned(),
        charge: settings.charge.value.text(),
        servers_per_user: settings.servers_per_user.value,
        config: values::config(site, &roles),
        secrets: secret.map(|row| ("GenericOAuthenticator", BTreeMap::from([row]))).into_iter().collect(),
        groups: access::groups(site),
        users: access::users(site),
        profiles,
        volumes,
    };
    (facts, origins)
}

/// Servers of people and apps; workers of dask are launched by another program.
fn is_launched(profile: &Profile<'_>) -> bool {
    let uses = &profile.r#use.value;
    uses.is_empty() || uses.iter().any(|item| matches!(item.value, ProfileUse::Lab | ProfileUse::App))
}

fn opening(open: &nbc_platform::kinds::Opening<'_>) -> Opening {
    let nbc_platform::kinds::Opening { from, until, days, hours } = open;
    Opening {
        from: from.map(|day| day.value.to_string()),
        until: until.map(|day| day.value.to_string()),
        days: days.value.iter().map(|item| item.value.text()).collect(),
        hours: hours.map(|hours| hours.value.to_owned()),
    }
}

/// `/dev/shm` is a volume in memory: a container's own is 64 MiB, which PyTorch's loaders overrun.
fn shared_memory(profile: &Profile<'_>) -> Option<(serde_json::Value, serde_json::Value)> {
    let size = profile.shared_memory?;
    let volume = json!({"name": "nbc-shm", "emptyDir": {"medium": "Memory", "sizeLimit": size.value.0.to_string()}});
    Some((volume, json!({"name": "nbc-shm", "mountPath": "/dev/shm"})))
}

fn say_what_is_missing(site: &Site<'_, '_>, settings: &PlatformKind<'_>, writer: &mut Writer<'_>) {
    let path = site.draft().path(settings.id.entity);
    let mut missing = |what: String, origin: OriginId, why: &str| writer.not_expressed(what, Some(origin), why);
    if let Some(dask) = &settings.dask {
        missing(
            format!("{path}.dask"),
            dask.origin,
            "dask clusters are made by Dask Gateway, whose settings nbc does not write yet",
        );
    }
    if let Some(gallery) = &settings.gallery {
        missing(
            format!("{path}.gallery"),
            gallery.origin,
            "the gallery is an extension inside the image, with settings of its own",
        );
    }
    // That there is no service at all, `sign-in-needed` says.
    if values::hub(site).is_some() && settings.domain.is_none() {
        missing(
            format!("{path}.realm"),
            settings.realm.origin,
            "without a `domain` the hub has no address to sign in at",
        );
    }
    let folders = site.platform.declared().storages.iter().any(access::holds_group_folders);
    for group in site.groups().filter(|_| !folders) {
        let said = site.model().origin(group.shared_folder.origin).layer > nbc_model::value::Layer::Default;
        if said && group.shared_folder.value != SharedFolder::None {
            let why =
                "no storage has `purpose: [shared]` without readers of its own, where the folders of groups would lie";
            missing(format!("{}.shared-folder", site.draft().path(group.id.entity)), group.shared_folder.origin, why);
        }
    }
    for storage in &site.platform.declared().storages {
        if storage.purpose.value.iter().any(|item| matches!(item.value, Purpose::Home | Purpose::Environments)) {
            let why = "homes are volumes that the hub makes for each person, and environments are mounted by conda-store's chart";
            missing(format!("{}.purpose", site.draft().path(storage.id.entity)), storage.purpose.origin, why);
        }
    }
    for source in &site.platform.declared().data_sources {
        say_what_of_data(site, source, &mut missing);
    }
    for profile in &site.platform.declared().profiles {
        say_what_of_a_profile(site, profile, &mut missing);
    }
    if settings.charge.value == Charge::PrimaryGroup && settings.isolation.value == Isolation::PerUser {
        let why = "with `isolation: per-user` a server counts in the person's own namespace, whoever pays";
        missing(format!("{path}.charge"), settings.charge.origin, why);
    }
}

fn say_what_of_data(site: &Site<'_, '_>, source: &DataSource<'_>, missing: &mut dyn FnMut(String, OriginId, &str)) {
    if let (Some(credentials), Enforcer::NbcSecret) = (source.credentials, source.enforced_by.value) {
        let why = "the hub hands out no logins to data yet";
        missing(format!("{}.credentials", site.draft().path(source.id.entity)), credentials.origin, why);
    }
}

/// The pattern names every field, so that a new one stops the build here.
fn say_what_of_a_profile(site: &Site<'_, '_>, profile: &Profile<'_>, missing: &mut dyn FnMut(String, OriginId, &str)) {
    let Profile {
        id,
        handle: _,
        span: _,
        slug: _,
        default: _,
        r#use,
        cpu: _,
        cpu_guarantee: _,
        memory: _,
        memory_guarantee: _,
        gpu,
        shared_memory: _,
        disk: _,
        threads: _,
        node_pool,
        image: _,
        image_secret,
        options: _,
        variables,
        mounts,
        idle_stop: _,
        kernel_idle_stop: _,
        terminal_idle_stop: _,
        max_age: _,
        open: _,
        network: _,
        priority: _,
        privilege_escalation: _,
        price: _, // reports and alerts
        has_gpu: _,
        title: _,
        description: _,
        labels: _,
        was: _,
        deprecated: _,
    } = profile;
    let path = site.draft().path(id.entity);
    for item in r#use.value.iter().filter(|item| item.value == ProfileUse::DaskWorker) {
        missing(
            format!("{path}.use"),
            item.origin,
            "sizes of dask workers belong to Dask Gateway, whose settings nbc does not write yet",
        );
    }
    for entry in gpu.value.iter().filter(|entry| site.gpu_resource(entry.key).is_none()) {
        missing(
            format!("{path}.gpu.{}", entry.key),
            entry.origin,
            "no node pool has a GPU, so it has no resource name",
        );
    }
    if let Some(pool) = node_pool.and_then(|pool| site.platform.declared().get(pool.value))
        && pool.select.value.is_empty()
        && entry::provider_label(pool).is_none()
    {
        let origin = node_pool.map_or(profile.cpu.origin, |pool| pool.origin);
        missing(
            format!("{path}.node-pool"),
            origin,
            "the pool has neither `select` nor `instances`, so no label leads to its machines",
        );
    }
    for entry in &variables.value {
        if let SecretOrText::Secret(secret) = entry.value
            && entry::kubernetes_secret(site, secret.entity).is_none()
        {
            missing(format!("{path}.variables.{}", entry.key), entry.origin, "a pod reads secrets of Kubernetes only");
        }
    }
    if let Some(secret) = image_secret
        && entry::kubernetes_secret(site, secret.value.entity).is_none()
    {
        missing(format!("{path}.image-secret"), secret.origin, "a pod reads secrets of Kubernetes only");
    }
    for item in &mounts.value {
        let storage = site.platform.declared().get(item.value);
        if storage.is_some_and(|storage| crate::kubernetes::storage::claims(site, storage).is_empty()) {
            missing(
                format!("{path}.mounts"),
                item.origin,
                "nobody who may launch the profile may read this storage in Kubernetes",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::JupyterHub;
    use crate::testing::{LAB, emitted, text};
    use serde_json::Value;

    /// The module has tests of its own; they run wherever there is a Python.
    #[test]
    fn the_module_passes_its_own_tests() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/jupyterhub");
        let python = std::process::Command::new("python3")
            .args(["-m", "unittest", "nbc_hub_test"])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(folder)
            .output();
        if let Ok(output) = python {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }

    #[test]
    fn profiles_are_offered_as_decided() {
        let emitted = emitted(&JupyterHub, LAB);
        let facts: Value = serde_json::from_str(text(&emitted, "jupyterhub/profiles.json")).unwrap();
        for part in ["profiles", "groups", "users", "volumes"] {
            insta::assert_snapshot!(format!("jupyterhub_{part}"), serde_json::to_string_pretty(&facts[part]).unwrap());
        }
    }

    #[test]
    fn whom_a_policy_refuses_is_left_out_and_told_why() {
        let emitted = emitted(&JupyterHub, LAB);
        let facts: Value = serde_json::from_str(text(&emitted, "jupyterhub/profiles.json")).unwrap();
        let large = facts["profiles"].as_array().unwrap().iter().find(|row| row["slug"] == "large").unwrap();
        assert_eq!(
            large["access"]["groups"],
            serde_json::json!([]),
            "chen may not, so the group does not hold it whole"
        );
        assert_eq!(large["access"]["users"], serde_json::json!({"ana": ["/lab/ml"]}));
        assert_eq!(large["refused"][0]["users"], serde_json::json!(["chen"]));
        assert_eq!(large["refused"][0]["sentence"], "guests start no GPU server");
    }

    #[test]
    fn values_carry_the_module_and_the_sign_in() {
        let emitted = emitted(&JupyterHub, LAB);
        let values: Value = serde_saphyr::from_str(text(&emitted, "jupyterhub/values.yaml")).unwrap();
        assert_eq!(values["hub"]["extraFiles"]["nbc-hub"]["stringData"], super::MODULE);
        assert_eq!(values["hub"]["config"]["GenericOAuthenticator"]["allowed_groups"][0], "/lab");
        assert_eq!(values["hub"]["extraEnv"]["NBC_SECRET_HUB_LOGIN"]["valueFrom"]["secretKeyRef"]["name"], "hub-oauth");
    }
}
