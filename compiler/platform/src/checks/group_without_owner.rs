//! A group without owners, nor any above it: nobody approves changes, confirms members or hears of its budget.

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::GROUP_WITHOUT_OWNER;
use crate::draft::Draft;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    // A site whose people are all in an identity provider has nobody to name.
    if draft.declared.users.is_empty() {
        return;
    }
    for group in &draft.declared.groups {
        // `everyone` is all people; its owner is whoever owns the platform.
        if group.handle == "everyone" || !draft.is_running(group.id) {
            continue;
        }
        if draft.ancestry(group.id).iter().all(|above| above.owners.value.is_empty()) {
            out.push(
                Diagnostic::new(&GROUP_WITHOUT_OWNER, group.span, format!("nobody owns group `{}`", group.handle))
                    .label("no `owners`, here or above")
                    .help(format!("name somebody who decides about `{}`: `owners: […]`", group.handle)),
            );
        }
    }
}
