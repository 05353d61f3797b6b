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
    let names = || users.clone().chain(groups.clone());
    // Names without such characters are the most by far, and are looked at only where some name has one.
    let mut alike: BTreeMap<String, Vec<(&'m str, OriginId)>> =
        names().filter(|name| is_pattern(name.value)).map(|name| (key(name.value), Vec::new())).collect();
    if alike.is_empty() {
        return;
    }
    for name in names() {
        if let Some(names) = alike.get_mut(&key(name.value)) {
            names.push((name.value, name.origin));
        }
    }
    for names in alike.values() {
        let Some((pattern, origin)) = names.iter().find(|(name, _)| is_pattern(name)) else { continue };
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

/// Whether the name has a character that conda-store takes for others.
fn is_pattern(name: &str) -> bool {
    name.contains(['.', '_', '+'])
}

/// What names that are taken for one another have alike.
fn key(name: &str) -> String {
    name.replace(|character: char| !character.is_ascii_alphanumeric(), ".")
}
