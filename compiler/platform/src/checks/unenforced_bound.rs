//! A bound of a group that nothing stops under this isolation: it is only reported.
//!
//! Kubernetes counts by namespace. With `isolation: shared` all servers run in the hub's, so the CPU, memory, GPUs and
//! storage of one group are counted by nobody; with `per-user` each person has a namespace, so a group's sum is not.

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::UNENFORCED_BOUND;
use crate::draft::Draft;
use crate::kinds::Isolation;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    let Some(platform) = draft.platform() else { return };
    let isolation = platform.isolation.value;
    for group in &draft.declared.groups {
        let Some(quota) = group.quota.and_then(|quota| draft.declared.get(quota.value)) else { continue };
        let mut bounds: Vec<&str> = Vec::new();
        if isolation != Isolation::PerGroup {
            let said = [
                ("cpu", quota.cpu.is_some()),
                ("memory", quota.memory.is_some()),
                ("gpu", !quota.gpu.value.is_empty()),
                ("storage", quota.storage.is_some()),
            ];
            bounds.extend(said.iter().filter(|(_, said)| *said).map(|(name, _)| *name));
        }
        if quota.usage.is_some() && !draft.targets.has("usage-quotas") {
            bounds.push("usage");
        }
        if bounds.is_empty() {
            continue;
        }
        let list = bounds.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        out.push(
            Diagnostic::new(&UNENFORCED_BOUND, quota.span, format!("nothing stops group `{}` at {list}", group.handle))
                .label("only reported")
                .related(draft.span(platform.isolation.origin), format!("servers run {}", where_servers_run(isolation)))
                .help("with `isolation: per-group` Kubernetes stops what exceeds a group's quota"),
        );
    }
}

fn where_servers_run(isolation: Isolation) -> &'static str {
    match isolation {
        Isolation::Shared => "in one namespace for all",
        Isolation::PerGroup => "in the namespace of the group that pays",
        Isolation::PerUser => "in a namespace of each person",
    }
}
