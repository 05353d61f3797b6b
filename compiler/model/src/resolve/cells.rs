//! What a cell of a table becomes: the same values as in text, from the words that spreadsheets hold.

use std::borrow::Cow;

use nbc_source::Fix;
use nbc_syntax::literal;

use super::*;
use crate::quantity::{self, Wanted};
use crate::value::{Date, Element};

impl Resolver<'_> {
    /// The value of a cell that is not empty; `Poisoned` after saying what is wrong with it.
    pub(super) fn cell(&mut self, place: &Place, ty: &Type, text: &str, span: Span) -> Value {
        let kinds = self.kinds;
        match kinds.base(ty) {
            Type::Invalid => Value::Poisoned,
            Type::Text => Value::Text(self.names.intern(text)),
            Type::Bool => {
                self.word(text, span, &["true", "false"]).map_or(Value::Poisoned, |word| Value::Bool(word == "true"))
            }
            Type::Date => self.date(text, span),
            Type::Entity(_) | Type::Enum(_) => {
                self.reference(ty, Written { kind: None, name: text, span, quoted: false }, place.viewpoint)
            }
            Type::OneOf(types) if types.iter().any(|ty| *kinds.base(ty) == Type::Text) => {
                Value::Text(self.names.intern(text))
            }
            Type::OneOf(_) => {
                self.reference(ty, Written { kind: None, name: text, span, quoted: false }, place.viewpoint)
            }
            Type::Permission => Value::Permission(match self.names.find(text).and_then(|name| kinds.action_of(name)) {
                Some(action) => action,
                None => return self.bad(text, span, "is no action", None),
            }),
            Type::Int | Type::Count | Type::Quantity(_) => self.number(ty, text, span),
            Type::List(element, _) => self.cells(place, element, text, span),
            Type::Map(..) | Type::Record(_) | Type::Variant(_) | Type::Named(_) => {
                self.bad(text, span, "cannot become a block", None)
            }
        }
    }

    /// `small;large`: a list in one cell.
    fn cells(&mut self, place: &Place, element: &Type, text: &str, span: Span) -> Value {
        let mut elements = Vec::new();
        if let Type::Entity(kind) = self.kinds.base(element) {
            let several = self.several(*kind, text, place.viewpoint);
            if !several.is_empty() {
                let words: Vec<&str> = several.iter().map(|(word, _)| *word).collect();
                let kind = self.names.text(self.kinds.kinds[*kind].name).to_owned();
                self.separated_otherwise(&kind, &words, span, true);
                return Value::Poisoned;
            }
        }
        let before = self.diagnostics.len();
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let value = self.cell(place, element, part, span);
            let origin = self.origin(place, span);
            elements.push(Element { value, origin, from: None, until: None });
        }
        if elements.len() > 1 {
            // The place is the whole cell, of which a correction would drop the others.
            self.diagnostics.iter_mut().skip(before).for_each(|found| found.fix = None);
        }
        self.check_twice(&elements, |_| None);
        Value::List(self.store.list(elements))
    }

    /// The names in a text that parts them by something else than `;`, if it holds several and all of them are known.
    pub(super) fn several<'t>(&self, kind: KindId, text: &'t str, from: Viewpoint) -> Vec<(&'t str, EntityId)> {
        let known = |word: &str| self.directory.find(kind, self.names.find(word)?, from, self.stages);
        if known(text).is_some() {
            return Vec::new();
        }
        let is_sign = |c: char| c.is_whitespace() || matches!(c, ',' | '|' | '&' | '+');
        let parts = text.split(is_sign).filter(|part| !part.is_empty());
        let words = parts.filter(|part| known(part).is_some() || !matches!(*part, "and" | "und" | "et" | "y" | "e"));
        let named: Option<Vec<_>> = words.map(|word| Some((word, known(word)?))).collect();
        named.filter(|named| named.len() > 1).unwrap_or_default()
    }

    /// Says how names are parted in a cell. In a table that parts its cells by `;`, or may do so, they stand in quotes.
    pub(super) fn separated_otherwise(&mut self, kind: &str, words: &[&str], span: Span, in_quotes: bool) {
        let list = words.join("; ");
        let list = if in_quotes { format!("\"{list}\"") } else { list };
        let message = format!("{kind}s in one cell are separated by `;`");
        let found = Diagnostic::new(&codes::BAD_CELL, span, message).label(format!("holds {} names", words.len()));
        let fix = Fix::replace(span, &list, format!("write `{list}`"));
        self.diagnostics.push(found.help(format!("write `{list}`")).fix(fix));
    }

    fn word<'t>(&mut self, text: &'t str, span: Span, words: &[&str]) -> Option<&'t str> {
        if words.contains(&text) {
            return Some(text);
        }
        let lower = text.to_lowercase();
        let fix = words.iter().find(|word| **word == lower).map(|word| (*word).to_owned());
        self.bad(text, span, &format!("is none of `{}`", words.join("`, `")), fix);
        None
    }

    pub(super) fn date(&mut self, text: &str, span: Span) -> Value {
        match super::values::date_of(text) {
            Some(date) => Value::Date(date),
            None => self.bad(text, span, "is not a date: dates are year-month-day", turned_date(text)),
        }
    }

    fn number(&mut self, ty: &Type, text: &str, span: Span) -> Value {
        match quantity::parse(text, Wanted::by(ty, self.kinds)) {
            Ok(quantity) => quantity.value,
            Err(error) => {
                self.diagnostics.push(error.at(span));
                Value::Poisoned
            }
        }
    }

    pub(super) fn bad(&mut self, text: &str, span: Span, why: &str, instead: Option<String>) -> Value {
        let mut diagnostic = Diagnostic::new(&codes::BAD_CELL, span, format!("`{text}` {why}")).label("this cell");
        if let Some(instead) = instead {
            diagnostic = diagnostic.help(format!("write `{instead}`")).fix(Fix::replace(
                span,
                &instead,
                format!("{text} → {instead}"),
            ));
        }
        self.diagnostics.push(diagnostic);
        Value::Poisoned
    }
}

/// `30/06/2027` is `2027-06-30`, where only one order of day and month is possible.
fn turned_date(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(['/', '.', '-']).collect();
    let [first, second, year] = parts.as_slice() else { return None };
    let (first, second): (u8, u8) = (first.parse().ok()?, second.parse().ok()?);
    let year: i32 = (year.len() == 4).then(|| year.parse().ok())??;
    let date = |month, day| Date::from_civil(year, month, day);
    match (date(second, first), date(first, second)) {
        (Some(date), None) | (None, Some(date)) => Some(date.to_string()),
        (Some(a), Some(b)) if a == b => Some(a.to_string()),
        _ => None,
    }
}

/// A text of a table's block: words, and the cells it names.
pub(super) enum CellText {
    Words(String),
    Column(usize),
}

/// `"{row.first} {row.last}"`, cut into words and columns; the range of an interpolation that is no column otherwise.
pub(super) fn cell_text(text: &ast::Text, column: impl Fn(&str) -> Option<usize>) -> Option<Vec<CellText>> {
    text.parts()
        .into_iter()
        .map(|part| match part {
            literal::TextPart::Literal(words) => Some(CellText::Words(Cow::into_owned(words))),
            literal::TextPart::Interpolation { range } => {
                let source = text.source().get(range.start as usize..range.end as usize)?;
                let name = source.trim().strip_prefix("row.")?.trim_matches('"');
                column(name).map(CellText::Column)
            }
        })
        .collect()
}
