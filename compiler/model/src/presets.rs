//! The first step of phase 5: binds what kinds say beyond types — defaults, constraints, computed fields, requirements.
//!
//! It stands after phase 4 because a default may name a preset: `channels: [channel] = [conda-forge]`.

use nbc_source::{Diagnostic, FileId, Span};
use nbc_syntax::ast::{self, AstNode};

use crate::codes;
use crate::collect::{FieldOwner, Unbound, span_of};
use crate::constraint::{self, Pattern};
use crate::expand::WRITTEN;
use crate::expression::bind::{Binder, Place};
use crate::expression::scope::{Globals, Home, Reads, Situation, Tables};
use crate::expression::{ExpressionId, Expressions, Node};
use crate::files::Owner;
use crate::index::Table;
use crate::kinds::{Constraint, ConstraintTest, Field, FieldId, KindId, KindSet, Preset, Require, Type};
use crate::names::Names;
use crate::resolve::bound::View;
use crate::scope::{Directory, Viewpoint};
use crate::value::{Layer, Origin, OriginId, Slot, StageId, Store, Value};
use crate::world::{Entity, EntityId, Stage};

/// What binding of kinds reads and writes. Kinds are frozen afterwards.
pub(crate) struct Presets<'a> {
    pub(crate) names: &'a mut Names,
    pub(crate) kinds: &'a mut KindSet,
    pub(crate) store: &'a mut Store,
    pub(crate) origins: &'a mut Table<OriginId, Origin>,
    pub(crate) expressions: &'a mut Expressions,
    pub(crate) globals: &'a Globals,
    pub(crate) entities: &'a Table<EntityId, Entity>,
    pub(crate) stages: &'a Table<StageId, Stage>,
    pub(crate) directory: &'a Directory,
    pub(crate) diagnostics: &'a mut nbc_source::Diagnostics,
}

