//! Versions that no package can have: `>=3.12,<3.11`, or a package asked for twice in ways that exclude each other.
//!
//! Nothing here knows which versions exist. Satisfiable means that one of the versions named, or one just above or below
//! it, satisfies all constraints together; between the versions named, the answer cannot change.

use std::collections::BTreeMap;

use nbc_source::{Diagnostic, Diagnostics};
use rattler_conda_types::{ParseStrictness, Version, VersionSpec};
use std::str::FromStr;

use crate::codes::CONTRADICTORY_VERSIONS;
use crate::draft::Draft;
use crate::specification::{Requirement, Specification};

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for specification in &draft.specifications {
        judge(specification, out);
    }
}

fn judge(specification: &Specification<'_>, out: &mut Diagnostics) {
    let mut by_name: BTreeMap<&str, Vec<&Requirement>> = BTreeMap::new();
    for row in specification.conda.iter().filter(|row| !row.version.is_empty()) {
        by_name.entry(&row.name).or_default().push(row);
    }
    for (name, rows) in by_name {
        let parsed: Option<Vec<VersionSpec>> = rows.iter().map(|row| version_spec(&row.version)).collect();
        // What cannot be read is `bad-match-spec`.
        let Some(specs) = parsed else { continue };
        if is_satisfiable(&rows, &specs) {
            continue;
        }
        let asked: Vec<&str> = rows.iter().map(|row| row.version.as_str()).collect();
        let Some((last, before)) = rows.split_last() else { continue };
        let mut found = Diagnostic::new(
            &CONTRADICTORY_VERSIONS,
            last.span,
            format!("no version of `{name}` is {}", asked.join(" and also ")),
        )
        .label("excludes every version")
        .help("keep one bound below and one above it, such as \">=2.4,<2.6\"");
        for row in before {
            found = found.related(row.span, "asked for here too");
        }
        out.push(found);
    }
}

fn version_spec(text: &str) -> Option<VersionSpec> {
    VersionSpec::from_str(text, ParseStrictness::Lenient).ok()
}

fn is_satisfiable(rows: &[&Requirement], specs: &[VersionSpec]) -> bool {
    let named = rows.iter().flat_map(|row| row.version.split(|character: char| !is_version_character(character)));
    let mut candidates: Vec<String> = vec!["0a0".to_owned(), "99999".to_owned()];
    for version in named.map(|version| version.trim_matches('.')).filter(|version| !version.is_empty()) {
        candidates.extend(["", ".0.0.1", "a0", ".99999"].iter().map(|end| format!("{version}{end}")));
    }
    let fits = |version: &Version| specs.iter().all(|spec| spec.matches(version));
    candidates.iter().filter_map(|text| Version::from_str(text).ok()).any(|version| fits(&version))
}

fn is_version_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '.'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn satisfiable(versions: &[&str]) -> bool {
        let rows: Vec<Requirement> = versions
            .iter()
            .map(|version| Requirement {
                name: "x".to_owned(),
                version: (*version).to_owned(),
                build: String::new(),
                channel: None,
                text: String::new(),
                span: nbc_source::Span::default(),
                ours: true,
            })
            .collect();
        let specs: Vec<VersionSpec> = versions.iter().filter_map(|version| version_spec(version)).collect();
        assert_eq!(specs.len(), versions.len(), "{versions:?}");
        is_satisfiable(&rows.iter().collect::<Vec<_>>(), &specs)
    }

    #[test]
    fn what_excludes_every_version_is_told_from_what_leaves_one() {
        for versions in [
            &[">=2.4,<2.6"][..],
            &[">2.4,<2.4.1"],
            &["3.11.*"],
            &["==3.12", ">=3"],
            &["<1"],
            &["!=2.0"],
            &["2.4.*|3.*"],
        ] {
            assert!(satisfiable(versions), "{versions:?}");
        }
        for versions in [&[">=3.12,<3.11"][..], &["3.11.*", "3.12.*"], &["==1.0", ">1"], &[">2,<2"]] {
            assert!(!satisfiable(versions), "{versions:?}");
        }
    }
}
