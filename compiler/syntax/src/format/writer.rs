//! From tokens to pieces: what stands between two tokens, and where comments go.
//!
//! A comment keeps its place among the tokens, on the line of the token before it or on a line of its own. Everything
//! else between two tokens is decided by the nodes (`items`, `expressions`) or, where they say nothing, by [`between`].

use rowan::{GreenNodeData, GreenTokenData, Language, NodeOrToken, TextSize};

use crate::NbcLanguage;
use crate::SyntaxKind::{self, *};
use crate::format::layout::{Layout, Page, Piece};

/// What stands before the next token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    Nothing,
    Space,
    /// A line break where the group is broken, else this.
    Line(&'static str),
    /// The same, but an empty line of the author is kept.
    Item(&'static str),
    /// The same after an opening bracket, where no empty line stands.
    First(&'static str),
    /// A declaration stands on a line of its own.
    Declaration,
}

/// A comment and the line breaks before it.
#[derive(Debug)]
struct Comment<'t> {
    text: &'t str,
    line_breaks: usize,
}

/// A child of a node that is more than space or comment.
pub(super) enum Child<'t> {
    Token(SyntaxKind, &'t str),
    Node(SyntaxKind, &'t GreenNodeData),
}

/// What is opened as soon as the next token comes, after what separates it from the token before.
#[derive(Clone, Copy, Debug)]
enum Waiting {
    Group,
    Indent,
}

pub(super) struct Writer<'t> {
    page: Page,
    pub(super) layout: Layout<'t>,
    /// Comments since the last token.
    comments: Vec<Comment<'t>>,
    /// Line breaks since the last token or comment.
    line_breaks: usize,
    separator: Option<Separator>,
    waiting: Vec<Waiting>,
    /// Gaps between tokens so far that hold a line break of the author.
    broken_gaps: usize,
    /// For each open group, the broken gaps before it.
    gaps_before: Vec<usize>,
    previous: SyntaxKind,
    /// Where the next token stands in the file.
    offset: TextSize,
    minutes: &'t [TextSize],
}

impl<'t> Writer<'t> {
    pub(super) fn new(minutes: &'t [TextSize]) -> Writer<'t> {
        Writer {
            page: Page::default(),
            layout: Layout::default(),
            comments: Vec::new(),
            line_breaks: 0,
            separator: None,
            waiting: Vec::new(),
            broken_gaps: 0,
            gaps_before: Vec::new(),
            previous: END_OF_FILE,
            offset: TextSize::new(0),
            minutes,
        }
    }

    pub(super) fn file(mut self, root: &'t GreenNodeData) -> String {
        if let Some(NodeOrToken::Token(first)) = root.children().next()
            && first.text().starts_with('\u{feff}')
        {
            self.page.text("\u{feff}");
        }
        self.each(root, |writer, child| {
            if let Child::Node(kind, declaration) = child {
                writer.separate(Separator::Declaration);
                writer.node(kind, declaration);
                writer.layout.print(&mut writer.page);
            }
        });
        self.comments(true, true);
        self.layout.print(&mut self.page);
        let mut text = self.page.text;
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }

    /// Goes through the children of a node. Spaces and comments are remembered for the next token.
    pub(super) fn each(&mut self, node: &'t GreenNodeData, mut with: impl FnMut(&mut Self, Child<'t>)) {
        for child in node.children() {
            let kind = kind_of(&child);
            match child {
                NodeOrToken::Token(token) if kind.is_trivia() => self.trivia(kind, token.text()),
                NodeOrToken::Token(token) => with(self, Child::Token(kind, token.text())),
                NodeOrToken::Node(node) => with(self, Child::Node(kind, node)),
            }
        }
    }

    fn trivia(&mut self, kind: SyntaxKind, text: &'t str) {
        match kind {
            NEWLINE => self.line_breaks += 1,
            COMMENT | DOC_COMMENT => {
                let line_breaks = std::mem::take(&mut self.line_breaks);
                self.comments.push(Comment { text: text.trim_end(), line_breaks });
            }
            _ => {}
        }
        self.offset += TextSize::of(text);
    }

    pub(super) fn has_comments(&self) -> bool {
        !self.comments.is_empty()
    }

    /// Says what stands before the next token.
    pub(super) fn separate(&mut self, separator: Separator) {
        self.separator = Some(separator);
    }

    pub(super) fn token(&mut self, kind: SyntaxKind, text: &'t str) {
        self.settle(kind);
        for waiting in std::mem::take(&mut self.waiting) {
            match waiting {
                Waiting::Group => self.open_here(),
                Waiting::Indent => self.layout.push(Piece::Indent),
            }
        }
        let is_text = matches!(kind, TEXT | VERBATIM);
        self.layout.push(if is_text && text.contains('\n') { Piece::Long(text) } else { Piece::Text(text) });
        if kind == QUANTITY && self.minutes.binary_search(&self.offset).is_ok() {
            self.layout.push(Piece::Text("in"));
        }
        self.pass(kind, text);
    }

    /// Writes the sentence of a requirement or a constraint.
    pub(super) fn sentence(&mut self, text: &'t str) {
        self.settle(TEXT);
        self.layout.push(if text.contains('\n') { Piece::Long(text) } else { Piece::Sentence(text) });
        self.pass(TEXT, text);
    }

    fn pass(&mut self, kind: SyntaxKind, text: &str) {
        self.offset += TextSize::of(text);
        self.previous = kind;
    }

    /// Leaves a token out: a comma, or the colon before a block.
    pub(super) fn skip(&mut self, text: &str) {
        self.offset += TextSize::of(text);
    }

    /// Writes what separates the last token from one of this kind.
    fn settle(&mut self, next: SyntaxKind) {
        let is_start = self.previous == END_OF_FILE;
        let separator = self.separator.take().unwrap_or_else(|| between(self.previous, next));
        if self.line_breaks > 0 || self.has_comments() {
            self.broken_gaps += 1;
        }
        let keeps = matches!(separator, Separator::Item(_) | Separator::Declaration);
        let blank = self.line_breaks > 1 && keeps;
        if self.has_comments() {
            let line_breaks = self.line_breaks;
            let keeps = self.comments(keeps, keeps || matches!(separator, Separator::First(_)));
            self.layout.push(Piece::Break { blank: keeps && line_breaks > 1 });
        } else {
            match separator {
                Separator::Nothing => {}
                Separator::Declaration if is_start => {}
                Separator::Declaration => self.layout.push(Piece::Break { blank }),
                Separator::Space => self.layout.push(Piece::Text(" ")),
                Separator::Line(flat) | Separator::Item(flat) | Separator::First(flat) => {
                    self.layout.push(Piece::Line { flat, blank });
                }
            }
        }
        self.line_breaks = 0;
    }

    /// Writes the comments since the last token. An empty line of the author is kept before the first line if `keeps_first`,
    /// and before further lines if `keeps_others`. Returns whether it is before the line that follows.
    pub(super) fn comments(&mut self, keeps_first: bool, keeps_others: bool) -> bool {
        let mut is_start = self.previous == END_OF_FILE;
        let mut keeps = keeps_first;
        for Comment { text, line_breaks } in std::mem::take(&mut self.comments) {
            if std::mem::take(&mut is_start) {
                self.layout.push(Piece::Text(text));
                keeps = keeps_others;
            } else if line_breaks == 0 {
                self.layout.push(Piece::Comment(text));
            } else {
                self.layout.push(Piece::Break { blank: keeps && line_breaks > 1 });
                self.layout.push(Piece::Text(text));
                keeps = keeps_others;
            }
        }
        keeps
    }

    // Groups and indentation.

    /// Opens a group with the next token.
    pub(super) fn open(&mut self) {
        self.waiting.push(Waiting::Group);
    }

    /// Opens a group with what stands before the next token.
    pub(super) fn open_here(&mut self) {
        self.layout.open();
        self.gaps_before.push(self.broken_gaps);
    }

    /// Closes a group. Where the author broke a line in it, it stays broken.
    pub(super) fn close(&mut self) {
        if self.gaps_before.pop().is_some_and(|before| before < self.broken_gaps) {
            self.layout.break_group();
        }
        self.layout.close();
    }

    /// Indents from the next token on; lines that start with it are not indented.
    pub(super) fn indent_after(&mut self) {
        self.waiting.push(Waiting::Indent);
    }

    pub(super) fn indent(&mut self) {
        self.layout.push(Piece::Indent);
    }

    pub(super) fn dedent(&mut self) {
        self.layout.push(Piece::Dedent);
    }
}

/// What stands between two tokens unless a node says otherwise.
fn between(previous: SyntaxKind, next: SyntaxKind) -> Separator {
    match (previous, next) {
        (END_OF_FILE | LEFT_PAREN | LEFT_BRACKET | DOT | DOT_DOT, _) => Separator::Nothing,
        (_, RIGHT_PAREN | RIGHT_BRACKET | COMMA | COLON | QUESTION | DOT_DOT) => Separator::Nothing,
        // `8.a` would be one word.
        (NUMBER | QUANTITY | MONEY, DOT) => Separator::Space,
        (_, DOT) => Separator::Nothing,
        _ => Separator::Space,
    }
}

/// The kind of a child of a green node.
pub(super) fn kind_of(child: &NodeOrToken<&GreenNodeData, &GreenTokenData>) -> SyntaxKind {
    NbcLanguage::kind_from_raw(match child {
        NodeOrToken::Node(node) => node.kind(),
        NodeOrToken::Token(token) => token.kind(),
    })
}
