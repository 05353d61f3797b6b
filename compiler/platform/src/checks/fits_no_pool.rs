//! A profile that no machine can hold: its servers would wait for ever.
//!
//! Judged by what is kept free (the guarantee) against what the system leaves of the smallest machine of each pool that
//! the profile may run on. A pool with machines nbc does not know may hold it, so then nothing is said.

use nbc_model::quantity::display;
use nbc_model::value::Dimension;
use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::{FITS_NO_POOL, UNKNOWN_GPU};
use crate::draft::Draft;
use crate::kinds::{NodePool, Profile};
use crate::machines;
use crate::placement::{Fit, fit, pools};

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    if draft.declared.node_pools.is_empty() {
        return;
    }
    let mut without: Vec<(&Profile<'_>, Vec<&NodePool<'_>>)> = Vec::new();
    for profile in &draft.declared.profiles {
        if unknown_gpu(draft, profile, out) {
            continue;
        }
        let pools = pools(draft, profile);
        if pools.iter().all(|pool| matches!(fit(profile, pool), Fit::TooSmall | Fit::NoGpu)) {
            without.push((profile, pools));
        }
    }
    // What a profile has from one that fits nowhere either is told there.
    let is_told = |profile: &Profile<'_>| {
        let parent = draft.model.entities[profile.id.entity].extends;
        without.iter().any(|(other, _)| Some(other.id.entity) == parent && has_same_needs(profile, other))
    };
    out.extend(
        without.iter().filter(|(profile, _)| !is_told(profile)).map(|(profile, pools)| finding(draft, profile, pools)),
    );
}

fn has_same_needs(one: &Profile<'_>, other: &Profile<'_>) -> bool {
    let needs = |profile: &Profile<'_>| {
        let guaranteed = (profile.cpu_guarantee.origin, profile.memory_guarantee.origin);
        (profile.cpu.origin, profile.memory.origin, guaranteed)
    };
    needs(one) == needs(other)
}

/// A GPU by a name that no pool uses.
fn unknown_gpu(draft: &Draft<'_>, profile: &Profile<'_>, out: &mut Diagnostics) -> bool {
    let mut names: Vec<&str> =
        draft.declared.node_pools.iter().flat_map(|pool| machines::gpus(pool)).map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    let unknown = profile.gpu.value.iter().find(|entry| entry.key != "any" && !names.contains(&entry.key));
    let Some(entry) = unknown else { return false };
    // Machines that nbc does not know may have any GPU.
    if draft.declared.node_pools.iter().any(|pool| machines::machine(pool) == machines::Machine::Unknown) {
        return false;
    }
    let span = draft.key_span(entry.origin, entry.key);
    let found = Diagnostic::new(&UNKNOWN_GPU, span, format!("no node pool has a GPU `{}`", entry.key))
        .label(format!("profile `{}` asks for it", profile.handle))
        .did_you_mean(span, &nbc_source::suggest::nearest(entry.key, names.iter().copied()));
    let known = if names.is_empty() { "none has any".to_owned() } else { format!("they have: {}", names.join(", ")) };
    out.push(found.help(format!("GPU names come from the node pools; {known}")));
    true
}

fn finding(draft: &Draft<'_>, profile: &Profile<'_>, pools: &[&NodePool<'_>]) -> Diagnostic {
    let cpu = display(Dimension::Cpu, profile.cpu_guarantee.value.0, "");
    let memory = display(Dimension::Memory, profile.memory_guarantee.value.0, "");
    let mut found = Diagnostic::new(
        &FITS_NO_POOL,
        profile.span,
        format!("no node pool has room for a server of `{}`", profile.handle),
    )
    .label(format!("needs {cpu} CPU and {memory} kept free"));
    for pool in pools {
        let why = match (fit(profile, pool), machines::allocatable(pool)) {
            (Fit::NoGpu, _) => format!("`{}` has not the GPUs", pool.handle),
            (_, Some(left)) => format!(
                "`{}` has {} CPU and {} left of a machine",
                pool.handle,
                display(Dimension::Cpu, left.cpu.0, ""),
                display(Dimension::Memory, left.memory.0, "")
            ),
            (_, None) => continue,
        };
        found = found.related(pool.span, why);
    }
    if pools.is_empty() {
        found = found.help(format!("no pool is for its use; add one, or name one: `node-pool: {}`", first(draft)));
    }
    let lacks_gpus = !pools.is_empty() && pools.iter().all(|pool| fit(profile, pool) == Fit::NoGpu);
    found.help(match lacks_gpus {
        true => {
            "describe machines with GPUs: `node-pool gpu { instances: [\"g6.4xlarge\"], gpu { l4: 1 }, max-nodes: 1 }`"
        }
        false => "lower `cpu-guarantee` and `memory-guarantee`, or describe larger machines",
    })
}

fn first<'a>(draft: &'a Draft<'_>) -> &'a str {
    draft.declared.node_pools.first().map_or("…", |pool| pool.handle)
}
