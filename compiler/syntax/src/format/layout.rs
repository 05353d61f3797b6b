//! Where lines break: a run of pieces with groups, printed in one pass.
//!
//! A group stands on one line where nothing in it asks for a line break and the line has room, and otherwise breaks at
//! each of its own lines (Oppen's and Wadler's pretty printing, with the widths known before anything is printed).

use super::texts;

/// Columns of a line.
const WIDTH: usize = 100;
/// Columns that one level is indented.
const INDENT: usize = 2;

/// A piece of the text to be.
#[derive(Debug)]
pub(super) enum Piece<'t> {
    /// Part of one line.
    Text(&'t str),
    /// A text in quotes that covers several lines.
    Long(&'t str),
    /// A comment at the end of a line.
    Comment(&'t str),
    /// A sentence that ends its line, and that no line break can precede: nothing is broken to make room for it.
    Sentence(&'t str),
    /// A line break where its group is broken, and `flat` where it is not.
    Line {
        flat: &'static str,
        blank: bool,
    },
    /// A line break anyway.
    Break {
        blank: bool,
    },
    /// A text that stands there only where the group is broken.
    IfBroken(&'static str),
    Open(Group),
    Close,
    Indent,
    Dedent,
}

/// What is known of a group once it is closed.
#[derive(Debug, Default)]
pub(super) struct Group {
    broken: bool,
    /// Columns on one line. While the group is open: columns before it.
    width: usize,
    /// The place of its [`Piece::Close`].
    end: usize,
}

/// Pieces in order. Every group and every indentation that is opened is closed.
#[derive(Debug, Default)]
pub(super) struct Layout<'t> {
    pieces: Vec<Piece<'t>>,
    /// Columns of everything so far, on one line.
    width: usize,
    /// The places of the groups that are open.
    open: Vec<usize>,
}

impl<'t> Layout<'t> {
    pub(super) fn push(&mut self, piece: Piece<'t>) {
        match &piece {
            Piece::Text(text) | Piece::Sentence(text) => self.width += columns(text),
            Piece::Line { flat, .. } => self.width += flat.len(),
            Piece::Long(_) | Piece::Comment(_) | Piece::Break { .. } => self.break_group(),
            Piece::IfBroken(_) | Piece::Open(_) | Piece::Close | Piece::Indent | Piece::Dedent => {}
        }
        self.pieces.push(piece);
    }

    pub(super) fn open(&mut self) {
        self.open.push(self.pieces.len());
        self.pieces.push(Piece::Open(Group { broken: false, width: self.width, end: 0 }));
    }

    /// Makes the innermost open group break.
    pub(super) fn break_group(&mut self) {
        if let Some(at) = self.open.last()
            && let Some(Piece::Open(group)) = self.pieces.get_mut(*at)
        {
            group.broken = true;
        }
    }

    /// Closes the innermost group. What holds a broken group is broken.
    pub(super) fn close(&mut self) {
        let (end, width) = (self.pieces.len(), self.width);
        let Some(at) = self.open.pop() else { return };
        self.pieces.push(Piece::Close);
        if let Some(Piece::Open(group)) = self.pieces.get_mut(at) {
            group.width = width - group.width;
            group.end = end;
            if group.broken {
                self.break_group();
            }
        }
    }

    /// Columns after a place up to where the line can end.
    fn rest(&self, after: usize) -> usize {
        let mut width = 0;
        for piece in self.pieces.iter().skip(after) {
            match piece {
                Piece::Text(text) => width += columns(text),
                Piece::Long(text) => return width + columns(text.split('\n').next().unwrap_or_default()),
                Piece::Line { .. } | Piece::Break { .. } | Piece::Comment(_) | Piece::Sentence(_) => break,
                Piece::IfBroken(_) | Piece::Open(_) | Piece::Close | Piece::Indent | Piece::Dedent => {}
            }
        }
        width
    }

    /// Writes what is here, and forgets it.
    pub(super) fn print(&mut self, page: &mut Page) {
        // Whether each open group stands on one line.
        let mut flat = vec![false];
        for piece in &self.pieces {
            let is_flat = flat.last().copied().unwrap_or(false);
            match piece {
                Piece::Text(text) | Piece::Sentence(text) => page.text(text),
                Piece::Long(text) => page.long(text),
                Piece::Comment(text) => {
                    page.text("  ");
                    page.text(text);
                }
                Piece::Line { flat, .. } if is_flat => page.text(flat),
                Piece::Line { blank, .. } | Piece::Break { blank } => page.line_break(*blank),
                Piece::IfBroken(text) if !is_flat => page.text(text),
                Piece::IfBroken(_) => {}
                Piece::Open(group) => {
                    let has_room = || page.column + group.width + self.rest(group.end) <= WIDTH;
                    flat.push(is_flat || (!group.broken && has_room()));
                }
                Piece::Close => {
                    flat.pop();
                }
                Piece::Indent => page.indent += INDENT,
                Piece::Dedent => page.indent = page.indent.saturating_sub(INDENT),
            }
        }
        self.pieces.clear();
        self.width = 0;
    }
}

/// The text that is written.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) text: String,
    indent: usize,
    column: usize,
}

impl Page {
    pub(super) fn text(&mut self, text: &str) {
        self.text.push_str(text);
        self.column += columns(text);
    }

    fn line_break(&mut self, blank: bool) {
        self.text.push_str(if blank { "\n\n" } else { "\n" });
        self.text.extend(std::iter::repeat_n(' ', self.indent));
        self.column = self.indent;
    }

    /// A long text moves with the line that it starts on: its lines and its last quotes stand one level deeper.
    fn long(&mut self, text: &str) {
        texts::write_long(text, self.indent + INDENT, &mut self.text);
        self.column = columns(self.text.rsplit('\n').next().unwrap_or_default());
    }
}

fn columns(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}
