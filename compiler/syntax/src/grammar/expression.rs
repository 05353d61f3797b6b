//! Values and expressions, from the loosest binding to the tightest. Chains of one operator are one flat node, so that
//! a hundred thousand terms are as deep as two.

use nbc_source::{Diagnostic, Edit, Fix, Span};

use crate::SyntaxKind::*;
use crate::accents::unaccented;
use crate::amounts;
use crate::codes;
use crate::grammar::{date, item};
use crate::parser::{ADDRESS, Block, Mark, Parser, is_version_sign, kebab};
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
    let start = p.mark();
    match p.word() {
        Word::If => p.node(IF_EXPR, |p| p.nested(conditional)),
        Word::Any | Word::All => p.node(QUANTIFIER_EXPR, |p| p.nested(quantifier)),
        _ => logic(p),
    }
    if p.at(QUESTION) {
        p.report(&codes::UNEXPECTED_TOKEN, "`?` is not used: write `if c then a else b`");
        p.skip_junk();
        p.wrap(start, ERROR);
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
    let (start, from) = (p.mark(), p.position());
    negation(p);
    let Some(first) = joint(p) else { return };
    p.wrap_with(start, LOGIC_EXPR, |p| {
        let mut joints: Vec<Joint> = Vec::new();
        while let Some(word) = joint(p) {
            let at = p.error_span();
            let before = p.position();
            p.take_logic();
            joints.push(Joint { word, at, before, after: p.position() });
            negation(p);
        }
        if joints.iter().any(|joint| joint.word != first) {
            mixture(p, first, from, &joints);
        }
    });
}

/// One `and` or `or` between two conditions.
struct Joint {
    word: Word,
    at: Span,
    /// The token after the condition on its left.
    before: usize,
    /// The first token of the condition on its right.
    after: usize,
}

/// Says that the two mix only with parentheses, and offers those that other languages would read.
fn mixture(p: &mut Parser<'_>, first: Word, from: usize, joints: &[Joint]) {
    let mut edits = Vec::new();
    let (mut opened, mut is_open) = (from, false);
    for joint in joints {
        match joint.word {
            Word::And => is_open = true,
            _ => {
                if is_open {
                    parenthesise(p, opened, joint.before, &mut edits);
                }
                (opened, is_open) = (joint.after, false);
            }
        }
    }
    if is_open {
        parenthesise(p, opened, p.position(), &mut edits);
    }
    let mut fix =
        Some(Fix { title: "write the parentheses that other languages imply".to_owned(), safe: false, edits });
    for joint in joints.iter().filter(|joint| joint.word != first) {
        let message = "`and` and `or` mix only with parentheses";
        let mut found = Diagnostic::new(&codes::MIXED_LOGIC, joint.at, message);
        found.fix = fix.take();
        p.report_with(found);
    }
}

/// `(` before one token and `)` behind the one before another.
fn parenthesise(p: &Parser<'_>, first: usize, end: usize, edits: &mut Vec<Edit>) {
    let (open, close) = (p.span_at(first), p.span_at(end.saturating_sub(1)));
    let at = |offset| Span::new(open.file, offset..offset);
    edits.push(Edit { span: at(open.start), text: "(".to_owned() });
    edits.push(Edit { span: at(close.end), text: ")".to_owned() });
}

/// `and` or `or`, as other languages write them too.
fn joint(p: &Parser<'_>) -> Option<Word> {
    match p.word() {
        word @ (Word::And | Word::Or) => Some(word),
        _ => p.foreign_logic(),
    }
}

fn negation(p: &mut Parser<'_>) {
    if p.at(UNKNOWN) && p.text_at(p.position()) == "!" {
        p.foreign_operator(p.position() + 1, Word::Not);
        p.node(NOT_EXPR, |p| {
            p.nested(|p| {
                p.bump_word();
                negation(p);
            });
        });
    } else if p.at_word(Word::Not) {
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
        let mut operator = p.position();
        compared(p);
        while at_comparison(p) {
            chained(p, operator);
            operator = p.position();
            compared(p);
        }
    });
}

