//! What a question about a file is asked of.

use std::cell::RefCell;
use std::sync::Arc;

use lsp_server::ErrorCode;
use lsp_types::{Position, TextDocumentIdentifier, Uri};
use nbc_driver::Analysis;
use nbc_source::{Diagnostic, Edit, FileId, Span};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::buffers::Buffers;
use super::convert::{Places, position};
use super::server::{Failure, Server};
use super::workspaces::Root;
use crate::features::diagnostics::{Moves, findings};
use crate::features::place::View;
use crate::features::policies;
use crate::snapshot::Judged;
use crate::text::{Encoding, Lines};

/// A file, the workspace around it, and where in it the question points.
pub(super) struct Asked {
    pub(super) analysis: Arc<Analysis>,
    pub(super) judged: Option<Arc<Judged>>,
    /// It is about the texts as they are.
    is_judged: bool,
    pub(super) sound: Option<Arc<Analysis>>,
    pub(super) file: FileId,
    /// The byte of the position that was sent; 0 where none was.
    pub(super) offset: u32,
    pub(super) encoding: Encoding,
    uris: Vec<Option<Uri>>,
    buffers: Buffers,
}

/// The parts of parameters that most questions share.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shared {
    text_document: TextDocumentIdentifier,
    position: Option<Position>,
}

impl Asked {
    /// `None` for a file that is in no workspace.
    ///
    /// # Errors
    /// Parameters without a file.
    pub(super) fn of(server: &mut Server<'_>, params: &Value) -> Result<Option<Asked>, Failure> {
        let shared =
            Shared::deserialize(params).map_err(|error| Failure::new(ErrorCode::InvalidParams, error.to_string()))?;
        let uri = &shared.text_document.uri;
        let place = server.documents.get(uri).and_then(|document| document.place.clone()).or_else(|| Root::of(uri));
        Ok(place.and_then(|(root, path)| Asked::at(server, &root, &path, shared.position)))
    }

    fn at(server: &mut Server<'_>, root: &Root, path: &str, at: Option<Position>) -> Option<Asked> {
        let analysis = server.analysis(root)?;
        let file = analysis.sources().find(path)?;
        let workspace = server.workspaces.get(root)?;
        let encoding = server.client.encoding;
        let text = analysis.sources().get(file).map_or("", |source| &*source.text);
        let offset = at.map_or(0, |at| Lines::new(text, encoding).offset(position(at)));
        let uris = server.uris(root, analysis.sources());
        let judged = workspace.judged.as_ref().map(|(_, judged)| Arc::clone(judged));
        let is_judged = workspace.verdict().is_some();
        let sound = workspace.sound.as_ref().map(Arc::clone);
        let buffers = workspace.buffers.clone();
        Some(Asked { judged, is_judged, sound, file, offset, encoding, uris, buffers, analysis })
    }

    pub(super) fn view(&self) -> Option<View<'_>> {
        View::new(&self.analysis, self.file)
    }

    /// Where to ask about the thing that the question points at: in a policy, at the declaration that it names.
    pub(super) fn target(&self) -> Option<(View<'_>, u32)> {
        policies::target(&self.analysis, self.file, self.offset)
    }

    /// Asks the texts as they are; where they have no answer, the last ones without an error.
    pub(super) fn ask<T>(&self, question: impl Fn(&Analysis, FileId, u32) -> Option<T>) -> Option<(T, &Analysis)> {
        if let Some(answer) = question(&self.analysis, self.file, self.offset) {
            return Some((answer, &self.analysis));
        }
        let sound = self.sound.as_deref().filter(|_| self.analysis.findings.has_errors())?;
        let mut moves = Moves::new(self.analysis.sources(), sound.sources());
        let place = moves.span(Span::new(self.file, self.offset..self.offset))?;
        question(sound, place.file, place.start).map(|answer| (answer, sound))
    }

    /// The same about what stands in an `.nbc` file; in a policy, about the declaration of what it names.
    pub(super) fn ask_view<T>(&self, question: impl Fn(&View<'_>, u32) -> Option<T>) -> Option<(T, &Analysis)> {
        self.ask(|analysis, file, offset| {
            let (view, offset) = policies::target(analysis, file, offset)?;
            question(&view, offset)
        })
    }

    /// What is found in the workspace, as the editor was told.
    pub(super) fn findings(&self) -> Vec<Diagnostic> {
        match (self.is_judged, &self.judged) {
            (true, Some(judged)) => judged.findings.iter().cloned().collect(),
            (_, judged) => findings(&self.analysis, judged.as_deref()),
        }
    }

    /// What was judged of the texts as they are.
    pub(super) fn current(&self) -> Option<&Judged> {
        self.judged.as_deref().filter(|_| self.is_judged)
    }

    /// Every file of the workspace that a text can name, by path.
    pub(super) fn paths(&self) -> Vec<String> {
        self.buffers.paths()
    }

    pub(super) fn text(&self) -> &str {
        self.analysis.sources().get(self.file).map_or("", |source| &*source.text)
    }

    /// The bytes of a range that was sent.
    pub(super) fn range_sent(&self, range: &Value) -> Option<Span> {
        let range = lsp_types::Range::deserialize(range).ok()?;
        let lines = Lines::new(self.text(), self.encoding);
        Some(Span::new(self.file, lines.range(position(range.start), position(range.end))))
    }

    pub(super) fn places(&self) -> Shown<'_> {
        Shown::new(&self.analysis, self.encoding, &self.uris)
    }

    /// A place of another look at the same files, as the editor calls it.
    pub(super) fn location_in(&self, analysis: &Analysis, span: Span) -> Option<Value> {
        let span = if std::ptr::eq(analysis, &*self.analysis) {
            span
        } else {
            Moves::new(analysis.sources(), self.analysis.sources()).span(span)?
        };
        self.places().location(span)
    }
}

/// Places as the editor counts them, and files as it calls them.
pub(super) struct Shown<'s> {
    places: RefCell<Places<'s>>,
    uris: &'s [Option<Uri>],
}

impl<'s> Shown<'s> {
    pub(super) fn new(analysis: &'s Analysis, encoding: Encoding, uris: &'s [Option<Uri>]) -> Shown<'s> {
        Shown { places: RefCell::new(Places::new(analysis.sources(), encoding)), uris }
    }

    pub(super) fn range(&self, span: Span) -> Value {
        json!(self.places.borrow_mut().range(span))
    }

    pub(super) fn uri(&self, file: FileId) -> Option<&Uri> {
        self.uris.get(file.0 as usize)?.as_ref()
    }

    pub(super) fn location(&self, span: Span) -> Option<Value> {
        Some(json!({"uri": self.uri(span.file)?, "range": self.range(span)}))
    }

    pub(super) fn edit(&self, edit: &Edit) -> Value {
        json!({"range": self.range(edit.span), "newText": edit.text})
    }

    /// A `WorkspaceEdit`: the edits of each file, in order.
    pub(super) fn edits(&self, edits: &[Edit]) -> Value {
        let mut changes: Map<String, Value> = Map::new();
        for edit in edits {
            let Some(uri) = self.uri(edit.span.file) else { continue };
            if let Value::Array(of_file) = changes.entry(uri.to_string()).or_insert_with(|| json!([])) {
                of_file.push(self.edit(edit));
            }
        }
        json!({"changes": changes})
    }
}
