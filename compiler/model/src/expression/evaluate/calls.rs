//! Calls: functions of the workspace, and those that come with the language.

use std::cmp::Ordering;

use nbc_source::Span;

use crate::expression::arithmetic::{self, Rounding};
use crate::expression::builtins::Builtin;
use crate::expression::evaluate::aggregate::TOO_LONG;
use crate::expression::evaluate::{Evaluator, Frame, missing, nothing};
use crate::expression::text::{self, TEXT_LIMIT};
use crate::expression::{Arithmetic, Expression, ExpressionId, FunctionId};
use crate::kinds::Type;
use crate::names::Name;
use crate::value::{Element, List, Value};

impl<'e> Evaluator<'e> {
    pub(super) fn call(&mut self, function: FunctionId, arguments: &'e [ExpressionId], frame: &mut Frame) -> Value {
        let values: Vec<Value> = arguments.iter().map(|argument| self.value(*argument, frame)).collect();
        let globals = self.globals;
        match (missing(&values), globals.functions.row(function)) {
            (Some(missing), _) => missing,
            (None, Some(row)) => self.value(row.body, &mut Frame::of_locals(values)),
            (None, None) => Value::Poisoned,
        }
    }

    pub(super) fn builtin(
        &mut self,
        builtin: Builtin,
        arguments: &'e [ExpressionId],
        expression: &Expression,
        frame: &mut Frame,
    ) -> Value {
        let values: Vec<Value> = arguments.iter().map(|argument| self.value(*argument, frame)).collect();
        if let Some(missing) = missing(&values) {
            return missing;
        }
        let is_paid = match values.as_slice() {
            [Value::List(list), ..] => self.spend(list.len() as u64 / 8, expression.span),
            [Value::Text(text), ..] => self.read(*text, expression.span),
            _ => true,
        };
        if !is_paid {
            return Value::Poisoned;
        }
        match values.as_slice() {
            [] => Value::Poisoned,
            [one] => self.of_one(builtin, *one, expression, frame),
            [left, right] => self.of_two(builtin, *left, *right, expression, frame),
            [Value::Text(text), Value::Text(old), Value::Text(new)] if builtin == Builtin::Replace => {
                self.replace(*text, *old, *new, expression.span)
            }
            more => self.extreme(builtin, more),
        }
    }

    fn of_one(&mut self, builtin: Builtin, value: Value, expression: &Expression, frame: &Frame) -> Value {
        match (builtin, value) {
            (Builtin::Abs, value) => self.absolute(value, expression.span),
            (Builtin::Ceiling, value) => arithmetic::whole(value, Rounding::Up).unwrap_or(Value::Poisoned),
            (Builtin::Floor, value) => arithmetic::whole(value, Rounding::Down).unwrap_or(Value::Poisoned),
            (Builtin::Round, value) => arithmetic::whole(value, Rounding::Nearest).unwrap_or(Value::Poisoned),
            (Builtin::Count, Value::List(list)) => Value::Int(list.len() as i64),
            (Builtin::Count, Value::Map(map)) => Value::Int(self.store.entries(map).len() as i64),
            (Builtin::First, Value::List(list)) => {
                self.store.elements(list).first().map_or(Value::Absent, |element| element.value)
            }
            (Builtin::Flatten, Value::List(list)) => self.flatten(list, expression.span),
            (Builtin::Keys, Value::Map(map)) => {
                let keys: Vec<Value> = self.store.entries(map).iter().map(|entry| entry.key).collect();
                self.computed_list(keys, expression, frame)
            }
            (Builtin::Values, Value::Map(map)) => {
                let values: Vec<Value> = self.store.entries(map).iter().map(|entry| entry.value).collect();
                self.computed_list(values, expression, frame)
            }
            (Builtin::Length, Value::Text(text)) => Value::Int(self.names.text(text).chars().count() as i64),
            (Builtin::Lower, Value::Text(text)) => {
                let text = self.names.text(text).to_lowercase();
                self.new_text(&text, expression.span)
            }
            (Builtin::Upper, Value::Text(text)) => {
                let text = self.names.text(text).to_uppercase();
                self.new_text(&text, expression.span)
            }
            (Builtin::Trim, Value::Text(text)) => {
                let text = self.names.text(text).trim().to_owned();
                self.new_text(&text, expression.span)
            }
            (Builtin::TitleCase, Value::Text(text)) => {
                let text = title_case(self.names.text(text));
                self.new_text(&text, expression.span)
            }
            (Builtin::Max | Builtin::Min, Value::List(list)) => {
                if !self.read_all(list, 1, expression.span) {
                    return Value::Poisoned;
                }
                let values: Vec<Value> = self.values_of(list);
                self.extreme(builtin, &values)
            }
            (Builtin::Members, Value::Entity(group)) => {
                let slots = self.slots;
                let people = slots.members(group);
                if !self.spend(people.len() as u64 / 8, expression.span) {
                    return Value::Poisoned;
                }
                let origin = self.origin_at(expression, frame);
                self.list_of(people.len(), people.iter().map(|member| Value::Entity(member.user)), origin)
            }
            (Builtin::Sort, Value::List(list)) => self.sort(list, expression.span),
            (Builtin::Sum, Value::List(list)) => self.sum(list, expression),
            (Builtin::Unique, Value::List(list)) => self.unique(list, expression.span),
            (Builtin::Max | Builtin::Min, value) => value,
            (_, value) => nothing(value),
        }
    }

