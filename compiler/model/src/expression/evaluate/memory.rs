//! Where evaluation puts what it makes: into the model, or, when it only judges, beside it.
//!
//! Judging reads a finished model that others read too, so its texts and lists go into tables of their own, whose
//! numbers begin where the model's end. Nothing of them outlives the judging.

use crate::index::{Id, Table};
use crate::names::{Name, Names};
use crate::value::{Element, Entry, Fields, List, Map, Origin, OriginId, Slot, Store};

/// Interned texts.
pub enum Texts<'e> {
    Kept(&'e mut Names),
    Beside { model: &'e Names, own: Names },
}

impl<'e> Texts<'e> {
    pub(crate) fn beside(model: &'e Names) -> Texts<'e> {
        Texts::Beside { model, own: Names::default() }
    }

    pub fn intern(&mut self, text: &str) -> Name {
        match self {
            Texts::Kept(names) => names.intern(text),
            Texts::Beside { model, own } => model.find(text).unwrap_or_else(|| own.intern(text).later(model.len())),
        }
    }

    /// Lets go of what stands beside the model. False where everything is a part of it.
    pub(crate) fn forget(&mut self) -> bool {
        match self {
            Texts::Kept(_) => false,
            Texts::Beside { own, .. } => {
                *own = Names::default();
                true
            }
        }
    }

    pub fn find(&self, text: &str) -> Option<Name> {
        match self {
            Texts::Kept(names) => names.find(text),
            Texts::Beside { model, own } => {
                model.find(text).or_else(|| own.find(text).map(|name| name.later(model.len())))
            }
        }
    }

    pub fn text(&self, name: Name) -> &str {
        match self {
            Texts::Kept(names) => names.text(name),
            Texts::Beside { model, own } => match name.earlier(model.len()) {
                Some(name) => own.text(name),
                None => model.text(name),
            },
        }
    }
}

/// Lists, maps and records.
pub enum Memory<'e> {
    Kept(&'e mut Store),
    Beside { model: &'e Store, own: Store },
}

impl<'e> Memory<'e> {
    pub(crate) fn beside(model: &'e Store) -> Memory<'e> {
        Memory::Beside { model, own: Store::default() }
    }

    /// Lets go of what stands beside the model. False where everything is a part of it.
    pub(crate) fn forget(&mut self) -> bool {
        match self {
            Memory::Kept(_) => false,
            Memory::Beside { own, .. } => {
                *own = Store::default();
                true
            }
        }
    }

    /// The store of the model.
    pub fn model(&self) -> &Store {
        match self {
            Memory::Kept(store) => store,
            Memory::Beside { model, .. } => model,
        }
    }

    pub fn list(&mut self, elements: impl IntoIterator<Item = Element>) -> List {
        match self {
            Memory::Kept(store) => store.list(elements),
            Memory::Beside { model, own } => {
                let [first, ..] = model.sizes();
                let list = own.list(elements);
                List { start: list.start.saturating_add(first), ..list }
            }
        }
    }

    pub fn map(&mut self, entries: impl IntoIterator<Item = Entry>) -> Map {
        match self {
            Memory::Kept(store) => store.map(entries),
            Memory::Beside { model, own } => {
                let [_, first, _] = model.sizes();
                let map = own.map(entries);
                Map { start: map.start.saturating_add(first), ..map }
            }
        }
    }

    pub fn fields(&mut self, slots: impl IntoIterator<Item = Slot>) -> Fields {
        match self {
            Memory::Kept(store) => store.fields(slots),
            Memory::Beside { model, own } => {
                let [.., first] = model.sizes();
                let fields = own.fields(slots);
                Fields { start: fields.start.saturating_add(first), ..fields }
            }
        }
    }

    pub fn elements(&self, list: List) -> &[Element] {
        match self {
            Memory::Kept(store) => store.elements(list),
            Memory::Beside { model, own } => {
                let [first, ..] = model.sizes();
                match list.start.checked_sub(first) {
                    Some(start) if list.len > 0 => own.elements(List { start, ..list }),
                    _ => model.elements(list),
                }
            }
        }
    }

    pub fn entries(&self, map: Map) -> &[Entry] {
        match self {
            Memory::Kept(store) => store.entries(map),
            Memory::Beside { model, own } => {
                let [_, first, _] = model.sizes();
                match map.start.checked_sub(first) {
                    Some(start) if map.len > 0 => own.entries(Map { start, ..map }),
                    _ => model.entries(map),
                }
            }
        }
    }

    pub fn slots(&self, fields: Fields) -> &[Slot] {
        match self {
            Memory::Kept(store) => store.slots(fields),
            Memory::Beside { model, own } => {
                let [.., first] = model.sizes();
                match fields.start.checked_sub(first) {
                    Some(start) if fields.len > 0 => own.slots(Fields { start, ..fields }),
                    _ => model.slots(fields),
                }
            }
        }
    }

    /// The slots of a record that evaluation itself has made.
    pub(crate) fn slots_mut(&mut self, fields: Fields) -> &mut [Slot] {
        match self {
            Memory::Kept(store) => store.slots_mut(fields),
            Memory::Beside { model, own } => {
                let [.., first] = model.sizes();
                match fields.start.checked_sub(first) {
                    Some(start) => own.slots_mut(Fields { start, ..fields }),
                    None => Default::default(),
                }
            }
        }
    }
}

/// Where values come from; what is only judged comes from nowhere.
pub enum Origins<'e> {
    Kept(&'e mut Table<OriginId, Origin>),
    Nowhere,
}

impl Origins<'_> {
    pub(crate) fn push(&mut self, origin: Origin) -> OriginId {
        match self {
            Origins::Kept(table) => table.push(origin),
            Origins::Nowhere => OriginId::new(0),
        }
    }

    pub(crate) fn known(&self, id: OriginId) -> Option<Origin> {
        match self {
            Origins::Kept(table) => table.row(id).copied(),
            Origins::Nowhere => None,
        }
    }
}
