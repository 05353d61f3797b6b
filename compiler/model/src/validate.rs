//! Phase 8: required fields, constraints and what kinds require, judged once layers are settled.
//!
//! What is poisoned was reported where it failed and is passed over in silence.

use nbc_source::{Diagnostic, Fix, Span};

use crate::codes;
use crate::compute::Computing;
use crate::constraint::{self, Checked};
use crate::expression::codes::NEGATIVE_COUNT;
use crate::expression::evaluate::{Evaluation, Evaluator, Frame, Slots};
use crate::expression::reads;
use crate::expression::scope::Home;
use crate::expression::world::WorldSlots;
use crate::fold::UNSAID;
use crate::kinds::{Field, FieldId, Kind, Preset, Type};
use crate::quantity;
use crate::shared::{Apart, Shared, Watched};
use crate::value::{Fields, Layer, OriginId, Slot, Value};
use crate::world::EntityId;

pub(crate) struct Validator<'w, 'a> {
    pub(crate) computing: Computing<'a>,
    pub(crate) slots: &'w WorldSlots<'w>,
    pub(crate) watched: Watched<'w>,
    /// What an earlier world found sound.
    pub(crate) shared: &'w Shared,
    pub(crate) apart: &'w mut Apart,
}

/// Whose values are looked at.
#[derive(Clone, Copy)]
struct Subject {
    entity: EntityId,
    own: Fields,
    home: Home,
}

