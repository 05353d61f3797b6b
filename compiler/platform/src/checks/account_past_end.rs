//! People whose last day is past and who are still in lists: access ended, but the names stay and mislead.

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::ACCOUNT_PAST_END;
use crate::draft::Draft;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for user in &draft.declared.users {
        let Some(until) = user.until.filter(|until| until.value < draft.today() && user.enabled.value) else {
            continue;
        };
        out.push(
            Diagnostic::new(
                &ACCOUNT_PAST_END,
                draft.span(until.origin),
                format!("access of `{}` ended on {}", user.handle, until.value),
            )
            .label("the account stays until somebody takes it away")
            .help(format!("write a new last day, or take `{}` out of the files", user.handle)),
        );
    }
}
