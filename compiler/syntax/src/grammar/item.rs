//! What stands between the braces of a declaration: fields, operations on them, and paths to them.

use nbc_source::{Diagnostic, Fix, Span};

use crate::SyntaxKind::*;
use crate::accents::unaccented;
use crate::codes;
use crate::grammar::{declaration, expression};
use crate::parser::{Block, Parser, kebab};
use crate::word::Word;

/// `{ cpu: 8, quota { … } }`
pub(crate) fn body(p: &mut Parser<'_>) {
    p.block(Block::braces(BODY, item));
}

fn item(p: &mut Parser<'_>, _: usize) {
    if p.at_foreign_comment() {
        p.foreign_comment();
        return;
    }
    if p.starts_declaration() && p.nth(1) != COLON {
        declaration_inside(p);
        return;
    }
    p.node(ITEM, |p| {
        if !at_operation(p) {
            key(p);
            field_rest(p);
        } else if p.eat_word(Word::Unset) {
            key(p);
        } else {
            p.bump_word();
            key(p);
            field_rest(p);
        }
        p.value_goes_on();
    });
}

/// `user ana { … }` inside of a group.
fn declaration_inside(p: &mut Parser<'_>) {
    let message =
        format!("`{}` is declared inside something else; write it on its own, after that", p.text_at(p.position()));
    p.report(&codes::UNEXPECTED_TOKEN, message);
    p.node(ERROR, declaration::declaration);
}

/// `add`, `remove`, `locked` and `unset` are operations unless they are the key itself.
fn at_operation(p: &Parser<'_>) -> bool {
    matches!(p.word(), Word::Add | Word::Remove | Word::Locked | Word::Unset)
        && (p.nth_is_key(1) || p.nth(1) == FOREIGN_WORD)
        && p.nth_word(1) != Word::Extends
}

/// `: value`, or a block.
pub(crate) fn field_rest(p: &mut Parser<'_>) {
    match p.current() {
        COLON => {
            p.bump();
            p.value_starts();
            if p.at_dashed_list() {
                p.dashed_list();
            } else if p.at_next_field() {
                value_forgotten(p);
            } else {
                expression::value(p);
            }
        }
        EQUALS => {
            let span = p.error_span();
            let fix = Fix::replace(Span::new(span.file, p.span_after_previous().start..span.end), ":", "write `:`");
            p.report_with(
                Diagnostic::new(&codes::UNEXPECTED_TOKEN, span, "a field gets its value after `:`, not `=`").fix(fix),
            );
            p.node(ERROR, |p| p.bump());
            p.value_starts();
            expression::value(p);
        }
        _ if p.at(LEFT_BRACE) || p.at_word(Word::Extends) || (p.at(NEWLINE) && p.nth(1) == LEFT_BRACE) => {
            declaration::extends(p);
            body(p);
        }
        _ if expression::starts_value(p) && !p.is_reported() => missing_colon(p),
        COMMA | NEWLINE | RIGHT_BRACE if p.position() > 0 => no_value(p),
        _ => p.expected("`:` and a value, or `{`"),
    }
}

/// `bob` alone, perhaps after `members: ana,`.
fn no_value(p: &mut Parser<'_>) {
    let key = p.text_at(p.position() - 1);
    let diagnostic = Diagnostic::new(&codes::UNEXPECTED_TOKEN, p.error_span(), format!("`{key}` has no value"));
    p.report_with(diagnostic.help("write `:` and a value; several values of one field stand in `[ ]`"));
}

/// `title:` and nothing after it.
fn value_forgotten(p: &mut Parser<'_>) {
    let key = p.span_at(p.position().saturating_sub(2));
    let message = format!("`{}` has no value", p.slice(key));
    p.report_with(
        Diagnostic::new(&codes::UNEXPECTED_TOKEN, key, message).help("write a value after `:`, or remove it"),
    );
}

fn missing_colon(p: &mut Parser<'_>) {
    let place = p.span_after_previous();
    let message = format!("`:` is missing before {}", p.found());
    let fix = Fix::replace(place, ":", "insert `:`");
    let fix = if p.at(NAME) { fix.may_change_meaning() } else { fix };
    p.report_with(Diagnostic::new(&codes::UNEXPECTED_TOKEN, p.error_span(), message).fix(fix));
    p.value_starts();
    expression::value(p);
}

/// The key of a field or of a map entry.
fn key(p: &mut Parser<'_>) {
    let end = if p.at(TEXT) { p.position() + 1 } else { joined_end(p) };
    if p.at_key() && end == p.position() + 1 {
        p.bump();
    } else if p.at_key() || matches!(p.current(), FOREIGN_WORD | TYPE_NAME | NUMBER | QUANTITY | DATE) {
        foreign_key(p, end);
    } else {
        p.expected("a field");
    }
}

/// Where the run of tokens ends that stands here without a space and could be one word of another language.
fn joined_end(p: &Parser<'_>) -> usize {
    let mut ahead = 1;
    while p.is_joined(p.position() + ahead)
        && !matches!(p.nth(ahead), COLON | LEFT_BRACE | COMMA | EQUALS | END_OF_FILE)
        && !matches!(p.nth(ahead), RIGHT_BRACE | RIGHT_BRACKET | RIGHT_PAREN | NEWLINE)
    {
        ahead += 1;
    }
    p.position() + ahead
}

/// `ruamel.yaml`, `_libgcc_mutex`: read whole, and to be written in quotes.
fn foreign_key(p: &mut Parser<'_>, end: usize) {
    let span = p.span_between(p.position(), end);
    let written = p.slice(span);
    let mut diagnostic =
        Diagnostic::new(&codes::UNQUOTED_WORD, span, format!("`{written}` is not a name: write it in quotes"));
    if !written.contains(['"', '\\', '{']) {
        diagnostic = diagnostic.fix(Fix::replace(span, format!("\"{written}\""), "write it in quotes"));
    }
    p.report_with(diagnostic);
    p.node(FOREIGN_KEY, |p| {
        while p.position() < end {
            p.bump();
        }
    });
}

/// `group.ml-research.quota.cpu`
pub(crate) fn path(p: &mut Parser<'_>) {
    p.node(PATH, |p| {
        if !p.expect_name("a path such as `group.ml.quota`") {
            return;
        }
        if !p.at(DOT) {
            p.expected("`.` and what the path leads to");
        }
        let mut is_handle = true;
        while p.eat(DOT) {
            if p.at_key() {
                p.bump();
            } else if is_handle && p.at(FOREIGN_WORD) && foreign_handle(p) {
                // Reported: what stands here is no key.
            } else if matches!(p.current(), FOREIGN_WORD | TYPE_NAME | NUMBER | QUANTITY | DATE) {
                foreign_key(p, p.position() + 1);
            } else {
                p.expected("a name after `.`");
            }
            is_handle = false;
        }
    });
}

/// `müller.until`, where a handle belongs: reports it if it is almost a name.
fn foreign_handle(p: &mut Parser<'_>) -> bool {
    let span = p.error_span();
    let written = p.slice(span);
    let (handle, rest) = written.split_at(written.find('.').unwrap_or(written.len()));
    let Some(name) = kebab(handle).filter(|_| unaccented(written).is_ascii()) else { return false };
    let message = format!("`{handle}` cannot be a name: names are lower-case words joined by `-`");
    let fix = Fix::replace(span, format!("{name}{rest}"), format!("write `{name}`")).may_change_meaning();
    p.report_with(Diagnostic::new(&codes::BAD_NAME, span, message).label("expected a name after `.`").fix(fix));
    p.node(FOREIGN_KEY, |p| p.bump());
    true
}
