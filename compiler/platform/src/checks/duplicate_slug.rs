//! Two profiles with one slug: the hub knows a profile by its slug alone, so one of them could never be launched.

use std::collections::BTreeMap;

use nbc_source::{Diagnostic, Diagnostics, Surplus};

use crate::codes::DUPLICATE_SLUG;
use crate::draft::Draft;
use crate::kinds::Profile;

pub(super) fn run<'m>(draft: &Draft<'m>, out: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, &Profile<'m>> = BTreeMap::new();
    // A slug that somebody wrote is the one to change, not the one that follows from a handle.
    let (silent, said): (Vec<_>, Vec<_>) =
        draft.declared.profiles.iter().partition(|profile| !draft.is_said(profile.slug.origin));
    for profile in silent.into_iter().chain(said) {
        let slug = profile.slug.value;
        match seen.get(slug) {
            None => {
                seen.insert(slug, profile);
            }
            Some(first) => out.push(
                Diagnostic::new(
                    &DUPLICATE_SLUG,
                    if draft.is_said(profile.slug.origin) { draft.span(profile.slug.origin) } else { profile.span },
                    format!("profiles `{}` and `{}` both have the slug `{slug}`", first.handle, profile.handle),
                )
                .related(
                    if draft.is_said(first.slug.origin) { draft.span(first.slug.origin) } else { first.span },
                    "the first is here",
                )
                .surplus(Surplus::Field)
                .help(format!("give `{}` a slug of its own", profile.handle)),
            ),
        }
    }
}
