//! `nbc show`: the declarations of a kind as a list, or one declaration with every default filled in.

use nbc_model::Model;
use nbc_model::kinds::{Field, FieldId, KindId};
use nbc_model::value::{Date, Dimension, Element, Layer, Per, Slot, Value};
use nbc_model::world::{EntityId, World};
use nbc_source::{Sources, secrets, suggest};
use serde_json::{Map, Value as Json, json};

use crate::render::table::Table;

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// A kind, or `kind.handle`; nothing is all kinds.
    pub what: Option<&'a str>,
    /// Fields, and fields of fields: `title`, `quota.cpu`; `handle` and `place` too.
    pub columns: &'a [String],
    /// Defaults too, not only what somebody said.
    pub effective: bool,
}

/// All kinds with their counts, the declarations of a kind, or the fields of one declaration. What stands above the
/// table is for people.
///
/// # Errors
/// When something is asked for that is not there, with the nearest names.
pub(crate) fn table(
    model: &Model,
    sources: &Sources,
    world: &World,
    asked: &Asked<'_>,
) -> Result<(Option<String>, Table), String> {
    let Some(what) = asked.what else { return Ok((None, kinds(model, world))) };
    if !what.contains('.') {
        let kind = kind_named(model, what)?;
        return Ok((None, list(model, sources, world, kind, &columns(model, kind, asked.columns)?)));
    }
    let entity = entity_at(model, world, what)?;
    let above = format!("{}  {}", model.path(entity), sources.line_place(model.entities[entity].span));
    Ok((Some(above), one(model, sources, world, entity, asked)?))
}

/// The shape of `schema/show.json`.
///
/// # Errors
/// As [`table`].
pub fn json(model: &Model, sources: &Sources, world: &World, asked: &Asked<'_>) -> Result<Json, String> {
    let entities: Vec<EntityId> = match asked.what {
        None => model.kinds.kinds.ids().flat_map(|kind| world.of_kind(kind).to_vec()).collect(),
        Some(what) if what.contains('.') => vec![entity_at(model, world, what)?],
        Some(what) => world.of_kind(kind_named(model, what)?).to_vec(),
    };
    if let Some(kind) = asked.what.and_then(|what| what.split('.').next()) {
        columns(model, kind_named(model, kind)?, asked.columns)?;
    }
    let declarations: Vec<Json> =
        entities.into_iter().map(|entity| declaration(model, sources, world, entity, asked.columns)).collect();
    let mut page = Map::new();
    page.insert("schema_version".into(), json!(1));
    page.insert("as_of".into(), json!(world.as_of.to_string()));
    if let Some(stage) = world.stage {
        page.insert("stage".into(), json!(model.text(model.stages[stage].name)));
    }
    page.insert("declarations".into(), Json::Array(declarations));
    Ok(Json::Object(page))
}

/// The kind of that name.
///
/// # Errors
/// With the nearest kinds.
pub fn kind_named(model: &Model, word: &str) -> Result<KindId, String> {
    model.kind(word).ok_or_else(|| {
        let kinds = model.kinds.kinds.iter().map(|(_, kind)| model.text(kind.name));
        unknown(&format!("kind `{word}`"), &suggest::nearest(word, kinds))
    })
}

/// The entity of `kind.handle`, and of the owned blocks below it: `group.ml.quota`.
///
/// # Errors
/// With the nearest names.
pub fn entity_at(model: &Model, world: &World, path: &str) -> Result<EntityId, String> {
    let mut steps = path.split('.');
    let kind = kind_named(model, steps.next().unwrap_or_default())?;
    let handle = steps.next().unwrap_or_default();
    let all = world.of_kind(kind);
    let named = all.iter().find(|entity| model.entities[**entity].owner.is_none() && model.handle(**entity) == handle);
    let Some(mut entity) = named.copied() else {
        let handles = all.iter().map(|entity| model.handle(*entity));
        let kind = model.text(model.kinds.kinds[kind].name);
        return Err(unknown(&format!("{kind} `{handle}`"), &suggest::nearest(handle, handles)));
    };
    for step in steps {
        match model.slot_named(world, entity, step).map(|slot| slot.value) {
            Some(Value::Entity(block)) if model.entities[block].owner.is_some() => entity = block,
            _ => return Err(format!("`{step}` of `{}` is no block of its own", model.path(entity))),
        }
    }
    Ok(entity)
}

fn unknown(what: &str, near: &[&str]) -> String {
    match near {
        [] => format!("there is no {what}"),
        near => format!("there is no {what}; did you mean `{}`?", near.join("`, `")),
    }
}

fn kinds(model: &Model, world: &World) -> Table {
    let mut table = Table::new(["kind", "declared", "what it is"]);
    for (id, kind) in model.kinds.kinds.iter() {
        let count = world.of_kind(id).len();
        if count > 0 {
            table.push([model.text(kind.name).to_owned(), count.to_string(), first_line(&kind.doc).to_owned()]);
        }
    }
    table
}