/// A second comparison of what stands right of the first, whose operator is at that position.
fn chained(p: &mut Parser<'_>, operator: usize) {
    let (middle, here) = (p.slice(p.span_between(operator + 1, p.position())).to_owned(), p.error_span());
    let message = "comparisons do not chain: write `a < b and b < c`";
    let place = Span { end: here.start, ..here };
    let fix = Fix::replace(place, format!("and {middle} "), format!("write `and {middle}` before it"));
    p.report_with(Diagnostic::new(&codes::CHAINED_COMPARISON, here, message).fix(fix.may_change_meaning()));
}

fn at_comparison(p: &Parser<'_>) -> bool {
    match p.current() {
        EQUALS => p.in_condition(),
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
    } else if p.at(EQUALS) {
        p.single_equals();
        sum(p);
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
    if p.at_bare_rate() {
        p.bare_rate();
    }
    if at_product(p) {
        p.wrap_with(start, PRODUCT_EXPR, |p| {
            while at_product(p) {
                p.bump();
                factor(p);
            }
        });
    }
}

fn at_product(p: &Parser<'_>) -> bool {
    matches!(p.current(), STAR | SLASH) && !p.at_foreign_comment()
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
        NUMBER if date::at_slashed(p) => return date::slashed(p),
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
            p.unquoted_run(ADDRESS);
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
    if date::in_block(p) {
        return;
    }
    value(p);
    if date::other_word(p) {
        // Reported, and taken.
    } else if matches!(p.word(), Word::From | Word::Until) {
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
    match p.current() {
        SLASH if p.at_foreign_comment() => p.expected("a value"),
        SLASH if p.is_joined(p.position() + 1) => p.unquoted_run(ADDRESS),
        sign if is_version_sign(sign) && p.is_joined(p.position() + 1) => {
            p.unquoted_run("versions stand in quotes, their signs with them");
        }
        COLON => needless_colon(p),
        STAR => alias(p),
        _ if p.curly_text() => {}
        _ => p.expected("a value"),
    }
}

/// `title:: "ML"`, `chen until: 2027-03-31`
fn needless_colon(p: &mut Parser<'_>) {
    let span = p.error_span();
    let found = Diagnostic::new(&codes::UNEXPECTED_TOKEN, span, "`:` does not stand here");
    p.report_with(found.fix(Fix::replace(span, "", "remove `:`")));
    p.node(ERROR, |p| p.bump());
    if starts_value(p) {
        primary(p);
    }
}

/// `*robin`, as YAML refers to an anchor.
fn alias(p: &mut Parser<'_>) {
    let span = p.error_span();
    let found = Diagnostic::new(&codes::UNEXPECTED_TOKEN, span, "`*` multiplies; a name is written alone");
    p.report_with(found.fix(Fix::replace(span, "", "remove `*`").may_change_meaning()));
    p.node(ERROR, |p| {
        p.bump();
        if p.is_joined(p.position()) {
            p.bump();
        }
    });
}

/// A type name without `.` and a value after it: probably a text.
fn type_as_value(p: &mut Parser<'_>) {
    let span = p.error_span();
    let written = p.slice(span);
    if matches!(written, "None" | "Null" | "NULL") {
        let message = format!("`{written}` is not used: what has no value is left out");
        p.report_with(Diagnostic::new(&codes::UNQUOTED_WORD, span, message).help("take the line away"));
        return;
    }
    let (message, fix) = match written {
        "True" | "False" => {
            let word = written.to_ascii_lowercase();
            let fix = Fix::replace(span, &word, format!("write `{word}`"));
            (format!("`{written}` is written `{word}`"), fix)
        }
        _ => (
            format!("`{written}` names a type and is no value; as a text, write it in quotes"),
            Fix::replace(span, format!("\"{written}\""), "write it in quotes").may_change_meaning(),
        ),
    };
    p.report_with(Diagnostic::new(&codes::UNQUOTED_WORD, span, message).fix(fix));
}

fn foreign_value(p: &mut Parser<'_>) {
    if date::foreign(p) {
        return;
    }
    // `ana@uni.example"`, where only the first quote was forgotten.
    let end = p.position() + if p.is_joined(p.position() + 1) && p.nth(1) == TEXT { 2 } else { 1 };
    let span = p.span_between(p.position(), end);
    let written = p.slice(span);
    p.report_with(foreign_word(span, written));
    if is_almost_a_name(written) {
        // `ml_team`, `müller`, `2026-intake`: perhaps a name after all, which only the place can tell.
        p.node(PATH_EXPR, |p| p.bump_as(NAME));
        return;
    }
    p.node(ERROR, |p| {
        while p.position() < end {
            p.bump();
        }
    });
}

/// Words, joined by what joins names or by `_`, that only an accent, a sign or a figure keeps from being a name.
fn is_almost_a_name(written: &str) -> bool {
    let is_part = |c: char| matches!(c, '-' | '_') || c.is_alphanumeric();
    let is_plain = !written.contains('_') || kebab(written).is_some_and(|name| name.len() == written.len());
    is_plain && written.chars().all(is_part) && unaccented(written).is_ascii() && kebab(written).is_some()
}

/// What is wrong with a word of other systems, and what it may have been meant as.
fn foreign_word(span: Span, written: &str) -> Diagnostic {
    if let Some(name) = latin(written) {
        let message = format!("`{written}` has letters of another alphabet that look like those of `{name}`");
        return Diagnostic::new(&codes::BAD_NAME, span, message).fix(Fix::replace(
            span,
            &name,
            format!("write `{name}`"),
        ));
    }
    if let Some(amount) = amounts::compound(written) {
        let message = format!("a duration has one number and one unit: `{amount}`");
        let fix = Fix::replace(span, &amount, format!("write `{amount}`"));
        return Diagnostic::new(&codes::BAD_NUMBER, span, message).fix(fix);
    }
    let found = Diagnostic::new(
        &codes::UNQUOTED_WORD,
        span,
        format!("`{written}` is neither a name nor a number: write it in quotes"),
    );
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some((left, right)) = written.split_once('-').filter(|(left, right)| is_number(left) && is_number(right)) {
        let spaced = format!("{left} - {right}");
        return found
            .help(format!("as a subtraction, write `{spaced}`"))
            .fix(Fix::replace(span, &spaced, format!("write `{spaced}`")).may_change_meaning());
    }
    let inside = written.trim_end_matches('"');
    let found = found.fix(Fix::replace(span, format!("\"{inside}\""), "write it in quotes").may_change_meaning());
    match kebab(written) {
        Some(name) if written.contains('_') => found.help(format!("names are written with `-`: `{name}`")),
        Some(name) if is_almost_a_name(written) => found.help(format!("as a name, write `{name}`")),
        _ => found,
    }
}

/// The name in Latin letters that looks the same, where letters of other alphabets stand in a word.
fn latin(written: &str) -> Option<String> {
    const ALIKE: &[(char, char)] = &[
        ('а', 'a'),
        ('с', 'c'),
        ('е', 'e'),
        ('һ', 'h'),
        ('і', 'i'),
        ('ј', 'j'),
        ('ο', 'o'),
        ('о', 'o'),
        ('р', 'p'),
        ('ѕ', 's'),
        ('υ', 'u'),
        ('ν', 'v'),
        ('х', 'x'),
        ('у', 'y'),
        ('ѵ', 'v'),
        ('ԁ', 'd'),
        ('ո', 'n'),
        ('ɡ', 'g'),
    ];
    let alike = |c: char| ALIKE.iter().find(|(foreign, _)| *foreign == c).map_or(c, |(_, latin)| *latin);
    let name: String = written.chars().map(alike).collect();
    (name != written && name.is_ascii()).then_some(name)
}
