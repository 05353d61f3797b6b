//! Bare names: all their readings are collected, and exactly one may fit.

use nbc_source::{Diagnostic, Fix, Span, suggest};

use crate::expression::bind::Binder;
use crate::expression::bind::fit::{Fit, fit};
use crate::expression::codes;
use crate::expression::scope::{Home, Reads};
use crate::expression::{ExpressionId, LetId, LocalId, Node};
use crate::index::Id;
use crate::kinds::{ActionId, EnumId, FieldId, KindId, Preset, Type, VariantId};
use crate::names::Name;
use crate::value::{Fields, Value};

/// What a bare name can mean.
#[derive(Clone, Debug)]
pub(super) enum Reading {
    Local(LocalId, Type),
    Variable(Type, Value),
    Own(FieldId, Type),
    Let(LetId, Type),
    Handle,
    Platform(KindId),
    Choice(EnumId, u16),
    Case(VariantId, u16),
    Action(ActionId),
    /// Some entity that the reference type accepts; the scope says which.
    Reference,
}

impl Reading {
    fn ty(&self) -> Type {
        match self {
            Reading::Local(_, ty) | Reading::Variable(ty, _) | Reading::Own(_, ty) | Reading::Let(_, ty) => ty.clone(),
            Reading::Handle => Type::Text,
            Reading::Platform(kind) => Type::Entity(*kind),
            Reading::Choice(of, _) => Type::Enum(*of),
            Reading::Case(of, _) => Type::Variant(*of),
            Reading::Action(_) => Type::Permission,
            Reading::Reference => Type::Invalid,
        }
    }

    fn what(&self) -> &'static str {
        match self {
            Reading::Local(..) | Reading::Variable(..) => "the variable",
            Reading::Own(..) => "the field of this declaration",
            Reading::Let(..) => "the `let`",
            Reading::Handle => "the handle of this declaration",
            Reading::Platform(_) => "the platform",
            Reading::Choice(..) => "the value of the enum",
            Reading::Case(..) => "the case of the variant",
            Reading::Action(_) => "the action",
            Reading::Reference => "the declared thing",
        }
    }
}

