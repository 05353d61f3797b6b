//! Values and expressions, from the loosest binding to the tightest. Chains of one operator are one flat node, so that
//! a hundred thousand terms are as deep as two.

use nbc_source::{Diagnostic, Fix};

use crate::SyntaxKind::*;
use crate::codes;
use crate::grammar::item;
use crate::parser::{Block, Mark, Parser, kebab};
use crate::word::Word;

/// What a field can have: a block, a tagged block, or an expression.
pub(crate) fn value(p: &mut Parser<'_>) {
    if p.at(LEFT_BRACE) {
        item::body(p);
    } else if p.at_name() && p.nth(1) == LEFT_BRACE {
        p.node(TAGGED_VALUE, |p| {
            p.bump();
            item::body(p);
        });
    } else {
        expression(p);
    }
}

/// Whether a value starts here.
pub(crate) fn starts_value(p: &Parser<'_>) -> bool {
    match p.current() {
        NAME => !matches!(p.word(), Word::And | Word::Or | Word::In | Word::Then | Word::Else | Word::For),
        QUALIFIED_NAME | TYPE_NAME | NUMBER | QUANTITY | MONEY | DATE | TEXT | VERBATIM | FOREIGN_WORD => true,
        LEFT_BRACE | LEFT_BRACKET | LEFT_PAREN | MINUS => true,
        _ => false,
    }
}

/// An expression that stands in no file.
pub(crate) fn alone(p: &mut Parser<'_>) {
    p.node(SOURCE_FILE, |p| {
        expression(p);
        p.eat(NEWLINE);
        if !p.at_end() {
            p.expected("the end of the expression");
            p.node(ERROR, |p| {
                while !p.at_end() {
                    p.bump();
                }
            });
        }
    });
}

pub(crate) fn expression(p: &mut Parser<'_>) {
    match p.word() {
        Word::If => p.node(IF_EXPR, |p| p.nested(conditional)),
        Word::Any | Word::All => p.node(QUANTIFIER_EXPR, |p| p.nested(quantifier)),
        _ => logic(p),
    }
}

/// `if a then b else c`
fn conditional(p: &mut Parser<'_>) {
    p.bump_word();
    expression(p);
    if p.expect_word(Word::Then) {
        expression(p);
    }
    if p.expect_word(Word::Else) {
        expression(p);
    }
}

/// `any p in ps: p.gpu set`
fn quantifier(p: &mut Parser<'_>) {
    p.bump_word();
    p.expect_name("a name for each element");
    if p.expect_word(Word::In) {
        sum(p);
    }
    if p.expect(COLON, "`:` and a condition") {
        negation(p);
    }
}

/// `a and b and c`, or the same with `or`; a mixture needs parentheses.
fn logic(p: &mut Parser<'_>) {
    let start = p.mark();
    negation(p);
    let first = p.word();
    if !matches!(first, Word::And | Word::Or) {
        return;
    }
    p.wrap_with(start, LOGIC_EXPR, |p| {
        while matches!(p.word(), Word::And | Word::Or) {
            if p.word() != first {
                p.report(&codes::MIXED_LOGIC, "`and` and `or` mix only with parentheses");
            }
            p.bump_word();
            negation(p);
        }
    });
}

fn negation(p: &mut Parser<'_>) {
    if p.at_word(Word::Not) {
        p.node(NOT_EXPR, |p| {
            p.nested(|p| {
                p.bump_word();
                negation(p);
            });
        });
    } else {
        comparison(p);
    }
}

/// `a <= b`, `a in 1..5`, `a not in b`; no chains.
fn comparison(p: &mut Parser<'_>) {
    let start = p.mark();
    sum(p);
    if !at_comparison(p) {
        return;
    }
    p.wrap_with(start, COMPARISON_EXPR, |p| {
        compared(p);
        while at_comparison(p) {
            p.report(&codes::CHAINED_COMPARISON, "comparisons do not chain: write `a < b and b < c`");
            compared(p);
        }
    });
}

fn at_comparison(p: &Parser<'_>) -> bool {
    match p.current() {
        EQUAL_EQUAL | NOT_EQUAL | LESS | LESS_EQUAL | GREATER | GREATER_EQUAL => true,
        NAME => p.at_word(Word::In) || (p.at_word(Word::Not) && p.nth_word(1) == Word::In),
        _ => false,
    }
}

