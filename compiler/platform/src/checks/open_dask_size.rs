//! A dask worker's size that everybody may use: dask-gateway has no bound for each person, so one notebook can take
//! every machine of the pool.

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::OPEN_DASK_SIZE;
use crate::draft::Draft;
use crate::kinds::{ProfileUse, Workload};
use crate::placement::workload;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    let Some(everyone) = draft.declared.groups.iter().find(|group| group.handle == "everyone") else { return };
    let mut open: Vec<(&str, _)> = Vec::new();
    for item in draft.current(&everyone.profiles.value) {
        let profile = draft.declared.get(item.value);
        let worker = |profile: &&crate::kinds::Profile<'_>| {
            workload(profile) == Workload::DaskWorkers
                || profile.r#use.value.iter().any(|item| item.value == ProfileUse::DaskWorker)
        };
        if let Some(profile) = profile.filter(worker) {
            open.push((profile.handle, item.origin));
        }
    }
    let Some((_, origin)) = open.first() else { return };
    let names = open.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    out.push(
        Diagnostic::new(&OPEN_DASK_SIZE, draft.span(*origin), format!("everybody may start dask workers of {names}"))
            .label("without a bound for each person")
            .help("grant them to groups with a quota of `dask-workers`, or set `dask { workers-per-cluster }` on the platform"),
    );
}
