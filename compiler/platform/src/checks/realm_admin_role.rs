//! A role that makes its holders administrators of the realm and does not say so.
//!
//! `realm-admin` may do everything in Keycloak; with `manage-users` one joins any group, so it is the same in two steps.

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::REALM_ADMIN_ROLE;
use crate::draft::Draft;

const POWERFUL: [&str; 6] =
    ["realm-admin", "manage-users", "manage-realm", "manage-clients", "manage-authorization", "impersonation"];

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for role in draft.declared.roles.iter().filter(|role| !role.privileged.value) {
        let of_realm = role.keycloak.value.client_roles.value.iter().filter(|entry| entry.key == "realm-management");
        for item in of_realm.flat_map(|entry| &entry.value) {
            if POWERFUL.contains(&item.value) {
                out.push(
                    Diagnostic::new(
                        &REALM_ADMIN_ROLE,
                        draft.span(item.origin),
                        format!("role `{}` makes administrators of the realm", role.handle),
                    )
                    .label(format!("`{}` leads to every other right", item.value))
                    .help(format!(
                        "take `{}` out, or set `privileged: true` so that audits list its holders first",
                        item.value
                    )),
                );
            }
        }
    }
}
