//! What all typed kinds share: how they are listed, found and read.

use std::ops::Deref;
use std::sync::Arc;

use nbc_model::Model;
use nbc_model::kinds::ActionId;
use nbc_model::world::{EntityId, World};

use crate::kinds::Declarations;
use crate::values::Id;

/// A standard kind.
pub trait Declared<'m>: Sized {
    /// Its name in the language.
    const KIND: &'static str;

    fn id(&self) -> Id<Self>;

    /// All of the kind, sorted by handle (and so by id).
    fn all<'a>(declarations: &'a Declarations<'m>) -> &'a Rows<Self>;
}

/// All of one kind in one world, sorted by handle. Worlds that have the same share one list.
#[derive(Debug)]
pub struct Rows<T>(Arc<Vec<T>>);

impl<T> Clone for Rows<T> {
    fn clone(&self) -> Self {
        Rows(Arc::clone(&self.0))
    }
}

impl<T> Deref for Rows<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'r, T> IntoIterator for &'r Rows<T> {
    type Item = &'r T;
    type IntoIter = std::slice::Iter<'r, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'m> Declarations<'m> {
    /// The entity behind a reference; `None` where this stage does not have it.
    pub fn get<T: Declared<'m>>(&self, id: Id<T>) -> Option<&T> {
        let all = T::all(self);
        all.binary_search_by_key(&id, T::id).ok().and_then(|at| all.get(at))
    }

    /// The same by the untyped id; `None` too where it is of another kind.
    pub fn find<T: Declared<'m>>(&self, entity: EntityId) -> Option<&T> {
        self.get(Id::new(entity))
    }
}

/// Reads the kinds of one world, beside another world that was read before.
pub(crate) struct Lowering<'l, 'm> {
    pub(crate) model: &'m Model,
    pub(crate) world: &'m World,
    pub(crate) before: Option<(&'m World, &'l Declarations<'m>)>,
}

impl<'m> Lowering<'_, 'm> {
    /// Reads all entities of the kind that `lower` makes. What is read depends on their slots alone, so a world that has
    /// the same slots has the same list.
    pub(crate) fn rows<T: Declared<'m>>(&self, lower: fn(&'m Model, &'m World, EntityId) -> T) -> Rows<T> {
        let entities = |world: &'m World| self.model.kind(T::KIND).map_or(&[][..], |kind| world.of_kind(kind));
        let here = entities(self.world);
        let is_same = |other: &'m World| {
            here == entities(other) && here.iter().all(|entity| self.world.fields(*entity) == other.fields(*entity))
        };
        match self.before {
            Some((other, declared)) if is_same(other) => T::all(declared).clone(),
            _ => Rows(Arc::new(here.iter().map(|entity| lower(self.model, self.world, *entity)).collect())),
        }
    }
}

/// An action of a kind by their names.
pub(crate) fn action(model: &Model, kind: &str, name: &str) -> Option<ActionId> {
    let (kind, name) = (model.kind(kind)?, model.names.find(name)?);
    model.kinds.action_on(kind, name)
}
