//! Kinds, records and types as `stdlib/kinds` writes them: which fields there are, and what shape their values have.

use std::collections::{BTreeMap, BTreeSet};

use nbc_syntax::ast;

/// Fields that every kind has and that no child inherits; `stdlib/kinds/every.nbc` says so in words.
const OF_ONE_ALONE: &[&str] = &["title", "description", "was", "deprecated"];

#[derive(Debug, Default)]
pub(super) struct Kinds {
    kinds: BTreeMap<String, Vec<Field>>,
    records: BTreeMap<String, Vec<Field>>,
    variants: BTreeSet<String>,
    types: BTreeMap<String, ast::Type>,
}

#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) own: bool,
    pub(super) shape: Shape,
    pub(super) optional: bool,
    pub(super) default: Option<ast::Value>,
}

/// What a value is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Plain,
    /// The name of a declaration.
    Reference,
    List(Box<Shape>),
    Map(Box<Shape>),
    Record(String),
    /// A thing inside a thing, of a kind.
    Owned(String),
    /// A variant: not judged here.
    Other,
}

impl Kinds {
    pub(super) fn read(declarations: impl Iterator<Item = ast::Declaration>) -> Kinds {
        let declarations: Vec<ast::Declaration> = declarations.collect();
        let mut kinds = Kinds::default();
        let text = |name: Option<ast::Name>| name.map_or_else(String::new, |name| name.text().to_owned());
        // Names first: the shape of a field depends on what its type's name means.
        for declaration in &declarations {
            match declaration {
                ast::Declaration::Kind(kind) => drop(kinds.kinds.insert(text(kind.name()), Vec::new())),
                ast::Declaration::Record(record) => drop(kinds.records.insert(text(record.name()), Vec::new())),
                ast::Declaration::Variant(variant) => drop(kinds.variants.insert(text(variant.name()))),
                ast::Declaration::Type(ty) => drop(ty.type_().map(|is| kinds.types.insert(text(ty.name()), is))),
                _ => {}
            }
        }
        for declaration in &declarations {
            match declaration {
                ast::Declaration::Kind(kind) => {
                    let fields = kind.items().filter_map(|item| match item {
                        ast::KindItem::Field(field) => Some(kinds.field(&field)),
                        _ => None,
                    });
                    let fields = fields.collect();
                    kinds.kinds.insert(text(kind.name()), fields);
                }
                ast::Declaration::Record(record) => {
                    let fields = record.fields().map(|field| kinds.field(&field)).collect();
                    kinds.records.insert(text(record.name()), fields);
                }
                _ => {}
            }
        }
        kinds
    }

    fn field(&self, field: &ast::Field) -> Field {
        let shape = field.type_().map_or(Shape::Other, |ty| self.shape(&ty));
        let name = field.name().map_or_else(String::new, |name| name.text().to_owned());
        let owned = matches!(field.role(), Some(ast::FieldRole::Owned));
        let kind = field.type_().map(|ty| super::source(&ty)).unwrap_or_default();
        Field {
            own: field.is_own() || OF_ONE_ALONE.contains(&name.as_str()),
            name,
            shape: if owned { Shape::Owned(kind) } else { shape },
            optional: field.is_optional(),
            default: field.default(),
        }
    }

    fn shape(&self, ty: &ast::Type) -> Shape {
        let inner = |ty: Option<ast::Type>| Box::new(ty.map_or(Shape::Other, |ty| self.shape(&ty)));
        match ty {
            ast::Type::List(list) => Shape::List(inner(list.element())),
            ast::Type::Map(map) => Shape::Map(inner(map.value())),
            ast::Type::Union(union) => {
                let shapes: Vec<Shape> = union.alternatives().map(|ty| self.shape(&ty)).collect();
                match shapes.first() {
                    Some(first) if shapes.iter().all(|shape| shape == first) => first.clone(),
                    _ => Shape::Plain,
                }
            }
            ast::Type::Named(named) => {
                let name = named.name().map_or_else(String::new, |name| name.text().to_owned());
                match () {
                    () if self.kinds.contains_key(&name) => Shape::Reference,
                    () if self.records.contains_key(&name) => Shape::Record(name),
                    () if self.variants.contains(&name) => Shape::Other,
                    () => self.types.get(&name).map_or(Shape::Plain, |ty| self.shape(ty)),
                }
            }
        }
    }

    /// The fields of a kind, those that every kind has included.
    pub(super) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Field> {
        self.kinds.get(kind).into_iter().flatten().chain(self.records.get("Every").into_iter().flatten())
    }

    pub(super) fn of_record(&self, record: &str) -> &[Field] {
        self.records.get(record).map_or(&[], Vec::as_slice)
    }

    /// The field of that name in a shape that has fields.
    pub(super) fn field_of(&self, shape: &Shape, name: &str) -> Option<&Field> {
        match shape {
            Shape::Record(record) => self.of_record(record).iter().find(|field| field.name == name),
            Shape::Owned(kind) => self.of_kind(kind).find(|field| field.name == name),
            _ => None,
        }
    }
}
