//! From a sealed platform to the texts that other systems read.
//!
//! One folder for each target; none knows another, the language, or Cedar. What people may do comes from the decisions
//! alone. Every document is a typed object, is judged by the strict schema of the configured version, and carries the
//! places it came from. What a target cannot say is listed, never dropped.

pub mod artifact;
pub mod backend;
mod cedar;
pub mod codes;
mod conda_store;
pub mod coverage;
mod jupyterhub;
mod keycloak;
mod kubernetes;
mod lines;
mod manifest;
pub mod map;
pub mod nowhere;
mod print;
pub mod raw;
mod site;
mod template;
#[cfg(test)]
mod testing;
mod validate;
mod writer;

pub use artifact::{Artifact, Content, Emitted, Fault, NotExpressed, Sourced};
pub use backend::{Backend, Options};
pub use cedar::Cedar;
pub use conda_store::CondaStore;
pub use jupyterhub::JupyterHub;
pub use keycloak::Keycloak;
pub use kubernetes::Kubernetes;
pub use template::file as template_of;

/// Every backend, in the order of their names.
pub const ALL: &[&dyn Backend] = &[&Cedar, &CondaStore, &JupyterHub, &Keycloak, &Kubernetes];