impl Binder<'_> {
    /// A path of one name.
    pub(super) fn bare_name(&mut self, text: &str, expected: Option<&Type>, span: Span) -> ExpressionId {
        if text.contains('/') {
            return self.qualified_name(text, expected, span);
        }
        let name = self.tables.names.intern(text);
        let values = self.value_readings(name);
        let Some(expected) = expected else { return self.only_reading(name, values, span) };
        let mut fitting: Vec<Reading> =
            values.iter().filter(|reading| self.reading_fits(reading, expected)).cloned().collect();
        fitting.extend(self.typed_readings(name, expected));
        let referenced = self.has_entity(expected, name);
        if referenced {
            fitting.push(Reading::Reference);
        }
        match (fitting.as_slice(), values.first()) {
            // What the place asks for failed and was reported.
            ([], None) if self.base(expected) == Type::Invalid => self.poison(span),
            ([], None) => self.nothing_fits(text, expected, span),
            ([], Some(reading)) => self.make(reading.clone(), expected, text, span),
            ([only], _) => self.make(only.clone(), expected, text, span),
            ([first, second, ..], _) => self.ambiguous(text, first, second, span),
        }
    }

    fn qualified_name(&mut self, text: &str, expected: Option<&Type>, span: Span) -> ExpressionId {
        match expected {
            Some(ty) if self.takes_entities(ty) => self.make(Reading::Reference, ty, text, span),
            _ => self.refuse(
                &codes::UNDEFINED_NAME,
                span,
                format!("`{text}` can stand only where a reference is needed"),
            ),
        }
    }

    fn reading_fits(&self, reading: &Reading, expected: &Type) -> bool {
        fit(&reading.ty(), expected, self.tables.kinds) != Fit::Not
    }

    /// Readings that do not depend on the type of the place.
    pub(super) fn value_readings(&self, name: Name) -> Vec<Reading> {
        let mut readings = Vec::new();
        let local = self.locals.iter().rposition(|local| local.name == name);
        if let Some((at, local)) = local.and_then(|at| self.locals.get(at).map(|local| (at, local))) {
            readings.push(Reading::Local(LocalId::new(at), local.ty.clone()));
        }
        if let Some((ty, value)) = self.scope.variable(name) {
            readings.push(Reading::Variable(ty, value));
        }
        if let Some((fields, names)) = self.situation.home.fields(self.tables.kinds)
            && let Some(field) = names.get(&name)
        {
            readings.push(Reading::Own(*field, fields[*field].ty.clone()));
        }
        if let Some(id) = self.tables.globals.let_named(name, self.situation.file) {
            readings.push(Reading::Let(id, self.tables.globals.lets[id].ty.clone()));
        }
        if readings.is_empty() {
            readings.extend(self.word_reading(name));
        }
        readings
    }

    /// `handle` and `platform`, where nothing else is called that.
    fn word_reading(&self, name: Name) -> Option<Reading> {
        match self.text_of(name) {
            "handle" if self.situation.home != Home::None => Some(Reading::Handle),
            "platform" => self.tables.kinds.kind_of(name).map(Reading::Platform),
            _ => None,
        }
    }

    /// Readings that the type of the place opens: values of enums, cases, actions.
    fn typed_readings(&self, name: Name, expected: &Type) -> Vec<Reading> {
        let kinds = self.tables.kinds;
        match kinds.base(expected) {
            Type::Enum(id) => {
                let at = kinds.enums[*id].values.iter().position(|value| value.name == name);
                at.map(|at| Reading::Choice(*id, at as u16)).into_iter().collect()
            }
            Type::Variant(id) => {
                let at = kinds.variants[*id].cases.iter().position(|case| case.name == name);
                at.map(|at| Reading::Case(*id, at as u16)).into_iter().collect()
            }
            Type::Permission => kinds.action_of(name).map(Reading::Action).into_iter().collect(),
            Type::OneOf(types) => types.iter().flat_map(|ty| self.typed_readings(name, ty)).collect(),
            _ => Vec::new(),
        }
    }

    fn has_entity(&self, expected: &Type, name: Name) -> bool {
        match self.tables.kinds.base(expected) {
            Type::Entity(kind) => self.scope.entity(*kind, name).is_some(),
            Type::OneOf(types) => types.iter().any(|ty| self.has_entity(ty, name)),
            _ => false,
        }
    }

    pub(super) fn takes_entities(&self, ty: &Type) -> bool {
        match self.tables.kinds.base(ty) {
            Type::Entity(_) => true,
            Type::OneOf(types) => types.iter().any(|ty| self.takes_entities(ty)),
            _ => false,
        }
    }

    fn only_reading(&mut self, name: Name, readings: Vec<Reading>, span: Span) -> ExpressionId {
        let text = self.text_of(name).to_owned();
        match readings.as_slice() {
            [] => match self.every(name, span) {
                Some(every) => every,
                None => self.undefined(&text, span),
            },
            [only] => self.make(only.clone(), &Type::Invalid, &text, span),
            [first, second, ..] => self.ambiguous(&text, first, second, span),
        }
    }

    /// `any u in user: …` means every user.
    fn every(&mut self, name: Name, span: Span) -> Option<ExpressionId> {
        let kind = self.tables.kinds.kind_of(name)?;
        let text = self.text_of(name);
        let message = format!("every `{text}` cannot be asked here");
        if !self.needs(Reads::Memberships, span, &message, "ask it in a rule, or in a `computed` field") {
            return Some(self.poison(span));
        }
        let ty = crate::expression::builtins::list(Type::Entity(kind));
        Some(self.push(Node::Every(kind), ty, false, span))
    }

    pub(super) fn make(&mut self, reading: Reading, expected: &Type, text: &str, span: Span) -> ExpressionId {
        match reading {
            Reading::Local(id, ty) => self.push(Node::Local(id), ty, false, span),
            Reading::Variable(ty, value) => self.constant_of(value, ty, span),
            Reading::Own(field, _) => self.own(field, span),
            Reading::Let(id, ty) => self.global(id, ty, span),
            Reading::Handle => self.handle(span),
            Reading::Platform(kind) => self.platform(kind, span),
            Reading::Choice(id, at) => self.constant_of(Value::Enum(id, at), Type::Enum(id), span),
            Reading::Case(id, at) => self.bare_case(id, at, span),
            Reading::Action(action) => self.constant_of(Value::Permission(action), Type::Permission, span),
            Reading::Reference => self.referenced(expected, text, span),
        }
    }

    /// The entity that the scope finds; its type is its own kind.
    pub(super) fn referenced(&mut self, ty: &Type, text: &str, span: Span) -> ExpressionId {
        match self.reference(ty, text, span) {
            Some(Value::Poisoned) | None => self.poison(span),
            Some(value) => {
                let kind = match value {
                    Value::Entity(entity) => self.scope.kind_of(entity),
                    _ => None,
                };
                self.constant_of(value, kind.map_or_else(|| ty.clone(), Type::Entity), span)
            }
        }
    }

    fn own(&mut self, field: FieldId, span: Span) -> ExpressionId {
        let Some((fields, _)) = self.situation.home.fields(self.tables.kinds) else { return self.poison(span) };
        let row = &fields[field];
        let (ty, is_computed) = (row.ty.clone(), row.computed.is_some());
        let optional = row.optional && !self.is_known(&vec![super::facts::Step::Own(field)]);
        if !self.needs(Reads::Fields, span, "fields cannot be read here", "a constant reads `let`s and literals only") {
            return self.poison(span);
        }
        let help = "make this field `computed` too";
        if is_computed && !self.needs(Reads::Memberships, span, "a computed field is not known yet here", help) {
            return self.poison(span);
        }
        self.push(Node::Own(field), ty, optional, span)
    }

    fn global(&mut self, id: LetId, ty: Type, span: Span) -> ExpressionId {
        match self.tables.expressions.row(self.tables.globals.lets[id].value).map(|row| row.node.clone()) {
            Some(Node::Constant(value)) => self.constant_of(value, ty, span),
            Some(Node::Poisoned) => self.poison(span),
            _ => self.push(Node::Let(id), ty, false, span),
        }
    }

    fn handle(&mut self, span: Span) -> ExpressionId {
        self.push(Node::Handle, Type::Text, false, span)
    }

    pub(super) fn platform(&mut self, kind: KindId, span: Span) -> ExpressionId {
        if !self.needs(Reads::Fields, span, "the platform cannot be read here", "a constant reads no declared thing") {
            return self.poison(span);
        }
        let optional = !self.is_known(&vec![super::facts::Step::Platform]);
        self.push(Node::Platform, Type::Entity(kind), optional, span)
    }

    /// A case without its block: its fields must all have defaults.
    fn bare_case(&mut self, id: VariantId, at: u16, span: Span) -> ExpressionId {
        let kinds = self.tables.kinds;
        let ty = Type::Variant(id);
        let Some(case) = kinds.variants[id].cases.get(usize::from(at)) else { return self.poison(span) };
        let required = case.fields.iter().find(|(_, field)| is_required(field, kinds));
        if let Some((_, field)) = required {
            let (case, field) = (self.text_of(case.name), self.text_of(field.name));
            let message = format!("`{case}` needs `{field}`");
            let help = format!("write `{case} {{ {field}: … }}`");
            self.report(Diagnostic::new(&codes::INCOMPLETE_RECORD, span, message).help(help));
            return self.poison(span);
        }
        if case.fields.is_empty() {
            return self.constant_of(Value::Variant(id, at, Fields::default()), ty, span);
        }
        self.push(Node::Variant(id, at, Vec::new()), ty, false, span)
    }

    // Findings.

    fn ambiguous(&mut self, text: &str, first: &Reading, second: &Reading, span: Span) -> ExpressionId {
        let message = format!("`{text}` can mean {} or {}", first.what(), second.what());
        let mut diagnostic = Diagnostic::new(&codes::AMBIGUOUS_VALUE, span, message).label("both fit here");
        for reading in [first, second] {
            if let Some(place) = self.place_of(reading) {
                diagnostic = diagnostic.related(place, format!("{} is declared here", reading.what()));
            }
            if let Some(full) = self.full_spelling(reading) {
                diagnostic = diagnostic.help(format!("for {} write `{full}`", reading.what()));
            }
        }
        self.report(diagnostic);
        self.poison(span)
    }

    fn place_of(&self, reading: &Reading) -> Option<Span> {
        let kinds = self.tables.kinds;
        match reading {
            Reading::Own(field, _) => self.situation.home.fields(kinds).map(|(fields, _)| fields[*field].span),
            Reading::Let(id, _) => Some(self.tables.globals.lets[*id].span),
            Reading::Choice(id, at) => kinds.enums[*id].values.get(usize::from(*at)).map(|value| value.span),
            Reading::Case(id, at) => kinds.variants[*id].cases.get(usize::from(*at)).map(|case| case.span),
            Reading::Action(id) => Some(kinds.actions[*id].span),
            Reading::Local(..)
            | Reading::Variable(..)
            | Reading::Handle
            | Reading::Platform(_)
            | Reading::Reference => None,
        }
    }

    fn full_spelling(&self, reading: &Reading) -> Option<String> {
        let kinds = self.tables.kinds;
        match reading {
            Reading::Choice(id, at) => {
                let row = &kinds.enums[*id];
                let value = row.values.get(usize::from(*at))?;
                Some(format!("{}.{}", self.text_of(row.name), self.text_of(value.name)))
            }
            _ => None,
        }
    }

    /// Nothing of that name fits: the message depends on what would have.
    fn nothing_fits(&mut self, text: &str, expected: &Type, span: Span) -> ExpressionId {
        if self.takes_entities(expected) {
            return self.referenced(expected, text, span);
        }
        let choices = self.choices(expected);
        if choices.is_empty() {
            return match self.tables.names.find(text).and_then(|name| self.every(name, span)) {
                Some(every) => every,
                None if self.base(expected) == Type::Bool => self.no_boolean(text, span),
                None if self.base(expected) == Type::Text => self.unquoted(text, span),
                None => self.undefined(text, span),
            };
        }
        let near = suggest::nearest(text, choices.iter().map(String::as_str));
        let message = format!("there is no `{text}` in {}", self.type_text(expected));
        let diagnostic = Diagnostic::new(&codes::UNKNOWN_CHOICE, span, message);
        let diagnostic = match near.is_empty() {
            false => diagnostic.did_you_mean(span, &near),
            true => diagnostic.help(format!("it is one of {}", choices.join(", "))),
        };
        self.report(diagnostic);
        self.poison(span)
    }

    /// The words that a type offers.
    fn choices(&self, ty: &Type) -> Vec<String> {
        let kinds = self.tables.kinds;
        let text = |name: Name| self.text_of(name).to_owned();
        match kinds.base(ty) {
            Type::Enum(id) => kinds.enums[*id].values.iter().map(|value| text(value.name)).collect(),
            Type::Variant(id) => kinds.variants[*id].cases.iter().map(|case| text(case.name)).collect(),
            Type::Permission => kinds.actions.iter().map(|(_, action)| text(action.qualified)).collect(),
            Type::OneOf(types) => types.iter().flat_map(|ty| self.choices(ty)).collect(),
            _ => Vec::new(),
        }
    }

    /// `yes` and `no`, as other languages write them.
    fn no_boolean(&mut self, text: &str, span: Span) -> ExpressionId {
        let meant = match text {
            "yes" | "on" | "y" => "true",
            "no" | "off" | "n" => "false",
            _ => return self.undefined(text, span),
        };
        let message = format!("nothing here is called `{text}`: a switch is `true` or `false`");
        let fix = Fix::replace(span, meant, format!("write `{meant}`"));
        self.report(Diagnostic::new(&codes::UNDEFINED_NAME, span, message).fix(fix));
        self.poison(span)
    }

    /// A name that stands for nothing where a text is needed: perhaps the text itself.
    pub(super) fn unquoted(&mut self, text: &str, span: Span) -> ExpressionId {
        let known = self.known_names();
        let is_nothing = matches!(text, "null" | "nil" | "none");
        if is_nothing || !suggest::nearest(text, known.iter().map(String::as_str)).is_empty() {
            return self.undefined(text, span);
        }
        let fix = Fix::replace(span, format!("\"{text}\""), format!("write `\"{text}\"`"));
        let message = format!("nothing here is called `{text}`");
        let diagnostic = Diagnostic::new(&codes::UNDEFINED_NAME, span, message);
        self.report(
            diagnostic.help(format!("as a text, write it in quotes: `\"{text}\"`")).fix(fix.may_change_meaning()),
        );
        self.poison(span)
    }

    pub(super) fn undefined(&mut self, text: &str, span: Span) -> ExpressionId {
        let mut diagnostic = Diagnostic::new(&codes::UNDEFINED_NAME, span, format!("nothing here is called `{text}`"));
        let known = self.known_names();
        let near = suggest::nearest(text, known.iter().map(String::as_str));
        diagnostic = match text {
            "null" | "nil" | "none" => diagnostic.help("what has no value is left out: take the line away"),
            _ => diagnostic.did_you_mean(span, &near),
        };
        if let Some(name) = self.tables.names.find(text) {
            for kind in self.scope.kinds_with(name) {
                let kind = self.text_of(self.tables.kinds.kinds[kind].name);
                diagnostic = diagnostic.help(format!("for the {kind} write `{kind}.{text}`"));
            }
        }
        self.report(diagnostic);
        self.poison(span)
    }

    /// The names that stand for a value here, sorted.
    fn known_names(&self) -> Vec<String> {
        let globals = self.tables.globals;
        let mut names: Vec<Name> = self.locals.iter().map(|local| local.name).collect();
        names.extend(self.scope.variables());
        names.extend(globals.lets.iter().map(|(_, row)| row.name));
        if let Some((fields, _)) = self.situation.home.fields(self.tables.kinds) {
            names.extend(fields.iter().map(|(_, field)| field.name));
        }
        let mut texts: Vec<String> = names.into_iter().map(|name| self.text_of(name).to_owned()).collect();
        texts.push("platform".to_owned());
        texts.sort();
        texts.dedup();
        texts
    }
}

/// Whether a field must be said: no default, not optional, and no value of its own when nothing is said.
pub(super) fn is_required(field: &crate::kinds::Field, kinds: &crate::kinds::KindSet) -> bool {
    if field.optional || field.default != Preset::None || field.computed.is_some() {
        return false;
    }
    match kinds.base(&field.ty) {
        Type::List(..) | Type::Map(..) => false,
        Type::Record(record) => {
            let fields = &kinds.records[*record].fields;
            // A record that holds itself without an end is required, and nobody can give it.
            fields.iter().any(|(_, inner)| kinds.base(&inner.ty) == &Type::Record(*record) || is_required(inner, kinds))
        }
        _ => true,
    }
}
