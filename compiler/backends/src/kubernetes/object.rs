//! Objects on their way into a file: typed, labelled, with their origins.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::{Metadata, Resource};
use serde::Serialize;

use nbc_platform::values::Entry;

use crate::writer::Document;

/// The name and the version of the schema: `v1/Namespace`, `networking.k8s.io/v1/NetworkPolicy`.
pub(crate) fn document<T: Resource + Metadata<Ty = ObjectMeta> + Serialize>(object: &T) -> Document {
    Document::new(format!("{}/{}", T::API_VERSION, T::KIND), object)
}

/// Labels that every object has, and those that the declaration adds. People's own labels never replace ours.
pub(crate) fn labels(part_of: &str, own: &[Entry<&str, &str>]) -> BTreeMap<String, String> {
    let own = own.iter().map(|entry| (entry.key, entry.value));
    let ours = [("app.kubernetes.io/managed-by", "nbc"), ("app.kubernetes.io/part-of", part_of)];
    own.chain(ours)
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

/// The metadata of an object in a namespace.
pub(crate) fn meta(name: &str, namespace: Option<&str>, labels: BTreeMap<String, String>) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.to_owned()),
        namespace: namespace.map(str::to_owned),
        labels: (!labels.is_empty()).then_some(labels),
        ..ObjectMeta::default()
    }
}

/// The label that says which group pays for a pod. The hub sets it; quotas, alerts and admission read it.
pub(crate) const PAYING_GROUP: &str = "nbc/paying-group";
/// The label that says which profile a pod was made of.
pub(crate) const PROFILE: &str = "nbc/profile";
/// The label that says what a pod may reach: `open`, `site` or `none`.
pub(crate) const NETWORK: &str = "nbc/network";
