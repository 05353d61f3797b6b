//! A server may use more than one machine of its pool has left: it is killed, or slowed down, before its own limit.
//!
//! The guarantee decides where a server is placed, so a limit above the machine still starts; a guarantee above every
//! machine is `fits-no-pool`. Pools with a machine type that nbc does not know are not judged.

use nbc_model::quantity::display;
use nbc_model::value::{Dimension, OriginId};
use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::LARGER_THAN_MACHINE;
use crate::draft::Draft;
use crate::kinds::{NodePool, Profile};
use crate::machines::{Machine, Shape, gpus, machine};
use crate::placement::{Fit, fit, pools};
use crate::values::{Bytes, Millicores, Sourced};

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for profile in &draft.declared.profiles {
        let pools = candidates(draft, profile);
        for size in sizes(profile) {
            let tight = pools.iter().find_map(|pool| {
                let shape = known(pool)?;
                size.exceeds(shape).map(|place| (*pool, shape, place))
            });
            out.extend(tight.map(|(pool, shape, place)| finding(draft, profile, &size, pool, shape, place)));
        }
    }
}

/// The limits of a profile, or what a choice in the launcher makes of them: each is judged by what it says itself.
struct Size {
    /// As people read it: the profile, and the choice.
    name: String,
    cpu: Option<Sourced<Millicores>>,
    memory: Option<Sourced<Bytes>>,
}

impl Size {
    /// Where the limit stands that is above the machine.
    fn exceeds(&self, shape: Shape) -> Option<OriginId> {
        let memory = self.memory.filter(|memory| memory.value > shape.memory).map(|memory| memory.origin);
        memory.or_else(|| self.cpu.filter(|cpu| cpu.value > shape.cpu).map(|cpu| cpu.origin))
    }
}

fn sizes(profile: &Profile<'_>) -> Vec<Size> {
    let own = Size { name: format!("`{}`", profile.handle), cpu: Some(profile.cpu), memory: Some(profile.memory) };
    let choices = profile.options.value.iter().flat_map(|option| &option.value.choices.value);
    let chosen = choices.map(|choice| Size {
        name: format!("`{}` with `{}`", profile.handle, choice.key),
        cpu: choice.value.cpu,
        memory: choice.value.memory,
    });
    std::iter::once(own).chain(chosen).collect()
}

/// The pool that the profile names, else those that have room for its guarantee; machines with GPUs only where it asks
/// for one, or there are no others.
fn candidates<'a, 'm>(draft: &'a Draft<'m>, profile: &Profile<'m>) -> Vec<&'a NodePool<'m>> {
    let mut pools = pools(draft, profile);
    // Where it fits nowhere, that is said by `fits-no-pool`.
    pools.retain(|pool| !matches!(fit(profile, pool), Fit::TooSmall | Fit::NoGpu));
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

fn finding(
    draft: &Draft<'_>,
    profile: &Profile<'_>,
    size: &Size,
    pool: &NodePool<'_>,
    shape: Shape,
    place: OriginId,
) -> Diagnostic {
    let cpu = amount(Dimension::Cpu, size.cpu.unwrap_or(profile.cpu).value.0);
    let memory = amount(Dimension::Memory, size.memory.unwrap_or(profile.memory).value.0);
    let (has_cpu, has_memory) = (amount(Dimension::Cpu, shape.cpu.0), amount(Dimension::Memory, shape.memory.0));
    let (name, pool_name) = (&size.name, pool.handle);
    Diagnostic::new(
        &LARGER_THAN_MACHINE,
        draft.span(place),
        format!("{name} may use {cpu} CPU and {memory}; the smallest machine of `{pool_name}` has {has_cpu} and {has_memory}"),
    )
    .label("more than one machine has")
    .related(pool.span, "the machines it runs on")
    .help(format!("lower the limits of {name}, or take the small machines out of `{pool_name}`"))
}

fn amount(dimension: Dimension, amount: i64) -> String {
    display(dimension, amount, "")
}
