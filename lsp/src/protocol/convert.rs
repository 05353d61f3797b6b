//! Places and findings, from nbc's to the protocol's.

use nbc_source::{Level, Sources, Span};

use crate::features::outline::Sort;
use crate::text::{Encoding, Lines, Position};

pub(super) fn position(position: lsp_types::Position) -> Position {
    Position { line: position.line, column: position.character }
}

fn protocol_position(position: Position) -> lsp_types::Position {
    lsp_types::Position { line: position.line, character: position.column }
}

/// The lines of the files of one answer, each looked through once.
pub(super) struct Places<'s> {
    sources: &'s Sources,
    encoding: Encoding,
    known: Vec<(nbc_source::FileId, Lines<'s>)>,
}

impl<'s> Places<'s> {
    pub(super) fn new(sources: &'s Sources, encoding: Encoding) -> Places<'s> {
        Places { sources, encoding, known: Vec::new() }
    }

    pub(super) fn range(&mut self, span: Span) -> lsp_types::Range {
        let lines = match self.known.iter().position(|(file, _)| *file == span.file) {
            Some(at) => self.known.get(at),
            None => {
                let text = self.sources.get(span.file).map_or("", |source| &*source.text);
                self.known.push((span.file, Lines::new(text, self.encoding)));
                self.known.last()
            }
        };
        let at = |offset: u32| lines.map_or(Position { line: 0, column: 0 }, |(_, lines)| lines.position(offset));
        lsp_types::Range { start: protocol_position(at(span.start)), end: protocol_position(at(span.end)) }
    }
}

pub(super) fn severity(level: Level) -> lsp_types::DiagnosticSeverity {
    match level {
        Level::Error => lsp_types::DiagnosticSeverity::Error,
        Level::Warning => lsp_types::DiagnosticSeverity::Warning,
        Level::Note => lsp_types::DiagnosticSeverity::Information,
    }
}

/// The protocol's `SymbolKind`.
pub(super) fn symbol_kind(sort: Sort) -> lsp_types::SymbolKind {
    use lsp_types::SymbolKind;
    match sort {
        Sort::Declaration => SymbolKind::Object,
        Sort::Field => SymbolKind::Field,
        Sort::Kind => SymbolKind::Class,
        Sort::Enum => SymbolKind::Enum,
        Sort::Value => SymbolKind::EnumMember,
        Sort::Record => SymbolKind::Struct,
        Sort::Type => SymbolKind::TypeParameter,
        Sort::Constant => SymbolKind::Constant,
        Sort::Function => SymbolKind::Function,
        Sort::Rule => SymbolKind::Interface,
        Sort::Test => SymbolKind::Method,
        Sort::Stage => SymbolKind::Namespace,
    }
}
