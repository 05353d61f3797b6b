//! From bound expressions to values: strict, total, counted.
//!
//! What has no result is reported once, where it stands, and is poisoned; what depends on it is poisoned in silence.
//! Something absent makes everything that needs it absent; binding has seen to it that this is meant.

mod aggregate;
mod calls;
mod memory;

use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use nbc_source::{Diagnostic, Diagnostics, Span};

use crate::expression::arithmetic::{self, Failure};
use crate::expression::codes;
use crate::expression::scope::Globals;
use crate::expression::text;
use crate::expression::work::Work;
use crate::expression::{
    Comparison, Conversion, Expression, ExpressionId, Expressions, LocalId, Negated, Node, Quantifier,
};
use crate::index::{Id, Table};
use crate::kinds::{ActionId, FieldId, KindId, KindSet};
use crate::model::Model;
use crate::names::{Name, Names};
use crate::value::{Fields, Layer, List, Origin, OriginId, Slot, Store, Value};
use crate::world::{EntityId, Member};

pub use memory::{Memory, Origins, Texts};

/// The world that an expression reads.
pub trait Slots {
    fn slot(&self, store: &Store, entity: EntityId, field: FieldId) -> Option<Slot>;
    fn kind(&self, entity: EntityId) -> Option<KindId>;
    fn handle(&self, entity: EntityId) -> Option<Name>;
    /// The one platform.
    fn platform(&self) -> Option<EntityId> {
        None
    }
    /// Every entity of a kind, sorted by handle.
    fn of_kind(&self, _kind: KindId) -> &[EntityId] {
        &[]
    }
    /// Members of a group as of the day, sorted.
    fn members(&self, _group: EntityId) -> &[Member] {
        &[]
    }
    /// Who may do an action to a thing, sorted.
    fn who_may(&self, _action: ActionId, _resource: EntityId) -> Vec<EntityId> {
        Vec::new()
    }
    /// The code of the currency of all amounts of money.
    fn currency(&self) -> &str {
        "USD"
    }
}

/// Nothing is there to be read: for constants.
pub struct NoSlots;

impl Slots for NoSlots {
    fn slot(&self, _: &Store, _: EntityId, _: FieldId) -> Option<Slot> {
        None
    }
    fn kind(&self, _: EntityId) -> Option<KindId> {
        None
    }
    fn handle(&self, _: EntityId) -> Option<Name> {
        None
    }
}

/// What an expression is evaluated in.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The slots that own field names mean.
    pub own: Fields,
    /// What `handle` means.
    pub handle: Option<Name>,
    /// The layer that the values are said in, for their origins.
    pub layer: Layer,
    /// Variables, by their position.
    pub locals: Vec<Value>,
}

impl Frame {
    pub fn new(own: Fields, handle: Option<Name>, layer: Layer) -> Frame {
        Frame { own, handle, layer, locals: Vec::new() }
    }

    /// Variables and nothing else.
    pub fn of_locals(locals: Vec<Value>) -> Frame {
        Frame { own: Fields::default(), handle: None, layer: Layer::Default, locals }
    }

    fn local(&self, id: LocalId) -> Value {
        self.locals.get(id.index()).copied().unwrap_or(Value::Poisoned)
    }

    fn set_local(&mut self, id: LocalId, value: Value) {
        if self.locals.len() <= id.index() {
            self.locals.resize(id.index() + 1, Value::Poisoned);
        }
        if let Some(local) = self.locals.get_mut(id.index()) {
            *local = value;
        }
    }
}

/// Steps that one expression may take. A rule over 5,000 people takes about a hundred for each.
pub const STEPS: u64 = 5_000_000;
/// Elements of lists, or bytes of texts, whose comparison is one step.
const COMPARED_PER_STEP: u64 = 16;
const TOO_MANY_STEPS: &str = "all expressions together take more steps than nbc allows";
const TOO_MUCH_MEMORY: &str = "all expressions together make more than nbc keeps in memory";
/// Expressions and calls inside one another; bounds the stack.
const NESTING: u32 = 400;

/// Computes expressions against one world.
pub struct Evaluator<'e> {
    pub names: Texts<'e>,
    pub store: Memory<'e>,
    pub origins: Origins<'e>,
    pub diagnostics: &'e mut Diagnostics,
    pub kinds: &'e KindSet,
    pub expressions: &'e Expressions,
    pub globals: &'e Globals,
    pub slots: &'e dyn Slots,
    work: &'e Work,
    /// Steps that the expression at work was given.
    given: u64,
    /// Steps of it that are left.
    steps: u64,
    /// The expression at work.
    on: Option<ExpressionId>,
    /// The budget is used up, and that was reported.
    is_spent: bool,
    /// Elements and bytes that were compared and not yet paid for.
    compared: Cell<u64>,
    /// Lists of all things of a kind, where they come from nowhere and so are always the same.
    every: BTreeMap<KindId, List>,
    nesting: u32,
}

