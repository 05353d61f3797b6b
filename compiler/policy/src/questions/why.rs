//! `nbc audit why dana read cohort-7`: the edges that allow it, or what stands in the way and what would change it.

use nbc_model::kinds::ActionId;
use nbc_model::value::{Date, Value};
use nbc_model::world::EntityId;

use super::edges::{Way, membership_edge, ways};
use super::{Edge, PolicyShown};
use crate::access::{Access, Decide};
use crate::facts::{Fact, facts};
use crate::holders::Holder;
use crate::shape::ActionShape;

/// Why somebody can, or cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    pub who: EntityId,
    pub action: ActionId,
    pub resource: EntityId,
    pub as_of: Date,
    pub can: bool,
    /// Declarations that give it, each with the membership that leads there.
    pub granted: Vec<Edge>,
    /// Ids of the permits that counted, for an answer of yes.
    pub permits: Vec<String>,
    pub forbidden: Vec<Forbids>,
    /// Policies that would refuse it but for a waiver, with the waiver's place.
    pub waived: Vec<Edge>,
    /// Policies of packs that are not hard and would refuse it.
    pub reported: Vec<PolicyShown>,
    /// Why nothing is possible at all.
    pub inactive: Option<Edge>,
    /// Ways to a yes, the one that lets in fewest first.
    pub to_allow: Vec<ToAllow>,
}

/// A policy that stands in the way, and what it looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forbids {
    pub policy: PolicyShown,
    pub facts: Vec<Fact>,
}

/// One way to a yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToAllow {
    pub text: String,
    /// People whom it lets in, this one included.
    pub lets_in: usize,
    /// It lets in everybody of the kind who comes later, too.
    pub and_later: bool,
}

/// Why one can or cannot.
pub fn why(access: &Access<'_>, who: EntityId, action: ActionId, resource: EntityId) -> Why {
    let mut answer = Why {
        who,
        action,
        resource,
        as_of: access.people.world.as_of,
        can: false,
        granted: Vec::new(),
        permits: Vec::new(),
        forbidden: Vec::new(),
        waived: Vec::new(),
        reported: Vec::new(),
        inactive: inactive(access, who),
        to_allow: Vec::new(),
    };
    let Some(shape) = access.policies.shapes.action(action) else { return answer };
    if answer.inactive.is_some() {
        return answer;
    }
    let all = ways(access, shape, resource);
    let open: Vec<&Way> = all.iter().filter(|way| way.covers(access, who)).collect();
    answer.granted = open.iter().flat_map(|way| way.edges(access, who, shape, resource)).collect();
    let verdict = access.decide(who, action, resource);
    answer.can = verdict.allowed;
    answer.permits = verdict.permits;
    for at in &verdict.refused_by {
        let Some(written) = access.written(*at) else { continue };
        let facts = facts(access, written, who, resource);
        answer.forbidden.push(Forbids { policy: PolicyShown::of(access, *at, written), facts });
    }
    for waiver in &verdict.waived {
        let Some(row) = access.people.model.waivers.get(waiver.waiver) else { continue };
        let text = format!("{} on {}", access.people.model.text(row.rule), access.people.model.path(row.on));
        answer.waived.push(Edge { text, span: Some(row.span) });
    }
    answer.reported = PolicyShown::all(access, &verdict.reported);
    if !answer.can {
        answer.to_allow = to_allow(access, shape, &answer, &all, &verdict.refused_by);
    }
    answer
}

/// Why a person or service can do nothing at all today.
pub fn inactive(access: &Access<'_>, who: EntityId) -> Option<Edge> {
    if access.people.acts(who) {
        return None;
    }
    let model = access.people.model;
    let handle = model.handle(who);
    let today = access.people.world.as_of;
    let edge = |name: &str, text: String| {
        let span = access.people.slot(who, name).map(|slot| model.origin(slot.origin).span);
        Some(Edge { text, span })
    };
    match (access.people.value(who, "until"), access.people.value(who, "from"), access.people.value(who, "enabled")) {
        (Some(Value::Date(until)), ..) if until < today => edge("until", format!("{handle} ended on {until}")),
        (_, Some(Value::Date(from)), _) if today < from => edge("from", format!("{handle} begins on {from}")),
        (.., Some(Value::Bool(false))) => edge("enabled", format!("{handle} is switched off")),
        _ => edge("account", format!("{handle} has no account of its own")),
    }
}

fn to_allow(
    access: &Access<'_>,
    action: &ActionShape,
    answer: &Why,
    all: &[Way],
    refused_by: &[usize],
) -> Vec<ToAllow> {
    let mut ways = if refused_by.is_empty() {
        by_granting(access, action, answer, all)
    } else {
        by_excusing(access, action, answer, all, refused_by)
    };
    ways.sort_by_key(|way| (way.and_later, way.lets_in));
    ways.truncate(5);
    ways
}

