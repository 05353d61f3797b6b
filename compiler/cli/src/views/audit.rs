//! Answers of `nbc audit` that are lists: what ends, what nobody uses, what is excused, what outlives a person.
//!
//! Each says what it looked at and what files cannot tell. They need no decision; those that do are in `matrix`.

use nbc_backends::raw;
use nbc_model::Model;
use nbc_model::kinds::Field;
use nbc_model::value::{Date, Origin, Value};
use nbc_model::world::{EntityId, World};
use nbc_source::{Sources, Span};

use crate::render::count;
use crate::render::table::Table;

/// A list, what was looked at for it, and what was not.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    /// The verdict: one line that stands alone.
    pub(crate) title: String,
    pub(crate) table: Table,
    pub(crate) judged: String,
    pub(crate) not_judged: Vec<&'static str>,
}

/// One stage as lists read it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) model: &'a Model,
    pub(crate) world: &'a World,
    pub(crate) sources: &'a Sources,
}

/// Something that a value of the files says: a field, or an element of a list.
struct Said<'a> {
    entity: EntityId,
    field: &'a Field,
    value: Value,
    /// Last day of the element.
    until: Option<Date>,
    origin: Origin,
}

impl<'a> Place<'a> {
    /// Everything that is declared here, presets and blocks of others included.
    fn all(&self) -> impl Iterator<Item = EntityId> + use<'a> {
        let (model, world) = (self.model, self.world);
        model.kinds.kinds.ids().flat_map(move |kind| world.of_kind(kind).iter().copied())
    }

    /// Declared in the workspace itself, not a block of something else.
    fn own(&self) -> impl Iterator<Item = EntityId> + use<'a> {
        let model = self.model;
        self.all().filter(move |entity| {
            let row = &model.entities[*entity];
            row.package.is_none() && row.owner.is_none()
        })
    }

    fn at(&self, span: Span) -> String {
        if span.is_empty() { String::new() } else { self.sources.line_place(span) }
    }

    /// Every value of every field, aggregates taken apart.
    fn said(&self) -> Vec<Said<'a>> {
        let mut all = Vec::new();
        for entity in self.all() {
            let fields = &self.model.kinds.kinds[self.model.entities[entity].kind].fields;
            for (id, field) in fields.iter() {
                let Some(slot) = self.model.slot(self.world, entity, id) else { continue };
                let origin = self.model.origin(slot.origin);
                self.apart(Said { entity, field, value: slot.value, until: None, origin }, &mut all);
            }
        }
        all
    }

    fn apart(&self, said: Said<'a>, all: &mut Vec<Said<'a>>) {
        let model = self.model;
        let of = |value: Value, origin, until| Said { value, origin: model.origin(origin), until, ..said };
        match said.value {
            Value::List(list) => {
                for element in model.elements(list) {
                    self.apart(of(element.value, element.origin, element.until), all);
                }
            }
            Value::Map(map) => {
                for entry in model.store.entries(map) {
                    self.apart(of(entry.key, entry.origin, None), all);
                    self.apart(of(entry.value, entry.origin, None), all);
                }
            }
            Value::Record(_, fields) | Value::Variant(_, _, fields) => {
                for slot in model.slots(fields) {
                    self.apart(of(slot.value, slot.origin, None), all);
                }
            }
            _ => all.push(said),
        }
    }

    /// What ends or comes due, soonest first; within so many days where a number is given.
    pub(crate) fn expiring(&self, within: Option<i32>) -> Listed {
        let today = self.world.as_of;
        let is_near = |date: Date| date >= today && within.is_none_or(|days| date.0 - today.0 <= days);
        let mut rows: Vec<(Date, String, String)> = Vec::new();
        let said = self.said();
        for one in &said {
            let (path, name) = (self.model.path(one.entity), self.model.text(one.field.name));
            let place = self.at(one.origin.span);
            match (one.value, one.until) {
                (Value::Date(date), _) if name != "from" && is_near(date) => {
                    rows.push((date, format!("{path} {name}"), place))
                }
                (value, Some(until)) if is_near(until) => {
                    rows.push((until, format!("{path} {name}: {}", self.model.display(value)), place));
                }
                _ => {}
            }
        }
        for waiver in self.waivers() {
            if let Some(until) = waiver.until.filter(|until| is_near(*until)) {
                let (rule, on) = (self.model.text(waiver.rule), self.model.path(waiver.on));
                rows.push((until, format!("waiver {rule} on {on}"), self.at(waiver.span)));
            }
        }
        rows.sort();
        let mut table = Table::new(["last day", "what", "place"]);
        rows.iter().for_each(|(date, what, place)| table.push([date.to_string(), what.clone(), place.clone()]));
        let when = within.map_or_else(String::new, |days| format!(" within {}", count(days.max(0) as usize, "day")));
        Listed {
            title: format!("{} with a last day{when}, as of {today}", count(rows.len(), "thing")),
            table,
            judged: format!("{} and {}", count(said.len(), "value"), count(self.waivers().count(), "waiver")),
            not_judged: vec!["what an identity provider ends", "tokens and sessions"],
        }
    }

    /// What nothing refers to and what gives nobody anything.
    pub(crate) fn unreferenced(&self) -> Listed {
        let said = self.said();
        let referred: std::collections::BTreeSet<EntityId> = said
            .iter()
            .filter_map(|one| match one.value {
                Value::Entity(target) if target != one.entity => Some(target),
                _ => None,
            })
            .collect();
        let gives: std::collections::BTreeSet<EntityId> = said
            .iter()
            .filter(|one| (one.field.grants.is_some() || one.field.owns) && one.value.is_set())
            .map(|one| one.entity)
            .collect();
        // What no field of any kind can name is used by being there: the platform, a pack, an alert.
        let named: std::collections::BTreeSet<_> =
            referred.iter().map(|entity| self.model.entities[*entity].kind).collect();
        let mut table = Table::new(["what", "title", "place"]);
        let mut looked_at = 0;
        for entity in self.own() {
            let row = &self.model.entities[entity];
            looked_at += 1;
            if !named.contains(&row.kind) || referred.contains(&entity) || gives.contains(&entity) {
                continue;
            }
            let title = match self.model.slot_named(self.world, entity, "title").map(|slot| slot.value) {
                Some(Value::Text(title)) => self.model.text(title).to_owned(),
                _ => String::new(),
            };
            table.push([self.model.path(entity), title, self.at(row.span)]);
        }
        Listed {
            title: format!("{} that nothing refers to, as of {}", count(table.rows.len(), "thing"), self.world.as_of),
            table,
            judged: count(looked_at, "declaration"),
            not_judged: vec!["whether anybody uses what is declared (nbc sees no use)"],
        }
    }

    /// Waivers of this stage, in force or not.
    pub(crate) fn waivers_listed(&self) -> Listed {
        let today = self.world.as_of;
        let mut waivers: Vec<_> = self.waivers().collect();
        waivers.sort_by_key(|waiver| (waiver.until, waiver.span));
        let mut table = Table::new(["rule", "on", "until", "approved by", "because", "place"]);
        let mut in_force = 0;
        for waiver in &waivers {
            let is_over = waiver.until.is_some_and(|until| until < today);
            in_force += usize::from(!is_over);
            let until = waiver.until.map_or_else(|| "never ends".to_owned(), |until| until.to_string());
            table.push([
                self.model.text(waiver.rule).to_owned(),
                self.model.path(waiver.on),
                if is_over { format!("{until} (over)") } else { until },
                waiver.approved_by.map_or_else(String::new, |by| self.model.handle(by).to_owned()),
                waiver.because.clone(),
                self.at(waiver.span),
            ]);
        }
        Listed {
            title: format!("{} in force of {}, as of {today}", count(in_force, "waiver"), waivers.len()),
            table,
            judged: format!("{} of the workspace", count(self.model.waivers.len(), "waiver")),
            not_judged: vec!["whether the approver was asked (`nbc review` judges changes)"],
        }
    }

    fn waivers(&self) -> impl Iterator<Item = &'a nbc_model::expression::Waiver> + use<'a> {
        let (model, world) = (self.model, self.world);
        model.waivers.iter().filter(move |waiver| world.has(waiver.on))
    }

    /// Texts for a target that people wrote by hand, in the order of files.
    pub(crate) fn raw_listed(&self) -> Listed {
        let mut table = Table::new(["target", "on", "objects", "place"]);
        let here = self.model.raws.iter().filter(|raw| self.world.has(raw.on));
        for raw in here {
            let (target, on) = (self.model.text(raw.target).to_owned(), self.model.path(raw.on));
            table.push([target, on, raw::titles(raw).join(", "), self.at(raw.declared)]);
        }
        Listed {
            title: format!("{} written by hand for a target", count(table.rows.len(), "text")),
            table,
            judged: format!("{} of the workspace", count(self.model.raws.len(), "text")),
            not_judged: vec!["what a text does once it is applied (nbc judges its form)"],
        }
    }

    /// What still names a person, and so outlives them in the files.
    pub(crate) fn leftovers(&self, who: EntityId) -> Listed {
        let mut table = Table::new(["what", "names them as", "until", "place"]);
        let said = self.said();
        for one in said.iter().filter(|one| one.value == Value::Entity(who) && one.entity != who) {
            let until = one.until.map_or_else(String::new, |until| until.to_string());
            let name = self.model.text(one.field.name).to_owned();
            table.push([self.model.path(one.entity), name, until, self.at(one.origin.span)]);
        }
        for waiver in self.waivers() {
            let rule = self.model.text(waiver.rule);
            for (name, names) in [("waiver on", waiver.on == who), ("approver", waiver.approved_by == Some(who))] {
                if names {
                    let until = waiver.until.map_or_else(String::new, |until| until.to_string());
                    table.push([format!("waiver {rule}"), name.to_owned(), until, self.at(waiver.span)]);
                }
            }
        }
        let handle = self.model.handle(who);
        Listed {
            title: format!("{} left with {handle} in it, as of {}", count(table.rows.len(), "line"), self.world.as_of),
            table,
            judged: count(said.len(), "value"),
            not_judged: vec![
                "running servers, tokens and sessions",
                "their home directory and what they left in shared folders",
                "data outside the platform",
            ],
        }
    }
}
