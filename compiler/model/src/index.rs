//! Typed indices and the vectors they index, so that an entity is never taken for an enum.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// A number that names a row of one [`Table`].
pub trait Id: Copy {
    fn new(index: usize) -> Self;
    fn index(self) -> usize;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($of:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) $of);
        impl $crate::index::Id for $name {
            fn new(index: usize) -> Self { $name(index as $of) }
            fn index(self) -> usize { self.0 as usize }
        }
    )*};
}
pub(crate) use ids;

/// A vector that only its own kind of id can index. Ids are made by [`Table::push`] alone, so every id has its row.
#[derive(Clone, Debug)]
pub struct Table<I, T> {
    rows: Vec<T>,
    ids: PhantomData<I>,
}

impl<I, T> Default for Table<I, T> {
    fn default() -> Self {
        Table { rows: Vec::new(), ids: PhantomData }
    }
}

impl<I: Id, T> Table<I, T> {
    pub fn new() -> Self {
        Table::default()
    }

    pub fn with_capacity(rows: usize) -> Self {
        Table { rows: Vec::with_capacity(rows), ids: PhantomData }
    }

    pub fn push(&mut self, row: T) -> I {
        self.rows.push(row);
        I::new(self.rows.len() - 1)
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row of an id that may come from elsewhere. Not called `get`, so that `table[id]` stays allowed.
    pub fn row(&self, id: I) -> Option<&T> {
        self.rows.get(id.index())
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = (I, &T)> + DoubleEndedIterator {
        self.rows.iter().enumerate().map(|(at, row)| (I::new(at), row))
    }

    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (I, &mut T)> {
        self.rows.iter_mut().enumerate().map(|(at, row)| (I::new(at), row))
    }

    pub fn ids(&self) -> impl ExactSizeIterator<Item = I> + DoubleEndedIterator + use<I, T> {
        (0..self.rows.len()).map(I::new)
    }
}

impl<I: Id, T> Index<I> for Table<I, T> {
    type Output = T;

    #[expect(clippy::indexing_slicing, reason = "an id is only made together with its row, and rows are never removed")]
    fn index(&self, id: I) -> &T {
        &self.rows[id.index()]
    }
}

impl<I: Id, T> IndexMut<I> for Table<I, T> {
    #[expect(clippy::indexing_slicing, reason = "an id is only made together with its row, and rows are never removed")]
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.rows[id.index()]
    }
}