/// Nobody forbids it; it was not granted.
fn by_granting(access: &Access<'_>, action: &ActionShape, answer: &Why, all: &[Way]) -> Vec<ToAllow> {
    let model = access.people.model;
    let who = model.handle(answer.who);
    let mut found = Vec::new();
    let mut groups: Vec<&Holder> =
        all.iter().map(|way| &way.holder).filter(|holder| access.people.is_group(holder.who)).collect();
    groups.sort_by_key(|holder| holder.who);
    groups.dedup_by_key(|holder| holder.who);
    // What comes along with a membership ranks the groups: the smallest first.
    groups.sort_by_key(|holder| (comes_along(access, holder.who), holder.who));
    for holder in groups.iter().take(3) {
        let more = comes_along(access, holder.who).saturating_sub(1);
        let along = if more == 0 { String::new() } else { format!("; brings {more} more rights") };
        found.push(ToAllow {
            text: format!(
                "make {who} a member of {}{}{along}",
                model.handle(holder.who),
                decided_by(access, holder.who)
            ),
            lets_in: 1,
            and_later: false,
        });
    }
    if action.by_grant.users {
        let what = action.id.rsplit('.').next().unwrap_or_default();
        let text = format!("grant {what} to {who} alone{}", decided_by(access, answer.resource));
        found.push(ToAllow { text, lets_in: 1, and_later: false });
    }
    found
}

fn comes_along(access: &Access<'_>, group: EntityId) -> usize {
    access.holders.rows.iter().filter(|row| row.by.iter().any(|holder| holder.who == group)).count()
}

/// A policy forbids it: an exception, or another fact.
fn by_excusing(
    access: &Access<'_>,
    action: &ActionShape,
    answer: &Why,
    all: &[Way],
    refused_by: &[usize],
) -> Vec<ToAllow> {
    let model = access.people.model;
    let who = model.handle(answer.who);
    let mut found = vec![ToAllow {
        text: format!("a waiver for {who} with an end date{}", approvers(access, refused_by)),
        lets_in: 1,
        and_later: false,
    }];
    let mut kept_out: Vec<EntityId> = all
        .iter()
        .flat_map(|way| access.people.behind(way.holder.who).into_owned())
        .filter(|other| *other != answer.who)
        .collect();
    kept_out.sort_unstable();
    kept_out.dedup();
    kept_out.retain(|other| {
        let verdict = access.decide(*other, action.action, answer.resource);
        !verdict.allowed && verdict.refused_by == refused_by
    });
    for at in refused_by {
        let Some(written) = access.written(*at) else { continue };
        for name in &written.reads.resource.attributes {
            let field = name.replace('_', "-");
            found.push(ToAllow {
                text: format!(
                    "another {field} of {}{}",
                    model.handle(answer.resource),
                    decided_by(access, answer.resource)
                ),
                lets_in: kept_out.len() + 1,
                and_later: true,
            });
        }
    }
    if answer.granted.is_empty() {
        let what = action.id.rsplit('.').next().unwrap_or_default();
        found.iter_mut().for_each(|way| way.text.push_str(&format!(", and a grant to {what}")));
    }
    found
}

/// `, approved by hana or taylor`: those who may waive the packs.
fn approvers(access: &Access<'_>, refused_by: &[usize]) -> String {
    let kinds = access.policies.shapes.roles_of_kinds;
    let waive = access.policies.shapes.actions.iter().find(|action| Some(action.kind) == kinds.pack);
    let packs = refused_by.iter().filter_map(|at| access.written(*at)?.pack.as_deref());
    let mut names: Vec<&str> = Vec::new();
    for pack in packs {
        let pack = access.people.of_kind(kinds.pack).iter().find(|entity| access.people.model.handle(**entity) == pack);
        if let (Some(waive), Some(pack)) = (waive, pack) {
            let answer = super::who_can::who_can(access, waive.action, *pack);
            names.extend(answer.can.iter().map(|principal| access.people.model.handle(principal.who)));
        }
    }
    names.sort_unstable();
    names.dedup();
    if names.is_empty() { String::new() } else { format!(", approved by {}", names.join(" or ")) }
}

/// `, decided by its owner robin`
fn decided_by(access: &Access<'_>, thing: EntityId) -> String {
    let model = access.people.model;
    let mut owners: Vec<&str> =
        access.people.listed(thing, "owners").iter().map(|(owner, _)| model.handle(*owner)).collect();
    owners.extend(access.holders.owner(thing).map(|(owner, _)| model.handle(owner)));
    if owners.is_empty() { String::new() } else { format!(", decided by {}", owners.join(" or ")) }
}

/// The membership path of a person to a group, for a reader who asks about the group alone.
pub fn path(access: &Access<'_>, who: EntityId, group: EntityId) -> Option<Edge> {
    membership_edge(access, who, group)
}
