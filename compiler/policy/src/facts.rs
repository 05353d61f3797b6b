//! The facts that a policy looked at, with the lines that state them.

use nbc_model::world::EntityId;
use nbc_source::Span;

use crate::access::Access;
use crate::decide::classes::related;
use crate::load::Written;
use crate::reads::Relation;

/// `dana.affiliation is contractor`, and where that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// `dana.affiliation`
    pub path: String,
    pub value: String,
    /// `None` for what nbc computed.
    pub span: Option<Span>,
}

impl std::fmt::Display for Fact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is {}", self.path, self.value)
    }
}

/// What a policy reads of this principal and this resource, in that order, each sorted by name.
pub fn facts(access: &Access<'_>, policy: &Written, principal: EntityId, resource: EntityId) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (entity, side) in [(principal, &policy.reads.principal), (resource, &policy.reads.resource)] {
        facts.extend(side.attributes.iter().filter_map(|name| fact(access, entity, name)));
    }
    for relation in &policy.reads.relations {
        if let Relation::Contains(name) | Relation::Is(name) | Relation::In(name) = relation {
            let computed = || {
                let model = access.people.model;
                let related = related(access, resource, relation);
                let names: Vec<&str> = related.iter().map(|entity| model.handle(*entity)).collect();
                let path = format!("{}.{name}", model.handle(resource));
                Fact { path, value: format!("[{}]", names.join(", ")), span: None }
            };
            facts.push(fact(access, resource, name).unwrap_or_else(computed));
        }
    }
    facts
}

fn fact(access: &Access<'_>, entity: EntityId, name: &str) -> Option<Fact> {
    let people = &access.people;
    let shape = access.policies.shapes.kind(people.kind(entity))?;
    let attribute = shape.attributes.iter().find(|attribute| attribute.name == name)?;
    let slot = people.model.slot(people.world, entity, attribute.field)?;
    let field = people.model.text(people.model.kinds.kinds[people.kind(entity)].fields[attribute.field].name);
    Some(Fact {
        path: format!("{}.{field}", people.model.handle(entity)),
        value: people.model.display(slot.value),
        span: Some(people.model.origin(slot.origin).span),
    })
}
