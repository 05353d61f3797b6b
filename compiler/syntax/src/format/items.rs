//! Declarations, blocks and what stands in them.

use rowan::{GreenNodeData, NodeOrToken};

use crate::SyntaxKind::{self, *};
use crate::format::expressions::is_breakable;
use crate::format::layout::Piece;
use crate::format::writer::{Child, Separator, Writer, kind_of};

/// From so many references on, a list stands one element a line.
const MANY_REFERENCES: usize = 4;

impl<'t> Writer<'t> {
    pub(super) fn node(&mut self, kind: SyntaxKind, node: &'t GreenNodeData) {
        match kind {
            BODY | KIND_BODY | ENUM_BODY | RECORD_BODY | VARIANT_BODY | FOR_BODY | RULE_BODY | TEST_BODY
            | STAGE_BODY => self.block(node),
            LIST_EXPR => self.list(node, false),
            ITEM | CHANGE => self.item(node),
            LET_DECL | FN_DECL | TYPE_DECL | COMPUTED_FIELD | DEFAULT => self.definition(node),
            WHEN_CLAUSE | REQUIREMENT | WHERE_CONSTRAINT | EXPECTATION | PAREN_EXPR => self.clause(node),
            REQUIRE_CLAUSE => self.requirement(node),
            CALL_EXPR | PARAMETERS => self.arguments(node),
            MAP_TYPE => self.map_type(node),
            NEGATIVE_EXPR => self.negative(node),
            kind if is_breakable(kind) => self.nested(kind, node),
            _ => self.plain(node),
        }
    }

    fn child(&mut self, child: Child<'t>) {
        match child {
            Child::Token(kind, text) => self.token(kind, text),
            Child::Node(kind, node) => self.node(kind, node),
        }
    }

    /// On one line, whatever it holds.
    pub(super) fn plain(&mut self, node: &'t GreenNodeData) {
        self.each(node, Self::child);
    }

    /// `{ cpu: 8, memory: 64Gi }`, or an item a line without commas.
    fn block(&mut self, node: &'t GreenNodeData) {
        let mut items = 0;
        self.open();
        self.each(node, |writer, child| match child {
            Child::Token(COMMA, text) => writer.skip(text),
            Child::Token(RIGHT_BRACE, text) => {
                writer.end_of_block(items, " ");
                writer.token(RIGHT_BRACE, text);
            }
            Child::Token(kind, text) => {
                writer.token(kind, text);
                writer.indent();
            }
            Child::Node(kind, node) => {
                writer.separate(if items == 0 { Separator::First(" ") } else { Separator::Item(", ") });
                items += 1;
                writer.node(kind, node);
            }
        });
        self.close();
    }

    /// What stands before a closing bracket, `padding` on one line; the comments after the last item stand with the items.
    fn end_of_block(&mut self, items: usize, padding: &'static str) {
        let has_comments = self.has_comments();
        self.comments(items > 0, true);
        self.dedent();
        if has_comments {
            self.layout.push(Piece::Break { blank: false });
            self.separate(Separator::Nothing);
        } else if items > 0 {
            self.separate(Separator::Line(padding));
        } else {
            self.separate(if padding.is_empty() { Separator::Nothing } else { Separator::Space });
        }
    }

    /// `[ana, bob]`, or an element a line, each with its comma.
    pub(super) fn list(&mut self, node: &'t GreenNodeData, is_value: bool) {
        let mut elements = 0;
        let mut has_for = false;
        self.open();
        self.each(node, |writer, child| match child {
            Child::Token(COMMA, text) => writer.skip(text),
            Child::Token(RIGHT_BRACKET, text) => {
                if elements > 0 && !has_for {
                    writer.layout.push(Piece::IfBroken(","));
                }
                writer.end_of_block(elements, "");
                writer.token(RIGHT_BRACKET, text);
            }
            Child::Token(kind, text) => {
                writer.token(kind, text);
                writer.indent();
            }
            Child::Node(COMPREHENSION, node) => {
                has_for = true;
                writer.separate(Separator::Line(" "));
                writer.comprehension(node);
            }
            Child::Node(kind, node) => {
                writer.before_element(elements);
                elements += 1;
                writer.value(kind, node);
            }
        });
        if stands_one_a_line(node, is_value) {
            self.layout.break_group();
        }
        self.close();
    }

    /// A comma after the element before, and the way to the next.
    fn before_element(&mut self, before: usize) {
        if before == 0 {
            self.separate(Separator::First(""));
        } else {
            self.layout.push(Piece::Text(","));
            self.separate(Separator::Item(" "));
        }
    }

