//! Declarations: which one stands here, and those that need few words.

use nbc_source::{Diagnostic, Fix, Span};

use crate::SyntaxKind::*;
use crate::codes;
use crate::grammar::{expression, item, kind, rule, stage, types};
use crate::parser::{Block, Parser};
use crate::word::Word;

/// Any declaration of a file.
pub(crate) fn declaration(p: &mut Parser<'_>) {
    match p.word() {
        Word::Kind => kind::kind_declaration(p),
        Word::Enum => enum_declaration(p),
        Word::Extend => extend_enum(p),
        Word::Record => record(p),
        Word::Variant => variant(p),
        Word::Type => type_declaration(p),
        Word::Let => let_declaration(p),
        Word::Fn => function(p),
        Word::For => for_declaration(p),
        Word::Rule => rule::rule(p),
        Word::Waiver => rule::waiver(p),
        Word::Test => stage::test(p),
        Word::Stage => stage::stage(p),
        Word::Raw => raw(p),
        word if word.is_change() => {
            let message = format!("`{}` changes something in a `stage` or a `test`, not here", word.text());
            p.report(&codes::UNEXPECTED_TOKEN, message);
            p.skip_junk();
        }
        _ if p.at_foreign_comment() => p.foreign_comment(),
        _ if p.nth(1) == TEXT && matches!(p.text_at(p.position()), "import" | "include") => {
            let message = "every `.nbc` file of the folder is read: nothing needs to be imported";
            let tokens = if p.nth(2) == NEWLINE { 3 } else { 2 };
            let line = p.span_between(p.position(), p.position() + tokens);
            let found = Diagnostic::new(&codes::UNEXPECTED_TOKEN, p.error_span(), message);
            p.report_with(found.fix(Fix::replace(line, "", "take the line away")));
            p.skip_junk();
        }
        // `Group ml { … }`
        _ if p.at(TYPE_NAME) && matches!(p.nth(1), NAME | TEXT) => instance(p),
        _ if p.at_reference() && !p.at_word(Word::Expect) => instance(p),
        _ => {
            p.expected("a declaration such as `group ml { … }`");
            p.skip_junk();
        }
    }
}

/// What may stand in `for`, `test` and `stage`: things, not rules and kinds.
pub(crate) fn generated(p: &mut Parser<'_>, place: &str) {
    if p.at_word(Word::For) {
        for_declaration(p);
    } else if p.word().is_declaration() && p.starts_declaration() {
        let message = format!("`{}` cannot be declared inside {place}", p.word().text());
        p.report(&codes::UNEXPECTED_TOKEN, message);
        declaration(p);
    } else if p.at_reference() && !p.word().is_barred_as_kind() {
        instance(p);
    } else {
        p.expected("a declaration such as `group ml { … }`");
        p.skip_junk();
    }
}

/// `group ml extends base { … }`, `user from "people.csv" { … }`
pub(crate) fn instance(p: &mut Parser<'_>) {
    p.node(INSTANCE, |p| {
        p.expect_reference("a kind");
        if p.at_word(Word::From) && p.nth(1) == TEXT {
            p.bump_word();
            p.bump();
        } else {
            handle(p);
            extends(p);
        }
        item::body(p);
    });
}

fn handle(p: &mut Parser<'_>) {
    if p.eat(TEXT) {
        return;
    }
    match p.foreign_handle_end() {
        Some(end) => p.foreign_handle(end),
        None => {
            p.expect_name("the handle of what is declared");
        }
    }
}

/// `extends large`, if it stands here.
pub(crate) fn extends(p: &mut Parser<'_>) {
    if p.at_word(Word::Extends) {
        p.node(EXTENDS_CLAUSE, |p| {
            p.bump_word();
            p.expect_reference("what it extends");
        });
    }
}

fn enum_declaration(p: &mut Parser<'_>) {
    p.node(ENUM_DECL, |p| {
        p.bump_word();
        p.expect_type_name("the name of the enum");
        p.block(Block::braces(ENUM_BODY, enum_value));
    });
}

fn extend_enum(p: &mut Parser<'_>) {
    p.node(EXTEND_ENUM_DECL, |p| {
        p.bump_word();
        p.expect_word(Word::Enum);
        p.expect_type_name("the name of the enum");
        p.block(Block::braces(ENUM_BODY, enum_value));
    });
}

