//! Whether a value of one type can stand where another is asked for, and how types are called in messages.

use nbc_source::{About, Diagnostic, Fix};
use nbc_syntax::literal;

use crate::expression::bind::Binder;
use crate::expression::codes;
use crate::expression::{Conversion, ExpressionId, Node};
use crate::kinds::{Dated, KindSet, Type, VariantCase, VariantId};
use crate::names::{Name, Names};
use crate::quantity;
use crate::value::{Dimension, Value};

/// How a value gets into its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    AsItIs,
    Converted(Conversion),
    Not,
}

pub(crate) fn fit(from: &Type, to: &Type, kinds: &KindSet) -> Fit {
    use Dimension::{Decimal, Rate};
    use Type::{Count, Int, Invalid, List, Map, OneOf, Quantity};
    let as_it_is = |fits: bool| if fits { Fit::AsItIs } else { Fit::Not };
    match (kinds.base(from), kinds.base(to)) {
        (Invalid, _) | (_, Invalid) | (Count, Int) => Fit::AsItIs,
        (Int, Count) => Fit::Converted(Conversion::ToCount),
        (Int | Count, Quantity(Decimal)) => Fit::Converted(Conversion::ToDecimal),
        (Quantity(Rate(_)), Quantity(Rate(_))) => Fit::AsItIs,
        (List(from, _), List(to, _)) => as_it_is(fits_inside(from, to, kinds)),
        (Map(key, from), Map(other, to)) => as_it_is(fits_inside(key, other, kinds) && fits_inside(from, to, kinds)),
        (OneOf(types), to) => as_it_is(types.iter().all(|from| fit(from, to, kinds) == Fit::AsItIs)),
        (from, OneOf(types)) => {
            let fits = types.iter().map(|to| fit(from, to, kinds));
            fits.reduce(|best, next| if best == Fit::Not { next } else { best }).unwrap_or(Fit::Not)
        }
        (from, to) => as_it_is(from == to),
    }
}

/// Inside a list nothing is converted; a whole number may count.
fn fits_inside(from: &Type, to: &Type, kinds: &KindSet) -> bool {
    matches!(fit(from, to, kinds), Fit::AsItIs | Fit::Converted(Conversion::ToCount))
}

/// A type as the language writes it.
pub(crate) fn type_text(ty: &Type, names: &Names, kinds: &KindSet) -> String {
    let name = |name| names.text(name).to_owned();
    match ty {
        Type::Invalid => "?".to_owned(),
        Type::Bool => "Bool".to_owned(),
        Type::Int => "Int".to_owned(),
        Type::Count => "Count".to_owned(),
        Type::Text => "Text".to_owned(),
        Type::Date => "Date".to_owned(),
        Type::Permission => "Permission".to_owned(),
        Type::Quantity(dimension) => dimension_text(*dimension).to_owned(),
        Type::Named(id) => name(kinds.types[*id].name),
        Type::Enum(id) => name(kinds.enums[*id].name),
        Type::Record(id) => name(kinds.records[*id].name),
        Type::Variant(id) => name(kinds.variants[*id].name),
        Type::Entity(id) => name(kinds.kinds[*id].name),
        Type::OneOf(types) => types.iter().map(|ty| type_text(ty, names, kinds)).collect::<Vec<_>>().join(" | "),
        Type::List(of, dated) => {
            let word = if *dated == Dated::Yes { "dated " } else { "" };
            format!("[{word}{}]", type_text(of, names, kinds))
        }
        Type::Map(key, of) => format!("{{{}: {}}}", type_text(key, names, kinds), type_text(of, names, kinds)),
    }
}

fn dimension_text(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Cpu => "Cpu",
        Dimension::Memory => "Memory",
        Dimension::Storage => "Storage",
        Dimension::Duration => "Duration",
        Dimension::Money => "Money",
        Dimension::Rate(_) => "Rate",
        Dimension::Percent => "Percent",
        Dimension::Decimal => "Decimal",
    }
}

/// Whether a text is a value of the type, among others perhaps.
fn takes_text(ty: &Type) -> bool {
    match ty {
        Type::Text => true,
        Type::OneOf(types) => types.contains(&Type::Text),
        _ => false,
    }
}

