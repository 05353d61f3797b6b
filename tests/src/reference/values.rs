//! Values from the tree, and values as nbc prints them.

use std::collections::BTreeMap;

use nbc_syntax::ast::{self, LiteralKind};
use nbc_syntax::literal::TextPart;

use super::kinds::{Field, Shape};
use super::{Element, Platform, Value, keyed, source};

/// What names mean beside `let`s: the variable of a loop, or the cells of a row.
pub(super) type Scope = BTreeMap<String, String>;

/// What a default may read: the fields beside it, and the handle of the declaration.
struct Own<'a> {
    fields: &'a [&'a Field],
    state: &'a BTreeMap<String, Value>,
    handle: &'a str,
}

impl Platform {
    /// What is written, where a value of this shape belongs.
    pub(super) fn value(&self, value: &ast::Value, shape: &Shape, scope: &Scope) -> Value {
        match value {
            ast::Value::Body(body) => Value::Block(
                keyed(body)
                    .map(|(key, item)| {
                        let inner = self.inner(shape, &key);
                        let value = item.value().map_or(Value::Unknown, |value| self.value(&value, &inner, scope));
                        (key, value)
                    })
                    .collect(),
            ),
            ast::Value::Expr(ast::Expr::List(list)) => self.list(list, shape, scope),
            ast::Value::Expr(ast::Expr::Literal(literal)) => self.literal(literal, shape, scope),
            ast::Value::Expr(ast::Expr::Path(path)) => self.named(path, shape, scope),
            _ => Value::Unknown,
        }
    }

    fn inner(&self, shape: &Shape, key: &str) -> Shape {
        match shape {
            Shape::Map(inner) => (**inner).clone(),
            _ => self.kinds.field_of(shape, key).map_or(Shape::Other, |field| field.shape.clone()),
        }
    }

    fn list(&self, list: &ast::ListExpr, shape: &Shape, scope: &Scope) -> Value {
        let Shape::List(inner) = shape else { return Value::Unknown };
        if list.comprehension().is_some() {
            return Value::Unknown;
        }
        let elements = list.elements().map(|element| Element {
            value: element.value().map_or(Value::Unknown, |value| self.value(&value, inner, scope)),
            from: element.from().map(|day| source(&day)),
            until: element.until().map(|day| source(&day)),
        });
        Value::List(elements.collect())
    }

    fn literal(&self, literal: &ast::Literal, shape: &Shape, scope: &Scope) -> Value {
        match literal.kind() {
            Some(LiteralKind::Text(text)) => words(&interpolated(&text, scope), shape),
            Some(LiteralKind::Verbatim(text)) => words(&text.value(), shape),
            Some(_) => Value::Plain(source(literal).replace('_', "")),
            None => Value::Unknown,
        }
    }

    fn named(&self, path: &ast::PathExpr, shape: &Shape, scope: &Scope) -> Value {
        let name = source(path);
        if let Some(text) = scope.get(&name) {
            return words(text, shape);
        }
        match (self.lets.get(&name), path.as_name()) {
            (Some(value), _) => self.value(value, shape, scope),
            (None, Some(_)) => Value::Plain(name),
            (None, None) => Value::Unknown,
        }
    }

    /// Every field of a thing, by path.
    pub(super) fn show_fields(&self, path: &str, kind: &str, state: &Value, out: &mut BTreeMap<String, String>) {
        let Value::Block(state) = state else { return };
        let handle = path.rsplit('.').next().unwrap_or_default();
        let fields: Vec<&Field> = self.kinds.of_kind(kind).collect();
        for field in &fields {
            let place = format!("{path}.{}", field.name);
            if let (Shape::Owned(kind), Some(block)) = (&field.shape, state.get(&field.name)) {
                self.show_fields(&place, kind, block, out);
            }
            if let Some(text) = self.show_field(field, &Own { fields: &fields, state, handle }) {
                out.insert(place, text);
            }
        }
    }