fn enum_value(p: &mut Parser<'_>, _: usize) {
    p.node(ENUM_VALUE, |p| {
        if p.expect_name("a value of the enum") {
            p.eat(TEXT);
        }
    });
}

fn record(p: &mut Parser<'_>) {
    p.node(RECORD_DECL, |p| {
        p.bump_word();
        p.expect_type_name("the name of the record");
        record_body(p);
    });
}

fn record_body(p: &mut Parser<'_>) {
    p.block(Block::braces(RECORD_BODY, |p, _| kind::field(p)));
}

fn variant(p: &mut Parser<'_>) {
    p.node(VARIANT_DECL, |p| {
        p.bump_word();
        p.expect_type_name("the name of the variant");
        p.block(Block::braces(VARIANT_BODY, case));
    });
}

fn case(p: &mut Parser<'_>, _: usize) {
    p.node(CASE, |p| {
        if p.expect_name("a case of the variant") && p.at(LEFT_BRACE) {
            record_body(p);
        }
    });
}

fn type_declaration(p: &mut Parser<'_>) {
    p.node(TYPE_DECL, |p| {
        p.bump_word();
        p.expect_type_name("the name of the type");
        if p.expect(EQUALS, "`=`") {
            types::type_(p);
            kind::constraints(p);
        }
    });
}

fn let_declaration(p: &mut Parser<'_>) {
    p.node(LET_DECL, |p| {
        p.bump_word();
        p.expect_name("the name of the value");
        if p.at(COLON) && matches!(p.nth(1), NUMBER | QUANTITY | MONEY | DATE | TEXT | VERBATIM) {
            colon_for_equals(p);
            return;
        }
        if p.eat(COLON) {
            types::type_(p);
        }
        if p.expect(EQUALS, "`=`") {
            expression::value(p);
        }
    });
}

/// `let budget: 5`
fn colon_for_equals(p: &mut Parser<'_>) {
    let span = p.error_span();
    let gap = Span { start: p.span_after_previous().start, ..span };
    let found = Diagnostic::new(&codes::UNEXPECTED_TOKEN, span, "a name gets its value after `=`, not `:`");
    p.report_with(found.fix(Fix::replace(gap, " =", "write `=`")));
    p.node(ERROR, |p| p.bump());
    expression::value(p);
}

fn function(p: &mut Parser<'_>) {
    p.node(FN_DECL, |p| {
        p.bump_word();
        p.expect_name("the name of the function");
        parameters(p);
        if p.expect(ARROW, "`->` and the type of the result") {
            types::type_(p);
        }
        if p.expect(EQUALS, "`=`") {
            expression::expression(p);
        }
    });
}

fn parameters(p: &mut Parser<'_>) {
    if !p.at(LEFT_PAREN) {
        p.expected("`(`");
        return;
    }
    p.node(PARAMETERS, |p| {
        let opener = p.position();
        p.bump();
        p.in_parens(|p| {
            while p.at_name() {
                p.node(PARAMETER, |p| {
                    p.bump();
                    if p.expect(COLON, "`:` and a type") {
                        types::type_(p);
                    }
                });
                if !p.eat(COMMA) {
                    break;
                }
            }
            p.close(RIGHT_PAREN, opener);
        });
    });
}

/// `for team in teams { … }`
fn for_declaration(p: &mut Parser<'_>) {
    p.node(FOR_DECL, |p| {
        p.bump_word();
        p.expect_name("the name of each element");
        if p.expect_word(Word::In) {
            expression::sum(p);
        }
        p.block(Block::declarations(FOR_BODY, |p, _| generated(p, "`for`")));
    });
}

/// `raw kubernetes on group.ml '''…'''`
fn raw(p: &mut Parser<'_>) {
    p.node(RAW_DECL, |p| {
        p.bump_word();
        p.expect_name("the name of a backend");
        if p.expect_word(Word::On) {
            item::path(p);
        }
        if p.eat_word(Word::From) {
            p.expect(TEXT, "the name of a file in quotes");
        } else if p.at(TEXT) {
            p.report(&codes::UNEXPECTED_TOKEN, "raw text stands in `'''`, because `\"` would interpolate it");
            p.node(ERROR, |p| p.bump());
        } else {
            p.expect(VERBATIM, "the text in `'''`, or `from` and a file");
        }
    });
}
