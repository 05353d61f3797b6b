//! Expressions over several lines: they break at their loosest operators first.
//!
//! A line can break after every operator, but only before `and or then else`; those stand at the start of a line.

use rowan::GreenNodeData;

use crate::SyntaxKind::{self, *};
use crate::format::writer::{Child, Separator, Writer};

/// Whether an expression or a type has places where its lines can break, other than brackets.
pub(super) fn is_breakable(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        IF_EXPR | QUANTIFIER_EXPR | LOGIC_EXPR | NOT_EXPR | COMPARISON_EXPR | SUM_EXPR | PRODUCT_EXPR | UNION_TYPE
    )
}

impl<'t> Writer<'t> {
    /// A value with no operator around it: who asks for it has indented its lines.
    pub(super) fn value(&mut self, kind: SyntaxKind, node: &'t GreenNodeData) {
        if !is_breakable(kind) {
            self.node(kind, node);
            return;
        }
        self.open();
        match kind {
            IF_EXPR => self.conditional(node),
            QUANTIFIER_EXPR => self.quantifier(node),
            LOGIC_EXPR => self.logic(node),
            _ => self.operation(node),
        }
        self.close();
    }

    /// Part of a larger expression: its further lines are indented.
    pub(super) fn nested(&mut self, kind: SyntaxKind, node: &'t GreenNodeData) {
        self.indent_after();
        self.value(kind, node);
        self.dedent();
    }

    /// `if a then b` and `else if c then d` and `else e`: a line each, or less where one is too long.
    fn conditional(&mut self, node: &'t GreenNodeData) {
        let mut is_else = false;
        self.each(node, |writer, child| match child {
            Child::Token(kind, "if") => {
                writer.open();
                writer.token(kind, "if");
            }
            Child::Token(kind, "then") => {
                writer.separate(Separator::Line(" "));
                writer.token(kind, "then");
            }
            Child::Token(kind, text) => {
                writer.close();
                is_else = true;
                writer.separate(Separator::Line(" "));
                writer.token(kind, text);
            }
            Child::Node(IF_EXPR, node) if is_else => writer.conditional(node),
            Child::Node(kind, node) => writer.node(kind, node),
        });
    }

    /// `any p in g.profiles: p.gpu set`
    fn quantifier(&mut self, node: &'t GreenNodeData) {
        let mut is_condition = false;
        self.each(node, |writer, child| match child {
            Child::Token(COLON, text) => {
                is_condition = true;
                writer.token(COLON, text);
                writer.separate(Separator::Line(" "));
            }
            Child::Token(kind, text) => writer.token(kind, text),
            Child::Node(kind, node) if is_condition => {
                writer.indent();
                writer.value(kind, node);
                writer.dedent();
            }
            Child::Node(kind, node) => writer.node(kind, node),
        });
    }

    /// `a and b and c`
    fn logic(&mut self, node: &'t GreenNodeData) {
        self.each(node, |writer, child| match child {
            Child::Token(kind, text) => {
                writer.separate(Separator::Line(" "));
                writer.token(kind, text);
            }
            Child::Node(kind, node) => writer.node(kind, node),
        });
    }

    /// `a + b - c`, `a in 1..5`, `not a`, `user | group`
    fn operation(&mut self, node: &'t GreenNodeData) {
        self.each(node, |writer, child| match child {
            Child::Token(kind, text) => {
                writer.token(kind, text);
                // `not in` stays together, and so does `1..5`.
                if kind != DOT_DOT && text != "not" {
                    writer.separate(Separator::Line(" "));
                }
            }
            Child::Node(kind, node) => writer.node(kind, node),
        });
    }

    /// `for x in xs` and `if x.open`, a line each or both on one.
    pub(super) fn comprehension(&mut self, node: &'t GreenNodeData) {
        self.each(node, |writer, child| match child {
            Child::Token(kind, text) => {
                if text == "if" {
                    writer.separate(Separator::Line(" "));
                }
                writer.token(kind, text);
            }
            Child::Node(kind, node) => writer.node(kind, node),
        });
    }

    /// `-a`
    pub(super) fn negative(&mut self, node: &'t GreenNodeData) {
        self.each(node, |writer, child| match child {
            Child::Token(kind, text) => {
                writer.token(kind, text);
                writer.separate(Separator::Nothing);
            }
            Child::Node(kind, node) => writer.node(kind, node),
        });
    }
}
