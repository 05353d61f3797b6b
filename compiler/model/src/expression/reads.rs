//! What an expression reads, known without evaluating it: the edges of the order of evaluation. Each function is looked
//! into once, however often it is called.

use std::collections::{BTreeMap, BTreeSet};

use crate::expression::scope::Globals;
use crate::expression::{ExpressionId, Expressions, FunctionId, LocalId, Node, TextPart};
use crate::kinds::FieldId;
use crate::value::Value;
use crate::world::EntityId;

/// One slot that an expression reads. All fields but the last lead through owned entities and records.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Read {
    pub root: Root,
    /// At least one field for `Own`; `gpu.a100` reads `gpu`.
    pub fields: Vec<FieldId>,
}

/// Where a read starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Root {
    /// The entity or record that the expression belongs to.
    Own,
    /// An entity by its full path.
    Entity(EntityId),
    Platform,
}

/// The static reads of an expression and of the functions that it calls, sorted, each once.
pub fn reads(expressions: &Expressions, globals: &Globals, id: ExpressionId) -> Vec<Read> {
    let mut walk = Walk { expressions, globals, found: Vec::new(), entered: BTreeSet::new() };
    walk.expression(id, 0);
    walk.found.sort();
    walk.found.dedup();
    walk.found
}

/// The own fields that an expression reads.
pub(crate) fn own_fields(expressions: &Expressions, globals: &Globals, id: ExpressionId) -> Vec<FieldId> {
    let reads = reads(expressions, globals, id);
    reads.iter().filter(|read| read.root == Root::Own).filter_map(|read| read.fields.first().copied()).collect()
}

/// Whether the value is the same everywhere: no field, no handle, no platform, no variable but its own.
pub(crate) fn is_closed(expressions: &Expressions, globals: &Globals, id: ExpressionId) -> bool {
    let mut closing = Closing { expressions, globals, functions: BTreeMap::new() };
    closing.holds(id, &mut Vec::new(), 0)
}

/// Expressions inside one another that are followed; deeper ones are not constant.
const DEPTH: u32 = 400;

struct Closing<'w> {
    expressions: &'w Expressions,
    globals: &'w Globals,
    /// Functions that were looked into, with the answer.
    functions: BTreeMap<FunctionId, bool>,
}

impl Closing<'_> {
    fn holds(&mut self, id: ExpressionId, locals: &mut Vec<LocalId>, depth: u32) -> bool {
        let expressions = self.expressions;
        let Some(row) = expressions.row(id) else { return false };
        let depth = depth + 1;
        match &row.node {
            _ if depth > DEPTH => false,
            Node::Own(_) | Node::Handle | Node::Platform | Node::Every(_) | Node::Poisoned => false,
            Node::Builtin(builtin, _) if builtin.asks_world() => false,
            Node::Local(local) => locals.contains(local),
            Node::Quantify(_, local, of, condition) => {
                self.holds(*of, locals, depth) && {
                    locals.push(*local);
                    let closed = self.holds(*condition, locals, depth);
                    locals.pop();
                    closed
                }
            }
            Node::Comprehension { item, local, of, condition } => {
                self.holds(*of, locals, depth) && {
                    locals.push(*local);
                    let closed = self.holds(*item, locals, depth)
                        && condition.is_none_or(|condition| self.holds(condition, locals, depth));
                    locals.pop();
                    closed
                }
            }
            Node::Call(function, arguments) => {
                arguments.iter().all(|argument| self.holds(*argument, locals, depth)) && self.function(*function, depth)
            }
            Node::Field(of, _) | Node::Part(of, _) => {
                !matches!(expressions[*of].node, Node::Constant(Value::Entity(_))) && self.holds(*of, locals, depth)
            }
            node => children(node).into_iter().all(|child| self.holds(child, locals, depth)),
        }
    }

    fn function(&mut self, id: FunctionId, depth: u32) -> bool {
        if let Some(known) = self.functions.get(&id) {
            return *known;
        }
        let globals = self.globals;
        let closed = globals.functions.row(id).is_some_and(|function| {
            let mut locals = (0..function.parameters.len()).map(crate::index::Id::new).collect();
            self.holds(function.body, &mut locals, depth)
        });
        self.functions.insert(id, closed);
        closed
    }
}

struct Walk<'w> {
    expressions: &'w Expressions,
    globals: &'w Globals,
    found: Vec<Read>,
    /// Functions that were looked into.
    entered: BTreeSet<FunctionId>,
}

impl Walk<'_> {
    fn expression(&mut self, id: ExpressionId, depth: u32) {
        if depth > DEPTH {
            return;
        }
        if let Some(read) = self.path(id) {
            self.found.push(read);
            return;
        }
        let expressions = self.expressions;
        let Some(row) = expressions.row(id) else { return };
        for child in children(&row.node) {
            self.expression(child, depth + 1);
        }
        if let Node::Call(function, _) = row.node
            && self.entered.insert(function)
            && let Some(function) = self.globals.functions.row(function)
        {
            self.expression(function.body, depth + 1);
        }
    }

    /// The read that a chain of fields is, if it starts at something static.
    fn path(&self, id: ExpressionId) -> Option<Read> {
        match &self.expressions.row(id)?.node {
            Node::Own(field) => Some(Read { root: Root::Own, fields: vec![*field] }),
            Node::Field(of, field) => {
                let mut read = match &self.expressions.row(*of)?.node {
                    Node::Constant(Value::Entity(entity)) => Read { root: Root::Entity(*entity), fields: Vec::new() },
                    Node::Platform => Read { root: Root::Platform, fields: Vec::new() },
                    _ => self.path(*of)?,
                };
                read.fields.push(*field);
                Some(read)
            }
            Node::Entry(of, _) | Node::Part(of, _) => self.path(*of),
            _ => None,
        }
    }
}

/// The expressions directly inside a node.
pub(crate) fn children(node: &Node) -> Vec<ExpressionId> {
    match node {
        Node::Poisoned
        | Node::Constant(_)
        | Node::Let(_)
        | Node::Local(_)
        | Node::Own(_)
        | Node::Handle
        | Node::Platform
        | Node::Every(_) => Vec::new(),
        Node::Field(of, _)
        | Node::Part(of, _)
        | Node::IsCase(of, ..)
        | Node::Entry(of, _)
        | Node::IsSet(of)
        | Node::Not(of)
        | Node::Negate(of)
        | Node::Convert(_, of) => vec![*of],
        Node::Otherwise(left, right)
        | Node::Compare(_, left, right)
        | Node::In(left, right, _)
        | Node::Arithmetic(_, left, right)
        | Node::Quantify(_, _, left, right) => vec![*left, *right],
        Node::InRange(value, low, high, _) => vec![*value, *low, *high],
        Node::If(condition, then, otherwise) => vec![*condition, *then, *otherwise],
        Node::And(all) | Node::Or(all) | Node::Builtin(_, all) | Node::Call(_, all) => all.clone(),
        Node::Comprehension { item, of, condition, .. } => {
            [Some(*item), Some(*of), *condition].into_iter().flatten().collect()
        }
        Node::List(elements) => {
            elements.iter().flat_map(|(value, from, until)| [Some(*value), *from, *until]).flatten().collect()
        }
        Node::Record(_, said) | Node::Variant(_, _, said) => said.iter().map(|(_, id)| *id).collect(),
        Node::Map(entries) => entries.iter().map(|(_, id)| *id).collect(),
        Node::Text(parts) => parts
            .iter()
            .filter_map(|part| match part {
                TextPart::Value(id) => Some(*id),
                TextPart::Literal(_) => None,
            })
            .collect(),
    }
}
