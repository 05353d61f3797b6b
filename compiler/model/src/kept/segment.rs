//! A piece of a model's memory that names nothing outside of itself, and so can stand anywhere in another one.

use crate::index::Table;
use crate::layer::{Candidate, Operand};
use crate::value::{Element, Entry, Fields, List, Map, Origin, OriginId, Slot, Store, Value};

/// How far the tables of a model are filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Marks {
    origins: u32,
    elements: u32,
    entries: u32,
    slots: u32,
}

/// Origins and values that were made between two marks, numbered as they were.
#[derive(Debug)]
pub(super) struct Segment {
    begun: Marks,
    ended: Marks,
    origins: Vec<Origin>,
    elements: Vec<Element>,
    entries: Vec<Entry>,
    slots: Vec<Slot>,
}

/// How far the numbers of a segment are from those that it has where it stands now. Differences wrap around.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shift(Marks);

impl Marks {
    pub(super) fn of(origins: &Table<OriginId, Origin>, store: &Store) -> Marks {
        let [elements, entries, slots] = store.sizes();
        Marks { origins: origins.len() as u32, elements, entries, slots }
    }
}

impl Segment {
    /// `None` where something in it names what is outside.
    pub(super) fn between(
        begun: Marks,
        ended: Marks,
        origins: &Table<OriginId, Origin>,
        store: &Store,
    ) -> Option<Segment> {
        let made = (begun.origins..ended.origins).filter_map(|at| origins.row(OriginId(at)).copied());
        let elements = List { start: begun.elements, len: ended.elements - begun.elements };
        let entries = Map { start: begun.entries, len: ended.entries - begun.entries };
        let slots = Fields { start: begun.slots, len: ended.slots - begun.slots };
        let segment = Segment {
            begun,
            ended,
            origins: made.collect(),
            elements: store.elements(elements).to_vec(),
            entries: store.entries(entries).to_vec(),
            slots: store.slots(slots).to_vec(),
        };
        let elements = segment.elements.iter().map(|row| Slot { value: row.value, origin: row.origin });
        let entries = segment.entries.iter().map(|row| Slot { value: row.value, origin: row.origin });
        let mut all = elements.chain(entries).chain(segment.slots.iter().copied());
        let is_closed = all.all(|slot| segment.has(slot));
        (is_closed && segment.entries.iter().all(|row| row.key.is_single())).then_some(segment)
    }

    pub(super) fn has_origin(&self, origin: OriginId) -> bool {
        (self.begun.origins..self.ended.origins).contains(&origin.0)
    }

    /// Whether a value and its origin are of this segment, or in no table at all.
    pub(super) fn has(&self, slot: Slot) -> bool {
        let is_inside = |start: u32, len: u32, begun: u32, ended: u32| {
            len == 0 || (begun <= start && start.checked_add(len).is_some_and(|end| end <= ended))
        };
        let (begun, ended) = (self.begun, self.ended);
        let is_ours = match slot.value {
            Value::List(List { start, len }) => is_inside(start, len, begun.elements, ended.elements),
            Value::Map(Map { start, len }) => is_inside(start, len, begun.entries, ended.entries),
            Value::Record(_, Fields { start, len }) | Value::Variant(_, _, Fields { start, len }) => {
                is_inside(start, len, begun.slots, ended.slots)
            }
            value => value.is_single(),
        };
        is_ours && self.has_origin(slot.origin)
    }

    /// Puts the segment at the end of other tables.
    pub(super) fn append(&self, origins: &mut Table<OriginId, Origin>, store: &mut Store) -> Shift {
        let (here, begun) = (Marks::of(origins, store), self.begun);
        let shift = Shift(Marks {
            origins: here.origins.wrapping_sub(begun.origins),
            elements: here.elements.wrapping_sub(begun.elements),
            entries: here.entries.wrapping_sub(begun.entries),
            slots: here.slots.wrapping_sub(begun.slots),
        });
        for origin in &self.origins {
            origins.push(*origin);
        }
        store.list(self.elements.iter().map(|row| Element {
            value: shift.value(row.value),
            origin: shift.origin(row.origin),
            ..*row
        }));
        store.map(self.entries.iter().map(|row| Entry {
            value: shift.value(row.value),
            origin: shift.origin(row.origin),
            ..*row
        }));
        store.fields(self.slots.iter().map(|slot| shift.slot(*slot)));
        shift
    }
}

impl Shift {
    fn origin(self, origin: OriginId) -> OriginId {
        OriginId(origin.0.wrapping_add(self.0.origins))
    }

    pub(super) fn slot(self, slot: Slot) -> Slot {
        Slot { value: self.value(slot.value), origin: self.origin(slot.origin) }
    }

    pub(super) fn candidate(self, candidate: &Candidate) -> Candidate {
        let operand = match candidate.operand {
            Operand::Value(value) => Operand::Value(self.value(value)),
            other => other,
        };
        Candidate { operand, origin: self.origin(candidate.origin), ..candidate.clone() }
    }

    fn value(self, value: Value) -> Value {
        let fields = |fields: Fields| Fields { start: fields.start.wrapping_add(self.0.slots), ..fields };
        match value {
            Value::List(list) => Value::List(List { start: list.start.wrapping_add(self.0.elements), ..list }),
            Value::Map(map) => Value::Map(Map { start: map.start.wrapping_add(self.0.entries), ..map }),
            Value::Record(of, inside) => Value::Record(of, fields(inside)),
            Value::Variant(of, case, inside) => Value::Variant(of, case, fields(inside)),
            single => single,
        }
    }
}