/// The tables of a model in the making: what is computed becomes a part of them.
pub struct Evaluation<'e> {
    pub names: &'e mut Names,
    pub store: &'e mut Store,
    pub origins: &'e mut Table<OriginId, Origin>,
    pub diagnostics: &'e mut Diagnostics,
    pub kinds: &'e KindSet,
    pub expressions: &'e Expressions,
    pub globals: &'e Globals,
    pub slots: &'e dyn Slots,
}

impl<'e> Evaluator<'e> {
    pub fn new(tables: Evaluation<'e>) -> Evaluator<'e> {
        let Evaluation { names, store, origins, diagnostics, kinds, expressions, globals, slots } = tables;
        Evaluator {
            names: Texts::Kept(names),
            store: Memory::Kept(store),
            origins: Origins::Kept(origins),
            diagnostics,
            kinds,
            expressions,
            globals,
            slots,
            work: &globals.work,
            given: STEPS,
            steps: STEPS,
            on: None,
            is_spent: false,
            compared: Cell::new(0),
            every: BTreeMap::new(),
            nesting: 0,
        }
    }

    /// An evaluator over a finished model, which it only reads; `work` is what all that is judged may take.
    pub fn judging(
        model: &'e Model,
        slots: &'e dyn Slots,
        diagnostics: &'e mut Diagnostics,
        work: &'e Work,
    ) -> Evaluator<'e> {
        Evaluator {
            names: Texts::beside(&model.names),
            store: Memory::beside(&model.store),
            origins: Origins::Nowhere,
            diagnostics,
            kinds: &model.kinds,
            expressions: &model.expressions,
            globals: &model.globals,
            slots,
            work,
            given: STEPS,
            steps: STEPS,
            on: None,
            is_spent: false,
            compared: Cell::new(0),
            every: BTreeMap::new(),
            nesting: 0,
        }
    }

    /// Computes a whole expression, with a fresh budget of steps.
    pub fn run(&mut self, id: ExpressionId, frame: &mut Frame) -> Value {
        self.allow(STEPS, Some(id));
        let value = self.value(id, frame);
        let expressions: &'e Expressions = self.expressions;
        let is_paid = expressions.row(id).is_none_or(|row| self.spend(0, row.span));
        self.settle();
        if is_paid { value } else { Value::Poisoned }
    }

    /// Lets go of what was made for the judging of one rule; nothing of it is asked for again.
    pub(crate) fn forget(&mut self) {
        if self.store.forget() && self.names.forget() {
            self.every.clear();
            self.work.forget();
        }
    }

    /// Starts a new budget of steps, for computations that belong together; `on` is what is named where it is too dear.
    pub fn allow(&mut self, steps: u64, on: Option<ExpressionId>) {
        self.settle();
        self.given = steps.min(self.work.left());
        (self.steps, self.on) = (self.given, on);
        self.is_spent = self.given == 0;
        if self.is_spent {
            self.used_up(TOO_MANY_STEPS, self.work.dearest().or(on));
        }
    }

    /// Takes what was spent from the work of all.
    pub fn settle(&mut self) {
        if let Some(on) = self.on.take() {
            self.work.take(self.given - self.steps, on);
        }
    }

    /// Whether the budget is used up; it was reported then.
    pub fn is_spent(&self) -> bool {
        self.is_spent
    }

    /// Computes a part of an expression.
    pub fn value(&mut self, id: ExpressionId, frame: &mut Frame) -> Value {
        let expressions: &'e Expressions = self.expressions;
        let Some(expression) = expressions.row(id) else { return Value::Poisoned };
        if !self.spend(1, expression.span) {
            return Value::Poisoned;
        }
        if self.nesting >= NESTING {
            return self.too_much(expression.span, "calls go too deep");
        }
        self.nesting += 1;
        let value = self.node(expression, frame);
        self.nesting -= 1;
        value
    }

