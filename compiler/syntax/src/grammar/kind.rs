//! Kinds and their fields.

use nbc_source::{Diagnostic, Fix};

use crate::SyntaxKind::*;
use crate::codes;
use crate::grammar::{expression, types};
use crate::parser::{Block, Parser};
use crate::word::Word;

/// `kind profile { … }`
pub(crate) fn kind_declaration(p: &mut Parser<'_>) {
    p.node(KIND_DECL, |p| {
        p.bump_word();
        if p.at_name() && p.word().is_barred_as_kind() {
            let message = format!("`{}` is a word of the language and cannot name a kind", p.word().text());
            p.report(&codes::RESERVED_WORD, message);
        }
        p.expect_name("the name of the kind");
        p.block(Block::braces(KIND_BODY, kind_item));
    });
}

fn kind_item(p: &mut Parser<'_>, _: usize) {
    // `own: Text` and `action?: Text` are fields of that name.
    if matches!(p.nth(1), COLON | QUESTION) {
        field(p);
        return;
    }
    match p.word() {
        Word::Computed => computed(p),
        Word::Action => action(p),
        Word::Require => requirement(p),
        Word::Emit => emit(p),
        Word::Own => p.node(FIELD, |p| {
            p.bump_word();
            field_parts(p);
        }),
        _ => field(p),
    }
}

fn computed(p: &mut Parser<'_>) {
    p.node(COMPUTED_FIELD, |p| {
        p.bump_word();
        p.expect_field_name("the name of the field");
        if p.expect(COLON, "`:` and a type") {
            types::type_(p);
        }
        if p.expect(EQUALS, "`=` and how it is computed") {
            expression::expression(p);
        }
    });
}

fn action(p: &mut Parser<'_>) {
    p.node(ACTION, |p| {
        p.bump_word();
        p.expect_name("the name of the action");
        if p.eat_word(Word::Implies) {
            p.expect_name("the action that it implies");
        }
        p.eat(TEXT);
    });
}

fn requirement(p: &mut Parser<'_>) {
    p.node(REQUIREMENT, |p| {
        p.bump_word();
        p.condition(expression::expression);
        p.expect(TEXT, "the sentence that says what is required, in quotes");
    });
}

fn emit(p: &mut Parser<'_>) {
    p.node(EMIT, |p| {
        p.bump_word();
        p.expect_name("the name of a backend");
        if p.expect_word(Word::From) {
            p.expect(TEXT, "the name of a template in quotes");
        }
    });
}

/// `cpu?: Cpu in 1..256 = 8`
pub(crate) fn field(p: &mut Parser<'_>) {
    p.node(FIELD, field_parts);
}

fn field_parts(p: &mut Parser<'_>) {
    if !p.expect_field_name("a field such as `cpu: Cpu`") {
        return;
    }
    p.eat(QUESTION);
    if !p.expect(COLON, "`:` and a type") {
        return;
    }
    types::type_(p);
    constraints(p);
    role(p);
    if p.at(EQUALS) {
        p.node(DEFAULT, |p| {
            p.bump();
            expression::value(p);
        });
    }
}

/// `grants launch`, `owns`, `owned`
fn role(p: &mut Parser<'_>) {
    match p.word() {
        Word::Grants => p.node(GRANTS_CLAUSE, |p| {
            p.bump_word();
            p.expect_name("the action that it grants");
        }),
        Word::Owns | Word::Owned => p.bump_word(),
        _ => {}
    }
}

/// `in a..b "…"`, `matching '…' "…"`, any number of them; then, at most once, `where … "…"`.
pub(crate) fn constraints(p: &mut Parser<'_>) {
    loop {
        match p.word() {
            Word::In => p.node(IN_CONSTRAINT, |p| {
                p.bump_word();
                expression::sum(p);
                if p.expect(DOT_DOT, "`..` and the upper bound") {
                    expression::sum(p);
                }
                p.eat(TEXT);
            }),
            Word::Matching => p.node(MATCHING_CONSTRAINT, |p| {
                p.bump_word();
                pattern(p);
                p.eat(TEXT);
            }),
            Word::Where => {
                p.node(WHERE_CONSTRAINT, |p| {
                    p.bump_word();
                    expression::expression(p);
                    p.eat(TEXT);
                });
                return;
            }
            _ => return,
        }
    }
}

fn pattern(p: &mut Parser<'_>) {
    if !p.at(TEXT) {
        p.expect(VERBATIM, "a pattern in `'`");
        return;
    }
    let span = p.error_span();
    let inside = p.slice(span).trim_matches('"');
    let mut found =
        Diagnostic::new(&codes::UNEXPECTED_TOKEN, span, "a pattern stands in `'`, where `\\` and `{` are themselves");
    if !inside.contains(['\'', '\\']) {
        found = found.fix(Fix::replace(span, format!("'{inside}'"), "write `'`"));
    }
    p.report_with(found);
    p.node(ERROR, |p| p.bump());
}
