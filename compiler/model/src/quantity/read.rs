//! Reading: number, unit, and whether both can stand in the place.

use crate::expression::codes;
use crate::value::{Dimension, Per, Value};

use super::{Quantity, QuantityError, Wanted, display, units};

/// A number taken apart, nothing computed yet.
struct Written<'t> {
    text: &'t str,
    /// `1_000.5` is 10005 with one decimal.
    digits: i128,
    decimals: u32,
    /// The number as it was written, without its unit.
    number: &'t str,
    unit: &'t str,
    /// A sign or a code, before or after the number.
    currency: Option<&'t str>,
    /// The word after `/`.
    per: Option<&'t str>,
}

pub(super) fn parse(text: &str, wanted: Wanted) -> Result<Quantity, QuantityError> {
    let written = take_apart(text)?;
    if let Some(currency) = written.currency {
        return money(&written, currency, wanted);
    }
    let value = match wanted {
        Wanted::Any => any(&written),
        Wanted::Int | Wanted::Count => whole(&written, wanted),
        Wanted::Of(Dimension::Cpu) => cpu(&written),
        Wanted::Of(dimension @ (Dimension::Memory | Dimension::Storage)) => bytes(&written, dimension),
        Wanted::Of(Dimension::Duration) => duration(&written),
        Wanted::Of(Dimension::Percent) => percent(&written),
        Wanted::Of(Dimension::Decimal) => decimal(&written),
        Wanted::Of(Dimension::Money) => Err(without_currency(&written, "")),
        Wanted::Of(Dimension::Rate(_)) => Err(without_currency(&written, "/month")),
    };
    value.map(|value| Quantity { value, currency: None })
}

fn take_apart(text: &str) -> Result<Written<'_>, QuantityError> {
    let (amount, per) = text.split_once('/').map_or((text, None), |(amount, per)| (amount, Some(per)));
    let sign = amount.find(|c: char| c.is_ascii_digit()).unwrap_or(amount.len());
    let (before, rest) = amount.split_at(sign);
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '_' && c != '.').unwrap_or(rest.len());
    let (number, unit) = rest.split_at(end);
    let (digits, decimals) = digits(number).ok_or_else(|| too_large(text))?;
    let currency = match before {
        "" => units::currency(unit),
        sign => Some(sign),
    };
    Ok(Written { text, digits, decimals, number, unit, currency, per })
}

