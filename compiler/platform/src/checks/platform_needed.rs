//! A target that needs the one platform is on, and there is none, more than one, or it has no domain.
//!
//! Keycloak and JupyterHub are addressed below `domain`; conda-store alone needs no platform at all.

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::{DOMAIN_NEEDED, PLATFORM_NEEDED, SECOND_PLATFORM};
use crate::draft::Draft;

/// Targets whose output names the platform.
const NEED_PLATFORM: [&str; 3] = ["jupyterhub", "keycloak", "kubernetes"];
const NEED_DOMAIN: [&str; 2] = ["jupyterhub", "keycloak"];

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    let on = |names: &[&'static str]| names.iter().copied().find(|name| draft.targets.has(name));
    match &*draft.declared.platforms {
        [] => {
            if let Some(target) = on(&NEED_PLATFORM) {
                out.push(
                    Diagnostic::without_place(
                        &PLATFORM_NEEDED,
                        format!("target `{target}` needs a `platform`, and there is none"),
                    )
                    .help("declare one: `platform lab { domain: \"lab.example\" }`")
                    .help(format!("or take `[backends.{target}]` out of nbc.toml")),
                );
            }
        }
        [first, others @ ..] => {
            if let (None, Some(target)) = (&first.domain, on(&NEED_DOMAIN)) {
                out.push(
                    Diagnostic::new(
                        &DOMAIN_NEEDED,
                        first.span,
                        format!("target `{target}` needs the platform's `domain`"),
                    )
                    .label("has no `domain`")
                    .help("write the address that people type: `domain: \"hub.uni.example\"`"),
                );
            }
            for other in others {
                out.push(
                    Diagnostic::new(&SECOND_PLATFORM, other.span, format!("`{}` is a second platform", other.handle))
                        .related(first.span, "the first is here")
                        .help("a workspace describes one platform; give the other its own folder with `nbc.toml`, or a stage"),
                );
            }
        }
    }
}
