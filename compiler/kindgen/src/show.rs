//! The JSON Schema of `nbc show --format json`: every standard kind with the effective values of its fields.
//!
//! Absent values are left out. A quantity has its canonical text beside the whole number in base units. An element of a
//! dated list is an object with its days. A variant is an object with one member, named as its case.

use nbc_model::Model;
use nbc_model::index::Table;
use nbc_model::kinds::{Dated, Field, FieldId, Type};
use nbc_model::value::Dimension;
use serde_json::{Map, Value, json};

pub(crate) fn schema(model: &Model) -> String {
    let mut definitions = Map::new();
    let mut kinds = Vec::new();
    for (_, kind) in model.kinds.kinds.iter().filter(|(_, kind)| kind.standard) {
        let name = model.text(kind.name);
        definitions.insert(format!("kind.{name}"), with_doc(object(model, &kind.fields), &kind.doc));
        kinds.push(json!({
            "properties": { "kind": { "const": name }, "fields": { "$ref": format!("#/$defs/kind.{name}") } }
        }));
    }
    for (_, record) in model.kinds.records.iter() {
        definitions.insert(model.text(record.name).to_owned(), with_doc(object(model, &record.fields), &record.doc));
    }
    for (_, variant) in model.kinds.variants.iter() {
        let case = |case: &nbc_model::kinds::VariantCase| {
            let name = model.text(case.name);
            json!({
                "type": "object", "properties": { name: object(model, &case.fields) },
                "required": [name], "additionalProperties": false
            })
        };
        let cases: Vec<Value> = variant.cases.iter().map(case).collect();
        definitions.insert(model.text(variant.name).to_owned(), with_doc(json!({ "oneOf": cases }), &variant.doc));
    }
    for (_, choice) in model.kinds.enums.iter() {
        let name = model.text(choice.name);
        let values: Vec<&str> = choice.values.iter().map(|value| model.text(value.name)).collect();
        // Sites may add affiliations, so the schema names none of them.
        let ty = if name == "Affiliation" { json!({ "type": "string" }) } else { json!({ "enum": values }) };
        definitions.insert(name.to_owned(), with_doc(ty, &choice.doc));
    }
    let mut text = serde_json::to_string_pretty(&whole(definitions, kinds)).unwrap_or_default();
    text.push('\n');
    text
}

fn whole(definitions: Map<String, Value>, kinds: Vec<Value>) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "nbc show --format json",
        "description": "Written by `cargo run -p nbc-kindgen` from `stdlib/kinds/`. Kinds of your own have any fields.",
        "type": "object",
        "required": ["schema_version", "as_of", "declarations"],
        "additionalProperties": false,
        "properties": {
            "schema_version": { "const": 1 },
            "as_of": { "type": "string", "format": "date" },
            "stage": { "type": "string" },
            "declarations": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["kind", "handle", "fields"],
                    "additionalProperties": false,
                    "properties": {
                        "kind": { "type": "string" },
                        "handle": { "type": "string" },
                        "place": { "type": "string", "description": "FILE:LINE:COLUMN" },
                        "fields": { "type": "object" }
                    },
                    "anyOf": kinds.into_iter().chain([own_kind(&definitions)]).collect::<Vec<_>>()
                }
            }
        },
        "$defs": definitions
    })
}

/// A declaration of a kind that the workspace itself declares.
fn own_kind(definitions: &Map<String, Value>) -> Value {
    let standard: Vec<&str> = definitions.keys().filter_map(|name| name.strip_prefix("kind.")).collect();
    json!({ "properties": { "kind": { "not": { "enum": standard } } } })
}

fn object(model: &Model, fields: &Table<FieldId, Field>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (_, field) in fields.iter().filter(|(_, field)| field.pack.is_none()) {
        let name = model.text(field.name);
        properties.insert(name.to_owned(), with_doc(of_type(model, &field.ty), &field.doc));
        if !field.optional {
            required.push(name);
        }
    }
    // A pack has the parameters that its pack.nbc declares beside these.
    let open = properties.contains_key("hard-from");
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": open })
}

fn with_doc(mut schema: Value, doc: &str) -> Value {
    if let (Some(object), false) = (schema.as_object_mut(), doc.is_empty()) {
        object.insert("description".to_owned(), json!(doc.replace('\n', " ")));
    }
    schema
}

fn of_type(model: &Model, ty: &Type) -> Value {
    let kinds = &model.kinds;
    let definition = |name: &str| json!({ "$ref": format!("#/$defs/{name}") });
    match kinds.base(ty) {
        Type::Invalid | Type::Named(_) => json!({}),
        Type::Bool => json!({ "type": "boolean" }),
        Type::Int => json!({ "type": "integer" }),
        Type::Count => json!({ "type": "integer", "minimum": 0 }),
        Type::Text | Type::Permission | Type::Entity(_) => json!({ "type": "string" }),
        Type::Date => json!({ "type": "string", "format": "date" }),
        Type::Quantity(dimension) => quantity(*dimension),
        Type::Enum(id) => definition(kinds.enums.row(*id).map_or("", |row| model.text(row.name))),
        Type::Record(id) => definition(kinds.records.row(*id).map_or("", |row| model.text(row.name))),
        Type::Variant(id) => definition(kinds.variants.row(*id).map_or("", |row| model.text(row.name))),
        Type::OneOf(parts) => json!({ "anyOf": parts.iter().map(|part| of_type(model, part)).collect::<Vec<_>>() }),
        Type::List(of, Dated::No) => json!({ "type": "array", "items": of_type(model, of) }),
        Type::List(of, Dated::Yes) => json!({ "type": "array", "items": dated(of_type(model, of)) }),
        Type::Map(_, value) => json!({ "type": "object", "additionalProperties": of_type(model, value) }),
    }
}

fn dated(value: Value) -> Value {
    let day = json!({ "type": "string", "format": "date" });
    json!({
        "type": "object", "required": ["value"], "additionalProperties": false,
        "properties": { "value": value, "from": day, "until": day }
    })
}

fn quantity(dimension: Dimension) -> Value {
    let unit = match dimension {
        Dimension::Cpu => "millicores",
        Dimension::Memory | Dimension::Storage => "bytes",
        Dimension::Duration => "milliseconds",
        Dimension::Money => "minor",
        Dimension::Rate(_) => "ten_thousandths",
        Dimension::Percent => "hundredths",
        Dimension::Decimal => "ten_thousandths",
    };
    json!({
        "type": "object", "required": ["text", unit], "additionalProperties": false,
        "properties": { "text": { "type": "string" }, unit: { "type": "integer" } }
    })
}
