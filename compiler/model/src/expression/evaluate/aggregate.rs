//! Lists, maps, records and texts.

use std::collections::BTreeSet;

use nbc_source::Span;

use crate::expression::evaluate::{Evaluator, Frame, Origins, nothing};
use crate::expression::reads;
use crate::expression::text::TEXT_LIMIT;
use crate::expression::{Expression, ExpressionId, LocalId, Negated, TextPart};
use crate::index::{Id, Table};
use crate::kinds::{Field, FieldId, KindId, Preset, RecordId, Type, VariantId};
use crate::names::Name;
use crate::value::{Date, Element, Entry, Fields, Layer, List, OriginId, Slot, Value};
use crate::world::EntityId;

pub(super) const TOO_LONG: &str = "the text grows too long";

/// `name until 2027-01-31`: the value and its dates.
type Dated = (ExpressionId, Option<ExpressionId>, Option<ExpressionId>);

impl<'e> Evaluator<'e> {
    pub(super) fn list(&mut self, elements: &'e [Dated], frame: &mut Frame) -> Value {
        let mut rows = Vec::with_capacity(elements.len());
        for (id, from, until) in elements {
            let value = self.value(*id, frame);
            let (from, until) = (self.date(*from, frame), self.date(*until, frame));
            if value != Value::Absent {
                rows.push(Element { value, origin: self.origin(*id, frame), from, until });
            }
        }
        self.keep_list(rows)
    }

    fn date(&mut self, id: Option<ExpressionId>, frame: &mut Frame) -> Option<Date> {
        match self.value(id?, frame) {
            Value::Date(date) => Some(date),
            _ => None,
        }
    }

    /// A list of so many computed values, all from one place.
    pub(super) fn list_of(&mut self, number: usize, values: impl Iterator<Item = Value>, origin: OriginId) -> Value {
        if !self.keep(number.saturating_mul(size_of::<Element>())) {
            return Value::Poisoned;
        }
        let elements = values.map(|value| Element { value, origin, from: None, until: None });
        Value::List(self.store.list(elements))
    }

    pub(super) fn keep_list(&mut self, elements: Vec<Element>) -> Value {
        match self.keep(size_of_val(elements.as_slice())) {
            true => Value::List(self.store.list(elements)),
            false => Value::Poisoned,
        }
    }

    pub(super) fn comprehension(
        &mut self,
        item: ExpressionId,
        local: LocalId,
        of: ExpressionId,
        condition: Option<ExpressionId>,
        frame: &mut Frame,
    ) -> Value {
        let list = match self.value(of, frame) {
            Value::List(list) => list,
            other => return nothing(other),
        };
        let mut rows = Vec::new();
        for at in 0..list.len() {
            let Some(element) = self.store.elements(list).get(at).copied() else { break };
            frame.set_local(local, element.value);
            if !self.holds(condition, frame) {
                continue;
            }
            let value = self.value(item, frame);
            if value != Value::Absent {
                rows.push(Element { value, origin: element.origin, from: None, until: None });
            }
        }
        self.keep_list(rows)
    }

    fn holds(&mut self, condition: Option<ExpressionId>, frame: &mut Frame) -> bool {
        condition.is_none_or(|condition| self.value(condition, frame) == Value::Bool(true))
    }

    pub(super) fn every(&mut self, kind: KindId, expression: &Expression, frame: &Frame) -> Value {
        let slots = self.slots;
        let entities = slots.of_kind(kind);
        if !self.spend(entities.len() as u64, expression.span) {
            return Value::Poisoned;
        }
        if let Some(list) = self.every.get(&kind) {
            return Value::List(*list);
        }
        let origin = self.origin_at(expression, frame);
        let every = self.list_of(entities.len(), entities.iter().copied().map(Value::Entity), origin);
        if let (Origins::Nowhere, Value::List(list)) = (&self.origins, every) {
            self.every.insert(kind, list);
        }
        every
    }

    pub(super) fn origin_at(&mut self, expression: &Expression, frame: &Frame) -> OriginId {
        let origin =
            crate::value::Origin { span: expression.span, layer: frame.layer, expansion: expression.expansion };
        self.origins.push(origin)
    }

