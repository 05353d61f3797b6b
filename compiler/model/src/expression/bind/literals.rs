//! Literals: numbers by the place they stand in, texts with interpolations.

use nbc_source::Span;
use nbc_syntax::ast::{self, AstNode, LiteralKind};
use nbc_syntax::literal::{self, TextPart as SourcePart};
use nbc_syntax::parse_interpolation;

use crate::expression::bind::Binder;
use crate::expression::codes;
use crate::expression::{ExpressionId, Node, TextPart};
use crate::kinds::Type;
use crate::quantity::{self, Wanted};
use crate::value::{Date, Value};

impl Binder<'_> {
    pub(super) fn literal(&mut self, literal: &ast::Literal, expected: Option<&Type>) -> ExpressionId {
        let span = self.span(literal.range());
        match literal.kind() {
            None => self.poison(span),
            Some(LiteralKind::Bool(value)) => self.constant_of(Value::Bool(value), Type::Bool, span),
            Some(LiteralKind::Date(token)) => self.date(token.text(), span),
            Some(LiteralKind::Number(token)) => {
                let is_sound = literal::number(token.text()).is_ok();
                self.number(token.text(), is_sound, expected, span)
            }
            Some(LiteralKind::Quantity(token)) => {
                let is_sound = literal::quantity(token.text()).is_ok();
                self.number(token.text(), is_sound, expected, span)
            }
            Some(LiteralKind::Money(token)) => {
                let is_sound = literal::money(token.text()).is_ok();
                self.number(token.text(), is_sound, expected, span)
            }
            Some(LiteralKind::Text(text)) => self.text_literal(&text, expected, span),
            Some(LiteralKind::Verbatim(verbatim)) => self.plain_text(&verbatim.value(), expected, span),
        }
    }

    fn date(&mut self, token: &str, span: Span) -> ExpressionId {
        match read_date(token) {
            Some(date) => self.constant_of(Value::Date(date), Type::Date, span),
            None => self.poison(span),
        }
    }

    /// A number that the parser found sound.
    fn number(&mut self, token: &str, is_sound: bool, expected: Option<&Type>, span: Span) -> ExpressionId {
        if !is_sound {
            return self.poison(span);
        }
        let wanted = expected.map_or(Wanted::Any, |ty| Wanted::by(ty, self.tables.kinds));
        match quantity::parse(token, wanted) {
            Ok(read) => {
                if let Some(currency) = read.currency {
                    self.currencies.push((span, currency));
                }
                let ty = match read.value {
                    Value::Quantity(dimension, _) => Type::Quantity(dimension),
                    Value::Int(number) if number >= 0 => Type::Count,
                    _ => Type::Int,
                };
                self.constant_of(read.value, ty, span)
            }
            Err(error) => {
                // Where what the place asks for failed, a number that depends on it is no second finding.
                let is_silent = expected.is_some_and(|ty| self.base(ty) == Type::Invalid);
                if !is_silent || error.code != &codes::UNCLEAR_DIMENSION {
                    self.report(error.at(span));
                }
                self.poison(span)
            }
        }
    }

    fn text_literal(&mut self, text: &ast::Text, expected: Option<&Type>, span: Span) -> ExpressionId {
        match text.plain() {
            Some(plain) => self.plain_text(&plain, expected, span),
            None => {
                let id = self.text(text);
                match expected {
                    Some(ty) if self.takes_entities(ty) && !self.takes_text(ty) => {
                        self.computed_reference(id, ty, span)
                    }
                    _ => id,
                }
            }
        }
    }

    fn plain_text(&mut self, text: &str, expected: Option<&Type>, span: Span) -> ExpressionId {
        if let Some(ty) = expected
            && self.takes_entities(ty)
            && !self.takes_text(ty)
        {
            self.quoted(ty, text, span);
            return self.poison(span);
        }
        let name = self.tables.names.intern(text);
        self.constant_of(Value::Text(name), Type::Text, span)
    }

    fn takes_text(&self, ty: &Type) -> bool {
        match self.tables.kinds.base(ty) {
            Type::Text => true,
            Type::OneOf(types) => types.iter().any(|ty| self.takes_text(ty)),
            _ => false,
        }
    }

    /// `parent: "{team}-students"`: the text is the name of what is meant.
    fn computed_reference(&mut self, id: ExpressionId, ty: &Type, span: Span) -> ExpressionId {
        if self.is_poisoned(id) {
            return id;
        }
        let Some(Value::Text(name)) = self.constant_value(id) else {
            let message = "who is meant must be known before anything is computed";
            return self.refuse(&codes::NOT_A_CONSTANT, span, message);
        };
        let text = self.text_of(name).to_owned();
        self.referenced(ty, &text, span)
    }

    /// A text, with what it interpolates.
    pub(super) fn text(&mut self, text: &ast::Text) -> ExpressionId {
        let span = self.span(text.range());
        let mut parts = Vec::new();
        for part in text.parts() {
            match part {
                SourcePart::Literal(literal) => parts.push(TextPart::Literal(literal.into_owned())),
                SourcePart::Interpolation { range } => {
                    let source = text.source().get(range.start as usize..range.end as usize).unwrap_or_default();
                    let id = self.interpolation(source, span.start.saturating_add(range.start), span);
                    parts.push(TextPart::Value(id));
                }
            }
        }
        match parts.as_slice() {
            [] => self.plain_text("", None, span),
            [TextPart::Literal(literal)] => {
                let name = self.tables.names.intern(literal);
                self.constant_of(Value::Text(name), Type::Text, span)
            }
            _ => self.strict(Node::Text(parts), Type::Text, span),
        }
    }

    fn interpolation(&mut self, source: &str, at: u32, span: Span) -> ExpressionId {
        let parse = parse_interpolation(source, at, self.situation.file);
        let Some(expression) = parse.source_file().expression() else { return self.poison(span) };
        let outer = std::mem::replace(&mut self.offset, at);
        let id = self.expression(&expression, None);
        let id = self.present(id);
        let id = self.printable(id);
        self.offset = outer;
        id
    }

    /// Only what reads as a word can stand in a text.
    fn printable(&mut self, id: ExpressionId) -> ExpressionId {
        match self.base_of(id) {
            Type::Record(_) | Type::Map(..) => {
                let message = format!("`{}` cannot stand in a text", self.type_text(&self.ty(id)));
                self.refuse(&codes::WRONG_TYPE, self.span_of(id), message)
            }
            _ => id,
        }
    }
}

/// The date of a token that the parser found sound.
pub(crate) fn read_date(token: &str) -> Option<Date> {
    let date = literal::date(token).ok()?;
    Date::from_civil(i32::from(date.year), date.month, date.day)
}
