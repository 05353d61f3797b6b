//! From syntax trees to bound expressions: every name is looked up once, every node gets a type.
//!
//! The type that a place asks for flows down, so that `500m`, `guest` and `ana` mean what the place means; types of
//! paths flow up. What does not bind is reported once, where it stands, and is poisoned: it fits everything after that.

mod calls;
mod facts;
mod fit;
mod lists;
pub(crate) mod literals;
mod names;
mod operators;
mod paths;

use nbc_source::{Code, Diagnostic, Span};
use nbc_syntax::TextRange;
use nbc_syntax::ast::{self, AstNode};

use crate::expression::codes;
use crate::expression::evaluate::{Evaluation, Evaluator, Frame, Slots};
use crate::expression::reads;
use crate::expression::scope::{Reads, Reporter, Scope, Situation, Tables};
use crate::expression::{Expression, ExpressionId, LocalId, Node, TextPart};
use crate::index::Id;
use crate::kinds::{FieldId, KindId, Type};
use crate::names::Name;
use crate::value::{Fields, Slot, Store, Value};
use crate::world::EntityId;

use facts::Path;
pub(crate) use fit::type_text;

/// What the place of an expression asks for.
#[derive(Clone, Copy, Debug)]
pub struct Place<'p> {
    /// The type; `None` where any will do.
    pub ty: Option<&'p Type>,
    /// The place may stay empty, so the value may be absent.
    pub optional: bool,
}

impl<'p> Place<'p> {
    /// A place that must be filled.
    pub fn of(ty: &'p Type) -> Place<'p> {
        Place { ty: Some(ty), optional: false }
    }

    /// A place that may stay empty.
    pub fn optional(ty: &'p Type) -> Place<'p> {
        Place { ty: Some(ty), optional: true }
    }

    /// A place that takes every type.
    pub fn any() -> Place<'static> {
        Place { ty: None, optional: false }
    }
}

/// A variable: `for`, `any`, `all`, a comprehension, a parameter, the subject of a rule.
struct Local {
    name: Name,
    ty: Type,
}

/// Nodes inside one another, counted from the leaves: bounds every walk over an expression.
const DEPTH_LIMIT: u16 = 250;

/// Binds the expressions of one declaration.
pub struct Binder<'b> {
    pub(crate) tables: Tables<'b>,
    pub(crate) scope: &'b mut dyn Scope,
    pub(crate) situation: Situation,
    /// Currencies that were written, to be compared with the platform's once that is known.
    pub currencies: Vec<(Span, String)>,
    /// Something is read through a reference.
    pub(crate) follows: bool,
    locals: Vec<Local>,
    /// What is known to be set where the binder stands.
    facts: Vec<Path>,
    /// Absent operands make absent results, because the place may stay empty.
    lenient: bool,
    /// Where the tree starts in its file: 0 but inside interpolations.
    offset: u32,
}