    pub(super) fn map(&mut self, entries: &'e [(Value, ExpressionId)], frame: &mut Frame) -> Value {
        let mut rows = Vec::with_capacity(entries.len());
        for (key, id) in entries {
            let value = self.value(*id, frame);
            if value != Value::Absent {
                rows.push(Entry { key: *key, value, origin: self.origin(*id, frame) });
            }
        }
        rows.sort_by_cached_key(|entry| self.words(entry.key));
        match self.keep(size_of_val(rows.as_slice())) {
            true => Value::Map(self.store.map(rows)),
            false => Value::Poisoned,
        }
    }

    pub(super) fn record(
        &mut self,
        record: RecordId,
        said: &'e [(FieldId, ExpressionId)],
        expression: &Expression,
        frame: &mut Frame,
    ) -> Value {
        let kinds = self.kinds;
        Value::Record(record, self.fields(&kinds.records[record].fields, said, expression, frame))
    }

    pub(super) fn variant(
        &mut self,
        variant: VariantId,
        case: u16,
        said: &'e [(FieldId, ExpressionId)],
        expression: &Expression,
        frame: &mut Frame,
    ) -> Value {
        let kinds = self.kinds;
        let Some(row) = kinds.variants[variant].cases.get(usize::from(case)) else { return Value::Poisoned };
        Value::Variant(variant, case, self.fields(&row.fields, said, expression, frame))
    }

    /// What is said, then the defaults of the rest, each after those that it reads.
    fn fields(
        &mut self,
        fields: &'e Table<FieldId, Field>,
        said: &'e [(FieldId, ExpressionId)],
        expression: &Expression,
        frame: &mut Frame,
    ) -> Fields {
        let nowhere = self.origin_at(expression, frame);
        let mut slots = vec![Slot { value: Value::Absent, origin: nowhere }; fields.len()];
        for (field, id) in said {
            let value = self.value(*id, frame);
            let origin = self.origin(*id, frame);
            if let Some(slot) = slots.get_mut(field.index()) {
                *slot = Slot { value, origin };
            }
        }
        if !self.keep(size_of_val(slots.as_slice())) {
            return Fields::default();
        }
        let run = self.store.fields(slots);
        let unsaid: Vec<FieldId> = fields.ids().filter(|field| said.iter().all(|(said, _)| said != field)).collect();
        self.defaults(fields, unsaid, run, expression, frame);
        run
    }

    fn defaults(
        &mut self,
        fields: &'e Table<FieldId, Field>,
        mut unsaid: Vec<FieldId>,
        run: Fields,
        expression: &Expression,
        frame: &Frame,
    ) {
        let mut own = Frame::new(run, frame.handle, Layer::Default);
        while !unsaid.is_empty() {
            let ready = unsaid.iter().position(|field| !self.waits(&fields[*field], &unsaid)).unwrap_or(0);
            let field = unsaid.remove(ready);
            let slot = self.default(&fields[field], expression, &mut own);
            if let (Some(slot), Some(place)) = (slot, self.store.slots_mut(run).get_mut(field.index())) {
                *place = slot;
            }
        }
    }

    fn waits(&self, field: &Field, unsaid: &[FieldId]) -> bool {
        let Preset::Computed(id) = field.default else { return false };
        let own = reads::own_fields(self.expressions, self.globals, id);
        own.iter().any(|read| unsaid.contains(read))
    }

    fn default(&mut self, field: &'e Field, expression: &Expression, own: &mut Frame) -> Option<Slot> {
        match field.default {
            Preset::Constant(slot) => Some(slot),
            Preset::Computed(id) => {
                let value = self.value(id, own);
                Some(Slot { value, origin: self.origin(id, own) })
            }
            Preset::None if field.optional => None,
            Preset::None => {
                let value = match self.kinds.base(&field.ty) {
                    Type::List(..) => Value::List(List::default()),
                    Type::Map(..) => Value::Map(crate::value::Map::default()),
                    Type::Record(record) => self.record(*record, &[], expression, own),
                    _ => return None,
                };
                Some(Slot { value, origin: self.origin_at(expression, own) })
            }
        }
    }

