//! Blocks, and how the parser finds its feet again: at separators, at closing brackets, and at the next declaration.
//!
//! Indentation has no meaning in the language. It is read here only to guess, after a mistake, which bracket was forgotten.

use nbc_source::{Diagnostic, Fix, Span};

use super::Parser;
use crate::SyntaxKind::{self, *};
use crate::codes;
use crate::word::Word;

/// Things in brackets, separated by commas or line breaks.
#[derive(Clone, Copy)]
pub(crate) struct Block {
    pub(crate) kind: SyntaxKind,
    pub(crate) open: SyntaxKind,
    /// Whether declarations may stand in it, so that one at the start of a line need not mean a forgotten bracket.
    pub(crate) declarations: bool,
    /// Reads one thing; gets its number, from 0.
    pub(crate) item: fn(&mut Parser<'_>, usize),
}

impl Block {
    pub(crate) fn braces(kind: SyntaxKind, item: fn(&mut Parser<'_>, usize)) -> Block {
        Block { kind, open: LEFT_BRACE, declarations: false, item }
    }

    pub(crate) fn declarations(kind: SyntaxKind, item: fn(&mut Parser<'_>, usize)) -> Block {
        Block { kind, open: LEFT_BRACE, declarations: true, item }
    }
}

/// What stands where a block could go on.
enum Next {
    Item,
    Skipped,
    Closed,
}

/// Why an address or a path without quotes is none.
pub(crate) const ADDRESS: &str = "addresses and paths stand in quotes";

/// Signs that versions begin with.
pub(crate) fn is_version_sign(kind: SyntaxKind) -> bool {
    matches!(kind, GREATER | GREATER_EQUAL | LESS | LESS_EQUAL | EQUAL_EQUAL | NOT_EQUAL)
}

impl Parser<'_> {
    /// Reads a block whose bracket must stand here, on the line of its header.
    pub(crate) fn block(&mut self, block: Block) {
        if block.open == LEFT_BRACE && self.at(NEWLINE) && self.nth(1) == LEFT_BRACE {
            self.brace_on_next_line();
        }
        if block.open == LEFT_BRACE && self.at(COLON) && self.nth(1) == LEFT_BRACE {
            self.colon_before_brace();
        }
        if self.at(block.open) {
            self.node(block.kind, |p| p.nested(|p| p.inside(&block)));
        } else {
            let what = if block.open == LEFT_BRACE { "`{`" } else { "`[`" };
            self.expected(what);
        }
    }

    fn brace_on_next_line(&mut self) {
        let brace = self.span_at(self.position + 1);
        let gap = Span::new(brace.file, self.span_after_previous().start..brace.start);
        let diagnostic = Diagnostic::new(&codes::BRACE_ON_NEXT_LINE, brace, "`{` must stand on the line of its header")
            .fix(Fix::replace(gap, " ", "move `{` up"));
        self.report_with(diagnostic);
        self.node(ERROR, |p| p.bump());
    }

    /// `group interns: {`
    fn colon_before_brace(&mut self) {
        let span = self.error_span();
        let found = Diagnostic::new(&codes::UNEXPECTED_TOKEN, span, "no `:` stands before `{`");
        self.report_with(found.fix(Fix::replace(span, "", "remove `:`")));
        self.node(ERROR, |p| p.bump());
    }

    fn inside(&mut self, block: &Block) {
        let opener = self.position;
        self.bump();
        self.count_open(block.open, 1);
        self.eat(NEWLINE);
        let first = self.position;
        let mut number = 0;
        loop {
            match self.next_in(block, opener, first) {
                Next::Closed => break,
                Next::Skipped => continue,
                Next::Item => {}
            }
            let before = self.position;
            (block.item)(self, number);
            number += 1;
            self.separator();
            if self.position == before {
                self.node(ERROR, |p| p.bump());
            }
        }
        self.count_open(block.open, -1);
    }

    fn next_in(&mut self, block: &Block, opener: usize, first: usize) -> Next {
        let close = closer(block.open);
        if self.eat(close) {
            return Next::Closed;
        }
        if self.at_end() || self.at_header(block, first) || self.leaves_list(block) {
            self.unclosed(opener);
            return Next::Closed;
        }
        if is_closer(self.current()) {
            if self.is_open(self.current()) {
                self.unclosed(opener);
                return Next::Closed;
            }
            self.unmatched_closer();
            self.separator();
            return Next::Skipped;
        }
        Next::Item
    }

    /// Takes a closing bracket that must be here. `opener` is the place of its partner.
    pub(crate) fn close(&mut self, close: SyntaxKind, opener: usize) {
        if self.at(close) {
            self.bump();
        } else if self.at_end() || self.at(NEWLINE) || is_closer(self.current()) {
            self.unclosed(opener);
        } else {
            self.expected(&format!("`{}`", close.punctuation().unwrap_or_default()));
            self.skip_junk();
            self.eat(close);
        }
    }

    /// Takes the comma or line break after an item. Anything else is reported, and skipped unless it starts an item.
    fn separator(&mut self) {
        match self.current() {
            COMMA => {
                self.bump();
                self.eat(NEWLINE);
                self.needless_commas();
            }
            NEWLINE => self.bump(),
            END_OF_FILE => {}
            UNKNOWN if self.text_at(self.position) == ";" => {
                self.expected("a comma or a new line");
                self.node(ERROR, |p| p.bump());
                self.eat(NEWLINE);
            }
            kind if is_closer(kind) => {}
            _ if self.at_keyed_item() => self.missing_separator(),
            _ => {
                self.unexpected_after_item();
                self.skip_junk();
                if self.at(COMMA) || self.at(NEWLINE) {
                    self.separator();
                }
            }
        }
    }

    fn needless_commas(&mut self) {
        while self.at(COMMA) {
            let span = self.error_span();
            let found = Diagnostic::new(&codes::UNEXPECTED_TOKEN, span, "one comma is enough");
            self.report_with(found.fix(Fix::replace(span, "", "remove `,`")));
            self.node(ERROR, |p| p.bump());
            self.eat(NEWLINE);
        }
    }

    fn at_keyed_item(&self) -> bool {
        self.at_key() && !self.is_joined(self.position) && matches!(self.nth(1), COLON | LEFT_BRACE)
    }

    fn missing_separator(&mut self) {
        let place = self.span_after_previous();
        let diagnostic = Diagnostic::new(
            &codes::MISSING_SEPARATOR,
            self.error_span(),
            format!("a comma or a new line is missing before {}", self.found()),
        )
        .fix(Fix::replace(place, ",", "insert `,`"));
        self.report_with(diagnostic);
    }

    fn unexpected_after_item(&mut self) {
        let previous = self.position.checked_sub(1).map(|at| self.kind_at(at));
        if self.at_foreign_comment() {
            self.foreign_comment();
        } else if self.sign_behind() || self.cut_text() || self.parted_percent() {
            // Reported, and taken.
        } else if self.at_unquoted_text() {
            self.unquoted_text();
        } else if self.at_address() {
            self.unquoted_run(ADDRESS);
        } else if is_wordy(self.current()) && previous.is_some_and(is_wordy) {
            self.missing_separator();
        } else if self.at(EQUALS) {
            self.report_equals();
        } else {
            self.expected("a comma or a new line");
        }
    }

    /// Whether the token here and the next are words, as in `title: ML research`, and surely meant as a text.
    pub(crate) fn starts_unquoted_text(&self) -> bool {
        self.value_start == Some(self.position) && is_wordy(self.nth(1))
    }

    /// Words after a word, as in `title: ML research`.
    fn at_unquoted_text(&self) -> bool {
        let value_is_one_token = self.value_start.is_some_and(|start| start + 1 == self.position);
        let previous = self.position.checked_sub(1).and_then(|at| self.significant.get(at));
        value_is_one_token && is_wordy(self.current()) && previous.is_some_and(|token| is_wordy(token.kind))
    }

    fn unquoted_text(&mut self) {
        let start = self.value_start.unwrap_or(self.position);
        let mut end = self.position;
        while !matches!(self.kind_at(end), END_OF_FILE | NEWLINE | COMMA) && !is_closer(self.kind_at(end)) {
            end += 1;
        }
        let span = self.span_between(start, end);
        if self.is_parted_unit(start, end) {
            self.parted_unit(span);
            return;
        }
        let written = self.slice(span);
        let key = start.checked_sub(2).map_or("", |key| self.text_at(key));
        if !matches!(key, "title" | "description") && self.amount_elsewhere(span) {
            return;
        }
        let mut diagnostic = Diagnostic::new(&codes::UNQUOTED_WORD, span, "a text of several words stands in quotes");
        if !written.contains(['"', '\\', '{', '\n']) {
            diagnostic =
                diagnostic.fix(Fix::replace(span, format!("\"{written}\""), "write it in quotes").may_change_meaning());
        }
        self.report_with(diagnostic);
    }

    /// `://` straight after a word.
    fn at_address(&self) -> bool {
        self.at(COLON) && self.is_joined(self.position) && self.nth(1) == SLASH && self.nth(2) == SLASH
    }

    /// Reports the word without spaces that holds the token here as a text, and skips the rest of it. It starts at the value
    /// of the field if nothing but that word stands between. `>=2.4,<2.6` is one word.
    pub(crate) fn unquoted_run(&mut self, message: &str) {
        let start = self.value_start.filter(|start| (start + 1..=self.position).all(|at| self.is_joined(at)));
        let start = start.unwrap_or(self.position);
        let mut end = self.position + 1;
        let goes_on = |p: &Parser<'_>, end: usize| match p.kind_at(end) {
            NEWLINE => false,
            COMMA => p.is_joined(end + 1) && is_version_sign(p.kind_at(end + 1)),
            other => !is_closer(other),
        };
        while self.is_joined(end) && goes_on(self, end) {
            end += 1;
        }
        let span = self.span_between(start, end);
        let written = self.slice(span);
        let mut diagnostic = Diagnostic::new(&codes::UNQUOTED_WORD, span, message);
        if !written.contains(['"', '\\', '{', '\n']) {
            let fix = Fix::replace(span, format!("\"{written}\""), "write it in quotes");
            diagnostic = diagnostic.fix(fix.may_change_meaning());
        }
        self.report_with(diagnostic);
        self.node(ERROR, |p| {
            while p.position < end {
                p.bump();
            }
        });
    }