    fn of_two(&mut self, builtin: Builtin, left: Value, right: Value, expression: &Expression, frame: &Frame) -> Value {
        match (builtin, left, right) {
            (Builtin::Contains, Value::Text(text), Value::Text(part)) => {
                Value::Bool(self.names.text(text).contains(self.names.text(part)))
            }
            (Builtin::StartsWith, Value::Text(text), Value::Text(part)) => {
                Value::Bool(self.names.text(text).starts_with(self.names.text(part)))
            }
            (Builtin::EndsWith, Value::Text(text), Value::Text(part)) => {
                Value::Bool(self.names.text(text).ends_with(self.names.text(part)))
            }
            (Builtin::Join, Value::List(list), Value::Text(between)) => {
                let words = self.store.elements(list).iter().map(|element| self.words(element.value));
                let text = text::joined(words, self.names.text(between));
                self.new_text(&text, expression.span)
            }
            (Builtin::Split, Value::Text(text), Value::Text(between)) => self.split(text, between, expression, frame),
            (Builtin::Range, Value::Int(first), Value::Int(last)) => self.range(first, last, expression, frame),
            (Builtin::WhoCan, Value::Permission(action), Value::Entity(resource)) => {
                let people: Vec<Value> = self.slots.who_may(action, resource).into_iter().map(Value::Entity).collect();
                self.computed_list(people, expression, frame)
            }
            (Builtin::Max | Builtin::Min, left, right) => self.extreme(builtin, &[left, right]),
            _ => Value::Poisoned,
        }
    }

    fn values_of(&self, list: List) -> Vec<Value> {
        self.store.elements(list).iter().map(|element| element.value).collect()
    }

    fn computed_list(&mut self, values: Vec<Value>, expression: &Expression, frame: &Frame) -> Value {
        let origin = self.origin_at(expression, frame);
        self.list_of(values.len(), values.into_iter(), origin)
    }

    fn absolute(&mut self, value: Value, span: Span) -> Value {
        match value {
            Value::Int(number) if number >= 0 => value,
            Value::Quantity(_, amount) if amount >= 0 => value,
            value => self.settled(arithmetic::negate(value), span),
        }
    }

    fn flatten(&mut self, list: List, span: Span) -> Value {
        let inner: Vec<List> = self.values_of(list).into_iter().filter_map(as_list).collect();
        let number = inner.iter().fold(0_u64, |number, list| number.saturating_add(list.len() as u64));
        if !self.spend(number / 8, span) || !self.keep((number as usize).saturating_mul(size_of::<Element>())) {
            return Value::Poisoned;
        }
        let elements: Vec<Element> = inner.into_iter().flat_map(|list| self.store.elements(list).to_vec()).collect();
        Value::List(self.store.list(elements))
    }

    /// Replaces every place, if what comes out is no longer than a text may be.
    fn replace(&mut self, text: Name, old: Name, new: Name, span: Span) -> Value {
        let (text, old, new) = (self.names.text(text), self.names.text(old), self.names.text(new));
        let longer = text.matches(old).count().saturating_mul(new.len().saturating_sub(old.len()));
        if text.len().saturating_add(longer) > TEXT_LIMIT {
            return self.too_much(span, TOO_LONG);
        }
        let text = text.replace(old, new);
        self.new_text(&text, span)
    }

