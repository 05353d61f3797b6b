//! Two people with one address: a realm keeps an address for one account, and the import refuses the second.
//! nbc writes `duplicateEmailsAllowed: false`, since accounts of identity providers are linked by the address.

use nbc_source::{Diagnostic, Diagnostics};
use rustc_hash::FxHashMap;

use super::duplicate_username::small;
use crate::codes::DUPLICATE_EMAIL;
use crate::draft::Draft;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    let mut seen = FxHashMap::default();
    for user in &draft.declared.users {
        let Some(email) = user.email else { continue };
        let Some((first, place)) = seen.insert(small(email.value), (user.handle, email.origin)) else { continue };
        out.push(
            Diagnostic::new(
                &DUPLICATE_EMAIL,
                draft.span(email.origin),
                format!("`{first}` and `{}` have one address, `{}`", user.handle, email.value),
            )
            .label("Keycloak keeps an address for one account")
            .related(draft.span(place), "the first is here")
            .help("correct one of them, or leave the address out where no mail is needed"),
        );
    }
}
