//! Two groups with one namespace in Kubernetes and conda-store, or a group with a namespace that the platform uses.
//!
//! JupyterHub profiles, conda-store and shared folders know a group by the last part of its path, so names are unique
//! in the whole tree; handles are, namespaces are checked here.

use std::collections::BTreeMap;

use nbc_model::value::OriginId;
use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::DUPLICATE_NAMESPACE;
use crate::draft::Draft;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    let mut taken: BTreeMap<&str, (String, Option<OriginId>)> = BTreeMap::new();
    for name in ["default", "global", "kube-system"] {
        taken.insert(name, ("the system".to_owned(), None));
    }
    if let Some(platform) = draft.platform() {
        let git = platform.environments.value.git_namespace;
        taken.insert(platform.hub_namespace.value, ("the hub".to_owned(), Some(platform.hub_namespace.origin)));
        taken.insert(git.value, ("environments of the site".to_owned(), Some(git.origin)));
    }
    for group in &draft.declared.groups {
        let namespace = group.namespace;
        let Some((holder, origin)) = taken.get(namespace.value) else {
            taken.insert(namespace.value, (format!("group `{}`", group.handle), Some(namespace.origin)));
            continue;
        };
        let mut found = Diagnostic::new(
            &DUPLICATE_NAMESPACE,
            group.span,
            format!("namespace `{}` of group `{}` belongs to {holder} already", namespace.value, group.handle),
        )
        .label("would share quota, folder and environments")
        .help(format!("write another one: `namespace: \"{}-team\"`", namespace.value));
        if let Some(origin) = origin {
            found = found.related(draft.span(*origin), "taken here");
        }
        out.push(found);
    }
}
