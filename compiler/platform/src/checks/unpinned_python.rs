//! An environment whose Python is free: the next build may bring another one, and with it other packages.

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::UNPINNED_PYTHON;
use crate::draft::Draft;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for (environment, specification) in draft.declared.environments.iter().zip(&draft.specifications) {
        let python = specification.conda.iter().find(|row| row.name == "python");
        let Some(python) = python.filter(|row| row.version.is_empty() && !specification.locked) else { continue };
        if environment.lock.is_some() {
            continue;
        }
        out.push(
            Diagnostic::new(
                &UNPINNED_PYTHON,
                python.span,
                format!("the Python of environment `{}` is free", environment.handle),
            )
            .label("the next build may bring another one")
            .help("say which, such as \"3.12.*\""),
        );
    }
}
