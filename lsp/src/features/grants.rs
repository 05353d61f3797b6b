//! Who grants this: from a thing to the lines that give it to somebody, from a group to its members, and the other way.
//!
//! It needs no decision, so it works beside errors; what a policy takes away again is the answer of [`super::access`].

use nbc_model::Model;
use nbc_model::value::{OriginId, Value};
use nbc_model::world::{EntityId, World};
use nbc_platform::decisions::Reason;
use nbc_policy::holders::{Holder, Holders};
use nbc_policy::people::People;
use nbc_policy::shape::{ActionShape, Shapes};
use nbc_source::Span;

use super::place::{View, people_name};
use super::symbol::Symbol;

/// A declaration, as an end of a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// What people call it.
    pub name: String,
    /// What is granted and how, of the end that was asked for: `launch, by group research`.
    pub detail: String,
    /// `group.research`
    pub path: String,
    pub declared: Span,
}

/// One grant: the other end, and the line that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    pub end: End,
    pub line: Span,
}

/// The declaration under the cursor, or around it.
pub fn here(view: &View<'_>, offset: u32) -> Option<End> {
    let token = view.token(offset)?;
    let entity = match view.symbol(&token) {
        Some(Symbol::Entity(entity)) => entity,
        _ => view.declaration(&token.parent()?)?,
    };
    let model = view.model();
    let detail = model.text(model.kinds.kinds[model.entities[entity].kind].name).to_owned();
    Some(end(model, entity, detail))
}

/// Who is given something of a thing; of a group also who belongs to it. In the order of lines, each once.
pub fn incoming(model: &Model, path: &str) -> Vec<Granted> {
    gather(model, path, |world, found| {
        for action in world.shapes.actions_of(world.kind(found.entity)) {
            for holder in world.holders(action, found.entity) {
                found.add(world, action.id.clone(), holder.who, &holder.reason);
            }
        }
        for (member, origin, word) in world.members(found.entity) {
            found.line(world.model(), word.to_owned(), member, origin);
        }
    })
}

/// What somebody is given, and the groups that they belong to.
pub fn outgoing(model: &Model, path: &str) -> Vec<Granted> {
    gather(model, path, |world, found| {
        let who = found.entity;
        for row in &world.holders.rows {
            let action = world.shapes.action(row.action).map_or_else(String::new, |shape| shape.id.clone());
            for holder in row.by.iter().filter(|holder| holder.who == who && holder.declared) {
                found.add(world, action.clone(), row.resource, &holder.reason);
            }
        }
        let groups = world.people.of_kind(world.shapes.roles_of_kinds.group);
        for group in groups {
            let here = world.members(*group).into_iter().filter(|(member, ..)| *member == who);
            for (_, origin, word) in here {
                found.line(world.model(), word.to_owned(), *group, origin);
            }
        }
    })
}

/// One stage, made ready for look-ups.
struct Looked<'m> {
    people: People<'m>,
    holders: Holders,
    shapes: &'m Shapes,
}

struct Found {
    entity: EntityId,
    all: Vec<Granted>,
}

fn gather(model: &Model, path: &str, look: impl Fn(&Looked<'_>, &mut Found)) -> Vec<Granted> {
    let Some(entity) = model.find(path) else { return Vec::new() };
    let shapes = Shapes::of(model);
    let mut found = Found { entity, all: Vec::new() };
    let is_there = |world: &&World| world.test.is_none() && world.has(entity);
    for world in model.worlds.iter().filter(is_there) {
        let people = People::of(model, world, &shapes);
        let holders = Holders::of(&people, &shapes);
        look(&Looked { people, holders, shapes: &shapes }, &mut found);
    }
    found.all.sort_by(|a, b| (a.line, &a.end.path, &a.end.detail).cmp(&(b.line, &b.end.path, &b.end.detail)));
    found.all.dedup();
    found.all
}

impl<'m> Looked<'m> {
    fn model(&self) -> &'m Model {
        self.people.model
    }

    fn kind(&self, entity: EntityId) -> nbc_model::kinds::KindId {
        self.people.kind(entity)
    }

    /// Those whom a declaration gives this very action, the owner, and roles that hold it everywhere.
    fn holders(&self, action: &ActionShape, resource: EntityId) -> Vec<Holder> {
        let granted = self.holders.on(action.action, resource).iter().copied().filter(|holder| holder.declared);
        let owner = self.holders.by_owner(action, resource);
        granted.chain(owner).chain(self.holders.of_every(&self.people, action.action)).collect()
    }

    /// Who is listed in a group, and the groups below it.
    fn members(&self, group: EntityId) -> Vec<(EntityId, OriginId, &'static str)> {
        if !self.people.is_group(group) {
            return Vec::new();
        }
        let listed = self.people.listed(group, "members").into_iter();
        let mut all: Vec<_> = listed.map(|(user, element)| (user, element.origin, "member")).collect();
        for below in self.people.of_kind(self.shapes.roles_of_kinds.group) {
            if let Some(slot) = self.people.slot(*below, "parent").filter(|slot| slot.value == Value::Entity(group)) {
                all.push((*below, slot.origin, "group below"));
            }
        }
        all
    }
}

impl Found {
    fn add(&mut self, world: &Looked<'_>, action: String, other: EntityId, reason: &Reason) {
        let model = world.model();
        let (detail, origin) = match *reason {
            Reason::Grant { origin, .. } => (action, origin),
            Reason::Role { role, origin, .. } => (format!("{action}, by role {}", model.handle(role)), origin),
            Reason::Owner { origin } => (format!("{action}, as the owner"), origin),
            Reason::Policy(_) => return,
        };
        self.line(model, detail, other, origin);
    }

    fn line(&mut self, model: &Model, detail: String, other: EntityId, origin: OriginId) {
        self.all.push(Granted { end: end(model, other, detail), line: model.origin(origin).span });
    }
}

fn end(model: &Model, entity: EntityId, detail: String) -> End {
    let name = people_name(model, entity).unwrap_or_else(|| model.handle(entity).to_owned());
    End { name, detail, path: model.path(entity), declared: model.entities[entity].span }
}