/// A column of a list.
enum Column<'a> {
    Handle,
    Place,
    /// A field of the kind, then fields of the block or record that it holds.
    Field(FieldId, Vec<&'a str>),
}

/// The columns that were asked for, else handle, title and place.
fn columns<'a>(model: &Model, kind: KindId, wanted: &'a [String]) -> Result<Vec<(&'a str, Column<'a>)>, String> {
    let fields = &model.kinds.kinds[kind];
    let column = |path: &'a str| {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let field = model.names.find(first).and_then(|name| fields.field(name));
        match (first, rest, field) {
            (_, _, Some(field)) => {
                Ok((path, Column::Field(field, rest.map_or_else(Vec::new, |rest| rest.split('.').collect()))))
            }
            ("handle", None, None) => Ok((path, Column::Handle)),
            ("place", None, None) => Ok((path, Column::Place)),
            _ => {
                let names = fields.fields.iter().map(|(_, field)| model.text(field.name)).chain(["handle", "place"]);
                let (kind, near) = (model.text(fields.name), suggest::nearest(first, names));
                let way_out = if near.is_empty() { format!("; `nbc docs {kind}` lists all") } else { String::new() };
                Err(unknown(&format!("field `{first}` of {kind}"), &near) + &way_out)
            }
        }
    };
    match wanted {
        [] => ["handle", "title", "place"].into_iter().map(column).collect(),
        wanted => wanted.iter().map(|path| column(path.as_str())).collect(),
    }
}

