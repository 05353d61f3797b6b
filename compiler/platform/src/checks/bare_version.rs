//! A version without an operator: conda reads `3.11` as exactly 3.11, never 3.11.4, which nobody means.

use nbc_source::{Diagnostic, Diagnostics, Fix};

use crate::codes::BARE_VERSION;
use crate::draft::Draft;
use crate::specification::Requirement;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for specification in &draft.specifications {
        // In a foreign file `pandas=2.2` is what conda users write, and `python 3.11` is exact knowingly.
        let ours = specification.conda.iter().filter(|row| row.ours && is_bare(&row.version));
        ours.for_each(|row| out.push(finding(draft, row)));
        let pip = specification.pip.iter().filter(|row| row.ours && is_bare(&row.version));
        pip.for_each(|row| out.push(finding(draft, row)));
    }
}

/// Digits and dots, perhaps with a letter, and no operator or star.
fn is_bare(version: &str) -> bool {
    version.starts_with(|first: char| first.is_ascii_digit())
        && version.chars().all(|character| character.is_ascii_alphanumeric() || character == '.')
}

fn finding(draft: &Draft<'_>, row: &Requirement) -> Diagnostic {
    let version = &row.version;
    let found = Diagnostic::new(
        &BARE_VERSION,
        row.span,
        format!("`{}: \"{version}\"` means exactly {version}, not {version} and its patches", row.name),
    )
    .label("no operator")
    .help(format!("write \"{version}.*\" for {version} and its patches"))
    .help(format!("or \"=={version}\" for exactly {version}"));
    // The place is the entry; only the quoted version in it is replaced.
    let text = draft.sources.text(row.span);
    let Some(at) = text.find(&format!("\"{version}\"")) else { return found };
    let mut place = row.span;
    place.start += at as u32 + 1;
    place.end = place.start + version.len() as u32;
    found.fix(Fix::replace(place, format!("{version}.*"), format!("{version} and its patches")).may_change_meaning())
}
