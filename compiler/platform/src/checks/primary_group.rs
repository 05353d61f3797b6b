//! A `primary-group` that the person does not belong to: it would pay for somebody who is not there.

use nbc_source::{Diagnostic, Diagnostics, Surplus};

use crate::codes::FOREIGN_PRIMARY_GROUP;
use crate::draft::Draft;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for user in &draft.declared.users {
        let Some(primary) = user.primary_group else { continue };
        // Members of an open group are not known here, and somebody who is not here today is in no group.
        let open = draft.declared.get(primary.value).is_some_and(|group| group.members_from.is_some());
        let members = draft.membership().of(primary.value.entity);
        let member = members.binary_search_by_key(&user.id.entity, |member| member.user).is_ok();
        if open || member || !draft.is_active(user) || !draft.is_running(primary.value) {
            continue;
        }
        let group = draft.model.handle(primary.value.entity);
        out.push(
            Diagnostic::new(
                &FOREIGN_PRIMARY_GROUP,
                draft.span(primary.origin),
                format!("`{}` does not belong to their primary group `{group}`", user.handle),
            )
            .label("would pay for their servers")
            .surplus(Surplus::Field)
            .help(format!("add `{}` to the members of `{group}`, or name a group of theirs", user.handle)),
        );
    }
}
