//! From a person to a right, edge by edge: who is in what, which line grants it.

use nbc_model::kinds::GrantDirection;
use nbc_model::value::{Date, OriginId, Value};
use nbc_model::world::{EntityId, Member};
use nbc_platform::decisions::Reason;
use nbc_source::Span;

use super::Edge;
use crate::access::{Access, Verdict};
use crate::holders::Holder;
use crate::shape::ActionShape;

/// One way in which an action is held.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    pub(super) holder: Holder,
    /// Last day of the grant itself.
    until: Option<Date>,
}

/// All entries about a resource: granted, the owner, roles over everything.
pub(super) fn ways(access: &Access<'_>, action: &ActionShape, resource: EntityId) -> Vec<Way> {
    let granted = access.holders.on(action.action, resource).iter().copied();
    let owner = access.holders.by_owner(action, resource);
    let all = granted.chain(owner).chain(access.holders.of_every(&access.people, action.action));
    all.map(|holder| Way { holder, until: until_of(access, &holder, resource) }).collect()
}

impl Way {
    /// Whether the way is open to this person or service.
    pub(super) fn covers(&self, access: &Access<'_>, who: EntityId) -> bool {
        let holder = self.holder.who;
        holder == who
            || access.people.is_group(holder) && access.people.is_in(who, holder)
            || access.people.is_role(holder) && access.people.has_role(who, holder)
    }

    pub(super) fn span(&self, access: &Access<'_>) -> Option<Span> {
        origin_of(&self.holder.reason).map(|origin| access.people.model.origin(origin).span)
    }

    /// The last day on which this person still holds it this way.
    pub(super) fn until(&self, access: &Access<'_>, who: EntityId) -> Option<Date> {
        let member = membership(access, who, self.holder.who).and_then(|member| member.until);
        let person = match access.people.value(who, "until") {
            Some(Value::Date(until)) => Some(until),
            _ => None,
        };
        [self.until, member, person].into_iter().flatten().min()
    }

    /// The grant in the words of the files, then the membership that leads to it.
    pub(super) fn edges(
        &self,
        access: &Access<'_>,
        who: EntityId,
        action: &ActionShape,
        resource: EntityId,
    ) -> Vec<Edge> {
        let mut edges = vec![Edge { text: self.text(access, action, resource), span: self.span(access) }];
        edges.extend(membership_edge(access, who, self.holder.who));
        edges
    }

    /// `read: [ml-research]` · `role analyst of group lab` · `owner: robin`
    pub(super) fn text(&self, access: &Access<'_>, action: &ActionShape, resource: EntityId) -> String {
        let model = access.people.model;
        match self.holder.reason {
            Reason::Grant { origin, .. } => grant_text(access, &self.holder, resource, origin),
            Reason::Role { role, given_in, .. } => {
                let what = action.id.rsplit('.').next().unwrap_or_default();
                format!("role {} given in {} may {what}", model.handle(role), model.path(given_in))
            }
            Reason::Owner { .. } => format!("owner: {}", model.handle(self.holder.who)),
            Reason::Policy(_) => "a policy permits it".to_owned(),
        }
    }
}

pub(super) fn origin_of(reason: &Reason) -> Option<OriginId> {
    match *reason {
        Reason::Grant { origin, .. } | Reason::Role { origin, .. } | Reason::Owner { origin } => Some(origin),
        Reason::Policy(_) => None,
    }
}

/// The membership of a person in a group, with the line.
pub(super) fn membership_edge(access: &Access<'_>, who: EntityId, group: EntityId) -> Option<Edge> {
    if who == group || !access.people.is_group(group) {
        return None;
    }
    let model = access.people.model;
    let Some(member) = membership(access, who, group) else {
        let text = format!("{} is in {}", model.handle(who), model.handle(group));
        return Some(Edge { text, span: None });
    };
    let until = member.until.map(|until| format!(" until {until}")).unwrap_or_default();
    let through = match member.through == group {
        true => String::new(),
        false => format!(", through {}", model.handle(member.through)),
    };
    let text = format!("{} is a member of {}{through}{until}", model.handle(who), model.handle(group));
    Some(Edge { text, span: Some(model.origin(member.origin).span) })
}

fn membership(access: &Access<'_>, who: EntityId, group: EntityId) -> Option<Member> {
    let members = access.people.world.membership.of(group);
    members.binary_search_by_key(&who, |member| member.user).ok().and_then(|at| members.get(at)).copied()
}

/// The field that grants, and its element, as the files write it.
fn grant_text(access: &Access<'_>, holder: &Holder, resource: EntityId, origin: OriginId) -> String {
    let model = access.people.model;
    for (entity, listed, direction) in
        [(resource, holder.who, GrantDirection::ToWhomIsListed), (holder.who, resource, GrantDirection::OnWhatIsListed)]
    {
        for (at, field) in model.kinds.kinds[access.people.kind(entity)].fields.iter() {
            if field.grants.is_none_or(|grant| grant.direction != direction) {
                continue;
            }
            let Some(slot) = model.slot(access.people.world, entity, at) else { continue };
            let says = match slot.value {
                Value::List(list) => model.elements(list).iter().any(|element| element.origin == origin),
                _ => slot.origin == origin,
            };
            if says {
                let name = model.text(field.name);
                return match direction {
                    GrantDirection::ToWhomIsListed => format!("{name}: [{}]", model.handle(listed)),
                    GrantDirection::OnWhatIsListed => {
                        format!("{}.{name}: [{}]", model.handle(entity), model.handle(listed))
                    }
                };
            }
        }
    }
    format!("granted to {}", model.path(holder.who))
}

/// The last day on which it is still so: that of the way that lasts longest, and of the waivers that it needs.
pub(super) fn last_day(access: &Access<'_>, who: EntityId, open: &[&Way], verdict: &Verdict) -> Option<Date> {
    let ends: Vec<Option<Date>> = open.iter().map(|way| way.until(access, who)).collect();
    let longest = if ends.contains(&None) { None } else { ends.into_iter().flatten().max() };
    let waivers = &access.people.model.waivers;
    let excused = verdict.waived.iter().filter_map(|waived| waivers.get(waived.waiver)?.until);
    excused.chain(longest).min()
}

/// The last day of the element that grants, which stands on the holder, on the resource or where a role is given.
fn until_of(access: &Access<'_>, holder: &Holder, resource: EntityId) -> Option<Date> {
    let model = access.people.model;
    let origin = origin_of(&holder.reason)?;
    let places = match holder.reason {
        Reason::Grant { .. } => [holder.who, resource],
        Reason::Role { given_in, .. } => [given_in, given_in],
        Reason::Owner { .. } | Reason::Policy(_) => return None,
    };
    let lists = places.into_iter().flat_map(|entity| {
        let fields = model.kinds.kinds[access.people.kind(entity)].fields.ids();
        fields.filter_map(move |field| match model.slot(access.people.world, entity, field)?.value {
            Value::List(list) => Some(list),
            _ => None,
        })
    });
    let mut elements = lists.flat_map(|list| model.elements(list));
    elements.find(|element| element.origin == origin).and_then(|element| element.until)
}