/// The operator and what stands right of it.
fn compared(p: &mut Parser<'_>) {
    p.eat_word(Word::Not);
    if p.eat_word(Word::In) {
        sum(p);
        if p.eat(DOT_DOT) {
            sum(p);
        }
    } else {
        p.bump();
        sum(p);
    }
}

pub(crate) fn sum(p: &mut Parser<'_>) {
    let start = p.mark();
    product(p);
    if matches!(p.current(), PLUS | MINUS) {
        p.wrap_with(start, SUM_EXPR, |p| {
            while p.eat(PLUS) || p.eat(MINUS) {
                product(p);
            }
        });
    }
}

fn product(p: &mut Parser<'_>) {
    let start = p.mark();
    factor(p);
    if matches!(p.current(), STAR | SLASH) {
        p.wrap_with(start, PRODUCT_EXPR, |p| {
            while p.eat(STAR) || p.eat(SLASH) {
                factor(p);
            }
        });
    }
}

fn factor(p: &mut Parser<'_>) {
    if p.at(MINUS) {
        p.node(NEGATIVE_EXPR, |p| {
            p.nested(|p| {
                p.bump();
                factor(p);
            });
        });
    } else {
        postfix(p);
    }
}

/// `a.b`, `a.b set`, `a.b otherwise c`
pub(crate) fn postfix(p: &mut Parser<'_>) {
    let start = p.mark();
    primary(p);
    match p.word() {
        Word::Set => {
            p.bump_word();
            p.wrap(start, SET_EXPR);
        }
        Word::Otherwise => p.wrap_with(start, OTHERWISE_EXPR, |p| {
            p.bump_word();
            p.nested(factor);
        }),
        _ => {}
    }
}

fn primary(p: &mut Parser<'_>) {
    let start = p.mark();
    match p.current() {
        NUMBER | QUANTITY | MONEY | DATE | TEXT | VERBATIM => p.node(LITERAL, |p| p.bump()),
        NAME if matches!(p.word(), Word::True | Word::False) => p.node(LITERAL, |p| p.bump_word()),
        NAME if p.at_unrelated_declaration() => return p.expected("a value"),
        NAME if !p.word().is_reserved() => return path_or_call(p),
        QUALIFIED_NAME | TYPE_NAME => return path_or_call(p),
        LEFT_PAREN => p.node(PAREN_EXPR, |p| p.nested(parenthesized)),
        LEFT_BRACKET => list(p),
        _ => return not_a_value(p),
    }
    members(p, start);
}

/// A path that starts with a name, a type name or a qualified name; or a call, with what follows it.
pub(crate) fn path_or_call(p: &mut Parser<'_>) {
    let start = p.mark();
    if p.at(NAME) && p.nth(1) == LEFT_PAREN {
        p.node(CALL_EXPR, |p| p.nested(call));
        members(p, start);
        return;
    }
    p.node(PATH_EXPR, |p| {
        if p.at(TYPE_NAME) && p.nth(1) != DOT && !p.starts_unquoted_text() {
            type_as_value(p);
        }
        let named = p.at(TYPE_NAME);
        p.bump();
        if named && p.at(DOT) && !p.nth_is_name(1) {
            p.bump();
            p.expected("a value of the enum");
        }
        dots(p);
    });
}

/// Whatever is read out of a value that is not a path itself: `(a).b`.
fn members(p: &mut Parser<'_>, start: Mark) {
    if p.at(DOT) {
        p.wrap_with(start, MEMBER_EXPR, dots);
    }
}

fn dots(p: &mut Parser<'_>) {
    while p.eat(DOT) {
        if p.at_key() {
            p.bump();
        } else if p.at(FOREIGN_WORD) {
            p.unquoted_run();
        } else {
            p.expected("a name after `.`");
        }
    }
}

fn call(p: &mut Parser<'_>) {
    p.bump();
    let opener = p.position();
    p.bump();
    p.in_parens(|p| {
        while !p.at(RIGHT_PAREN) && starts_expression(p) {
            value(p);
            if !p.eat(COMMA) {
                break;
            }
        }
        p.close(RIGHT_PAREN, opener);
    });
}

fn starts_expression(p: &Parser<'_>) -> bool {
    starts_value(p) || matches!(p.current(), UNKNOWN)
}

fn parenthesized(p: &mut Parser<'_>) {
    let opener = p.position();
    p.bump();
    p.in_parens(|p| {
        expression(p);
        p.close(RIGHT_PAREN, opener);
    });
}

/// `[a, b until 2027-01-31]`, `[x.title for x in xs if x.open]`
fn list(p: &mut Parser<'_>) {
    p.block(Block { kind: LIST_EXPR, open: LEFT_BRACKET, declarations: false, item: element });
}

