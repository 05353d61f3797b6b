//! A pool whose instance types have different GPUs: people get either, by chance.

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::MIXED_GPUS;
use crate::draft::Draft;
use crate::machines::gpus;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for pool in &draft.declared.node_pools {
        // What the pool says itself is one machine with several GPUs, not several machines.
        if !pool.gpu.value.is_empty() {
            continue;
        }
        let found: Vec<&str> = gpus(pool).into_iter().map(|(name, _)| name).collect();
        if found.len() > 1 {
            out.push(
                Diagnostic::new(
                    &MIXED_GPUS,
                    draft.span(pool.instances.origin),
                    format!("node pool `{}` mixes GPUs: {}", pool.handle, found.join(" and ")),
                )
                .label("people get either")
                .help("make one pool of each GPU, so that a profile can ask for it"),
            );
        }
    }
}
