//! The block of a table, applied to each of its rows.
//!
//! The block is read once into a plan: which column, which words, which constant goes to which slot. In `user from`,
//! `member-of`, `member-from` and `member-until` make memberships of the named groups.

use std::collections::BTreeMap;

use super::cells::{CellText, cell_text};
use super::*;
use crate::expand::rows::{column_range, row_column, unknown_column};
use crate::table::Table as Cells;
use crate::value::{Date, Element};

/// What one slot of every row gets.
struct Assignment<'k> {
    field: FieldId,
    steps: Vec<Step>,
    ty: &'k Type,
    source: Source,
    key: Span,
}

enum Source {
    Column(usize),
    Text(Vec<CellText>, Span),
    /// The same for every row: a literal, or the beginning of a block.
    Constant(ast::Value),
    Block(Operand, Span),
}

/// Where memberships come from.
#[derive(Default)]
struct Memberships {
    of: Option<Groups>,
    from: Option<Day>,
    until: Option<Day>,
}

/// The groups of each row: those in a cell, or the same for every row.
enum Groups {
    Column(usize),
    Named(Vec<(EntityId, Span)>),
}

/// The day of each row: the one in a cell, or the same for every row.
enum Day {
    Column(usize),
    Named(Date),
}

impl<'a> Resolver<'a> {
    pub(super) fn rows(&mut self, job: &RowsJob, table: &Cells<'_>) {
        let mut plan: Vec<Assignment<'a>> = Vec::new();
        let mut memberships = Memberships::default();
        let is_user = self.names.text(self.kinds.kinds[job.kind].name) == "user";
        for item in job.body.items() {
            let (Some(key), Some(value)) = (item.key(), item.value()) else { continue };
            let span = span_of(job.file, key.range());
            match &*key.text() {
                "handle" => {}
                "member-of" if is_user => memberships.of = self.groups(job, table, &value),
                "member-from" if is_user => memberships.from = self.day(job, table, &value),
                "member-until" if is_user => memberships.until = self.day(job, table, &value),
                name => self.plan_field(job, table, name, span, &value, &mut plan),
            }
        }
        let mut members = BTreeMap::new();
        for (row, entity, expansion) in &job.rows {
            let place = Place {
                entity: *entity,
                kind: job.kind,
                file: job.file,
                viewpoint: job.viewpoint,
                layer: self.layer(*entity, job.viewpoint),
                expansion: *expansion,
                bindings: Bindings::default(),
            };
            for assignment in &plan {
                self.assign(&place, assignment, table, *row as usize);
            }
            self.membership(&place, &memberships, table, *row as usize, &mut members);
        }
        self.add_members(job, members);
    }

    fn column(&mut self, job: &RowsJob, table: &Cells<'_>, value: &ast::Value) -> Option<usize> {
        let span = span_of(job.file, value.range());
        let Some(column) = row_column(value) else {
            let message = "this is one of the row's cells: `row.COLUMN`";
            self.diagnostics.push(Diagnostic::new(&codes::NOT_A_ROW_VALUE, span, message).label("not a column"));
            return None;
        };
        let found = table.column(&column);
        if found.is_none() {
            let span = span_of(job.file, column_range(value));
            self.diagnostics.push(unknown_column(table, &column, span));
        }
        found
    }

