//! What literals say, exactly: no floating point, nothing rounded, nothing wraps.
//!
//! Each function reads the text of one token of the tree. The faults it returns were reported by `parse` already; who
//! asks again for a value may go on without it. Dimensions and units are the model's business.

use std::ops::Range;

use nbc_source::Code;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::char;
use nom::combinator::{all_consuming, opt, recognize};
use nom::sequence::{pair, preceded};
use nom::{IResult, Parser};

use crate::codes;

mod text;

pub(crate) use text::block;
pub use text::{Text, TextPart, is_terminated, text, text_parts, verbatim, verbatim_lines};

/// Why a token has no value, with the bytes of the token that are to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub code: &'static Code,
    /// In the words of a finding.
    pub message: String,
    /// Counted from the start of the token.
    pub range: Range<u32>,
}

/// An exact decimal number: `mantissa` divided by ten to the power of `scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Number {
    pub mantissa: i128,
    pub scale: u8,
}

impl Number {
    /// The value if it is whole.
    pub fn integer(self) -> Option<i128> {
        let power = 10i128.checked_pow(u32::from(self.scale))?;
        (self.mantissa % power == 0).then(|| self.mantissa / power)
    }
}

/// A number with a unit, such as `2.5Gi` or `75%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quantity<'t> {
    pub number: Number,
    /// As written: `m`, `Gi`, `min`, `%`.
    pub suffix: &'t str,
}

/// An amount of money, or a rate when it has a `per`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money<'t> {
    pub number: Number,
    /// As written: `$`, `€`, `£` or three letters.
    pub currency: &'t str,
    /// `hour`, `day`, `month` or `year`.
    pub per: Option<&'t str>,
}

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

type Read<'t, T> = IResult<&'t str, T, ()>;

fn fault<T>(code: &'static Code, token: &str, message: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { code, message: message.into(), range: 0..token.len() as u32 })
}

/// The value of a [`crate::SyntaxKind::NUMBER`].
pub fn number(token: &str) -> Result<Number, Fault> {
    match all_consuming(digits).parse(token) {
        Ok((_, (whole, fraction))) => exact(token, whole, fraction),
        Err(_) => fault(&codes::BAD_NUMBER, token, format!("`{token}` is not a number")),
    }
}

/// The value of a [`crate::SyntaxKind::QUANTITY`].
pub fn quantity(token: &str) -> Result<Quantity<'_>, Fault> {
    let unit = alt((tag("%"), take_while1(|c: char| c.is_ascii_alphabetic())));
    match all_consuming(pair(digits, unit)).parse(token) {
        Ok((_, ((whole, fraction), suffix))) => Ok(Quantity { number: exact(token, whole, fraction)?, suffix }),
        Err(_) => fault(&codes::BAD_NUMBER, token, format!("`{token}` is not a number with a unit")),
    }
}

/// The value of a [`crate::SyntaxKind::MONEY`].
pub fn money(token: &str) -> Result<Money<'_>, Fault> {
    let sign = alt((tag("$"), tag("€"), tag("£")));
    let letters = take_while1(|c: char| c.is_ascii_uppercase());
    let amount = alt((
        (sign, digits).map(|(currency, figures)| (currency, figures)),
        (digits, letters).map(|(figures, currency)| (currency, figures)),
    ));
    let per = opt(preceded(char('/'), take_while1(|c: char| c.is_ascii_lowercase())));
    let Ok((_, ((currency, (whole, fraction)), per))) = all_consuming(pair(amount, per)).parse(token) else {
        return fault(&codes::BAD_NUMBER, token, format!("`{token}` is not an amount of money"));
    };
    if let Some(per) = per
        && !matches!(per, "hour" | "day" | "month" | "year")
    {
        let message = format!("a rate is per hour, day, month or year, not per `{per}`");
        return fault(&codes::BAD_NUMBER, token, message);
    }
    Ok(Money { number: exact(token, whole, fraction)?, currency, per })
}

/// The value of a [`crate::SyntaxKind::DATE`].
pub fn date(token: &str) -> Result<Date, Fault> {
    let mut parts = token.split('-').map(str::parse::<u16>);
    let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) = (parts.next(), parts.next(), parts.next()) else {
        return fault(&codes::BAD_DATE, token, format!("`{token}` is not a date: dates are written `2026-12-31`"));
    };
    if year == 0 {
        return fault(&codes::BAD_DATE, token, "there is no year 0");
    }
    let Some((name, days)) = month_of(year, month) else {
        return fault(&codes::BAD_DATE, token, format!("there is no month {month}: dates are year-month-day"));
    };
    if day == 0 || day > days {
        return fault(&codes::BAD_DATE, token, format!("{name} {year} has {days} days, not {day}"));
    }
    Ok(Date { year, month: month as u8, day: day as u8 })
}

/// The last day of the month, for a date whose month has fewer days than it says.
pub(crate) fn last_day(token: &str) -> Option<String> {
    let (month, day) = token.rsplit_once('-')?;
    let (year, number) = month.split_once('-')?;
    let (_, days) = month_of(year.parse().ok()?, number.parse().ok()?)?;
    (day.parse::<u16>().ok()? > days).then(|| format!("{month}-{days}"))
}

/// The name of a month and its number of days.
fn month_of(year: u16, month: u16) -> Option<(&'static str, u16)> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    Some(match month {
        1 => ("January", 31),
        2 => ("February", if leap { 29 } else { 28 }),
        3 => ("March", 31),
        4 => ("April", 30),
        5 => ("May", 31),
        6 => ("June", 30),
        7 => ("July", 31),
        8 => ("August", 31),
        9 => ("September", 30),
        10 => ("October", 31),
        11 => ("November", 30),
        12 => ("December", 31),
        _ => return None,
    })
}

/// `1_000.25` in its two parts.
fn digits(input: &str) -> Read<'_, (&str, Option<&str>)> {
    let whole = recognize(pair(take_while1(|c: char| c.is_ascii_digit()), take_while(is_figure)));
    pair(whole, opt(preceded(char('.'), take_while1(|c: char| c.is_ascii_digit())))).parse(input)
}

fn is_figure(c: char) -> bool {
    c.is_ascii_digit() || c == '_'
}

fn exact(token: &str, whole: &str, fraction: Option<&str>) -> Result<Number, Fault> {
    if whole.ends_with('_') || whole.contains("__") {
        return fault(&codes::BAD_NUMBER, token, format!("in `{token}`, each `_` must stand between two figures"));
    }
    let fraction = fraction.unwrap_or_default();
    let mut mantissa = 0i128;
    for figure in whole.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit) {
        let next = mantissa.checked_mul(10).and_then(|m| m.checked_add(i128::from(figure - b'0')));
        match next {
            Some(next) => mantissa = next,
            None => return fault(&codes::BAD_NUMBER, token, "the number has more figures than nbc can hold exactly"),
        }
    }
    match u8::try_from(fraction.len()) {
        Ok(scale) => Ok(Number { mantissa, scale }),
        Err(_) => fault(&codes::BAD_NUMBER, token, "the number has more figures than nbc can hold exactly"),
    }
}

#[cfg(test)]
mod tests;
