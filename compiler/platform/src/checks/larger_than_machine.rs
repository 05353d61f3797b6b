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
use crate::machines::{Machine, Shape, machine};

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for profile in &draft.declared.profiles {
        let pinned = profile.node_pool.and_then(|pool| draft.declared.get(pool.value));
        let Some((pool, shape)) = pinned.and_then(|pool| known(pool).map(|shape| (pool, shape))) else { continue };
        if profile.cpu.value > shape.cpu || profile.memory.value > shape.memory {
            out.push(finding(draft, profile, pool, shape));
        }
    }
}

fn known<'a>(pool: &NodePool<'a>) -> Option<Shape> {
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
