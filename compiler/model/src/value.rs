//! Values after evaluation: sixteen bytes each, exact, shared by all stages through one [`Store`].

use nbc_source::Span;

use crate::index::ids;
use crate::kinds::{ActionId, EnumId, RecordId, VariantId};
use crate::names::Name;
use crate::world::EntityId;

/// What a slot holds. Text is interned; aggregates lie in the [`Store`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// An optional field that nobody set.
    Absent,
    /// It failed and was reported; nothing more is said about what depends on it.
    Poisoned,
    Bool(bool),
    /// `Int` and `Count`.
    Int(i64),
    /// A quantity in base units of its dimension, see [`Dimension`].
    Quantity(Dimension, i64),
    Text(Name),
    Date(Date),
    Enum(EnumId, u16),
    /// An action, as listed by a role.
    Permission(ActionId),
    Entity(EntityId),
    List(List),
    Map(Map),
    Record(RecordId, Fields),
    /// The case of a variant and its fields.
    Variant(VariantId, u16, Fields),
}

/// The physical dimension of a quantity, and its base unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Millicores.
    Cpu,
    /// Bytes of memory.
    Memory,
    /// Bytes of disk.
    Storage,
    /// Milliseconds.
    Duration,
    /// Minor units (cents) of the platform's currency.
    Money,
    /// 1/10,000 of the currency unit per hour; what was said per day, month (730 h) or year (8,760 h) keeps its own
    /// base: see [`Per`] beside it in the text. A rate is stored in 1/10,000 of the currency unit per its own period.
    Rate(Per),
    /// 1/100 of a percent.
    Percent,
    /// 1/10,000.
    Decimal,
}

impl Dimension {
    /// Whether it measures something that there cannot be less than nothing of. An amount of money can be a discount.
    pub fn is_never_negative(self) -> bool {
        match self {
            Dimension::Cpu | Dimension::Memory | Dimension::Storage | Dimension::Duration => true,
            Dimension::Money | Dimension::Rate(_) | Dimension::Percent | Dimension::Decimal => false,
        }
    }
}

/// The period of a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Per {
    Hour,
    Day,
    Month,
    Year,
}

/// Days since 1970-01-01, in the platform's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub i32);

/// A run of [`Element`]s in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct List {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

/// A run of [`Entry`]s in the store, sorted by the text of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Map {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

/// The slots of a record or of a variant's case, in the order of its declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Fields {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

/// A value and where it came from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slot {
    pub value: Value,
    pub origin: OriginId,
}

/// One element of a list. Both dates are inclusive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Element {
    pub value: Value,
    pub origin: OriginId,
    pub from: Option<Date>,
    pub until: Option<Date>,
}

/// One entry of a map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    pub key: Value,
    pub value: Value,
    pub origin: OriginId,
}

ids! {
    /// Where a value came from.
    OriginId(u32);
    /// One iteration of a `for`, or one row of a file; 0 is none.
    ExpansionId(u32);
    /// A stage, in the order of names.
    StageId(u16);
}

/// Who said a value, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The kind's default, or a computed field.
    Default,
    /// A parent that the declaration extends.
    Inherited,
    Declaration,
    Stage(StageId),
    Test,
}

/// Where a value came from: the text, the layer, and the loop iteration or row that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    pub span: Span,
    pub layer: Layer,
    pub expansion: ExpansionId,
}

/// Whether two runs are as long and alike, one by one.
fn pairwise<T>(one: &[T], two: &[T], is_same: impl Fn(&T, &T) -> bool) -> bool {
    one.len() == two.len() && one.iter().zip(two).all(|(one, two)| is_same(one, two))
}

/// The memory behind all values of a run. It only grows; values are indices into it.
#[derive(Clone, Debug, Default)]
pub struct Store {
    elements: Vec<Element>,
    entries: Vec<Entry>,
    slots: Vec<Slot>,
}

impl Store {
    /// With room for so many elements of lists.
    pub(crate) fn for_elements(count: usize) -> Store {
        Store { elements: Vec::with_capacity(count), ..Store::default() }
    }

    /// Makes room for so many slots.
    pub(crate) fn reserve_slots(&mut self, count: usize) {
        self.slots.reserve(count);
    }

    pub fn list(&mut self, elements: impl IntoIterator<Item = Element>) -> List {
        let start = self.elements.len();
        self.elements.extend(elements);
        List { start: start as u32, len: (self.elements.len() - start) as u32 }
    }

    /// The caller sorts entries by the text of the key.
    pub fn map(&mut self, entries: impl IntoIterator<Item = Entry>) -> Map {
        let start = self.entries.len();
        self.entries.extend(entries);
        Map { start: start as u32, len: (self.entries.len() - start) as u32 }
    }

    pub fn fields(&mut self, slots: impl IntoIterator<Item = Slot>) -> Fields {
        let start = self.slots.len();
        self.slots.extend(slots);
        Fields { start: start as u32, len: (self.slots.len() - start) as u32 }
    }

