//! The engine under `grammar`: a cursor over the significant tokens that records events and findings.
//!
//! Nothing fails and nothing is taken back: the grammar is LL(2), so a rule is chosen by two tokens and then holds.
//! Every token is the subject of at most one finding, and nesting is bounded by [`NESTING_LIMIT`].

use nbc_source::{Code, Diagnostic, FileId, Fix, Span};

use crate::SyntaxKind::{self, *};
use crate::accents::{capitalised, unaccented};
use crate::codes;
use crate::events::Event;
use crate::invisible::is_invisible;
use crate::lexer::Token;
use crate::tokens::Significant;
use crate::word::Word;

mod habits;
mod recovery;

use recovery::OpenBrackets;

pub(crate) use recovery::{ADDRESS, Block, is_version_sign};

/// Brackets and prefixes that may stand inside one another.
pub(crate) const NESTING_LIMIT: u32 = 128;

/// A place in the events where a node may still be put around what followed.
#[derive(Clone, Copy)]
pub(crate) struct Mark(usize);

pub(crate) struct Parser<'t> {
    text: &'t str,
    file: FileId,
    /// Where the text stands in its file.
    offset: u32,
    tokens: &'t [Token],
    significant: &'t [Significant],
    /// Whether all brackets of the text pair up.
    balanced: bool,
    position: usize,
    events: Vec<Event>,
    diagnostics: Vec<Diagnostic>,
    /// The token that the last finding was about.
    last_error: Option<usize>,
    nesting: u32,
    /// Brackets that are open here.
    open: OpenBrackets,
    /// Where the last value of a field starts.
    value_start: Option<usize>,
    /// Whether what is read must be true or false, so that `=` can only mean `==`.
    in_condition: bool,
}

