//! The texts that an editor has open, and its edits.

use std::collections::BTreeMap;
use std::sync::Arc;

use lsp_types::{TextDocumentContentChangeEvent, Uri};

use super::convert::position;
use super::workspaces::Root;
use crate::text::{Encoding, Lines};

/// One open text.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) text: Arc<str>,
    pub(super) version: i32,
    /// The workspace that it belongs to, and its path there; `None` for what nbc has nothing to say about.
    pub(super) place: Option<(Root, String)>,
}

/// By the name that the editor gave.
pub(super) type Documents = BTreeMap<Uri, Document>;

/// Applies edits in their order: each counts from the text that the ones before it made.
pub(super) fn edited(text: &str, changes: Vec<TextDocumentContentChangeEvent>, encoding: Encoding) -> String {
    let mut text = text.to_owned();
    for change in changes {
        match change {
            TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => text = whole.text,
            TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                let lines = Lines::new(&text, encoding);
                let range = lines.range(position(part.range.start), position(part.range.end));
                text.replace_range(range.start as usize..range.end as usize, &part.text);
            }
        }
    }
    text
}
