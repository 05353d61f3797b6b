//! What phases 3 to 9 know: the frozen kinds, the entities, and one evaluated world for each stage.

use std::borrow::Cow;
use std::ops::Range;

use nbc_source::{Sources, Span, secrets};

use crate::expression::bind::type_text;
use crate::expression::scope::Globals;
use crate::expression::{Expressions, Rule, Test, Waiver};
use crate::index::{Id as _, Table};
use crate::kinds::{Field, FieldId, KindId, KindSet, Preset, Type};
use crate::layer::Layers;
use crate::names::{Name, Names};
use crate::scope::Directory;
use crate::shared::Shared;
use crate::value::{
    Date, Dimension, Element, ExpansionId, Fields, Layer, List, Origin, OriginId, Per, Slot, StageId, Store, Value,
};
use crate::world::{Entity, EntityId, Expansion, Stage, World};

/// The whole of a workspace after analysis. Everything is an index into one of its tables; nothing is a copy.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub names: Names,
    pub kinds: KindSet,
    pub store: Store,
    pub origins: Table<OriginId, Origin>,
    pub expansions: Table<ExpansionId, Expansion>,
    pub entities: Table<EntityId, Entity>,
    pub stages: Table<StageId, Stage>,
    pub expressions: Expressions,
    pub globals: Globals,
    pub rules: Vec<Rule>,
    pub waivers: Vec<Waiver>,
    pub tests: Vec<Test>,
    pub raws: Vec<Raw>,
    /// Everything that is said, by layer: what `explain` lists.
    pub layers: Layers,
    /// By entity.
    pub(crate) declared: Vec<OriginId>,
    pub(crate) directory: Directory,
    pub(crate) shared: Shared,
    /// One for each stage, sorted by name; without stages one for the base.
    pub worlds: Vec<World>,
}

/// `raw kubernetes on group.ml-research '''…'''`
#[derive(Clone, Debug)]
pub struct Raw {
    pub target: Name,
    pub on: EntityId,
    pub text: String,
    /// Where the text stands, in quotes or as a whole file.
    pub span: Span,
    /// The declaration that joins the text to `on`.
    pub declared: Span,
    /// The same for the map of what was written.
    pub origin: OriginId,
    /// Where each line of the text starts in its file.
    pub(crate) line_starts: Vec<u32>,
}

impl Raw {
    /// Where a piece of the text stands in its file.
    pub fn place(&self, range: Range<usize>) -> Span {
        Span::new(self.span.file, self.offset(range.start)..self.offset(range.end))
    }

    fn offset(&self, at: usize) -> u32 {
        let before = self.text.get(..at).unwrap_or(&self.text);
        let (line, column) = (before.matches('\n').count(), before.rsplit('\n').next().unwrap_or_default().len());
        self.line_starts.get(line).map_or(self.span.end, |start| start + column as u32)
    }
}

impl Model {
    pub fn text(&self, name: Name) -> &str {
        self.names.text(name)
    }

    /// The kind of that name; standard kinds are always there.
    pub fn kind(&self, name: &str) -> Option<KindId> {
        self.names.find(name).and_then(|name| self.kinds.kind_of(name))
    }

    pub fn handle(&self, entity: EntityId) -> &str {
        self.text(self.entities[entity].handle)
    }

    /// `group.ml-research`, `group.ml-research.quota`
    pub fn path(&self, entity: EntityId) -> String {
        let row = &self.entities[entity];
        match row.owner {
            Some((owner, _)) => format!("{}.{}", self.path(owner), self.text(row.handle)),
            None => format!("{}.{}", self.text(self.kinds.kinds[row.kind].name), self.text(row.handle)),
        }
    }

    /// What a path such as `group.ml-research` names, in whatever stage or test.
    pub fn find(&self, path: &str) -> Option<EntityId> {
        self.entities.ids().find(|entity| self.path(*entity) == path)
    }

    /// An entity and what it inherits from in a world, nearest first.
    pub fn family(&self, world: &World, entity: EntityId) -> Vec<EntityId> {
        crate::fold::family(&self.entities, &self.stages, entity, world.stage, world.test)
    }

    /// The slot of a field; `None` where this world does not have the entity.
    pub fn slot(&self, world: &World, entity: EntityId, field: FieldId) -> Option<Slot> {
        world.fields(entity).and_then(|fields| self.store.slots(fields).get(usize::from(field.0)).copied())
    }

