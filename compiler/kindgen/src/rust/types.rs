//! Types of the language as types of Rust.

use std::collections::BTreeMap;

use nbc_model::Model;
use nbc_model::index::Table;
use nbc_model::kinds::{Dated, Field, FieldId, Type};
use nbc_model::value::Dimension;
use nbc_source::Span;

use crate::names::{camel, file, kind_struct};

/// The file of a type: that of the kind declared in the same source file, else `types`.
pub(super) fn file_of(model: &Model, span: Span) -> String {
    let kind = model.kinds.kinds.iter().find(|(_, kind)| kind.standard && kind.span.file == span.file);
    kind.map_or_else(|| "types".to_owned(), |(_, kind)| file(model.text(kind.name)))
}

/// The Rust type of a value.
pub(super) fn rust(model: &Model, ty: &Type) -> String {
    let kinds = &model.kinds;
    match ty {
        Type::Invalid => "()".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Int | Type::Count => "i64".to_owned(),
        Type::Text => "&'m str".to_owned(),
        Type::Date => "Date".to_owned(),
        Type::Quantity(dimension) => quantity(*dimension).to_owned(),
        Type::Permission => "ActionId".to_owned(),
        Type::Named(id) => match kinds.base(ty) {
            Type::OneOf(_) => with_lifetime(model, ty, camel(model.text(kinds.types[*id].name))),
            base => rust(model, base),
        },
        Type::Enum(id) => with_lifetime(model, ty, camel(model.text(kinds.enums[*id].name))),
        Type::Record(id) => with_lifetime(model, ty, record_struct(model.text(kinds.records[*id].name))),
        Type::Variant(id) => with_lifetime(model, ty, camel(model.text(kinds.variants[*id].name))),
        Type::Entity(id) => format!("Id<{}<'m>>", kind_struct(model.text(kinds.kinds[*id].name))),
        Type::OneOf(parts) => with_lifetime(model, ty, union_name(model, parts)),
        Type::List(of, _) => format!("Vec<Item<{}>>", rust(model, of)),
        Type::Map(key, value) => format!("Vec<Entry<{}, {}>>", rust(model, key), rust(model, value)),
    }
}

fn quantity(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Cpu => "Millicores",
        Dimension::Memory | Dimension::Storage => "Bytes",
        Dimension::Duration => "Milliseconds",
        Dimension::Money => "Money",
        Dimension::Rate(_) => "Rate",
        Dimension::Percent => "Percent",
        Dimension::Decimal => "Decimal",
    }
}

/// `Option` would hide the one that everybody knows.
pub(super) fn record_struct(name: &str) -> String {
    match name {
        "Option" => "LauncherOption".to_owned(),
        other => camel(other),
    }
}

fn with_lifetime(model: &Model, ty: &Type, name: String) -> String {
    if borrows(model, ty) { format!("{name}<'m>") } else { name }
}

/// Whether the Rust type borrows from the model: it holds text or a reference somewhere.
pub(super) fn borrows(model: &Model, ty: &Type) -> bool {
    let kinds = &model.kinds;
    match kinds.base(ty) {
        Type::Text | Type::Entity(_) => true,
        Type::Invalid | Type::Bool | Type::Int | Type::Count | Type::Date | Type::Quantity(_) => false,
        Type::Permission | Type::Named(_) => false,
        Type::Enum(id) => is_open(model.text(kinds.enums[*id].name)),
        Type::Record(id) => fields_borrow(model, &kinds.records[*id].fields),
        Type::Variant(id) => kinds.variants[*id].cases.iter().any(|case| fields_borrow(model, &case.fields)),
        Type::OneOf(parts) => parts.iter().any(|part| borrows(model, part)),
        Type::List(of, _) => borrows(model, of),
        Type::Map(key, value) => borrows(model, key) || borrows(model, value),
    }
}

pub(super) fn fields_borrow(model: &Model, fields: &Table<FieldId, Field>) -> bool {
    fields.iter().any(|(_, field)| borrows(model, &field.ty))
}

/// The one enum that sites extend gets a last case with the text of what a site added.
pub(super) fn is_open(name: &str) -> bool {
    name == "Affiliation"
}

/// `group | user` and `user | group` are one type: `GroupOrUser`.
pub(super) fn union_name(model: &Model, parts: &[Type]) -> String {
    let mut names: Vec<String> = parts.iter().map(|part| part_name(model, part)).collect();
    names.sort();
    names.join("Or")
}

/// One alternative of a union, as the case of a Rust enum.
pub(super) fn part_name(model: &Model, ty: &Type) -> String {
    let kinds = &model.kinds;
    match ty {
        Type::Text => "Text".to_owned(),
        Type::Entity(id) => camel(model.text(kinds.kinds[*id].name)),
        Type::Enum(id) => camel(model.text(kinds.enums[*id].name)),
        Type::Record(id) => camel(model.text(kinds.records[*id].name)),
        Type::Variant(id) => camel(model.text(kinds.variants[*id].name)),
        Type::Named(id) => camel(model.text(kinds.types[*id].name)),
        Type::Quantity(dimension) => quantity(*dimension).to_owned(),
        Type::Bool => "Bool".to_owned(),
        Type::Int | Type::Count => "Number".to_owned(),
        Type::Date => "Date".to_owned(),
        Type::Permission => "Permission".to_owned(),
        Type::Invalid | Type::OneOf(_) | Type::List(..) | Type::Map(..) => "Other".to_owned(),
    }
}

/// A union that some field uses, and its name.
pub(super) struct Union {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) parts: Vec<Type>,
}

/// All unions, each once, sorted by name.
pub(super) fn unions(model: &Model) -> Vec<Union> {
    let mut found = BTreeMap::new();
    let kinds = &model.kinds;
    let of_kinds = kinds.kinds.iter().flat_map(|(_, kind)| kind.fields.iter());
    let of_records = kinds.records.iter().flat_map(|(_, record)| record.fields.iter());
    let cases = kinds.variants.iter().flat_map(|(_, variant)| &variant.cases);
    let of_cases = cases.flat_map(|case| case.fields.iter());
    for (_, field) in of_kinds.chain(of_records).chain(of_cases) {
        collect(model, &field.ty, &mut found);
    }
    found.into_values().collect()
}

fn collect(model: &Model, ty: &Type, found: &mut BTreeMap<String, Union>) {
    match ty {
        Type::List(of, Dated::Yes | Dated::No) => collect(model, of, found),
        Type::Map(key, value) => {
            collect(model, key, found);
            collect(model, value, found);
        }
        Type::OneOf(parts) => {
            let name = union_name(model, parts);
            insert(model, name, "Either of the two.".to_owned(), parts, found);
        }
        Type::Named(id) => {
            let named = &model.kinds.types[*id];
            if let Type::OneOf(parts) = model.kinds.base(ty) {
                insert(model, camel(model.text(named.name)), named.doc.clone(), parts, found);
            }
        }
        Type::Invalid | Type::Bool | Type::Int | Type::Count | Type::Text | Type::Date => {}
        Type::Quantity(_) | Type::Permission | Type::Enum(_) | Type::Record(_) => {}
        Type::Variant(_) | Type::Entity(_) => {}
    }
}

fn insert(model: &Model, name: String, doc: String, parts: &[Type], found: &mut BTreeMap<String, Union>) {
    let mut parts = parts.to_vec();
    parts.sort_by_key(|part| part_name(model, part));
    found.entry(name.clone()).or_insert(Union { name, doc, parts });
}