    /// The text of a field; of what nobody says, its default. `None` where that is not known here.
    fn show_field(&self, field: &Field, own: &Own<'_>) -> Option<String> {
        let Field { name, shape, .. } = field;
        match (own.state.get(name), &field.default, shape) {
            (Some(value), ..) => self.show(value, shape, own.handle, name),
            (None, Some(default), _) => self.show_default(default, shape, own),
            (None, None, _) if field.optional => Some("absent".to_owned()),
            (None, None, Shape::List(_)) => Some("[]".to_owned()),
            (None, None, Shape::Map(_) | Shape::Record(_)) => {
                self.show(&Value::Block(BTreeMap::new()), shape, own.handle, name)
            }
            (None, None, _) => None,
        }
    }

    /// A bare name in a default is another field, if that has such a value, or a choice. It never means a `let` of the workspace.
    fn show_default(&self, default: &ast::Value, shape: &Shape, own: &Own<'_>) -> Option<String> {
        let name = source(default);
        if let Some(field) = own.fields.iter().find(|field| field.name == name && field.shape == *shape) {
            return self.show_field(field, own);
        }
        let handle = Scope::from([("handle".to_owned(), own.handle.to_owned())]);
        let standard = Platform::default();
        self.show(&standard.value(default, shape, &handle), shape, own.handle, "")
    }

    fn show(&self, value: &Value, shape: &Shape, handle: &str, name: &str) -> Option<String> {
        match (value, shape) {
            (Value::Unknown, _) | (_, Shape::Other) => None,
            (Value::Block(_), Shape::Owned(_)) => Some(name.to_owned()),
            (Value::Plain(text), _) => Some(text.clone()),
            (Value::List(elements), Shape::List(inner)) => {
                let shown: Option<Vec<String>> =
                    elements.iter().map(|element| self.element(element, inner, handle)).collect();
                let mut shown = shown?;
                if **inner == Shape::Reference {
                    shown.sort();
                }
                Some(format!("[{}]", shown.join(", ")))
            }
            (Value::Block(entries), Shape::Map(inner)) => {
                let shown: Option<Vec<String>> = entries
                    .iter()
                    .map(|(key, value)| Some(format!("{key}: {}", self.show(value, inner, handle, key)?)))
                    .collect();
                Some(format!("{{ {} }}", shown?.join(", ")))
            }
            (Value::Block(said), Shape::Record(record)) => {
                let mut shown = Vec::new();
                let fields: Vec<&Field> = self.kinds.of_record(record).iter().collect();
                for field in &fields {
                    let text = self.show_field(field, &Own { fields: &fields, state: said, handle })?;
                    if text != "absent" {
                        shown.push(format!("{}: {text}", field.name));
                    }
                }
                Some(format!("{{ {} }}", shown.join(", ")))
            }
            (Value::List(_) | Value::Block(_), _) => None,
        }
    }

    fn element(&self, element: &Element, inner: &Shape, handle: &str) -> Option<String> {
        let mut text = self.show(&element.value, inner, handle, "")?;
        for (word, day) in [("from", &element.from), ("until", &element.until)] {
            if let Some(day) = day {
                text += &format!(" {word} {day}");
            }
        }
        Some(text)
    }
}

/// A text with the values of its variables.
pub(super) fn interpolated(text: &ast::Text, scope: &Scope) -> String {
    let parts = text.parts().into_iter().map(|part| match part {
        TextPart::Literal(words) => words.into_owned(),
        TextPart::Interpolation { range } => {
            let name = text.source().get(range.start as usize..range.end as usize).unwrap_or_default();
            scope.get(name).cloned().unwrap_or_default()
        }
    });
    parts.collect()
}

/// Words where a value of this shape belongs: names stand bare, texts in quotes, everything else as it is.
fn words(text: &str, shape: &Shape) -> Value {
    if *shape == Shape::Reference || is_choice_or_number(text, shape) {
        return Value::Plain(text.to_owned());
    }
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('{', "\\{");
    Value::Plain(format!("\"{}\"", escaped.replace('\n', "\\n").replace('\t', "\\t")))
}

/// A cell of a table is a text even where a date belongs.
fn is_choice_or_number(text: &str, shape: &Shape) -> bool {
    let date =
        text.len() == 10 && text.split('-').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    *shape == Shape::Plain && date
}
