//! Days: what a person types, and what today is where the platform stands.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use nbc_model::Model;
use nbc_model::value::{Date, Value};
use nbc_source::{Diagnostic, Diagnostics, Fix, suggest};

use crate::codes;

/// `2026-11-20`, and nothing else.
pub fn parse(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let is_whole = parts.next().is_none() && year.len() == 4 && month.len() == 2 && day.len() == 2;
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if !is_whole || !all_digits {
        return None;
    }
    Date::from_civil(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// The day at an instant in a time zone; in UTC where the zone is unknown, which a check of the platform reports.
pub fn at(now: Timestamp, zone: &str) -> Date {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let day = now.to_zoned(zone).date();
    let civil = Date::from_civil(i32::from(day.year()), day.month().unsigned_abs(), day.day().unsigned_abs());
    civil.unwrap_or(Date(0))
}

/// Says of each platform whose time zone does not exist that it does not: its days begin nowhere. Of a zone that has a
/// finding already, such as one that has not the form of a zone, nothing is said.
pub(crate) fn check_zones(model: &Model, known: &Diagnostics) -> Diagnostics {
    let mut out = Diagnostics::new();
    for world in &model.worlds {
        let slot = model.platform(world).and_then(|platform| model.slot_named(world, platform, "time-zone"));
        let Some((Value::Text(name), origin)) = slot.map(|slot| (slot.value, slot.origin)) else { continue };
        let zone = model.text(name);
        let span = model.origin(origin).span;
        if TimeZone::get(zone).is_ok() || known.iter().any(|found| found.span == Some(span)) {
            continue;
        }
        let mut found = Diagnostic::new(&codes::UNKNOWN_TIME_ZONE, span, format!("there is no time zone `{zone}`"));
        let known: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
        if let Some(near) = suggest::nearest(zone, known.iter().map(String::as_str)).first() {
            let fix = Fix::replace(span, format!("\"{near}\""), format!("{zone} → {near}"));
            found = found.help(format!("did you mean `{near}`?")).fix(fix.may_change_meaning());
        }
        found.stages.extend(world.stage.map(|stage| model.text(model.stages[stage].name).to_owned()));
        out.push(found.label("no such time zone"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_days_are_days() {
        assert_eq!(parse("2026-11-20").map(|day| day.to_string()), Some("2026-11-20".to_owned()));
        for wrong in ["2026-2-1", "2026-02-30", "26-11-20", "2026-11-20T00:00", "+026-11-20", "today", ""] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_day_begins_where_the_platform_stands() {
        let now: Timestamp = "2026-11-20T23:30:00Z".parse().unwrap();
        assert_eq!(at(now, "Europe/Lisbon").to_string(), "2026-11-20");
        assert_eq!(at(now, "Europe/Berlin").to_string(), "2026-11-21");
        assert_eq!(at(now, "Nowhere/Land").to_string(), "2026-11-20");
    }
}
