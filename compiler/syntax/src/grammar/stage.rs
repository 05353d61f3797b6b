//! Stages and tests: layers of changes above the declarations.

use nbc_source::{Diagnostic, Fix};

use crate::SyntaxKind::*;
use crate::codes;
use crate::grammar::{declaration, expression, item, rule};
use crate::parser::{Block, Parser};
use crate::word::Word;

/// `stage west extends prod { … }`
pub(crate) fn stage(p: &mut Parser<'_>) {
    p.node(STAGE_DECL, |p| {
        p.bump_word();
        p.expect_name("the name of the stage");
        if p.at_word(Word::Extends) {
            p.node(EXTENDS_CLAUSE, |p| {
                p.bump_word();
                p.expect_name("the stage that it extends");
            });
        }
        p.block(Block::declarations(STAGE_BODY, |p, _| match p.word() {
            word if word.is_change() => change(p),
            _ if p.at_name() && p.nth(1) == DOT => p.change_without_word(),
            _ => declaration::generated(p, "a stage"),
        }));
    });
}

/// `test "guests cannot take a GPU" in prod as-of 2027-01-01 { … }`
pub(crate) fn test(p: &mut Parser<'_>) {
    p.node(TEST_DECL, |p| {
        p.bump_word();
        p.expect(TEXT, "what the test shows, in quotes");
        if p.at_word(Word::In) {
            p.node(IN_STAGE_CLAUSE, |p| {
                p.bump_word();
                p.expect_name("the name of a stage");
            });
        }
        if p.at_word(Word::AsOf) {
            p.node(AS_OF_CLAUSE, |p| {
                p.bump_word();
                p.expect(DATE, "a date such as `2027-01-31`");
            });
        }
        p.block(Block::declarations(TEST_BODY, test_item));
    });
}

fn test_item(p: &mut Parser<'_>, _: usize) {
    match p.word() {
        Word::Expect => expectation(p),
        word if word.is_change() => change(p),
        _ if p.at_name() && p.nth(1) == DOT => p.change_without_word(),
        _ => declaration::generated(p, "a test"),
    }
}

/// `override group.ml.quota.cpu: 8`, `unset profile.large.max-age`
fn change(p: &mut Parser<'_>) {
    p.node(CHANGE, |p| {
        let unset = p.at_word(Word::Unset);
        p.bump_word();
        item::path(p);
        if !unset && !p.is_reported() {
            item::field_rest(p);
        }
    });
}

/// `expect gus cannot launch gpu-a100 because no-guest-gpu`, `expect group.ml keeps gpu-needs-budget`
fn expectation(p: &mut Parser<'_>) {
    p.node(EXPECTATION, |p| {
        p.bump_word();
        p.condition(expression::expression);
        match p.word() {
            _ if at_other_verdict(p) => {
                other_verdict(p);
                if p.at_word(Word::Because) {
                    because(p);
                }
            }
            Word::Can => {
                rule::access(p);
                if p.at_word(Word::Because) {
                    because(p);
                }
            }
            Word::Cannot => {
                rule::access(p);
                if p.at_word(Word::Because) {
                    because(p);
                } else {
                    without_because(p);
                }
            }
            Word::Breaks | Word::Keeps => p.node(RULE_VERDICT, |p| {
                p.bump_word();
                p.expect_reference("the name of a rule");
            }),
            _ => {}
        }
    });
}

/// `can not`, `may`, `may not`
fn at_other_verdict(p: &Parser<'_>) -> bool {
    let is_verb = matches!(p.text_at(p.position()), "may" | "should" | "must");
    p.at_word(Word::Can) && p.nth_word(1) == Word::Not || is_verb && (p.nth_is_name(1) || p.nth_word(1) == Word::Not)
}

fn other_verdict(p: &mut Parser<'_>) {
    let is_refused = p.nth_word(1) == Word::Not;
    let end = p.position() + if is_refused { 2 } else { 1 };
    let span = p.span_between(p.position(), end);
    let word = if is_refused { "cannot" } else { "can" };
    let message = format!("`{}` is not used in a test: write `{word}`", p.slice(span));
    let fix = Fix::replace(span, word, format!("write `{word}`"));
    p.report_with(Diagnostic::new(&codes::UNEXPECTED_TOKEN, span, message).fix(fix));
    p.node(ACCESS, |p| {
        if is_refused {
            p.node(ERROR, |p| p.bump());
        }
        rule::verdict(p);
    });
}

/// A refusal without its reason. That nobody grants it is the likeliest one.
fn without_because(p: &mut Parser<'_>) {
    let place = p.span_after_previous();
    let message = "a test of a refusal says why: `because` and the rule that forbids it, or `because not-granted`";
    let fix = Fix::replace(place, " because not-granted", "add `because not-granted`").may_change_meaning();
    p.report_with(Diagnostic::new(&codes::UNEXPECTED_TOKEN, p.error_span(), message).fix(fix));
}

fn because(p: &mut Parser<'_>) {
    p.node(BECAUSE_CLAUSE, |p| {
        p.bump_word();
        p.expect_reference("the name of a rule");
    });
}
