//! Who gains and who loses what, and which declared grants a policy holds back.

use nbc_model::Model;
use nbc_model::kinds::ActionId;
use nbc_model::world::EntityId;
use nbc_platform::Decisions;
use nbc_platform::decisions::{CohortAnswer, Decision, Forbidden, PolicyId, Reason};
use rustc_hash::{FxHashMap, FxHashSet};

use super::causes::{Revision, Side};
use super::pairs::Pairs;

/// All differences of access in one stage. Numbers of a *gain* are those of the head's model, of a *loss* the base's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessDifference {
    /// Sorted by person, action, resource.
    pub gained: Vec<Right>,
    pub lost: Vec<Right>,
    /// What a group holds whole that it did not: people who join it later will have it too.
    pub groups_gained: Vec<Right>,
    pub groups_lost: Vec<Right>,
    /// Granted in the head but not in the base, and refused by a policy.
    pub held_back: Vec<HeldBack>,
    /// Open groups for whose people the answer is another one.
    pub doors: Vec<Door>,
    /// Questions that both sides answered.
    pub compared: u64,
}

/// Somebody (a person, or all of a group) may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    pub who: EntityId,
    pub action: ActionId,
    pub resource: EntityId,
    pub reason: Reason,
}

/// A grant that a policy took away again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldBack {
    pub right: Right,
    /// In the head's [`Decisions::policies`].
    pub policy: PolicyId,
}

/// The answer for people whom the files do not list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    /// Whose numbers it has: the base's where the head does not have the group or the thing.
    pub side: Revision,
    pub group: EntityId,
    pub action: ActionId,
    pub resource: EntityId,
    pub before: CohortAnswer,
    pub after: CohortAnswer,
}

impl AccessDifference {
    /// Whether nobody gains, loses or is held back, today or later.
    pub fn is_empty(&self) -> bool {
        self.gained.is_empty()
            && self.lost.is_empty()
            && self.groups_gained.is_empty()
            && self.groups_lost.is_empty()
            && self.held_back.is_empty()
            && self.doors.is_empty()
    }
}

/// Compares what was decided. Linear in the rows of both sides.
pub fn compare(base: Side<'_>, head: Side<'_>, pairs: &Pairs) -> AccessDifference {
    let actions = Actions::of(base.model, head.model);
    let (before, after) = (base.decisions, head.decisions);
    let mut difference = AccessDifference { compared: after.judged, ..AccessDifference::default() };
    for row in after.iter() {
        let earlier = actions
            .base(row.action)
            .zip(pairs.base(row.resource))
            .and_then(|(action, resource)| before.of(action, resource));
        if earlier.is_some_and(|earlier| is_same(earlier, row, pairs)) {
            continue;
        }
        let (users, groups) = holders(earlier, |who| pairs.head(who));
        let gained = row.users.iter().filter(|allowed| !users.contains(&allowed.user));
        difference.gained.extend(gained.map(|allowed| right(row, allowed.user, after.reasons[allowed.reason])));
        let held = row.groups.iter().filter(|held| !groups.contains(&held.group));
        difference.groups_gained.extend(held.map(|held| right(row, held.group, after.reasons[held.reason])));
        difference.doors.extend(doors(row, earlier, Revision::Head, |group| pairs.base(group)));
    }
    for row in before.iter() {
        let later = actions
            .head(row.action)
            .zip(pairs.head(row.resource))
            .and_then(|(action, resource)| after.of(action, resource));
        if later.is_some_and(|later| is_same(row, later, pairs)) {
            continue;
        }
        let (users, groups) = holders(later, |who| pairs.base(who));
        let lost = row.users.iter().filter(|allowed| !users.contains(&allowed.user));
        difference.lost.extend(lost.map(|allowed| right(row, allowed.user, before.reasons[allowed.reason])));
        let held = row.groups.iter().filter(|held| {
            // A policy that refuses one member takes nothing from the others.
            let members = base.world.membership.of(held.group);
            !groups.contains(&held.group) && !members.iter().any(|member| users.contains(&member.user))
        });
        difference.groups_lost.extend(held.map(|held| right(row, held.group, before.reasons[held.reason])));
        difference.doors.extend(closed(row, later, pairs));
    }
    difference.held_back = held_back(before, after, &actions, pairs);
    for rights in
        [&mut difference.gained, &mut difference.lost, &mut difference.groups_gained, &mut difference.groups_lost]
    {
        rights.sort_by_key(|right| (right.who, right.action, right.resource));
    }
    difference
}

fn right(row: &Decision, who: EntityId, reason: Reason) -> Right {
    Right { who, action: row.action, resource: row.resource, reason }
}

