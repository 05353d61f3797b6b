//! Applies the corrections that findings carry, until none is left to apply.
//!
//! Nothing is written here: the result is texts, for the command line to write and for an editor to show.

use std::collections::BTreeMap;

use nbc_source::{Code, Diagnostics, Sources, Span, correct};

use crate::host::Host;
use crate::overlay::Overlay;
use crate::parses::Parses;
use crate::pipeline::{AsOf, analyse_again, compile};
use crate::workspace::Scope;

/// A correction can make the next one visible; a chain of them ends here at the latest.
const ROUNDS: usize = 20;

/// Which corrections are applied.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'w> {
    /// Also those that may change what was meant.
    pub unsafe_too: bool,
    /// Only those of these findings; all, where it is empty.
    pub only: &'w [&'static Code],
}

/// One correction that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// `teams/ml.nbc:10:5`, in the text as it was in that round.
    pub place: String,
    pub code: &'static Code,
    /// What was wrong.
    pub message: String,
    /// What was done about it.
    pub title: String,
    pub safe: bool,
}

/// A workspace after corrections.
#[derive(Debug)]
pub struct Fixed {
    /// The files that changed, by path: their text before and after.
    pub changed: BTreeMap<String, (String, String)>,
    pub applied: Vec<Applied>,
    /// What is said of the corrected workspace.
    pub left: Diagnostics,
    /// The texts that `left` points into.
    pub sources: Sources,
}

/// Corrects a workspace in memory.
pub fn fix(host: &dyn Host, scope: Scope<'_>, as_of: AsOf<'_>, wanted: Wanted<'_>) -> Fixed {
    let mut texts = BTreeMap::new();
    let mut fixed =
        Fixed { changed: BTreeMap::new(), applied: Vec::new(), left: Diagnostics::new(), sources: Sources::new() };
    let mut parses = Parses::new();
    let mut history = Vec::new();
    for _ in 0..ROUNDS {
        let overlay = Overlay { host, texts: &texts };
        let mut analysis = analyse_again(&overlay, scope, as_of, &mut parses);
        let findings = compile(&mut analysis, None, as_of).findings;
        let workspace = analysis.workspace;
        let is_packaged = |span: Span| workspace.sources.path(span.file).starts_with("packages/");
        let is_foreign = |span: Span| workspace.foreign.contains(&span.file);
        let is_own = |span: Span| !workspace.is_shipped(span.file) && !is_packaged(span) && !is_foreign(span);
        let sources = &workspace.sources;
        let corrected = correct(sources, &findings, |found, fix| {
            (fix.safe || wanted.unsafe_too)
                && (wanted.only.is_empty() || wanted.only.contains(&found.code))
                && fix.edits.iter().all(|edit| is_own(edit.span))
        });
        let mut next = texts.clone();
        next.extend(corrected.texts.iter().map(|(file, text)| (sources.path(*file).to_owned(), text.clone())));
        // Two guesses that undo each other would go on for ever.
        if corrected.applied.is_empty() || history.contains(&next) {
            (fixed.left, fixed.sources) = (findings, workspace.sources);
            break;
        }
        fixed.applied.extend(corrected.applied.iter().map(|(found, fix)| Applied {
            place: found.span.map_or_else(String::new, |span| sources.place(span)),
            code: found.code,
            message: found.message.clone(),
            title: fix.title.clone(),
            safe: fix.safe,
        }));
        for (file, text) in corrected.texts {
            let path = sources.path(file).to_owned();
            let before = sources.get(file).map_or("", |source| &*source.text).to_owned();
            let entry = fixed.changed.entry(path.clone()).or_insert_with(|| (before, String::new()));
            entry.1.clone_from(&text);
        }
        (fixed.left, fixed.sources) = (findings, workspace.sources);
        history.push(std::mem::replace(&mut texts, next));
    }
    fixed.changed.retain(|_, (before, after)| before != after);
    fixed
}