    pub(super) fn text(&mut self, parts: &'e [TextPart], frame: &mut Frame, span: Span) -> Value {
        let mut text = String::new();
        for part in parts {
            match part {
                TextPart::Literal(literal) => text.push_str(literal),
                TextPart::Value(id) => match self.value(*id, frame) {
                    value @ (Value::Absent | Value::Poisoned) => return value,
                    value => text.push_str(&self.words(value)),
                },
            }
        }
        self.new_text(&text, span)
    }

    /// Pays for reading a text from end to end.
    pub(super) fn read(&mut self, text: Name, span: Span) -> bool {
        let length = self.names.text(text).len() as u64;
        self.spend(length / 16, span)
    }

    /// Interns a computed text; a text pays for its length.
    pub(super) fn new_text(&mut self, text: &str, span: Span) -> Value {
        if text.len() > TEXT_LIMIT {
            return self.too_much(span, TOO_LONG);
        }
        let known = self.names.find(text);
        if !self.spend(text.len() as u64 / 16, span) || known.is_none() && !self.keep(text.len()) {
            return Value::Poisoned;
        }
        Value::Text(known.unwrap_or_else(|| self.names.intern(text)))
    }

    pub(super) fn contains(&mut self, of: Value, element: Value, negated: Negated, span: Span) -> Value {
        let found = match (of, element) {
            (Value::Poisoned, _) | (_, Value::Poisoned) => return Value::Poisoned,
            (Value::Absent, _) | (_, Value::Absent) => return Value::Absent,
            (Value::List(list), _) => {
                if !self.spend(list.len() as u64 / 8, span) {
                    return Value::Poisoned;
                }
                let is_there = self.store.elements(list).iter().any(|row| self.equal(row.value, element));
                if !self.spend(0, span) {
                    return Value::Poisoned;
                }
                is_there
            }
            (Value::Map(map), _) => self.store.entries(map).iter().any(|row| self.equal(row.key, element)),
            (Value::Text(text), Value::Text(part)) => {
                if !self.read(text, span) {
                    return Value::Poisoned;
                }
                self.names.text(text).contains(self.names.text(part))
            }
            _ => return Value::Poisoned,
        };
        Value::Bool(found != (negated == Negated::Yes))
    }

    /// Whether two values mean the same, whatever the store calls them.
    pub fn equal(&self, left: Value, right: Value) -> bool {
        match (left, right) {
            (Value::List(left), Value::List(right)) => self.equal_lists(left, right),
            (Value::Map(left), Value::Map(right)) => {
                let (left, right) = (self.store.entries(left), self.store.entries(right));
                let same = |(a, b): (&Entry, &Entry)| self.equal(a.key, b.key) && self.equal(a.value, b.value);
                left.len() == right.len() && left.iter().zip(right).all(same)
            }
            (Value::Record(of, left), Value::Record(other, right)) => of == other && self.equal_fields(left, right),
            (Value::Variant(of, case, left), Value::Variant(other, other_case, right)) => {
                of == other && case == other_case && self.equal_fields(left, right)
            }
            (Value::Int(_) | Value::Quantity(..), Value::Int(_) | Value::Quantity(..)) => {
                self.order(left, right) == Some(std::cmp::Ordering::Equal)
            }
            (left, right) => left == right,
        }
    }

    /// Lists of references are sets; others have an order.
    fn equal_lists(&self, left: List, right: List) -> bool {
        let (left, right) = (self.store.elements(left), self.store.elements(right));
        if left.len() != right.len() || !self.compared(left.len()) {
            return false;
        }
        if let (Some(left), Some(right)) = (entities(left), entities(right)) {
            return left.is_subset(&right);
        }
        left.iter().zip(right).all(|(a, b)| self.equal(a.value, b.value))
    }

    fn equal_fields(&self, left: Fields, right: Fields) -> bool {
        let (left, right) = (self.store.slots(left), self.store.slots(right));
        left.len() == right.len() && left.iter().zip(right).all(|(a, b)| self.equal(a.value, b.value))
    }
}

/// The things that a list names, where it names nothing else.
fn entities(rows: &[Element]) -> Option<BTreeSet<EntityId>> {
    let named = rows.iter().map(|row| match row.value {
        Value::Entity(entity) => Some(entity),
        _ => None,
    });
    named.collect()
}
