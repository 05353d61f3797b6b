//! A Kubernetes cluster as nbc changes it: server-side apply of whole manifests, and reading them back.
//! It owns the connection and the resource names of kinds; it does not order, compare or prune manifests.

mod cluster;
mod error;
mod manifest;

pub use cluster::{Cluster, Mode, Question};
pub use error::Error;
pub use manifest::Manifest;

/// The field manager under which nbc owns fields
/// (<https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers>).
pub const FIELD_MANAGER: &str = "nbc";
