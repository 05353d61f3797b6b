//! The units that a number may carry.

use crate::value::Per;

pub(super) use nbc_syntax::amounts::{byte_letter, time_alias};

pub(super) struct Byte {
    pub(super) size: i64,
    pub(super) name: &'static str,
}

pub(super) const BYTES: [Byte; 10] = [
    Byte { size: 1 << 50, name: "Pi" },
    Byte { size: 1 << 40, name: "Ti" },
    Byte { size: 1 << 30, name: "Gi" },
    Byte { size: 1 << 20, name: "Mi" },
    Byte { size: 1 << 10, name: "Ki" },
    Byte { size: 1_000_000_000_000_000, name: "P" },
    Byte { size: 1_000_000_000_000, name: "T" },
    Byte { size: 1_000_000_000, name: "G" },
    Byte { size: 1_000_000, name: "M" },
    Byte { size: 1_000, name: "k" },
];

pub(super) const TIMES: [(i64, &str); 4] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s")];

/// Milliseconds in a unit of time; `m` is a minute.
pub(super) fn time(unit: &str) -> Option<i64> {
    match unit {
        "ms" => Some(1),
        "m" => Some(60_000),
        _ => TIMES.iter().find(|(_, name)| *name == unit).map(|(size, _)| *size),
    }
}

pub(super) fn byte(unit: &str) -> Option<i64> {
    BYTES.iter().find(|byte| byte.name == unit).map(|byte| byte.size)
}

pub(super) fn period(word: &str) -> Option<Per> {
    match word {
        "hour" => Some(Per::Hour),
        "day" => Some(Per::Day),
        "month" => Some(Per::Month),
        "year" => Some(Per::Year),
        _ => None,
    }
}

pub(super) fn per_name(per: Per) -> &'static str {
    match per {
        Per::Hour => "hour",
        Per::Day => "day",
        Per::Month => "month",
        Per::Year => "year",
    }
}

const SYMBOLS: [(&str, &str); 3] = [("$", "USD"), ("€", "EUR"), ("£", "GBP")];

/// The sign of a currency, where it has one here.
pub(super) fn symbol(currency: &str) -> Option<&'static str> {
    SYMBOLS.iter().find(|(_, code)| *code == currency).map(|(symbol, _)| *symbol)
}

/// The currency of a sign or of a code of three capital letters.
pub(super) fn currency(text: &str) -> Option<&str> {
    match SYMBOLS.iter().find(|(symbol, _)| *symbol == text) {
        Some((_, code)) => Some(code),
        None => (text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())).then_some(text),
    }
}
