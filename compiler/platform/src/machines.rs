//! What machines hold: the shapes of known instance types, and what is left of a node pool's machine for servers.
//!
//! An instance type that the table does not have is not judged: unknown never means "fits".

use crate::kinds::NodePool;
use crate::values::{Bytes, Millicores};

/// `stdlib/machines.csv`: instance, cpu, memory, gpu, gpus, arch; sorted by instance.
const TABLE: &str = include_str!("../../../stdlib/machines.csv");

/// One machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub cpu: Millicores,
    pub memory: Bytes,
    /// GPUs in all, whatever their model.
    pub gpus: i64,
    /// The model that the table knows; empty where there is none.
    pub gpu: &'static str,
}

/// What is known of a pool's machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// The smallest machine of the pool as the provider sells it.
    Known(Shape),
    /// Nothing is said of its size, or an instance type is not in the table.
    Unknown,
}

/// The shape of an instance type.
pub fn instance(name: &str) -> Option<Shape> {
    let line = TABLE.lines().skip(1).find(|line| line.split(',').next() == Some(name))?;
    let mut cells = line.split(',').skip(1);
    let cpu = cells.next()?.parse::<i64>().ok()?.checked_mul(1_000)?;
    let memory = gibibytes(cells.next()?.strip_suffix("Gi")?)?;
    let gpu = cells.next()?;
    let gpus = cells.next()?.parse().ok()?;
    Some(Shape { cpu: Millicores(cpu), memory: Bytes(memory), gpus, gpu })
}

/// `3.75` gibibytes as bytes.
fn gibibytes(text: &str) -> Option<i64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let unit = 10_i64.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    let part = if decimals.is_empty() { 0 } else { decimals.parse::<i64>().ok()?.checked_mul(1 << 30)? / unit };
    whole.parse::<i64>().ok()?.checked_mul(1 << 30)?.checked_add(part)
}

/// The smallest machine of a pool, as sold. What `cpu` and `memory` of the pool say wins over the table.
pub fn machine(pool: &NodePool<'_>) -> Machine {
    let said: i64 = pool.gpu.value.iter().map(|entry| entry.value).sum();
    if let (Some(cpu), Some(memory)) = (pool.cpu, pool.memory) {
        return Machine::Known(Shape { cpu: cpu.value, memory: memory.value, gpus: said, gpu: "" });
    }
    let mut smallest: Option<Shape> = None;
    for item in &pool.instances.value {
        let Some(shape) = instance(item.value) else { return Machine::Unknown };
        smallest = Some(smallest.map_or(shape, |so_far| so_far.min(shape)));
    }
    match smallest {
        None => Machine::Unknown,
        Some(shape) => Machine::Known(Shape {
            cpu: pool.cpu.map_or(shape.cpu, |cpu| cpu.value),
            memory: pool.memory.map_or(shape.memory, |memory| memory.value),
            gpus: if pool.gpu.value.is_empty() { shape.gpus } else { said },
            gpu: shape.gpu,
        }),
    }
}

/// What of one machine is left for servers, after the system has taken its reserve; `None` where it is not known.
pub fn allocatable(pool: &NodePool<'_>) -> Option<Shape> {
    let Machine::Known(shape) = machine(pool) else { return None };
    let reserve = &pool.reserve.value;
    Some(Shape {
        cpu: Millicores((shape.cpu.0 - reserve.cpu.value.0).max(0)),
        memory: Bytes((shape.memory.0 - reserve.memory.value.0).max(0)),
        gpus: shape.gpus.saturating_mul(pool.gpu_shared.value),
        gpu: shape.gpu,
    })
}

/// The GPUs of one machine of a pool, by model, sorted: what the pool says, else what its instance types have (of
/// several counts the smallest). A GPU that takes turns counts as often as it is shared.
pub fn gpus<'m>(pool: &NodePool<'m>) -> Vec<(&'m str, i64)> {
    let shared = pool.gpu_shared.value;
    if !pool.gpu.value.is_empty() {
        return pool.gpu.value.iter().map(|entry| (entry.key, entry.value.saturating_mul(shared))).collect();
    }
    let known = pool.instances.value.iter().filter_map(|item| instance(item.value));
    let mut found: Vec<(&str, i64)> =
        known.filter(|shape| shape.gpus > 0).map(|shape| (shape.gpu, shape.gpus.saturating_mul(shared))).collect();
    found.sort_unstable();
    found.dedup_by_key(|row| row.0);
    found
}

impl Shape {
    /// The smaller of the two in each respect: what fits both.
    fn min(self, other: Shape) -> Shape {
        Shape {
            cpu: self.cpu.min(other.cpu),
            memory: self.memory.min(other.memory),
            gpus: self.gpus.min(other.gpus),
            gpu: self.gpu,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_row_is_read() {
        let names: Vec<&str> = TABLE.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "stdlib/machines.csv is sorted by instance");
        assert!(names.len() > 100);
        for name in names {
            assert!(instance(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_known_machine_has_its_shape_and_an_unknown_one_has_none() {
        let shape = instance("Standard_NC24ads_A100_v4").unwrap();
        assert_eq!((shape.cpu, shape.memory, shape.gpus), (Millicores(24_000), Bytes(220 << 30), 1));
        assert_eq!(instance("m5.imaginary"), None);
    }
}
