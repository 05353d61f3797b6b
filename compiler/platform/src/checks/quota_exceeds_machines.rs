//! A quota larger than everything that the node pools can hold: it promises what does not exist.
//!
//! Each group's quota is judged on its own; that all together promise more than there is, is what sharing means.

use nbc_model::quantity::display;
use nbc_model::value::{Dimension, OriginId};
use nbc_source::{Diagnostic, Diagnostics};

use crate::bounds::effective;
use crate::codes::QUOTA_EXCEEDS_MACHINES;
use crate::draft::Draft;
use crate::kinds::Quota;
use crate::machines::{allocatable, gpus};

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
    if let (Some(cpu), Some(said)) = (bound.cpu.filter(|cpu| cpu.0 > room.cpu), quota.cpu) {
        let show = |amount| format!("{} CPU", display(Dimension::Cpu, amount, ""));
        out.push(finding(draft, quota, said.origin, &show(cpu.0), &show(room.cpu)));
    }
    if let (Some(memory), Some(said)) = (bound.memory.filter(|memory| memory.0 > room.memory), quota.memory) {
        let show = |amount| display(Dimension::Memory, amount, "");
        out.push(finding(draft, quota, said.origin, &show(memory.0), &show(room.memory)));
    }
    for (name, count) in &bound.gpu {
        let has = room.gpus(name);
        let said = quota.gpu.value.iter().find(|entry| entry.key == *name);
        if let Some(said) = said.filter(|_| *count > has) {
            out.push(finding(draft, quota, said.origin, &format!("{count} GPUs `{name}`"), &has.to_string()));
        }
    }
}

fn finding(draft: &Draft<'_>, quota: &Quota<'_>, origin: OriginId, asked: &str, has: &str) -> Diagnostic {
    let path = draft.path(quota.id.entity);
    Diagnostic::new(
        &QUOTA_EXCEEDS_MACHINES,
        draft.span(origin),
        format!("`{path}` promises {asked}, more than all node pools together hold"),
    )
    .label(format!("they hold {has}"))
    .help(format!("lower it to {has}, or raise `max-nodes` of a pool"))
}
