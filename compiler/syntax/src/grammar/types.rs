//! Types of fields, parameters and values.

use crate::SyntaxKind::*;
use crate::parser::Parser;
use crate::word::Word;

/// `user | group`, `[dated user]`, `{Gpu: Count}`
pub(crate) fn type_(p: &mut Parser<'_>) {
    let start = p.mark();
    atom(p);
    if p.at(PIPE) {
        p.wrap_with(start, UNION_TYPE, |p| {
            while p.eat(PIPE) {
                atom(p);
            }
        });
    }
}

fn atom(p: &mut Parser<'_>) {
    match p.current() {
        TYPE_NAME => p.node(NAMED_TYPE, |p| p.bump()),
        _ if p.at_reference() => p.node(NAMED_TYPE, |p| p.bump()),
        LEFT_BRACKET => p.node(LIST_TYPE, |p| p.nested(list)),
        LEFT_BRACE => p.node(MAP_TYPE, |p| p.nested(map)),
        _ => p.expected("a type"),
    }
}

fn list(p: &mut Parser<'_>) {
    let opener = p.position();
    p.bump();
    // A kind may be called `dated`.
    if p.at_word(Word::Dated) && !matches!(p.nth(1), RIGHT_BRACKET | PIPE) {
        p.bump_word();
    }
    type_(p);
    p.close(RIGHT_BRACKET, opener);
}

fn map(p: &mut Parser<'_>) {
    let opener = p.position();
    p.bump();
    type_(p);
    if p.expect(COLON, "`:` and the type of the values") {
        type_(p);
    }
    p.close(RIGHT_BRACE, opener);
}
