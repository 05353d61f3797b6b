//! What stands at a place of a file: declarations, values and elements of lists; of a table, its rows and cells.

use nbc_model::Model;
use nbc_model::kinds::FieldId;
use nbc_model::layer::{Candidate, Operand, Operation, Step};
use nbc_model::value::{Element, Value};
use nbc_model::world::EntityId;
use nbc_source::{FileId, Sources, Span};

/// Something that the text at a place says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    /// The piece of the text: the value, its key, the handle.
    pub span: Span,
    pub entity: EntityId,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    /// The text is the handle, or the cell that names a row.
    Declaration,
    Value {
        field: FieldId,
        steps: Vec<Step>,
    },
    /// One element of the list of that field.
    Element {
        field: FieldId,
        element: Element,
    },
}

/// A place that is asked about.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// What stands around one byte, the innermost.
    Byte(u32),
    /// What begins between these bytes.
    Line(u32, u32),
}

impl Place {
    /// A line, and perhaps a column, both from 1.
    ///
    /// # Errors
    /// Where the file has no such line.
    pub fn locate(sources: &Sources, file: FileId, line: u32, column: Option<u32>) -> Result<Place, String> {
        let text = sources.get(file).map_or("", |source| &*source.text);
        let before = line.saturating_sub(1) as usize;
        let Some(written) = text.split('\n').nth(before).filter(|_| line > 0) else {
            let (path, last) = (sources.path(file), text.lines().count());
            return Err(format!("`{path}` has no line {line}; its last is {last}"));
        };
        let start: usize = text.split('\n').take(before).map(|line| line.len() + 1).sum();
        let bytes =
            |column: u32| written.chars().take(column.saturating_sub(1) as usize).map(char::len_utf8).sum::<usize>();
        Ok(match column {
            Some(column) => Place::Byte((start + bytes(column)) as u32),
            None => Place::Line(start as u32, (start + written.len()) as u32),
        })
    }
}

/// What the file says there, in the order of the text; several where a loop or a table makes several of one text.
pub(super) fn at(model: &Model, file: FileId, place: Place) -> Vec<Said> {
    let mut all = whole(model, file);
    all.retain(|said| is_at(said.span, place));
    if let Place::Byte(_) = place {
        let innermost = all.iter().map(|said| said.span.len()).min();
        all.retain(|said| Some(said.span.len()) == innermost);
    }
    // The key and the value of one item say the same.
    all.sort_by_key(|said| (said.entity, said.span.start));
    all.dedup_by(|a, b| a.entity == b.entity && a.what == b.what);
    all.sort_by_key(|said| (said.span.start, said.entity));
    without_repetition(all)
}

/// The place in the file that says something and is nearest, the later of two.
pub(super) fn nearest(model: &Model, file: FileId, place: Place) -> Option<Span> {
    let at = match place {
        Place::Byte(at) | Place::Line(at, _) => at,
    };
    let spans = whole(model, file).into_iter().map(|said| said.span);
    spans.min_by_key(|span| (span.start.abs_diff(at), std::cmp::Reverse(span.start)))
}

/// All that a file says.
fn whole(model: &Model, file: FileId) -> Vec<Said> {
    let mut all = Vec::new();
    for (entity, row) in model.entities.iter() {
        all.push(Said { span: row.span, entity, what: What::Declaration });
        for candidate in everything(model, entity) {
            of_candidate(model, entity, candidate, &mut all);
        }
    }
    all.retain(|said| said.span.file == file);
    all
}

/// What every layer says of an entity.
fn everything(model: &Model, entity: EntityId) -> impl Iterator<Item = &Candidate> {
    let staged = model.stages.ids().flat_map(move |stage| model.layers.staged(stage, entity));
    let tested = (0..model.tests.len() as u32).flat_map(move |test| model.layers.tested(test, entity));
    model.layers.declared(entity).iter().chain(staged).chain(tested)
}

fn of_candidate(model: &Model, entity: EntityId, candidate: &Candidate, out: &mut Vec<Said>) {
    let value = || What::Value { field: candidate.field, steps: candidate.steps.to_vec() };
    // A table's members are one list whose first cell stands for all of it; its elements say more.
    let is_added = candidate.operation == Operation::Add;
    let is_of_rows = is_added && candidate.key == model.origin(candidate.origin).span;
    if !is_of_rows {
        out.push(Said { span: candidate.key, entity, what: value() });
        out.push(Said { span: model.origin(candidate.origin).span, entity, what: value() });
    }
    if let (Operand::Value(Value::List(list)), true) = (candidate.operand, candidate.steps.is_empty()) {
        out.extend(model.elements(list).iter().map(|element| Said {
            span: model.origin(element.origin).span,
            entity,
            what: What::Element { field: candidate.field, element: *element },
        }));
    }
}

fn is_at(span: Span, place: Place) -> bool {
    match place {
        Place::Byte(at) => span.start <= at && (at < span.end || at == span.start),
        Place::Line(start, end) => start <= span.start && span.start < end.max(start + 1),
    }
}

/// A list that begins on the line is shown whole, and not once more element by element.
fn without_repetition(mut all: Vec<Said>) -> Vec<Said> {
    let lists: Vec<(EntityId, FieldId)> = all
        .iter()
        .filter_map(|said| match &said.what {
            What::Value { field, .. } => Some((said.entity, *field)),
            What::Declaration | What::Element { .. } => None,
        })
        .collect();
    all.retain(|said| match &said.what {
        What::Element { field, .. } => !lists.contains(&(said.entity, *field)),
        What::Declaration | What::Value { .. } => true,
    });
    all
}
