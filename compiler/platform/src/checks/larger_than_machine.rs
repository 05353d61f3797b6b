//! A server may use more than one machine of its pool has left: it is killed, or slowed down, before its own limit.
//!
//! The guarantee decides where a server is placed, so a limit above the machine still starts; a guarantee above every
//! machine is `fits-no-pool`. Pools with a machine type that nbc does not know are not judged.

use nbc_model::quantity::display;
use nbc_model::value::Dimension;
use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::LARGER_THAN_MACHINE;
use crate::draft::Draft;
use crate::kinds::{NodePool, Profile};
use crate::machines::{Machine, Shape, gpus, machine};
use crate::placement::{Fit, fit, pools};

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for profile in &draft.declared.profiles {
        let tight = candidates(draft, profile).into_iter().find_map(|pool| {
            let shape = known(pool)?;
            (profile.cpu.value > shape.cpu || profile.memory.value > shape.memory).then_some((pool, shape))
        });
        if let Some((pool, shape)) = tight {
            out.push(finding(draft, profile, pool, shape));
        }
    }
}

/// The pool that the profile names, else those that have room for its guarantee; machines with GPUs only where it asks
/// for one, or there are no others.
fn candidates<'a, 'm>(draft: &'a Draft<'m>, profile: &Profile<'m>) -> Vec<&'a NodePool<'m>> {
    let mut pools = pools(draft, profile);
    if profile.node_pool.is_some() {
        return pools;
    }
    pools.retain(|pool| fit(profile, pool) == Fit::Fits);
    if profile.gpu.value.is_empty() && pools.iter().any(|pool| gpus(pool).is_empty()) {
        pools.retain(|pool| gpus(pool).is_empty());
    }
    pools
}

fn known(pool: &NodePool<'_>) -> Option<Shape> {
    match machine(pool) {
        Machine::Known(shape) => Some(shape),
        Machine::Unknown => None,
    }
}

fn finding(draft: &Draft<'_>, profile: &Profile<'_>, pool: &NodePool<'_>, shape: Shape) -> Diagnostic {
    let place = if profile.memory.value > shape.memory { profile.memory.origin } else { profile.cpu.origin };
    let (cpu, memory) =
        (amount(Dimension::Cpu, profile.cpu.value.0), amount(Dimension::Memory, profile.memory.value.0));
    let (has_cpu, has_memory) = (amount(Dimension::Cpu, shape.cpu.0), amount(Dimension::Memory, shape.memory.0));
    let (name, pool_name) = (profile.handle, pool.handle);
    Diagnostic::new(
        &LARGER_THAN_MACHINE,
        draft.span(place),
        format!("`{name}` may use {cpu} CPU and {memory}; the smallest machine of `{pool_name}` has {has_cpu} and {has_memory}"),
    )
    .label("more than one machine has")
    .related(pool.span, "the machines it runs on")
    .help(format!("lower the limits of `{name}`, or take the small machines out of `{pool_name}`"))
}

fn amount(dimension: Dimension, amount: i64) -> String {
    display(dimension, amount, "")
}