    /// The slot of a field by its name: for generic readers such as `show` and `explain`; typed readers use `platform`.
    pub fn slot_named(&self, world: &World, entity: EntityId, field: &str) -> Option<Slot> {
        let name = self.names.find(field)?;
        self.slot(world, entity, self.kinds.kinds[self.entities[entity].kind].field(name)?)
    }

    pub fn elements(&self, list: List) -> &[Element] {
        self.store.elements(list)
    }

    pub fn slots(&self, fields: Fields) -> &[Slot] {
        self.store.slots(fields)
    }

    pub fn origin(&self, id: OriginId) -> Origin {
        self.origins[id]
    }

    /// The declaration itself as an origin: where a target's constants about it come from.
    pub fn declared_at(&self, entity: EntityId) -> OriginId {
        self.declared.get(entity.index()).copied().unwrap_or(OriginId::new(0))
    }

    /// Gives every declaration its origin.
    pub(crate) fn note_declarations(&mut self) {
        self.declared = Vec::with_capacity(self.entities.len());
        for (_, row) in self.entities.iter() {
            let layer = row.stage.map_or(Layer::Declaration, Layer::Stage);
            let origin = Origin { span: row.span, layer, expansion: row.expansion };
            self.declared.push(self.origins.push(origin));
        }
    }

    /// A value as the language writes it, in its canonical spelling (`64Gi`, `2027-03-31`, `[ana, chen]`).
    pub fn display(&self, value: Value) -> String {
        let mut text = String::new();
        self.write(value, None, &mut text);
        text
    }

    /// As [`Model::display`], for people: a text that the name of its field or key gives away as a secret is masked.
    pub fn shown(&self, name: &str, value: Value) -> String {
        let mut text = String::new();
        self.write(value, Some(name), &mut text);
        text
    }

    /// The key of a map without quotes.
    pub fn key_text(&self, key: Value) -> String {
        match key {
            Value::Text(name) => self.text(name).to_owned(),
            other => self.display(other),
        }
    }

    /// A type as the language writes it.
    pub fn type_text(&self, ty: &Type) -> String {
        type_text(ty, &self.names, &self.kinds)
    }

    /// The default of a field as the language writes it: a value, or the formula on one line.
    pub fn default_text(&self, sources: &Sources, field: &Field) -> Option<String> {
        match field.default {
            Preset::None => None,
            Preset::Constant(slot) => Some(self.display(slot.value)),
            Preset::Computed(id) => {
                let formula = sources.text(self.expressions.row(id)?.span);
                Some(formula.split_whitespace().collect::<Vec<_>>().join(" "))
            }
        }
    }

    /// `under` is the name that the value stands under, where secrets are to be masked.
    fn write(&self, value: Value, under: Option<&str>, out: &mut String) {
        match value {
            Value::Absent => out.push_str("absent"),
            Value::Poisoned => out.push('?'),
            Value::Bool(value) => out.push_str(if value { "true" } else { "false" }),
            Value::Int(value) => out.push_str(&value.to_string()),
            Value::Quantity(dimension, amount) => {
                out.push_str(&crate::quantity::display(dimension, amount, self.currency()))
            }
            Value::Text(name) => {
                let text = self.text(name);
                write_quoted(&under.map_or(Cow::Borrowed(text), |under| secrets::shown(under, text)), out);
            }
            Value::Date(date) => out.push_str(&date.to_string()),
            Value::Enum(of, at) => {
                let name = self.kinds.enums[of].values.get(usize::from(at)).map(|value| value.name);
                out.push_str(name.map_or("?", |name| self.text(name)));
            }
            Value::Permission(action) => out.push_str(self.text(self.kinds.actions[action].qualified)),
            Value::Entity(entity) => out.push_str(self.handle(entity)),
            Value::List(list) => self.write_list(list, under, out),
            Value::Map(map) => {
                let entries = self.store.entries(map).iter();
                let entries = entries.map(|entry| (self.key_text(entry.key), entry.value));
                self.write_named(entries, under, out);
            }
            Value::Record(of, fields) => {
                let record = &self.kinds.records[of];
                self.write_fields(record.fields.iter().map(|(_, field)| field.name), fields, under, out);
            }
            Value::Variant(of, case, fields) => {
                let Some(case) = self.kinds.variants[of].cases.get(usize::from(case)) else { return };
                out.push_str(self.text(case.name));
                if !case.fields.is_empty() {
                    out.push(' ');
                    self.write_fields(case.fields.iter().map(|(_, field)| field.name), fields, under, out);
                }
            }
        }
    }

