//! The paths in a condition and what they held: "`seats` is 5, `least` is 10".

use crate::expression::evaluate::{Evaluator, Frame};
use crate::expression::scope::{Globals, Home};
use crate::expression::{ExpressionId, Expressions, LocalId, Node, reads};
use crate::kinds::{KindSet, Type};
use crate::names::Name;
use crate::value::Value;
use crate::world::EntityId;

/// What is needed to write a bound path in the words of its author.
pub(crate) struct Spelling<'s> {
    pub(crate) expressions: &'s Expressions,
    pub(crate) globals: &'s Globals,
    pub(crate) kinds: &'s KindSet,
    pub(crate) text: &'s dyn Fn(Name) -> String,
    pub(crate) home: Home,
    pub(crate) local: &'s dyn Fn(LocalId) -> Option<Name>,
    pub(crate) handle: &'s dyn Fn(EntityId) -> Option<Name>,
}

impl Spelling<'_> {
    /// The path, if the expression is one.
    pub(crate) fn path(&self, id: ExpressionId) -> Option<String> {
        let text = |name: Name| (self.text)(name);
        match &self.expressions.row(id)?.node {
            Node::Local(local) => (self.local)(*local).map(text),
            Node::Let(id) => Some(text(self.globals.lets.row(*id)?.name)),
            Node::Own(field) => Some(text(self.home.fields(self.kinds)?.0.row(*field)?.name)),
            Node::Platform => Some("platform".to_owned()),
            Node::Constant(Value::Entity(entity)) => (self.handle)(*entity).map(text),
            Node::Field(of, field) => {
                let field = match self.kinds.base(&self.expressions.row(*of)?.ty) {
                    Type::Entity(kind) => self.kinds.kinds[*kind].fields.row(*field)?.name,
                    Type::Record(record) => self.kinds.records[*record].fields.row(*field)?.name,
                    _ => return None,
                };
                self.longer(*of, field)
            }
            Node::Part(of, part) => self.longer(*of, *part),
            Node::Entry(of, Value::Text(key)) => self.longer(*of, *key),
            Node::Entry(of, Value::Entity(key)) => self.longer(*of, (self.handle)(*key)?),
            _ => None,
        }
    }

    fn longer(&self, of: ExpressionId, last: Name) -> Option<String> {
        Some(format!("{}.{}", self.path(of)?, (self.text)(last)))
    }

    /// The longest paths in a condition that read something, in order, each once.
    fn paths(&self, id: ExpressionId, found: &mut Vec<(String, ExpressionId)>) {
        let Some(row) = self.expressions.row(id) else { return };
        if matches!(row.node, Node::Constant(_)) {
            return;
        }
        if let Some(path) = self.path(id) {
            if found.iter().all(|(known, _)| *known != path) {
                found.push((path, id));
            }
            return;
        }
        for child in reads::children(&row.node) {
            self.paths(child, found);
        }
    }
}

/// Operands that a message names; more would not be read.
const SHOWN: usize = 4;

/// The paths of a condition and their values in words, for a message about it.
pub fn operands(
    evaluator: &mut Evaluator<'_>,
    id: ExpressionId,
    frame: &mut Frame,
    home: Home,
    local: &dyn Fn(LocalId) -> Option<Name>,
) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let slots = evaluator.slots;
    let spelling = Spelling {
        expressions: evaluator.expressions,
        globals: evaluator.globals,
        kinds: evaluator.kinds,
        text: &|name| evaluator.names.text(name).to_owned(),
        home,
        local,
        handle: &|entity| slots.handle(entity),
    };
    spelling.paths(id, &mut found);
    found
        .into_iter()
        .take(SHOWN)
        .map(|(path, id)| {
            let value = evaluator.value(id, frame);
            (path, evaluator.words(value))
        })
        .collect()
}

/// `seats is 5, least is 10`, or nothing.
pub fn operands_text(operands: &[(String, String)]) -> Option<String> {
    if operands.is_empty() {
        return None;
    }
    let said: Vec<String> = operands
        .iter()
        .map(|(path, value)| match value.as_str() {
            "" => format!("`{path}` is empty"),
            "nothing" => format!("`{path}` is not set"),
            value => format!("`{path}` is `{value}`"),
        })
        .collect();
    Some(said.join(", "))
}
