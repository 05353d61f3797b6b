//! Data above `internal` that nothing keeps from people who may not read it: nbc would only report who should not.
//!
//! Storage is data too, but servers mount it for its readers alone. A bucket is mounted by nobody.

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::UNENFORCED_DATA;
use crate::draft::Draft;
use crate::kinds::{Classification, Enforcer, StorageAt};

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
    for storage in &draft.declared.storages {
        let is_bucket = matches!(storage.at.value, StorageAt::Bucket(_));
        if is_bucket && storage.classification.value > Classification::Internal {
            out.push(
                Diagnostic::new(
                    &UNENFORCED_DATA,
                    draft.span(storage.at.origin),
                    format!("nothing stops an unauthorised read of `{}`", storage.handle),
                )
                .label("no server mounts a bucket, so nbc keeps nobody from it")
                .related(
                    draft.span(storage.classification.origin),
                    format!("it is {}", storage.classification.value.text()),
                )
                .help(
                    "declare a `data-source` at this bucket, and say there what stops it: `enforced-by: bucket-policy`",
                ),
            );
        }
    }
}
