//! What a later look at a workspace need not work out again: the rows of its tables.
//!
//! Who edits a team changes nothing of what a spreadsheet says. What rows say, and what they come to in every world that
//! does not speak of them, is kept from one look to the next. It is taken over where nothing that it is made of differs:
//! the texts of tables and of all files that lay something down ([`Basis`]), and what is declared ([`Sight`]). Rows with
//! a finding are not kept, so that nothing that was said of them is left out.

mod segment;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use nbc_source::{Diagnostics, FileId, FileKind, Sources};
use nbc_syntax::ast;

use crate::analyse::Input;
use crate::expand::RowsJob;
use crate::fold::{UNSAID, unsaid};
use crate::index::{Id as _, Table};
use crate::kinds::{FieldId, KindId};
use crate::layer::{Candidate, Operand};
use crate::model::Model;
use crate::names::{Name, Names};
use crate::resolve::Resolver;
use crate::scope::{Directory, Viewpoint};
use crate::table::{Read, Table as Cells};
use crate::value::{ExpansionId, Slot, StageId, Value};
use crate::world::{Entity, EntityId, Stage};
use segment::{Marks, Segment, Shift};

/// What one look hands to the next.
#[derive(Debug, Default)]
pub struct Kept {
    basis: Basis,
    rows: State,
    tables: Vec<Read>,
}

/// Keeping takes time too, so it waits until a second look finds everything as the first did: who looks once keeps
/// nothing.
#[derive(Debug, Default)]
enum State {
    /// There is no second look.
    Never,
    #[default]
    Unseen,
    Seen(Sight),
    Kept(Sight, Box<Rows>),
    /// They were looked at, and cannot be kept.
    Refused(Sight),
}

/// The texts that say what rows mean: all but policies, and files that only declare and change things.
#[derive(Debug, Default, PartialEq, Eq)]
struct Basis(Vec<(FileId, String, Arc<str>)>);

/// Everything declared, by number, with the rows of each table among it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sight {
    declared: Vec<Declared>,
    stages: Vec<(Name, Option<StageId>)>,
    tables: Vec<TableRows>,
    /// A table could not be read, so that nobody knows what there is.
    is_incomplete: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Declared {
    kind: KindId,
    handle: Name,
    owner: Option<(EntityId, FieldId)>,
    package: Option<Name>,
    stage: Option<StageId>,
    test: Option<u32>,
}

#[derive(Debug, PartialEq, Eq)]
struct TableRows {
    file: FileId,
    table: Option<FileId>,
    kind: KindId,
    viewpoint: Viewpoint,
    rows: Vec<(u32, EntityId, ExpansionId)>,
}

/// One thing that a row says, and of what.
pub(crate) type Said = (EntityId, Viewpoint, Candidate);

/// What rows said, and what came of it.
#[derive(Debug)]
struct Rows {
    /// Texts keep their numbers.
    names: Names,
    said: Vec<Said>,
    segment: Segment,
    settled: Vec<Settled>,
}

/// What one row comes to, beside the defaults of its kind.
#[derive(Debug)]
struct Settled {
    entity: EntityId,
    slots: Box<[(FieldId, Came)]>,
    presets: Vec<EntityId>,
}

/// How a value came into a slot.
#[derive(Clone, Copy, Debug)]
enum Came {
    Said(Slot),
    /// By the formula of the default, from nothing but the row itself.
    WorkedOut(Value),
}

/// What rows do in this look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// What they said before holds.
    Repeat,
    /// What they say is written down, to be kept.
    Record,
    Resolve,
}

/// What was written down while rows were resolved.
pub(crate) struct Record {
    begun: Marks,
    ended: Marks,
    said: Vec<Said>,
    /// Nothing was found, and nothing is left to be compared with the rest.
    is_clean: bool,
}