    /// `count(g.members)`, `(a: Count, b: Count)`
    fn arguments(&mut self, node: &'t GreenNodeData) {
        let mut arguments = 0;
        let is_one_list = is_one_list(node);
        self.each(node, |writer, child| match child {
            Child::Token(COMMA, text) => writer.skip(text),
            Child::Token(LEFT_PAREN, text) => {
                writer.open();
                writer.separate(Separator::Nothing);
                writer.token(LEFT_PAREN, text);
                writer.indent();
            }
            Child::Token(RIGHT_PAREN, text) => {
                if arguments > 0 && !is_one_list {
                    writer.layout.push(Piece::IfBroken(","));
                }
                writer.end_of_block(arguments, "");
                if is_one_list {
                    writer.separate(Separator::Nothing);
                }
                writer.token(RIGHT_PAREN, text);
                writer.close();
            }
            Child::Token(kind, text) => writer.token(kind, text),
            Child::Node(kind, node) => {
                if !is_one_list {
                    writer.before_element(arguments);
                }
                arguments += 1;
                writer.value(kind, node);
            }
        });
    }

    /// `cpu: 8`, `add members: [ana]`, `quota { … }`, and the same of a change.
    fn item(&mut self, node: &'t GreenNodeData) {
        let mut has_value = false;
        let is_block = is_block_after_colon(node);
        self.each(node, |writer, child| match child {
            Child::Token(COLON, text) if is_block => writer.skip(text),
            Child::Token(COLON, text) => {
                has_value = true;
                writer.token(COLON, text);
            }
            Child::Node(kind, node) if has_value => writer.defined(kind, node),
            child => writer.child(child),
        });
    }

    /// `let limit = 4`, and everything else with `=`.
    fn definition(&mut self, node: &'t GreenNodeData) {
        let mut has_value = false;
        self.each(node, |writer, child| match child {
            Child::Token(EQUALS, text) => {
                has_value = true;
                writer.token(EQUALS, text);
            }
            Child::Node(kind, node) if has_value => writer.defined(kind, node),
            child => writer.child(child),
        });
    }

    /// What stands after `:` or `=`: on the same line, or on the next if it covers several itself.
    fn defined(&mut self, kind: SyntaxKind, node: &'t GreenNodeData) {
        if kind == LIST_EXPR {
            self.list(node, true);
        } else if is_breakable(kind) {
            self.open_here();
            self.indent();
            self.separate(Separator::Line(" "));
            self.value(kind, node);
            self.dedent();
            self.close();
        } else {
            self.node(kind, node);
        }
    }

    /// `when any p in g.profiles: p.gpu set`: its further lines are indented.
    fn clause(&mut self, node: &'t GreenNodeData) {
        self.each(node, |writer, child| match child {
            Child::Token(TEXT, text) => writer.sentence(text),
            Child::Token(kind, text) => writer.token(kind, text),
            Child::Node(kind, node) => {
                writer.indent();
                writer.value(kind, node);
                writer.dedent();
            }
        });
    }

    /// `require g.quota set else "…"`
    fn requirement(&mut self, node: &'t GreenNodeData) {
        self.open();
        self.each(node, |writer, child| match child {
            Child::Token(kind, text) => writer.token(kind, text),
            Child::Node(kind, node) => {
                writer.indent();
                if kind == ELSE_CLAUSE {
                    writer.separate(Separator::Line(" "));
                }
                writer.value(kind, node);
                writer.dedent();
            }
        });
        self.close();
    }

    /// `{Gpu: Count}`
    fn map_type(&mut self, node: &'t GreenNodeData) {
        self.each(node, |writer, child| match child {
            Child::Token(LEFT_BRACE, text) => {
                writer.token(LEFT_BRACE, text);
                writer.separate(Separator::Nothing);
            }
            Child::Token(RIGHT_BRACE, text) => {
                writer.separate(Separator::Nothing);
                writer.token(RIGHT_BRACE, text);
            }
            child => writer.child(child),
        });
    }
}

/// Whether the colon of an item can go: a block follows it, and no comment stands between them.
fn is_block_after_colon(item: &GreenNodeData) -> bool {
    let kinds = item.children().map(|child| kind_of(&child));
    let mut rest = kinds.skip_while(|kind| *kind != COLON).skip(1);
    rest.find(|kind| !matches!(kind, WHITESPACE | NEWLINE)) == Some(BODY)
}

/// Whether a call has one argument and that is a list, which then needs no lines of its own.
fn is_one_list(call: &GreenNodeData) -> bool {
    let mut nodes = call.children().filter_map(|child| child.into_node());
    let first = nodes.next().map(|node| kind_of(&NodeOrToken::Node(node)));
    first == Some(LIST_EXPR) && nodes.next().is_none()
}

/// Whether a list always stands one element a line: when an element is dated, or when it is the value of something and
/// has many references.
fn stands_one_a_line(list: &GreenNodeData, is_value: bool) -> bool {
    let kinds = list.children().map(|child| kind_of(&child));
    let (mut references, mut is_dated) = (0, false);
    for kind in kinds {
        references += usize::from(kind == PATH_EXPR);
        is_dated |= kind == DATED_ELEMENT;
    }
    is_dated || (is_value && references >= MANY_REFERENCES)
}
