//! Volumes: a claim in each namespace whose servers mount it, and for a file server the volume behind the claim.
//!
//! A claim lives in one namespace. New storage that several namespaces may read can therefore not be made here: it is
//! listed, with the way out (a file server, or `isolation: shared`).

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{
    NFSVolumeSource, PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimSpec, PersistentVolumeSpec,
    VolumeResourceRequirements,
};

use nbc_model::value::OriginId;
use nbc_platform::kinds::{Isolation, Storage, StorageAccess, StorageAt};
use nbc_platform::volumes;

use super::object::{self, document};
use super::places::{Holder, Place, user_namespace};
use super::quantity;
use crate::site::{Site, origin};
use crate::writer::{Document, Writer, below, entries};

/// The namespaces whose servers mount a storage, sorted.
pub(crate) fn namespaces(site: &Site<'_, '_>, storage: &Storage<'_>) -> Vec<String> {
    let found: BTreeSet<String> = match site.isolation() {
        Isolation::Shared => BTreeSet::from([site.hub_namespace().to_owned()]),
        Isolation::PerGroup => return site.volumes.mounted_in(storage),
        Isolation::PerUser => {
            let decision = site.platform.decisions().of(site.draft().actions.storage_read, storage.id.entity);
            let users = decision.map_or(&[][..], |decision| decision.users.as_slice());
            users.iter().filter_map(|allowed| site.user(allowed.user)).map(user_namespace).collect()
        }
    };
    found.into_iter().collect()
}

/// Where the claim of a storage is: with a new volume in the one namespace that has it, else wherever it is mounted.
pub(crate) fn claims(site: &Site<'_, '_>, storage: &Storage<'_>) -> Vec<String> {
    volumes::claimed_in(storage, namespaces(site, storage))
}

pub(crate) fn documents(site: &Site<'_, '_>, place: &Place<'_, '_>) -> Vec<Document> {
    let part_of = site.settings().map_or("nbc", |settings| settings.handle);
    let mut documents = Vec::new();
    for storage in &site.platform.declared().storages {
        if !claims(site, storage).contains(&place.namespace) {
            continue;
        }
        let declared = site.declared(storage.id.entity);
        let labels = object::labels(part_of, &storage.labels.value);
        let size = BTreeMap::from([("storage".to_owned(), quantity::bytes(storage.size.value))]);
        let mut claim = PersistentVolumeClaim {
            metadata: object::meta(storage.handle, Some(&place.namespace), labels.clone()),
            spec: Some(PersistentVolumeClaimSpec {
                access_modes: Some(vec![access_mode(storage).to_owned()]),
                resources: Some(VolumeResourceRequirements { requests: Some(size.clone()), limits: None }),
                storage_class_name: storage.class.map(|class| class.value.to_owned()),
                ..PersistentVolumeClaimSpec::default()
            }),
            status: None,
        };
        match &storage.at.value {
            StorageAt::Claim(_) | StorageAt::Bucket(_) => continue,
            StorageAt::New => {}
            StorageAt::Nfs(nfs) => {
                let name = volume_name(&place.namespace, storage);
                if let Some(spec) = &mut claim.spec {
                    // Empty is not absent: it keeps a default class from making another volume.
                    spec.storage_class_name = Some(String::new());
                    spec.volume_name = Some(name.clone());
                }
                let volume = PersistentVolume {
                    metadata: object::meta(&name, None, labels),
                    spec: Some(PersistentVolumeSpec {
                        access_modes: Some(vec![access_mode(storage).to_owned()]),
                        capacity: Some(size),
                        nfs: Some(NFSVolumeSource {
                            path: nfs.path.value.to_owned(),
                            server: nfs.server.value.to_owned(),
                            read_only: None,
                        }),
                        persistent_volume_reclaim_policy: Some("Retain".to_owned()),
                        storage_class_name: Some(String::new()),
                        ..PersistentVolumeSpec::default()
                    }),
                    status: None,
                };
                let mut volume = document(&volume).of([declared]);
                volume.origins.extend(entries("/metadata/labels", &storage.labels.value));
                let fields = [
                    ("/spec/capacity/storage", Some(storage.size.origin)),
                    ("/spec/accessModes/0", Some(storage.access.origin)),
                    ("/spec/nfs/path", Some(nfs.path.origin)),
                    ("/spec/nfs/server", Some(nfs.server.origin)),
                ];
                volume.origins.extend(below("", fields));
                documents.push(volume);
            }
        }
        let mut claim = document(&claim).of([declared]);
        claim.origins.extend(entries("/metadata/labels", &storage.labels.value));
        let fields = [
            ("/spec/resources/requests/storage", Some(storage.size.origin)),
            ("/spec/accessModes/0", Some(storage.access.origin)),
            ("/spec/storageClassName", origin(&storage.class)),
        ];
        claim.origins.extend(below("", fields));
        documents.push(claim);
    }
    documents
}

fn access_mode(storage: &Storage<'_>) -> &'static str {
    match storage.access.value {
        StorageAccess::Many => "ReadWriteMany",
        StorageAccess::One => "ReadWriteOnce",
    }
}

fn volume_name(namespace: &str, storage: &Storage<'_>) -> String {
    format!("{namespace}-{}", storage.handle)
}

/// Storage that Kubernetes cannot give to everybody who may read it.
pub(crate) fn say_what_is_missing(site: &Site<'_, '_>, places: &[Place<'_, '_>], writer: &mut Writer<'_>) {
    for storage in &site.platform.declared().storages {
        let Storage {
            id,
            handle: _,
            span: _,
            purpose: _,
            size: _,
            at,
            class: _,
            access: _,
            mount_path: _, // where the hub mounts it
            read: _,       // decisions
            write: _,
            owner: _,
            classification: _,
            backup,
            retention,
            classification_rank: _,
            title: _,
            description: _,
            labels: _,
            was: _,
            deprecated: _,
        } = storage;
        let path = site.draft().path(id.entity);
        let (mounted, claimed) = (namespaces(site, storage), claims(site, storage));
        let without: Vec<String> = mounted.into_iter().filter(|namespace| !claimed.contains(namespace)).collect();
        if matches!(at.value, StorageAt::Bucket(_)) {
            writer.not_expressed(format!("{path}.at"), Some(at.origin), "a bucket is not a volume of Kubernetes");
        } else if !without.is_empty() {
            let first = claimed.first().map_or("", String::as_str);
            let why = format!(
                "a claim lives in one namespace, here {first}: servers in {} do not see it; use `at: nfs` or `isolation: shared`",
                without.join(", ")
            );
            writer.not_expressed(format!("{path}.at"), Some(at.origin), why);
        }
        if let Some(backup) = backup {
            writer.not_expressed(format!("{path}.backup"), Some(backup.origin), "core Kubernetes makes no copies");
        }
        if says_retention(site, retention.origin) {
            let why = "core Kubernetes keeps a claim until somebody deletes it";
            writer.not_expressed(format!("{path}.retention"), Some(retention.origin), why);
        }
    }
    for place in places {
        let Holder::Group(group) = place.holder else { continue };
        if let Some(more) = &group.self_service {
            let why = "a ResourceQuota has no bound that people raise themselves";
            writer.not_expressed(
                format!("{}.self-service", site.draft().path(group.id.entity)),
                Some(more.origin),
                why,
            );
        }
    }
}

/// Whether a person wrote it, rather than the kind's default.
fn says_retention(site: &Site<'_, '_>, origin: OriginId) -> bool {
    site.model().origin(origin).layer > nbc_model::value::Layer::Default
}
