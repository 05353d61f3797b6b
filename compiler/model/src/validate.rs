//! Phase 8: required fields, constraints and what kinds require, judged once layers are settled.
//!
//! What is poisoned was reported where it failed and is passed over in silence.

use nbc_source::{Diagnostic, Span};

use crate::codes;
use crate::compute::{Computing, Stageful};
use crate::expression::evaluate::{Evaluation, Evaluator, Frame};
use crate::index::Table;
use crate::kinds::{Constraint, ConstraintTest, Field, FieldId, Kind, Type};
use crate::value::{Fields, Layer, OriginId, Slot, Value};
use crate::world::{Entity, EntityId};

pub(crate) struct Validator<'w, 'a> {
    pub(crate) computing: Computing<'a>,
    pub(crate) world: &'w Stageful<'w>,
    pub(crate) entities: &'w Table<EntityId, Entity>,
}

/// Whose values are looked at.
#[derive(Clone, Copy)]
struct Subject {
    entity: EntityId,
    own: Fields,
}

impl<'a> Validator<'_, 'a> {
    /// Judges every entity of the stage.
    pub(crate) fn run(&mut self) {
        let kinds = self.computing.kinds;
        for (id, kind) in kinds.kinds.iter() {
            let constrained: Vec<FieldId> =
                kind.fields.iter().filter(|(_, field)| self.can_fail(field)).map(|(id, _)| id).collect();
            for entity in self.world.by_kind.row(id).map_or(&[][..], Vec::as_slice) {
                if let Some(own) = self.world.states.row(*entity).copied().flatten() {
                    self.entity(kind, &constrained, Subject { entity: *entity, own });
                }
            }
        }
    }

    /// Whether anything can be wrong with a value of the field once it has its type.
    fn can_fail(&self, field: &Field) -> bool {
        (!field.optional && field.computed.is_none()) || !field.constraints.is_empty() || self.is_constrained(&field.ty)
    }

    fn is_constrained(&self, ty: &Type) -> bool {
        match ty {
            Type::Named(_) | Type::Record(_) | Type::Variant(_) => true,
            Type::List(element, _) => self.is_constrained(element),
            Type::Map(key, value) => self.is_constrained(key) || self.is_constrained(value),
            Type::OneOf(types) => types.iter().any(|ty| self.is_constrained(ty)),
            _ => false,
        }
    }

    fn entity(&mut self, kind: &'a Kind, constrained: &[FieldId], subject: Subject) {
        let handle = self.entities[subject.entity].handle;
        for id in constrained {
            let field = &kind.fields[*id];
            if field.pack.is_some_and(|pack| pack != handle) {
                continue;
            }
            if let Some(slot) = self.computing.store.slots(subject.own).get(usize::from(id.0)).copied() {
                self.field(field, slot, subject, self.entities[subject.entity].span);
            }
        }
        for require in &kind.requires {
            if self.evaluate(require.condition, subject) == Value::Bool(false) {
                let span = self.entities[subject.entity].span;
                let name = self.computing.names.text(handle);
                let message = format!("`{name}`: {}", require.sentence);
                let broken =
                    Diagnostic::new(&codes::BROKEN_REQUIREMENT, span, message).label("breaks what its kind requires");
                self.computing.diagnostics.push(broken.related(require.span, "required here"));
            }
        }
    }

    fn field(&mut self, field: &'a Field, slot: Slot, subject: Subject, around: Span) {
        match slot.value {
            Value::Poisoned => {}
            Value::Absent if field.optional || field.computed.is_some() => {}
            Value::Absent => self.missing(field, subject, around),
            value => {
                self.constraints(&field.constraints, value, slot.origin, subject);
                self.value(&field.ty, value, slot.origin, subject);
            }
        }
    }

    fn missing(&mut self, field: &Field, subject: Subject, around: Span) {
        let row = &self.entities[subject.entity];
        let kind = self.computing.names.text(self.computing.kinds.kinds[row.kind].name);
        let handle = self.computing.names.text(row.handle);
        let name = self.computing.names.text(field.name);
        let message = format!("{kind} `{handle}` has no `{name}`");
        let mut missing = Diagnostic::new(&codes::MISSING_FIELD, around, message).label(format!("needs `{name}`"));
        if let Some(first) = field.doc.lines().next() {
            missing = missing.related(field.span, first.to_owned());
        }
        self.computing.diagnostics.push(missing.help(format!("write `{name}: …`")));
    }

    /// The constraints of the type and of what lies inside the value.
    fn value(&mut self, ty: &'a Type, value: Value, origin: OriginId, subject: Subject) {
        let kinds = self.computing.kinds;
        match (ty, value) {
            (_, Value::Absent | Value::Poisoned) => {}
            (Type::Named(id), value) => {
                let named = &kinds.types[*id];
                self.constraints(&named.constraints, value, origin, subject);
                self.value(&named.base, value, origin, subject);
            }
            (Type::List(element, _), Value::List(list)) => {
                if self.is_constrained(element) {
                    for at in 0..list.len() {
                        let Some(item) = self.computing.store.elements(list).get(at).copied() else { continue };
                        self.value(element, item.value, item.origin, subject);
                    }
                }
            }
            (Type::Map(key, inner), Value::Map(map)) => {
                for at in 0..map.len as usize {
                    let Some(entry) = self.computing.store.entries(map).get(at).copied() else { continue };
                    self.value(key, entry.key, entry.origin, subject);
                    self.value(inner, entry.value, entry.origin, subject);
                }
            }
            (Type::OneOf(types), value) => {
                if let Some(ty) = types.iter().find(|ty| fits(kinds.base(ty), value)) {
                    self.value(ty, value, origin, subject);
                }
            }
            (Type::Record(_), Value::Record(_, fields)) => self.fields(ty, None, fields, origin, subject),
            (Type::Variant(_), Value::Variant(_, case, fields)) => self.fields(ty, Some(case), fields, origin, subject),
            _ => {}
        }
    }

    fn fields(&mut self, ty: &'a Type, case: Option<u16>, fields: Fields, origin: OriginId, subject: Subject) {
        let kinds = self.computing.kinds;
        let Some((declared, _)) = kinds.fields_of(ty, case) else { return };
        let around = self.computing.origins[origin].span;
        for (id, field) in declared.iter() {
            if let Some(slot) = self.computing.store.slots(fields).get(usize::from(id.0)).copied() {
                self.field(field, slot, Subject { own: fields, ..subject }, around);
            }
        }
    }

    fn constraints(&mut self, constraints: &'a [Constraint], value: Value, origin: OriginId, subject: Subject) {
        for constraint in constraints {
            let why = match &constraint.test {
                ConstraintTest::Range(low, high) => self.outside(value, *low, *high),
                ConstraintTest::Matching(regex, pattern) => match value {
                    Value::Text(name) if !regex.is_match(self.computing.names.text(name)) => Some(
                        constraint
                            .sentence
                            .is_none()
                            .then(|| format!("does not match `{pattern}`"))
                            .unwrap_or_default(),
                    ),
                    _ => None,
                },
                ConstraintTest::Where(condition) => {
                    (self.evaluate(*condition, subject) == Value::Bool(false)).then(String::new)
                }
            };
            if let Some(why) = why {
                self.broken(constraint, value, origin, &why);
            }
        }
    }

    fn outside(&mut self, value: Value, low: Value, high: Value) -> Option<String> {
        let (at, low_amount, high_amount) = (amount(value)?, amount(low)?, amount(high)?);
        if (low_amount..=high_amount).contains(&at) {
            return None;
        }
        let (low, high) = (self.words(low), self.words(high));
        Some(format!("is outside `{low}..{high}`"))
    }

    fn broken(&mut self, constraint: &Constraint, value: Value, origin: OriginId, why: &str) {
        let words = self.words(value);
        let sentence = constraint.sentence.as_deref().unwrap_or_default();
        let message = match (why.is_empty(), sentence.is_empty()) {
            (false, false) => format!("`{words}` {why}: {sentence}"),
            (false, true) => format!("`{words}` {why}"),
            (true, _) => format!("`{words}` is not allowed here: {sentence}"),
        };
        let span = self.computing.origins[origin].span;
        let broken = Diagnostic::new(&codes::BROKEN_CONSTRAINT, span, message).label("this value");
        self.computing.diagnostics.push(broken.related(constraint.span, "the field allows this"));
    }

    fn words(&mut self, value: Value) -> String {
        match value {
            Value::Text(name) => self.computing.names.text(name).to_owned(),
            value => self.evaluator().words(value),
        }
    }

    fn evaluate(&mut self, condition: crate::expression::ExpressionId, subject: Subject) -> Value {
        let mut frame = Frame::new(subject.own, Some(self.entities[subject.entity].handle), Layer::Default);
        self.evaluator().run(condition, &mut frame)
    }

    fn evaluator(&mut self) -> Evaluator<'_> {
        let Computing { names, kinds, store, origins, expressions, globals, diagnostics } = &mut self.computing;
        Evaluator::new(Evaluation {
            names,
            kinds,
            store,
            origins,
            expressions,
            globals,
            diagnostics,
            slots: self.world,
        })
    }
}

/// A number in its base units.
fn amount(value: Value) -> Option<i64> {
    match value {
        Value::Int(value) | Value::Quantity(_, value) => Some(value),
        Value::Date(date) => Some(i64::from(date.0)),
        _ => None,
    }
}

/// Whether a value is of the shape of a base type.
fn fits(base: &Type, value: Value) -> bool {
    match (base, value) {
        (Type::Text, Value::Text(_)) | (Type::Bool, Value::Bool(_)) | (Type::Date, Value::Date(_)) => true,
        (Type::Int | Type::Count, Value::Int(_)) | (Type::Quantity(_), Value::Quantity(..)) => true,
        (Type::Record(of), Value::Record(is, _)) => *of == is,
        (Type::Variant(of), Value::Variant(is, ..)) => *of == is,
        (Type::Enum(of), Value::Enum(is, _)) => *of == is,
        (Type::List(..), Value::List(_)) | (Type::Map(..), Value::Map(_)) => true,
        _ => false,
    }
}
