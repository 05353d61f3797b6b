//! A quota that cannot hold one server for each person who may launch one at the group's expense: on a busy day some
//! are refused. That may be meant, so it is only said.

use std::collections::BTreeMap;

use nbc_model::quantity::display;
use nbc_model::value::Dimension;
use nbc_model::world::EntityId;
use nbc_source::{Diagnostic, Diagnostics};

use crate::bounds::{effective, quotas_of};
use crate::codes::QUOTA_BELOW_MEMBERS;
use crate::decisions::Decisions;
use crate::draft::Draft;
use crate::kinds::{Group, Profile};
use crate::who_pays::{Payer, Payers};

pub(super) fn run(draft: &Draft<'_>, _: &Decisions, payers: &Payers, out: &mut Diagnostics) {
    let mut of_groups: BTreeMap<EntityId, Paid> = BTreeMap::new();
    for row in payers.iter() {
        of_groups.entry(row.group).or_default().add(row);
    }
    for (group, paid) in of_groups {
        let Some(group) = draft.declared.find::<Group<'_>>(group) else { continue };
        judge(draft, group, paid.people(), &paid.profiles, out);
    }
}

/// What one group pays for.
#[derive(Default)]
struct Paid {
    /// Sorted, each once.
    profiles: Vec<EntityId>,
    /// Once for each profile.
    users: Vec<EntityId>,
}

impl Paid {
    /// Payers come sorted by profile.
    fn add(&mut self, row: &Payer) {
        if self.profiles.last() != Some(&row.profile) {
            self.profiles.push(row.profile);
        }
        self.users.push(row.user);
    }

    /// How many people it pays for. The people of each profile are in order already, so sorting only merges them.
    fn people(&self) -> usize {
        let mut users = self.users.clone();
        users.sort();
        users.dedup();
        users.len()
    }
}

fn judge(draft: &Draft<'_>, group: &Group<'_>, people: usize, profiles: &[EntityId], out: &mut Diagnostics) {
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
