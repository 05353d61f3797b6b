//! A package, version or build that conda cannot read. conda's own grammar judges (`rattler_conda_types`).

use nbc_source::{Diagnostic, Diagnostics, Fix};
use rattler_conda_types::{MatchSpec, ParseMatchSpecOptions};

use crate::codes::BAD_MATCH_SPEC;
use crate::draft::Draft;
use crate::specification::Requirement;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for specification in &draft.specifications {
        for row in &specification.conda {
            if let Some(why) = problem(row) {
                let mut found =
                    Diagnostic::new(&BAD_MATCH_SPEC, row.span, format!("conda cannot read `{}`: {why}", row.text))
                        .help("write versions as \">=2.4,<2.6\", \"2.*\" or \"==2.4.1\", a build after a blank");
                found.fix = swapped_operator(draft, row);
                out.push(found);
            }
        }
    }
}

/// `=>2.4` and `=<2.4`, with the signs the other way round.
fn swapped_operator(draft: &Draft<'_>, row: &Requirement) -> Option<Fix> {
    let written = draft.sources.text(row.span);
    let right = written.replace("=>", ">=").replace("=<", "<=");
    (right != written).then(|| Fix::replace(row.span, &right, format!("write {right}")))
}

fn problem(row: &Requirement) -> Option<String> {
    let text = [row.name.as_str(), &row.version, &row.build].into_iter().filter(|part| !part.is_empty());
    // The channel is judged by `untrusted-channel`: a handle need not be a channel's name.
    let text = if row.ours { text.collect::<Vec<_>>().join(" ") } else { row.text.clone() };
    let read = MatchSpec::from_str(&text, ParseMatchSpecOptions::lenient());
    read.err().map(|error| error.to_string().lines().next().unwrap_or("it has no such form").to_owned())
}