    pub(crate) fn at_closer(&self) -> bool {
        is_closer(self.current())
    }

    pub(crate) fn unmatched_closer(&mut self) {
        let message = format!("{} closes nothing", self.found());
        let fix = Fix::replace(self.error_span(), "", format!("remove {}", self.found())).may_change_meaning();
        self.report_with(Diagnostic::new(&codes::UNMATCHED_BRACKET, self.error_span(), message).fix(fix));
        self.node(ERROR, |p| p.bump());
    }

    /// Reports a bracket that nothing closes, at the bracket.
    pub(crate) fn unclosed(&mut self, opener: usize) {
        if self.is_reported() {
            return;
        }
        let suspect = self.suspect(opener).unwrap_or(opener);
        let open = self.text_at(suspect);
        let close = closer(self.kind_at(suspect)).punctuation().unwrap_or_default();
        let mut diagnostic =
            Diagnostic::new(&codes::UNCLOSED_BRACKET, self.span_at(suspect), format!("`{open}` has no `{close}`"));
        if !self.at_end() {
            diagnostic = diagnostic.related(self.error_span(), format!("it must be closed before {}", self.found()));
        }
        diagnostic.fix = self.closing(suspect, close);
        self.report_with(diagnostic);
    }

    /// Writes the bracket that is missing: at the end of its line if that holds all of the block, else on a line of its own
    /// before the first line that is not indented deeper.
    fn closing(&self, opener: usize, close: &str) -> Option<Fix> {
        let line = (0..=opener).rev().find_map(|at| self.indentation(at))?;
        let outside = (opener + 1..self.position).find(|at| self.indentation(*at).is_some_and(|own| own <= line));
        let end = outside.unwrap_or(self.position);
        let is_one_line = (opener + 1..end).all(|at| self.indentation(at).is_none());
        let last = (opener..end).rev().find(|at| self.kind_at(*at) != NEWLINE)?;
        let place = Span { start: self.span_at(last).end, ..self.span_at(last) };
        let text = if is_one_line { close.to_owned() } else { format!("\n{}{close}", " ".repeat(line)) };
        Some(Fix::replace(place, text, format!("insert `{close}`")).may_change_meaning())
    }

