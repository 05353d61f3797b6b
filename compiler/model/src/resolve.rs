//! Phase 5: binds every name once and types every value. After it nothing is looked up by text.
//!
//! Bodies become [`Candidate`]s. References, texts, dates and lists of them are read here; everything else is bound by
//! `expression`, numbers and amounts too, and what turns out constant is a plain value again. What stands in nested
//! blocks becomes candidates with steps below the field, so that layers merge field by field.

use nbc_source::{Diagnostic, Diagnostics, FileId, Fix, Span, suggest};
use nbc_syntax::ast::{self, AstNode};
use rustc_hash::FxHashMap;

use crate::codes;
use crate::collect::span_of;
use crate::expand::{Bindings, ChangeJob, Job, Parent, RowsJob, WRITTEN};
use crate::expression::Expressions;
use crate::expression::scope::Globals;
use crate::foreign::{self, Foreign};
use crate::index::Table;
use crate::kept::Said;
use crate::kinds::{Field, FieldId, KindId, KindSet, Type};
use crate::layer::{Candidate, Layers, Lock, Operand, Operation, Step};
use crate::names::{Name, Names};
use crate::scope::{Directory, Owned, References, Viewpoint, Written};
use crate::value::{ExpansionId, Layer, Origin, OriginId, StageId, Store, Value};
use crate::world::{Entity, EntityId, Stage};

mod bodies;
pub(crate) mod bound;
mod cells;
mod changes;
mod rows;
mod values;

/// Everything that phase 5 reads and writes.
pub(crate) struct Resolver<'a> {
    pub(crate) names: &'a mut Names,
    pub(crate) kinds: &'a KindSet,
    pub(crate) store: &'a mut Store,
    pub(crate) origins: &'a mut Table<OriginId, Origin>,
    pub(crate) expressions: &'a mut Expressions,
    pub(crate) globals: &'a Globals,
    pub(crate) entities: &'a mut Table<EntityId, Entity>,
    pub(crate) stages: &'a Table<StageId, Stage>,
    pub(crate) directory: &'a Directory,
    pub(crate) owned: &'a Owned,
    pub(crate) layers: &'a mut Layers,
    pub(crate) diagnostics: &'a mut Diagnostics,
    /// Currencies that were written, compared with the platform's once that is known.
    pub(crate) currencies: Vec<(Span, String)>,
    /// The word of each change in a stage or test and its whole line, by the place of the field that it changes.
    pub(crate) words: FxHashMap<Span, (Span, Span)>,
    /// Everything that is said while this is there, in order.
    pub(crate) recorded: Option<Vec<Said>>,
}

/// Where what is resolved stands.
#[derive(Clone)]
struct Place {
    entity: EntityId,
    kind: KindId,
    file: FileId,
    viewpoint: Viewpoint,
    layer: Layer,
    expansion: ExpansionId,
    bindings: Bindings,
}

/// The slot that a value is written to.
struct Target<'t> {
    field: FieldId,
    steps: &'t [Step],
    operation: Operation,
    locked: bool,
    key: Span,
}

impl Target<'_> {
    fn below<'s>(&self, steps: &'s [Step], key: Span) -> Target<'s> {
        Target { field: self.field, steps, operation: self.operation, locked: false, key }
    }
}

