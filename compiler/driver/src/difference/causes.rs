//! The line that caused a gain or a loss.
//!
//! A right has several lines behind it: the grant, the membership, the role. Of those, the one that the change touched
//! caused it; else what the change says otherwise of the person (`enabled`), of the thing (`classification`) or of a
//! group of the person. Where
//! nothing of all that was touched (a policy went, a default became another), the grant stands for all.

use std::collections::BTreeMap;

use nbc_model::Model;
use nbc_model::world::{EntityId, World};
use nbc_platform::Decisions;
use nbc_platform::decisions::Reason;
use nbc_source::Span;

use super::access::Right;
use super::configuration::{Change, What};

/// Why somebody has a right, in a few words, and the line to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// `ml-research`, `role analyst in lab`, `owner`, `policy open-lab`
    pub through: String,
    /// `None` where nbc itself brings the reason.
    pub place: Option<(Revision, Span)>,
}

/// Whose text a place is in: somebody may lose a right by a line that is gone, or by one that is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revision {
    Base,
    Head,
}

/// One revision of one stage, to look causes up in.
#[derive(Clone, Copy, Debug)]
pub struct Side<'c> {
    pub model: &'c Model,
    pub world: &'c World,
    pub decisions: &'c Decisions,
    pub revision: Revision,
}

/// What the change touched, as the rights of one side see it.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    /// In the texts of that side; sorted.
    places: Vec<Span>,
    /// The first touched place of each thing, by its path.
    things: BTreeMap<String, (Revision, Span)>,
}

impl Touched {
    /// For rights of the head: what it says newly, or otherwise. For rights of the base: what it said and the head does not.
    pub fn of(changes: &[Change], side: Revision) -> Touched {
        let mut touched = Touched::default();
        for change in changes {
            let places = places(&change.what);
            let first = places.iter().find(|(revision, _)| *revision == side).or(places.first());
            touched.things.extend(first.map(|first| (change.path.clone(), *first)));
            touched.places.extend(places.iter().filter(|(revision, _)| *revision == side).map(|(_, span)| *span));
        }
        touched.places.sort_unstable();
        touched
    }

    fn contains(&self, span: Span) -> bool {
        self.places.binary_search(&span).is_ok()
    }
}

fn places(what: &What) -> Vec<(Revision, Span)> {
    match what {
        What::Added(span) => vec![(Revision::Head, *span)],
        What::Removed(span) => vec![(Revision::Base, *span)],
        What::Changed { fields, .. } => {
            let of = |after: bool| if after { Revision::Head } else { Revision::Base };
            fields.iter().map(|field| (of(field.after.is_some()), field.place)).collect()
        }
    }
}

impl Side<'_> {
    /// The cause of a right of this side.
    pub fn cause(&self, right: &Right, touched: &Touched) -> Cause {
        let places = self.places(right);
        let here = |span: &Span| (self.revision, *span);
        let thing = |entity| touched.things.get(&self.model.path(entity)).copied();
        let edge = places.iter().find(|span| touched.contains(**span)).map(here);
        let changed = edge
            .or_else(|| thing(right.who))
            .or_else(|| thing(right.resource))
            .or_else(|| self.groups(right.who).find_map(thing));
        let place = changed.or_else(|| places.first().map(here));
        Cause { through: self.through(right.reason), place }
    }

    fn through(&self, reason: Reason) -> String {
        match reason {
            Reason::Grant { to, .. } => self.model.handle(to).to_owned(),
            Reason::Role { role, given_in, .. } => {
                format!("role {} in {}", self.model.handle(role), self.model.handle(given_in))
            }
            Reason::Owner { .. } => "owner".to_owned(),
            Reason::Policy(policy) => format!("policy {}", self.decisions.policies[policy].id),
        }
    }

    /// The grant first, then the membership that carries it to the person, then the person.
    fn places(&self, right: &Right) -> Vec<Span> {
        let origin = |origin| self.model.origin(origin).span;
        let mut places = Vec::new();
        match right.reason {
            Reason::Grant { origin: grant, to } => {
                places.push(origin(grant));
                places.extend(self.membership(right.who, to));
            }
            Reason::Role { origin: grant, .. } => {
                places.push(origin(grant));
                // A role reaches down: the membership may be in any group below the one that has it.
                let groups = self.world.membership.groups().iter();
                places.extend(groups.filter_map(|row| self.membership(right.who, row.group)));
            }
            Reason::Owner { origin: owner } => places.push(origin(owner)),
            Reason::Policy(policy) => places.extend(self.decisions.policies[policy].span),
        }
        places.push(self.model.entities[right.who].span);
        places.retain(|span| *span != Span::default());
        places
    }

    /// The groups that somebody belongs to.
    fn groups(&self, who: EntityId) -> impl Iterator<Item = EntityId> {
        let groups = self.world.membership.groups().iter();
        groups.filter(move |row| self.membership(who, row.group).is_some()).map(|row| row.group)
    }

    /// The element that makes somebody a member.
    fn membership(&self, who: EntityId, group: EntityId) -> Option<Span> {
        let members = self.world.membership.of(group);
        let at = members.binary_search_by_key(&who, |member| member.user).ok()?;
        members.get(at).map(|member| self.model.origin(member.origin).span)
    }
}
