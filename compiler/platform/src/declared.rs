//! What all typed kinds share: how they are listed, found and read.

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
    fn all<'a>(declarations: &'a Declarations<'m>) -> &'a [Self];
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

/// Reads all entities of the kind that `lower` makes.
pub(crate) fn lower_all<'m, T: Declared<'m>>(
    model: &'m Model,
    world: &'m World,
    lower: fn(&'m Model, &'m World, EntityId) -> T,
) -> Vec<T> {
    let entities = model.kind(T::KIND).map_or(&[][..], |kind| world.of_kind(kind));
    entities.iter().map(|entity| lower(model, world, *entity)).collect()
}

/// An action of a kind by their names.
pub(crate) fn action(model: &Model, kind: &str, name: &str) -> Option<ActionId> {
    let (kind, name) = (model.kind(kind)?, model.names.find(name)?);
    model.kinds.action_on(kind, name)
}
