//! A quota that may borrow what sister groups leave idle, in a group that has no sisters.
//!
//! Kueue refuses a `borrowingLimit` outside a cohort, and a cohort of one has nothing to lend.

use nbc_source::{Diagnostic, Diagnostics, Surplus};

use crate::codes::BORROW_WITHOUT_SISTERS;
use crate::draft::Draft;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for group in &draft.declared.groups {
        let quota = group.quota.and_then(|quota| draft.declared.get(quota.value));
        let Some(borrow) = quota.and_then(|quota| quota.borrow.as_ref()) else { continue };
        let parent = group.parent.map(|parent| parent.value);
        let sister = |other: &&crate::kinds::Group<'_>| {
            other.id != group.id && other.quota.is_some() && parent.is_some() && other.parent.map(|p| p.value) == parent
        };
        if !draft.declared.groups.iter().any(|other| sister(&other)) {
            out.push(
                Diagnostic::new(
                    &BORROW_WITHOUT_SISTERS,
                    draft.span(borrow.origin),
                    format!("group `{}` has nobody to borrow from", group.handle),
                )
                .label("no other group with a quota below the same parent")
                .surplus(Surplus::Field)
                .help("give it a parent with other groups, or take `borrow` out"),
            );
        }
    }
}
