//! A quota that cannot hold one server for each person who may launch one at the group's expense: on a busy day some
//! are refused. That may be meant, so it is only said.

use std::collections::BTreeSet;

use nbc_model::quantity::display;
use nbc_model::value::Dimension;
use nbc_model::world::EntityId;
use nbc_source::{Diagnostic, Diagnostics};

use crate::bounds::{effective, quotas_of};
use crate::codes::QUOTA_BELOW_MEMBERS;
use crate::decisions::Decisions;
use crate::draft::Draft;
use crate::kinds::{Group, Profile};
use crate::who_pays::Payers;

pub(super) fn run(draft: &Draft<'_>, _: &Decisions, payers: &Payers, out: &mut Diagnostics) {
    let mut rows: Vec<(EntityId, EntityId, EntityId)> =
        payers.iter().map(|row| (row.group, row.user, row.profile)).collect();
    rows.sort_unstable();
    for paid in rows.chunk_by(|a, b| a.0 == b.0) {
        let Some(group) = paid.first().and_then(|row| draft.declared.find::<Group<'_>>(row.0)) else { continue };
        let people: BTreeSet<EntityId> = paid.iter().map(|row| row.1).collect();
        let profiles: BTreeSet<EntityId> = paid.iter().map(|row| row.2).collect();
        judge(draft, group, people.len(), &profiles, out);
    }
}

fn judge(draft: &Draft<'_>, group: &Group<'_>, people: usize, profiles: &BTreeSet<EntityId>, out: &mut Diagnostics) {
    let rows = profiles.iter().filter_map(|id| draft.declared.find::<Profile<'_>>(*id));
    let Some(smallest) = rows.min_by_key(|profile| (profile.memory_guarantee.value, profile.id)) else { return };
    let needs = smallest.memory_guarantee.value.0;
    for quota in quotas_of(draft, group) {
        let (Some(memory), Some(said)) = (effective(draft, quota).memory, quota.memory) else { continue };
        let servers = if needs > 0 { memory.0 / needs } else { continue };
        if i64::try_from(people).is_ok_and(|people| people > servers) {
            out.push(
                Diagnostic::new(
                    &QUOTA_BELOW_MEMBERS,
                    draft.span(said.origin),
                    format!(
                        "the quota of `{}` holds {servers} servers of `{}` at a time, for {people} people",
                        group.handle, smallest.handle
                    ),
                )
                .label(format!("{} for each", display(Dimension::Memory, needs, "")))
                .help("fine where not everybody works at once; the next one is refused with the group's contact"),
            );
        }
    }
}
