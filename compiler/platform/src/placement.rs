//! Which machines a profile can run on.

use crate::draft::Draft;
use crate::kinds::{NodePool, Profile, ProfileUse, Workload};
use crate::machines::{self, Shape};
use crate::values::{Bytes, Millicores};

/// What a server of a profile needs to be placed, and whether a pool has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// One machine has room for at least one server.
    Fits,
    /// The guarantee is above what the smallest machine has left.
    TooSmall,
    /// It has no such GPU, or too few.
    NoGpu,
    /// The size of its machines is not known; never "fits".
    Unknown,
}

/// The pools that a profile may run on: the one it names, else every pool for its use.
pub fn pools<'a, 'm>(draft: &'a Draft<'m>, profile: &Profile<'m>) -> Vec<&'a NodePool<'m>> {
    if let Some(pool) = profile.node_pool {
        return draft.declared.get(pool.value).into_iter().collect();
    }
    let wanted = workload(profile);
    let runs = |pool: &&NodePool<'m>| pool.runs.value.iter().any(|item| item.value == wanted);
    draft.declared.node_pools.iter().filter(runs).collect()
}

/// What machines must be for.
pub fn workload(profile: &Profile<'_>) -> Workload {
    let only_workers = profile.r#use.value.iter().all(|item| item.value == ProfileUse::DaskWorker);
    if only_workers && !profile.r#use.value.is_empty() { Workload::DaskWorkers } else { Workload::Servers }
}

/// Whether a machine of the pool has room for a server of the profile.
pub fn fit(profile: &Profile<'_>, pool: &NodePool<'_>) -> Fit {
    let have = machines::gpus(pool);
    let enough =
        |wanted: &str, count: i64| have.iter().any(|(name, has)| (wanted == "any" || *name == wanted) && *has >= count);
    if profile.gpu.value.iter().any(|entry| entry.value > 0 && !enough(entry.key, entry.value)) {
        return Fit::NoGpu;
    }
    match machines::allocatable(pool) {
        None => Fit::Unknown,
        Some(Shape { cpu, memory, .. }) => {
            let (needs_cpu, needs_memory) = guarantee(profile);
            if needs_cpu <= cpu && needs_memory <= memory { Fit::Fits } else { Fit::TooSmall }
        }
    }
}

/// What is kept free for one server: it decides where it is placed.
pub fn guarantee(profile: &Profile<'_>) -> (Millicores, Bytes) {
    (profile.cpu_guarantee.value, profile.memory_guarantee.value)
}
