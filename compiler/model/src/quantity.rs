//! Quantities: what is written becomes an exact whole number of base units, and back.
//!
//! The same token means different things in different places: `500m` is half a core, or 500 minutes. The place decides;
//! what cannot be meant there is an error that says what it would have meant.

mod read;
mod units;

use nbc_source::{Code, Diagnostic, Fix, Span};

use crate::kinds::{KindSet, Type};
use crate::value::{Dimension, Per, Value};

use units::{BYTES, Byte, TIMES, symbol};

/// What the place of a number asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing is asked for: only what has one meaning is accepted.
    Any,
    Int,
    /// A whole number that is not negative.
    Count,
    /// A quantity; of a rate the period is free.
    Of(Dimension),
}

impl Wanted {
    /// What a place of this type asks of a number; [`Wanted::Any`] where the type is not a number.
    pub fn by(ty: &Type, kinds: &KindSet) -> Wanted {
        match kinds.base(ty) {
            Type::Int => Wanted::Int,
            Type::Count => Wanted::Count,
            Type::Quantity(dimension) => Wanted::Of(*dimension),
            Type::OneOf(types) => types
                .iter()
                .map(|ty| Wanted::by(ty, kinds))
                .find(|wanted| *wanted != Wanted::Any)
                .unwrap_or(Wanted::Any),
            Type::Invalid
            | Type::Bool
            | Type::Text
            | Type::Date
            | Type::Permission
            | Type::Named(_)
            | Type::Enum(_)
            | Type::Record(_)
            | Type::Variant(_)
            | Type::Entity(_)
            | Type::List(..)
            | Type::Map(..) => Wanted::Any,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Wanted::Any => "a number",
            Wanted::Int => "a whole number",
            Wanted::Count => "a count",
            Wanted::Of(dimension) => dimension.name(),
        }
    }
}

/// A number that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    pub value: Value,
    /// The currency of an amount of money, as a code of three letters.
    pub currency: Option<String>,
}

/// Why a number cannot stand where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuantityError {
    pub code: &'static Code,
    pub message: String,
    /// What the unit means, beside the underlined text; may be empty.
    pub label: String,
    /// Spellings that may have been meant, likeliest first.
    pub instead: Vec<String>,
    pub help: Vec<String>,
    /// Whether the likeliest spelling says the same in other letters, as `45min` does for `45minutes`.
    pub is_same: bool,
}

impl QuantityError {
    fn new(code: &'static Code, message: impl Into<String>) -> QuantityError {
        QuantityError {
            code,
            message: message.into(),
            label: String::new(),
            instead: Vec::new(),
            help: Vec::new(),
            is_same: false,
        }
    }

    fn label(mut self, label: impl Into<String>) -> QuantityError {
        self.label = label.into();
        self
    }

    fn instead(mut self, spellings: impl IntoIterator<Item = String>) -> QuantityError {
        self.instead.extend(spellings);
        self
    }

    /// The first spelling means the same.
    fn same(mut self) -> QuantityError {
        self.is_same = true;
        self
    }

    /// The finding at the place of the number; the likeliest spelling becomes a correction.
    pub fn at(self, span: Span) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(self.code, span, self.message).label(self.label);
        if !self.instead.is_empty() {
            diagnostic = diagnostic.help(format!("did you mean {}?", alternatives(&self.instead)));
        }
        for help in self.help {
            diagnostic = diagnostic.help(help);
        }
        match self.instead.into_iter().next() {
            Some(text) => {
                let title = format!("write `{text}`");
                let fix = Fix::replace(span, text, title);
                diagnostic.fix(if self.is_same { fix } else { fix.may_change_meaning() })
            }
            None => diagnostic,
        }
    }
}

fn alternatives(spellings: &[String]) -> String {
    spellings.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(" or ")
}

/// Reads a number with its unit, as it is written: `8`, `2.5Gi`, `€2_500/month`.
///
/// # Errors
/// When the unit does not fit the place, the amount is not a whole number of base units, or it is too large.
pub fn parse(text: &str, wanted: Wanted) -> Result<Quantity, QuantityError> {
    read::parse(text, wanted)
}

/// The same figures in another currency: `$0.48/hour` in EUR is `€0.48/hour`.
pub(crate) fn in_currency(written: &str, currency: &str) -> String {
    let (amount, per) = written.split_once('/').map_or((written, None), |(amount, per)| (amount, Some(per)));
    let figures: String = amount.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '_')).collect();
    let per = per.map_or_else(String::new, |per| format!("/{per}"));
    match symbol(currency) {
        Some(symbol) => format!("{symbol}{figures}{per}"),
        None => format!("{figures}{currency}{per}"),
    }
}

/// The canonical spelling of an amount: the largest unit that divides it.
pub fn display(dimension: Dimension, amount: i64, currency: &str) -> String {
    match dimension {
        Dimension::Cpu if amount % 1_000 == 0 => (amount / 1_000).to_string(),
        Dimension::Cpu => format!("{amount}m"),
        Dimension::Memory | Dimension::Storage => bytes(amount),
        Dimension::Duration => duration(amount),
        Dimension::Money => money(amount, 2, currency),
        Dimension::Rate(per) => format!("{}/{}", money(amount, 4, currency), units::per_name(per)),
        Dimension::Percent => format!("{}%", fraction(amount, 2)),
        Dimension::Decimal => fraction(amount, 4),
    }
}

/// The shortest of the exact spellings; of two equally short ones the binary.
fn bytes(amount: i64) -> String {
    let spellings = BYTES.iter().filter(|Byte { size, .. }| amount != 0 && amount % size == 0);
    spellings
        .map(|Byte { size, name }| format!("{}{name}", amount / size))
        .min_by_key(|text| text.trim_end_matches(|c: char| !c.is_ascii_digit()).len())
        .unwrap_or_else(|| amount.to_string())
}

fn duration(amount: i64) -> String {
    let unit = TIMES.iter().find(|(size, _)| amount != 0 && amount % size == 0);
    unit.map_or_else(|| format!("{amount}ms"), |(size, name)| format!("{}{name}", amount / size))
}

fn money(amount: i64, digits: u32, currency: &str) -> String {
    let number = fraction(amount, digits);
    match (symbol(currency), number.strip_prefix('-')) {
        (Some(symbol), Some(number)) => format!("-{symbol}{number}"),
        (Some(symbol), None) => format!("{symbol}{number}"),
        (None, _) => format!("{number}{currency}"),
    }
}

/// `amount` with `digits` decimal places, trailing zeros dropped.
fn fraction(amount: i64, digits: u32) -> String {
    let unit = 10_u64.pow(digits);
    let sign = if amount < 0 { "-" } else { "" };
    let (whole, rest) = (amount.unsigned_abs() / unit, amount.unsigned_abs() % unit);
    let padded = format!("{rest:0width$}", width = digits as usize);
    let decimals = padded.trim_end_matches('0');
    if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") }
}

/// Two rates over one period that keeps both exact: the longer of the two, or the year where a month is not a whole
/// number of days. `None` when an amount grows too large.
pub(crate) fn same_period(left: (Per, i64), right: (Per, i64)) -> Option<(Per, i64, i64)> {
    let longer = if left.0.hours() >= right.0.hours() { left.0 } else { right.0 };
    let fits = |per: Per| longer.hours() % per.hours() == 0;
    let per = if fits(left.0) && fits(right.0) { longer } else { Per::Year };
    let over = |(from, amount): (Per, i64)| amount.checked_mul(per.hours() / from.hours());
    Some((per, over(left)?, over(right)?))
}

#[cfg(test)]
mod tests;
