//! Dotted paths: what the first name means, then one step at a time.

use nbc_source::{Diagnostic, Span, suggest};
use nbc_syntax::ast::{self, AstNode, Segment};

use crate::expression::bind::Binder;
use crate::expression::bind::facts::Step;
use crate::expression::bind::names::Reading;
use crate::expression::codes;
use crate::expression::operands::Spelling;
use crate::expression::scope::Reads;
use crate::expression::{ExpressionId, Node};
use crate::index::Id;
use crate::kinds::{Dated, Field, FieldId, KindId, Type};
use crate::names::Name;
use crate::value::Value;

impl Binder<'_> {
    pub(super) fn path(&mut self, path: &ast::PathExpr, expected: Option<&Type>) -> ExpressionId {
        let segments: Vec<Segment> = path.segments().collect();
        let span = self.span(path.range());
        match segments.as_slice() {
            [] => self.poison(span),
            [only] if only.is_type_name() => self.poison(span),
            [only] => self.bare_name(&only.text(), expected, span),
            [first, second, rest @ ..] if first.is_type_name() => {
                let choice = self.choice_of_type(first, second);
                self.steps_along(choice, rest)
            }
            [first, second, rest @ ..] => self.dotted(first, second, rest, expected),
        }
    }

    pub(super) fn member(&mut self, member: &ast::MemberExpr, span: Span) -> ExpressionId {
        let base = self.part(member.base(), None, span);
        let segments: Vec<Segment> = member.segments().collect();
        self.steps_along(base, &segments)
    }

    fn steps_along(&mut self, base: ExpressionId, segments: &[Segment]) -> ExpressionId {
        segments.iter().fold(base, |base, segment| self.step(base, segment))
    }

    /// `Classification.internal`
    fn choice_of_type(&mut self, ty: &Segment, choice: &Segment) -> ExpressionId {
        let span = self.span(ty.range()).to(self.span(choice.range()));
        let found = self.tables.names.find(&ty.text()).and_then(|name| self.tables.kinds.type_of(name)).cloned();
        match found {
            Some(found @ (Type::Enum(_) | Type::Variant(_))) => {
                // As if the place asked for it: a local of the same name has no say here.
                let name = self.tables.names.intern(&choice.text());
                match self.typed_reading(name, &found) {
                    Some(reading) => self.make(reading, &found, &choice.text(), span),
                    None => self.no_part(&found, choice),
                }
            }
            _ => self.undefined(&ty.text(), self.span(ty.range())),
        }
    }

    fn typed_reading(&self, name: Name, ty: &Type) -> Option<Reading> {
        let kinds = self.tables.kinds;
        match ty {
            Type::Enum(id) => {
                let at = kinds.enums[*id].values.iter().position(|value| value.name == name)?;
                Some(Reading::Choice(*id, at as u16))
            }
            Type::Variant(id) => {
                let at = kinds.variants[*id].cases.iter().position(|case| case.name == name)?;
                Some(Reading::Case(*id, at as u16))
            }
            _ => None,
        }
    }

    /// `g.quota.budget`, `user.ana.email`, `service.administer`
    fn dotted(&mut self, first: &Segment, second: &Segment, rest: &[Segment], expected: Option<&Type>) -> ExpressionId {
        let (head, next) = (self.tables.names.intern(&first.text()), self.tables.names.intern(&second.text()));
        let both = self.span(first.range()).to(self.span(second.range()));
        if rest.is_empty()
            && let Some(action) = self.qualified_action(first, second, expected)
        {
            return self.constant_of(Value::Permission(action), Type::Permission, both);
        }
        let readings = self.value_readings(head);
        let kind = self.tables.kinds.kind_of(head);
        let entity = kind.and_then(|kind| self.scope.entity(kind, next).map(|entity| (kind, entity)));
        match (readings.into_iter().next(), entity, kind) {
            (Some(reading), Some(_), Some(kind)) if self.leads_on(&reading, next) => {
                self.two_paths(&first.text(), &second.text(), kind, both)
            }
            (_, Some((kind, entity)), _) => {
                let base = self.constant_of(Value::Entity(entity), Type::Entity(kind), both);
                self.steps_along(base, rest)
            }
            (Some(reading), None, _) => {
                let span = self.span(first.range());
                let base = self.make(reading, &Type::Invalid, &first.text(), span);
                let base = self.step(base, second);
                self.steps_along(base, rest)
            }
            // Nothing declared is known yet where constants are bound; it would be called unknown.
            (None, None, Some(_)) if !self.reads_fields(both) => self.poison(both),
            (None, None, Some(kind)) => {
                let base = self.referenced(&Type::Entity(kind), &second.text(), self.span(second.range()));
                self.steps_along(base, rest)
            }
            (None, None, None) => match expected.map(|ty| self.base(ty)) {
                Some(Type::Text) => {
                    let all = [first, second].into_iter().chain(rest);
                    let text: Vec<String> = all.map(|segment| segment.text().into_owned()).collect();
                    let end = rest.last().unwrap_or(second);
                    self.unquoted(&text.join("."), self.span(first.range()).to(self.span(end.range())))
                }
                _ => self.undefined(&first.text(), self.span(first.range())),
            },
        }
    }

    fn qualified_action(
        &self,
        first: &Segment,
        second: &Segment,
        expected: Option<&Type>,
    ) -> Option<crate::kinds::ActionId> {
        let kinds = self.tables.kinds;
        if !expected.is_some_and(|ty| matches!(kinds.base(ty), Type::Permission)) {
            return None;
        }
        let kind = kinds.kind_of(self.tables.names.find(&first.text())?)?;
        kinds.action_on(kind, self.tables.names.find(&second.text())?)
    }

    /// Whether the value that a name stands for has a part of that name.
    fn leads_on(&self, reading: &Reading, next: Name) -> bool {
        let kinds = self.tables.kinds;
        let ty = match reading {
            Reading::Local(_, ty) | Reading::Variable(ty, _) | Reading::Own(_, ty) | Reading::Let(_, ty) => ty,
            Reading::Platform(kind) => return kinds.kinds[*kind].field(next).is_some(),
            _ => return false,
        };
        match kinds.base(ty) {
            Type::Entity(kind) => kinds.kinds[*kind].field(next).is_some(),
            Type::Record(record) => kinds.records[*record].field_names.contains_key(&next),
            Type::Map(..) => true,
            _ => false,
        }
    }

    fn two_paths(&mut self, first: &str, second: &str, kind: KindId, span: Span) -> ExpressionId {
        let kind = self.text_of(self.tables.kinds.kinds[kind].name);
        let message = format!("`{first}.{second}` can mean a part of `{first}` here or the {kind} `{second}`");
        self.refuse(&codes::AMBIGUOUS_VALUE, span, message)
    }

    /// One step along a path.
    pub(super) fn step(&mut self, base: ExpressionId, segment: &Segment) -> ExpressionId {
        let name = self.tables.names.intern(&segment.text());
        let span = self.span_of(base).to(self.span(segment.range()));
        let kinds = self.tables.kinds;
        match self.base_of(base) {
            Type::Invalid => self.poison(span),
            Type::Entity(kind) => match self.field_named(base, kind, name) {
                Some(id) => self.field_of_entity(base, &kinds.kinds[kind].fields[id], id, span),
                None => self.no_part(&Type::Entity(kind), segment),
            },
            Type::Record(record) => match kinds.records[record].field_names.get(&name) {
                Some(id) => self.field(base, &kinds.records[record].fields[*id], *id, span),
                None => self.no_part(&Type::Record(record), segment),
            },
            ty @ (Type::Variant(_) | Type::OneOf(_)) => self.common_part(base, &ty, name, segment, span),
            Type::Map(key, value) => self.entry(base, &key, &value, segment, span),
            Type::List(..) => {
                let text = segment.text();
                let message = format!("a list has no `{text}`; its elements may have");
                let diagnostic = Diagnostic::new(&codes::UNKNOWN_PART, self.span(segment.range()), message);
                self.report(
                    diagnostic.help(format!("ask for each: `any x in …: x.{text} …`, or `[x.{text} for x in …]`")),
                );
                self.poison(span)
            }
            ty => self.no_part(&ty, segment),
        }
    }

    /// A field of a kind; a pack that is named has its own parameters too.
    fn field_named(&self, base: ExpressionId, kind: KindId, name: Name) -> Option<FieldId> {
        let kind = &self.tables.kinds.kinds[kind];
        let handle = match self.constant_value(base) {
            Some(Value::Entity(entity)) => self.scope.handle(entity),
            _ => None,
        };
        handle.map_or_else(|| kind.field(name), |handle| kind.field_of(handle, name))
    }

    fn reads_fields(&mut self, span: Span) -> bool {
        let message = "a constant reads no declared thing";
        self.needs(Reads::Fields, span, message, "write the value itself, or read it in a field or a rule")
    }

    fn field_of_entity(&mut self, base: ExpressionId, field: &Field, id: FieldId, span: Span) -> ExpressionId {
        if !self.reads_fields(span) {
            return self.poison(span);
        }
        if !self.is_static(base) {
            self.follows = true;
            let message = format!("`{}` lies behind a reference", self.text_of(field.name));
            let help = "what follows a reference is a `computed` field, or belongs in a rule";
            if !self.needs(Reads::References, span, &message, help) {
                return self.poison(span);
            }
        }
        if field.computed.is_some() {
            let message = "a computed field is not known yet here";
            if !self.needs(Reads::Memberships, span, message, "make this field `computed` too") {
                return self.poison(span);
            }
        }
        self.field(base, field, id, span)
    }

    /// Whether a thing is known before anything is evaluated: by its full path, the platform, or owned by those.
    fn is_static(&self, id: ExpressionId) -> bool {
        let owned = |ty: &Type, field: FieldId| match self.tables.kinds.base(ty) {
            Type::Entity(kind) => self.tables.kinds.kinds[*kind].fields[field].owned,
            _ => false,
        };
        match &self.tables.expressions[id].node {
            Node::Constant(Value::Entity(_)) | Node::Platform => true,
            Node::Own(field) => {
                let fields = self.situation.home.fields(self.tables.kinds);
                fields.is_some_and(|(fields, _)| fields.row(*field).is_some_and(|field| field.owned))
            }
            Node::Field(of, field) => owned(&self.tables.expressions[*of].ty, *field) && self.is_static(*of),
            _ => false,
        }
    }

    fn field(&mut self, base: ExpressionId, field: &Field, id: FieldId, span: Span) -> ExpressionId {
        let known = self.longer(base, Step::Field(id)).is_some_and(|path| self.is_known(&path));
        let optional = !known && (field.optional || self.tables.expressions[base].optional);
        let id = self.push(Node::Field(base, id), field.ty.clone(), optional, span);
        self.fold(id)
    }

    /// A field that some of the kinds, records or cases have: absent in the others.
    fn common_part(
        &mut self,
        base: ExpressionId,
        ty: &Type,
        name: Name,
        segment: &Segment,
        span: Span,
    ) -> ExpressionId {
        let found = self.types_of_part(ty, name);
        let Some(first) = found.first().cloned() else { return self.no_part(ty, segment) };
        if found.iter().any(|other| *other != first) {
            let message = format!("`{}` is of another type in each of {}", segment.text(), self.type_text(ty));
            return self.refuse(&codes::UNKNOWN_PART, self.span(segment.range()), message);
        }
        if self.takes_entities(ty) {
            self.follows = true;
            let message = format!("`{}` lies behind a reference", segment.text());
            let help = "what follows a reference is a `computed` field, or belongs in a rule";
            if !self.needs(Reads::References, span, &message, help) {
                return self.poison(span);
            }
        }
        let known = self.longer(base, Step::Part(name)).is_some_and(|path| self.is_known(&path));
        let id = self.push(Node::Part(base, name), first, !known, span);
        self.fold(id)
    }

    fn types_of_part(&self, ty: &Type, name: Name) -> Vec<Type> {
        let kinds = self.tables.kinds;
        match kinds.base(ty) {
            Type::Entity(kind) => {
                let kind = &kinds.kinds[*kind];
                kind.field(name).map(|field| undated(&kind.fields[field].ty)).into_iter().collect()
            }
            Type::Record(record) => {
                let record = &kinds.records[*record];
                record.field_names.get(&name).map(|field| undated(&record.fields[*field].ty)).into_iter().collect()
            }
            Type::Variant(variant) => {
                let cases = kinds.variants[*variant].cases.iter();
                cases
                    .filter_map(|case| case.field_names.get(&name).map(|field| undated(&case.fields[*field].ty)))
                    .collect()
            }
            Type::OneOf(types) => types.iter().flat_map(|ty| self.types_of_part(ty, name)).collect(),
            _ => Vec::new(),
        }
    }

    /// `gpu.a100`: an entry of a map.
    fn entry(&mut self, base: ExpressionId, key: &Type, value: &Type, segment: &Segment, span: Span) -> ExpressionId {
        let Some(key) = self.key(&segment.text(), key, self.span(segment.range())) else { return self.poison(span) };
        let known = self.longer(base, Step::Entry(key)).is_some_and(|path| self.is_known(&path));
        let id = self.push(Node::Entry(base, key), value.clone(), !known, span);
        self.fold(id)
    }

    /// A key of a map, as the type of its keys wants it.
    pub(super) fn key(&mut self, text: &str, ty: &Type, span: Span) -> Option<Value> {
        let base = self.base(ty);
        if base == Type::Text {
            return Some(Value::Text(self.tables.names.intern(text)));
        }
        if self.takes_entities(&base) {
            return self.reference(&base, text, span).filter(|value| *value != Value::Poisoned);
        }
        let id = self.bare_name(text, Some(&base), span);
        self.constant_value(id)
    }

    fn no_part(&mut self, ty: &Type, segment: &Segment) -> ExpressionId {
        let (text, span) = (segment.text(), self.span(segment.range()));
        let message = format!("`{}` has no `{text}`", self.type_text(ty));
        let diagnostic = Diagnostic::new(&codes::UNKNOWN_PART, span, message);
        let parts = self.parts(ty);
        let near = suggest::nearest(&text, parts.iter().map(String::as_str));
        let diagnostic = match near.is_empty() && !parts.is_empty() {
            true => diagnostic.help(format!("it has {}", parts.join(", "))),
            false => diagnostic.did_you_mean(span, &near),
        };
        self.report(diagnostic);
        self.poison(span)
    }

    /// The names that can follow the dot.
    fn parts(&self, ty: &Type) -> Vec<String> {
        let kinds = self.tables.kinds;
        let text = |name: Name| self.text_of(name).to_owned();
        let names =
            |fields: &crate::index::Table<FieldId, Field>| fields.iter().map(|(_, field)| text(field.name)).collect();
        match kinds.base(ty) {
            Type::Entity(kind) => names(&kinds.kinds[*kind].fields),
            Type::Record(record) => names(&kinds.records[*record].fields),
            Type::Enum(id) => kinds.enums[*id].values.iter().map(|value| text(value.name)).collect(),
            Type::Variant(id) => {
                let cases = kinds.variants[*id].cases.iter();
                cases
                    .flat_map(|case| case.fields.iter().map(|(_, field)| text(field.name)).collect::<Vec<_>>())
                    .collect()
            }
            Type::OneOf(types) => types.iter().flat_map(|ty| self.parts(ty)).collect(),
            _ => Vec::new(),
        }
    }

    /// A path in the words of the author, for messages.
    pub(super) fn path_text(&self, id: ExpressionId) -> Option<String> {
        let spelling = Spelling {
            expressions: self.tables.expressions,
            globals: self.tables.globals,
            kinds: self.tables.kinds,
            text: &|name| self.text_of(name).to_owned(),
            home: self.situation.home,
            local: &|local| self.locals.get(local.index()).map(|local| local.name),
            handle: &|entity| self.scope.handle(entity),
        };
        spelling.path(id)
    }
}

/// A list that is read has no dates.
fn undated(ty: &Type) -> Type {
    match ty {
        Type::List(of, _) => Type::List(of.clone(), Dated::No),
        other => other.clone(),
    }
}
