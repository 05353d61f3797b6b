//! Groups whose last day is past: nobody is a member any more, and a policy that names the group matches nobody.

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::GROUP_PAST_END;
use crate::draft::Draft;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for group in &draft.declared.groups {
        let Some(until) = group.until.filter(|until| until.value < draft.today()) else { continue };
        out.push(
            Diagnostic::new(
                &GROUP_PAST_END,
                draft.span(until.origin),
                format!("group `{}` ended on {}", group.handle, until.value),
            )
            .label("nobody is a member any more")
            .help(format!(
                "correct the day, or take `{}` out of the files; policies that name it match nobody now",
                group.handle
            )),
        );
    }
}
