//! Findings, while some of them are still being worked out.
//!
//! Phases 1 to 9 are run on each keystroke, the later ones a moment after the last. Until then their findings of the text
//! before stay where they were, moved along with the text around them, so that nothing flickers. A text that says what
//! it said before is not even analysed again.

use std::sync::Arc;

use nbc_driver::Analysis;
use nbc_source::{Diagnostic, Edit, FileId, Sources, Span};

use crate::snapshot::Judged;

/// What is known now: the findings of the analysis, and those of judging the text before that still have a place.
pub fn findings(analysis: &Analysis, judged: Option<&Judged>) -> Vec<Diagnostic> {
    let mut all: Vec<Diagnostic> = analysis.findings.iter().cloned().collect();
    if let Some(judged) = judged {
        let mut moves = Moves::new(judged.analysis.sources(), analysis.sources());
        all.extend(judged.later().filter_map(|found| moves.diagnostic(found)));
    }
    all
}

/// Findings of texts that said the same, where they are now; `None` where one of them has no place any more.
pub fn moved(found: &[Diagnostic], before: &Sources, after: &Sources) -> Option<Vec<Diagnostic>> {
    let mut moves = Moves::new(before, after);
    found.iter().map(|found| moves.whole(found)).collect()
}

/// Whether a file was analysed with this text. One that could not be read stands among the sources as an empty one.
pub fn is_text_of(analysis: &Analysis, path: &str, text: &str) -> bool {
    let known = analysis.sources().find(path).and_then(|file| analysis.sources().get(file));
    known.is_some_and(|known| !text.is_empty() && *known.text == *text)
}

/// The texts of an analysis with some of them edited, where none of them says something else than before: in blanks and
/// comments alone they differ. `None` where one may.
pub fn said_again<'e>(
    analysis: &Analysis,
    edited: impl IntoIterator<Item = (&'e str, &'e Arc<str>)>,
) -> Option<Sources> {
    let mut sources = analysis.sources().clone();
    for (path, text) in edited {
        let file = sources.find(path)?;
        let parsed = analysis.workspace.parsed.iter().find(|parsed| parsed.file == file)?;
        let before = sources.get(file)?;
        if !parsed.parse.diagnostics().is_empty() || !nbc_syntax::says_the_same(&before.text, text) {
            return None;
        }
        sources.replace(file, Arc::clone(text));
    }
    Some(sources)
}

/// How places of one look are found in another one.
#[derive(Debug)]
pub struct Moves<'s> {
    before: &'s Sources,
    after: &'s Sources,
    files: Vec<(FileId, Option<Move>)>,
}

/// What changed in a file: everything before `start` and from `end` on stayed as it was.
#[derive(Clone, Copy, Debug)]
struct Move {
    file: FileId,
    start: usize,
    end: usize,
    longer: i64,
}