fn list(model: &Model, sources: &Sources, world: &World, kind: KindId, columns: &[(&str, Column<'_>)]) -> Table {
    let mut table = Table::new(columns.iter().map(|(name, _)| *name));
    for entity in world.of_kind(kind) {
        table.push(columns.iter().map(|(_, column)| match column {
            Column::Handle => path_below_kind(model, *entity),
            Column::Place => sources.line_place(model.entities[*entity].span),
            Column::Field(field, rest) => {
                let held = model.slot(world, *entity, *field).map(|slot| slot.value);
                let value = rest.iter().fold(held, |value, step| part(model, world, value?, step));
                value.map_or_else(String::new, |value| shown(model, value))
            }
        }));
    }
    table
}

/// A field of what a field holds.
fn part(model: &Model, world: &World, value: Value, name: &str) -> Option<Value> {
    match value {
        Value::Entity(entity) => model.slot_named(world, entity, name).map(|slot| slot.value),
        Value::Record(of, fields) => {
            let at = model.kinds.records[of].fields.iter().position(|(_, field)| model.text(field.name) == name)?;
            model.slots(fields).get(at).map(|slot| slot.value)
        }
        Value::Map(map) => {
            model.store.entries(map).iter().find(|entry| model.key_text(entry.key) == name).map(|entry| entry.value)
        }
        _ => None,
    }
}

/// A value in a cell: texts without quotes, nothing for what nobody set.
fn shown(model: &Model, value: Value) -> String {
    match value {
        Value::Absent => String::new(),
        Value::Text(name) => model.text(name).to_owned(),
        other => model.shown("", other),
    }
}

/// The fields of one declaration, each with who said it and where.
fn one(model: &Model, sources: &Sources, world: &World, entity: EntityId, asked: &Asked<'_>) -> Result<Table, String> {
    let kind = model.entities[entity].kind;
    columns(model, kind, asked.columns)?;
    let fields = &model.kinds.kinds[kind].fields;
    let mut table = Table::new(["field", "value", "said by", "place"]);
    for (id, slot) in visible(model, world, entity) {
        let name = model.text(fields[id].name);
        let is_shown = match asked.columns {
            [] => asked.effective || was_said(model, slot),
            wanted => is_wanted(wanted, name),
        };
        if is_shown {
            let by = said_by(model, &fields[id], slot);
            table.push([name.to_owned(), model.shown(name, slot.value), by, place(model, sources, slot)]);
        }
    }
    Ok(table)
}

/// Whether a column names the field or something in it.
fn is_wanted(columns: &[String], field: &str) -> bool {
    columns.iter().any(|column| column.split('.').next() == Some(field))
}

fn said_by(model: &Model, field: &Field, slot: Slot) -> String {
    match model.origin(slot.origin).layer {
        Layer::Default if field.computed.is_some() => "computed".to_owned(),
        Layer::Default => "default".to_owned(),
        Layer::Inherited => "inherited".to_owned(),
        Layer::Declaration => "declared".to_owned(),
        Layer::Stage(stage) => format!("stage {}", model.text(model.stages[stage].name)),
        Layer::Test => "test".to_owned(),
    }
}

/// The fields that this declaration can have and that hold something.
fn visible<'m>(model: &'m Model, world: &'m World, entity: EntityId) -> impl Iterator<Item = (FieldId, Slot)> + 'm {
    let row = &model.entities[entity];
    let fields = model.kinds.kinds[row.kind].fields.iter();
    let ours = |field: &Field| field.pack.is_none_or(|pack| pack == row.handle);
    fields
        .filter(move |(_, field)| ours(field))
        .filter_map(move |(id, _)| model.slot(world, entity, id).map(|slot| (id, slot)))
        .filter(|(_, slot)| slot.value != Value::Absent)
}

fn was_said(model: &Model, slot: Slot) -> bool {
    model.origin(slot.origin).layer > Layer::Default
}

fn place(model: &Model, sources: &Sources, slot: Slot) -> String {
    let span = model.origin(slot.origin).span;
    if span.is_empty() { String::new() } else { sources.line_place(span) }
}

fn first_line(doc: &str) -> &str {
    doc.lines().next().unwrap_or_default()
}

fn declaration(model: &Model, sources: &Sources, world: &World, entity: EntityId, wanted: &[String]) -> Json {
    let row = &model.entities[entity];
    let kind = &model.kinds.kinds[row.kind];
    let mut fields = Map::new();
    for (id, slot) in visible(model, world, entity) {
        let name = model.text(kind.fields[id].name);
        if wanted.is_empty() || is_wanted(wanted, name) {
            fields.insert(name.to_owned(), value_json(model, slot.value));
        }
    }
    json!({
        "kind": model.text(kind.name),
        "handle": path_below_kind(model, entity),
        "place": sources.place(row.span),
        "fields": fields,
    })
}

/// `ml-research`, `ml-research.quota`
fn path_below_kind(model: &Model, entity: EntityId) -> String {
    match model.entities[entity].owner {
        Some((owner, _)) => format!("{}.{}", path_below_kind(model, owner), model.handle(entity)),
        None => model.handle(entity).to_owned(),
    }
}

/// A value as `schema/show.json` has it.
pub fn value_json(model: &Model, value: Value) -> Json {
    match value {
        Value::Absent | Value::Poisoned => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Int(value) => json!(value),
        Value::Quantity(dimension, amount) => quantity_json(model, dimension, amount),
        Value::Text(name) => json!(model.text(name)),
        Value::Date(date) => json!(date.to_string()),
        Value::Enum(..) | Value::Permission(_) => json!(model.display(value)),
        Value::Entity(entity) => json!(path_below_kind(model, entity)),
        Value::List(list) => model.elements(list).iter().map(|element| element_json(model, element)).collect(),
        Value::Map(map) => {
            let entries = model.store.entries(map).iter().map(|entry| {
                let key = model.key_text(entry.key);
                let value = match entry.value {
                    Value::Text(text) => json!(secrets::shown(&key, model.text(text))),
                    other => value_json(model, other),
                };
                (key, value)
            });
            Json::Object(entries.collect())
        }
        Value::Record(of, fields) => {
            let names = model.kinds.records[of].fields.iter().map(|(_, field)| model.text(field.name));
            fields_json(model, names, model.slots(fields))
        }
        Value::Variant(of, case, fields) => {
            let Some(case) = model.kinds.variants[of].cases.get(usize::from(case)) else { return Json::Null };
            let names = case.fields.iter().map(|(_, field)| model.text(field.name));
            json!({ model.text(case.name): fields_json(model, names, model.slots(fields)) })
        }
    }
}

fn fields_json<'m>(model: &Model, names: impl Iterator<Item = &'m str>, slots: &[Slot]) -> Json {
    let said = names.zip(slots).filter(|(_, slot)| slot.value != Value::Absent);
    Json::Object(said.map(|(name, slot)| (name.to_owned(), value_json(model, slot.value))).collect())
}

fn element_json(model: &Model, element: &Element) -> Json {
    let value = value_json(model, element.value);
    if element.from.is_none() && element.until.is_none() {
        return value;
    }
    let mut dated = Map::new();
    dated.insert("value".into(), value);
    let mut add = |name: &str, date: Option<Date>| {
        if let Some(date) = date {
            dated.insert(name.into(), json!(date.to_string()));
        }
    };
    add("from", element.from);
    add("until", element.until);
    Json::Object(dated)
}

fn quantity_json(model: &Model, dimension: Dimension, amount: i64) -> Json {
    let text = model.display(Value::Quantity(dimension, amount));
    match dimension {
        Dimension::Cpu => json!({ "text": text, "millicores": amount }),
        Dimension::Memory | Dimension::Storage => json!({ "text": text, "bytes": amount }),
        Dimension::Duration => json!({ "text": text, "milliseconds": amount }),
        Dimension::Money => json!({ "text": text, "minor": amount }),
        Dimension::Rate(per) => json!({ "text": text, "ten_thousandths": amount, "per": per_word(per) }),
        Dimension::Percent => json!({ "text": text, "hundredths": amount }),
        Dimension::Decimal => json!({ "text": text, "ten_thousandths": amount }),
    }
}

fn per_word(per: Per) -> &'static str {
    match per {
        Per::Hour => "hour",
        Per::Day => "day",
        Per::Month => "month",
        Per::Year => "year",
    }
}
