//! Who gains by a change, today or on a later day, called as the base calls them.

use std::collections::{BTreeMap, BTreeSet};

use nbc_model::world::EntityId;
use nbc_platform::decisions::CohortAnswer;

use crate::difference::access::{AccessDifference, Right};
use crate::difference::pairs::Pairs;
use crate::difference::{Difference, Presence, Revisions};

/// What people gain over things that the base has. Of a new thing its maker has to have something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gains {
    /// By handle of the base: how many things.
    people: BTreeMap<String, usize>,
    /// People whom the base does not have, by the head's handle.
    pub new_people: BTreeSet<String>,
    /// Doors that open wider: `launch gpu for whoever comes through guests`.
    pub doors: BTreeSet<String>,
}

impl Gains {
    pub(super) fn of(revisions: Revisions<'_, '_>, difference: &Difference) -> Gains {
        let mut gains = Gains::default();
        for stage in difference.stages.iter().filter(|stage| stage.presence == Presence::Both) {
            let world =
                |compiled: &'_ crate::Compiled<'_>| compiled.stages.iter().position(|found| found.name == stage.stage);
            let sides = world(revisions.base).zip(world(revisions.head));
            let Some((before, after)) = sides
                .and_then(|(before, after)| revisions.base.stages.get(before).zip(revisions.head.stages.get(after)))
            else {
                continue;
            };
            let pairs = Pairs::of(revisions.base.model, before.world, revisions.head.model, after.world);
            gains.add(revisions, &pairs, &stage.access);
            for day in &difference.later.days {
                let fresh = day.stages.iter().filter(|(name, _)| *name == stage.stage);
                fresh.for_each(|(_, access)| gains.add(revisions, &pairs, access));
            }
        }
        gains
    }

    /// Whether somebody of the base gains anything.
    pub fn is_gainer(&self, handle: &str) -> bool {
        self.people.contains_key(handle)
    }

    /// How many things somebody of the base gains.
    pub fn of_person(&self, handle: &str) -> usize {
        self.people.get(handle).copied().unwrap_or(0)
    }

    fn add(&mut self, revisions: Revisions<'_, '_>, pairs: &Pairs, access: &AccessDifference) {
        let is_old = |resource: EntityId| pairs.base(resource).is_some();
        // Who is held back today was granted it all the same: one word of a policy and it is theirs.
        let held = access.held_back.iter().map(|held| &held.right);
        for Right { who, resource, .. } in access.gained.iter().chain(held) {
            match pairs.base(*who) {
                Some(person) if is_old(*resource) => {
                    *self.people.entry(revisions.base.model.handle(person).to_owned()).or_default() += 1;
                }
                Some(_) => {}
                None => {
                    self.new_people.insert(revisions.head.model.handle(*who).to_owned());
                }
            }
        }
        let wider = access.doors.iter().filter(|door| rank(&door.after) > rank(&door.before) || both_depend(door));
        for door in wider {
            let model = revisions.head.model;
            let action = model.text(model.kinds.actions[door.action].name);
            let (thing, group) = (model.path(door.resource), model.handle(door.group));
            self.doors.insert(format!("{action} {thing} for whoever comes through {group}"));
        }
    }
}

fn both_depend(door: &crate::difference::access::Door) -> bool {
    rank(&door.before) == 1 && rank(&door.after) == 1
}

fn rank(answer: &CohortAnswer) -> u8 {
    match answer {
        CohortAnswer::No => 0,
        CohortAnswer::DependsOn(_) => 1,
        CohortAnswer::Yes => 2,
    }
}
