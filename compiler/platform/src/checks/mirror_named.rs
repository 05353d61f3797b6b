//! An environment that names a mirror: it should name the public channel, so that it works elsewhere too. The mirror is
//! put in its place when files are written.

use nbc_source::{Diagnostic, Diagnostics, Fix};

use crate::codes::MIRROR_NAMED;
use crate::draft::Draft;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for environment in &draft.declared.environments {
        for item in &environment.channels.value {
            let Some(channel) = draft.declared.get(item.value) else { continue };
            let Some(public) = channel.mirror_of else { continue };
            let public = draft.model.handle(public.value.entity);
            let span = draft.span(item.origin);
            out.push(
                Diagnostic::new(
                    &MIRROR_NAMED,
                    span,
                    format!("environment `{}` names the mirror `{}`", environment.handle, channel.handle),
                )
                .help(format!("name the public channel `{public}`; its mirror is used all the same"))
                .fix(Fix::replace(span, public, format!("{} → {public}", channel.handle))),
            );
        }
    }
}
