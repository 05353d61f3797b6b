//! Findings, while some of them are still being worked out.
//!
//! Phases 1 to 9 are run on each keystroke, the later ones a moment after the last. Until then their findings of the text
//! before stay where they were, moved along with the text around them, so that nothing flickers.

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
        let (old, new) = (before.text.as_bytes(), self.after.get(now)?.text.as_bytes());
        let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
        let rest = old.len().min(new.len()) - start;
        let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
        Some(Move { file: now, start, end: old.len() - tail, longer: new.len() as i64 - old.len() as i64 })
    }
}