impl<'b> Binder<'b> {
    pub fn new(tables: Tables<'b>, scope: &'b mut dyn Scope, situation: Situation) -> Binder<'b> {
        Binder {
            tables,
            scope,
            situation,
            currencies: Vec::new(),
            follows: false,
            locals: Vec::new(),
            facts: Vec::new(),
            lenient: false,
            offset: 0,
        }
    }

    /// Adds a variable around the expressions that are bound from now on; its position is its place in the frame.
    pub fn push_local(&mut self, name: Name, ty: Type) -> LocalId {
        self.locals.push(Local { name, ty });
        LocalId::new(self.locals.len() - 1)
    }

    /// Forgets all variables and all that is known.
    pub fn clear(&mut self) {
        self.locals.clear();
        self.facts.clear();
    }

    /// Binds what a field can have.
    pub fn bind_value(&mut self, value: &ast::Value, place: Place<'_>) -> ExpressionId {
        self.in_place(place, |binder| match place.ty {
            Some(ty) => binder.fitted_value(value, ty),
            None => binder.value(value, None),
        })
    }

    /// Binds an expression.
    pub fn bind(&mut self, expression: &ast::Expr, place: Place<'_>) -> ExpressionId {
        self.in_place(place, |binder| match place.ty {
            Some(ty) => binder.fitted(expression, ty),
            None => binder.expression(expression, None),
        })
    }

    /// Binds an expression whose place suggests a type for bare names, and takes others too.
    pub(crate) fn bind_suggested(&mut self, expression: &ast::Expr, ty: Option<&Type>) -> ExpressionId {
        self.in_place(Place::any(), |binder| binder.expression(expression, ty))
    }

    /// Binds a condition; what it asks with `set` is known to the expressions that are bound after it.
    pub fn bind_condition(&mut self, expression: &ast::Expr) -> ExpressionId {
        let id = self.bind(expression, Place::of(&Type::Bool));
        self.learn(id, true);
        id
    }

    /// Binds a text with interpolations.
    pub fn bind_text(&mut self, text: &ast::Text) -> ExpressionId {
        self.in_place(Place::of(&Type::Text), |binder| binder.text(text))
    }

    fn in_place(&mut self, place: Place<'_>, bind: impl FnOnce(&mut Self) -> ExpressionId) -> ExpressionId {
        let outer = std::mem::replace(&mut self.lenient, place.optional);
        let id = bind(self);
        let id = if place.optional { id } else { self.present(id) };
        self.lenient = outer;
        if self.situation.reads == Reads::Nothing { self.constant(id) } else { id }
    }

    pub(crate) fn fitted_value(&mut self, value: &ast::Value, ty: &Type) -> ExpressionId {
        let id = self.value(value, Some(ty));
        self.coerce(id, ty)
    }

    pub(crate) fn fitted(&mut self, expression: &ast::Expr, ty: &Type) -> ExpressionId {
        let id = self.expression(expression, Some(ty));
        self.coerce(id, ty)
    }

    fn value(&mut self, value: &ast::Value, expected: Option<&Type>) -> ExpressionId {
        match value {
            ast::Value::Expr(expression) => self.expression(expression, expected),
            ast::Value::Body(body) => self.body(body, expected),
            ast::Value::Tagged(tagged) => self.tagged(tagged, expected),
        }
    }

    /// One node, with the type of its place as a hint.
    pub(crate) fn expression(&mut self, expression: &ast::Expr, expected: Option<&Type>) -> ExpressionId {
        let span = self.span(expression.range());
        match expression {
            ast::Expr::Literal(literal) => self.literal(literal, expected),
            ast::Expr::Path(path) => self.path(path, expected),
            ast::Expr::Member(member) => self.member(member, span),
            ast::Expr::Call(call) => self.call(call, expected, span),
            ast::Expr::Paren(paren) => self.part(paren.inner(), expected, span),
            ast::Expr::List(list) => self.list(list, expected, span),
            ast::Expr::If(conditional) => self.conditional(conditional, expected, span),
            ast::Expr::Quantifier(quantifier) => self.quantifier(quantifier, span),
            ast::Expr::Logic(logic) => self.logic(logic, span),
            ast::Expr::Not(not) => self.not(not, span),
            ast::Expr::Comparison(comparison) => self.comparison(comparison, span),
            ast::Expr::Sum(sum) => self.sum(sum, expected, span),
            ast::Expr::Product(product) => self.product(product, expected, span),
            ast::Expr::Negative(negative) => self.negative(negative, expected, span),
            ast::Expr::Set(set) => self.is_set(set, span),
            ast::Expr::Otherwise(otherwise) => self.otherwise(otherwise, expected, span),
        }
    }

    /// A part of a node; where it is missing, the parser has said so.
    fn part(&mut self, part: Option<ast::Expr>, expected: Option<&Type>, span: Span) -> ExpressionId {
        match part {
            Some(part) => self.expression(&part, expected),
            None => self.poison(span),
        }
    }

    fn fitted_part(&mut self, part: Option<ast::Expr>, ty: &Type, span: Span) -> ExpressionId {
        match part {
            Some(part) => self.fitted(&part, ty),
            None => self.poison(span),
        }
    }

    // Making nodes.

    fn push(&mut self, node: Node, ty: Type, optional: bool, span: Span) -> ExpressionId {
        let expansion = self.situation.expansion;
        let below = reads::children(&node).into_iter().map(|child| self.tables.expressions[child].depth).max();
        let depth = below.unwrap_or(0).saturating_add(1);
        if depth > DEPTH_LIMIT {
            return self.refuse(
                &codes::TOO_MUCH_WORK,
                span,
                "this is made of too many parts: give some of them a `let`",
            );
        }
        self.tables.expressions.push(Expression { node, ty, optional, depth, span, expansion })
    }

    fn poison(&mut self, span: Span) -> ExpressionId {
        self.push(Node::Poisoned, Type::Invalid, false, span)
    }

    fn constant_of(&mut self, value: Value, ty: Type, span: Span) -> ExpressionId {
        self.push(Node::Constant(value), ty, false, span)
    }

    /// A node that needs all its operands: absent where one is, computed now where all are constant.
    fn strict(&mut self, node: Node, ty: Type, span: Span) -> ExpressionId {
        let operands = reads::children(&node);
        if operands.iter().any(|operand| self.is_poisoned(*operand)) {
            return self.poison(span);
        }
        let optional = operands.iter().any(|operand| self.tables.expressions[*operand].optional);
        let id = self.push(node, ty, optional, span);
        self.fold(id)
    }

    fn is_poisoned(&self, id: ExpressionId) -> bool {
        matches!(self.tables.expressions[id].node, Node::Poisoned)
    }

    pub(crate) fn ty(&self, id: ExpressionId) -> Type {
        self.tables.expressions[id].ty.clone()
    }

    /// The type behind names.
    fn base(&self, ty: &Type) -> Type {
        self.tables.kinds.base(ty).clone()
    }

    fn base_of(&self, id: ExpressionId) -> Type {
        self.tables.kinds.base(&self.tables.expressions[id].ty).clone()
    }

    fn span_of(&self, id: ExpressionId) -> Span {
        self.tables.expressions[id].span
    }

    pub(crate) fn constant_value(&self, id: ExpressionId) -> Option<Value> {
        match self.tables.expressions[id].node {
            Node::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// Computes a node whose operands are all constant.
    fn fold(&mut self, id: ExpressionId) -> ExpressionId {
        let node = &self.tables.expressions[id].node;
        let whole = matches!(node, Node::Comprehension { .. } | Node::Quantify(..) | Node::Call(..));
        let ready = match node {
            Node::Field(..) | Node::Part(..) | Node::Builtin(..) if !self.is_pure(id) => false,
            _ if whole => reads::is_closed(self.tables.expressions, self.tables.globals, id),
            node => {
                let children = reads::children(node);
                children.iter().all(|child| self.constant_value(*child).is_some()) && !self.names_entity(node)
            }
        };
        if ready { self.compute(id) } else { id }
    }

    /// Whether nothing is read from the world: no field of an entity, no membership, no decision.
    fn is_pure(&self, id: ExpressionId) -> bool {
        match &self.tables.expressions[id].node {
            Node::Field(of, _) | Node::Part(of, _) => !matches!(self.constant_value(*of), Some(Value::Entity(_))),
            Node::Builtin(builtin, _) => !builtin.asks_world(),
            _ => true,
        }
    }

    /// A text that shows something whose handle is not known yet.
    fn names_entity(&self, node: &Node) -> bool {
        let Node::Text(parts) = node else { return false };
        parts.iter().any(|part| match part {
            TextPart::Literal(_) => false,
            TextPart::Value(id) => match self.constant_value(*id) {
                Some(Value::Entity(entity)) => self.scope.handle(entity).is_none(),
                Some(Value::List(_) | Value::Map(_) | Value::Record(..)) => true,
                _ => false,
            },
        })
    }

    fn compute(&mut self, id: ExpressionId) -> ExpressionId {
        let slots = Handles { scope: &*self.scope };
        let mut evaluator = Evaluator::new(Evaluation {
            names: self.tables.names,
            store: self.tables.store,
            origins: self.tables.origins,
            diagnostics: self.tables.diagnostics,
            kinds: self.tables.kinds,
            expressions: self.tables.expressions,
            globals: self.tables.globals,
            slots: &slots,
        });
        let mut frame = Frame::new(Fields::default(), None, self.situation.layer);
        let value = evaluator.run(id, &mut frame);
        let row = &mut self.tables.expressions[id];
        match value {
            Value::Poisoned => {
                row.node = Node::Poisoned;
                row.ty = Type::Invalid;
            }
            Value::Absent => {}
            value => {
                row.node = Node::Constant(value);
                row.optional = false;
            }
        }
        id
    }

    /// The value of something that may read nothing.
    fn constant(&mut self, id: ExpressionId) -> ExpressionId {
        let is_closed = reads::is_closed(self.tables.expressions, self.tables.globals, id);
        if is_closed && self.constant_value(id).is_none() { self.compute(id) } else { id }
    }

    // Reporting.

    pub(crate) fn span(&self, range: TextRange) -> Span {
        let (start, end) = (u32::from(range.start()), u32::from(range.end()));
        Span::new(self.situation.file, self.offset.saturating_add(start)..self.offset.saturating_add(end))
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.tables.diagnostics.push(diagnostic);
    }

    fn refuse(&mut self, code: &'static Code, span: Span, message: impl Into<String>) -> ExpressionId {
        self.report(Diagnostic::new(code, span, message));
        self.poison(span)
    }

    pub(crate) fn reference(&mut self, ty: &Type, text: &str, span: Span) -> Option<Value> {
        let reporter =
            Reporter { names: self.tables.names, kinds: self.tables.kinds, diagnostics: self.tables.diagnostics };
        self.scope.reference(reporter, ty, text, span)
    }

    fn quoted(&mut self, ty: &Type, text: &str, span: Span) {
        let reporter =
            Reporter { names: self.tables.names, kinds: self.tables.kinds, diagnostics: self.tables.diagnostics };
        self.scope.quoted(reporter, ty, text, span);
    }

    pub(crate) fn text_of(&self, name: Name) -> &str {
        self.tables.names.text(name)
    }

    /// A place may read less than the expression wants.
    fn needs(&mut self, reads: Reads, span: Span, message: &str, help: &str) -> bool {
        if self.situation.reads >= reads {
            return true;
        }
        self.report(Diagnostic::new(&codes::FORBIDDEN_READ, span, message).help(help));
        false
    }

    /// What may be absent is used where something must be.
    pub(crate) fn present(&mut self, id: ExpressionId) -> ExpressionId {
        let row = &self.tables.expressions[id];
        if !row.optional || self.lenient {
            return id;
        }
        let span = row.span;
        let path = self.path_text(id);
        let (message, help) = match path {
            Some(path) => (
                format!("`{path}` may be absent"),
                format!("ask first, as in `{path} set and …`, or say what holds without it: `{path} otherwise …`"),
            ),
            None => ("this may be absent".to_owned(), "say what holds without it: `… otherwise …`".to_owned()),
        };
        self.report(Diagnostic::new(&codes::MAY_BE_ABSENT, span, message).help(help));
        let row = &mut self.tables.expressions[id];
        row.node = Node::Poisoned;
        row.ty = Type::Invalid;
        row.optional = false;
        id
    }
}

/// While binding, only handles are known of the world.
struct Handles<'h> {
    scope: &'h dyn Scope,
}

impl Slots for Handles<'_> {
    fn slot(&self, _: &Store, _: EntityId, _: FieldId) -> Option<Slot> {
        None
    }

    fn kind(&self, _: EntityId) -> Option<KindId> {
        None
    }

    fn handle(&self, entity: EntityId) -> Option<Name> {
        self.scope.handle(entity)
    }
}