impl Kept {
    /// For who looks once.
    pub fn nothing() -> Kept {
        Kept { rows: State::Never, ..Kept::default() }
    }

    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self.rows, State::Never)
    }

    /// Begins a look: the table of texts for it.
    pub(crate) fn begin(&mut self, input: &Input<'_>) -> Names {
        if self.is_nothing() {
            return Names::default();
        }
        let basis = Basis::of(input);
        if basis != self.basis {
            (self.basis, self.rows) = (basis, State::Unseen);
        }
        match &self.rows {
            State::Kept(_, rows) => rows.names.clone(),
            State::Never | State::Unseen | State::Seen(_) | State::Refused(_) => Names::default(),
        }
    }

    /// The tables of the look before.
    pub(crate) fn tables(&self) -> &[Read] {
        &self.tables
    }

    /// Keeps the tables of this look, but for those in which something was found.
    pub(crate) fn read(&mut self, tables: &[Cells<'_>], sources: &Sources, found: &Diagnostics) {
        if self.is_nothing() {
            return;
        }
        let wrong: BTreeSet<FileId> = found.iter().filter_map(|found| Some(found.span?.file)).collect();
        let sound = tables.iter().filter(|table| !wrong.contains(&table.file));
        let read = sound.filter_map(|table| Some(Read::of(table, &sources.get(table.file)?.text)));
        self.tables = read.collect();
    }

    /// What to do with rows, once everything declared is known.
    pub(crate) fn plan(&mut self, sight: impl FnOnce() -> Sight) -> Plan {
        if self.is_nothing() {
            return Plan::Resolve;
        }
        let sight = sight();
        let can_be_kept = !sight.is_incomplete && sight.tables.iter().all(|table| self.basis.is_about(table));
        match &self.rows {
            State::Kept(before, _) if *before == sight => Plan::Repeat,
            State::Refused(before) if *before == sight => Plan::Resolve,
            State::Seen(before) if *before == sight && can_be_kept => Plan::Record,
            State::Never | State::Unseen | State::Seen(_) | State::Kept(..) | State::Refused(_) => {
                self.rows = if can_be_kept { State::Seen(sight) } else { State::Refused(sight) };
                Plan::Resolve
            }
        }
    }

    /// Says once more what rows said.
    pub(crate) fn repeat(&self, resolver: &mut Resolver<'_>) -> Option<Shift> {
        let State::Kept(_, rows) = &self.rows else { return None };
        let shift = rows.segment.append(resolver.origins, resolver.store);
        for said in rows.said.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let Some((entity, viewpoint, _)) = said.first() else { continue };
            let moved = said.iter().map(|(.., candidate)| shift.candidate(candidate));
            resolver.say_all(*entity, *viewpoint, moved);
        }
        Some(shift)
    }

    /// What rows come to is the same as before, too.
    pub(crate) fn settle(&self, shift: Shift, model: &mut Model) {
        let State::Kept(_, rows) = &self.rows else { return };
        let Model { kinds, store, entities, shared, .. } = model;
        let mut defaults: Option<(KindId, Vec<Slot>)> = None;
        for settled in &rows.settled {
            let kind = entities[settled.entity].kind;
            let known = defaults.take_if(|(of, _)| *of == kind);
            let (_, unsaid) = defaults.insert(known.unwrap_or_else(|| (kind, unsaid(kinds, kind).slots)));
            let fields = store.fields(unsaid.iter().copied());
            let slots = store.slots_mut(fields);
            for (field, came) in &settled.slots {
                let Some(slot) = slots.get_mut(field.index()) else { continue };
                *slot = match *came {
                    Came::Said(slot) => shift.slot(slot),
                    Came::WorkedOut(value) => Slot { value, origin: kinds.kinds[kind].fields[*field].default_origin },
                };
            }
            shared.put(entities.len(), settled.entity, fields, &settled.presets);
        }
    }

    /// Ends a look that wrote down what rows said.
    pub(crate) fn end(&mut self, record: Record, model: &Model) {
        let State::Seen(sight) = std::mem::take(&mut self.rows) else { return };
        self.rows = match Rows::of(record, &sight, model) {
            Some(rows) => State::Kept(sight, Box::new(rows)),
            None => State::Refused(sight),
        };
    }
}

impl Basis {
    fn of(input: &Input<'_>) -> Basis {
        let declaring = input.parsed.iter().filter(|parsed| only_declares(&parsed.parse.source_file()));
        let declaring: BTreeSet<FileId> = declaring.map(|parsed| parsed.file).collect();
        let texts = input.sources.iter();
        let counts = texts.filter(|(file, source)| source.kind != FileKind::Cedar && !declaring.contains(file));
        Basis(counts.map(|(file, source)| (file, source.path.clone(), Arc::clone(&source.text))).collect())
    }

    fn is_about(&self, rows: &TableRows) -> bool {
        let has = |file: FileId| self.0.iter().any(|(known, ..)| *known == file);
        has(rows.file) && rows.table.is_some_and(has)
    }
}

