//! Who belongs to what as of the day (phase 9): nested groups closed upwards, what ended left out.
//!
//! Membership lives on groups, and for what everybody joins on the platform (`default-groups`); a member of a group is a
//! member of every group above it. A group ends with its own `until` or with that of a group above. Of two ways into one
//! group, the one that lasts longer counts.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use nbc_graph::cycles;
use nbc_source::{Diagnostic, Diagnostics};

use crate::codes;
use crate::kinds::{FieldId, KindId};
use crate::model::Model;
use crate::value::{Date, Element, OriginId, Value};
use crate::world::{Change, ChangeKind, EntityId, GroupMembers, Member, Membership, World};

/// The fields of `group` and `user` that membership is made of. Absent where the kinds are not the standard ones.
#[derive(Clone, Copy)]
struct Standard {
    user: KindId,
    group: KindId,
    /// The platform and its list of groups that everybody joins.
    joined: Option<(KindId, FieldId)>,
    members: FieldId,
    parent: FieldId,
    group_until: FieldId,
    user_from: FieldId,
    user_until: FieldId,
}

impl Standard {
    fn of(model: &Model) -> Option<Standard> {
        let field = |kind: KindId, name: &str| model.kinds.kinds[kind].field(model.names.find(name)?);
        let (group, user) = (model.kind("group")?, model.kind("user")?);
        let platform = model.kind("platform");
        Some(Standard {
            user,
            group,
            joined: platform.and_then(|platform| Some((platform, field(platform, "default-groups")?))),
            members: field(group, "members")?,
            parent: field(group, "parent")?,
            group_until: field(group, "until")?,
            user_from: field(user, "from")?,
            user_until: field(user, "until")?,
        })
    }
}

/// The closed membership of one world as of its day: that of an earlier world where nothing that it is made of differs.
pub(crate) fn membership(model: &Model, world: &World, diagnostics: &mut Diagnostics) -> Arc<Membership> {
    let Some(standard) = Standard::of(model) else { return Arc::default() };
    let closing = Closing { model, world, standard, changes: Vec::new() };
    // A circle is said of each stage that has it.
    let parents = closing.parents(diagnostics);
    match model.worlds.iter().find(|other| closing.is_alike(other)) {
        Some(other) => Arc::clone(&other.membership),
        None => Arc::new(closing.close(&parents)),
    }
}

struct Closing<'a> {
    model: &'a Model,
    world: &'a World,
    standard: Standard,
    changes: Vec<Change>,
}

/// The last day of a group; `Limit(None)` lasts for ever.
#[derive(Clone, Copy)]
struct Limit(Option<Date>);

