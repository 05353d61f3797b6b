//! Names that conda-store takes for one another: it reads names as patterns, in which `.` is any character and `_` is
//! one in listings, so whoever may read `data.science` reads `data-science` too (seen on 2025.2.2).
//!
//! Every person has the namespace of their username. Names that differ only in such characters are found.

use std::collections::BTreeMap;

use nbc_model::value::OriginId;
use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::UNSAFE_NAMESPACE;
use crate::draft::Draft;

pub(super) fn run<'m>(draft: &Draft<'m>, out: &mut Diagnostics) {
    if !draft.targets.has("conda-store") {
        return;
    }
    let users = draft.declared.users.iter().map(|user| user.username);
    let groups = draft.declared.groups.iter().map(|group| group.namespace);
    let mut alike: BTreeMap<String, Vec<(&'m str, OriginId)>> = BTreeMap::new();
    for name in users.chain(groups) {
        let key = name.value.replace(|character: char| !character.is_ascii_alphanumeric(), ".");
        alike.entry(key).or_default().push((name.value, name.origin));
    }
    for names in alike.values() {
        let is_pattern = |name: &&(&str, OriginId)| name.0.contains(['.', '_', '+']);
        let Some((pattern, origin)) = names.iter().find(is_pattern) else { continue };
        let Some((other, place)) = names.iter().find(|(name, _)| name != pattern) else { continue };
        out.push(
            Diagnostic::new(
                &UNSAFE_NAMESPACE,
                draft.span(*origin),
                format!("conda-store takes `{other}` for `{pattern}`"),
            )
            .label("who may read this one reads the other too")
            .related(draft.span(*place), "the other is here")
            .help("use names of small letters, digits and `-` that differ in more than that"),
        );
    }
}
