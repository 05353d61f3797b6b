//! The namespace itself. Pod security is `baseline`: Nebari's servers start as root to make home directories, which
//! `restricted` refuses; it is still what the audit log measures by.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Namespace;

use super::object::{self, document};
use super::places::{Holder, Place};
use crate::site::{Site, contact_from};
use crate::writer::{Document, entries};

pub(crate) fn documents(site: &Site<'_, '_>, place: &Place<'_, '_>, version: &str) -> Vec<Document> {
    let part_of = site.settings().map_or("nbc", |settings| settings.handle);
    let own = match place.holder {
        Holder::Hub => &[][..],
        Holder::Group(group) => group.labels.value.as_slice(),
        Holder::User(user) => user.labels.value.as_slice(),
    };
    let mut labels = object::labels(part_of, own);
    for mode in ["enforce", "audit", "warn"] {
        let level = if mode == "audit" { "restricted" } else { "baseline" };
        labels.insert(format!("pod-security.kubernetes.io/{mode}"), level.to_owned());
        labels.insert(format!("pod-security.kubernetes.io/{mode}-version"), format!("v{version}"));
    }
    if let Holder::Group(group) = place.holder {
        labels.insert(object::PAYING_GROUP.to_owned(), group.handle.to_owned());
    }
    let mut metadata = object::meta(&place.namespace, None, labels);
    let mut annotations: BTreeMap<String, String> = BTreeMap::new();
    if let Holder::Group(group) = place.holder {
        annotations.insert("nbc/title".to_owned(), group.title.value.to_owned());
        annotations.extend(site.contact(Some(group)).map(|contact| ("nbc/contact".to_owned(), contact)));
        annotations.extend(group.cost_center.map(|center| ("nbc/cost-center".to_owned(), center.value.to_owned())));
    }
    metadata.annotations = (!annotations.is_empty()).then_some(annotations);
    let namespace = Namespace { metadata, ..Namespace::default() };
    let mut document = document(&namespace);
    document.origins.extend(entries("/metadata/labels", own));
    vec![match place.holder {
        Holder::Hub => document.from("/metadata/name", site.settings().map(|settings| settings.hub_namespace.origin)),
        Holder::Group(group) => document
            .from("/metadata/name", [group.namespace.origin])
            .from("/metadata/annotations/nbc~1title", [group.title.origin])
            .from("/metadata/annotations/nbc~1contact", contact_from(site, Some(group)))
            .from("/metadata/annotations/nbc~1cost-center", crate::site::origin(&group.cost_center)),
        Holder::User(user) => document.from("/metadata/name", [user.username.origin]),
    }]
}
