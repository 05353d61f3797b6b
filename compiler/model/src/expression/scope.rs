//! What a name can mean where an expression stands, and what the expression may read.

use rustc_hash::FxHashMap;

use nbc_source::{Diagnostics, FileId, Span};

use crate::expression::work::Work;
use crate::expression::{Expressions, Function, FunctionId, Let, LetId};
use crate::files::Owner;
use crate::index::Table;
use crate::kinds::{Field, FieldId, KindId, KindSet, RecordId, Type, VariantId};
use crate::names::{Name, Names};
use crate::value::{ExpansionId, Layer, Origin, OriginId, Store, Value};
use crate::world::EntityId;

/// The `let`s and functions of a run, bound.
#[derive(Clone, Debug, Default)]
pub struct Globals {
    pub lets: Table<LetId, Let>,
    pub functions: Table<FunctionId, Function>,
    pub(crate) let_names: FxHashMap<Name, LetId>,
    pub(crate) function_names: FxHashMap<Name, FunctionId>,
    /// Whose files are whose: a name is known to the files of its own package alone.
    pub(crate) owners: FxHashMap<FileId, Owner>,
    /// What evaluating has taken so far.
    pub(crate) work: Work,
}

impl Globals {
    /// The `let` that a name means in a file.
    pub fn let_named(&self, name: Name, file: FileId) -> Option<LetId> {
        let id = self.let_names.get(&name).copied()?;
        self.is_of_one(self.lets[id].span.file, file).then_some(id)
    }

    /// The function that a name means in a file.
    pub fn function_named(&self, name: Name, file: FileId) -> Option<FunctionId> {
        let id = self.function_names.get(&name).copied()?;
        self.is_of_one(self.functions[id].span.file, file).then_some(id)
    }

    fn is_of_one(&self, one: FileId, other: FileId) -> bool {
        self.owners.get(&one) == self.owners.get(&other)
    }
}

/// The declared things that an expression can name, and the variables around it.
pub trait Scope {
    /// The variable of a `for` around the declaration: its type, and its value in this iteration.
    fn variable(&self, _name: Name) -> Option<(Type, Value)> {
        None
    }

    /// The variables that [`Scope::variable`] knows, for "did you mean".
    fn variables(&self) -> Vec<Name> {
        Vec::new()
    }

    /// The entity of that kind and handle, if the expression may see it.
    fn entity(&self, kind: KindId, handle: Name) -> Option<EntityId>;

    /// Every kind that has something of that handle, for "write `user.ana`".
    fn kinds_with(&self, _handle: Name) -> Vec<KindId> {
        Vec::new()
    }

    /// The handle of an entity, where it is known already.
    fn handle(&self, _entity: EntityId) -> Option<Name> {
        None
    }

    /// The kind of an entity, where a reference may be of several.
    fn kind_of(&self, _entity: EntityId) -> Option<KindId> {
        None
    }

    /// The entity that another one owns in a field, as in `group.ml.quota`.
    fn owned(&self, _owner: EntityId, _field: Name) -> Option<EntityId> {
        None
    }

    /// What a bare or qualified name means where a reference stands. Reports by itself when it means nothing.
    fn reference(&mut self, reporter: Reporter<'_>, ty: &Type, text: &str, span: Span) -> Option<Value>;

    /// A reference was written as quoted text: reports it, with the bare name as its correction.
    fn quoted(&mut self, reporter: Reporter<'_>, ty: &Type, text: &str, span: Span);
}

/// What reporting needs while a name is looked up.
pub struct Reporter<'r> {
    pub names: &'r mut Names,
    pub kinds: &'r KindSet,
    pub diagnostics: &'r mut Diagnostics,
}

/// Everything that binding writes to and reads from.
pub struct Tables<'t> {
    pub names: &'t mut Names,
    pub store: &'t mut Store,
    pub origins: &'t mut Table<OriginId, Origin>,
    pub expressions: &'t mut Expressions,
    pub diagnostics: &'t mut Diagnostics,
    pub kinds: &'t KindSet,
    pub globals: &'t Globals,
}

/// The fields of a kind, record or case, by position and by name.
pub(crate) type FieldsByName<'k> = (&'k Table<FieldId, Field>, &'k FxHashMap<Name, FieldId>);

/// Whose fields a bare name can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    None,
    Kind(KindId),
    Record(RecordId),
    Case(VariantId, u16),
}

impl Home {
    /// The fields, by position and by name.
    pub(crate) fn fields(self, kinds: &KindSet) -> Option<FieldsByName<'_>> {
        match self {
            Home::None => None,
            Home::Kind(kind) => kinds.kinds.row(kind).map(|kind| (&kind.fields, &kind.field_names)),
            Home::Record(record) => kinds.records.row(record).map(|record| (&record.fields, &record.field_names)),
            Home::Case(variant, case) => {
                let case = kinds.variants.row(variant)?.cases.get(usize::from(case))?;
                Some((&case.fields, &case.field_names))
            }
        }
    }
}

/// How much an expression may read, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reads {
    /// Nothing: `let`, the list of a `for`. The result is a constant.
    Nothing,
    /// Own fields, and fields of the platform and of others by their full path; nothing through a reference.
    Fields,
    /// Also through references: `require` in a kind.
    References,
    /// Also memberships and every entity of a kind: `computed`.
    Memberships,
    /// Also decisions: rules and tests.
    Everything,
}

/// Where an expression stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Situation {
    pub file: FileId,
    pub home: Home,
    pub reads: Reads,
    pub layer: Layer,
    pub expansion: ExpansionId,
}
