//! Many questions about one action, for answers that are no whole matrix: Cedar is asked once for those whom no policy
//! tells apart.

use nbc_model::world::EntityId;
use nbc_platform::decisions::Reason;
use rustc_hash::FxHashMap;

use super::classes::{self, Known, Slice};
use super::{BY_OWNER, BY_ROLE, GRANTED, Key, Verdicts, relation_bits};
use crate::access::{Access, Decide as _, Verdict};
use crate::holders::Holder;
use crate::reads::Relation;
use crate::shape::ActionShape;

/// One action, some principals and some things.
pub(crate) struct Many<'a, 'm> {
    access: &'a Access<'m>,
    action: &'a ActionShape,
    relations: Vec<Relation>,
    /// The class of each principal and of each thing.
    actors: FxHashMap<EntityId, u32>,
    resources: FxHashMap<EntityId, u32>,
    verdicts: Verdicts,
    /// What the relations compare a principal with, for the thing that was asked about last.
    related: Option<(EntityId, Vec<Vec<EntityId>>)>,
}

impl<'a, 'm> Many<'a, 'm> {
    pub(crate) fn of(
        access: &'a Access<'m>,
        action: &'a ActionShape,
        actors: &[EntityId],
        resources: &[EntityId],
    ) -> Many<'a, 'm> {
        let slice = Slice::of(access, action, actors, resources, &mut Known::default());
        Many {
            access,
            action,
            actors: actors.iter().copied().zip(slice.actors.iter().copied()).collect(),
            resources: resources.iter().copied().zip(slice.resources).collect(),
            relations: slice.relations,
            verdicts: Verdicts::default(),
            related: None,
        }
    }

    /// The answer for one of the principals and one of the things; `by` are all entries that give it to them.
    pub(crate) fn decide<'h>(
        &mut self,
        who: EntityId,
        resource: EntityId,
        by: impl Iterator<Item = &'h Holder>,
    ) -> Verdict {
        let access = self.access;
        let ask = || access.decide(who, self.action.action, resource);
        let classes = self.actors.get(&who).copied().zip(self.resources.get(&resource).copied());
        let Some((actor, class)) = classes else { return ask() };
        if self.related.as_ref().is_none_or(|(of, _)| *of != resource) {
            let related = self.relations.iter().map(|relation| classes::related(access, resource, relation));
            self.related = Some((resource, related.collect()));
        }
        let related = self.related.as_ref().map_or(&[][..], |(_, related)| related);
        let bits = relation_bits(access, who, &self.relations, related);
        let way = by.fold(0, |ways, holder| ways | way(access, self.action, holder));
        let at = self.verdicts.of(Key { resource: class, actor, way, bits }, ask);
        self.verdicts.table.get(at as usize).cloned().unwrap_or_default()
    }
}

/// As the matrix has it: whoever is given an action, whoever has a role over everything, whoever owns the thing.
fn way(access: &Access<'_>, action: &ActionShape, holder: &Holder) -> u8 {
    match holder.reason {
        Reason::Owner { .. } => BY_OWNER,
        Reason::Role { role, .. } if access.holders.roles(action.action).contains(&role) => BY_ROLE,
        Reason::Grant { .. } | Reason::Role { .. } | Reason::Policy(_) if access.people.is_role(holder.who) => BY_ROLE,
        Reason::Grant { .. } | Reason::Role { .. } | Reason::Policy(_) => GRANTED,
    }
}
