//! A text where a date, a number, a word of an enum or a thing is needed: how that is written.

use nbc_source::{Span, suggest};

use super::Voice;
use crate::cedar_text::TokenKind;
use crate::load::handles;
use crate::names::quoted;

/// The text that a literal is.
pub(super) fn text(written: &str) -> Option<&str> {
    let inner = written.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains(['"', '\\'])).then_some(inner)
}

impl Voice<'_> {
    /// The text as a literal of another type, if it is one or nearly one.
    pub(super) fn written_as(&self, type_name: &str, text: &str) -> Option<String> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match type_name {
            "Bool" => ["true", "false"].contains(&text).then(|| text.to_owned()),
            "Long" => digits(text).then(|| text.to_owned()),
            "datetime" => {
                let parts: Vec<&str> = text.split('-').collect();
                (parts.len() == 3 && parts.into_iter().all(digits)).then(|| format!("datetime({})", quoted(text)))
            }
            "duration" => {
                let is_one = text.starts_with(|c: char| c.is_ascii_digit()) && text.ends_with(['d', 'h', 'm', 's']);
                is_one.then(|| format!("duration({})", quoted(text)))
            }
            "decimal" => {
                let (whole, rest) = text.split_once('.')?;
                (digits(whole) && digits(rest)).then(|| format!("decimal({})", quoted(text)))
            }
            name => {
                let known = self.known(name);
                let near = suggest::nearest(text, known.iter().copied());
                let meant = known.contains(&text).then_some(text).or(if near.len() == 1 {
                    near.first().copied()
                } else {
                    None
                });
                meant.map(|meant| format!("{name}::{}", quoted(meant)))
            }
        }
    }

    /// The words of an enum, the handles of a kind.
    fn known(&self, type_name: &str) -> Vec<&str> {
        match self.shapes.kind_of(type_name) {
            Some(kind) => handles(self.model, kind).collect(),
            None => self.choices(type_name),
        }
    }

    /// The one text in `span`, written as the other of the types that are compared there.
    pub(super) fn meant_literal(&self, span: Span, types: &[&str]) -> Option<(Span, String)> {
        let wanted = types.iter().filter(|name| **name != "String").copied();
        let inside = |at: usize| {
            let range = &self.place.policy.tokens.get(at)?.range;
            (span.start as usize <= range.start && range.end <= span.end as usize).then(|| range.clone())
        };
        let policy = self.place.policy;
        let is_text = |at: &usize| policy.tokens.get(*at).is_some_and(|token| token.kind == TokenKind::Text);
        let is_id = |at: usize| at > 0 && policy.word(self.place.text, at - 1) == "::";
        let mut texts = (0..policy.tokens.len()).filter(is_text).filter(|at| !is_id(*at)).filter_map(inside);
        let (Some(only), None) = (texts.next(), texts.next()) else { return None };
        let written = text(self.place.text.get(only.clone())?)?;
        wanted.into_iter().find_map(|name| self.written_as(name, written)).map(|right| (self.place.span(only), right))
    }
}