    fn node(&mut self, expression: &'e Expression, frame: &mut Frame) -> Value {
        match &expression.node {
            Node::Poisoned => Value::Poisoned,
            Node::Constant(value) => *value,
            Node::Let(id) => self.global(*id),
            Node::Local(id) => frame.local(*id),
            Node::Own(field) => self.own(frame, *field),
            Node::Handle => frame.handle.map_or(Value::Absent, Value::Text),
            Node::Platform => self.slots.platform().map_or(Value::Absent, Value::Entity),
            Node::Every(kind) => self.every(*kind, expression, frame),
            Node::Field(of, field) => {
                let of = self.value(*of, frame);
                self.field(of, *field)
            }
            Node::Part(of, name) => {
                let of = self.value(*of, frame);
                self.part(of, *name)
            }
            Node::IsCase(of, case, negated) => match self.value(*of, frame) {
                Value::Variant(_, is, _) => Value::Bool((is == *case) != (*negated == Negated::Yes)),
                other => nothing(other),
            },
            Node::Entry(of, key) => match self.value(*of, frame) {
                Value::Map(map) => self.entry(map, *key),
                other => nothing(other),
            },
            Node::IsSet(of) => match self.value(*of, frame) {
                Value::Poisoned => Value::Poisoned,
                value => Value::Bool(value.is_set()),
            },
            Node::Otherwise(of, fallback) => match self.value(*of, frame) {
                Value::Absent => self.value(*fallback, frame),
                value => value,
            },
            Node::Not(of) => match self.value(*of, frame) {
                Value::Bool(value) => Value::Bool(!value),
                other => nothing(other),
            },
            Node::And(operands) => self.chain(operands, frame, false),
            Node::Or(operands) => self.chain(operands, frame, true),
            Node::Compare(comparison, left, right) => {
                let (left, right) = (self.value(*left, frame), self.value(*right, frame));
                let answer = self.compare(*comparison, left, right);
                if self.spend(0, expression.span) { answer } else { Value::Poisoned }
            }
            Node::In(element, of, negated) => {
                let (element, of) = (self.value(*element, frame), self.value(*of, frame));
                self.contains(of, element, *negated, expression.span)
            }
            Node::InRange(value, low, high, negated) => {
                let (value, low, high) = (self.value(*value, frame), self.value(*low, frame), self.value(*high, frame));
                self.in_range(value, low, high, *negated)
            }
            Node::Arithmetic(operation, left, right) => {
                let (left, right) = (self.value(*left, frame), self.value(*right, frame));
                match missing(&[left, right]) {
                    Some(missing) => missing,
                    None => self.settled(arithmetic::compute(*operation, left, right), expression.span),
                }
            }
            Node::Negate(of) => match self.value(*of, frame) {
                value @ (Value::Absent | Value::Poisoned) => value,
                value => self.settled(arithmetic::negate(value), expression.span),
            },
            Node::Convert(conversion, of) => {
                let value = self.value(*of, frame);
                self.convert(*conversion, value, expression.span)
            }
            Node::If(condition, then, otherwise) => match self.value(*condition, frame) {
                Value::Bool(true) => self.value(*then, frame),
                Value::Bool(false) => self.value(*otherwise, frame),
                other => nothing(other),
            },
            Node::Quantify(quantifier, local, of, condition) => {
                self.quantify(*quantifier, *local, *of, *condition, frame)
            }
            Node::Comprehension { item, local, of, condition } => {
                self.comprehension(*item, *local, *of, *condition, frame)
            }
            Node::List(elements) => self.list(elements, frame),
            Node::Record(record, said) => self.record(*record, said, expression, frame),
            Node::Variant(variant, case, said) => self.variant(*variant, *case, said, expression, frame),
            Node::Map(entries) => self.map(entries, frame),
            Node::Text(parts) => self.text(parts, frame, expression.span),
            Node::Builtin(builtin, arguments) => self.builtin(*builtin, arguments, expression, frame),
            Node::Call(function, arguments) => self.call(*function, arguments, frame),
        }
    }

    // Steps.

    /// Takes steps from the budget. False, with one finding, when they are used up.
    fn spend(&mut self, steps: u64, span: Span) -> bool {
        if self.is_spent {
            return false;
        }
        let steps = steps + self.compared.take() / COMPARED_PER_STEP;
        if self.steps >= steps {
            self.steps -= steps;
            return true;
        }
        self.steps = 0;
        let on = self.on;
        self.settle();
        if self.work.left() == 0 {
            self.used_up(TOO_MANY_STEPS, self.work.dearest().or(on));
            return false;
        }
        self.too_much(span, "this takes more steps than nbc allows");
        false
    }