    fn plan_field(
        &mut self,
        job: &RowsJob,
        table: &Cells<'_>,
        name: &str,
        key: Span,
        value: &ast::Value,
        plan: &mut Vec<Assignment<'a>>,
    ) {
        let kinds: &'a KindSet = self.kinds;
        let kind = &kinds.kinds[job.kind];
        let Some(field) = self.names.find(name).and_then(|name| kind.field(name)) else {
            let unknown = self.unknown_field(
                kind.fields.iter().map(|(_, field)| field).filter(|field| field.pack.is_none()),
                name,
                key,
                Owner::Kind(self.names.text(kind.name)),
            );
            self.diagnostics.push(unknown);
            return;
        };
        self.plan_value(job, table, (field, Vec::new()), &kind.fields[field].ty, key, value, plan);
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one recursion over nested blocks; a struct for its arguments would be used once"
    )]
    fn plan_value(
        &mut self,
        job: &RowsJob,
        table: &Cells<'_>,
        (field, steps): (FieldId, Vec<Step>),
        ty: &'a Type,
        key: Span,
        value: &ast::Value,
        plan: &mut Vec<Assignment<'a>>,
    ) {
        let kinds: &'a KindSet = self.kinds;
        let span = span_of(job.file, value.range());
        let assignment = |source| Assignment { field, steps: steps.clone(), ty, source, key };
        match (kinds.base(ty), value) {
            (Type::Map(_, inner), ast::Value::Body(body)) => {
                plan.push(assignment(Source::Block(Operand::MapBlock, span)));
                for item in body.items() {
                    let (Some(key), Some(value)) = (item.key(), item.value()) else { continue };
                    let step = Step::Key(crate::layer::Key::Text(self.names.intern(&key.text())));
                    let below = super::bodies::extended(&steps, step);
                    self.plan_value(job, table, (field, below), inner, span_of(job.file, key.range()), &value, plan);
                }
            }
            (Type::Record(id), ast::Value::Body(body)) => {
                plan.push(assignment(Source::Block(Operand::Block(None), span)));
                let record = &kinds.records[*id];
                for item in body.items() {
                    let (Some(key), Some(value)) = (item.key(), item.value()) else { continue };
                    let key_span = span_of(job.file, key.range());
                    let Some(inner) = self.names.find(&key.text()).and_then(|name| record.field_names.get(&name))
                    else {
                        let owner = format!("record `{}`", self.names.text(record.name));
                        let fields = record.fields.iter().map(|(_, field)| field);
                        let unknown = self.unknown_field(fields, &key.text(), key_span, Owner::Block(&owner));
                        self.diagnostics.push(unknown);
                        continue;
                    };
                    let below = super::bodies::extended(&steps, Step::Field(*inner));
                    self.plan_value(job, table, (field, below), &record.fields[*inner].ty, key_span, &value, plan);
                }
            }
            (_, ast::Value::Expr(ast::Expr::Path(_))) if row_column(value).is_some() => {
                if let Some(column) = self.column(job, table, value) {
                    plan.push(assignment(Source::Column(column)));
                }
            }
            (_, ast::Value::Expr(ast::Expr::Literal(literal))) if interpolates(literal) => {
                let Some(ast::LiteralKind::Text(text)) = literal.kind() else { return };
                match cell_text(&text, |name| table.column(name)) {
                    Some(parts) => plan.push(assignment(Source::Text(parts, span))),
                    None => self.not_a_row_value(span),
                }
            }
            _ if mentions_row(value) => self.not_a_row_value(span),
            _ => plan.push(assignment(Source::Constant(value.clone()))),
        }
    }

    fn not_a_row_value(&mut self, span: Span) {
        let message = "a table's block holds columns (`row.NAME`), texts of them, and what is the same for every row";
        self.diagnostics.push(Diagnostic::new(&codes::NOT_A_ROW_VALUE, span, message).label("more than that"));
    }

    fn assign(&mut self, place: &Place, assignment: &Assignment<'a>, table: &Cells<'_>, row: usize) {
        let target = Target {
            field: assignment.field,
            steps: &assignment.steps,
            operation: Operation::Say,
            locked: false,
            key: assignment.key,
        };
        match &assignment.source {
            Source::Column(column) => {
                let (text, span) = table.cell(row, *column);
                if !text.is_empty() {
                    let value = self.cell(place, assignment.ty, &text, span);
                    self.push(place, &target, Operand::Value(value), span);
                }
            }
            Source::Text(parts, span) => {
                let words: String = parts
                    .iter()
                    .map(|part| match part {
                        CellText::Words(words) => words.clone(),
                        CellText::Column(column) => table.cell(row, *column).0.into_owned(),
                    })
                    .collect();
                if !words.trim().is_empty() {
                    let value = self.cell(place, assignment.ty, words.trim(), *span);
                    self.push(place, &target, Operand::Value(value), *span);
                }
            }
            Source::Constant(value) => self.value(place, &target, assignment.ty, value),
            Source::Block(operand, span) => self.push(place, &target, *operand, *span),
        }
    }

    /// `member-of: row.team`, `member-of: course`, `member-of: [course, lab]`
    fn groups(&mut self, job: &RowsJob, table: &Cells<'_>, value: &ast::Value) -> Option<Groups> {
        let elements: Vec<ast::Value> = match value {
            _ if row_column(value).is_some() => return self.column(job, table, value).map(Groups::Column),
            ast::Value::Expr(ast::Expr::List(list)) => list.elements().filter_map(|element| element.value()).collect(),
            _ => vec![value.clone()],
        };
        let kind = self.group_kind()?;
        let mut groups = Vec::new();
        for element in elements {
            let span = span_of(job.file, element.range());
            let name = match &element {
                ast::Value::Expr(ast::Expr::Path(path)) => path.as_name(),
                _ => None,
            };
            let Some(name) = name else {
                self.not_a_row_value(span);
                continue;
            };
            let written = Written { kind: None, name: name.text(), span, quoted: false };
            if let Value::Entity(group) = self.reference(&Type::Entity(kind), written, job.viewpoint) {
                groups.push((group, span));
            }
        }
        Some(Groups::Named(groups))
    }

    fn group_kind(&self) -> Option<KindId> {
        self.names.find("group").and_then(|name| self.kinds.kind_of(name))
    }

    fn day(&mut self, job: &RowsJob, table: &Cells<'_>, value: &ast::Value) -> Option<Day> {
        match super::values::literal_date(value) {
            Some(date) => Some(Day::Named(date)),
            None => self.column(job, table, value).map(Day::Column),
        }
    }

    /// The groups that a row names, with the row's dates.
    fn membership(
        &mut self,
        place: &Place,
        memberships: &Memberships,
        table: &Cells<'_>,
        row: usize,
        members: &mut BTreeMap<EntityId, Vec<Element>>,
    ) {
        let Some(groups) = &memberships.of else { return };
        let from = self.row_date(table, row, memberships.from.as_ref());
        let until = self.row_date(table, row, memberships.until.as_ref());
        let named = match groups {
            Groups::Named(named) => named.clone(),
            Groups::Column(column) => self.groups_of_cell(place, table, row, *column),
        };
        if let (Some((_, span)), Some(from), Some(until)) = (named.first(), from, until) {
            let last = match memberships.until {
                Some(Day::Column(column)) => table.cell(row, column).1,
                Some(Day::Named(_)) | None => *span,
            };
            self.in_order(from, until, last);
        }
        for (group, span) in named {
            let origin = self.origin(place, span);
            members.entry(group).or_default().push(Element { value: Value::Entity(place.entity), origin, from, until });
        }
    }

    fn groups_of_cell(&mut self, of: &Place, table: &Cells<'_>, row: usize, column: usize) -> Vec<(EntityId, Span)> {
        let Some(kind) = self.group_kind() else { return Vec::new() };
        let (_, span) = table.cell(row, column);
        let mut groups = Vec::new();
        for (name, place) in table.parts(row, column) {
            let several = self.several(kind, &name, of.viewpoint);
            if !several.is_empty() {
                let words: Vec<&str> = several.iter().map(|(word, _)| *word).collect();
                self.separated_otherwise("group", &words, place, place == span && table.delimiter == ';');
                groups.extend(several.iter().map(|(_, group)| (*group, span)));
                continue;
            }
            let written = Written { kind: None, name: &name, span: place, quoted: false };
            if let Value::Entity(group) = self.reference(&Type::Entity(kind), written, of.viewpoint) {
                groups.push((group, span));
            }
        }
        groups
    }

    fn row_date(&mut self, table: &Cells<'_>, row: usize, day: Option<&Day>) -> Option<Date> {
        let column = match day? {
            Day::Named(date) => return Some(*date),
            Day::Column(column) => *column,
        };
        let (text, span) = table.cell(row, column);
        if text.is_empty() {
            return None;
        }
        match self.date(&text, span) {
            Value::Date(date) => Some(date),
            _ => None,
        }
    }

    /// All members that one table brings to a group are one addition to the group's list.
    fn add_members(&mut self, job: &RowsJob, members: BTreeMap<EntityId, Vec<Element>>) {
        for (group, elements) in members {
            let Some(field) =
                self.names.find("members").and_then(|name| self.kinds.kinds[self.entities[group].kind].field(name))
            else {
                continue;
            };
            let Some(origin) = elements.first().map(|element| element.origin) else { continue };
            let operand = Operand::Value(Value::List(self.store.list(elements)));
            let key = self.origins[origin].span;
            let steps = Box::default();
            let candidate = Candidate { field, steps, operation: Operation::Add, operand, origin, locked: false, key };
            self.say(group, job.viewpoint, candidate);
        }
    }
}

fn interpolates(literal: &ast::Literal) -> bool {
    matches!(literal.kind(), Some(ast::LiteralKind::Text(text)) if text.plain().is_none())
}

/// Whether the word `row` starts a path anywhere in the value.
fn mentions_row(value: &ast::Value) -> bool {
    let paths = value.syntax().descendants().filter_map(ast::PathExpr::cast);
    paths.into_iter().any(|path| path.segments().next().is_some_and(|first| first.text() == "row"))
}