/// Whether both rows list the same people and groups in the same order, as nearly all do.
fn is_same(before: &Decision, after: &Decision, pairs: &Pairs) -> bool {
    let is_one = |before: EntityId, after: EntityId| pairs.head(before) == Some(after);
    let (mut users, mut groups) = (before.users.iter().zip(&after.users), before.groups.iter().zip(&after.groups));
    let mut cohorts = before.cohorts.iter().zip(&after.cohorts);
    before.users.len() == after.users.len()
        && before.groups.len() == after.groups.len()
        && before.cohorts.len() == after.cohorts.len()
        && users.all(|(before, after)| is_one(before.user, after.user))
        && groups.all(|(before, after)| is_one(before.group, after.group))
        && cohorts.all(|(before, after)| is_one(before.group, after.group) && before.answer == after.answer)
}

/// The people and groups of a row in the numbers of the other side.
fn holders(
    row: Option<&Decision>,
    other: impl Fn(EntityId) -> Option<EntityId>,
) -> (FxHashSet<EntityId>, FxHashSet<EntityId>) {
    let Some(row) = row else { return Default::default() };
    let users = row.users.iter().filter_map(|allowed| other(allowed.user)).collect();
    let groups = row.groups.iter().filter_map(|held| other(held.group)).collect();
    (users, groups)
}

/// Open groups of a row that the other side answers otherwise, or is not asked about.
fn doors(
    row: &Decision,
    other: Option<&Decision>,
    side: Revision,
    to_other: impl Fn(EntityId) -> Option<EntityId>,
) -> Vec<Door> {
    let answer = |group: EntityId| {
        let (other, group) = (other?, to_other(group)?);
        other.cohorts.iter().find(|cohort| cohort.group == group).map(|cohort| cohort.answer.clone())
    };
    let changed = row.cohorts.iter().filter_map(|cohort| {
        let (here, there) = (cohort.answer.clone(), answer(cohort.group).unwrap_or(CohortAnswer::No));
        let (before, after) = match side {
            Revision::Base => (here, there),
            Revision::Head => (there, here),
        };
        let door = Door { side, group: cohort.group, action: row.action, resource: row.resource, before, after };
        (door.before != door.after).then_some(door)
    });
    changed.collect()
}

/// Open groups of a row of the base about which the head is not asked any longer: those doors are shut. What both are
/// asked about was compared from the head.
fn closed(row: &Decision, later: Option<&Decision>, pairs: &Pairs) -> Vec<Door> {
    let is_asked = |door: &Door| {
        let group = pairs.head(door.group);
        later.is_some_and(|later| later.cohorts.iter().any(|cohort| Some(cohort.group) == group))
    };
    let mut doors = doors(row, None, Revision::Base, |_| None);
    doors.retain(|door| !is_asked(door));
    doors
}

fn held_back(before: &Decisions, after: &Decisions, actions: &Actions, pairs: &Pairs) -> Vec<HeldBack> {
    let is_one = |(before, after): (&Forbidden, &Forbidden)| {
        let same_things = pairs.head(before.resource) == Some(after.resource);
        same_things && pairs.head(before.user) == Some(after.user) && actions.head(before.action) == Some(after.action)
    };
    if before.forbidden().count() == after.forbidden().count() && before.forbidden().zip(after.forbidden()).all(is_one)
    {
        return Vec::new();
    }
    let known: FxHashSet<(ActionId, EntityId, EntityId)> =
        before.forbidden().map(|row| (row.action, row.resource, row.user)).collect();
    let was_known = |action, resource, user| {
        let key = (actions.base(action), pairs.base(resource), pairs.base(user));
        matches!(key, (Some(action), Some(resource), Some(user)) if known.contains(&(action, resource, user)))
    };
    let new = after.forbidden().filter(|row| !was_known(row.action, row.resource, row.user));
    let held = new.map(|row| HeldBack {
        right: Right { who: row.user, action: row.action, resource: row.resource, reason: after.reasons[row.reason] },
        policy: row.policy,
    });
    held.collect()
}

/// Actions by their qualified names: a change may add kinds.
struct Actions {
    to_head: FxHashMap<ActionId, ActionId>,
    to_base: FxHashMap<ActionId, ActionId>,
}

impl Actions {
    fn of(base: &Model, head: &Model) -> Actions {
        let mut actions = Actions { to_head: FxHashMap::default(), to_base: FxHashMap::default() };
        let old: FxHashMap<&str, ActionId> =
            base.kinds.actions.iter().map(|(id, action)| (base.text(action.qualified), id)).collect();
        for (id, action) in head.kinds.actions.iter() {
            if let Some(before) = old.get(head.text(action.qualified)) {
                actions.to_head.insert(*before, id);
                actions.to_base.insert(id, *before);
            }
        }
        actions
    }

    fn head(&self, before: ActionId) -> Option<ActionId> {
        self.to_head.get(&before).copied()
    }

    fn base(&self, after: ActionId) -> Option<ActionId> {
        self.to_base.get(&after).copied()
    }
}
