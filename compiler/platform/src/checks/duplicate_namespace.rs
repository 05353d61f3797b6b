//! Two groups with one namespace in Kubernetes and conda-store, or a group with a namespace that the platform uses.
//!
//! JupyterHub profiles, conda-store and shared folders know a group by the last part of its path, so names are unique
//! in the whole tree; handles are, namespaces are checked here.

use std::collections::BTreeMap;

use nbc_source::{Diagnostic, Diagnostics, Span, Surplus};

use crate::codes::DUPLICATE_NAMESPACE;
use crate::draft::Draft;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    let mut taken: BTreeMap<&str, (String, Option<Span>)> = BTreeMap::new();
    for name in ["default", "global", "kube-system"] {
        taken.insert(name, ("the system".to_owned(), None));
    }
    if let Some(platform) = draft.platform() {
        let git = platform.environments.value.git_namespace;
        taken.insert(
            platform.hub_namespace.value,
            ("the hub".to_owned(), Some(draft.span(platform.hub_namespace.origin))),
        );
        taken.insert(git.value, ("environments of the site".to_owned(), Some(draft.span(git.origin))));
    }
    // A namespace that somebody wrote is the one to change, not the one that follows from a handle.
    let (silent, said): (Vec<_>, Vec<_>) =
        draft.declared.groups.iter().partition(|group| !draft.is_said(group.namespace.origin));
    for group in silent.into_iter().chain(said) {
        let namespace = group.namespace;
        let place = if draft.is_said(namespace.origin) { draft.span(namespace.origin) } else { group.span };
        let Some((holder, before)) = taken.get(namespace.value) else {
            taken.insert(namespace.value, (format!("group `{}`", group.handle), Some(place)));
            continue;
        };
        let mut found = Diagnostic::new(
            &DUPLICATE_NAMESPACE,
            place,
            format!("namespace `{}` of group `{}` belongs to {holder} already", namespace.value, group.handle),
        )
        .label("would share quota, folder and environments")
        .surplus(Surplus::Field)
        .help(format!("write another one: `namespace: \"{}-team\"`", namespace.value));
        if let Some(before) = before {
            found = found.related(*before, "taken here");
        }
        out.push(found);
    }
}