    /// Of the brackets inside an unclosed one, the first whose closing line stands further left than its opening line:
    /// more likely its partner was forgotten, and the partner of the outer one was taken for it.
    fn suspect(&self, opener: usize) -> Option<usize> {
        let mut open = Vec::new();
        let mut indentation = 0;
        for at in opener + 1..self.position {
            let line = self.indentation(at);
            indentation = line.unwrap_or(indentation);
            let kind = self.kind_at(at);
            if is_opener(kind) {
                open.push((at, indentation));
            } else if is_closer(kind) {
                let (inner, before) = open.pop()?;
                if line.is_some_and(|line| line < before) {
                    return Some(inner);
                }
            }
        }
        None
    }

    /// Wraps what cannot be read in an error node: up to a separator or a closing bracket that has a partner. Brackets
    /// inside are skipped with what they hold.
    pub(crate) fn skip_junk(&mut self) {
        if self.at_junk_end() {
            return;
        }
        self.node(ERROR, |p| {
            while !p.at_junk_end() {
                if is_opener(p.current()) { p.skip_brackets() } else { p.bump() }
            }
        });
    }

    fn at_junk_end(&self) -> bool {
        match self.current() {
            END_OF_FILE | NEWLINE | COMMA => true,
            kind => is_closer(kind) && self.is_open(kind),
        }
    }

