//! Money as people read it: `€1,536`, cents only where there are any.

use nbc_driver::difference::money::{Amounts, MoneyDifference, Row};
pub(crate) use nbc_platform::money::text;
use serde::Serialize;

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

/// An amount that may have no bound.
pub(crate) fn bound(amount: Option<i128>, currency: &str) -> String {
    amount.map_or_else(|| "no bound".to_owned(), |amount| text(amount, currency))
}