impl Closing<'_> {
    /// Whether another world has the same groups and people, with the same members, parents and days.
    fn is_alike(&self, other: &World) -> bool {
        let Standard { user, group, joined, members, parent, group_until, user_from, user_until } = self.standard;
        self.world.as_of == other.as_of
            && self.have_same(other, group, &[members, parent, group_until])
            && self.have_same(other, user, &[user_from, user_until])
            && joined.is_none_or(|(platform, field)| self.have_same(other, platform, &[field]))
    }

    fn have_same(&self, other: &World, kind: KindId, fields: &[FieldId]) -> bool {
        let here = self.world.of_kind(kind);
        let is_same = |entity: &EntityId| {
            self.world.fields(*entity) == other.fields(*entity)
                || fields.iter().all(|field| self.has_same(other, *entity, *field))
        };
        here == other.of_kind(kind) && here.iter().all(is_same)
    }

    fn has_same(&self, other: &World, entity: EntityId, field: FieldId) -> bool {
        let slot = |world: &World| self.model.slot(world, entity, field);
        match (slot(self.world), slot(other)) {
            (Some(one), Some(two)) => self.model.store.is_same(one, two),
            (one, two) => one == two,
        }
    }

    fn close(mut self, parents: &FxHashMap<EntityId, EntityId>) -> Membership {
        let world = self.world;
        let mut closed: FxHashMap<EntityId, Vec<Member>> = FxHashMap::default();
        for group in world.of_kind(self.standard.group) {
            let above = above(*group, parents);
            let Some(last_day) = self.last_day(*group, &above) else { continue };
            let direct = self.direct(*group, last_day);
            for ancestor in above.iter().chain([group]) {
                closed.entry(*ancestor).or_default().extend(direct.iter().copied());
            }
        }
        let mut groups: Vec<GroupMembers> = world
            .of_kind(self.standard.group)
            .iter()
            .filter_map(|group| {
                closed.remove(group).map(|members| GroupMembers { group: *group, members: longest(*group, members) })
            })
            .collect();
        groups.sort_by_key(|row| row.group);
        self.changes.sort();
        self.changes.dedup();
        Membership { groups, changes: self.changes }
    }

    /// Each group's parent; a cycle is reported and cut.
    fn parents(&self, diagnostics: &mut Diagnostics) -> FxHashMap<EntityId, EntityId> {
        let groups = self.world.of_kind(self.standard.group);
        let edge = |group: &EntityId| {
            let slot = self.model.slot(self.world, *group, self.standard.parent)?;
            match slot.value {
                Value::Entity(parent) => Some((*group, parent, slot.origin)),
                _ => None,
            }
        };
        let edges: Vec<(EntityId, EntityId, OriginId)> = groups.iter().filter_map(edge).collect();
        let mut parents: FxHashMap<EntityId, EntityId> =
            edges.iter().map(|(group, parent, _)| (*group, *parent)).collect();
        for cycle in cycles(edges.iter().map(|(group, parent, _)| (*group, *parent))) {
            diagnostics.push(self.cycle(&cycle, &edges));
            for group in &cycle {
                parents.remove(group);
            }
        }
        parents
    }

    fn cycle(&self, cycle: &[EntityId], edges: &[(EntityId, EntityId, OriginId)]) -> Diagnostic {
        let span = |group: &EntityId| {
            let edge = edges.iter().find(|(child, ..)| child == group);
            edge.map_or(self.model.entities[*group].span, |(.., origin)| self.model.origin(*origin).span)
        };
        let path: Vec<&str> = cycle.iter().chain(cycle.first()).map(|group| self.model.handle(*group)).collect();
        let first = cycle.first().map(span).unwrap_or_default();
        let message = format!("a group cannot be above itself: {}", path.join(" → "));
        let diagnostic = Diagnostic::new(&codes::CYCLE, first, message).label("this parent closes the circle");
        cycle.iter().skip(1).fold(diagnostic, |diagnostic, group| diagnostic.related(span(group), "and this one"))
    }

    /// The last day of a group and the groups above it, or nothing where it has ended.
    fn last_day(&mut self, group: EntityId, above: &[EntityId]) -> Option<Limit> {
        let mut last = None;
        for holder in above.iter().chain([&group]) {
            let Some((until, origin)) = self.date(*holder, self.standard.group_until) else { continue };
            if until < self.world.as_of {
                return None;
            }
            if *holder == group {
                self.note(until.next(), ChangeKind::GroupEnds, group, group, origin);
            }
            last = earliest(last, Some(until));
        }
        Some(Limit(last))
    }

    /// The people whom the group itself lists and who belong to it on the day, and everybody where everybody joins it.
    fn direct(&mut self, group: EntityId, limit: Limit) -> Vec<Member> {
        let (model, world) = (self.model, self.world);
        let mut members = Vec::new();
        for element in elements(model, world, group, self.standard.members) {
            if let Value::Entity(user) = element.value {
                members.extend(self.member(group, user, element, limit));
            }
        }
        let platform = self.standard.joined.and_then(|(kind, field)| Some((*world.of_kind(kind).first()?, field)));
        let joined = platform.map_or(&[][..], |(platform, field)| elements(model, world, platform, field));
        for element in joined.iter().filter(|element| element.value == Value::Entity(group)) {
            for user in world.of_kind(self.standard.user) {
                members.extend(self.member(group, *user, element, limit));
            }
        }
        members
    }

    /// The membership that an element of a list gives somebody, where it counts on the day.
    fn member(&mut self, group: EntityId, user: EntityId, element: &Element, limit: Limit) -> Option<Member> {
        let today = self.world.as_of;
        let user_from = self.date(user, self.standard.user_from);
        let user_until = self.date(user, self.standard.user_until);
        self.note_person(user, user_from, user_until);
        if let Some(from) = element.from.filter(|from| *from > today) {
            self.note(from, ChangeKind::MembershipBegins, group, user, element.origin);
        }
        if let Some(until) = element.until.filter(|until| *until >= today) {
            self.note(until.next(), ChangeKind::MembershipEnds, group, user, element.origin);
        }
        let from = element.from.max(user_from.map(|(date, _)| date));
        let until = earliest(earliest(element.until, user_until.map(|(date, _)| date)), limit.0);
        let counts = from.is_none_or(|from| from <= today) && until.is_none_or(|until| until >= today);
        counts.then_some(Member { user, through: group, until, origin: element.origin })
    }

    fn note_person(&mut self, user: EntityId, from: Option<(Date, OriginId)>, until: Option<(Date, OriginId)>) {
        if let Some((date, origin)) = from {
            self.note(date, ChangeKind::UserBegins, user, user, origin);
        }
        if let Some((date, origin)) = until {
            self.note(date.next(), ChangeKind::UserEnds, user, user, origin);
        }
    }

    fn note(&mut self, date: Date, what: ChangeKind, entity: EntityId, user: EntityId, origin: OriginId) {
        if date > self.world.as_of {
            self.changes.push(Change { date, what, entity, user, origin });
        }
    }

    fn date(&self, entity: EntityId, field: FieldId) -> Option<(Date, OriginId)> {
        let slot = self.model.slot(self.world, entity, field)?;
        match slot.value {
            Value::Date(date) => Some((date, slot.origin)),
            _ => None,
        }
    }
}

/// The elements of a list; none where the field holds no list.
fn elements<'m>(model: &'m Model, world: &World, entity: EntityId, field: FieldId) -> &'m [Element] {
    match model.slot(world, entity, field).map(|slot| slot.value) {
        Some(Value::List(list)) => model.elements(list),
        _ => &[],
    }
}

/// The groups above a group, nearest first. Cycles are cut before, so this ends.
fn above(group: EntityId, parents: &FxHashMap<EntityId, EntityId>) -> Vec<EntityId> {
    std::iter::successors(parents.get(&group), |parent| parents.get(parent)).copied().collect()
}

/// One entry a person, sorted by person: the membership that lasts longest, the direct one of two equals.
fn longest(group: EntityId, mut members: Vec<Member>) -> Vec<Member> {
    let lasts = |member: &Member| std::cmp::Reverse((member.until.is_none(), member.until, member.through == group));
    // What lasts longer is asked only of somebody who is in the list twice.
    members.sort_by(|a, b| a.user.cmp(&b.user).then_with(|| (lasts(a), a.through).cmp(&(lasts(b), b.through))));
    members.dedup_by_key(|member| member.user);
    members
}

fn earliest(a: Option<Date>, b: Option<Date>) -> Option<Date> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
