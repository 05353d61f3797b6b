//! One Rust item for each kind, record, variant, enum and union, and its reading.

use nbc_model::Model;
use nbc_model::index::Table;
use nbc_model::kinds::{EnumType, Field, FieldId, Kind, RecordType, Type, VariantType};

use super::doc;
use super::types::{Union, borrows, fields_borrow, is_open, part_name, record_struct, rust};
use crate::names::{camel, kind_struct, plural, snake};

/// The struct of a kind and its `lower`.
pub(super) fn kind(model: &Model, kind: &Kind) -> String {
    let name = model.text(kind.name);
    let rust_name = kind_struct(name);
    let mut out = format!("\n{}#[derive(Clone, Debug)]\npub struct {rust_name}<'m> {{\n", doc(&kind.doc, ""));
    out.push_str("    pub id: Id<Self>,\n    pub handle: &'m str,\n    /// The handle in the source, or the cell that names a row.\n    pub span: Span,\n");
    out.push_str(&declared(model, &kind.fields));
    out.push_str("}\n");
    out.push_str(&format!(
        "\nimpl<'m> {rust_name}<'m> {{\n    /// Reads an entity; total, see `read`.\n    pub fn lower(model: &'m Model, world: &'m World, entity: EntityId) -> Self {{\n        \
         let (reader, mut slots) = Reader::new(model, world, entity);\n        \
         Self {{\n            id: Id::new(entity),\n            handle: reader.handle(),\n            span: reader.span(),\n{}        }}\n    }}\n}}\n",
        read_fields(model, &kind.fields)
    ));
    out.push_str(&format!(
        "\nimpl<'m> Declared<'m> for {rust_name}<'m> {{\n    const KIND: &'static str = \"{name}\";\n\n    \
         fn id(&self) -> Id<Self> {{\n        self.id\n    }}\n\n    \
         fn all<'a>(declarations: &'a Declarations<'m>) -> &'a Rows<Self> {{\n        &declarations.{}\n    }}\n}}\n",
        plural(name)
    ));
    out
}

/// The struct of a record.
pub(super) fn record(model: &Model, record: &RecordType) -> String {
    structure(model, &record_struct(model.text(record.name)), &record.doc, &record.fields)
}

fn structure(model: &Model, name: &str, about: &str, fields: &Table<FieldId, Field>) -> String {
    let life = if fields_borrow(model, fields) { "<'m>" } else { "" };
    let mut out = format!("\n{}#[derive(Clone, Debug, PartialEq)]\npub struct {name}{life} {{\n", doc(about, ""));
    out.push_str(&declared(model, fields));
    out.push_str("}\n");
    out.push_str(&format!(
        "\nimpl<'m> Read<'m> for {name}{life} {{\n    fn read(reader: &Reader<'m>, value: Value) -> Self {{\n        \
         let mut slots = reader.slots(value);\n        Self {{\n{}        }}\n    }}\n}}\n",
        read_fields(model, fields)
    ));
    out
}

fn declared(model: &Model, fields: &Table<FieldId, Field>) -> String {
    let one = |field: &Field| {
        let ty = format!("Sourced<{}>", rust(model, &field.ty));
        let ty = if field.optional { format!("Option<{ty}>") } else { ty };
        format!("{}    pub {}: {ty},\n", doc(&field.doc, "    "), snake(model.text(field.name)))
    };
    fields.iter().map(|(_, field)| one(field)).collect()
}

fn read_fields(model: &Model, fields: &Table<FieldId, Field>) -> String {
    let one = |field: &Field| {
        let how = if field.optional { "optional" } else { "field" };
        format!("            {}: reader.{how}(&mut slots),\n", snake(model.text(field.name)))
    };
    fields.iter().map(|(_, field)| one(field)).collect()
}

/// The Rust enum of a variant; a case with fields holds a struct of its own, so that it can be passed on.
pub(super) fn variant(model: &Model, variant: &VariantType) -> String {
    let name = camel(model.text(variant.name));
    let life = if variant.cases.iter().any(|case| fields_borrow(model, &case.fields)) { "<'m>" } else { "" };
    let mut cases = String::new();
    let mut reading = String::new();
    let mut structures = String::new();
    for (at, case) in variant.cases.iter().enumerate() {
        let case_name = camel(model.text(case.name));
        let pattern = if at == 0 { "_".to_owned() } else { at.to_string() };
        let mut line = format!("            {pattern} => Self::{case_name},\n");
        if case.fields.is_empty() {
            cases.push_str(&format!("    {case_name},\n"));
        } else {
            let structure_name = format!("{name}{case_name}");
            let case_life = if fields_borrow(model, &case.fields) { "<'m>" } else { "" };
            cases.push_str(&format!("    {case_name}({structure_name}{case_life}),\n"));
            line = format!("            {pattern} => Self::{case_name}(Read::read(reader, value)),\n");
            let about = format!("`{}` of [`{name}`].", model.text(case.name));
            structures.push_str(&structure(model, &structure_name, &about, &case.fields));
        }
        if at == 0 { reading.push_str(&line) } else { reading.insert_str(0, &line) }
    }
    format!(
        "\n{}#[derive(Clone, Debug, PartialEq)]\npub enum {name}{life} {{\n{cases}}}\n\n\
         impl<'m> Read<'m> for {name}{life} {{\n    fn read(reader: &Reader<'m>, value: Value) -> Self {{\n        \
         match reader.case(value) {{\n{reading}        }}\n    }}\n}}\n{structures}",
        doc(&variant.doc, "")
    )
}

