//! What a condition makes known: after `g.quota set and`, `g.quota` is there.

use crate::expression::bind::Binder;
use crate::expression::{ExpressionId, LetId, LocalId, Node};
use crate::kinds::FieldId;
use crate::names::Name;
use crate::value::Value;
use crate::world::EntityId;

/// One step of a path, from its root.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Local(LocalId),
    Let(LetId),
    Own(FieldId),
    Platform,
    Entity(EntityId),
    Field(FieldId),
    Part(Name),
    Entry(Value),
}

pub(super) type Path = Vec<Step>;

impl Binder<'_> {
    /// Remembers what holds when a condition is true, or when it is false.
    pub(super) fn learn(&mut self, condition: ExpressionId, truth: bool) {
        let mut found = Vec::new();
        self.known(condition, truth, &mut found);
        self.facts.append(&mut found);
    }

    /// Binds something with what a condition makes known, and forgets it again.
    pub(crate) fn knowing<T>(&mut self, condition: ExpressionId, truth: bool, bind: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.facts.len();
        self.learn(condition, truth);
        let result = bind(self);
        self.facts.truncate(before);
        result
    }

    fn known(&self, id: ExpressionId, truth: bool, found: &mut Vec<Path>) {
        match &self.tables.expressions[id].node {
            Node::IsSet(of) if truth => {
                let mut path = self.steps(*of);
                while let Some(steps) = path.take().filter(|steps| !steps.is_empty()) {
                    let shorter = steps.split_last().map(|(_, rest)| rest.to_vec());
                    found.push(steps);
                    path = shorter;
                }
            }
            Node::Not(of) => self.known(*of, !truth, found),
            Node::And(all) if truth => all.iter().for_each(|part| self.known(*part, true, found)),
            Node::Or(all) if !truth => all.iter().for_each(|part| self.known(*part, false, found)),
            _ => {}
        }
    }

    pub(super) fn is_known(&self, path: &Path) -> bool {
        self.facts.contains(path)
    }

    /// The steps of a path, if the expression is one.
    pub(super) fn steps(&self, id: ExpressionId) -> Option<Path> {
        let root = |step| Some(vec![step]);
        match &self.tables.expressions[id].node {
            Node::Local(local) => root(Step::Local(*local)),
            Node::Let(id) => root(Step::Let(*id)),
            Node::Own(field) => root(Step::Own(*field)),
            Node::Platform => root(Step::Platform),
            Node::Constant(Value::Entity(entity)) => root(Step::Entity(*entity)),
            Node::Field(of, field) => self.longer(*of, Step::Field(*field)),
            Node::Part(of, name) => self.longer(*of, Step::Part(*name)),
            Node::Entry(of, key) => self.longer(*of, Step::Entry(*key)),
            _ => None,
        }
    }

    pub(super) fn longer(&self, of: ExpressionId, step: Step) -> Option<Path> {
        let mut steps = self.steps(of)?;
        steps.push(step);
        Some(steps)
    }
}
