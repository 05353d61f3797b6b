//! `nbc show`: the declarations of a kind as a list, or one declaration with every default filled in.

use nbc_model::Model;
use nbc_model::kinds::{Field, FieldId, KindId};
use nbc_model::value::{Date, Dimension, Element, Per, Slot, Value};
use nbc_model::world::{EntityId, World};
use nbc_source::{Sources, suggest};
use serde_json::{Map, Value as Json, json};

/// All kinds with their counts, the declarations of a kind, or the fields of one declaration.
///
/// # Errors
/// When `what` names nothing, with the nearest names.
pub fn text(
    model: &Model,
    sources: &Sources,
    world: &World,
    what: Option<&str>,
    effective: bool,
) -> Result<String, String> {
    let Some(what) = what else { return Ok(kinds(model, world)) };
    match what.split_once('.') {
        None => Ok(list(model, sources, world, kind_named(model, what)?)),
        Some(_) => Ok(one(model, sources, world, entity_at(model, world, what)?, effective)),
    }
}

/// The shape of `schema/show.json`.
///
/// # Errors
/// As [`text`].
pub fn json(model: &Model, sources: &Sources, world: &World, what: Option<&str>) -> Result<Json, String> {
    let entities: Vec<EntityId> = match what {
        None => model.kinds.kinds.ids().flat_map(|kind| world.of_kind(kind).to_vec()).collect(),
        Some(what) if what.contains('.') => vec![entity_at(model, world, what)?],
        Some(what) => world.of_kind(kind_named(model, what)?).to_vec(),
    };
    let declarations: Vec<Json> =
        entities.into_iter().map(|entity| declaration(model, sources, world, entity)).collect();
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

fn kinds(model: &Model, world: &World) -> String {
    let mut text = String::new();
    for (id, kind) in model.kinds.kinds.iter() {
        let count = world.of_kind(id).len();
        if count > 0 {
            text += &format!("{count:>7}  {:<18} {}\n", model.text(kind.name), first_line(&kind.doc));
        }
    }
    text
}

fn list(model: &Model, sources: &Sources, world: &World, kind: KindId) -> String {
    let entities = world.of_kind(kind);
    let width = entities.iter().map(|entity| model.path(*entity).chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for entity in entities {
        let title = match model.slot_named(world, *entity, "title").map(|slot| slot.value) {
            Some(Value::Text(title)) => model.text(title),
            _ => "",
        };
        let place = sources.line_place(model.entities[*entity].span);
        text += &format!("{:<width$}  {title:<28} {place}\n", model.path(*entity));
    }
    text
}

fn one(model: &Model, sources: &Sources, world: &World, entity: EntityId, effective: bool) -> String {
    let row = &model.entities[entity];
    let kind = &model.kinds.kinds[row.kind];
    let mut text = format!("{}  {}\n", model.path(entity), sources.line_place(row.span));
    let fields = visible(model, world, entity).filter(|(_, slot)| effective || was_said(model, *slot));
    let lines: Vec<(&str, String, String)> = fields
        .map(|(id, slot)| {
            let place = place(model, sources, slot);
            (model.text(kind.fields[id].name), model.display(slot.value), place)
        })
        .collect();
    let width = lines.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
    for (name, value, place) in lines {
        text += &format!("  {name:<width$}  {value:<32} {place}\n");
    }
    text
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
    model.origin(slot.origin).layer > nbc_model::value::Layer::Default
}

fn place(model: &Model, sources: &Sources, slot: Slot) -> String {
    let span = model.origin(slot.origin).span;
    if span.is_empty() { String::new() } else { sources.line_place(span) }
}

fn first_line(doc: &str) -> &str {
    doc.lines().next().unwrap_or_default()
}

fn declaration(model: &Model, sources: &Sources, world: &World, entity: EntityId) -> Json {
    let row = &model.entities[entity];
    let kind = &model.kinds.kinds[row.kind];
    let mut fields = Map::new();
    for (id, slot) in visible(model, world, entity) {
        fields.insert(model.text(kind.fields[id].name).to_owned(), value_json(model, slot.value));
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
                let key = match entry.key {
                    Value::Text(name) => model.text(name).to_owned(),
                    key => model.display(key),
                };
                (key, value_json(model, entry.value))
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
