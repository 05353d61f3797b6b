//! The seam to expressions: how names look from a declaration.

use super::*;
use crate::expression::Node;
use crate::expression::bind::{self, Binder};
use crate::expression::scope::{Home, Reads, Reporter, Scope, Situation, Tables};
use crate::scope::Owned;

/// What an expression of a declaration can name.
pub(crate) struct View<'a> {
    pub(crate) entities: &'a Table<EntityId, Entity>,
    pub(crate) stages: &'a Table<StageId, Stage>,
    pub(crate) directory: &'a Directory,
    pub(crate) kinds: &'a KindSet,
    pub(crate) viewpoint: Viewpoint,
    pub(crate) bindings: &'a [(Name, Value)],
    /// Owned blocks, once they are known.
    pub(crate) owned: Option<&'a Owned>,
}

impl View<'_> {
    fn resolve(&mut self, reporter: Reporter<'_>, ty: &Type, written: Written<'_>) -> Value {
        let references = References {
            names: reporter.names,
            kinds: reporter.kinds,
            entities: self.entities,
            stages: self.stages,
            directory: self.directory,
        };
        references.resolve(ty, written, self.viewpoint, reporter.diagnostics)
    }
}

impl Scope for View<'_> {
    fn variable(&self, name: Name) -> Option<(Type, Value)> {
        let found = self.bindings.iter().rev().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (type_of_constant(*value, self.entities), *value))
    }

    fn variables(&self) -> Vec<Name> {
        self.bindings.iter().map(|(name, _)| *name).collect()
    }

    fn entity(&self, kind: KindId, handle: Name) -> Option<EntityId> {
        self.directory.find(kind, handle, self.viewpoint, self.stages)
    }

    fn kinds_with(&self, handle: Name) -> Vec<KindId> {
        self.kinds.kinds.ids().filter(|kind| self.entity(*kind, handle).is_some()).collect()
    }

    fn handle(&self, entity: EntityId) -> Option<Name> {
        Some(self.entities[entity].handle)
    }

    fn kind_of(&self, entity: EntityId) -> Option<KindId> {
        self.entities.row(entity).map(|row| row.kind)
    }

    fn owned(&self, owner: EntityId, field: Name) -> Option<EntityId> {
        let row = self.entities.row(owner)?;
        let field = self.kinds.kinds[row.kind].field(field)?;
        crate::scope::visible_block(self.entities, self.stages, self.owned?.get(&(owner, field))?, self.viewpoint)
    }

    fn reference(&mut self, reporter: Reporter<'_>, ty: &Type, text: &str, span: Span) -> Option<Value> {
        let (kind, name) = match text.split_once('.') {
            Some((kind, name)) => (Some(kind), name),
            None => (None, text),
        };
        match self.resolve(reporter, ty, Written { kind, name, span, quoted: false }) {
            Value::Poisoned => None,
            value => Some(value),
        }
    }

    fn quoted(&mut self, reporter: Reporter<'_>, ty: &Type, text: &str, span: Span) {
        self.resolve(reporter, ty, Written { kind: None, name: text, span, quoted: true });
    }
}

/// The type of a value that is known before types flow: what a loop variable stands for.
fn type_of_constant(value: Value, entities: &Table<EntityId, Entity>) -> Type {
    match value {
        Value::Bool(_) => Type::Bool,
        Value::Int(value) if value >= 0 => Type::Count,
        Value::Int(_) => Type::Int,
        Value::Quantity(dimension, _) => Type::Quantity(dimension),
        Value::Text(_) => Type::Text,
        Value::Date(_) => Type::Date,
        Value::Enum(of, _) => Type::Enum(of),
        Value::Permission(_) => Type::Permission,
        Value::Entity(entity) => Type::Entity(entities[entity].kind),
        Value::Record(of, _) => Type::Record(of),
        Value::Variant(of, ..) => Type::Variant(of),
        Value::Absent | Value::Poisoned | Value::List(_) | Value::Map(_) => Type::Invalid,
    }
}

impl Resolver<'_> {
    /// Binds what `constant` leaves. A number or an amount is constant once it is bound, and comes back as a value.
    pub(super) fn expression(&mut self, place: &Place, ty: &Type, value: &ast::Value) -> Operand {
        let situation = Situation {
            file: place.file,
            home: Home::Kind(place.kind),
            reads: Reads::Fields,
            layer: place.layer,
            expansion: place.expansion,
        };
        let mut view = View {
            entities: self.entities,
            stages: self.stages,
            directory: self.directory,
            kinds: self.kinds,
            viewpoint: place.viewpoint,
            bindings: &place.bindings,
            owned: Some(self.owned),
        };
        let tables = Tables {
            names: self.names,
            store: self.store,
            origins: self.origins,
            expressions: self.expressions,
            diagnostics: self.diagnostics,
            kinds: self.kinds,
            globals: self.globals,
        };
        let mut binder = Binder::new(tables, &mut view, situation);
        let id = binder.bind_value(value, bind::Place::optional(ty));
        let currencies = std::mem::take(&mut binder.currencies);
        self.currencies.extend(currencies);
        match self.expressions[id].node {
            Node::Constant(value) => Operand::Value(value),
            Node::Poisoned => Operand::Value(Value::Poisoned),
            _ => Operand::Expression(id),
        }
    }
}
