//! Quantities: what is written becomes an exact whole number of base units, and back.

use crate::value::{Dimension, Per};

/// The canonical spelling of an amount: the largest unit that divides it.
pub fn display(dimension: Dimension, amount: i64, currency: &str) -> String {
    match dimension {
        Dimension::Cpu if amount % 1_000 == 0 => (amount / 1_000).to_string(),
        Dimension::Cpu => format!("{amount}m"),
        Dimension::Memory | Dimension::Storage => largest_unit(amount, &BYTES, ""),
        Dimension::Duration => largest_unit(amount, &TIMES, "ms"),
        Dimension::Money => format!("{}{}", symbol(currency), fraction(amount, 2)),
        Dimension::Rate(per) => format!("{}{}/{}", symbol(currency), fraction(amount, 4), per_name(per)),
        Dimension::Percent => format!("{}%", fraction(amount, 2)),
        Dimension::Decimal => fraction(amount, 4),
    }
}

const BYTES: [(i64, &str); 9] = [
    (1 << 50, "Pi"),
    (1 << 40, "Ti"),
    (1 << 30, "Gi"),
    (1 << 20, "Mi"),
    (1 << 10, "Ki"),
    (1_000_000_000_000, "T"),
    (1_000_000_000, "G"),
    (1_000_000, "M"),
    (1_000, "k"),
];

const TIMES: [(i64, &str); 4] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s")];

fn largest_unit(amount: i64, units: &[(i64, &str)], base: &str) -> String {
    let unit = units.iter().find(|(size, _)| amount != 0 && amount % size == 0);
    unit.map_or_else(|| format!("{amount}{base}"), |(size, name)| format!("{}{name}", amount / size))
}

/// `amount` with `digits` decimal places, trailing zeros dropped.
fn fraction(amount: i64, digits: u32) -> String {
    let unit = 10_i64.pow(digits);
    let sign = if amount < 0 { "-" } else { "" };
    let (whole, rest) = (amount.unsigned_abs() / unit.unsigned_abs(), amount.unsigned_abs() % unit.unsigned_abs());
    let padded = format!("{rest:0width$}", width = digits as usize);
    let decimals = padded.trim_end_matches('0');
    if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") }
}

fn symbol(currency: &str) -> &str {
    match currency {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        other => other,
    }
}

fn per_name(per: Per) -> &'static str {
    match per {
        Per::Hour => "hour",
        Per::Day => "day",
        Per::Month => "month",
        Per::Year => "year",
    }
}