    /// Takes memory for what stays. False, with one finding, where there is none left: then nothing may be made.
    fn keep(&mut self, bytes: usize) -> bool {
        if self.is_spent {
            return false;
        }
        if self.work.keep(bytes as u64) {
            return true;
        }
        let on = self.on;
        self.settle();
        let dearest = self.work.dearest();
        // A rule has the memory for itself.
        let most = if matches!(self.origins, Origins::Nowhere) { on.or(dearest) } else { dearest.or(on) };
        self.used_up(TOO_MUCH_MEMORY, most);
        false
    }

    /// All expressions together took what there is: said once, at the one that took most.
    fn used_up(&mut self, message: &str, most: Option<ExpressionId>) {
        self.is_spent = true;
        let most = most.and_then(|id| self.expressions.row(id));
        if let (Some(most), true) = (most, self.work.is_news()) {
            let found = Diagnostic::new(&codes::TOO_MUCH_WORK, most.span, message);
            self.diagnostics.push(found.label("this one takes most of them"));
        }
    }

    fn too_much(&mut self, span: Span, message: &str) -> Value {
        self.is_spent = true;
        self.diagnostics.push(Diagnostic::new(&codes::TOO_MUCH_WORK, span, message).label("stopped here"));
        Value::Poisoned
    }

    // Reading.

    fn global(&mut self, id: crate::expression::LetId) -> Value {
        let globals = self.globals;
        match globals.lets.row(id) {
            Some(row) => self.value(row.value, &mut Frame::of_locals(Vec::new())),
            None => Value::Poisoned,
        }
    }

    fn own(&self, frame: &Frame, field: FieldId) -> Value {
        self.store.slots(frame.own).get(field.index()).map_or(Value::Absent, |slot| slot.value)
    }

    fn field(&self, of: Value, field: FieldId) -> Value {
        match of {
            Value::Entity(entity) => {
                self.slots.slot(self.store.model(), entity, field).map_or(Value::Absent, |slot| slot.value)
            }
            Value::Record(_, fields) | Value::Variant(_, _, fields) => {
                self.store.slots(fields).get(field.index()).map_or(Value::Absent, |slot| slot.value)
            }
            other => nothing(other),
        }
    }

    /// The field of that name, where the value's own kind, record or case has it.
    fn part(&self, of: Value, name: Name) -> Value {
        let field = match of {
            Value::Entity(entity) => {
                let kind = self.slots.kind(entity).and_then(|kind| self.kinds.kinds.row(kind));
                kind.and_then(|kind| kind.field(name))
            }
            Value::Record(record, _) => self.kinds.records[record].field_names.get(&name).copied(),
            Value::Variant(variant, case, _) => {
                let case = self.kinds.variants[variant].cases.get(usize::from(case));
                case.and_then(|case| case.field_names.get(&name).copied())
            }
            _ => None,
        };
        match (field, of) {
            (Some(field), _) => self.field(of, field),
            (None, Value::Poisoned) => Value::Poisoned,
            (None, _) => Value::Absent,
        }
    }

    fn entry(&self, map: crate::value::Map, key: Value) -> Value {
        let found = self.store.entries(map).iter().find(|entry| entry.key == key);
        found.map_or(Value::Absent, |entry| entry.value)
    }

    // Conditions.

    /// `and` when it stops at false, `or` when it stops at true.
    fn chain(&mut self, operands: &'e [ExpressionId], frame: &mut Frame, stop: bool) -> Value {
        let mut result = Value::Bool(!stop);
        for operand in operands {
            match self.value(*operand, frame) {
                Value::Bool(value) if value == stop => return Value::Bool(stop),
                Value::Bool(_) => {}
                other => result = worse(result, nothing(other)),
            }
        }
        result
    }

    fn compare(&self, comparison: Comparison, left: Value, right: Value) -> Value {
        if let Some(missing) = missing(&[left, right]) {
            return missing;
        }
        if let (Value::Text(left), Value::Text(right)) = (left, right) {
            self.compared(self.names.text(left).len().min(self.names.text(right).len()));
        }
        let holds = match comparison {
            Comparison::Equal => self.equal(left, right),
            Comparison::NotEqual => !self.equal(left, right),
            Comparison::Less => self.order(left, right) == Some(Ordering::Less),
            Comparison::LessOrEqual => {
                matches!(self.order(left, right), Some(Ordering::Less | Ordering::Equal))
            }
            Comparison::Greater => self.order(left, right) == Some(Ordering::Greater),
            Comparison::GreaterOrEqual => {
                matches!(self.order(left, right), Some(Ordering::Greater | Ordering::Equal))
            }
        };
        Value::Bool(holds)
    }

