//! Money as people read it: `€1,536`, cents only where there are any.

use nbc_driver::difference::money::{Amounts, MoneyDifference, Row};
use serde::Serialize;

use crate::render::thousands;

/// Money per month, before and after.
#[derive(Debug, Serialize)]
pub(crate) struct MoneyTable {
    pub(crate) currency: String,
    /// Hours per person and month that *typical* is reckoned with.
    pub(crate) typical_hours: i64,
    /// Groups and departments whose money changes, then all together.
    pub(crate) rows: Vec<MoneyRow>,
    pub(crate) is_changed: bool,
    /// Profiles without a price: they count nothing.
    pub(crate) unpriced: Vec<String>,
}

/// Money of one payer; in 1/10,000 of the currency unit, per month.
#[derive(Debug, Serialize)]
pub(crate) struct MoneyRow {
    pub(crate) who: String,
    pub(crate) typical: [i128; 2],
    pub(crate) ceiling: [Option<i128>; 2],
    pub(crate) budget: [Option<i128>; 2],
    /// A line that the change crosses: `passes the budget`.
    pub(crate) remark: String,
}

/// The rows that change; `None` where nothing was reckoned.
pub(crate) fn table(money: &MoneyDifference) -> Option<MoneyTable> {
    if money.currency.is_empty() {
        return None;
    }
    let changed = money.groups.iter().filter(|row| row.is_changed());
    let departments = money.departments.iter().filter(|row| row.is_changed());
    let rows: Vec<MoneyRow> = changed
        .map(|row| shown(row, ""))
        .chain(departments.map(|row| shown(row, "department ")))
        .chain([shown(&money.total, "")])
        .collect();
    Some(MoneyTable {
        currency: money.currency.clone(),
        typical_hours: money.typical_hours,
        rows,
        is_changed: money.total.is_changed() || money.groups.iter().any(Row::is_changed),
        unpriced: money.unpriced.clone(),
    })
}

fn shown(row: &Row, prefix: &str) -> MoneyRow {
    let (before, after) = (&row.before, &row.after);
    MoneyRow {
        who: format!("{prefix}{}", row.title),
        typical: [before.typical.0, after.typical.0],
        ceiling: [before.ceiling.map(|money| money.0), after.ceiling.map(|money| money.0)],
        budget: [before.budget.map(|money| money.0), after.budget.map(|money| money.0)],
        remark: remark(row),
    }
}

fn remark(row: &Row) -> String {
    let exceeds = |amounts: &Amounts| amounts.budget.is_some_and(|budget| amounts.typical > budget);
    match (exceeds(&row.before), exceeds(&row.after), row.alert) {
        (false, true, _) => "passes the budget".to_owned(),
        (true, true, _) => "above the budget".to_owned(),
        (_, false, Some(share)) => format!("passes the {share} % alert"),
        (_, false, None) => String::new(),
    }
}

/// `€1,536`, `€0.05`, `1,200 CHF`
pub(crate) fn text(amount: i128, currency: &str) -> String {
    let (sign, amount) = if amount < 0 { ("−", -amount) } else { ("", amount) };
    let cents = (amount + 50) / 100;
    let whole = thousands(u64::try_from(cents / 100).unwrap_or(u64::MAX));
    let number = match cents % 100 {
        0 => whole,
        rest => format!("{whole}.{rest:02}"),
    };
    match currency {
        "USD" => format!("{sign}${number}"),
        "EUR" => format!("{sign}€{number}"),
        "GBP" => format!("{sign}£{number}"),
        other => format!("{sign}{number} {other}"),
    }
}

/// An amount that may have no bound.
pub(crate) fn bound(amount: Option<i128>, currency: &str) -> String {
    amount.map_or_else(|| "no bound".to_owned(), |amount| text(amount, currency))
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn money_is_grouped_and_cents_are_shown_where_there_are_any() {
        for (amount, currency, expected) in [
            (15_360_000, "EUR", "€1,536"),
            (500, "USD", "$0.05"),
            (12_000_049, "CHF", "1,200 CHF"),
            (12_000_050, "CHF", "1,200.01 CHF"),
            (-25_000, "GBP", "−£2.50"),
        ] {
            assert_eq!(text(amount, currency), expected);
        }
    }
}
