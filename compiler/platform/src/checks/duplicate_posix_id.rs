//! Two people with one uid, or two groups with one gid: the file server takes them for one.

use std::collections::BTreeMap;

use nbc_model::value::OriginId;
use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::DUPLICATE_POSIX_ID;
use crate::draft::Draft;
use crate::values::Sourced;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    let users = draft.declared.users.iter().map(|user| (user.handle, user.uid));
    judge(draft, "uid", users, out);
    let groups = draft.declared.groups.iter().map(|group| (group.handle, group.gid));
    judge(draft, "gid", groups, out);
}

fn judge<'m>(
    draft: &Draft<'m>,
    what: &str,
    rows: impl Iterator<Item = (&'m str, Option<Sourced<i64>>)>,
    out: &mut Diagnostics,
) {
    let mut seen: BTreeMap<i64, (&str, OriginId)> = BTreeMap::new();
    for (handle, id) in rows {
        let Some(id) = id else { continue };
        match seen.get(&id.value) {
            None => {
                seen.insert(id.value, (handle, id.origin));
            }
            Some((first, origin)) => out.push(
                Diagnostic::new(
                    &DUPLICATE_POSIX_ID,
                    draft.span(id.origin),
                    format!("`{first}` and `{handle}` both have {what} {}", id.value),
                )
                .label("the file server takes them for one")
                .related(draft.span(*origin), "the first is here"),
            ),
        }
    }
}