    fn write_list(&self, list: List, under: Option<&str>, out: &mut String) {
        out.push('[');
        for (at, element) in self.store.elements(list).iter().enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            self.write(element.value, under, out);
            for (word, date) in [("from", element.from), ("until", element.until)] {
                if let Some(date) = date {
                    out.push_str(&format!(" {word} {date}"));
                }
            }
        }
        out.push(']');
    }

    fn write_fields(&self, names: impl Iterator<Item = Name>, fields: Fields, under: Option<&str>, out: &mut String) {
        let said = names.zip(self.store.slots(fields)).filter(|(_, slot)| slot.value != Value::Absent);
        self.write_named(said.map(|(name, slot)| (self.text(name).to_owned(), slot.value)), under, out);
    }

    /// `{ cpu: 4, memory: 8Gi }`
    fn write_named(&self, named: impl Iterator<Item = (String, Value)>, under: Option<&str>, out: &mut String) {
        out.push_str("{ ");
        for (at, (name, value)) in named.enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            out.push_str(&name);
            out.push_str(": ");
            self.write(value, under.map(|_| name.as_str()), out);
        }
        out.push_str(" }");
    }

    /// The platform's currency code, `USD` where there is no platform.
    pub fn currency(&self) -> &str {
        let text = self.worlds.first().and_then(|world| self.platform_word(world, "currency"));
        text.unwrap_or("USD")
    }

    /// The one platform of a world, never a preset.
    pub fn platform(&self, world: &World) -> Option<EntityId> {
        let all = world.of_kind(self.kind("platform")?);
        all.iter().find(|entity| self.entities[**entity].package.is_none()).copied()
    }

    /// A text or enum value of the platform.
    pub(crate) fn platform_text(&self, world: &World, field: &str) -> Option<String> {
        self.platform_word(world, field).map(str::to_owned)
    }

    fn platform_word(&self, world: &World, field: &str) -> Option<&str> {
        match self.slot_named(world, self.platform(world)?, field)?.value {
            Value::Text(name) => Some(self.text(name)),
            Value::Enum(of, at) => {
                let value = self.kinds.enums[of].values.get(usize::from(at))?;
                Some(self.text(value.name))
            }
            _ => None,
        }
    }
}

fn write_quoted(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' | '{' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
    }
    out.push('"');
}

impl Per {
    /// Hours in the period; a month is 730 hours, a year 8,760.
    pub fn hours(self) -> i64 {
        match self {
            Per::Hour => 1,
            Per::Day => 24,
            Per::Month => 730,
            Per::Year => 8_760,
        }
    }
}

impl Dimension {
    /// The dimension in a user's words.
    pub fn name(self) -> &'static str {
        match self {
            Dimension::Cpu => "CPU",
            Dimension::Memory => "memory",
            Dimension::Storage => "storage",
            Dimension::Duration => "a duration",
            Dimension::Money => "money",
            Dimension::Rate(_) => "money over time",
            Dimension::Percent => "a percentage",
            Dimension::Decimal => "a number",
        }
    }
}

impl Date {
    /// The civil date; `None` for a day that no calendar has.
    pub fn from_civil(year: i32, month: u8, day: u8) -> Option<Date> {
        let days_of_month = match month {
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            _ => return None,
        };
        if day == 0 || day > days_of_month {
            return None;
        }
        // Days from civil, with March as the first month, so that the leap day is the last of its year.
        let shifted = if month <= 2 { year - 1 } else { year };
        let era = shifted.div_euclid(400);
        let year_of_era = shifted.rem_euclid(400);
        let day_of_year = (153 * ((i32::from(month) + 9) % 12) + 2) / 5 + i32::from(day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Some(Date(era * 146_097 + day_of_era - 719_468))
    }

    /// Year, month and day.
    pub fn civil(self) -> (i32, u8, u8) {
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * shifted_month + 2) / 5 + 1) as u8;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 } as u8;
        (year_of_era + era * 400 + i32::from(month <= 2), month, day)
    }

    pub fn next(self) -> Date {
        Date(self.0.saturating_add(1))
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn dates_go_both_ways() {
        for text in ["1970-01-01", "2000-02-29", "2026-11-20", "1899-12-31", "9999-12-31"] {
            let parts: Vec<i32> = text.split('-').map(|part| part.parse().unwrap()).collect();
            let date = Date::from_civil(parts[0], parts[1] as u8, parts[2] as u8).unwrap();
            assert_eq!(date.to_string(), text);
        }
        assert_eq!(Date::from_civil(2026, 2, 29), None);
        assert_eq!(Date::from_civil(1970, 1, 2), Some(Date(1)));
    }
}
