//! Two people with one username: the second would own the first one's home directory. Keycloak makes capitals small.

use std::borrow::Cow;

use nbc_source::{Diagnostic, Diagnostics, Surplus};
use rustc_hash::FxHashMap;

use crate::codes::DUPLICATE_USERNAME;
use crate::draft::Draft;
use crate::kinds::User;

pub(super) fn run<'m>(draft: &Draft<'m>, out: &mut Diagnostics) {
    let mut seen: FxHashMap<Cow<'m, str>, &User<'m>> = FxHashMap::default();
    seen.reserve(draft.declared.users.len());
    for user in &draft.declared.users {
        let name = small(user.username.value);
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
                .surplus(Surplus::Field)
                .help(format!("give `{}` a `username` of their own", user.handle)),
            ),
        }
    }
}

/// A name or an address as Keycloak has it.
pub(super) fn small(name: &str) -> Cow<'_, str> {
    let is_small = name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_small { Cow::Borrowed(name) } else { Cow::Owned(name.to_lowercase()) }
}
