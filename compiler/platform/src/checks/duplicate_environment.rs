//! Two environments of the same packages from the same channels: one would do, built and kept once.

use std::collections::BTreeMap;

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::DUPLICATE_ENVIRONMENT;
use crate::draft::Draft;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    let mut seen: BTreeMap<Vec<String>, &str> = BTreeMap::new();
    for (environment, specification) in draft.declared.environments.iter().zip(&draft.specifications) {
        let mut packages: Vec<String> = specification.conda.iter().map(|row| row.text.clone()).collect();
        packages.extend(specification.pip.iter().map(|row| format!("pip {}", row.text)));
        if packages.is_empty() {
            continue;
        }
        packages.sort();
        packages.extend(specification.channels.iter().map(|channel| format!("from {}", channel.text)));
        match seen.get(&packages) {
            None => {
                seen.insert(packages, environment.handle);
            }
            Some(first) => out.push(
                Diagnostic::new(
                    &DUPLICATE_ENVIRONMENT,
                    environment.span,
                    format!("environments `{first}` and `{}` have the same packages", environment.handle),
                )
                .label("built and kept twice")
                .help(format!("keep `{first}` and list the other's groups under `shared-with`")),
            ),
        }
    }
}
