//! Two people with one username: the second would own the first one's home directory. Keycloak makes capitals small.

use std::collections::BTreeMap;

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::DUPLICATE_USERNAME;
use crate::draft::Draft;
use crate::kinds::User;

pub(super) fn run<'m>(draft: &Draft<'m>, out: &mut Diagnostics) {
    let mut seen: BTreeMap<String, &User<'m>> = BTreeMap::new();
    for user in &draft.declared.users {
        let name = user.username.value.to_lowercase();
        match seen.get(&name) {
            None => {
                seen.insert(name, user);
            }
            Some(first) => out.push(
                Diagnostic::new(
                    &DUPLICATE_USERNAME,
                    draft.span(user.username.origin),
                    format!("`{}` and `{}` both sign in as `{name}`", first.handle, user.handle),
                )
                .label("would share home directory and rights")
                .related(first.span, "the first is here")
                .help(format!("give `{}` a `username` of their own", user.handle)),
            ),
        }
    }
}
