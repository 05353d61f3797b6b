//! An environment that nobody answers for: neither owners of its own nor those of its group.

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::ENVIRONMENT_WITHOUT_OWNER;
use crate::draft::Draft;
use crate::kinds::GroupOrSharedNamespaceOrUser as Namespace;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for environment in &draft.declared.environments {
        let owned = !environment.owners.value.is_empty()
            || match environment.namespace.value {
                Namespace::User(_) => true,
                Namespace::Group(group) => draft.ancestry(group).iter().any(|above| !above.owners.value.is_empty()),
                Namespace::SharedNamespace(_) => false,
            };
        // A site without people in its files has nobody to name.
        if !owned && !draft.declared.users.is_empty() {
            out.push(
                Diagnostic::new(
                    &ENVIRONMENT_WITHOUT_OWNER,
                    environment.span,
                    format!("nobody answers for environment `{}`", environment.handle),
                )
                .label("no `owners`, and its namespace has none")
                .help("name who keeps it working: `owners: […]`"),
            );
        }
    }
}
