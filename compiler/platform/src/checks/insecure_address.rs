//! A service whose address is not encrypted: whoever listens takes the sign-in.

use nbc_source::{Diagnostic, Diagnostics, Fix, Span};

use crate::codes::INSECURE_ADDRESS;
use crate::draft::Draft;
use crate::kinds::ClientType;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for service in &draft.declared.services {
        let Some(url) = service.url.filter(|_| service.client.value != ClientType::None) else { continue };
        if url.value.starts_with("http://") {
            let span = draft.span(url.origin);
            let scheme = Span { start: span.start + 1, end: span.start + 5, ..span };
            out.push(
                Diagnostic::new(
                    &INSECURE_ADDRESS,
                    draft.span(url.origin),
                    format!("people sign in to `{}` over http", service.handle),
                )
                .label("whoever listens takes the sign-in")
                .help("write https://")
                .fix(Fix::replace(scheme, "https", "write `https`").may_change_meaning()),
            );
        }
    }
}
