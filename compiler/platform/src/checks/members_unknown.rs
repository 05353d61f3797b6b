//! A group that decides about access, and whose members only an identity provider knows.
//!
//! nbc answers for such a group as a whole; who is in it, nobody can say here.

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::MEMBERS_UNKNOWN;
use crate::draft::Draft;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for group in &draft.declared.groups {
        let Some(source) = group.members_from else { continue };
        let profile =
            group.profiles.value.first().map(|item| (item.origin, draft.model.handle(item.value.entity), "launch"));
        let environment =
            group.environments.value.first().map(|item| (item.origin, draft.model.handle(item.value.entity), "use"));
        let Some((origin, what, action)) = profile.or(environment) else { continue };
        let provider = draft.model.handle(source.value.entity);
        out.push(
            Diagnostic::new(
                &MEMBERS_UNKNOWN,
                draft.span(origin),
                format!("group `{}` decides who may {action} `{what}`; its members are in `{provider}`", group.handle),
            )
            .label("who that is cannot be said here")
            .related(draft.span(source.origin), "its members come from there")
            .help("list them under `members`, or review them there"),
        );
    }
}
