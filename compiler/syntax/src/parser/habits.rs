//! Habits of other languages and of word processors: read as what they surely mean, reported with the way to write it.

use nbc_source::{Diagnostic, Edit, Fix, Span};

use super::recovery::{is_closer, is_wordy};
use super::{Parser, kebab};
use crate::SyntaxKind::*;
use crate::accents::unaccented;
use crate::amounts;
use crate::codes;
use crate::word::Word;

/// Units that people write after a space.
const UNITS: &[&str] =
    &["m", "k", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "Pi", "ms", "s", "min", "h", "d", "%", "EUR", "USD", "GBP"];

impl Parser<'_> {
    /// `//` or `/*`
    pub(crate) fn at_foreign_comment(&self) -> bool {
        self.at(SLASH) && self.is_joined(self.position + 1) && matches!(self.nth(1), SLASH | STAR)
    }

    /// Reports `// …` or `/* … */`, and takes the rest of its line.
    pub(crate) fn foreign_comment(&mut self) {
        let is_block = self.nth(1) == STAR;
        let (mut end, mut closed) = (self.position + 2, false);
        while !matches!(self.kind_at(end), END_OF_FILE | NEWLINE) && !closed {
            closed = is_block && self.kind_at(end) == SLASH && self.kind_at(end - 1) == STAR && self.is_joined(end);
            end += 1;
        }
        let marks = self.span_between(self.position, self.position + 2);
        let span = if closed { self.span_between(self.position, end) } else { marks };
        let mut diagnostic = Diagnostic::new(&codes::UNEXPECTED_TOKEN, span, "comments start with `#`");
        if closed {
            let inside = self.slice(span).trim_start_matches("/*").trim_end_matches("*/").trim();
            diagnostic = diagnostic.fix(Fix::replace(span, format!("# {inside}"), "write `#`"));
        } else if !is_block {
            diagnostic = diagnostic.fix(Fix::replace(marks, "#", "write `#`"));
        }
        self.report_with(diagnostic);
        self.take_as_error(end);
    }

    /// `&&`, `||`: the word that means it.
    pub(crate) fn foreign_logic(&self) -> Option<Word> {
        match self.current() {
            UNKNOWN if self.text_at(self.position) == "&" => Some(Word::And),
            PIPE if self.nth(1) == PIPE => Some(Word::Or),
            _ => None,
        }
    }

    /// Takes `and` or `or`, however it is written.
    pub(crate) fn take_logic(&mut self) {
        let Some(word) = self.foreign_logic() else { return self.bump_word() };
        let is_double = self.kind_at(self.position + 1) == self.current() && self.is_joined(self.position + 1);
        let end = self.position + if is_double { 2 } else { 1 };
        self.foreign_operator(end, word);
        self.take_as_error(end);
    }

    /// Reports an operator of another language that is a word here.
    pub(crate) fn foreign_operator(&mut self, end: usize, word: Word) {
        let span = self.span_between(self.position, end);
        let word = word.text();
        let before = if self.is_joined(self.position) && word != "not" { " " } else { "" };
        let after = if self.is_joined(end) { " " } else { "" };
        let message = format!("`{}` is not used: write `{word}`", self.slice(span));
        let code = if self.at(PIPE) { &codes::UNEXPECTED_TOKEN } else { &codes::UNKNOWN_CHARACTER };
        let fix = Fix::replace(span, format!("{before}{word}{after}"), format!("write `{word}`"));
        self.report_with(Diagnostic::new(code, span, message).fix(fix));
    }

    /// Reports `=` where two things are compared.
    pub(crate) fn report_equals(&mut self) {
        let message = "`=` gives a value to a declaration; to compare, write `==`";
        let fix = Fix::replace(self.error_span(), "==", "write `==`");
        self.report_with(Diagnostic::new(&codes::UNEXPECTED_TOKEN, self.error_span(), message).fix(fix));
    }

    /// Takes `=` as the `==` that is meant.
    pub(crate) fn single_equals(&mut self) {
        self.report_equals();
        self.bump_as(EQUAL_EQUAL);
    }

    /// `- robin` on a line of its own, where a value must stand.
    pub(crate) fn at_dashed_list(&self) -> bool {
        self.at(MINUS) && self.starts_line(self.position) && !self.is_joined(self.position + 1)
    }

    /// Reports a list as YAML writes it and takes it whole.
    pub(crate) fn dashed_list(&mut self) {
        let (mut elements, mut end) = (Vec::new(), self.position);
        loop {
            let is_next = self.kind_at(end) == NEWLINE && self.kind_at(end + 1) == MINUS && self.starts_line(end + 1);
            let dash = if is_next { end + 1 } else { end };
            if self.kind_at(dash) != MINUS || !self.starts_line(dash) {
                break;
            }
            end = dash + 1;
            while !matches!(self.kind_at(end), END_OF_FILE | NEWLINE) && !is_closer(self.kind_at(end)) {
                end += 1;
            }
            elements.push(self.slice(self.span_between(dash + 1, end)));
        }
        let gap = Span { start: self.span_after_previous().end, ..self.span_between(self.position, end) };
        let fix = Fix::replace(gap, format!(" [{}]", elements.join(", ")), "write a list");
        let message = "a list stands in `[ ]`, its elements separated by commas or line breaks";
        self.report_with(Diagnostic::new(&codes::UNEXPECTED_TOKEN, self.error_span(), message).fix(fix));
        self.take_as_error(end);
    }

    /// Whether the line here starts a field, so that the field before it has no value.
    pub(crate) fn at_next_field(&self) -> bool {
        self.starts_line(self.position) && self.at_key() && self.nth(1) == COLON
    }

    /// What stands after a field's value and shows that the value goes on: `members: ana, bob`, `cpu: 1,000`.
    pub(crate) fn value_goes_on(&mut self) {
        let Some(start) = self.value_start else { return };
        if !self.at(COMMA) || start >= self.position {
            return;
        }
        if start + 1 == self.position && self.is_joined(self.position) && self.at_thousands() {
            self.thousands(start);
        } else if start + 1 == self.position && self.decimal_comma(start) {
            // Reported, and taken.
        } else if self.at_lone_value(self.position + 1) {
            self.bare_list(start);
        }
    }

    /// `,000` straight after a number.
    fn at_thousands(&self) -> bool {
        let figures = |text: &str| {
            text.bytes().take_while(u8::is_ascii_digit).count() == 3 && !text.starts_with(|c: char| c.is_alphabetic())
        };
        let is_number = matches!(self.kind_at(self.position - 1), NUMBER | MONEY | QUANTITY);
        is_number && self.is_joined(self.position + 1) && figures(self.text_at(self.position + 1))
    }

    fn thousands(&mut self, start: usize) {
        let end = self.amount_end();
        let span = self.span_between(start, end);
        let written = self.slice(span).replace(',', "_");
        let message = "a comma does not stand inside a number; thousands may be parted by `_`";
        let fix = Fix::replace(span, &written, format!("write `{written}`")).may_change_meaning();
        self.report_with(Diagnostic::new(&codes::BAD_NUMBER, span, message).fix(fix));
        self.take_as_error(end);
    }

    /// Where an amount ends that has a comma here: commas with figures on both sides belong to it.
    fn amount_end(&self) -> usize {
        let figure = |at: usize| self.text_at(at).starts_with(|c: char| c.is_ascii_digit());
        let mut end = self.position + 1;
        while self.is_joined(end)
            && match self.kind_at(end) {
                COMMA => self.is_joined(end + 1) && figure(end + 1),
                kind => kind != NEWLINE && !is_closer(kind),
            }
        {
            end += 1;
        }
        end
    }

    /// `cpu: 2,5`, `price: 2,50€/h`
    fn decimal_comma(&mut self, start: usize) -> bool {
        let is_number = self.kind_at(start) == NUMBER && self.is_joined(self.position);
        if !is_number || !self.is_joined(self.position + 1) {
            return false;
        }
        let end = self.amount_end();
        let is_amount = self.amount_elsewhere(self.span_between(start, end));
        if is_amount {
            self.take_as_error(end);
        }
        is_amount
    }

    /// `8 cores`, `900 EUR/month`: reports an amount as people write it elsewhere.
    pub(super) fn amount_elsewhere(&mut self, span: Span) -> bool {
        let written = self.slice(span);
        let Some(amount) = amounts::spelled(written) else { return false };
        let message = format!("`{written}` is written `{}`", amount.text);
        let fix = Fix::replace(span, &amount.text, format!("write `{}`", amount.text));
        let fix = if amount.is_same { fix } else { fix.may_change_meaning() };
        self.report_with(Diagnostic::new(&codes::BAD_NUMBER, span, message).fix(fix));
        true
    }

    /// Where a handle of several words ends: `rui.costa`, `rui costa`. `None` for one word, and where no block follows.
    pub(crate) fn foreign_handle_end(&self) -> Option<usize> {
        let is_part = |at: usize| {
            let parts = [NAME, FOREIGN_WORD, TYPE_NAME, NUMBER, QUANTITY, DOT];
            parts.contains(&self.kind_at(at)) && self.nth_word(at - self.position) != Word::Extends
        };
        let mut end = self.position;
        while is_part(end) {
            end += 1;
        }
        let ends = self.kind_at(end) == LEFT_BRACE || self.nth_word(end - self.position) == Word::Extends;
        (ends && end > self.position + 1 && !self.at(DOT)).then_some(end)
    }

    /// Reports a handle of several words and reads it as the name that is written instead.
    pub(crate) fn foreign_handle(&mut self, end: usize) {
        let span = self.span_between(self.position, end);
        let written = self.slice(span);
        let message = format!("`{written}` cannot be a name: names are lower-case words joined by `-`");
        let mut found =
            Diagnostic::new(&codes::BAD_NAME, span, message).label("expected the handle of what is declared");
        if let Some(name) = kebab(written).filter(|_| unaccented(written).is_ascii()) {
            let mut fix = Fix::replace(span, &name, format!("write `{name}`")).may_change_meaning();
            let is_login = written.contains('.') && self.kind_at(end) == LEFT_BRACE;
            if is_login && self.position > 0 && self.text_at(self.position - 1) == "user" {
                found = found.help(format!("the login itself is kept by `username: \"{written}\"`"));
                fix.edits.push(self.username(end, written));
            }
            found = found.fix(fix);
        }
        self.report_with(found);
        self.node(FOREIGN_KEY, |p| {
            while p.position < end {
                p.bump();
            }
        });
    }

    /// Says the login in the block that the brace there opens.
    fn username(&self, brace: usize, login: &str) -> Edit {
        let at = self.span_at(brace).end;
        let field = format!("username: \"{login}\"");
        let text = match self.kind_at(brace + 1) {
            NEWLINE => format!("\n  {field}"),
            RIGHT_BRACE => format!(" {field} "),
            _ => format!(" {field},"),
        };
        Edit { span: Span { start: at, end: at, ..self.span_at(brace) }, text }
    }

    /// A name or text that is no field: nothing follows it on its line.
    fn at_lone_value(&self, position: usize) -> bool {
        matches!(self.kind_at(position), NAME | TEXT | QUALIFIED_NAME | NUMBER | QUANTITY | DATE)
            && matches!(self.kind_at(position + 1), COMMA | NEWLINE | RIGHT_BRACE | END_OF_FILE)
    }

    fn bare_list(&mut self, start: usize) {
        let mut end = self.position;
        while self.kind_at(end) == COMMA && self.at_lone_value(end + 1) {
            end += 2;
        }
        let span = self.span_between(start, end);
        let list = format!("[{}]", self.slice(span));
        let fix = Fix::replace(span, &list, format!("write `{list}`"));
        let message = "several values of one field stand in `[ ]`";
        self.report_with(Diagnostic::new(&codes::UNEXPECTED_TOKEN, span, message).fix(fix));
        self.take_as_error(end);
    }

    /// `8 Gi`: a number, then its unit.
    pub(crate) fn is_parted_unit(&self, start: usize, end: usize) -> bool {
        start + 2 == end && self.kind_at(start) == NUMBER && UNITS.contains(&self.text_at(start + 1))
    }

    pub(crate) fn parted_unit(&mut self, span: Span) {
        let joined: String = self.slice(span).split_whitespace().collect();
        let message = format!("no space stands between a number and its unit: `{joined}`");
        let fix = Fix::replace(span, &joined, format!("write `{joined}`"));
        self.report_with(Diagnostic::new(&codes::BAD_NUMBER, span, message).fix(fix));
    }

    /// `10 %`
    pub(crate) fn parted_percent(&mut self) -> bool {
        let number = self.position.checked_sub(1).filter(|at| self.kind_at(*at) == NUMBER);
        let Some(number) = number.filter(|_| self.at(UNKNOWN) && self.text_at(self.position) == "%") else {
            return false;
        };
        self.parted_unit(self.span_between(number, self.position + 1));
        self.take_as_error(self.position + 1);
        true
    }

    /// `800€`, `800€/month`: reports an amount whose sign stands behind it.
    pub(crate) fn sign_behind(&mut self) -> bool {
        let sign = self.text_at(self.position);
        let Some(number) = self.position.checked_sub(1).filter(|at| self.kind_at(*at) == NUMBER) else { return false };
        if !matches!(sign, "$" | "€" | "£") || !self.is_joined(self.position) {
            return false;
        }
        let mut end = self.position + 1;
        while self.is_joined(end) && matches!(self.kind_at(end), SLASH | NAME) {
            end += 1;
        }
        let span = self.span_between(number, end);
        let written = format!("{sign}{}", self.slice(span).replacen(sign, "", 1));
        let message = format!("the sign of a currency stands in front: `{written}`");
        let fix = Fix::replace(span, &written, format!("write `{written}`"));
        self.report_with(Diagnostic::new(&codes::BAD_NUMBER, span, message).fix(fix));
        self.take_as_error(end);
        true
    }

    /// `800/month`: a rate that does not say in which currency.
    pub(crate) fn at_bare_rate(&self) -> bool {
        self.at(SLASH)
            && self.is_joined(self.position)
            && self.is_joined(self.position + 1)
            && self.position.checked_sub(1).is_some_and(|at| self.kind_at(at) == NUMBER)
            && matches!(self.text_at(self.position + 1), "hour" | "day" | "month" | "year")
    }

    pub(crate) fn bare_rate(&mut self) {
        let span = self.span_between(self.position - 1, self.position + 2);
        let written = self.slice(span);
        let message = format!("`{written}` does not say in which currency");
        let help = format!("write the sign of the currency in front, as in `€{written}`");
        self.report_with(Diagnostic::new(&codes::BAD_NUMBER, span, message).help(help));
        self.take_as_error(self.position + 2);
    }

    /// `“ML research”`: takes a text in the quotes of a word processor. Without the second quote it is left alone.
    pub(crate) fn curly_text(&mut self) -> bool {
        let opens = |text: &str| matches!(text, "“" | "”" | "„" | "«" | "‘" | "’");
        let closes = |text: &str| matches!(text, "”" | "“" | "»" | "’" | "‘");
        if !self.at(UNKNOWN) || !opens(self.text_at(self.position)) {
            return false;
        }
        let mut end = self.position + 1;
        while !matches!(self.kind_at(end), NEWLINE | END_OF_FILE) && !closes(self.text_at(end)) {
            end += 1;
        }
        if !closes(self.text_at(end)) {
            return false;
        }
        let span = self.span_between(self.position, end + 1);
        let inside = self.slice(Span { start: self.span_at(self.position).end, end: self.span_at(end).start, ..span });
        let mut diagnostic = Diagnostic::new(
            &codes::UNKNOWN_CHARACTER,
            span,
            format!("`{}` is no quote here: texts stand in `\"`", self.text_at(self.position)),
        );
        if !inside.contains(['"', '\\', '{']) {
            diagnostic = diagnostic.fix(Fix::replace(span, format!("\"{inside}\""), "write `\"`"));
        }
        self.report_with(diagnostic);
        self.take_as_error(end + 1);
        true
    }

    /// `'ML's research'`: reports a text that an apostrophe or quote cuts short, and takes the rest of the line.
    pub(crate) fn cut_text(&mut self) -> bool {
        let previous = self.position.checked_sub(1).filter(|at| matches!(self.kind_at(*at), TEXT | VERBATIM));
        let Some(text) = previous.filter(|_| self.is_joined(self.position) && is_wordy(self.current())) else {
            return false;
        };
        let mut end = self.position;
        while !matches!(self.kind_at(end), NEWLINE | END_OF_FILE) {
            end += 1;
        }
        let span = self.span_between(text, end);
        let quote = self.slice(span).get(..1).unwrap_or_default();
        let whole = self.slice(span).strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        let mut diagnostic =
            Diagnostic::new(&codes::UNEXPECTED_TOKEN, span, format!("the text ends at the second `{quote}`"));
        if let Some(inside) = whole.filter(|inside| !inside.contains(['"', '\\', '{'])) {
            diagnostic = diagnostic.fix(Fix::replace(span, format!("\"{inside}\""), "write it in `\"`"));
        }
        self.report_with(diagnostic);
        self.take_as_error(end);
        true
    }

    /// `group.ml.quota.cpu: 8` in a stage, without the word that says what becomes of it.
    pub(crate) fn change_without_word(&mut self) {
        let mut end = self.position + 1;
        while matches!(self.kind_at(end), DOT | NAME | TEXT | FOREIGN_WORD) && self.kind_at(end) != NEWLINE {
            end += 1;
        }
        let path = self.span_between(self.position, end);
        let message = "a change starts with what it does: `set`, `override`, `add`, `remove` or `unset`";
        let adds = self.kind_at(end) == PLUS && self.kind_at(end + 1) == EQUALS;
        let start = Span { end: path.start, ..path };
        let fix = if adds {
            let colon =
                Edit { span: Span { start: path.end, end: self.span_at(end + 1).end, ..path }, text: ":".to_owned() };
            let word = Edit { span: start, text: "add ".to_owned() };
            Fix { title: "write `add`".to_owned(), safe: true, edits: vec![word, colon] }
        } else {
            Fix::replace(start, "override ", "write `override`").may_change_meaning()
        };
        let found = Diagnostic::new(&codes::UNEXPECTED_TOKEN, path, message).fix(fix);
        self.report_with(found.help("`set` is for what nobody said yet, `override` for what was said"));
        self.skip_junk();
    }

    /// Takes everything before `end` as what cannot be read.
    pub(crate) fn take_as_error(&mut self, end: usize) {
        self.node(ERROR, |p| {
            while p.position < end {
                p.bump();
            }
        });
    }

    /// Whether the token is the first of its line.
    pub(crate) fn starts_line(&self, position: usize) -> bool {
        self.indentation(position).is_some()
    }
}