    pub fn elements(&self, list: List) -> &[Element] {
        run(&self.elements, list.start, list.len)
    }

    pub fn entries(&self, map: Map) -> &[Entry] {
        run(&self.entries, map.start, map.len)
    }

    pub fn slots(&self, fields: Fields) -> &[Slot] {
        run(&self.slots, fields.start, fields.len)
    }

    /// Whether two slots say the same at the same places, wherever in the store their values lie.
    pub fn is_same(&self, one: Slot, two: Slot) -> bool {
        one.origin == two.origin && self.is_same_value(one.value, two.value)
    }

    fn is_same_value(&self, one: Value, two: Value) -> bool {
        match (one, two) {
            (Value::List(one), Value::List(two)) => {
                let is_same = |one: &Element, two: &Element| {
                    (one.origin, one.from, one.until) == (two.origin, two.from, two.until)
                        && self.is_same_value(one.value, two.value)
                };
                pairwise(self.elements(one), self.elements(two), is_same)
            }
            (Value::Map(one), Value::Map(two)) => {
                let is_same = |one: &Entry, two: &Entry| {
                    one.origin == two.origin
                        && self.is_same_value(one.key, two.key)
                        && self.is_same_value(one.value, two.value)
                };
                pairwise(self.entries(one), self.entries(two), is_same)
            }
            (Value::Record(of, one), Value::Record(is, two)) => of == is && self.are_same(one, two),
            (Value::Variant(of, case, one), Value::Variant(is, other, two)) => {
                of == is && case == other && self.are_same(one, two)
            }
            (one, two) => one == two,
        }
    }

    fn are_same(&self, one: Fields, two: Fields) -> bool {
        pairwise(self.slots(one), self.slots(two), |one, two| self.is_same(*one, *two))
    }

    /// Calls back for a value and for every value inside it, the keys of maps with them.
    pub fn walk(&self, slot: Slot, visit: &mut impl FnMut(Slot)) {
        visit(slot);
        match slot.value {
            Value::List(list) => {
                for Element { value, origin, .. } in self.elements(list) {
                    self.walk(Slot { value: *value, origin: *origin }, visit);
                }
            }
            Value::Map(map) => {
                for Entry { key, value, origin } in self.entries(map) {
                    self.walk(Slot { value: *key, origin: *origin }, visit);
                    self.walk(Slot { value: *value, origin: *origin }, visit);
                }
            }
            Value::Record(_, fields) | Value::Variant(_, _, fields) => {
                self.slots(fields).iter().for_each(|slot| self.walk(*slot, visit));
            }
            Value::Absent
            | Value::Poisoned
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Quantity(..)
            | Value::Text(_)
            | Value::Date(_)
            | Value::Enum(..)
            | Value::Permission(_)
            | Value::Entity(_) => {}
        }
    }

    pub(crate) fn entries_mut(&mut self, map: Map) -> &mut [Entry] {
        self.entries.get_mut(map.start as usize..(map.start + map.len) as usize).unwrap_or_default()
    }

    /// How many elements, entries and slots there are.
    pub(crate) fn sizes(&self) -> [u32; 3] {
        [self.elements.len() as u32, self.entries.len() as u32, self.slots.len() as u32]
    }

    pub(crate) fn slot_at(&self, at: u32) -> Option<Slot> {
        self.slots.get(at as usize).copied()
    }

    pub(crate) fn write_slot(&mut self, at: u32, value: Value) {
        if let Some(slot) = self.slots.get_mut(at as usize) {
            slot.value = value;
        }
    }

    pub(crate) fn write_entry(&mut self, at: u32, value: Value) {
        if let Some(entry) = self.entries.get_mut(at as usize) {
            entry.value = value;
        }
    }

    pub fn slots_mut(&mut self, fields: Fields) -> &mut [Slot] {
        self.slots.get_mut(fields.start as usize..(fields.start + fields.len) as usize).unwrap_or_default()
    }
}

fn run<T>(rows: &[T], start: u32, len: u32) -> &[T] {
    rows.get(start as usize..start as usize + len as usize).unwrap_or_default()
}

impl Value {
    /// Whether it lies in no table of the [`Store`].
    pub(crate) fn is_single(self) -> bool {
        !matches!(self, Value::List(_) | Value::Map(_) | Value::Record(..) | Value::Variant(..))
    }

    /// True for what `path set` calls set: present, and not an empty list or map.
    pub fn is_set(self) -> bool {
        match self {
            Value::Absent | Value::Poisoned => false,
            Value::List(list) => list.len > 0,
            Value::Map(map) => map.len > 0,
            Value::Bool(_)
            | Value::Int(_)
            | Value::Quantity(..)
            | Value::Text(_)
            | Value::Date(_)
            | Value::Enum(..)
            | Value::Permission(_)
            | Value::Entity(_)
            | Value::Record(..)
            | Value::Variant(..) => true,
        }
    }
}

impl List {
    pub fn len(self) -> usize {
        self.len as usize
    }

    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}