/// Whether a text would be a value of the type without its quotes.
fn is_spelling(text: &str, ty: &Type) -> bool {
    match ty {
        Type::Bool => matches!(text, "true" | "false"),
        Type::Int | Type::Count => literal::number(text).is_ok_and(|number| number.integer().is_some()),
        Type::Date => literal::date(text).is_ok(),
        Type::Quantity(dimension) => quantity::parse(text, quantity::Wanted::Of(*dimension)).is_ok(),
        _ => false,
    }
}

impl Binder<'_> {
    pub(super) fn type_text(&self, ty: &Type) -> String {
        type_text(ty, self.tables.names, self.tables.kinds)
    }

    /// Puts an expression where a type is asked for.
    pub(crate) fn coerce(&mut self, id: ExpressionId, ty: &Type) -> ExpressionId {
        let from = &self.tables.expressions[id].ty;
        match fit(from, ty, self.tables.kinds) {
            Fit::AsItIs => id,
            Fit::Converted(conversion) => {
                let (span, ty) = (self.span_of(id), ty.clone());
                self.strict(Node::Convert(conversion, id), ty, span)
            }
            Fit::Not => self.wrong_type(id, ty),
        }
    }

    fn is_case(&self, of: VariantId, text: Name) -> bool {
        self.tables.kinds.variants[of].cases.iter().any(|case| case.name == text)
    }

    /// `new`, `nfs { … }`
    fn cases_text(&self, of: VariantId) -> String {
        let case = |case: &VariantCase| {
            let name = self.tables.names.text(case.name);
            if case.field_names.is_empty() { format!("`{name}`") } else { format!("`{name} {{ … }}`") }
        };
        let cases: Vec<String> = self.tables.kinds.variants[of].cases.iter().map(case).collect();
        cases.join(", ")
    }

    pub(super) fn wrong_type(&mut self, id: ExpressionId, ty: &Type) -> ExpressionId {
        let span = self.span_of(id);
        let (wanted, is) = (self.type_text(ty), self.type_text(&self.tables.expressions[id].ty));
        let message = format!("`{wanted}` is needed here, this is `{is}`");
        let mut diagnostic = Diagnostic::new(&codes::WRONG_TYPE, span, message);
        let mut fits_as_text = false;
        match (self.base(ty), self.constant_value(id)) {
            (Type::Text, Some(Value::Int(number))) => {
                let text = format!("\"{number}\"");
                diagnostic = diagnostic.help("as a text, write it in quotes").fix(Fix::replace(
                    span,
                    &text,
                    format!("write `{text}`"),
                ));
            }
            (base, Some(Value::Int(_) | Value::Quantity(..) | Value::Date(_))) if takes_text(&base) => {
                fits_as_text = true;
                diagnostic = diagnostic.help("as a text, write it in quotes");
            }
            (Type::Bool, Some(Value::Int(number @ (0 | 1)))) => {
                let word = if number == 1 { "true" } else { "false" };
                diagnostic = diagnostic.fix(Fix::replace(span, word, format!("write `{word}`")).may_change_meaning());
            }
            (base, Some(Value::Text(text))) if is_spelling(self.text_of(text), &base) => {
                let bare = self.text_of(text).to_owned();
                diagnostic = diagnostic.help("only texts stand in quotes").fix(Fix::replace(
                    span,
                    &bare,
                    format!("write `{bare}`"),
                ));
            }
            (Type::List(of, _), _) if fit(&self.tables.expressions[id].ty, &of, self.tables.kinds) == Fit::AsItIs => {
                diagnostic = diagnostic.help("a list stands in brackets, even when it has one element");
            }
            (Type::Map(key, of), value) if fit(&self.tables.expressions[id].ty, &of, self.tables.kinds) != Fit::Not => {
                let value = match value {
                    Some(Value::Int(number)) => number.to_string(),
                    _ => "…".to_owned(),
                };
                let name = self.type_text(&key).to_uppercase();
                diagnostic = diagnostic.help(format!("each stands under its name: `{{ {name}: {value} }}`"));
            }
            (Type::Variant(of), Some(Value::Text(text))) if !self.is_case(of, text) => {
                diagnostic = diagnostic.help(format!("it is one of {}", self.cases_text(of)));
            }
            (Type::Enum(_) | Type::Variant(_), Some(Value::Text(name))) => {
                let bare = self.text_of(name).to_owned();
                diagnostic = diagnostic.fix(
                    Fix::replace(span, bare.clone(), format!("write the bare word `{bare}`")).may_change_meaning(),
                );
            }
            _ => {}
        }
        self.report(diagnostic.about(About::Type { wanted, fits_as_text }));
        self.poison(span)
    }
}