/// The Rust enum of an enum.
pub(super) fn choice(model: &Model, choice: &EnumType) -> String {
    let name = camel(model.text(choice.name));
    let open = is_open(&name);
    let life = if open { "<'m>" } else { "" };
    let (mut cases, mut reading, mut texts) = (String::new(), String::new(), String::new());
    for (at, value) in choice.values.iter().enumerate() {
        let text = model.text(value.name);
        let case = camel(text);
        cases.push_str(&doc(&value.title, "    "));
        cases.push_str(&format!("    {case},\n"));
        texts.push_str(&format!("            Self::{case} => \"{text}\",\n"));
        if at == 0 && !open {
            reading.push_str(&format!("            _ => Self::{case},\n"));
        } else {
            reading.insert_str(0, &format!("            {at} => Self::{case},\n"));
        }
    }
    if open {
        cases.push_str("    /// Added by the site with `extend enum`.\n    Site(&'m str),\n");
        texts.push_str("            Self::Site(text) => text,\n");
        reading.push_str("            _ => Self::Site(reader.choice_text(value)),\n");
    }
    let impl_life = if open { "<'m>" } else { "" };
    let text_life = if open { "'m" } else { "'static" };
    format!(
        "\n{}#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]\npub enum {name}{life} {{\n{cases}}}\n\n\
         impl{impl_life} {name}{life} {{\n    /// As the language writes it.\n    pub fn text(self) -> &{text_life} str {{\n        \
         match self {{\n{texts}        }}\n    }}\n}}\n\n\
         impl<'m> Read<'m> for {name}{life} {{\n    fn read(reader: &Reader<'m>, value: Value) -> Self {{\n        \
         match reader.choice(value) {{\n{reading}        }}\n    }}\n}}\n",
        doc(&choice.doc, "")
    )
}

/// The Rust enum of `A | B`.
pub(super) fn union(model: &Model, union: &Union) -> String {
    let name = &union.name;
    let life = if union.parts.iter().any(|part| borrows(model, part)) { "<'m>" } else { "" };
    let cases: String =
        union.parts.iter().map(|part| format!("    {}({}),\n", part_name(model, part), rust(model, part))).collect();
    let arms: String = union.parts.iter().enumerate().map(|(at, part)| arm(model, part, at == 0)).rev().collect();
    let copy = if union.parts.iter().all(|part| is_small(model, part)) { "Clone, Copy" } else { "Clone" };
    format!(
        "\n{}#[derive({copy}, Debug, PartialEq)]\npub enum {name}{life} {{\n{cases}}}\n\n\
         impl<'m> Read<'m> for {name}{life} {{\n    fn read(reader: &Reader<'m>, value: Value) -> Self {{\n        \
         match value {{\n{arms}        }}\n    }}\n}}\n",
        doc(&union.doc, "")
    )
}

fn is_small(model: &Model, ty: &Type) -> bool {
    matches!(model.kinds.base(ty), Type::Text | Type::Entity(_) | Type::Enum(_))
}

fn arm(model: &Model, part: &Type, last: bool) -> String {
    let case = part_name(model, part);
    let pattern = match model.kinds.base(part) {
        _ if last => "_".to_owned(),
        Type::Text => "Value::Text(_)".to_owned(),
        Type::Entity(id) => {
            let kind = model.text(model.kinds.kinds[*id].name);
            format!("Value::Entity(_) if reader.kind_of(value) == \"{kind}\"")
        }
        Type::Enum(_) => "Value::Enum(..)".to_owned(),
        Type::Record(_) => "Value::Record(..)".to_owned(),
        Type::Variant(_) => "Value::Variant(..)".to_owned(),
        Type::Bool => "Value::Bool(_)".to_owned(),
        Type::Int | Type::Count => "Value::Int(_)".to_owned(),
        Type::Date => "Value::Date(_)".to_owned(),
        Type::Quantity(_) => "Value::Quantity(..)".to_owned(),
        Type::Permission => "Value::Permission(_)".to_owned(),
        Type::Invalid | Type::Named(_) | Type::OneOf(_) | Type::List(..) | Type::Map(..) => "_ if false".to_owned(),
    };
    format!("            {pattern} => Self::{case}(Read::read(reader, value)),\n")
}