    fn extreme(&self, builtin: Builtin, values: &[Value]) -> Value {
        if let Some(missing) = missing(values) {
            return missing;
        }
        let wanted = if builtin == Builtin::Max { Ordering::Greater } else { Ordering::Less };
        let best = values.iter().copied().reduce(
            |best, value| {
                if self.order(value, best) == Some(wanted) { value } else { best }
            },
        );
        best.unwrap_or(Value::Absent)
    }

    /// Pays for reading all texts of a list so many times.
    fn read_all(&mut self, list: List, times: u64, span: Span) -> bool {
        let texts = self.store.elements(list).iter().filter_map(|element| match element.value {
            Value::Text(name) => Some(self.names.text(name).len() as u64),
            _ => None,
        });
        let length = texts.fold(0, u64::saturating_add);
        self.spend((length / 16).saturating_mul(times), span)
    }

    fn sort(&mut self, list: List, span: Span) -> Value {
        let number = list.len() as u64;
        if !self.read_all(list, u64::from(number.checked_ilog2().unwrap_or(0)), span) {
            return Value::Poisoned;
        }
        let mut elements = self.store.elements(list).to_vec();
        elements.sort_by(|a, b| self.order(a.value, b.value).unwrap_or(Ordering::Equal));
        self.keep_list(elements)
    }

    /// The sum of nothing is zero of the type that the list would have.
    fn sum(&mut self, list: List, expression: &Expression) -> Value {
        let values = self.values_of(list);
        if let Some(missing) = missing(&values) {
            return missing;
        }
        let zero = match self.kinds.base(&expression.ty) {
            Type::Quantity(dimension) => Value::Quantity(*dimension, 0),
            _ => Value::Int(0),
        };
        let mut values = values.into_iter();
        let first = values.next().unwrap_or(zero);
        let mut sum = first;
        for value in values {
            sum = self.settled(arithmetic::compute(Arithmetic::Add, sum, value), expression.span);
            if sum == Value::Poisoned {
                break;
            }
        }
        sum
    }

    fn unique(&mut self, list: List, span: Span) -> Value {
        let elements = self.store.elements(list).to_vec();
        let mut kept: Vec<Element> = Vec::with_capacity(elements.len());
        for element in elements {
            if !self.spend(kept.len() as u64 / 8, span) {
                return Value::Poisoned;
            }
            if !kept.iter().any(|other| self.equal(other.value, element.value)) {
                kept.push(element);
            }
        }
        self.keep_list(kept)
    }

    fn split(&mut self, text: Name, between: Name, expression: &Expression, frame: &Frame) -> Value {
        let between = self.names.text(between).to_owned();
        let text = self.names.text(text).to_owned();
        if between.is_empty() || !self.spend(text.len() as u64 / 16, expression.span) {
            return Value::Poisoned;
        }
        let parts: Vec<Value> =
            text.split(between.as_str()).map(|part| Value::Text(self.names.intern(part.trim()))).collect();
        self.computed_list(parts, expression, frame)
    }

    fn range(&mut self, first: i64, last: i64, expression: &Expression, frame: &Frame) -> Value {
        let length = last.saturating_sub(first).saturating_add(1).max(0).unsigned_abs();
        if !self.spend(length, expression.span) {
            return Value::Poisoned;
        }
        let origin = self.origin_at(expression, frame);
        self.list_of(length as usize, (first..=last).map(Value::Int), origin)
    }
}

fn as_list(value: Value) -> Option<List> {
    match value {
        Value::List(list) => Some(list),
        _ => None,
    }
}

/// How the field writes words that a capital at the start would not make right.
const SPELLINGS: [&str; 20] = [
    "AI",
    "API",
    "CPU",
    "CUDA",
    "GPU",
    "GPUs",
    "HPC",
    "JupyterHub",
    "JupyterLab",
    "LLM",
    "ML",
    "MLflow",
    "MLOps",
    "NLP",
    "PhD",
    "PyTorch",
    "SQL",
    "TensorFlow",
    "TPU",
    "VS",
];

/// `ml-research` is `ML research`, `data-team` is `Data team`.
fn title_case(text: &str) -> String {
    let mut title = String::with_capacity(text.len());
    for (at, word) in text.split(['-', '_']).enumerate() {
        if at > 0 {
            title.push(' ');
        }
        let mut letters = word.chars();
        match SPELLINGS.iter().find(|known| known.eq_ignore_ascii_case(word)) {
            Some(known) => title.push_str(known),
            None if at == 0 => {
                title.extend(letters.next().into_iter().flat_map(char::to_uppercase));
                title.push_str(letters.as_str());
            }
            None => title.push_str(word),
        }
    }
    title
}
