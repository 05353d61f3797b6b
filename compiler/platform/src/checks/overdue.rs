//! Days that have passed: access to confirm again, data to delete, secrets to renew.

use nbc_model::value::{Date, OriginId};
use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::OVERDUE;
use crate::draft::Draft;

const DAY: i64 = 86_400_000;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    let today = draft.today();
    for data in &draft.declared.data_sources {
        for (day, what) in [(data.review_by, "confirm again who reads"), (data.delete_after, "delete")] {
            if let Some(day) = day.filter(|day| day.value < today) {
                out.push(finding(draft, day.origin, day.value, format!("{what} `{}`", data.handle)));
            }
        }
    }
    for secret in &draft.declared.secrets {
        let (Some(rotate), Some(rotated)) = (secret.rotate, secret.rotated) else { continue };
        let days = i32::try_from(rotate.value.0.div_euclid(DAY)).unwrap_or(i32::MAX);
        let due = Date(rotated.value.0.saturating_add(days));
        if due < today {
            out.push(finding(draft, rotated.origin, due, format!("renew secret `{}`", secret.handle)));
        }
    }
}

fn finding(draft: &Draft<'_>, origin: OriginId, day: Date, what: String) -> Diagnostic {
    Diagnostic::new(&OVERDUE, draft.span(origin), format!("overdue since {day}: {what}"))
        .help("do it, then write the new day")
}
