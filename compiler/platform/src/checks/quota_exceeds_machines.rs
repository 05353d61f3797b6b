//! A quota larger than everything that the node pools can hold: it promises what does not exist.
//!
//! Each group's quota is judged on its own; that all together promise more than there is, is what sharing means.

use nbc_model::quantity::display;
use nbc_model::value::{Dimension, OriginId};
use nbc_source::{Diagnostic, Diagnostics};

use crate::bounds::{effective, extras};
use crate::codes::QUOTA_EXCEEDS_MACHINES;
use crate::draft::Draft;
use crate::kinds::{Quota, QuotaExtra};
use crate::machines::{allocatable, gpus};
use crate::values::Entry;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    let Some(room) = Room::of(draft) else { return };
    for quota in &draft.declared.quotas {
        judge(draft, quota, &room, out);
    }
}

/// Everything that all pools hold at their largest; `None` where a machine is not known.
struct Room<'m> {
    cpu: i64,
    memory: i64,
    gpu: Vec<(&'m str, i64)>,
}

impl<'m> Room<'m> {
    fn of(draft: &Draft<'m>) -> Option<Room<'m>> {
        let mut room = Room { cpu: 0, memory: 0, gpu: Vec::new() };
        if draft.declared.node_pools.is_empty() {
            return None;
        }
        for pool in &draft.declared.node_pools {
            let (shape, nodes) = (allocatable(pool)?, pool.max_nodes.value);
            room.cpu = room.cpu.saturating_add(shape.cpu.0.saturating_mul(nodes));
            room.memory = room.memory.saturating_add(shape.memory.0.saturating_mul(nodes));
            for (name, count) in gpus(pool) {
                let count = count.saturating_mul(nodes);
                match room.gpu.iter_mut().find(|row| row.0 == name) {
                    Some(row) => row.1 = row.1.saturating_add(count),
                    None => room.gpu.push((name, count)),
                }
            }
        }
        Some(room)
    }

    /// `any` means whichever, so all of them count.
    fn gpus(&self, name: &str) -> i64 {
        self.gpu.iter().filter(|row| name == "any" || row.0 == name).map(|row| row.1).sum()
    }
}

fn judge<'m>(draft: &Draft<'m>, quota: &Quota<'m>, room: &Room<'m>, out: &mut Diagnostics) {
    let bound = effective(draft, quota);
    let mut judge =
        |asked: i64, has: i64, own: Own, extra: &dyn Fn(&QuotaExtra<'m>) -> Option<OriginId>, show: &Show<'_>| {
            if asked > has {
                let added: Vec<OriginId> = extras(draft, quota).filter_map(extra).collect();
                out.extend(finding(draft, quota, own.filter(|own| own.0 > has), &added, &show(asked), &show(has)));
            }
        };
    if let Some(cpu) = bound.cpu {
        let show = |amount| format!("{} CPU", display(Dimension::Cpu, amount, ""));
        let own = quota.cpu.map(|cpu| (cpu.value.0, cpu.origin));
        judge(cpu.0, room.cpu, own, &|extra| extra.cpu.map(|cpu| cpu.origin), &show);
    }
    if let Some(memory) = bound.memory {
        let show = |amount| display(Dimension::Memory, amount, "");
        let own = quota.memory.map(|memory| (memory.value.0, memory.origin));
        judge(memory.0, room.memory, own, &|extra| extra.memory.map(|memory| memory.origin), &show);
    }
    for (name, count) in &bound.gpu {
        let of = |gpu: &[Entry<&str, i64>]| {
            gpu.iter().find(|entry| entry.key == *name).map(|entry| (entry.value, entry.origin))
        };
        let show = |amount| format!("{amount} GPUs `{name}`");
        let extra = |extra: &QuotaExtra<'m>| of(&extra.gpu.value).map(|(_, origin)| origin);
        judge(*count, room.gpus(name), of(&quota.gpu.value), &extra, &show);
    }
}

/// What the quota says itself, and where.
type Own = Option<(i64, OriginId)>;
/// An amount in words.
type Show<'s> = dyn Fn(i64) -> String + 's;

/// Stands at the quota's own amount where that alone is too much, else at what was added last.
fn finding(
    draft: &Draft<'_>,
    quota: &Quota<'_>,
    own: Own,
    extras: &[OriginId],
    asked: &str,
    has: &str,
) -> Option<Diagnostic> {
    let path = draft.path(quota.id.entity);
    let origin = own.map(|(_, origin)| origin).or(extras.last().copied())?;
    let with = if extras.is_empty() { "" } else { ", with what was added for a while" };
    let found = Diagnostic::new(
        &QUOTA_EXCEEDS_MACHINES,
        draft.span(origin),
        format!("`{path}` promises {asked}{with}, more than all node pools together hold"),
    );
    Some(found.label(format!("they hold {has}")).help(format!("lower it to {has}, or raise `max-nodes` of a pool")))
}
