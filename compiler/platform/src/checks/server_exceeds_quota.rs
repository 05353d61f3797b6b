//! A profile that the quota of the group which pays for it cannot hold even once: everybody is shown it, nobody ever
//! gets it.

use nbc_model::quantity::display;
use nbc_model::value::Dimension;
use nbc_source::{Diagnostic, Diagnostics};

use crate::bounds::{Bound, effective, quotas_of};
use crate::codes::SERVER_EXCEEDS_QUOTA;
use crate::draft::Draft;
use crate::kinds::{Group, Profile};
use crate::placement::{Fit, fit, guarantee, pools};
use crate::values::{Id, Item};

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for group in &draft.declared.groups {
        for quota in quotas_of(draft, group) {
            let bound = effective(draft, quota);
            for item in draft.current(&group.profiles.value) {
                let Some(profile) = draft.declared.get(item.value).filter(|profile| can_run(draft, profile)) else {
                    continue;
                };
                if let Some(why) = excess(profile, &bound) {
                    out.push(finding(draft, group, item, profile, &why, quota.span));
                }
            }
        }
    }
}

/// What no machine can hold is said by `fits-no-pool` or `unknown-gpu`; a larger quota would not help.
fn can_run(draft: &Draft<'_>, profile: &Profile<'_>) -> bool {
    let pools = pools(draft, profile);
    draft.declared.node_pools.is_empty()
        || pools.iter().any(|pool| !matches!(fit(profile, pool), Fit::TooSmall | Fit::NoGpu))
}

/// The first bound that one server breaks, in words.
fn excess(profile: &Profile<'_>, bound: &Bound<'_>) -> Option<String> {
    let (cpu, memory) = guarantee(profile);
    if let Some(limit) = bound.cpu.filter(|limit| cpu > *limit) {
        let show = |amount| display(Dimension::Cpu, amount, "");
        return Some(format!("needs {} CPU of {}", show(cpu.0), show(limit.0)));
    }
    if let Some(limit) = bound.memory.filter(|limit| memory > *limit) {
        let show = |amount| display(Dimension::Memory, amount, "");
        return Some(format!("needs {} of {}", show(memory.0), show(limit.0)));
    }
    let all: i64 = bound.gpu.iter().map(|row| row.1).sum();
    let limit = |name: &str| match name {
        "any" => all,
        _ => bound.gpu.iter().find(|row| row.0 == name).map_or(0, |row| row.1),
    };
    let over = profile.gpu.value.iter().find(|entry| !bound.gpu.is_empty() && entry.value > limit(entry.key));
    over.map(|entry| format!("needs {} GPUs `{}` of {}", entry.value, entry.key, limit(entry.key)))
}

fn finding<'m>(
    draft: &Draft<'m>,
    group: &Group<'m>,
    item: &Item<Id<Profile<'m>>>,
    profile: &Profile<'m>,
    why: &str,
    quota: nbc_source::Span,
) -> Diagnostic {
    Diagnostic::new(
        &SERVER_EXCEEDS_QUOTA,
        draft.span(item.origin),
        format!("the quota of `{}` cannot hold one server of `{}`", group.handle, profile.handle),
    )
    .label(why)
    .related(quota, "the quota is here")
    .help(format!("raise the quota, or take `{}` out of `profiles`", profile.handle))
}
