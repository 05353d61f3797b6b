//! What was decided: who may do what with which thing, and why. Backends read this and nothing else about access.
//!
//! A [`Decision`] is one action on one resource. It lists *people* (sorted, as of the judged day, disabled and ended
//! people left out) and beside them the *groups that hold it whole*: every member may, so a target that speaks of
//! groups binds the group and names only who is left over ([`Decision::beside_groups`]). A row without anybody is not
//! stored. Who is not listed may not. `policy` fills it; nothing here knows Cedar.

use std::sync::Arc;

use nbc_model::index::{Id, Table};
use nbc_model::kinds::ActionId;
use nbc_model::value::OriginId;
use nbc_model::world::{EntityId, Membership};
use nbc_source::{Diagnostics, Span};

use crate::draft::Draft;
use crate::finding::Finding;

/// Decides (phase 11). `policy` implements it with Cedar, tests with a table. `driver` asks it before it judges rules, and
/// passes the answer to [`crate::seal::seal`] as a judge that has only to repeat it.
pub trait Judge {
    /// Decides every action on every resource for every person and open group of the draft. Total: what cannot be
    /// decided is denied and said in [`Judgement::findings`].
    fn decide(&self, draft: &Draft<'_>) -> Judgement;
}

/// Decisions, and what was found on the way (a grant that policy forbids, a policy that errs, an invariant broken).
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    pub decisions: Decisions,
    pub findings: Vec<Finding>,
    pub cedar: CedarTexts,
}

/// What the decisions were made from, usable by any Cedar runtime; the backend `cedar` writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CedarTexts {
    pub schema: String,
    /// Entities in Cedar's JSON form.
    pub entities: String,
    pub policies: String,
}

impl Judgement {
    /// Findings that no rule, pack or waiver has a say in.
    pub fn found(&mut self, diagnostics: Diagnostics) {
        self.findings.extend(diagnostics.into_iter().map(Finding::plain));
    }
}

/// A reason in [`Decisions::reasons`]; one row serves all people that hold by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReasonId(u32);

/// A policy in [`Decisions::policies`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyId(u32);

impl Id for ReasonId {
    fn new(index: usize) -> Self {
        ReasonId(index as u32)
    }
    fn index(self) -> usize {
        self.0 as usize
    }
}

impl Id for PolicyId {
    fn new(index: usize) -> Self {
        PolicyId(index as u32)
    }
    fn index(self) -> usize {
        self.0 as usize
    }
}

/// All decisions of one stage on one day.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    /// Sorted by action.
    actions: Vec<Arc<ActionDecisions>>,
    pub reasons: Table<ReasonId, Reason>,
    pub policies: Table<PolicyId, Policy>,
    /// How many questions (principal, action, resource) were answered, and how many with yes.
    pub judged: u64,
    pub allowed: u64,
}

/// All decisions about one action. Stages that differ in nothing that these are made of share them.
#[derive(Clone, Debug)]
pub struct ActionDecisions {
    action: ActionId,
    /// Sorted by resource; one row each.
    rows: Vec<Decision>,
    /// Declared grants that a policy took away again; sorted by resource, user.
    forbidden: Vec<Forbidden>,
    /// How many questions (principal, resource) were answered, and how many with yes.
    pub judged: u64,
    pub allowed: u64,
}

/// One action on one resource, and everybody who may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub action: ActionId,
    pub resource: EntityId,
    /// Sorted by user.
    pub users: Vec<Allowed>,
    /// Groups that were given it (by a grant or a role, here or by descent) and none of whose members is refused.
    /// Groups without members count. Sorted by group.
    pub groups: Vec<HeldBy>,
    /// Groups whose people come from an identity provider: what is true of somebody who arrives through them. Sorted.
    pub cohorts: Vec<Cohort>,
}

/// One person who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    pub user: EntityId,
    pub reason: ReasonId,
}

/// A group that holds the action whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldBy {
    pub group: EntityId,
    pub reason: ReasonId,
}

/// The answer for people of an open group, whom the files do not list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cohort {
    pub group: EntityId,
    pub answer: CohortAnswer,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CohortAnswer {
    Yes,
    No,
    /// It depends on attributes that only the identity provider knows, by the names of their fields, sorted.
    DependsOn(Vec<String>),
}

/// Why somebody may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// A field that grants lists it. `origin` is the element of the list; `to` is the user or group that it names.
    Grant { origin: OriginId, to: EntityId },
    /// A role. `given_in` is the group (or the user, or the service account) that has it, `origin` the element that
    /// gives it: `group.roles`, `group.delegates`, `user.roles`.
    Role { role: EntityId, given_in: EntityId, origin: OriginId },
    /// A field that `owns` names the person, or the group that they belong to.
    Owner { origin: OriginId },
    /// A permit written in Cedar by the site or a pack.
    Policy(PolicyId),
}

/// Somebody who would hold it by `reason`, but for the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forbidden {
    pub action: ActionId,
    pub resource: EntityId,
    pub user: EntityId,
    pub reason: ReasonId,
    pub policy: PolicyId,
}

/// A policy by its `@id` and the sentence that a refused person reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    pub id: String,
    pub sentence: String,
    /// Its place in the `.cedar` file.
    pub span: Option<Span>,
    /// The pack that brings it; `None` for the site's own.
    pub pack: Option<String>,
}

