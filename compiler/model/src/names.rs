//! Interned text: every name and every text value of a run is stored once and compared as a number.

use std::hash::BuildHasherDefault;
use std::sync::Arc;

use indexmap::IndexSet;
use rustc_hash::FxHasher;

/// An interned text. Its number follows the order of first sight, never the alphabet: sort by the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(u32);

type Texts = IndexSet<Box<str>, BuildHasherDefault<FxHasher>>;

/// The table of all interned texts of a run.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Those of an earlier run, which have the same numbers in this one.
    before: Arc<Texts>,
    texts: Texts,
}

impl Names {
    /// A table that begins with the texts of an earlier one.
    pub(crate) fn after(before: &Names) -> Names {
        let all = match before.texts.is_empty() {
            true => Arc::clone(&before.before),
            false => Arc::new(before.before.iter().chain(&before.texts).cloned().collect()),
        };
        Names { before: all, texts: Texts::default() }
    }

    pub fn intern(&mut self, text: &str) -> Name {
        match self.find(text) {
            Some(name) => name,
            None => Name(self.before.len() as u32 + self.texts.insert_full(text.into()).0 as u32),
        }
    }

    /// The name of a text that was seen before.
    pub fn find(&self, text: &str) -> Option<Name> {
        let before = self.before.get_index_of(text);
        let at = before.or_else(|| self.texts.get_index_of(text).map(|at| self.before.len() + at));
        at.map(|at| Name(at as u32))
    }

    pub fn text(&self, name: Name) -> &str {
        let at = name.0 as usize;
        let text = match at.checked_sub(self.before.len()) {
            None => self.before.get_index(at),
            Some(at) => self.texts.get_index(at),
        };
        text.map_or("", |text| text)
    }

    pub fn iter(&self) -> impl Iterator<Item = (Name, &str)> {
        self.before.iter().chain(&self.texts).zip(0..).map(|(text, at)| (Name(at), &**text))
    }

    pub(crate) fn len(&self) -> u32 {
        (self.before.len() + self.texts.len()) as u32
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

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn texts_of_an_earlier_run_keep_their_numbers() {
        let mut first = Names::default();
        let (a, b) = (first.intern("a"), first.intern("b"));
        let mut second = Names::after(&first);
        let c = second.intern("c");
        let third = Names::after(&second);
        for names in [&second, &third] {
            assert_eq!([a, b, c].map(|name| names.text(name)), ["a", "b", "c"]);
            assert_eq!(["a", "b", "c"].map(|text| names.find(text)), [a, b, c].map(Some));
            assert_eq!(names.iter().collect::<Vec<_>>(), [(a, "a"), (b, "b"), (c, "c")]);
            assert_eq!(names.len(), 3);
        }
        assert_eq!(first.find("c"), None);
    }
}
