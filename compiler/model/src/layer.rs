//! What is said about each slot, and by whom (phase 6).
//!
//! A [`Candidate`] is one thing that one layer says about one path of one entity. Candidates are kept for the whole
//! run: `fold` makes values of them, `explain` lists them. The order of layers is the order of the slices handed to
//! `fold`; nothing depends on the order of files or declarations.

use rustc_hash::FxHashMap;

use nbc_source::{Diagnostic, Diagnostics, Span};

use crate::codes;
use crate::expression::ExpressionId;
use crate::index::Table;
use crate::kinds::{EnumId, FieldId, KindSet};
use crate::names::{Name, Names};
use crate::value::{Layer, OriginId, StageId, Value};
use crate::world::{Entity, EntityId};

/// One step below a field: into a record or a variant's case, or to an entry of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    Field(FieldId),
    Key(Key),
}

/// The key of a map's entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    Text(Name),
    Entity(EntityId),
    Enum(EnumId, u16),
}

impl Key {
    pub fn value(self) -> Value {
        match self {
            Key::Text(name) => Value::Text(name),
            Key::Entity(entity) => Value::Entity(entity),
            Key::Enum(of, at) => Value::Enum(of, at),
        }
    }

    /// The key that a value is, if it is of a kind that can be one.
    pub fn of(value: Value) -> Option<Key> {
        match value {
            Value::Text(name) => Some(Key::Text(name)),
            Value::Entity(entity) => Some(Key::Entity(entity)),
            Value::Enum(of, at) => Some(Key::Enum(of, at)),
            _ => None,
        }
    }
}

/// What is done to a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `field: value` in a declaration.
    Say,
    /// `set path: value` in a stage: nothing was said below.
    Set,
    /// `override path: value` in a stage: something was said below.
    Override,
    Unset,
    /// `add path: [...]`
    Add,
    Remove,
}

/// The right-hand side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operand {
    Value(Value),
    Expression(ExpressionId),
    /// A block was written: a record, or the case of a variant; what stands in it are candidates of their own.
    Block(Option<u16>),
    /// A map was written: it replaces the one below; its entries are candidates of their own.
    MapBlock,
    /// `unset`
    Nothing,
}

/// One thing that one layer says about one slot.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub field: FieldId,
    /// Below the field; empty for the field itself.
    pub steps: Box<[Step]>,
    pub operation: Operation,
    pub operand: Operand,
    pub origin: OriginId,
    /// No higher layer may touch it or anything below.
    pub locked: bool,
    /// The key in the source, for messages about the slot rather than the value.
    pub key: Span,
}

/// A block of its own that one layer locks.
#[derive(Clone, Copy, Debug)]
pub struct Lock {
    pub layer: Layer,
    pub key: Span,
}

/// Everything that is said, by layer and entity. Within an entity candidates are sorted by field, then as written.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    pub(crate) declared: Table<EntityId, Vec<Candidate>>,
    pub(crate) stages: FxHashMap<(StageId, EntityId), Vec<Candidate>>,
    pub(crate) tests: FxHashMap<(u32, EntityId), Vec<Candidate>>,
    /// `locked quota { … }`, by owner and field.
    pub(crate) locked_blocks: FxHashMap<(EntityId, FieldId), Vec<Lock>>,
}

impl Layers {
    /// Room for what is said about so many entities.
    pub(crate) fn for_entities(count: usize) -> Layers {
        let mut layers = Layers::default();
        for _ in 0..count {
            layers.declared.push(Vec::new());
        }
        layers
    }

    /// What the declaration itself says.
    pub fn declared(&self, entity: EntityId) -> &[Candidate] {
        self.declared.row(entity).map_or(&[], Vec::as_slice)
    }

    /// What one stage says, without the stages below it.
    pub fn staged(&self, stage: StageId, entity: EntityId) -> &[Candidate] {
        self.stages.get(&(stage, entity)).map_or(&[], Vec::as_slice)
    }

    /// What one test says.
    pub fn tested(&self, test: u32, entity: EntityId) -> &[Candidate] {
        self.tests.get(&(test, entity)).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn say(&mut self, entity: EntityId, candidates: impl Iterator<Item = Candidate>) {
        self.declared[entity].extend(candidates);
    }

    pub(crate) fn say_in(&mut self, stage: StageId, entity: EntityId, candidates: impl Iterator<Item = Candidate>) {
        self.stages.entry((stage, entity)).or_default().extend(candidates);
    }

    pub(crate) fn say_in_test(&mut self, test: u32, entity: EntityId, candidates: impl Iterator<Item = Candidate>) {
        self.tests.entry((test, entity)).or_default().extend(candidates);
    }

    /// Brings every entity's candidates into the order of fields. Stable: what was written later stays later.
    pub(crate) fn sort(&mut self) {
        for (_, candidates) in self.declared.iter_mut() {
            candidates.sort_by_key(|candidate| candidate.field);
        }
        // The order of visiting cannot be seen: each list is sorted by itself.
        for candidates in self.stages.values_mut().chain(self.tests.values_mut()) {
            candidates.sort_by_key(|candidate| candidate.field);
        }
    }
}

/// What is said twice in one layer.
pub(crate) struct Twice<'a> {
    pub(crate) names: &'a Names,
    pub(crate) kinds: &'a KindSet,
    pub(crate) entities: &'a Table<EntityId, Entity>,
}

impl Layers {
    /// The same slot twice in one layer is an error that shows both. Candidates are sorted.
    pub(crate) fn check_twice(&self, with: &Twice<'_>, diagnostics: &mut Diagnostics) {
        for (entity, candidates) in self.declared.iter() {
            with.check(entity, candidates, diagnostics);
        }
        let mut staged: Vec<_> =
            self.stages.iter().map(|((stage, entity), said)| ((Some(*stage), None, *entity), said)).collect();
        staged.extend(self.tests.iter().map(|((test, entity), said)| ((None, Some(*test), *entity), said)));
        staged.sort_by_key(|(at, _)| *at);
        for ((.., entity), candidates) in staged {
            with.check(entity, candidates, diagnostics);
        }
    }
}

impl Twice<'_> {
    fn check(&self, entity: EntityId, candidates: &[Candidate], diagnostics: &mut Diagnostics) {
        for run in candidates.chunk_by(|a, b| a.field == b.field).filter(|run| run.len() > 1) {
            let says = |candidate: &&Candidate| !matches!(candidate.operation, Operation::Add | Operation::Remove);
            let mut seen: Vec<&Candidate> = Vec::new();
            for candidate in run.iter().filter(says) {
                match seen.iter().find(|first| first.steps == candidate.steps) {
                    // Two blocks of one record are both read: they merge, and only their fields can collide.
                    Some(first) if candidate.operand != Operand::Block(None) => {
                        diagnostics.push(self.twice(entity, candidate, first));
                    }
                    Some(_) => {}
                    None => seen.push(candidate),
                }
            }
        }
    }

    fn twice(&self, entity: EntityId, candidate: &Candidate, first: &Candidate) -> Diagnostic {
        let row = &self.entities[entity];
        let field = self.names.text(self.kinds.kinds[row.kind].fields[candidate.field].name);
        let message = format!("`{field}` of `{}` is said twice", self.names.text(row.handle));
        let twice = Diagnostic::new(&codes::SAID_TWICE, candidate.key, message).label("a second time");
        twice.related(first.key, "first said here").help("keep one of them")
    }
}
