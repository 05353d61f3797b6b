//! The answer about a place of a file: what is declared there, what became of it, who uses it, what is emitted from it.

use nbc_driver::Analysis;
use nbc_lsp::features::hover::hover;
use nbc_lsp::features::navigation::references;
use nbc_lsp::features::place::View;
use nbc_model::Model;
use nbc_model::kinds::FieldId;
use nbc_model::layer::Step;
use nbc_model::value::{Element, Slot, Value};
use nbc_model::world::{EntityId, World};
use nbc_source::{FileId, Sources, Span};

use super::emitted::{self, Piece};
use super::said::{self, Place, Said, What};
use super::{Target, history, origin_place, step_into, used_by};

/// So many answers are given before the rest is counted: a table makes one for each row.
const MOST: usize = 8;

/// What is said at a place, in one stage.
///
/// # Errors
/// Where nothing stands there, or nothing that this stage has.
pub fn of_place(
    analysis: &Analysis,
    world: &World,
    pieces: &[Piece],
    file: FileId,
    place: Place,
) -> Result<String, String> {
    let (model, sources) = (&analysis.model, analysis.sources());
    let about = About { model, sources, world, pieces };
    let said = said::at(model, file, place);
    if said.is_empty() {
        return of_word(analysis, file, place).ok_or_else(|| nothing(model, sources, file, place));
    }
    let mut answers: Vec<String> = said.iter().take(MOST).map(|said| about.said(said)).collect();
    if said.len() > MOST {
        answers.push(format!("and {} more\n", said.len() - MOST));
    }
    Ok(answers.join("\n"))
}

/// That nothing is said at a place, and where something is.
fn nothing(model: &Model, sources: &Sources, file: FileId, place: Place) -> String {
    let way_out = match said::nearest(model, file, place) {
        Some(span) => format!("the nearest that is said stands at {}", sources.place(span)),
        None => "name a value by its path, such as group.lab.quota.cpu".to_owned(),
    };
    format!("nothing is said there: {way_out}")
}

struct About<'a> {
    model: &'a Model,
    sources: &'a Sources,
    world: &'a World,
    pieces: &'a [Piece],
}

impl About<'_> {
    fn said(&self, said: &Said) -> String {
        match &said.what {
            What::Declaration => self.declaration(said.entity),
            What::Value { field, steps } => self.value(said.entity, *field, steps),
            What::Element { field, element } => self.element(said.entity, *field, element),
        }
    }

    fn declaration(&self, entity: EntityId) -> String {
        let (model, row) = (self.model, &self.model.entities[entity]);
        let mut text = format!("{} is declared here\n", self.in_words(entity));
        if let Some(line) = model.kinds.kinds[row.kind].doc.lines().next() {
            text += &format!("means     {line}\n");
        }
        text + &used_by(self.model, self.world, entity) + &self.emitted(row.span)
    }

    /// `group.red-team (for team = red)`
    fn in_words(&self, entity: EntityId) -> String {
        let path = self.model.path(entity);
        let row = &self.model.entities[entity];
        match super::iteration(self.model, row.expansion) {
            Some(words) => format!("{path} ({words})"),
            None => path,
        }
    }

    fn value(&self, entity: EntityId, field: FieldId, steps: &[Step]) -> String {
        let kind = &self.model.kinds.kinds[self.model.entities[entity].kind];
        let mut path = format!("{}.{}", self.model.path(entity), self.model.text(kind.fields[field].name));
        let Some(mut slot) = self.model.slot(self.world, entity, field) else {
            return format!("{path} is not in this stage\n");
        };
        for step in steps {
            let Some((name, below)) = step_into(self.model, slot, *step) else {
                return format!("{path} holds nothing of this in the end: something else replaced it\n");
            };
            path += &format!(".{name}");
            slot = below;
        }
        let target = Target { entity, field, steps: steps.to_vec(), slot };
        let from = self.model.origin(slot.origin).span;
        let refers = self.refers(slot);
        history(self.model, self.sources, self.world, &path, &target)
            + &refers
            + &used_by(self.model, self.world, entity)
            + &self.emitted(from)
    }

    fn element(&self, entity: EntityId, field: FieldId, element: &Element) -> String {
        let model = self.model;
        let kind = &model.kinds.kinds[model.entities[entity].kind];
        let name = model.text(kind.fields[field].name);
        let mut text = model.shown(name, element.value);
        for (word, date) in [("from", element.from), ("until", element.until)] {
            text += &date.map_or_else(String::new, |date| format!(" {word} {date}"));
        }
        let holds = match model.slot(self.world, entity, field).map(|slot| slot.value) {
            Some(Value::List(list)) => model.elements(list).iter().any(|found| found.origin == element.origin),
            _ => false,
        };
        let verb = if holds { "is" } else { "is not in the end" };
        let place = origin_place(model, self.sources, element.origin);
        text = format!("{text} {verb} in {}.{name}  {place}\n", model.path(entity));
        let slot = Slot { value: element.value, origin: element.origin };
        text + &self.refers(slot) + &self.emitted(model.origin(element.origin).span)
    }

    /// Where the thing that a reference means is declared.
    fn refers(&self, slot: Slot) -> String {
        match slot.value {
            Value::Entity(to) if self.model.entities[to].owner.is_none() => {
                let place = self.sources.place(self.model.entities[to].span);
                format!("refers to {}  {place}\n", self.model.path(to))
            }
            _ => String::new(),
        }
    }

    fn emitted(&self, from: Span) -> String {
        let stage = self.world.stage.map(|stage| self.model.text(self.model.stages[stage].name));
        emitted::lines(self.pieces, stage, from)
    }
}

/// A word that says no value: a `let`, a kind, a name in a rule. What it means, and where else it is named.
fn of_word(analysis: &Analysis, file: FileId, place: Place) -> Option<String> {
    let sources = analysis.sources();
    let view = View::new(analysis, file)?;
    let offset = match place {
        Place::Byte(at) => at,
        Place::Line(start, end) => {
            let line = sources.text(Span::new(file, start..end));
            start + (line.len() - line.trim_start().len()) as u32
        }
    };
    let found = hover(&view, None, offset)?;
    let mut text: String =
        found.markdown.lines().filter(|line| !line.is_empty() && !line.starts_with("```")).map(plain).collect();
    let others: Vec<String> = references(&view, offset)
        .into_iter()
        .filter(|found| !found.is_declaration && !found.span.contains(offset))
        .map(|found| sources.place(found.span))
        .collect();
    for (at, place) in others.iter().take(MOST).enumerate() {
        text += &format!("{:<10}{place}\n", if at == 0 { "named at" } else { "" });
    }
    if others.len() > MOST {
        text += &format!("{:<10}and {} more\n", "", others.len() - MOST);
    }
    Some(text)
}

fn plain(line: &str) -> String {
    format!("{}\n", line.replace(['`', '*'], ""))
}