    /// Skips a bracket with what it holds, or the rest of the line.
    pub(super) fn skip_group(&mut self) {
        if is_opener(self.current()) {
            self.node(ERROR, |p| p.skip_brackets());
        } else {
            self.skip_junk();
        }
    }

    fn skip_brackets(&mut self) {
        let mut depth = 0u32;
        loop {
            let kind = self.current();
            if is_opener(kind) {
                depth += 1;
            } else if is_closer(kind) {
                depth -= 1;
            } else if kind == END_OF_FILE || (self.starts_declaration() && self.indentation(self.position) == Some(0)) {
                return;
            }
            self.bump();
            if depth == 0 {
                return;
            }
        }
    }

    /// Whether the line that starts here surely starts a declaration outside this block. Asked only where brackets do not
    /// pair up, so that indentation never decides about a file that is in order.
    fn at_header(&self, block: &Block, first: usize) -> bool {
        !self.balanced
            && self.starts_declaration()
            && self.indentation(self.position) == Some(0)
            && (!block.declarations || self.indentation(first) != Some(0))
    }

    /// Whether a field starts a line in a list, where fields cannot stand.
    fn leaves_list(&self, block: &Block) -> bool {
        block.open == LEFT_BRACKET
            && self.at_key()
            && self.nth(1) == COLON
            && self.is_open(RIGHT_BRACE)
            && self.indentation(self.position).is_some()
    }

    /// Whether two or three tokens look like the start of a declaration and like nothing else.
    pub(crate) fn starts_declaration(&self) -> bool {
        self.declaration_at(0)
    }

    pub(crate) fn declaration_follows_line(&self) -> bool {
        self.at(NEWLINE) && self.declaration_at(1)
    }

    fn declaration_at(&self, ahead: usize) -> bool {
        let word = self.nth_word(ahead);
        let next = self.nth(ahead + 1);
        let next_word = self.nth_word(ahead + 1);
        if word.is_declaration() {
            return matches!(next, NAME | TEXT | TYPE_NAME | LEFT_PAREN) && !joins_values(next_word);
        }
        if word == Word::For {
            return next == NAME && self.nth_word(ahead + 2) == Word::In;
        }
        let starts_item = word.is_change()
            || matches!(word, Word::Locked | Word::Own | Word::Computed | Word::Action | Word::Emit | Word::Require);
        let is_kind = self.nth_is_name(ahead) || self.nth(ahead) == QUALIFIED_NAME;
        if starts_item || !is_kind || next_word == Word::Extends {
            return false;
        }
        let named = matches!(next, NAME | TEXT)
            && (self.nth(ahead + 2) == LEFT_BRACE || self.nth_word(ahead + 2) == Word::Extends);
        named || (next_word == Word::From && self.nth(ahead + 2) == TEXT)
    }

