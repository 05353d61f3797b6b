//! Two profiles with one slug: the hub knows a profile by its slug alone, so one of them could never be launched.

use std::collections::BTreeMap;

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::DUPLICATE_SLUG;
use crate::draft::Draft;
use crate::kinds::Profile;

pub(super) fn run<'m>(draft: &Draft<'m>, out: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, &Profile<'m>> = BTreeMap::new();
    for profile in &draft.declared.profiles {
        let slug = profile.slug.value;
        match seen.get(slug) {
            None => {
                seen.insert(slug, profile);
            }
            Some(first) => out.push(
                Diagnostic::new(
                    &DUPLICATE_SLUG,
                    draft.span(profile.slug.origin),
                    format!("profiles `{}` and `{}` both have the slug `{slug}`", first.handle, profile.handle),
                )
                .related(draft.span(first.slug.origin), "the first is here")
                .help(format!("give `{}` a slug of its own", profile.handle)),
            ),
        }
    }
}
