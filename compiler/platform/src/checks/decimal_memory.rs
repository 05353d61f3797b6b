//! Memory in powers of ten: `8G` is 8,000,000,000 bytes here and for Kubernetes, and 8 GiB for JupyterHub, 7 % more.
//!
//! nbc writes for each target what it means, so nothing goes wrong; but people compare with what the hub shows.

use nbc_model::value::OriginId;
use nbc_source::{Diagnostic, Diagnostics, Fix};

use crate::codes::DECIMAL_MEMORY;
use crate::draft::Draft;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for profile in &draft.declared.profiles {
        judge(draft, profile.memory.origin, out);
        if profile.memory_guarantee.origin != profile.memory.origin {
            judge(draft, profile.memory_guarantee.origin, out);
        }
    }
}

fn judge(draft: &Draft<'_>, origin: OriginId, out: &mut Diagnostics) {
    let span = draft.span(origin);
    let text = draft.sources.text(span);
    let Some(number) = text.strip_suffix(['G', 'M', 'T']) else { return };
    if !number.chars().all(|character| character.is_ascii_digit() || character == '.' || character == '_') {
        return;
    }
    out.push(
        Diagnostic::new(
            &DECIMAL_MEMORY,
            span,
            format!("`{text}` counts in powers of ten; JupyterHub's `{text}` is `{text}i`"),
        )
        .label("7 % apart and more")
        .help(format!("write `{text}i` if that is meant"))
        .fix(Fix::replace(span, format!("{text}i"), format!("{text} → {text}i")).may_change_meaning()),
    );
}