impl<'a> Validator<'_, 'a> {
    /// Judges every entity of the stage.
    pub(crate) fn run(&mut self) {
        let kinds = self.computing.kinds;
        for (id, kind) in kinds.kinds.iter() {
            let constrained: Vec<FieldId> =
                kind.fields.iter().filter(|(_, field)| self.can_fail(field)).map(|(id, _)| id).collect();
            for entity in self.slots.world.of_kind(id) {
                let own = self.slots.world.fields(*entity).filter(|own| !self.shared.has(*entity, *own));
                let Some(own) = own else { continue };
                let known = self.computing.diagnostics.len();
                self.entity(kind, &constrained, Subject { entity: *entity, own, home: Home::Kind(id) });
                let is_found = self.computing.diagnostics.len() > known;
                self.apart.add_if(*entity, self.watched.take_asked() || is_found);
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
            Type::Quantity(dimension) => dimension.is_never_negative(),
            Type::List(element, _) => self.is_constrained(element),
            Type::Map(key, value) => self.is_constrained(key) || self.is_constrained(value),
            Type::OneOf(types) => types.iter().any(|ty| self.is_constrained(ty)),
            _ => false,
        }
    }

    fn entity(&mut self, kind: &'a Kind, constrained: &[FieldId], subject: Subject) {
        let handle = self.slots.entities[subject.entity].handle;
        for id in constrained {
            let field = &kind.fields[*id];
            if field.pack.is_some_and(|pack| pack != handle) {
                continue;
            }
            if let Some(slot) = self.computing.store.slots(subject.own).get(usize::from(id.0)).copied() {
                self.field(field, slot, subject, self.slots.entities[subject.entity].span);
            }
        }
        for require in &kind.requires {
            if self.evaluate(require.condition, subject) == Value::Bool(false) {
                let span = self.last_said(require.condition, subject);
                let name = self.computing.names.text(handle);
                let message = format!("`{name}`: {}", require.sentence);
                let broken =
                    Diagnostic::new(&codes::BROKEN_REQUIREMENT, span, message).label("breaks what its kind requires");
                self.computing.diagnostics.push(broken.related(require.span, "required here"));
            }
        }
    }

    /// Where the last of the values stands that a condition reads and that somebody wrote for this very thing: the one
    /// of the highest layer, since what a stage says is what breaks it there. Else the thing itself.
    fn last_said(&self, condition: crate::expression::ExpressionId, subject: Subject) -> Span {
        let computing = &self.computing;
        let entity = self.slots.entities[subject.entity].span;
        let slots = computing.store.slots(subject.own);
        let read = reads::own_fields(computing.expressions, computing.globals, condition);
        let origins = read.iter().filter_map(|field| slots.get(usize::from(field.0))).map(|slot| slot.origin);
        let said = origins.filter(|origin| *origin != UNSAID.origin).map(|origin| &computing.origins[origin]);
        let own = said.filter(|origin| !matches!(origin.layer, Layer::Default | Layer::Inherited));
        let near = own.filter(|origin| origin.layer > Layer::Declaration || origin.span.file == entity.file);
        near.max_by_key(|origin| (origin.layer, origin.span)).map_or(entity, |origin| origin.span)
    }

    fn field(&mut self, field: &'a Field, slot: Slot, subject: Subject, around: Span) {
        match slot.value {
            Value::Poisoned => {}
            Value::Absent if field.optional || field.computed.is_some() => {}
            // What its default reads is missing, and that is said where it is missing.
            Value::Absent if matches!(field.default, Preset::Computed(_)) => {}
            Value::Absent => self.missing(field, subject, around),
            // A required field of which nothing else is asked.
            value
                if field.constraints.is_empty() && (is_empty(&field.ty, value) || !self.is_constrained(&field.ty)) => {}
            value => {
                let span = self.computing.origins[slot.origin].span;
                let frame = self.frame(subject);
                let checked = Checked { value, span, home: subject.home, is_key: false };
                constraint::check(&mut self.evaluator(), &field.constraints, &field.ty, checked, &frame);
                self.negative(field, value, span);
                self.inside(&field.ty, value, slot.origin, subject);
            }
        }
    }

    /// Less than nothing. Where the field has bounds of its own, they say more.
    fn negative(&mut self, field: &Field, value: Value, span: Span) {
        let Value::Quantity(dimension, amount) = value else { return };
        if amount >= 0 || !dimension.is_never_negative() || !field.constraints.is_empty() {
            return;
        }
        let name = self.computing.names.text(field.name);
        let written = quantity::display(dimension, amount, self.slots.currency);
        let message = format!("`{name}` cannot be negative, this is {written}");
        let negative = Diagnostic::new(&NEGATIVE_COUNT, span, message).label("less than nothing");
        let positive = written.trim_start_matches('-').to_owned();
        let fix = Fix::replace(span, &positive, format!("write `{positive}`")).may_change_meaning();
        self.computing.diagnostics.push(negative.fix(fix));
    }

    fn missing(&mut self, field: &Field, subject: Subject, around: Span) {
        let row = &self.slots.entities[subject.entity];
        if row.has_lost_parent {
            return; // Its parent might have said it.
        }
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

    /// The fields of records and cases inside the value, each judged as a field of its own.
    fn inside(&mut self, ty: &'a Type, value: Value, origin: OriginId, subject: Subject) {
        let kinds = self.computing.kinds;
        match (kinds.base(ty), value) {
            (Type::List(element, _), Value::List(list)) if self.has_fields(element) => {
                for item in self.computing.store.elements(list).to_vec() {
                    self.inside(element, item.value, item.origin, subject);
                }
            }
            (Type::Map(_, inner), Value::Map(map)) if self.has_fields(inner) => {
                for entry in self.computing.store.entries(map).to_vec() {
                    self.inside(inner, entry.value, entry.origin, subject);
                }
            }
            (Type::OneOf(types), Value::Record(..) | Value::Variant(..)) => {
                let of = types.iter().find(|ty| match (kinds.base(ty), value) {
                    (Type::Record(of), Value::Record(is, _)) => *of == is,
                    (Type::Variant(of), Value::Variant(is, ..)) => *of == is,
                    _ => false,
                });
                if let Some(ty) = of {
                    self.inside(ty, value, origin, subject);
                }
            }
            (base @ Type::Record(_), Value::Record(of, fields)) => {
                self.fields(base, None, fields, origin, Subject { home: Home::Record(of), ..subject });
            }
            (base @ Type::Variant(_), Value::Variant(of, case, fields)) => {
                self.fields(base, Some(case), fields, origin, Subject { home: Home::Case(of, case), ..subject });
            }
            _ => {}
        }
    }

    fn has_fields(&self, ty: &Type) -> bool {
        match self.computing.kinds.base(ty) {
            Type::Record(_) | Type::Variant(_) => true,
            Type::List(element, _) => self.has_fields(element),
            Type::Map(_, inner) => self.has_fields(inner),
            Type::OneOf(types) => types.iter().any(|ty| self.has_fields(ty)),
            _ => false,
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

    fn frame(&self, subject: Subject) -> Frame {
        Frame::new(subject.own, self.slots.handle(subject.entity), Layer::Default)
    }

    fn evaluate(&mut self, condition: crate::expression::ExpressionId, subject: Subject) -> Value {
        let mut frame = self.frame(subject);
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
            slots: &self.watched,
        })
    }
}

/// A list or map of nothing, where only its elements could be asked about. A type with a name may ask about the whole.
fn is_empty(ty: &Type, value: Value) -> bool {
    match (ty, value) {
        (Type::List(..), Value::List(list)) => list.is_empty(),
        (Type::Map(..), Value::Map(map)) => map.len == 0,
        _ => false,
    }
}
