//! Dates as other people write them, and the date that each means.

use nbc_source::{Diagnostic, Fix, suggest};

use crate::SyntaxKind::*;
use crate::parser::Parser;
use crate::word::Word;
use crate::{codes, literal};

/// `31/12/2026`, read as divisions otherwise.
pub(crate) fn at_slashed(p: &Parser<'_>) -> bool {
    let here = p.position();
    (1..5).all(|ahead| p.is_joined(here + ahead))
        && [1, 3].into_iter().all(|ahead| p.nth(ahead) == SLASH)
        && [2, 4].into_iter().all(|ahead| p.nth(ahead) == NUMBER)
}

pub(crate) fn slashed(p: &mut Parser<'_>) {
    report(p, p.position() + 5);
}

/// Reports the word here if it is a date written otherwise, and takes it: `31.12.2026`, `2026-1-5`, `2026-07-01T09:00Z`, `03-31`.
pub(crate) fn foreign(p: &mut Parser<'_>) -> bool {
    let written = p.text_at(p.position());
    let has_time = written.get(..11).is_some_and(|start| start.ends_with('T') && meant(start).is_some());
    if !has_time && meant(written).is_none() && !lacks_year(written) {
        return false;
    }
    let mut end = p.position() + 1;
    while has_time
        && p.is_joined(end)
        && matches!(p.kind_at(end), COLON | NUMBER | QUANTITY | FOREIGN_WORD | DOT | PLUS)
    {
        end += 1;
    }
    report(p, end);
    true
}

fn report(p: &mut Parser<'_>, end: usize) {
    let span = p.span_between(p.position(), end);
    let written = p.slice(span);
    let message = if lacks_year(written) {
        format!("`{written}` is no date: a date has its year, as in `2026-{written}`")
    } else {
        format!("`{written}` is no date: dates are written year-month-day, as in `2026-01-05`")
    };
    let mut found = Diagnostic::new(&codes::BAD_DATE, span, message);
    if let Some(date) = meant(written) {
        let fix = Fix::replace(span, &date, format!("write `{date}`"));
        let is_in_order = written.starts_with(date.get(..4).unwrap_or_default()) && !written.contains('T');
        found = found.fix(if is_in_order { fix } else { fix.may_change_meaning() });
    }
    p.report_with(found);
    p.node(ERROR, |p| {
        while p.position() < end {
            p.bump();
        }
    });
}

/// The date that `2026-1-5`, `5.1.2026` or `5/1/2026` means, as dates are written; the day comes before the month.
fn meant(written: &str) -> Option<String> {
    let day_only = written.split_once('T').map_or(written, |(day, _)| day);
    let separator = ['-', '.', '/'].into_iter().find(|separator| day_only.contains(*separator))?;
    let mut parts = day_only.split(separator);
    let [first, month, last] = [parts.next()?, parts.next()?, parts.next()?];
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    let figures = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let fits = year.len() == 4 && matches!((month.len(), day.len()), (1..=2, 1..=2));
    if parts.next().is_some() || !fits || ![year, month, day].into_iter().all(figures) {
        return None;
    }
    let date = format!("{year}-{month:0>2}-{day:0>2}");
    literal::date(&date).is_ok().then_some(date)
}

/// `03-31`
fn lacks_year(written: &str) -> bool {
    written.len() == 5 && literal::date(&format!("2024-{written}")).is_ok()
}

/// `gpu bis 2027-06-30`: another word where `until` or `from` stands, and its date.
pub(crate) fn other_word(p: &mut Parser<'_>) -> bool {
    if !p.at(NAME) || p.nth(1) != DATE {
        return false;
    }
    let written = p.text_at(p.position());
    let word = match written {
        "bis" | "till" | "til" | "to" | "through" | "upto" | "ends" | "end" => "until",
        "von" | "ab" | "since" | "starting" | "starts" => "from",
        _ => match suggest::nearest(written, ["from", "until"]).first() {
            Some(word) => *word,
            None => return false,
        },
    };
    if written == word {
        return false;
    }
    let span = p.error_span();
    let message = format!("`{written}` is not a word of the language; a date stands after `from` or `until`");
    p.report_with(Diagnostic::new(&codes::UNEXPECTED_TOKEN, span, message).did_you_mean(span, &[word]));
    p.take_as_error(p.position() + 2);
    true
}

/// `gpu { until: 2027-06-30 }` in a list.
pub(crate) fn in_block(p: &mut Parser<'_>) -> bool {
    let is_dated = p.at_name()
        && p.nth(1) == LEFT_BRACE
        && matches!(p.nth_word(2), Word::From | Word::Until)
        && p.nth(3) == COLON
        && p.nth(4) == DATE
        && p.nth(5) == RIGHT_BRACE;
    if !is_dated {
        return false;
    }
    let (start, end) = (p.position(), p.position() + 6);
    let span = p.span_between(start, end);
    let dated = format!("{} {} {}", p.text_at(start), p.text_at(start + 2), p.text_at(start + 4));
    let message = format!("a date in a list stands behind the name: `{dated}`");
    let fix = Fix::replace(span, &dated, format!("write `{dated}`"));
    p.report_with(Diagnostic::new(&codes::UNEXPECTED_TOKEN, span, message).fix(fix));
    p.node(PATH_EXPR, |p| p.bump());
    p.take_as_error(end);
    true
}
