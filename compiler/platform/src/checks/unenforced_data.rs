//! Data above `internal` that nothing keeps from people who may not read it: nbc would only report who should not.

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::UNENFORCED_DATA;
use crate::draft::Draft;
use crate::kinds::{Classification, Enforcer};

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for data in &draft.declared.data_sources {
        if data.enforced_by.value == Enforcer::Nobody && data.classification.value > Classification::Internal {
            out.push(
                Diagnostic::new(
                    &UNENFORCED_DATA,
                    if draft.is_said(data.enforced_by.origin) {
                        draft.span(data.enforced_by.origin)
                    } else {
                        data.span
                    },
                    format!("nothing stops an unauthorised read of `{}`", data.handle),
                )
                .label(format!("it is {}", data.classification.value.text()))
                .related(draft.span(data.classification.origin), "the classification is here")
                .help("say what does: `enforced-by: bucket-policy`, `database`, or `nbc-secret` with `credentials`"),
            );
        }
    }
}
