//! The hub is configured as a target, and no service `jupyterhub` is declared: nobody could sign in to it.

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::SIGN_IN_NEEDED;
use crate::draft::Draft;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    let is_declared = draft.declared.services.iter().any(|service| service.handle == "jupyterhub");
    let Some(platform) = draft.platform().filter(|_| draft.targets.has("jupyterhub") && !is_declared) else { return };
    out.push(
        Diagnostic::new(&SIGN_IN_NEEDED, platform.span, "nobody's sign-in to JupyterHub is set up")
            .label("no service `jupyterhub` is declared")
            .help(
                "write `service jupyterhub extends std/jupyterhub { access: [GROUP] }` with the group that may open it",
            )
            .help("or take `[backends.jupyterhub]` out of nbc.toml"),
    );
}