    fn in_range(&self, value: Value, low: Value, high: Value, negated: Negated) -> Value {
        if let Some(missing) = missing(&[value, low, high]) {
            return missing;
        }
        if let Value::Text(text) = value {
            self.compared(self.names.text(text).len());
        }
        let above = matches!(self.order(low, value), Some(Ordering::Less | Ordering::Equal));
        let below = matches!(self.order(value, high), Some(Ordering::Less | Ordering::Equal));
        Value::Bool((above && below) != (negated == Negated::Yes))
    }

    pub(crate) fn order(&self, left: Value, right: Value) -> Option<Ordering> {
        match (left, right) {
            (Value::Text(left), Value::Text(right)) => Some(self.names.text(left).cmp(self.names.text(right))),
            (left, right) => arithmetic::order(left, right),
        }
    }

    /// Counts what is about to be compared. False where it is more than the steps that are left would pay for: what
    /// comes out then is thrown away when they are taken.
    fn compared(&self, number: usize) -> bool {
        let compared = self.compared.get().saturating_add(number as u64);
        self.compared.set(compared);
        compared / COMPARED_PER_STEP <= self.steps
    }

    fn quantify(
        &mut self,
        quantifier: Quantifier,
        local: LocalId,
        of: ExpressionId,
        condition: ExpressionId,
        frame: &mut Frame,
    ) -> Value {
        let list = match self.value(of, frame) {
            Value::List(list) => list,
            other => return nothing(other),
        };
        let stop = quantifier == Quantifier::Any;
        let mut result = Value::Bool(!stop);
        for at in 0..list.len() {
            let Some(element) = self.store.elements(list).get(at).map(|element| element.value) else { break };
            frame.set_local(local, element);
            match self.value(condition, frame) {
                Value::Bool(value) if value == stop => return Value::Bool(stop),
                Value::Bool(_) => {}
                other => result = worse(result, nothing(other)),
            }
        }
        result
    }

    // Results.

    fn convert(&mut self, conversion: Conversion, value: Value, span: Span) -> Value {
        match (conversion, value) {
            (Conversion::ToCount, Value::Int(number)) if number < 0 => {
                let message = format!("a count cannot be negative, this is {number}");
                self.diagnostics.push(Diagnostic::new(&codes::NEGATIVE_COUNT, span, message));
                Value::Poisoned
            }
            (Conversion::ToDecimal, Value::Int(_)) => self.settled(arithmetic::to_decimal(value), span),
            (Conversion::ToCount | Conversion::ToDecimal, value) => value,
        }
    }

    fn settled(&mut self, result: Result<Value, Failure>, span: Span) -> Value {
        let failure = match result {
            Ok(value) => return value,
            Err(failure) => failure,
        };
        let (code, message) = match failure {
            Failure::TooLarge => (&codes::NUMBER_TOO_LARGE, "the result is too large"),
            Failure::DivisionByZero => (&codes::DIVISION_BY_ZERO, "this divides by zero"),
            Failure::PartOfADay => (&codes::NOT_WHOLE, "a date moves by whole days only"),
            Failure::Mismatch => return Value::Poisoned,
        };
        self.diagnostics.push(Diagnostic::new(code, span, message));
        Value::Poisoned
    }

    pub(crate) fn origin(&mut self, expression: ExpressionId, frame: &Frame) -> OriginId {
        let row = &self.expressions[expression];
        self.origins.push(Origin { span: row.span, layer: frame.layer, expansion: row.expansion })
    }

    /// The value in the words of a message.
    pub fn words(&self, value: Value) -> String {
        text::words(
            value,
            &text::Words { names: &self.names, kinds: self.kinds, store: &self.store, slots: self.slots },
        )
    }
}

/// What is said of something that has no value: absent stays absent, anything unexpected is poisoned.
fn nothing(value: Value) -> Value {
    if value == Value::Absent { Value::Absent } else { Value::Poisoned }
}

/// The first operand that has no value; poison counts more.
fn missing(operands: &[Value]) -> Option<Value> {
    let has = |wanted: Value| operands.contains(&wanted).then_some(wanted);
    has(Value::Poisoned).or_else(|| has(Value::Absent))
}

fn worse(left: Value, right: Value) -> Value {
    if left == Value::Poisoned || right == Value::Poisoned { Value::Poisoned } else { right }
}
