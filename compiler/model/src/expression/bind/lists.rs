//! Lists, comprehensions, records, cases and maps that are written as values.

use nbc_source::{Diagnostic, Span};
use nbc_syntax::ast::{self, AstNode};

use crate::expression::bind::Binder;
use crate::expression::bind::names::is_required;
use crate::expression::builtins;
use crate::expression::codes;
use crate::expression::{ExpressionId, Node};
use crate::index::Table;
use crate::kinds::{Dated, Field, FieldId, Type};
use crate::names::Name;
use crate::value::{List, Value};

impl Binder<'_> {
    pub(super) fn list(&mut self, list: &ast::ListExpr, expected: Option<&Type>, span: Span) -> ExpressionId {
        let expected = expected.and_then(|ty| self.element_type(ty));
        if let Some(comprehension) = list.comprehension() {
            return self.comprehension(list, &comprehension, expected.map(|(ty, _)| ty), span);
        }
        let (mut of, dated) = match expected {
            Some((ty, dated)) => (Some(ty), dated),
            None => (None, Dated::No),
        };
        let mut elements = Vec::new();
        for element in list.elements() {
            let Some(bound) = self.element(&element, of.as_ref(), dated) else { continue };
            if of.is_none() {
                of = Some(self.ty(bound.0));
            }
            elements.push(bound);
        }
        let ty = Type::List(Box::new(of.unwrap_or(Type::Invalid)), dated);
        if elements.is_empty() {
            return self.constant_of(Value::List(List::default()), ty, span);
        }
        // A list keeps what is sound in it: one element that failed poisons itself alone.
        let id = self.push(Node::List(elements), ty, false, span);
        self.fold(id)
    }

    /// The list in a type, and whether its elements take dates.
    fn element_type(&self, ty: &Type) -> Option<(Type, Dated)> {
        match self.tables.kinds.base(ty) {
            Type::List(of, dated) => Some(((**of).clone(), *dated)),
            Type::OneOf(types) => types.iter().find_map(|ty| self.element_type(ty)),
            _ => None,
        }
    }

    fn element(
        &mut self,
        element: &ast::Element,
        of: Option<&Type>,
        dated: Dated,
    ) -> Option<(ExpressionId, Option<ExpressionId>, Option<ExpressionId>)> {
        let value = element.value()?;
        let id = match of {
            Some(ty) => self.fitted_value(&value, ty),
            None => self.value(&value, None),
        };
        let id = self.present(id);
        let mut date = |expression: Option<ast::Expr>| {
            let expression = expression?;
            if dated == Dated::No {
                let span = self.span(expression.range());
                self.refuse(&codes::WRONG_TYPE, span, "the elements of this list take no dates");
                return None;
            }
            let id = self.fitted(&expression, &Type::Date);
            Some(self.present(id))
        };
        let (from, until) = (date(element.from()), date(element.until()));
        Some((id, from, until))
    }

    fn comprehension(
        &mut self,
        list: &ast::ListExpr,
        comprehension: &ast::Comprehension,
        expected: Option<Type>,
        span: Span,
    ) -> ExpressionId {
        let (of, element) = self.ranged_over(comprehension.list(), span);
        let name = comprehension.name().map(|name| self.tables.names.intern(name.text()));
        let (Some(name), Some(item)) = (name, list.elements().next().and_then(|element| element.value())) else {
            return self.poison(span);
        };
        let local = self.push_local(name, element);
        let condition = comprehension.condition().map(|condition| {
            let id = self.fitted(&condition, &Type::Bool);
            self.present(id)
        });
        let before = self.facts.len();
        if let Some(condition) = condition {
            self.learn(condition, true);
        }
        let item = match &expected {
            Some(ty) => self.fitted_value(&item, ty),
            None => self.value(&item, None),
        };
        let item = self.present(item);
        self.facts.truncate(before);
        self.locals.pop();
        let ty = builtins::list(expected.unwrap_or_else(|| self.ty(item)));
        self.strict(Node::Comprehension { item, local, of, condition }, ty, span)
    }

    /// The list after `in`, and the type of its elements.
    pub(super) fn ranged_over(&mut self, list: Option<ast::Expr>, span: Span) -> (ExpressionId, Type) {
        let id = self.part(list, None, span);
        let id = self.present(id);
        match self.base_of(id) {
            Type::List(of, _) => (id, *of),
            Type::Invalid => (id, Type::Invalid),
            ty => {
                let at = self.span_of(id);
                let message = format!("a list is needed here, this is `{}`", self.type_text(&ty));
                let mut diagnostic = Diagnostic::new(&codes::WRONG_TYPE, at, message);
                if matches!(ty, Type::Map(..)) {
                    diagnostic = diagnostic.help("`keys(…)` and `values(…)` make a list of a map");
                }
                self.report(diagnostic);
                (self.poison(at), Type::Invalid)
            }
        }
    }

    /// `{ … }` as a value.
    pub(super) fn body(&mut self, body: &ast::Body, expected: Option<&Type>) -> ExpressionId {
        let span = self.span(body.range());
        match expected.and_then(|ty| self.block_type(ty)) {
            Some(ty @ Type::Record(record)) => {
                let kinds = self.tables.kinds;
                match self.items(body, &kinds.records[record].fields, &ty, span) {
                    Some(said) => self.push(Node::Record(record, said), ty, false, span),
                    None => self.poison(span),
                }
            }
            Some(Type::Map(key, value)) => self.map(body, &key, &value, span),
            _ => {
                let message = match expected {
                    Some(ty) => format!("`{}` is needed here, this is a block", self.type_text(ty)),
                    None => "nothing says what this block is".to_owned(),
                };
                self.refuse(&codes::WRONG_TYPE, span, message)
            }
        }
    }

    /// What a block means in a type: its record, else its map.
    fn block_type(&self, ty: &Type) -> Option<Type> {
        match self.tables.kinds.base(ty) {
            ty @ (Type::Record(_) | Type::Map(..)) => Some(ty.clone()),
            Type::OneOf(types) => types.iter().find_map(|ty| self.block_type(ty)),
            _ => None,
        }
    }

    /// `oidc { … }` as a value.
    pub(super) fn tagged(&mut self, tagged: &ast::TaggedValue, expected: Option<&Type>) -> ExpressionId {
        let span = self.span(tagged.range());
        let (Some(tag), Some(body)) = (tagged.tag(), tagged.body()) else { return self.poison(span) };
        let variant = expected.and_then(|ty| self.variant_type(ty));
        let Some(variant) = variant else {
            let message = format!("no variant is needed here, so `{}` has no meaning", tag.text());
            return self.refuse(&codes::WRONG_TYPE, self.span(tag.range()), message);
        };
        let kinds = self.tables.kinds;
        let name = self.tables.names.intern(tag.text());
        let at = kinds.variants[variant].cases.iter().position(|case| case.name == name);
        let Some((at, case)) = at.and_then(|at| kinds.variants[variant].cases.get(at).map(|case| (at, case))) else {
            // As a bare name it is unknown too, with the same suggestions.
            return self.bare_name(tag.text(), Some(&Type::Variant(variant)), self.span(tag.range()));
        };
        let ty = Type::Variant(variant);
        match self.items(&body, &case.fields, &ty, span) {
            Some(said) => self.push(Node::Variant(variant, at as u16, said), ty, false, span),
            None => self.poison(span),
        }
    }

    fn variant_type(&self, ty: &Type) -> Option<crate::kinds::VariantId> {
        match self.tables.kinds.base(ty) {
            Type::Variant(id) => Some(*id),
            Type::OneOf(types) => types.iter().find_map(|ty| self.variant_type(ty)),
            _ => None,
        }
    }

    /// What a block says of the fields of a record or case; `None` when a required one is missing.
    fn items(
        &mut self,
        body: &ast::Body,
        fields: &Table<FieldId, Field>,
        ty: &Type,
        span: Span,
    ) -> Option<Vec<(FieldId, ExpressionId)>> {
        let mut said: Vec<(FieldId, ExpressionId)> = Vec::new();
        for item in body.items() {
            let Some((key, value)) = self.plain_item(&item) else { continue };
            let at = self.span(key.range());
            let name = self.tables.names.intern(&key.text());
            let Some((field, row)) = fields.iter().find(|(_, field)| field.name == name) else {
                self.no_field(&key.text(), fields, ty, at);
                continue;
            };
            let id = self.fitted_value(&value, &row.ty);
            let id = if row.optional { id } else { self.present(id) };
            match said.iter().any(|(said, _)| *said == field) {
                true => self.repeated(&key.text(), at),
                false => said.push((field, id)),
            }
        }
        self.has_all(fields, &said, span).then_some(said)
    }

    fn has_all(&mut self, fields: &Table<FieldId, Field>, said: &[(FieldId, ExpressionId)], span: Span) -> bool {
        let missing = |(id, field): &(FieldId, &Field)| {
            is_required(field, self.tables.kinds) && said.iter().all(|(said, _)| said != id)
        };
        let names: Vec<String> =
            fields.iter().filter(missing).map(|(_, field)| format!("`{}`", self.text_of(field.name))).collect();
        if !names.is_empty() {
            let message = format!("{} must be said too", names.join(" and "));
            self.report(Diagnostic::new(&codes::INCOMPLETE_RECORD, span, message));
        }
        names.is_empty()
    }

    /// A key and its value; operations belong to declarations and stages.
    fn plain_item(&mut self, item: &ast::Item) -> Option<(ast::Key, ast::Value)> {
        if let (
            ast::Operation::Add | ast::Operation::Remove | ast::Operation::Locked | ast::Operation::Unset,
            Some(range),
        ) = (item.operation(), item.operation_range())
        {
            let span = self.span(range);
            self.refuse(&codes::WRONG_TYPE, span, "a value is written whole: nothing is added to it or taken away");
            return None;
        }
        Some((item.key()?, item.value()?))
    }

    fn no_field(&mut self, text: &str, fields: &Table<FieldId, Field>, ty: &Type, span: Span) {
        let names: Vec<&str> = fields.iter().map(|(_, field)| self.text_of(field.name)).collect();
        let near = nbc_source::suggest::nearest(text, names.iter().copied()).first().map(|near| (*near).to_owned());
        let message = format!("`{}` has no `{text}`", self.type_text(ty));
        let mut diagnostic = Diagnostic::new(&codes::UNKNOWN_PART, span, message);
        diagnostic = match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!("it has {}", names.join(", "))),
        };
        self.report(diagnostic);
    }

    fn repeated(&mut self, key: &str, span: Span) {
        let message = format!("`{key}` is said twice");
        self.report(Diagnostic::new(&codes::REPEATED_KEY, span, message).label("the second time"));
    }

    fn map(&mut self, body: &ast::Body, key: &Type, value: &Type, span: Span) -> ExpressionId {
        let mut entries: Vec<(Value, ExpressionId)> = Vec::new();
        for item in body.items() {
            let Some((name, said)) = self.plain_item(&item) else { continue };
            let at = self.span(name.range());
            let (Some(name), text) = (self.key(&name.text(), key, at), name.text().into_owned()) else { continue };
            let id = self.fitted_value(&said, value);
            let id = self.present(id);
            match entries.iter().any(|(said, _)| *said == name) {
                true => self.repeated(&text, at),
                false => entries.push((name, id)),
            }
        }
        let ty = Type::Map(Box::new(key.clone()), Box::new(value.clone()));
        let id = self.push(Node::Map(entries), ty, false, span);
        self.fold(id)
    }

    /// The name of a variable, interned.
    pub(super) fn name_of(&mut self, name: Option<ast::Name>) -> Option<Name> {
        name.map(|name| self.tables.names.intern(name.text()))
    }
}
