//! Applies corrections to texts: a pure function, so that the command line and the editor do the same.

use std::collections::BTreeMap;

use crate::{Diagnostic, Edit, FileId, Fix, Sources, Span};

/// Texts with corrections in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corrected<'d> {
    /// The files that changed, whole.
    pub texts: BTreeMap<FileId, String>,
    /// What was applied, in the order of the findings.
    pub applied: Vec<(&'d Diagnostic, &'d Fix)>,
}

/// Applies the fixes of `findings` that are `wanted`, each whole or not at all.
///
/// Of two that touch the same text the first wins; the other is found again in the corrected text, if it still holds.
/// A fix that points outside its file, or that changes nothing, is left out.
pub fn correct<'d>(
    sources: &Sources,
    findings: impl IntoIterator<Item = &'d Diagnostic>,
    wanted: impl Fn(&Diagnostic, &Fix) -> bool,
) -> Corrected<'d> {
    let mut accepted: Accepted<'_> = BTreeMap::new();
    let mut applied = Vec::new();
    for finding in findings {
        let Some(fix) = finding.fix.as_ref().filter(|fix| wanted(finding, fix)) else { continue };
        let changes = fix.edits.iter().any(|edit| sources.text(edit.span) != edit.text);
        let fits = fix.edits.iter().all(|edit| is_inside(sources, edit) && is_free(&accepted, edit));
        if changes && fits {
            accepted.extend(fix.edits.iter().map(|edit| ((edit.span.file, edit.span.start), edit)));
            applied.push((finding, fix));
        }
    }
    Corrected { texts: texts(sources, &accepted), applied }
}

/// Edits that do not touch one another, by where they start.
type Accepted<'d> = BTreeMap<(FileId, u32), &'d Edit>;

/// Whether no other edit changes what this one saw. Two insertions at one place touch.
fn is_free(accepted: &Accepted<'_>, edit: &Edit) -> bool {
    let Span { file, start, end } = edit.span;
    let before = accepted.range(..=(file, start)).next_back().map(|(_, other)| other.span);
    let after = accepted.range((file, start)..).next().map(|(_, other)| other.span);
    before.is_none_or(|before| before.file != file || before.end <= start && before.start < start)
        && after.is_none_or(|after| after.file != file || end <= after.start && start < after.start)
}

fn is_inside(sources: &Sources, edit: &Edit) -> bool {
    let text = sources.get(edit.span.file).map(|file| &*file.text);
    text.is_some_and(|text| text.get(edit.span.start as usize..edit.span.end as usize).is_some())
}

/// The changed files, each put together from the pieces between the edits.
fn texts(sources: &Sources, accepted: &Accepted<'_>) -> BTreeMap<FileId, String> {
    let mut pieces: BTreeMap<FileId, (String, usize)> = BTreeMap::new();
    for edit in accepted.values() {
        let text = sources.get(edit.span.file).map_or("", |file| &*file.text);
        let (made, at) = pieces.entry(edit.span.file).or_default();
        made.push_str(text.get(*at..edit.span.start as usize).unwrap_or_default());
        made.push_str(&edit.text);
        *at = edit.span.end as usize;
    }
    let rest = |file, at: usize| sources.get(file).and_then(|source| source.text.get(at..)).unwrap_or_default();
    pieces.into_iter().map(|(file, (made, at))| (file, made + rest(file, at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, FileKind, Level, SourceFile};

    static CODE: Code = Code { number: 1, name: "a", level: Level::Error, summary: "", page: "" };

    /// `text` after the fixes, each one edit: from, to, what stands there then.
    fn corrected(text: &str, edits: &[(u32, u32, &str)]) -> (String, usize) {
        let mut sources = Sources::new();
        let file = sources.add(SourceFile::new("a.nbc", FileKind::Nbc, text));
        let finding = |&(start, end, text): &(u32, u32, &str)| {
            let span = Span::new(file, start..end);
            Diagnostic::new(&CODE, span, "").fix(Fix::replace(span, text, ""))
        };
        let findings: Vec<Diagnostic> = edits.iter().map(finding).collect();
        let corrected = correct(&sources, &findings, |_, _| true);
        (corrected.texts.get(&file).cloned().unwrap_or_else(|| text.to_owned()), corrected.applied.len())
    }

    #[test]
    fn edits_are_made_in_the_order_of_places_and_the_first_of_two_wins() {
        assert_eq!(corrected("abcdef", &[(4, 5, "E"), (0, 1, "A")]), ("AbcdEf".to_owned(), 2));
        assert_eq!(corrected("abcdef", &[(1, 3, "X"), (2, 4, "Y")]), ("aXdef".to_owned(), 1));
        assert_eq!(corrected("ab", &[(1, 1, ","), (1, 1, ";")]), ("a,b".to_owned(), 1));
    }

    #[test]
    fn what_points_outside_or_changes_nothing_is_left_out() {
        assert_eq!(corrected("aé", &[(2, 3, "x"), (9, 10, "x"), (0, 1, "a")]), ("aé".to_owned(), 0));
    }
}