impl Resolver<'_> {
    /// `extends` of every declaration: one parent of the same kind, no circles.
    pub(crate) fn parents(&mut self, parents: Vec<Parent>) {
        for parent in &parents {
            let kind = self.entities[parent.entity].kind;
            let written = Written { kind: None, name: &parent.name, span: parent.span, quoted: false };
            let value = self.reference(&Type::Entity(kind), written, parent.viewpoint);
            match value {
                Value::Entity(found) => self.entities[parent.entity].extends = Some(found),
                _ => self.entities[parent.entity].has_lost_parent = true,
            }
        }
        self.cut_circles(&parents);
    }

    fn cut_circles(&mut self, parents: &[Parent]) {
        let extends = |entity: EntityId| self.entities[entity].extends;
        let edges = parents.iter().filter_map(|parent| extends(parent.entity).map(|above| (parent.entity, above)));
        for cycle in nbc_graph::cycles(edges) {
            let spans: Vec<Span> = cycle
                .iter()
                .filter_map(|entity| parents.iter().find(|parent| parent.entity == *entity))
                .map(|parent| parent.span)
                .collect();
            let path: Vec<&str> = cycle
                .iter()
                .chain(cycle.first())
                .map(|entity| self.names.text(self.entities[*entity].handle))
                .collect();
            let message = format!("a declaration cannot extend itself: {}", path.join(" → "));
            let first = spans.first().copied().unwrap_or_default();
            let diagnostic = Diagnostic::new(&codes::CYCLE, first, message).label("this closes the circle");
            let diagnostic = spans.iter().skip(1).fold(diagnostic, |found, span| found.related(*span, "and this one"));
            self.diagnostics.push(diagnostic);
            for entity in cycle {
                self.entities[entity].extends = None;
                self.entities[entity].has_lost_parent = true;
            }
        }
    }

    /// An owner's field holds its owned block, in the layer that writes the block.
    pub(crate) fn owned_blocks(&mut self) {
        let mut owned: Vec<(EntityId, FieldId, EntityId)> = Vec::new();
        for ((owner, field), blocks) in self.owned_sorted() {
            owned.extend(blocks.iter().map(|block| (owner, field, *block)));
        }
        for (owner, field, block) in owned {
            let row = &self.entities[block];
            let (span, expansion) = (row.span, row.expansion);
            let viewpoint = Viewpoint { stage: row.stage, test: row.test, package: row.package };
            let layer = layer_of(viewpoint);
            let origin = self.origins.push(Origin { span, layer, expansion });
            let operand = Operand::Value(Value::Entity(block));
            let candidate = Candidate {
                field,
                steps: Box::default(),
                operation: Operation::Say,
                operand,
                origin,
                locked: false,
                key: span,
            };
            self.say(owner, viewpoint, candidate);
        }
    }

    fn owned_sorted(&self) -> Vec<((EntityId, FieldId), Vec<EntityId>)> {
        let mut owned: Vec<_> = self.owned.iter().map(|(at, blocks)| (*at, blocks.clone())).collect();
        owned.sort();
        owned
    }

    pub(crate) fn bodies(&mut self, jobs: Vec<Job>) {
        for job in jobs {
            let place = Place {
                entity: job.entity,
                kind: self.entities[job.entity].kind,
                file: job.file,
                viewpoint: job.viewpoint,
                layer: self.layer(job.entity, job.viewpoint),
                expansion: job.expansion,
                bindings: job.bindings,
            };
            self.body(&place, &job.body, Operation::Say);
        }
    }

    pub(crate) fn all_changes(&mut self, changes: Vec<ChangeJob>) {
        for job in changes {
            self.change(&job);
        }
    }

    pub(crate) fn all_rows(&mut self, rows: Vec<RowsJob>, tables: &[crate::table::Table<'_>]) {
        for job in rows {
            if let Some(table) = tables.get(job.table) {
                self.rows(&job, table);
            }
        }
    }

    /// Puts a candidate into the layer that the viewpoint writes.
    fn say(&mut self, entity: EntityId, viewpoint: Viewpoint, candidate: Candidate) {
        if let Some(recorded) = &mut self.recorded {
            recorded.push((entity, viewpoint, candidate.clone()));
        }
        self.say_all(entity, viewpoint, std::iter::once(candidate));
    }

    /// Puts candidates into the layer that the viewpoint writes.
    pub(crate) fn say_all(
        &mut self,
        entity: EntityId,
        viewpoint: Viewpoint,
        candidates: impl ExactSizeIterator<Item = Candidate>,
    ) {
        match self.layer(entity, viewpoint) {
            Layer::Test => {
                if let Some(test) = viewpoint.test {
                    self.layers.say_in_test(test, entity, candidates);
                }
            }
            Layer::Stage(stage) => self.layers.say_in(stage, entity, candidates),
            Layer::Default | Layer::Inherited | Layer::Declaration => self.layers.say(entity, candidates),
        }
    }

    /// A declaration inside a stage is still that entity's own declaration; only what a stage says of others is its layer.
    fn layer(&self, entity: EntityId, viewpoint: Viewpoint) -> Layer {
        let row = &self.entities[entity];
        match (viewpoint.test, viewpoint.stage) {
            (Some(test), _) if row.test != Some(test) => Layer::Test,
            (None, Some(stage)) if row.stage != Some(stage) => Layer::Stage(stage),
            _ => Layer::Declaration,
        }
    }

    fn origin(&mut self, place: &Place, span: Span) -> OriginId {
        self.origins.push(Origin { span, layer: place.layer, expansion: place.expansion })
    }

    fn push(&mut self, place: &Place, target: &Target<'_>, operand: Operand, span: Span) {
        let origin = self.origin(place, span);
        let candidate = Candidate {
            field: target.field,
            steps: target.steps.into(),
            operation: target.operation,
            operand,
            origin,
            locked: target.locked,
            key: target.key,
        };
        self.say(place.entity, place.viewpoint, candidate);
    }

    fn references(&self) -> References<'_> {
        References {
            names: self.names,
            kinds: self.kinds,
            entities: self.entities,
            stages: self.stages,
            directory: self.directory,
        }
    }

    fn reference(&mut self, ty: &Type, written: Written<'_>, from: Viewpoint) -> Value {
        let references = References {
            names: self.names,
            kinds: self.kinds,
            entities: self.entities,
            stages: self.stages,
            directory: self.directory,
        };
        references.resolve(ty, written, from, self.diagnostics)
    }

    fn wanted(&self, ty: &Type) -> String {
        self.references().wanted(ty)
    }

    fn unknown_field<'f>(
        &self,
        fields: impl Iterator<Item = &'f Field>,
        name: &str,
        span: Span,
        owner: Owner<'_>,
    ) -> Diagnostic {
        let known: Vec<&str> = fields.map(|field| self.names.text(field.name)).collect();
        let near = suggest::nearest(name, known.iter().copied());
        let (owner, foreign) = match owner {
            Owner::Kind(kind) => (format!("kind `{kind}`"), foreign::meant(kind, name)),
            Owner::Block(block) => (block.to_owned(), None),
        };
        let message = format!("{owner} has no field `{name}`");
        let unknown = Diagnostic::new(&codes::UNKNOWN_FIELD, span, message).label("no such field");
        match (foreign, near.is_empty()) {
            (Some(Foreign::Elsewhere(sentence)), _) => unknown.help(sentence),
            (Some(Foreign::Field(field)), true) if known.contains(&field) => unknown
                .help(format!("here it is called `{field}`"))
                .fix(Fix::replace(span, field, format!("write `{field}`"))),
            (_, true) => unknown.help(format!("fields: `{}`", known.join("`, `"))),
            (_, false) => unknown.did_you_mean(span, &near),
        }
    }
}

/// What has no such field.
#[derive(Clone, Copy)]
enum Owner<'n> {
    Kind(&'n str),
    /// A block in words: ``record `Quota` ``.
    Block(&'n str),
}

fn layer_of(viewpoint: Viewpoint) -> Layer {
    match (viewpoint.test, viewpoint.stage) {
        (Some(_), _) => Layer::Test,
        (None, Some(stage)) => Layer::Stage(stage),
        (None, None) => Layer::Declaration,
    }
}
