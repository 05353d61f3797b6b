//! What is said about a place, and how it can be put right.

use std::borrow::Cow;
use std::mem;

use crate::secrets::conceal;
use crate::{Code, Level, Span};

/// One finding. The message stands alone on a narrow screen; label, related places, help and fix follow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: &'static Code,
    /// The code's level unless a pack, a waiver or a flag changed it.
    pub level: Level,
    /// Lower-case first letter, no final period, what the user wrote in backticks.
    pub message: String,
    /// `None` only for findings about the workspace as a whole, such as a missing `nbc.toml`.
    pub span: Option<Span>,
    /// Beside the underlined text; may be empty.
    pub label: String,
    pub related: Vec<Related>,
    /// Ways out, best first.
    pub help: Vec<String>,
    pub fix: Option<Fix>,
    /// What corrections are worked out from.
    pub about: Option<About>,
    /// What can be taken away to be rid of the finding, at its place.
    pub surplus: Option<Surplus>,
    /// The stages that share the finding; empty where the workspace has none.
    pub stages: Vec<String>,
}

/// What a finding is about, for whoever works out a correction: its words are for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A file that is not there.
    MissingFile,
    /// A value of another type than the one of this name, and whether what is written would do as a text.
    Type { wanted: String, fits_as_text: bool },
    /// The key of the entry whose value stands at the place, and what it would be without a habit such as capitals.
    Key { better: Option<String> },
    /// A rule or policy, and the path of what a waiver of it would name.
    Rule { name: String, on: String },
}

/// What is too much at the place of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surplus {
    /// The field: without it its default holds.
    Field,
    /// The element of the list: without it nothing is granted or named.
    Element,
}

/// A second place that belongs to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    pub span: Span,
    pub message: String,
}

/// A correction that `nbc fix` and the editor can apply. `safe` means that it cannot change what was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    pub title: String,
    pub safe: bool,
    pub edits: Vec<Edit>,
}

/// Replaces the text of `span` by `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

impl Fix {
    /// Replaces one place.
    pub fn replace(span: Span, text: impl Into<String>, title: impl Into<String>) -> Fix {
        Fix { title: title.into(), safe: true, edits: vec![Edit { span, text: text.into() }] }
    }

    /// Marks a correction that may change the meaning.
    pub fn may_change_meaning(mut self) -> Fix {
        self.safe = false;
        self
    }
}

impl Diagnostic {
    pub fn new(code: &'static Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { span: Some(span), ..Diagnostic::without_place(code, message) }
    }

    /// A finding about the workspace as a whole.
    pub fn without_place(code: &'static Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            level: code.level,
            message: concealed(message),
            span: None,
            label: String::new(),
            related: Vec::new(),
            help: Vec::new(),
            fix: None,
            about: None,
            surplus: None,
            stages: Vec::new(),
        }
    }

    pub fn label(mut self, text: impl Into<String>) -> Diagnostic {
        self.label = concealed(text);
        self
    }

    pub fn related(mut self, span: Span, message: impl Into<String>) -> Diagnostic {
        self.related.push(Related { span, message: concealed(message) });
        self
    }

    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help.push(concealed(text));
        self
    }

    /// Offers the nearest names for what is written at `span`, best first. One that is alone becomes a safe fix; of
    /// several the best is a guess.
    pub fn did_you_mean(self, span: Span, near: &[&str]) -> Diagnostic {
        let Some(best) = near.first() else { return self };
        let fix = Fix::replace(span, *best, format!("write `{best}`"));
        let fix = if near.len() == 1 { fix } else { fix.may_change_meaning() };
        self.help(format!("did you mean `{}`?", near.join("`, `"))).fix(fix)
    }

    pub fn fix(mut self, fix: Fix) -> Diagnostic {
        self.fix = Some(fix);
        self
    }

    pub fn about(mut self, about: About) -> Diagnostic {
        self.about = Some(about);
        self
    }

    pub fn surplus(mut self, what: Surplus) -> Diagnostic {
        self.surplus = Some(what);
        self
    }

    /// Puts the finding in order by file, offset, code; then message, so that the order is total.
    fn order(&self) -> (Option<Span>, u16, &str) {
        (self.span, self.code.number, &self.message)
    }
}

/// What a finding quotes may hold a secret; its words are read by more people than the files are.
fn concealed(text: impl Into<String>) -> String {
    let text = text.into();
    match conceal(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(shown) => shown,
    }
}

/// All findings of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    pub fn new() -> Diagnostics {
        Diagnostics::default()
    }

    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Diagnostic> {
        self.0.iter_mut()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn count(&self, level: Level) -> usize {
        self.0.iter().filter(|d| d.level == level).count()
    }

    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|d| d.level == Level::Error)
    }

    /// Sorts by file, offset, code, and joins findings that differ only in their stage.
    pub fn settle(&mut self) {
        self.0.sort_by(|a, b| a.order().cmp(&b.order()));
        let mut settled: Vec<Diagnostic> = Vec::with_capacity(self.0.len());
        for mut next in mem::take(&mut self.0) {
            match settled.last_mut() {
                Some(last) if same_finding(last, &next) => {
                    last.stages.append(&mut next.stages);
                    last.stages.sort();
                    last.stages.dedup();
                }
                _ => settled.push(next),
            }
        }
        self.0 = settled;
    }
}

fn same_finding(a: &Diagnostic, b: &Diagnostic) -> bool {
    a.code == b.code && a.span == b.span && a.message == b.message && a.level == b.level
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, iter: T) {
        self.0.extend(iter);
    }
}
