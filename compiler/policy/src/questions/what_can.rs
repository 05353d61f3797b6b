//! `nbc audit what-can ana`: everything that one person or service can do, or somebody who comes through an open group.

use nbc_model::kinds::ActionId;
use nbc_model::value::Date;
use nbc_model::world::EntityId;
use nbc_platform::decisions::CohortAnswer;

use super::edges::{Way, last_day, ways};
use super::{Edge, PolicyShown};
use crate::access::Access;
use crate::decide::cohorts::Cohorts;
use crate::decide::many::Many;

/// Everything that one can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatCan {
    pub who: EntityId,
    pub as_of: Date,
    /// Sorted by action, then thing.
    pub can: Vec<Right>,
    /// What was granted and is refused; sorted in the same way.
    pub refused: Vec<RefusedRight>,
    /// Why nothing is possible at all: outside their dates, switched off, no account.
    pub inactive: Option<Edge>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    pub action: ActionId,
    pub resource: EntityId,
    pub until: Option<Date>,
    pub because: Vec<Edge>,
    /// Of an open group: what the answer depends on, by field. Empty where it is simply yes.
    pub depends_on: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRight {
    pub action: ActionId,
    pub resource: EntityId,
    pub by: Vec<PolicyShown>,
}

/// What one can do.
pub fn what_can(access: &Access<'_>, who: EntityId) -> WhatCan {
    let mut answer = WhatCan {
        who,
        as_of: access.people.world.as_of,
        can: Vec::new(),
        refused: Vec::new(),
        inactive: super::why::inactive(access, who),
    };
    if access.people.is_group(who) {
        answer.inactive = None;
        return of_group(access, answer);
    }
    if answer.inactive.is_some() {
        return answer;
    }
    for shape in &access.policies.shapes.actions {
        let permits_written =
            access.applying(shape).iter().filter_map(|at| access.written(*at)).any(|policy| !policy.forbids);
        let resources = access.people.world.of_kind(shape.kind);
        let mut many = Many::of(access, shape, &[who], resources);
        for resource in resources {
            let all = ways(access, shape, *resource);
            let open: Vec<&Way> = all.iter().filter(|way| way.covers(access, who)).collect();
            if open.is_empty() && !permits_written {
                continue;
            }
            let verdict = many.decide(who, *resource, open.iter().map(|way| &way.holder));
            if verdict.allowed {
                answer.can.push(Right {
                    action: shape.action,
                    resource: *resource,
                    until: last_day(access, who, &open, &verdict),
                    because: open.iter().flat_map(|way| way.edges(access, who, shape, *resource)).collect(),
                    depends_on: Vec::new(),
                });
            } else if !open.is_empty() {
                let by = PolicyShown::all(access, &verdict.refused_by);
                answer.refused.push(RefusedRight { action: shape.action, resource: *resource, by });
            }
        }
    }
    answer
}

/// Whatever somebody can do of whom only the group is known.
fn of_group(access: &Access<'_>, mut answer: WhatCan) -> WhatCan {
    let cohorts = Cohorts::of(access);
    let above = access.people.chain(answer.who);
    for shape in &access.policies.shapes.actions {
        for resource in access.people.world.of_kind(shape.kind) {
            let all = ways(access, shape, *resource);
            let open: Vec<&Way> = all.iter().filter(|way| above.contains(&way.holder.who)).collect();
            if open.is_empty() {
                continue;
            }
            let depends_on = match cohorts.of_group(access, answer.who, shape, *resource) {
                CohortAnswer::No => continue,
                CohortAnswer::Yes => Vec::new(),
                CohortAnswer::DependsOn(fields) => fields,
            };
            let because =
                open.iter().map(|way| Edge { text: way.text(access, shape, *resource), span: way.span(access) });
            answer.can.push(Right {
                action: shape.action,
                resource: *resource,
                until: None,
                because: because.collect(),
                depends_on,
            });
        }
    }
    answer
}
