//! Interned text: every name and every text value of a run is stored once and compared as a number.

use std::hash::BuildHasherDefault;

use indexmap::IndexSet;
use rustc_hash::FxHasher;

/// An interned text. Its number follows the order of first sight, never the alphabet: sort by the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(u32);

/// The table of all interned texts of a run.
#[derive(Clone, Debug, Default)]
pub struct Names {
    texts: IndexSet<Box<str>, BuildHasherDefault<FxHasher>>,
}

impl Names {
    pub fn intern(&mut self, text: &str) -> Name {
        match self.texts.get_index_of(text) {
            Some(at) => Name(at as u32),
            None => Name(self.texts.insert_full(text.into()).0 as u32),
        }
    }

    /// The name of a text that was seen before.
    pub fn find(&self, text: &str) -> Option<Name> {
        self.texts.get_index_of(text).map(|at| Name(at as u32))
    }

    pub fn text(&self, name: Name) -> &str {
        self.texts.get_index(name.0 as usize).map_or("", |text| text)
    }

    pub fn iter(&self) -> impl Iterator<Item = (Name, &str)> {
        self.texts.iter().zip(0..).map(|(text, at)| (Name(at), &**text))
    }

    pub(crate) fn len(&self) -> u32 {
        self.texts.len() as u32
    }
}

impl Name {
    /// The same place in a table that starts `by` texts later, and back: see `Texts` of evaluation.
    pub(crate) fn later(self, by: u32) -> Name {
        Name(self.0.saturating_add(by))
    }

    pub(crate) fn earlier(self, by: u32) -> Option<Name> {
        self.0.checked_sub(by).map(Name)
    }
}