fn element(p: &mut Parser<'_>, number: usize) {
    let start = p.mark();
    value(p);
    if matches!(p.word(), Word::From | Word::Until) {
        p.wrap_with(start, DATED_ELEMENT, |p| {
            if p.eat_word(Word::From) {
                sum(p);
            }
            if p.eat_word(Word::Until) {
                sum(p);
            }
        });
    }
    let newline = p.at(NEWLINE) && p.nth_word(1) == Word::For;
    if newline || p.at_word(Word::For) {
        comprehension(p, number);
    }
}

fn comprehension(p: &mut Parser<'_>, number: usize) {
    p.eat(NEWLINE);
    if number > 0 {
        p.report(&codes::UNEXPECTED_TOKEN, "a list with `for` has one element only, before the `for`");
    }
    p.node(COMPREHENSION, |p| {
        p.bump_word();
        p.expect_name("a name for each element");
        if p.expect_word(Word::In) {
            sum(p);
        }
        if p.at_word(Word::If) || (p.at(NEWLINE) && p.nth_word(1) == Word::If) {
            p.eat(NEWLINE);
            p.bump_word();
            expression(p);
        }
    });
    p.eat(NEWLINE);
    if !p.at(RIGHT_BRACKET) {
        p.expected("`]`");
    }
}

/// Nothing here is a value: says what to write instead.
fn not_a_value(p: &mut Parser<'_>) {
    if p.at(FOREIGN_WORD) {
        foreign_value(p);
        return;
    }
    if p.at(NAME) {
        let message = format!("{} is a word of the language; as a text, write it in quotes", p.found());
        p.report(&codes::RESERVED_WORD, message);
        return;
    }
    if p.at(SLASH) && p.is_joined(p.position() + 1) && !matches!(p.nth(1), SLASH | STAR) {
        p.unquoted_run();
        return;
    }
    p.expected("a value");
}

/// A type name without `.` and a value after it: probably a text.
fn type_as_value(p: &mut Parser<'_>) {
    let span = p.error_span();
    let written = p.slice(span);
    let message = format!("`{written}` names a type and is no value; as a text, write it in quotes");
    let fix = Fix::replace(span, format!("\"{written}\""), "write it in quotes").may_change_meaning();
    p.report_with(Diagnostic::new(&codes::UNQUOTED_WORD, span, message).fix(fix));
}

/// The date that `2026-1-5` or `5.1.2026` means, as dates are written.
fn meant_date(written: &str) -> Option<String> {
    let mut parts = written.split(['-', '.']);
    let [first, month, last] = [parts.next()?, parts.next()?, parts.next()?];
    let (year, day) = if written.contains('-') { (first, last) } else { (last, first) };
    let figures = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let fits = year.len() == 4 && matches!((month.len(), day.len()), (1..=2, 1..=2));
    if parts.next().is_some() || !fits || ![year, month, day].into_iter().all(figures) {
        return None;
    }
    let date = format!("{year}-{month:0>2}-{day:0>2}");
    crate::literal::date(&date).is_ok().then_some(date)
}

fn foreign_value(p: &mut Parser<'_>) {
    let span = p.error_span();
    let written = p.slice(span);
    if let Some(date) = meant_date(written) {
        let message = format!("`{written}` is no date: dates are written year-month-day, as in `2026-01-05`");
        let fix = Fix::replace(span, &date, format!("write `{date}`")).may_change_meaning();
        p.report_with(Diagnostic::new(&codes::BAD_DATE, span, message).fix(fix));
        p.node(ERROR, |p| p.bump());
        return;
    }
    let spaced = written.split_once('-').filter(|(left, _)| left.bytes().all(|b| b.is_ascii_digit()));
    let mut diagnostic = Diagnostic::new(
        &codes::UNQUOTED_WORD,
        span,
        format!("`{written}` is neither a name nor a number: write it in quotes"),
    )
    .fix(Fix::replace(span, format!("\"{written}\""), "write it in quotes").may_change_meaning());
    if let Some((left, right)) = spaced {
        diagnostic = diagnostic.help(format!("as a subtraction, write `{left} - {right}`"));
    }
    if written.contains('_')
        && let Some(name) = kebab(written)
    {
        diagnostic = diagnostic.help(format!("names are written with `-`: `{name}`"));
    }
    p.report_with(diagnostic);
    p.node(ERROR, |p| p.bump());
}
