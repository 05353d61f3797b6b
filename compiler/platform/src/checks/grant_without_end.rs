//! A role that may be given for a while only, given without an end or for longer.

use nbc_model::value::Date;
use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::GRANT_WITHOUT_END;
use crate::draft::Draft;
use crate::kinds::Role;
use crate::values::{Id, Item};

const DAY: i64 = 86_400_000;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for user in &draft.declared.users {
        judge(draft, &user.roles.value, user.until.map(|until| until.value), user.handle, out);
    }
    for group in &draft.declared.groups {
        judge(draft, &group.roles.value, group.until.map(|until| until.value), group.handle, out);
    }
}

fn judge<'m>(
    draft: &Draft<'m>,
    roles: &[Item<Id<Role<'m>>>],
    holder_until: Option<Date>,
    holder: &str,
    out: &mut Diagnostics,
) {
    for item in roles {
        let Some(role) = draft.declared.get(item.value) else { continue };
        let Some(longest) = role.at_most else { continue };
        let until = match (item.until, holder_until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let from = item.from.unwrap_or(draft.today());
        let days = longest.value.0.div_euclid(DAY);
        if until.is_some_and(|until| i64::from(until.0) - i64::from(from.0) <= days) {
            continue;
        }
        out.push(
            Diagnostic::new(
                &GRANT_WITHOUT_END,
                draft.span(item.origin),
                format!(
                    "role `{}` may be given for {days} days at most; `{holder}` has it {}",
                    role.handle,
                    how_long(until)
                ),
            )
            .related(draft.span(longest.origin), "the longest time is set here")
            .help(format!(
                "write its last day: `{} until {}`",
                role.handle,
                Date(from.0.saturating_add(i32::try_from(days).unwrap_or(i32::MAX)))
            )),
        );
    }
}

fn how_long(until: Option<Date>) -> String {
    until.map_or_else(|| "without an end".to_owned(), |until| format!("until {until}"))
}
