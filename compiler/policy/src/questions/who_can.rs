//! `nbc audit who-can read cohort-7`: groups, people beside them, who is refused, and doors that are open.

use nbc_model::kinds::ActionId;
use nbc_model::value::Date;
use nbc_model::world::EntityId;
use nbc_source::Span;

use super::edges::{Way, last_day, membership_edge, ways};
use super::{Edge, PolicyShown, Principal};
use crate::access::{Access, Verdict};
use crate::decide::many::Many;
use crate::shape::ActionShape;

/// Everybody who can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhoCan {
    pub action: ActionId,
    pub resource: EntityId,
    pub as_of: Date,
    /// People within their dates.
    pub people: usize,
    /// Sorted.
    pub can: Vec<Principal>,
    /// The same people once each, under the first entry that lets them; entries in order of size.
    pub through: Vec<Through>,
    /// People who were granted it and are refused. Sorted.
    pub refused: Vec<Refused>,
    /// Services with an account that can. Sorted.
    pub services: Vec<Principal>,
    pub open_doors: Vec<OpenDoor>,
}

/// A line of the answer: a group with those of its members who can, or one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Through {
    pub holder: EntityId,
    /// `read: [ml-research]`
    pub text: String,
    pub span: Option<Span>,
    /// With the last day, where there is one. Sorted.
    pub people: Vec<(EntityId, Option<Date>)>,
}

/// Somebody whom a policy keeps out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub who: EntityId,
    pub granted: Vec<Edge>,
    pub by: Vec<PolicyShown>,
}

/// People whom the files do not list may get in here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDoor {
    pub holder: EntityId,
    /// `everyone`, or `whoever campus puts into guests`
    pub text: String,
    pub span: Option<Span>,
}

/// Who can do it.
pub fn who_can(access: &Access<'_>, action: ActionId, resource: EntityId) -> WhoCan {
    let mut answer = WhoCan {
        action,
        resource,
        as_of: access.people.world.as_of,
        people: access.people.users.len(),
        can: Vec::new(),
        through: Vec::new(),
        refused: Vec::new(),
        services: Vec::new(),
        open_doors: Vec::new(),
    };
    let Some(shape) = access.policies.shapes.action(action) else { return answer };
    let ways = ways(access, shape, resource);
    let permits_written =
        access.applying(shape).iter().filter_map(|at| access.written(*at)).any(|policy| !policy.forbids);
    let actors: Vec<EntityId> = access.people.users.iter().chain(&access.people.services).copied().collect();
    let mut many = Many::of(access, shape, &actors, &[resource]);
    for who in actors {
        let open: Vec<&Way> = ways.iter().filter(|way| way.covers(access, who)).collect();
        if !open.is_empty() || permits_written {
            let verdict = many.decide(who, resource, open.iter().map(|way| &way.holder));
            person(access, shape, who, &open, &verdict, &mut answer);
        }
    }
    answer.through = through(access, shape, resource, &ways, &answer.can);
    answer.open_doors = open_doors(access, &ways);
    answer
}

fn person(
    access: &Access<'_>,
    action: &ActionShape,
    who: EntityId,
    open: &[&Way],
    verdict: &Verdict,
    answer: &mut WhoCan,
) {
    let edges = || open.iter().flat_map(|way| way.edges(access, who, action, answer.resource)).collect::<Vec<Edge>>();
    if verdict.allowed {
        let mut because = edges();
        for id in &verdict.permits {
            let written = access.policies.written.iter().find(|policy| policy.id == *id);
            because.extend(written.map(|policy| Edge { text: format!("policy {id}"), span: Some(policy.span) }));
        }
        let until = last_day(access, who, open, verdict);
        let principal = Principal { who, until, because };
        if access.people.is_user(who) { answer.can.push(principal) } else { answer.services.push(principal) }
    } else if !open.is_empty() && !verdict.refused_by.is_empty() {
        let by = PolicyShown::all(access, &verdict.refused_by);
        answer.refused.push(Refused { who, granted: edges(), by });
    }
}

/// A small union of holders that covers all who can: the largest first, each person once.
fn through(
    access: &Access<'_>,
    action: &ActionShape,
    resource: EntityId,
    ways: &[Way],
    can: &[Principal],
) -> Vec<Through> {
    let mut left: Vec<(EntityId, Option<Date>)> =
        can.iter().map(|principal| (principal.who, principal.until)).collect();
    let mut lines = Vec::new();
    while !left.is_empty() {
        let size = |way: &Way| left.iter().filter(|(who, _)| way.covers(access, *who)).count();
        let sizes: Vec<usize> = ways.iter().map(size).collect();
        let Some(best) = sizes.iter().copied().max().filter(|size| *size > 0) else { break };
        let Some(way) = ways.iter().zip(&sizes).find(|(_, size)| **size == best).map(|(way, _)| way) else { break };
        let (people, rest) = left.into_iter().partition(|(who, _)| way.covers(access, *who));
        left = rest;
        lines.push(Through {
            holder: way.holder.who,
            text: way.text(access, action, resource),
            span: way.span(access),
            people,
        });
    }
    lines.extend(left.into_iter().map(|(who, until)| Through {
        holder: who,
        text: "a policy permits it".to_owned(),
        span: None,
        people: vec![(who, until)],
    }));
    lines
}

fn open_doors(access: &Access<'_>, ways: &[Way]) -> Vec<OpenDoor> {
    let model = access.people.model;
    let groups = access.people.of_kind(access.policies.shapes.roles_of_kinds.group);
    let mut doors: Vec<OpenDoor> = Vec::new();
    for way in ways {
        if model.handle(way.holder.who) == "everyone" && access.people.is_group(way.holder.who) {
            doors.push(OpenDoor {
                holder: way.holder.who,
                text: "everyone who signs in".to_owned(),
                span: way.span(access),
            });
        }
        let below = groups
            .iter()
            .filter(|group| access.people.is_open(**group) && access.people.chain(**group).contains(&way.holder.who));
        for group in below {
            let from =
                access.people.slot(*group, "members-from").map(|slot| model.display(slot.value)).unwrap_or_default();
            let text = format!("whoever {from} puts into {}", model.handle(*group));
            doors.push(OpenDoor { holder: *group, text, span: way.span(access) });
        }
    }
    doors.sort_by_key(|door| door.holder);
    doors.dedup_by_key(|door| door.holder);
    doors
}

/// `dana is in ml-research`
pub fn in_words(access: &Access<'_>, refused: &Refused) -> String {
    let groups = access.people.groups_of(refused.who).iter();
    let edge = groups
        .filter_map(|group| membership_edge(access, refused.who, *group))
        .find(|edge| refused.granted.contains(edge));
    edge.or_else(|| refused.granted.first().cloned()).map(|edge| edge.text).unwrap_or_default()
}