impl<'s> Moves<'s> {
    pub fn new(before: &'s Sources, after: &'s Sources) -> Moves<'s> {
        Moves { before, after, files: Vec::new() }
    }

    /// With everything that it shows, or not at all. A correction is asked for of the texts as they are.
    fn whole(&mut self, found: &Diagnostic) -> Option<Diagnostic> {
        self.diagnostic(found).filter(|moved| moved.related.len() == found.related.len())
    }

    fn diagnostic(&mut self, found: &Diagnostic) -> Option<Diagnostic> {
        let mut moved = found.clone();
        if let Some(span) = found.span {
            moved.span = Some(self.span(span)?);
        }
        moved.related.retain_mut(|related| match self.span(related.span) {
            Some(span) => {
                related.span = span;
                true
            }
            None => false,
        });
        // A correction of which one place is gone corrects nothing.
        if let Some(fix) = &mut moved.fix {
            let edits: Option<Vec<Edit>> = fix
                .edits
                .iter()
                .map(|edit| Some(Edit { span: self.span(edit.span)?, text: edit.text.clone() }))
                .collect();
            match edits {
                Some(edits) => fix.edits = edits,
                None => moved.fix = None,
            }
        }
        Some(moved)
    }

    /// Where the same text stands there; `None` where it was changed.
    pub fn span(&mut self, span: Span) -> Option<Span> {
        let moved = self.file(span.file)?;
        let by = if span.end as usize <= moved.start {
            0
        } else if span.start as usize >= moved.end {
            moved.longer
        } else {
            return None;
        };
        let at = |offset: u32| (i64::from(offset) + by) as u32;
        Some(Span::new(moved.file, at(span.start)..at(span.end)))
    }

    fn file(&mut self, file: FileId) -> Option<Move> {
        if let Some((_, known)) = self.files.iter().find(|(known, _)| *known == file) {
            return *known;
        }
        let found = self.compare(file);
        self.files.push((file, found));
        found
    }

    fn compare(&self, file: FileId) -> Option<Move> {
        let before = self.before.get(file)?;
        let same = self.after.get(file).is_some_and(|after| after.path == before.path);
        let now = if same { file } else { self.after.find(&before.path)? };
        if Arc::ptr_eq(&before.text, &self.after.get(now)?.text) {
            return Some(Move { file: now, start: before.text.len(), end: before.text.len(), longer: 0 });
        }
        let (old, new) = (before.text.as_bytes(), self.after.get(now)?.text.as_bytes());
        let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
        let rest = old.len().min(new.len()) - start;
        let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
        Some(Move { file: now, start, end: old.len() - tail, longer: new.len() as i64 - old.len() as i64 })
    }
}

#[cfg(test)]
mod tests {
    use nbc_driver::{Memory, Parses, Scope, analyse_again, day};
    use nbc_model::value::Date;

    use super::*;

    const TEXT: &str = "group ml { owners: [dena], approvals: 20 }\nuser dana { first-name: 1 }\nuser dana {}\n";

    fn look(text: &str, parses: &mut Parses) -> Analysis {
        let host = Memory::new().with("nbc.toml", "edition = \"2026\"\n").with("a.nbc", text);
        let as_of: &dyn Fn(&str) -> Date = &|_| day::parse("2026-11-20").unwrap();
        analyse_again(&host, Scope::Folder, as_of, parses)
    }

    /// Findings without what corrects them, which is not told.
    fn told(found: impl IntoIterator<Item = Diagnostic>) -> Vec<Diagnostic> {
        found.into_iter().map(|found| Diagnostic { fix: None, ..found }).collect()
    }

    /// A blank or a comment at each place of a text with mistakes: what is moved there is what a first look finds.
    #[test]
    fn moved_findings_are_those_of_a_first_look() {
        let mut parses = Parses::new();
        let known = look(TEXT, &mut parses);
        let found: Vec<Diagnostic> = known.findings.iter().cloned().collect();
        assert!(found.len() > 3, "{found:#?}");
        let mut same = 0;
        for put in ["  ", "\r\n# é\n"] {
            for at in 0..=TEXT.len() {
                let mut text = TEXT.to_owned();
                text.insert_str(at, put);
                let Some(sources) = said_again(&known, [("a.nbc", &Arc::from(text.as_str()))]) else { continue };
                let Some(moved) = moved(&found, known.sources(), &sources) else { continue };
                same += 1;
                assert_eq!(told(moved), told(look(&text, &mut parses).findings), "{put:?} at {at}");
            }
        }
        assert!(same > 25, "{same}");
    }

    #[test]
    fn a_text_with_a_mistake_in_its_spelling_is_looked_at_again() {
        let known = look("user dana {\n", &mut Parses::new());
        assert!(said_again(&known, [("a.nbc", &Arc::from("user dana {\n# x\n"))]).is_none());
        assert!(is_text_of(&known, "a.nbc", "user dana {\n"));
        assert!(!is_text_of(&known, "b.nbc", "user dana {\n"));
    }
}
