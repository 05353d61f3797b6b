//! Rules and waivers.

use crate::SyntaxKind::*;
use crate::grammar::{expression, item};
use crate::parser::{Block, Parser};
use crate::word::Word;

/// `rule gpu-needs-budget "every GPU group has a budget" for group g { … }`
pub(crate) fn rule(p: &mut Parser<'_>) {
    p.node(RULE_DECL, |p| {
        p.bump_word();
        pack(p);
        p.expect_name("the name of the rule");
        p.expect(TEXT, "what the rule says, as a sentence in quotes");
        if p.expect_word(Word::For) {
            subjects(p);
        }
        p.block(Block::braces(RULE_BODY, clause));
    });
}

fn pack(p: &mut Parser<'_>) {
    if p.at(LEFT_PAREN) {
        p.node(RULE_PACK, |p| {
            let opener = p.position();
            p.bump();
            p.in_parens(|p| {
                p.expect_name("a name");
                p.close(RIGHT_PAREN, opener);
            });
        });
    }
}

fn subjects(p: &mut Parser<'_>) {
    loop {
        p.node(SUBJECT, |p| {
            if p.expect_name("a kind") {
                p.expect_name("a name for each one, as in `group g`");
            }
        });
        if !p.eat(COMMA) {
            return;
        }
    }
}

fn clause(p: &mut Parser<'_>, _: usize) {
    match p.word() {
        Word::When => p.node(WHEN_CLAUSE, |p| {
            p.bump_word();
            p.condition(expression::expression);
        }),
        Word::Require => p.node(REQUIRE_CLAUSE, |p| {
            p.bump_word();
            p.condition(expression::expression);
            if matches!(p.word(), Word::Can | Word::Cannot) {
                access(p);
            }
            if p.at_word(Word::Else) {
                p.node(ELSE_CLAUSE, |p| {
                    p.bump_word();
                    p.expect(TEXT, "what to do about it, in quotes");
                });
            }
        }),
        _ => p.expected("`when` or `require`"),
    }
}

/// `cannot read d`
pub(crate) fn access(p: &mut Parser<'_>) {
    p.node(ACCESS, verdict);
}

/// The word, the action and the thing.
pub(crate) fn verdict(p: &mut Parser<'_>) {
    p.bump_word();
    if p.expect_name("an action") {
        expression::postfix(p);
    }
}

/// `waiver gpu-needs-budget on group.ml { … }`
pub(crate) fn waiver(p: &mut Parser<'_>) {
    p.node(WAIVER_DECL, |p| {
        p.bump_word();
        p.expect_reference("the name of a rule");
        if p.expect_word(Word::On) {
            item::path(p);
        }
        item::body(p);
    });
}
