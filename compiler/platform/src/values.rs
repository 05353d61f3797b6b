//! What the fields of typed kinds are made of: values with their origin, references, and quantities in base units.
//!
//! Written by hand; `kinds.rs` is generated on top of it.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

pub use nbc_model::value::{Date, Per};

use nbc_model::value::OriginId;
use nbc_model::world::EntityId;

/// A reference to an entity of one kind: `Id<Group>` is never taken for `Id<User>`. It orders as handles do.
pub struct Id<T> {
    pub entity: EntityId,
    kind: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    pub fn new(entity: EntityId) -> Id<T> {
        Id { entity, kind: PhantomData }
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.entity == other.entity
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.entity.cmp(&other.entity)
    }
}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.entity.hash(state);
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entity.fmt(f)
    }
}

/// A value and where it was said. A default's origin lies in the standard library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sourced<T> {
    pub value: T,
    pub origin: OriginId,
}

/// An element of a list. Both days are inclusive; only `dated` lists have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item<T> {
    pub value: T,
    pub origin: OriginId,
    pub from: Option<Date>,
    pub until: Option<Date>,
}

impl<T> Item<T> {
    /// Whether it counts on that day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// An entry of a map. Entries are sorted by the text of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<K, V> {
    pub key: K,
    pub value: V,
    pub origin: OriginId,
}

macro_rules! quantities {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);
    )*};
}

quantities! {
    /// CPU: 1,000 are one core.
    Millicores;
    /// Memory or disk.
    Bytes;
    /// A duration.
    Milliseconds;
    /// Minor units (cents) of the platform's currency.
    Money;
    /// Hundredths of a percent: `80%` is 8,000.
    Percent;
    /// Ten-thousandths: `0.25` is 2,500.
    Decimal;
}

impl Milliseconds {
    /// Whole seconds, rounded down: most targets count in seconds.
    pub fn seconds(self) -> i64 {
        self.0 / 1_000
    }
}

/// Money over time, in 1/10,000 of the currency unit per period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    pub amount: i64,
    pub per: Per,
}