impl Presets<'_> {
    pub(crate) fn bind(&mut self, unbound: Unbound) {
        for (file, id, decl) in &unbound.types {
            let base = self.kinds.types[*id].base.clone();
            let constraints = decl.constraints().collect();
            self.kinds.types[*id].constraints = self.constraints(*file, Home::None, &base, constraints);
        }
        for (file, owner, id, field) in &unbound.fields {
            self.field(*file, *owner, *id, field);
        }
        for (file, kind, id, field) in &unbound.computed {
            let ty = self.kinds.kinds[*kind].fields[*id].ty.clone();
            let Some(expression) = field.expression() else { continue };
            let situation = self.situation(*file, Home::Kind(*kind), Reads::Everything);
            let bound = self.with(situation, |binder| binder.bind(&expression, Place::optional(&ty)));
            self.kinds.kinds[*kind].fields[*id].computed = Some(bound);
            let span = span_of(*file, expression.range());
            self.kinds.kinds[*kind].fields[*id].default_origin = self.origin(span);
        }
        for (file, kind, requirement) in &unbound.requirements {
            self.requirement(*file, *kind, requirement);
        }
    }

    fn situation(&self, file: FileId, home: Home, reads: Reads) -> Situation {
        Situation { file, home, reads, layer: Layer::Default, expansion: WRITTEN }
    }

    fn with<T>(&mut self, situation: Situation, bind: impl FnOnce(&mut Binder<'_>) -> T) -> T {
        let mut view = View {
            entities: self.entities,
            stages: self.stages,
            directory: self.directory,
            kinds: self.kinds,
            viewpoint: Viewpoint::default(),
            bindings: &[],
            owned: None,
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
        bind(&mut binder)
    }

    fn origin(&mut self, span: Span) -> OriginId {
        self.origins.push(Origin { span, layer: Layer::Default, expansion: WRITTEN })
    }

    fn field(&mut self, file: FileId, owner: FieldOwner, id: FieldId, field: &ast::Field) {
        let home = match owner {
            FieldOwner::Kind(kind) => Home::Kind(kind),
            FieldOwner::Record(record) => Home::Record(record),
            FieldOwner::Case(variant, case) => Home::Case(variant, case),
        };
        let Some(ty) = self.field_mut(owner, id).map(|field| field.ty.clone()) else { return };
        let constraints = self.constraints(file, home, &ty, field.constraints().collect());
        let default = match field.default() {
            Some(value) => {
                let span = span_of(file, value.range());
                self.default(self.situation(file, home, Reads::Fields), &ty, &value, span)
            }
            None => self.empty(&ty, span_of(file, field.range())),
        };
        if let Some(row) = self.field_mut(owner, id) {
            row.constraints = constraints;
            (row.default, row.default_origin) = default;
        }
    }

    fn field_mut(&mut self, owner: FieldOwner, id: FieldId) -> Option<&mut Field> {
        Some(match owner {
            FieldOwner::Kind(kind) => &mut self.kinds.kinds[kind].fields[id],
            FieldOwner::Record(record) => &mut self.kinds.records[record].fields[id],
            FieldOwner::Case(variant, case) => {
                &mut self.kinds.variants[variant].cases.get_mut(usize::from(case))?.fields[id]
            }
        })
    }

    /// Lists and maps are never absent: without a default they are empty.
    fn empty(&mut self, ty: &Type, span: Span) -> (Preset, OriginId) {
        let origin = self.origin(span);
        let value = match self.kinds.base(ty) {
            Type::List(..) => Value::List(Default::default()),
            Type::Map(..) => Value::Map(Default::default()),
            _ => return (Preset::None, origin),
        };
        (Preset::Constant(Slot { value, origin }), origin)
    }

    fn default(&mut self, situation: Situation, ty: &Type, value: &ast::Value, span: Span) -> (Preset, OriginId) {
        let origin = self.origin(span);
        // A default whose path is absent is absent; the backend that needs the field says so.
        let id = self.with(situation, |binder| binder.bind_value(value, Place::optional(ty)));
        match self.expressions[id].node {
            Node::Constant(value) => (Preset::Constant(Slot { value, origin }), origin),
            Node::Poisoned => (Preset::Constant(Slot { value: Value::Poisoned, origin }), origin),
            _ => (Preset::Computed(id), origin),
        }
    }

    fn constraints(&mut self, file: FileId, home: Home, ty: &Type, written: Vec<ast::Constraint>) -> Vec<Constraint> {
        written.iter().filter_map(|constraint| self.constraint(file, home, ty, constraint)).collect()
    }

    fn constraint(&mut self, file: FileId, home: Home, ty: &Type, written: &ast::Constraint) -> Option<Constraint> {
        let sentence = written.sentence().and_then(|text| text.plain().map(|text| text.into_owned()));
        let span = span_of(file, written.range());
        let test = match written {
            ast::Constraint::In(bounds) => {
                let (lower, upper) = (bounds.lower()?, bounds.upper()?);
                ConstraintTest::Range(self.bound(file, ty, &lower)?, self.bound(file, ty, &upper)?)
            }
            ast::Constraint::Matching(matching) => {
                let pattern = matching.pattern()?;
                self.pattern(&pattern.value(), span_of(file, pattern.range()))?
            }
            ast::Constraint::Where(condition) => {
                let condition = condition.condition()?;
                let situation = self.situation(file, home, Reads::Fields);
                ConstraintTest::Where(self.with(situation, |binder| constraint::bind_where(binder, &condition, ty)))
            }
        };
        Some(Constraint { test, sentence, span })
    }

    fn bound(&mut self, file: FileId, ty: &Type, expression: &ast::Expr) -> Option<Value> {
        let situation = self.situation(file, Home::None, Reads::Nothing);
        let id: ExpressionId = self.with(situation, |binder| binder.bind(expression, Place::of(ty)));
        match self.expressions[id].node {
            Node::Constant(value) => Some(value),
            _ => None,
        }
    }

    fn pattern(&mut self, pattern: &str, span: Span) -> Option<ConstraintTest> {
        let pattern = Pattern::new(pattern);
        // Those of the standard library are sound, which a test sees to; they are compiled when a value needs them.
        let is_standard = self.globals.owners.get(&span.file) == Some(&Owner::Standard);
        if !is_standard && let Err(why) = pattern.compiled() {
            let message = format!("this pattern cannot be used: {why}");
            self.diagnostics.push(Diagnostic::new(&codes::WRONG_VALUE, span, message).label("this pattern"));
            return None;
        }
        Some(ConstraintTest::Matching(pattern))
    }

    fn requirement(&mut self, file: FileId, kind: KindId, written: &ast::Requirement) {
        let Some(condition) = written.condition() else { return };
        let situation = self.situation(file, Home::Kind(kind), Reads::References);
        let condition = self.with(situation, |binder| binder.bind_condition(&condition));
        let sentence =
            written.sentence().and_then(|text| text.plain().map(|text| text.into_owned())).unwrap_or_default();
        self.kinds.kinds[kind].requires.push(Require { condition, sentence, span: span_of(file, written.range()) });
    }
}
