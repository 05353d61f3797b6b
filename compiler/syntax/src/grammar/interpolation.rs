//! What may stand between the braces of a text: a path, or one call of paths.

use crate::SyntaxKind::*;
use crate::codes;
use crate::grammar::expression;
use crate::parser::Parser;

/// `g.title`, `upper(g.title)`
pub(crate) fn interpolation(p: &mut Parser<'_>) {
    p.node(SOURCE_FILE, |p| {
        if p.at_reference() || p.at(TYPE_NAME) {
            expression::path_or_call(p);
        } else {
            p.expected("a path such as `g.title`");
        }
        if !p.at_end() {
            p.report(
                &codes::BAD_INTERPOLATION,
                "only a path or one call stands between braces; anything longer deserves a `let`",
            );
            p.node(ERROR, |p| {
                while !p.at_end() {
                    p.bump();
                }
            });
        }
    });
}
