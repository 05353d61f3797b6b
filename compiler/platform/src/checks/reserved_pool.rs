//! A profile bound to a pool that is reserved for other groups than those that offer it, or that is not for servers.

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::{POOL_FOR_OTHERS, POOL_NOT_FOR_USE};
use crate::draft::Draft;
use crate::placement::workload;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for profile in &draft.declared.profiles {
        let Some(named) = profile.node_pool else { continue };
        let Some(pool) = draft.declared.get(named.value) else { continue };
        let wanted = workload(profile);
        if !pool.runs.value.iter().any(|item| item.value == wanted) {
            out.push(
                Diagnostic::new(
                    &POOL_NOT_FOR_USE,
                    draft.span(named.origin),
                    format!("node pool `{}` is not for {}", pool.handle, wanted.text()),
                )
                .label(format!("servers of `{}` would run there", profile.handle))
                .related(draft.span(pool.runs.origin), "what it is for")
                .help(format!("add `{}` to its `runs`, or name another pool", wanted.text())),
            );
        }
        if pool.only_for.value.is_empty() {
            continue;
        }
        let allowed = |group: &crate::kinds::Group<'_>| {
            let line = draft.ancestry(group.id);
            line.iter().any(|above| pool.only_for.value.iter().any(|item| item.value == above.id))
        };
        for group in &draft.declared.groups {
            let offers = draft.current(&group.profiles.value).find(|item| item.value == profile.id);
            if let Some(item) = offers.filter(|_| !allowed(group)) {
                out.push(
                    Diagnostic::new(
                        &POOL_FOR_OTHERS,
                        draft.span(item.origin),
                        format!(
                            "`{}` offers `{}`, which runs on `{}`, a pool for others",
                            group.handle, profile.handle, pool.handle
                        ),
                    )
                    .label("its servers would wait for ever")
                    .related(draft.span(pool.only_for.origin), "whom the pool is for")
                    .help(format!("add `{}` to `only-for`, or offer a profile of another pool", group.handle)),
                );
            }
        }
    }
}