/// Whether a file lays nothing down that declarations elsewhere are read by.
fn only_declares(file: &ast::SourceFile) -> bool {
    file.declarations().all(|declaration| match declaration {
        ast::Declaration::Instance(instance) => instance.from().is_none(),
        ast::Declaration::For(_)
        | ast::Declaration::Stage(_)
        | ast::Declaration::Test(_)
        | ast::Declaration::Rule(_)
        | ast::Declaration::Waiver(_)
        | ast::Declaration::Raw(_) => true,
        ast::Declaration::Kind(_)
        | ast::Declaration::Enum(_)
        | ast::Declaration::ExtendEnum(_)
        | ast::Declaration::Record(_)
        | ast::Declaration::Variant(_)
        | ast::Declaration::Type(_)
        | ast::Declaration::Let(_)
        | ast::Declaration::Fn(_) => false,
    })
}

impl Sight {
    pub(crate) fn of(
        entities: &Table<EntityId, Entity>,
        stages: &Table<StageId, Stage>,
        directory: &Directory,
        rows: &[RowsJob],
        tables: &[Cells<'_>],
    ) -> Sight {
        let declared = entities.iter().map(|(_, row)| Declared {
            kind: row.kind,
            handle: row.handle,
            owner: row.owner,
            package: row.package,
            stage: row.stage,
            test: row.test,
        });
        let tables = rows.iter().map(|job| TableRows {
            file: job.file,
            table: tables.get(job.table).map(|table| table.file),
            kind: job.kind,
            viewpoint: job.viewpoint,
            rows: job.rows.clone(),
        });
        Sight {
            declared: declared.collect(),
            stages: stages.iter().map(|(_, stage)| (stage.name, stage.extends)).collect(),
            tables: tables.collect(),
            is_incomplete: directory.is_incomplete(),
        }
    }
}

impl Record {
    /// Resolves rows and writes down what they say.
    pub(crate) fn of(resolver: &mut Resolver<'_>, resolve: impl FnOnce(&mut Resolver<'_>)) -> Record {
        let begun = Marks::of(resolver.origins, resolver.store);
        let notes = |resolver: &Resolver<'_>| (resolver.diagnostics.len(), resolver.currencies.len());
        let before = notes(resolver);
        resolver.recorded = Some(Vec::new());
        resolve(resolver);
        let said = resolver.recorded.take().unwrap_or_default();
        let is_clean = notes(resolver) == before;
        Record { begun, ended: Marks::of(resolver.origins, resolver.store), said, is_clean }
    }
}

impl Rows {
    /// `None` where what rows say cannot stand by itself: something was found, or a value is an expression or shared
    /// with others.
    fn of(record: Record, sight: &Sight, model: &Model) -> Option<Rows> {
        let Record { begun, ended, said, is_clean } = record;
        let segment = Segment::between(begun, ended, &model.origins, &model.store).filter(|_| is_clean)?;
        let is_closed = |candidate: &Candidate| match candidate.operand {
            Operand::Value(value) => segment.has(Slot { value, origin: candidate.origin }),
            Operand::Expression(_) => false,
            Operand::Block(_) | Operand::MapBlock | Operand::Nothing => segment.has_origin(candidate.origin),
        };
        if !said.iter().all(|(.., candidate)| is_closed(candidate)) {
            return None;
        }
        let rows = sight.tables.iter().flat_map(|table| &table.rows);
        let settled = rows.filter_map(|(_, entity, _)| Settled::of(*entity, &segment, model)).collect();
        Some(Rows { names: Names::after(&model.names), said, segment, settled })
    }
}

impl Settled {
    /// `None` for a row that worlds do not share, or that is made of more than itself.
    fn of(entity: EntityId, segment: &Segment, model: &Model) -> Option<Settled> {
        let fields = model.shared.of(entity)?;
        let kind = model.entities[entity].kind;
        let unsaid = unsaid(&model.kinds, kind).slots;
        let mut slots = Vec::new();
        for ((id, field), (slot, default)) in
            model.kinds.kinds[kind].fields.iter().zip(model.store.slots(fields).iter().zip(&unsaid))
        {
            if slot == default {
                continue;
            }
            if segment.has(*slot) {
                slots.push((id, Came::Said(*slot)));
            } else if slot.origin == field.default_origin && slot.origin != UNSAID.origin && slot.value.is_single() {
                slots.push((id, Came::WorkedOut(slot.value)));
            } else {
                return None;
            }
        }
        Some(Settled { entity, slots: slots.into(), presets: model.shared.presets(entity).to_vec() })
    }
}