fn digits(number: &str) -> Option<(i128, u32)> {
    let decimals = number.split_once('.').map_or(0, |(_, rest)| rest.bytes().filter(u8::is_ascii_digit).count());
    let mut digits: i128 = 0;
    for digit in number.bytes().filter(u8::is_ascii_digit) {
        digits = digits.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    Some((digits, u32::try_from(decimals).ok().filter(|decimals| *decimals <= 30)?))
}

fn any(written: &Written) -> Result<Value, QuantityError> {
    match written.unit {
        "" if written.decimals == 0 => whole(written, Wanted::Int),
        "" => decimal(written),
        "%" => percent(written),
        "m" => Err(unclear(written, "500m is half a CPU in one place and 500 minutes in another", "Cpu")),
        unit if units::byte(unit).is_some() => Err(unclear(written, "it could be memory or storage", "Memory")),
        _ => duration(written),
    }
}

fn whole(written: &Written, wanted: Wanted) -> Result<Value, QuantityError> {
    if !written.unit.is_empty() {
        return Err(wrong(written, wanted, "").instead([written.number.to_owned()]));
    }
    let amount = exact(written, 1, |amount| amount.to_string())?;
    Ok(Value::Int(amount))
}

fn decimal(written: &Written) -> Result<Value, QuantityError> {
    if !written.unit.is_empty() {
        return Err(wrong(written, Wanted::Of(Dimension::Decimal), "").instead([written.number.to_owned()]));
    }
    quantity(written, Dimension::Decimal, 10_000)
}

fn cpu(written: &Written) -> Result<Value, QuantityError> {
    match written.unit {
        "" => quantity(written, Dimension::Cpu, 1_000),
        "m" => quantity(written, Dimension::Cpu, 1),
        unit => {
            let error = wrong(written, Wanted::Of(Dimension::Cpu), "CPU is counted in cores, or in thousandths with m")
                .instead([written.number.to_owned()]);
            Err(if matches!(unit, "core" | "cores" | "cpu" | "cpus") { error.same() } else { error })
        }
    }
}

/// A number of bytes below this, without a unit, was never meant.
const PLAIN_BYTES_LEAST: i128 = 1 << 20;

fn bytes(written: &Written, dimension: Dimension) -> Result<Value, QuantityError> {
    if let Some(size) = units::byte(written.unit) {
        return quantity(written, dimension, size);
    }
    match written.unit {
        "" if written.decimals == 0 && (written.digits == 0 || written.digits >= PLAIN_BYTES_LEAST) => {
            quantity(written, dimension, 1)
        }
        "" => Err(unit_error(format!("`{}` of {} is that many bytes", written.text, dimension.name()))
            .label("a number without a unit counts bytes")
            .instead(plain_bytes(written))),
        "m" => Err(thousandths_of_a_byte(written, dimension)),
        unit => {
            let error = wrong(written, Wanted::Of(dimension), "the units are k M G T P and Ki Mi Gi Ti Pi");
            Err(match units::byte_letter(unit) {
                // `gi`, `GiB`: in other letters, but surely a binary unit.
                Some(letter) if unit.to_ascii_lowercase().contains('i') => {
                    error.instead([format!("{}{letter}i", written.number)]).same()
                }
                Some('K') => error.instead(with_units(written, ["Ki", "k"])),
                Some(letter) => {
                    error.instead([format!("{}{letter}i", written.number), format!("{}{letter}", written.number)])
                }
                None => error.instead(with_units(written, ["Gi"])),
            })
        }
    }
}

/// From here on, a number of memory without a unit counts `Mi`, as other systems do.
const PLAIN_MEBIBYTES_LEAST: i128 = 1 << 10;

/// `8192` is `8Gi` in words of systems that count in `Mi`, and `64` is `64Gi`.
fn plain_bytes(written: &Written) -> Vec<String> {
    let mebibytes = i64::try_from(written.digits).ok().and_then(|digits| digits.checked_mul(1 << 20));
    match mebibytes.filter(|_| written.decimals == 0 && written.digits >= PLAIN_MEBIBYTES_LEAST) {
        Some(size) => vec![display(Dimension::Memory, size, "")],
        None => with_units(written, ["Gi", "Mi"]).into(),
    }
}

/// From here on, a duration without a unit counts seconds.
const PLAIN_SECONDS_LEAST: i128 = 300;

/// `1800` is `30min`, as most settings count seconds, and `30` is `30min` too.
fn plain_duration(written: &Written) -> Vec<String> {
    let seconds = i64::try_from(written.digits).ok().and_then(|digits| digits.checked_mul(1_000));
    match seconds.filter(|_| written.decimals == 0 && written.digits >= PLAIN_SECONDS_LEAST) {
        Some(size) => vec![display(Dimension::Duration, size, "")],
        None => with_units(written, ["min", "h"]).into(),
    }
}

fn thousandths_of_a_byte(written: &Written, dimension: Dimension) -> QuantityError {
    let thousand_bytes = 1_000 * 10_i128.pow(written.decimals);
    let means = if written.digits < thousand_bytes { "less than one byte" } else { "a few bytes" };
    unit_error(format!("`{}` of {} is {means}", written.text, dimension.name()))
        .label("m means thousandths")
        .instead(with_units(written, ["Mi", "Gi"]))
}

fn duration(written: &Written) -> Result<Value, QuantityError> {
    if let Some(size) = units::time(written.unit) {
        return quantity(written, Dimension::Duration, size);
    }
    if written.unit.is_empty() {
        return Err(unit_error(format!("`{}` does not say of what", written.text))
            .label("a duration needs a unit: ms s min h d")
            .instead(plain_duration(written)));
    }
    let error = wrong(written, Wanted::Of(Dimension::Duration), "the units are ms s min h d");
    Err(match units::time_alias(written.unit) {
        Some(unit) => error.instead([format!("{}{unit}", written.number)]).same(),
        None => error,
    })
}

fn percent(written: &Written) -> Result<Value, QuantityError> {
    match written.unit {
        "%" => quantity(written, Dimension::Percent, 100),
        _ => Err(wrong(written, Wanted::Of(Dimension::Percent), "a percentage ends in %")
            .instead([format!("{}%", written.number)])),
    }
}

fn money(written: &Written, currency: &str, wanted: Wanted) -> Result<Quantity, QuantityError> {
    let Some(code) = units::currency(currency) else {
        return Err(unit_error(format!("`{currency}` is not a currency"))
            .label("write $, €, £ or a code of three capital letters after the number, such as 25CHF"));
    };
    let per = match written.per {
        None => None,
        Some(word) => Some(units::period(word).ok_or_else(|| {
            unit_error(format!("there is no period `{word}`")).label("the periods are hour, day, month and year")
        })?),
    };
    let value = match (wanted, per) {
        (Wanted::Any | Wanted::Of(Dimension::Money), None) => amount_of_money(written, Dimension::Money, code)?,
        (Wanted::Any | Wanted::Of(Dimension::Rate(_)), Some(per)) => {
            amount_of_money(written, Dimension::Rate(per), code)?
        }
        (Wanted::Of(Dimension::Money), Some(per)) => return Err(per_period(written, per)),
        (Wanted::Of(Dimension::Rate(_)), None) => return Err(without_period(written)),
        (wanted, _) => return Err(wrong(written, wanted, "").instead([written.number.to_owned()])),
    };
    Ok(Quantity { value, currency: Some(code.to_owned()) })
}

fn amount_of_money(written: &Written, dimension: Dimension, code: &str) -> Result<Value, QuantityError> {
    let unit = if dimension == Dimension::Money { 100 } else { 10_000 };
    let amount = exact(written, unit, |amount| display(dimension, amount, code))?;
    Ok(Value::Quantity(dimension, amount))
}

fn per_period(written: &Written, per: Per) -> QuantityError {
    let period = units::per_name(per);
    unit_error(format!("`{}` is an amount per {period}, a sum is needed here", written.text))
        .instead(written.text.split('/').take(1).map(str::to_owned))
}

/// A few units of money are the price of an hour, many the budget of a month.
fn without_period(written: &Written) -> QuantityError {
    const FEW: i128 = 50;
    let is_few = written.digits < FEW.saturating_mul(10_i128.saturating_pow(written.decimals));
    let periods = if is_few { ["/hour", "/month"] } else { ["/month", "/hour"] };
    unit_error(format!("`{}` does not say per what", written.text))
        .label("a price or budget is per hour, day, month or year")
        .instead(periods.map(|per| format!("{}{per}", written.text)))
}

fn without_currency(written: &Written, per: &str) -> QuantityError {
    unit_error(format!("`{}` does not say of which currency", written.text))
        .label("money is written $25, €25, £25 or 25CHF")
        .instead([format!("${}{per}", written.number), format!("€{}{per}", written.number)])
}

fn quantity(written: &Written, dimension: Dimension, size: i64) -> Result<Value, QuantityError> {
    exact(written, size, |amount| display(dimension, amount, "")).map(|amount| Value::Quantity(dimension, amount))
}

/// The number times the size of its unit, when that is a whole number of base units.
fn exact(written: &Written, size: i64, spell: impl Fn(i64) -> String) -> Result<i64, QuantityError> {
    let divisor = 10_i128.pow(written.decimals);
    let product = written.digits.checked_mul(i128::from(size)).ok_or_else(|| too_large(written.text))?;
    let below = i64::try_from(product / divisor).map_err(|_| too_large(written.text))?;
    if product % divisor == 0 {
        return Ok(below);
    }
    let (below, above) = (spell(below), spell(below.saturating_add(1)));
    let message = format!("`{}` lies between {below} and {above}", written.text);
    Err(QuantityError::new(&codes::NOT_WHOLE, message).label("finer than nbc counts").instead([below, above]))
}

fn wrong(written: &Written, wanted: Wanted, label: &str) -> QuantityError {
    let message = match meaning(written) {
        Some(meaning) => format!("`{}` is {meaning}, {} is needed here", written.text, wanted.name()),
        None => format!("`{}` is not {}: there is no unit `{}`", written.text, wanted.name(), written.unit),
    };
    unit_error(message).label(label)
}

/// What the number would be elsewhere.
fn meaning(written: &Written) -> Option<&'static str> {
    Some(match written.unit {
        _ if written.currency.is_some() && written.per.is_some() => "money over time",
        _ if written.currency.is_some() => "money",
        "" => "a plain number",
        "m" => "CPU or minutes",
        "%" => "a percentage",
        unit if units::byte(unit).is_some() => "an amount of memory or storage",
        unit if units::time(unit).is_some() => "a duration",
        _ => return None,
    })
}

fn with_units<const N: usize>(written: &Written, units: [&str; N]) -> [String; N] {
    units.map(|unit| format!("{}{unit}", written.number))
}

fn unit_error(message: String) -> QuantityError {
    QuantityError::new(&codes::WRONG_UNIT, message)
}

fn unclear(written: &Written, why: &str, ty: &str) -> QuantityError {
    let mut error = QuantityError::new(&codes::UNCLEAR_DIMENSION, format!("`{}` does not say of what", written.text));
    error.help.push(format!("write the type, such as `let size: {ty} = {}`", written.text));
    error.label(why)
}

fn too_large(text: &str) -> QuantityError {
    QuantityError::new(&codes::NUMBER_TOO_LARGE, format!("`{text}` is too large"))
        .label("the largest whole number is 9_223_372_036_854_775_807 base units")
}
