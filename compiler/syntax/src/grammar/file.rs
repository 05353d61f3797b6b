//! A whole file: declarations, each on lines of its own.

use nbc_source::{Diagnostic, Fix, Span};

use crate::SyntaxKind::*;
use crate::codes;
use crate::grammar::declaration;
use crate::parser::Parser;

pub(crate) fn file(p: &mut Parser<'_>) {
    p.node(SOURCE_FILE, |p| {
        p.eat(NEWLINE);
        while !p.at_end() {
            let before = p.position();
            if !unmatched_closers(p) {
                declaration::declaration(p);
            }
            end_of_declaration(p);
            if p.position() == before {
                p.node(ERROR, |p| p.bump());
            }
        }
    });
}

fn end_of_declaration(p: &mut Parser<'_>) {
    unmatched_closers(p);
    if p.eat(NEWLINE) || p.at_end() {
        return;
    }
    if p.starts_declaration() {
        let message = format!("a declaration starts on a line of its own, but {} follows another", p.found());
        let gap = Span { end: p.error_span().start, ..p.span_after_previous() };
        let fix = Fix::replace(gap, "\n", "start a new line");
        p.report_with(Diagnostic::new(&codes::MISSING_SEPARATOR, p.error_span(), message).fix(fix));
    } else if p.at_foreign_comment() {
        p.foreign_comment();
        p.eat(NEWLINE);
    } else {
        p.expected("a new line");
        skip_to_declaration(p);
    }
}

/// Takes closing brackets, which can close nothing here; however many, they are one finding.
fn unmatched_closers(p: &mut Parser<'_>) -> bool {
    let found = p.at_closer();
    if found {
        p.unmatched_closer();
        while p.at_closer() {
            p.node(ERROR, |p| p.bump());
        }
    }
    found
}

/// Skips to a line that starts a declaration.
fn skip_to_declaration(p: &mut Parser<'_>) {
    p.node(ERROR, |p| {
        while !p.at_end() {
            p.bump();
            if p.declaration_follows_line() {
                break;
            }
        }
    });
    p.eat(NEWLINE);
}
