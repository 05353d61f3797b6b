//! Reads evaluated values of the model into typed ones.
//!
//! Reading never fails: the model has been validated. Should a shape be impossible all the same (a poisoned value of a
//! run that goes on after errors), the result is the type's harmless zero: `false`, 0, empty text, an empty list, the
//! first value of an enum, the first case of a variant, 1970-01-01, and for a reference the entity that holds it.

use nbc_model::Model;
use nbc_model::index::Id as _;
use nbc_model::kinds::ActionId;
use nbc_model::value::{Dimension, Per, Slot, Value};
use nbc_model::world::{EntityId, World};
use nbc_source::Span;

use crate::values::{Bytes, Date, Decimal, Entry, Id, Item, Millicores, Milliseconds, Money, Percent, Rate, Sourced};

/// Reads the fields of one entity.
pub(crate) struct Reader<'m> {
    pub(crate) model: &'m Model,
    pub(crate) entity: EntityId,
    nothing: Slot,
}

/// The slots of an entity, a record or a variant's case, in the order of their declaration.
pub(crate) type Slots<'m> = std::slice::Iter<'m, Slot>;

/// A type that a value can be read as.
pub(crate) trait Read<'m>: Sized {
    fn read(reader: &Reader<'m>, value: Value) -> Self;
}

impl<'m> Reader<'m> {
    pub(crate) fn new(model: &'m Model, world: &'m World, entity: EntityId) -> (Reader<'m>, Slots<'m>) {
        let slots = world.fields(entity).map_or(&[][..], |fields| model.slots(fields));
        let nothing = Slot { value: Value::Absent, origin: nbc_model::value::OriginId::new(0) };
        (Reader { model, entity, nothing }, slots.iter())
    }

    pub(crate) fn handle(&self) -> &'m str {
        self.model.handle(self.entity)
    }

    pub(crate) fn span(&self) -> Span {
        self.model.entities[self.entity].span
    }

    /// The next field, which always has a value.
    pub(crate) fn field<T: Read<'m>>(&self, slots: &mut Slots<'m>) -> Sourced<T> {
        let slot = slots.next().unwrap_or(&self.nothing);
        Sourced { value: T::read(self, slot.value), origin: slot.origin }
    }

    /// The next field, which may be absent.
    pub(crate) fn optional<T: Read<'m>>(&self, slots: &mut Slots<'m>) -> Option<Sourced<T>> {
        let slot = slots.next()?;
        match slot.value {
            Value::Absent | Value::Poisoned => None,
            value => Some(Sourced { value: T::read(self, value), origin: slot.origin }),
        }
    }

    /// The slots of a record or of a variant's case.
    pub(crate) fn slots(&self, value: Value) -> Slots<'m> {
        match value {
            Value::Record(_, fields) | Value::Variant(_, _, fields) => self.model.slots(fields).iter(),
            _ => [].iter(),
        }
    }

    /// Which value of an enum, by its place in the declaration.
    pub(crate) fn choice(&self, value: Value) -> u16 {
        match value {
            Value::Enum(_, at) => at,
            _ => 0,
        }
    }

    /// Which case of a variant, by its place in the declaration.
    pub(crate) fn case(&self, value: Value) -> u16 {
        match value {
            Value::Variant(_, at, _) => at,
            _ => 0,
        }
    }

    /// The text of an enum's value.
    pub(crate) fn choice_text(&self, value: Value) -> &'m str {
        let Value::Enum(of, at) = value else { return "" };
        let values = self.model.kinds.enums.row(of).map_or(&[][..], |row| row.values.as_slice());
        values.get(usize::from(at)).map_or("", |row| self.model.text(row.name))
    }

    /// The name of the kind that a reference leads to, or an empty text for what is no reference.
    pub(crate) fn kind_of(&self, value: Value) -> &'m str {
        let Value::Entity(entity) = value else { return "" };
        let kinds = &self.model.kinds.kinds;
        self.model.entities.row(entity).map_or("", |row| self.model.text(kinds[row.kind].name))
    }
}

impl<'m, T: Read<'m>> Read<'m> for Vec<Item<T>> {
    fn read(reader: &Reader<'m>, value: Value) -> Self {
        let Value::List(list) = value else { return Vec::new() };
        let sound = reader.model.elements(list).iter().filter(|element| element.value != Value::Poisoned);
        sound
            .map(|element| Item {
                value: T::read(reader, element.value),
                origin: element.origin,
                from: element.from,
                until: element.until,
            })
            .collect()
    }
}

impl<'m, K: Read<'m>, V: Read<'m>> Read<'m> for Vec<Entry<K, V>> {
    fn read(reader: &Reader<'m>, value: Value) -> Self {
        let Value::Map(map) = value else { return Vec::new() };
        let sound = reader.model.store.entries(map).iter().filter(|entry| entry.value != Value::Poisoned);
        sound
            .map(|entry| Entry {
                key: K::read(reader, entry.key),
                value: V::read(reader, entry.value),
                origin: entry.origin,
            })
            .collect()
    }
}

impl<'m, T> Read<'m> for Id<T> {
    fn read(reader: &Reader<'m>, value: Value) -> Self {
        match value {
            Value::Entity(entity) => Id::new(entity),
            _ => Id::new(reader.entity),
        }
    }
}

impl<'m> Read<'m> for &'m str {
    fn read(reader: &Reader<'m>, value: Value) -> Self {
        match value {
            Value::Text(name) => reader.model.text(name),
            _ => "",
        }
    }
}

impl<'m> Read<'m> for bool {
    fn read(_: &Reader<'m>, value: Value) -> Self {
        value == Value::Bool(true)
    }
}

impl<'m> Read<'m> for i64 {
    fn read(_: &Reader<'m>, value: Value) -> Self {
        match value {
            Value::Int(number) => number,
            _ => 0,
        }
    }
}

impl<'m> Read<'m> for Date {
    fn read(_: &Reader<'m>, value: Value) -> Self {
        match value {
            Value::Date(date) => date,
            _ => Date(0),
        }
    }
}

/// An action that a role lists; the zero is an id that no table has.
impl<'m> Read<'m> for ActionId {
    fn read(_: &Reader<'m>, value: Value) -> Self {
        match value {
            Value::Permission(action) => action,
            _ => ActionId::new(usize::from(u16::MAX)),
        }
    }
}

impl<'m> Read<'m> for Rate {
    fn read(_: &Reader<'m>, value: Value) -> Self {
        match value {
            Value::Quantity(Dimension::Rate(per), amount) => Rate { amount, per },
            _ => Rate { amount: 0, per: Per::Hour },
        }
    }
}

macro_rules! read_quantities {
    ($($name:ident)*) => {$(
        impl<'m> Read<'m> for $name {
            fn read(_: &Reader<'m>, value: Value) -> Self {
                match value {
                    Value::Quantity(_, amount) => $name(amount),
                    _ => $name(0),
                }
            }
        }
    )*};
}

read_quantities! { Millicores Bytes Milliseconds Money Percent Decimal }