impl<'t> Parser<'t> {
    pub(crate) fn new(
        text: &'t str,
        file: FileId,
        offset: u32,
        tokens: &'t [Token],
        significant: &'t [Significant],
        balanced: bool,
    ) -> Parser<'t> {
        Parser {
            text,
            file,
            offset,
            tokens,
            significant,
            balanced,
            position: 0,
            events: Vec::with_capacity(significant.len() * 3),
            diagnostics: Vec::new(),
            last_error: None,
            nesting: 0,
            open: OpenBrackets::default(),
            value_start: None,
            in_condition: false,
        }
    }

    pub(crate) fn finish(self) -> (Vec<Event>, Vec<Diagnostic>) {
        (self.events, self.diagnostics)
    }

    // Looking.

    pub(crate) fn current(&self) -> SyntaxKind {
        self.nth(0)
    }

    pub(crate) fn nth(&self, ahead: usize) -> SyntaxKind {
        self.significant.get(self.position + ahead).map_or(END_OF_FILE, |token| token.kind)
    }

    pub(crate) fn word(&self) -> Word {
        self.nth_word(0)
    }

    pub(crate) fn nth_word(&self, ahead: usize) -> Word {
        self.significant.get(self.position + ahead).map_or(Word::Other, |token| token.word)
    }

    pub(crate) fn at(&self, kind: SyntaxKind) -> bool {
        self.current() == kind
    }

    pub(crate) fn at_word(&self, word: Word) -> bool {
        self.word() == word
    }

    pub(crate) fn at_end(&self) -> bool {
        self.position >= self.significant.len()
    }

    /// A name that may stand for a thing: any word but the reserved ones.
    pub(crate) fn at_name(&self) -> bool {
        self.nth_is_name(0)
    }

    pub(crate) fn nth_is_name(&self, ahead: usize) -> bool {
        self.nth(ahead) == NAME && !self.nth_word(ahead).is_reserved()
    }

    pub(crate) fn at_reference(&self) -> bool {
        self.at_name() || self.at(QUALIFIED_NAME)
    }

    /// Field names, map keys and what follows a dot: every word, and quoted text.
    pub(crate) fn at_key(&self) -> bool {
        self.nth_is_key(0)
    }

    pub(crate) fn nth_is_key(&self, ahead: usize) -> bool {
        matches!(self.nth(ahead), NAME | QUALIFIED_NAME | TEXT)
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    // Building.

    pub(crate) fn bump(&mut self) {
        let kind = self.current();
        self.bump_as(kind);
    }

    /// Takes a name as a word of the language.
    pub(crate) fn bump_word(&mut self) {
        self.bump_as(KEYWORD);
    }

    pub(crate) fn bump_as(&mut self, kind: SyntaxKind) {
        if !self.at_end() {
            self.events.push(Event::Token(kind));
            self.position += 1;
        }
    }

    pub(crate) fn eat(&mut self, kind: SyntaxKind) -> bool {
        let found = self.at(kind);
        if found {
            self.bump();
        }
        found
    }

    pub(crate) fn eat_word(&mut self, word: Word) -> bool {
        let found = self.at_word(word);
        if found {
            self.bump_word();
        }
        found
    }

    pub(crate) fn node(&mut self, kind: SyntaxKind, inner: impl FnOnce(&mut Self)) {
        self.events.push(Event::Start(kind));
        inner(self);
        self.events.push(Event::Finish);
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark(self.events.len())
    }

    /// Puts a node around everything since the mark. Nesting is bounded, so the moves add up to little.
    pub(crate) fn wrap(&mut self, mark: Mark, kind: SyntaxKind) {
        let at = mark.0.min(self.events.len());
        self.events.insert(at, Event::Start(kind));
        self.events.push(Event::Finish);
    }

    /// Opens a node around everything since the mark; `inner` adds the rest of it.
    pub(crate) fn wrap_with(&mut self, mark: Mark, kind: SyntaxKind, inner: impl FnOnce(&mut Self)) {
        let at = mark.0.min(self.events.len());
        self.events.insert(at, Event::Start(kind));
        inner(self);
        self.events.push(Event::Finish);
    }

    /// Runs `inner` one level deeper, or reports that there are too many and skips what stands here.
    pub(crate) fn nested(&mut self, inner: impl FnOnce(&mut Self)) {
        if self.nesting >= NESTING_LIMIT {
            let message = format!("more than {NESTING_LIMIT} levels stand inside one another");
            self.report(&codes::NESTED_TOO_DEEPLY, message);
            self.skip_group();
            return;
        }
        self.nesting += 1;
        inner(self);
        self.nesting -= 1;
    }

    /// Reads what must be true or false.
    pub(crate) fn condition(&mut self, inner: impl FnOnce(&mut Self)) {
        let outside = std::mem::replace(&mut self.in_condition, true);
        inner(self);
        self.in_condition = outside;
    }

    pub(crate) fn in_condition(&self) -> bool {
        self.in_condition
    }

    // Reporting.

    /// Where a token stands in its file; past the end, the end.
    pub(crate) fn span_at(&self, position: usize) -> Span {
        let index = self.significant.get(position).map(|token| token.index as usize);
        let at = |index: usize| self.tokens.get(index).map_or(self.text.len() as u32, |token| token.start);
        match index {
            Some(index) => self.span(at(index), at(index + 1)),
            None => self.span(self.text.len() as u32, self.text.len() as u32),
        }
    }

    pub(crate) fn span(&self, start: u32, end: u32) -> Span {
        Span::new(self.file, self.offset + start..self.offset + end)
    }

    /// The place just after the token before the cursor, where something is missing.
    pub(crate) fn span_after_previous(&self) -> Span {
        let end = self.position.checked_sub(1).map_or(self.offset, |previous| self.span_at(previous).end);
        Span::new(self.file, end..end)
    }

    /// From one token up to, and without, another; no line break or space at the end.
    pub(crate) fn span_between(&self, start: usize, end: usize) -> Span {
        let last = end.checked_sub(1).unwrap_or(start);
        Span::new(self.file, self.span_at(start).start..self.span_at(last).end)
    }

    pub(crate) fn slice(&self, span: Span) -> &'t str {
        let at = |offset: u32| offset.saturating_sub(self.offset) as usize;
        self.text.get(at(span.start)..at(span.end)).unwrap_or_default()
    }

    /// Marks that the value of a field starts here.
    pub(crate) fn value_starts(&mut self) {
        self.value_start = Some(self.position);
    }

    pub(crate) fn text_at(&self, position: usize) -> &'t str {
        self.slice(self.span_at(position))
    }

    /// Whether nothing, not even a space, stands between the token at `position` and the one before it.
    pub(crate) fn is_joined(&self, position: usize) -> bool {
        let index = |at: usize| self.significant.get(at).map(|token| token.index);
        match (position.checked_sub(1).and_then(index), index(position)) {
            (Some(before), Some(here)) => before + 1 == here,
            _ => false,
        }
    }

    /// How a message names the token at the cursor.
    pub(crate) fn found(&self) -> String {
        match self.current() {
            END_OF_FILE => "the end of the file".to_owned(),
            NEWLINE => "the end of the line".to_owned(),
            TEXT | VERBATIM => "a text".to_owned(),
            _ => format!("`{}`", self.text_at(self.position)),
        }
    }

    /// Where a message about the cursor points: at the token, or at the end of the line that lacks one.
    pub(crate) fn error_span(&self) -> Span {
        match self.current() {
            END_OF_FILE | NEWLINE => self.span_after_previous(),
            _ => self.span_at(self.position),
        }
    }

    pub(crate) fn report(&mut self, code: &'static Code, message: impl Into<String>) {
        let diagnostic = Diagnostic::new(code, self.error_span(), message);
        self.report_with(diagnostic);
    }

    /// Keeps a finding unless the token at the cursor already has one.
    pub(crate) fn report_with(&mut self, diagnostic: Diagnostic) {
        if !self.is_reported() {
            self.last_error = Some(self.position);
            self.diagnostics.push(diagnostic);
        }
    }

    /// Whether the token at the cursor is the subject of a finding already.
    pub(crate) fn is_reported(&self) -> bool {
        self.last_error == Some(self.position)
    }

    /// Reports what should have stood here; nothing is taken.
    pub(crate) fn expected(&mut self, what: &str) {
        if self.at(UNKNOWN) {
            return self.unknown_character();
        }
        let message = format!("expected {what}, found {}", self.found());
        self.report(&codes::UNEXPECTED_TOKEN, message);
    }

    fn unknown_character(&mut self) {
        let written = self.text_at(self.position);
        if written.chars().all(is_invisible) {
            // Reported for the whole file already.
            self.last_error = Some(self.position);
            return;
        }
        let span = self.error_span();
        let fix = |text: &str, title: &str| Fix::replace(span, text, title);
        let (message, fix) = match written {
            ";" if !matches!(self.nth(1), NEWLINE | END_OF_FILE | RIGHT_BRACE) => {
                ("`;` is not used: a comma or a line break is enough".to_owned(), Some(fix(",", "write `,`")))
            }
            ";" => ("`;` is not used: a comma or a line break is enough".to_owned(), Some(fix("", "remove `;`"))),
            "&" => ("`&` is not used: write `and`".to_owned(), None),
            "“" | "”" | "„" | "«" | "»" => (
                format!("`{written}` is no quote here: texts stand in `\"`"),
                Some(fix("\"", "write `\"`").may_change_meaning()),
            ),
            space if space.trim().is_empty() => (
                "a space that is not an ordinary one stands here".to_owned(),
                Some(fix(" ", "write an ordinary space")),
            ),
            other => (format!("`{other}` is not used by the language"), None),
        };
        let mut diagnostic = Diagnostic::new(&codes::UNKNOWN_CHARACTER, span, message);
        diagnostic.fix = fix;
        self.report_with(diagnostic);
    }

    /// Takes a token that must be here, or reports that it is not.
    pub(crate) fn expect(&mut self, kind: SyntaxKind, what: &str) -> bool {
        let found = self.eat(kind);
        if !found {
            self.expected(what);
        }
        found
    }

    pub(crate) fn expect_word(&mut self, word: Word) -> bool {
        let found = self.eat_word(word);
        if !found {
            self.expected(&format!("`{}`", word.text()));
        }
        found
    }

    /// Takes the name of something new or referred to, or says how names are written.
    pub(crate) fn expect_name(&mut self, what: &str) -> bool {
        if self.at_name() {
            self.bump();
            return true;
        }
        self.not_a_name(what);
        false
    }

    /// The name of a field where it is declared: every word, since a field is only ever written with `:` or after a dot.
    pub(crate) fn expect_field_name(&mut self, what: &str) -> bool {
        if self.at(NAME) {
            self.bump();
            return true;
        }
        self.not_a_name(what);
        false
    }

    pub(crate) fn expect_reference(&mut self, what: &str) -> bool {
        if self.at_reference() {
            self.bump();
            return true;
        }
        self.not_a_name(what);
        false
    }

    /// Says why the token here cannot be a name, and takes it if it was surely meant as one.
    fn not_a_name(&mut self, what: &str) {
        let written = self.text_at(self.position);
        match self.current() {
            TYPE_NAME | FOREIGN_WORD | QUALIFIED_NAME => {
                let name = kebab(written).filter(|_| unaccented(written).is_ascii());
                let span = self.error_span();
                let rule = match written.starts_with(|c: char| c.is_ascii_digit()) {
                    true => "a name begins with a letter",
                    false => "names are lower-case words joined by `-`",
                };
                let message = format!("`{written}` cannot be a name: {rule}");
                let mut diagnostic = Diagnostic::new(&codes::BAD_NAME, span, message).label(format!("expected {what}"));
                if let Some(name) = name {
                    let fix = Fix::replace(span, &name, format!("write `{name}`"));
                    let is_same = name.eq_ignore_ascii_case(written);
                    diagnostic = diagnostic.fix(if is_same { fix } else { fix.may_change_meaning() });
                }
                self.report_with(diagnostic);
                // What it stands for is read as its name, so that whoever refers to it is not told that it is missing.
                match self.current() {
                    QUALIFIED_NAME => self.node(ERROR, |p| p.bump()),
                    _ => self.bump_as(NAME),
                }
            }
            NAME => {
                let message = format!("`{written}` is a word of the language and cannot be a name here");
                let label = format!("expected {what}");
                let diagnostic = Diagnostic::new(&codes::RESERVED_WORD, self.error_span(), message).label(label);
                self.report_with(diagnostic);
                self.node(ERROR, |p| p.bump());
            }
            _ => self.expected(what),
        }
    }

    pub(crate) fn expect_type_name(&mut self, what: &str) -> bool {
        if self.at(NAME) {
            let written = self.text_at(self.position);
            let name = camel(written);
            let span = self.error_span();
            let message = format!("`{written}` cannot name a type: type names are written `{name}`");
            let fix = Fix::replace(span, &name, format!("write `{name}`"));
            self.report_with(Diagnostic::new(&codes::BAD_NAME, span, message).fix(fix));
            self.bump_as(TYPE_NAME);
            return true;
        }
        self.expect(TYPE_NAME, what)
    }
}

/// `ML_research` as a name: `ml-research`; `Müller` as `mueller`; `2026-intake` as `intake-2026`. `None` when nothing of
/// it can stand in a name.
pub fn kebab(written: &str) -> Option<String> {
    let mut name = String::new();
    let mut before = '-';
    for c in unaccented(written).chars() {
        if c.is_ascii_alphanumeric() {
            if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
                name.push('-');
            }
            name.push(c.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
        before = c;
    }
    let name = name.trim_end_matches('-');
    // A name begins with a letter, so figures in front go to the end.
    let words: Vec<&str> = name.split('-').collect();
    let first = words.iter().position(|word| word.starts_with(|c: char| c.is_ascii_lowercase()))?;
    let (figures, words) = words.split_at_checked(first)?;
    Some([words, figures].concat().join("-"))
}

/// `sign-in` as a type name: `SignIn`.
pub fn camel(written: &str) -> String {
    written.split('-').map(capitalised).collect()
}
