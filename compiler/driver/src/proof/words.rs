//! A gain in the words of the platform.

use nbc_model::value::Date;
use nbc_model::world::EntityId;
use nbc_platform::decisions::Reason;
use nbc_policy::access::Access;
use nbc_policy::proof::{Gain, Known, Something};
use nbc_source::Span;

use super::Told;
use crate::difference::causes::Revision;

type Reasons = Vec<(String, Option<(Revision, Span)>)>;

pub(super) fn told((base, head): (&Access<'_>, &Access<'_>), gain: &Gain, from: Option<Date>) -> Told {
    let (action, thing) = right(head, gain);
    Told {
        stage: None,
        who: who((base, head), gain),
        what: format!("{action} {thing}"),
        right: Some((action, thing)),
        from,
        head: why(head, gain),
        base: why_not(base, gain),
    }
}

/// Whoever is in one group is newly in another, or has a role.
pub(super) fn nested(
    (base, head): (&Access<'_>, &Access<'_>),
    (inner, outer): (Known, Known),
    from: Option<Date>,
) -> Told {
    let entity = |known: Known| match known {
        Known::Head(entity) => (head, entity),
        Known::Base(entity) => (base, entity),
    };
    let name = |known: Known| {
        let (side, entity) = entity(known);
        side.people.model.handle(entity).to_owned()
    };
    let (side, thing) = entity(inner);
    let place = match inner {
        Known::Head(_) => Some((Revision::Head, side.people.model.entities[thing].span)),
        Known::Base(_) => None,
    };
    let is_group = side.people.is_group(thing);
    let (outer_side, outer_thing) = entity(outer);
    let is_role = outer_side.people.is_role(outer_thing);
    let who = if is_group { format!("whoever is in {}", name(inner)) } else { name(inner) };
    let what = if is_role { "do whatever role" } else { "do whatever is granted to" };
    let may = if is_role { " may" } else { "" };
    let within = if is_role { "has role" } else { "is in" };
    Told {
        stage: None,
        who,
        what: format!("{what} {}{may}, now or later", name(outer)),
        right: None,
        from,
        head: vec![(format!("{} {within} {}", name(inner), name(outer)), place)],
        base: vec![("not so".to_owned(), None)],
    }
}

fn who((base, head): (&Access<'_>, &Access<'_>), gain: &Gain) -> String {
    let name = |known: &Known| match known {
        Known::Head(entity) => head.people.model.handle(*entity).to_owned(),
        Known::Base(entity) => format!("{} (of the base)", base.people.model.handle(*entity)),
    };
    let is_person = Some(gain.who.kind) == head.policies.shapes.roles_of_kinds.user;
    let mut parts = vec![match (&gain.who.is, is_person) {
        (Some(known), _) => name(known),
        (None, true) => "somebody".to_owned(),
        (None, false) => "a service".to_owned(),
    }];
    if !gain.who.groups.is_empty() {
        parts.push(format!("in {}", gain.who.groups.iter().map(name).collect::<Vec<_>>().join(" and ")));
    }
    if !gain.who.roles.is_empty() {
        parts.push(format!("with role {}", gain.who.roles.iter().map(name).collect::<Vec<_>>().join(" and ")));
    }
    let mut who = parts.join(" ");
    if !gain.who.facts.is_empty() {
        who += &format!(", if {}", facts(&gain.who.facts));
    }
    who
}

fn facts(facts: &[(String, String)]) -> String {
    facts.iter().map(|(name, value)| format!("{name} is {value}")).collect::<Vec<_>>().join(" and ")
}

/// `launch` and `profile gpu`
fn right(head: &Access<'_>, gain: &Gain) -> (String, String) {
    let model = head.people.model;
    let action = model.text(model.kinds.actions[gain.action].name).to_owned();
    let thing = match &gain.what {
        Something::Declared(entity) => {
            let kind = model.text(model.kinds.kinds[head.people.kind(*entity)].name);
            format!("{kind} {}", model.handle(*entity))
        }
        Something::Invented { kind, facts: known } => {
            let kind = model.text(model.kinds.kinds[*kind].name);
            let known = if known.is_empty() { String::new() } else { format!(" whose {}", facts(known)) };
            format!("any {kind} that they are granted{known}")
        }
    };
    (action, thing)
}

/// What gives it in the head: declarations, and policies that somebody wrote.
fn why(head: &Access<'_>, gain: &Gain) -> Reasons {
    let model = head.people.model;
    let place = |origin| Some((Revision::Head, model.origin(origin).span));
    let handle = |entity: EntityId| model.handle(entity);
    let mut reasons: Reasons = Vec::new();
    for holder in &gain.entries {
        reasons.push(match holder.reason {
            Reason::Grant { origin, to } => (format!("{} is granted it", handle(to)), place(origin)),
            Reason::Role { role, given_in, origin } => {
                (format!("role {} in {}", handle(role), handle(given_in)), place(origin))
            }
            Reason::Owner { origin } => ("owner".to_owned(), place(origin)),
            Reason::Policy(_) => continue,
        });
    }
    for id in &gain.permits {
        if let Some(written) = head.policies.written.iter().find(|written| written.id == *id) {
            reasons.push((format!("policy {id} permits it"), Some((Revision::Head, written.span))));
        }
    }
    if reasons.is_empty() {
        let kinds = gain.permits.iter().map(|id| match id.rsplit_once('-') {
            Some((_, "owner")) => "the owner may",
            Some((_, "role")) => "a role over everything holds it",
            _ => "whoever was granted it may",
        });
        reasons.extend(kinds.map(|words| (words.to_owned(), None)));
    }
    reasons.dedup();
    reasons
}

fn why_not(base: &Access<'_>, gain: &Gain) -> Reasons {
    if !gain.is_known {
        return vec![("the base does not have it".to_owned(), None)];
    }
    let refused = gain.refused_by.iter().filter_map(|at| base.policies.written.get(*at));
    let reasons: Reasons = refused
        .map(|written| (format!("policy {} refused it", written.id), Some((Revision::Base, written.span))))
        .collect();
    match reasons.is_empty() {
        true => vec![("nothing gave it to them".to_owned(), None)],
        false => reasons,
    }
}