    /// Whether a line starts here with a word and a name that cannot go on an expression: `let y = 1` after `a +`.
    pub(crate) fn at_unrelated_declaration(&self) -> bool {
        self.word().is_declaration()
            && matches!(self.nth(1), NAME | TYPE_NAME)
            && !joins_values(self.nth_word(1))
            && self.indentation(self.position) == Some(0)
    }

    fn count_open(&mut self, open: SyntaxKind, by: i32) {
        let count = self.open.of(open);
        *count = count.saturating_add_signed(by);
    }

    /// Reads what stands in parentheses that are open here.
    pub(crate) fn in_parens(&mut self, inner: impl FnOnce(&mut Self)) {
        self.count_open(LEFT_PAREN, 1);
        inner(self);
        self.count_open(LEFT_PAREN, -1);
    }

    fn is_open(&self, close: SyntaxKind) -> bool {
        match close {
            RIGHT_BRACE => self.open.braces > 0,
            RIGHT_BRACKET => self.open.brackets > 0,
            _ => self.open.parens > 0,
        }
    }

    pub(crate) fn kind_at(&self, position: usize) -> SyntaxKind {
        self.significant.get(position).map_or(END_OF_FILE, |token| token.kind)
    }

    /// How far the line is indented that starts with this token; `None` if another token starts it.
    pub(super) fn indentation(&self, position: usize) -> Option<usize> {
        let index = self.significant.get(position)?.index as usize;
        let start_of = |index: usize| self.tokens.get(index).map(|token| token.start as usize);
        let kind_of = |index: usize| self.tokens.get(index).map(|token| token.kind);
        let Some(before) = index.checked_sub(1) else { return Some(0) };
        match kind_of(before)? {
            NEWLINE => Some(0),
            WHITESPACE if before == 0 || kind_of(before - 1) == Some(NEWLINE) => {
                Some(start_of(index)? - start_of(before)?)
            }
            _ => None,
        }
    }
}

/// Whether the word stands after a value rather than before a name.
fn joins_values(word: Word) -> bool {
    word.is_reserved()
        || matches!(word, Word::Extends | Word::Set | Word::Otherwise | Word::From | Word::Until)
        || matches!(word, Word::Can | Word::Cannot | Word::Because | Word::Breaks | Word::Keeps)
        || matches!(word, Word::Grants | Word::Owns | Word::Owned | Word::Where | Word::Matching)
}

/// How many brackets of each kind are open.
#[derive(Default)]
pub(super) struct OpenBrackets {
    braces: u32,
    brackets: u32,
    parens: u32,
}

impl OpenBrackets {
    fn of(&mut self, open: SyntaxKind) -> &mut u32 {
        match open {
            LEFT_BRACE => &mut self.braces,
            LEFT_BRACKET => &mut self.brackets,
            _ => &mut self.parens,
        }
    }
}

fn closer(open: SyntaxKind) -> SyntaxKind {
    match open {
        LEFT_BRACE => RIGHT_BRACE,
        LEFT_BRACKET => RIGHT_BRACKET,
        _ => RIGHT_PAREN,
    }
}

pub(super) fn is_wordy(kind: SyntaxKind) -> bool {
    matches!(kind, NAME | TYPE_NAME | QUALIFIED_NAME | FOREIGN_WORD | NUMBER | QUANTITY | DATE)
}

fn is_opener(kind: SyntaxKind) -> bool {
    matches!(kind, LEFT_BRACE | LEFT_BRACKET | LEFT_PAREN)
}

pub(super) fn is_closer(kind: SyntaxKind) -> bool {
    matches!(kind, RIGHT_BRACE | RIGHT_BRACKET | RIGHT_PAREN)
}