impl ActionDecisions {
    pub fn new(action: ActionId) -> ActionDecisions {
        ActionDecisions { action, rows: Vec::new(), forbidden: Vec::new(), judged: 0, allowed: 0 }
    }

    /// Adds a decision about this action; order does not matter until [`ActionDecisions::settle`].
    pub fn push(&mut self, decision: Decision) {
        self.rows.push(decision);
    }

    pub fn forbid(&mut self, forbidden: Forbidden) {
        self.forbidden.push(forbidden);
    }

    /// Puts everything in order, drops empty rows and joins what was decided twice. The last thing that a judge does.
    pub fn settle(&mut self) {
        self.rows.retain(|row| !(row.users.is_empty() && row.groups.is_empty() && row.cohorts.is_empty()));
        self.rows.sort_by_key(|row| row.resource);
        self.rows.dedup_by(|next, first| {
            let same = next.resource == first.resource;
            if same {
                first.users.append(&mut next.users);
                first.groups.append(&mut next.groups);
                first.cohorts.append(&mut next.cohorts);
            }
            same
        });
        for row in &mut self.rows {
            row.users.sort_by_key(|allowed| (allowed.user, allowed.reason));
            row.users.dedup_by_key(|allowed| allowed.user);
            row.groups.sort_by_key(|held| (held.group, held.reason));
            row.groups.dedup_by_key(|held| held.group);
            row.cohorts.sort_by_key(|cohort| cohort.group);
        }
        self.forbidden.sort_by_key(|row| (row.resource, row.user, row.policy));
        self.forbidden.dedup();
    }

    fn of(&self, resource: EntityId) -> Option<&Decision> {
        let at = self.rows.binary_search_by_key(&resource, |row| row.resource).ok()?;
        self.rows.get(at)
    }
}

impl Decisions {
    /// Adds all decisions about one action, settled.
    pub fn add(&mut self, decided: Arc<ActionDecisions>) {
        self.judged += decided.judged;
        self.allowed += decided.allowed;
        let at = self.actions.partition_point(|other| other.action < decided.action);
        self.actions.insert(at, decided);
    }

    /// All decisions, sorted by action, then resource.
    pub fn iter(&self) -> impl Iterator<Item = &Decision> {
        self.actions.iter().flat_map(|decided| &decided.rows)
    }

    fn action(&self, action: impl Into<Option<ActionId>>) -> Option<&ActionDecisions> {
        let action = action.into()?;
        let at = self.actions.binary_search_by_key(&action, |decided| decided.action).ok()?;
        self.actions.get(at).map(|decided| &**decided)
    }

    /// The decision about one thing; `None` where nobody may. Takes `Option<ActionId>` too, as
    /// [`crate::kinds::Actions`] has them.
    pub fn of(&self, action: impl Into<Option<ActionId>>, resource: EntityId) -> Option<&Decision> {
        self.action(action)?.of(resource)
    }

    /// The decisions about one action, sorted by resource.
    pub fn of_action(&self, action: impl Into<Option<ActionId>>) -> &[Decision] {
        self.action(action).map_or(&[], |decided| &decided.rows)
    }

    /// The answer, and why.
    pub fn why(&self, user: EntityId, action: impl Into<Option<ActionId>>, resource: EntityId) -> Option<Reason> {
        let row = self.of(action, resource)?;
        let at = row.users.binary_search_by_key(&user, |allowed| allowed.user).ok()?;
        row.users.get(at).map(|allowed| self.reasons[allowed.reason])
    }

    pub fn may(&self, user: EntityId, action: impl Into<Option<ActionId>>, resource: EntityId) -> bool {
        self.why(user, action, resource).is_some()
    }

    /// Grants that a policy took away, sorted by action, resource, user.
    pub fn forbidden(&self) -> impl Iterator<Item = &Forbidden> {
        self.actions.iter().flat_map(|decided| &decided.forbidden)
    }

    /// The policies that stand between a person and a thing they were granted.
    pub fn forbidden_to(
        &self,
        user: EntityId,
        action: ActionId,
        resource: EntityId,
    ) -> impl Iterator<Item = &Policy> + '_ {
        let all = self.action(action).map_or(&[][..], |decided| &decided.forbidden);
        let start = all.partition_point(|row| (row.resource, row.user) < (resource, user));
        let rows = all.get(start..).unwrap_or_default().iter();
        let rows = rows.take_while(move |row| (row.resource, row.user) == (resource, user));
        rows.map(|row| &self.policies[row.policy])
    }
}

impl Decision {
    pub fn allows(&self, user: EntityId) -> bool {
        self.users.binary_search_by_key(&user, |allowed| allowed.user).is_ok()
    }

    pub fn holds(&self, group: EntityId) -> bool {
        self.groups.binary_search_by_key(&group, |held| held.group).is_ok()
    }

    /// People who may and are in none of [`Decision::groups`]: a target that binds groups has to name them.
    pub fn beside_groups(&self, membership: &Membership) -> Vec<EntityId> {
        let in_group =
            |user: EntityId, group: EntityId| membership.of(group).binary_search_by_key(&user, |m| m.user).is_ok();
        let users = self.users.iter().map(|allowed| allowed.user);
        users.filter(|user| !self.groups.iter().any(|held| in_group(*user, held.group))).collect()
    }
}
