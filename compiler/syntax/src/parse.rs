//! The way in: a text becomes a tree and findings.

use nbc_source::{Diagnostic, FileId, Span};
use rowan::GreenNode;

use crate::ast;
use crate::events;
use crate::grammar;
use crate::lexer::{Token, lex};
use crate::parser::Parser;
use crate::tokens;
use crate::{SyntaxNode, codes, invisible, validate};

/// The tree of one file and what was found wrong with its text. Cheap to clone the tree of, safe to share between threads.
#[derive(Clone, Debug)]
pub struct Parse {
    green: GreenNode,
    diagnostics: Vec<Diagnostic>,
}

impl Parse {
    pub fn green(&self) -> &GreenNode {
        &self.green
    }

    /// The tree, to walk through.
    pub fn syntax(&self) -> SyntaxNode {
        SyntaxNode::new_root(self.green.clone())
    }

    /// The typed view of the whole file.
    pub fn source_file(&self) -> ast::SourceFile {
        ast::SourceFile::new(self.syntax())
    }

    /// By offset, then code.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

/// Parses a file. Any text has a tree; a text of 4 GiB or more has an empty one and a finding.
pub fn parse(text: &str, file: FileId) -> Parse {
    whole(text, file, grammar::file::file)
}

/// Parses an expression that is all there is of a text; [`ast::SourceFile::expression`] is its view.
pub fn parse_expression(text: &str, file: FileId) -> Parse {
    whole(text, file, grammar::expression::alone)
}

fn whole(text: &str, file: FileId, grammar: fn(&mut Parser<'_>)) -> Parse {
    if u32::try_from(text.len()).is_err() {
        let span = Span::new(file, 0..0);
        let message = "the file has more than four gigabytes";
        let mut refused = whole("", file, grammar);
        refused.diagnostics.push(Diagnostic::new(&codes::FILE_TOO_LARGE, span, message));
        return refused;
    }
    let tokens = lex(text);
    let mut diagnostics = Vec::new();
    invisible::check(text, &tokens, file, &mut diagnostics);
    validate::literals(text, &tokens, file, &mut diagnostics);
    let green = tree(text, file, 0, &tokens, grammar, &mut diagnostics);
    settle(&mut diagnostics);
    Parse { green, diagnostics }
}

/// Parses what stands between the braces of a text: a path, or one call of paths. `offset` is where `text` starts in
/// its file; findings point into the file, ranges of the tree count from the start of `text`.
///
/// [`parse`] has reported the same findings already.
pub fn parse_interpolation(text: &str, offset: u32, file: FileId) -> Parse {
    let tokens = lex(text);
    let mut diagnostics = Vec::new();
    let green = tree(text, file, offset, &tokens, grammar::interpolation::interpolation, &mut diagnostics);
    Parse { green, diagnostics }
}

fn tree(
    text: &str,
    file: FileId,
    offset: u32,
    tokens: &[Token],
    grammar: fn(&mut Parser<'_>),
    diagnostics: &mut Vec<Diagnostic>,
) -> GreenNode {
    let (significant, balanced) = tokens::significant(text, tokens);
    let mut parser = Parser::new(text, file, offset, tokens, &significant, balanced);
    grammar(&mut parser);
    let (events, mut found) = parser.finish();
    diagnostics.append(&mut found);
    events::build(text, tokens, significant.iter().map(|token| token.index), events)
}

/// Sorts findings. A quote without its partner is not said again where the grammar knows what the text was meant to be.
fn settle(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| (a.span, a.code.number, &a.message).cmp(&(b.span, b.code.number, &b.message)));
    let mut understood = 0;
    diagnostics.retain(|found| {
        let end = found.span.map_or(0, |span| span.end);
        let is_said = found.code == &codes::UNTERMINATED_TEXT && end <= understood;
        if found.fix.is_some() && found.code != &codes::UNTERMINATED_TEXT {
            understood = understood.max(end);
        }
        !is_said
    });
}
