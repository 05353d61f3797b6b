//! Texts: quotes, escapes, interpolations, and the indentation of the long forms.

use std::borrow::Cow;
use std::ops::Range;

use nom::bytes::complete::{tag, take_while_m_n};
use nom::character::complete::anychar;
use nom::combinator::map_opt;
use nom::sequence::delimited;
use nom::{IResult, Parser};

use super::Fault;
use crate::codes;

/// A piece of a text in double quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextPart<'t> {
    /// What stands there, escapes read.
    Literal(Cow<'t, str>),
    /// The bytes between `{` and `}`, counted from the start of the token; read them with `parse_interpolation`.
    Interpolation { range: Range<u32> },
}

/// A text in double quotes, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text<'t> {
    pub parts: Vec<TextPart<'t>>,
    pub faults: Vec<Fault>,
}

impl<'t> Text<'t> {
    /// The text itself, if it interpolates nothing.
    pub fn plain(self) -> Option<Cow<'t, str>> {
        let mut parts = self.parts.into_iter();
        match (parts.next(), parts.next()) {
            (None, _) => Some(Cow::Borrowed("")),
            (Some(TextPart::Literal(text)), None) => Some(text),
            _ => None,
        }
    }

    fn push(&mut self, piece: &'t str) {
        if piece.is_empty() {
            return;
        }
        match self.parts.last_mut() {
            Some(TextPart::Literal(text)) => text.to_mut().push_str(piece),
            _ => self.parts.push(TextPart::Literal(Cow::Borrowed(piece))),
        }
    }

    fn push_char(&mut self, c: char) {
        match self.parts.last_mut() {
            Some(TextPart::Literal(text)) => text.to_mut().push(c),
            _ => self.parts.push(TextPart::Literal(Cow::Owned(c.to_string()))),
        }
    }
}

/// The pieces of a [`crate::SyntaxKind::TEXT`]; what is wrong with it is left out.
pub fn text_parts(token: &str) -> Vec<TextPart<'_>> {
    text(token).parts
}

/// Reads a [`crate::SyntaxKind::TEXT`].
///
/// A long form starts after its first line break and ends before its last; the indentation of the line of the closing
/// quotes is taken off every line. Line breaks are read as `\n`.
pub fn text(token: &str) -> Text<'_> {
    let mut text = Text::default();
    for (at, line) in lines(token, '"') {
        scan(line, at, &mut text);
    }
    text
}

/// The text of a [`crate::SyntaxKind::VERBATIM`], as written; the long form as in [`text`].
pub fn verbatim(token: &str) -> Cow<'_, str> {
    let mut lines = lines(token, '\'');
    match (lines.next(), lines.next()) {
        (None, _) => Cow::Borrowed(""),
        (Some((_, only)), None) => Cow::Borrowed(only),
        (Some((_, first)), Some((_, second))) => {
            let mut whole = String::with_capacity(token.len());
            whole.push_str(first);
            whole.push_str(second);
            whole.extend(lines.map(|(_, line)| line));
            Cow::Owned(whole)
        }
    }
}

/// Where each line of [`verbatim`] starts in the token, so that a place in what it says is a place in the file.
pub fn verbatim_lines(token: &str) -> impl Iterator<Item = usize> {
    lines(token, '\'').step_by(2).map(|(at, _)| at)
}

/// Whether the quotes of a text are closed.
pub fn is_terminated(token: &str) -> bool {
    let quote = if token.starts_with('"') { '"' } else { '\'' };
    content(token, quote).closed
}

/// What a long text says that starts after its first line break and ends before its last, escapes and interpolations as
/// written. `None` for every other text: its indentation is part of what it says.
pub(crate) fn block(token: &str) -> Option<String> {
    let quote = token.chars().next()?;
    let content = content(token, quote);
    let (first, rest) = content.text.split_once('\n')?;
    let last = rest.rsplit('\n').next().unwrap_or_default();
    let is_block = content.long && is_blank(first.trim_end_matches('\r')) && is_blank(last);
    is_block.then(|| lines(token, quote).map(|(_, line)| line).collect())
}

fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| byte == b' ' || byte == b'\t')
}

struct Content<'t> {
    /// Where the content starts in the token.
    start: usize,
    text: &'t str,
    long: bool,
    closed: bool,
}

fn content(token: &str, quote: char) -> Content<'_> {
    let long = if quote == '"' { "\"\"\"" } else { "'''" };
    if let Some(body) = token.strip_prefix(long) {
        let inner = body.strip_suffix(long);
        return Content { start: 3, text: inner.unwrap_or(body), long: true, closed: inner.is_some() };
    }
    let body = token.strip_prefix(quote).unwrap_or(token);
    let inner = body.strip_suffix(quote).filter(|inner| {
        let escapes = inner.len() - inner.trim_end_matches('\\').len();
        quote == '\'' || escapes.is_multiple_of(2)
    });
    Content { start: token.len() - body.len(), text: inner.unwrap_or(body), long: false, closed: inner.is_some() }
}

/// The lines of a text with their places in the token, and `\n` between them as lines of their own.
fn lines(token: &str, quote: char) -> impl Iterator<Item = (usize, &str)> {
    let content = content(token, quote);
    let mut text = content.text;
    let mut start = content.start;
    let mut indentation = "";
    if content.long {
        let first = text.split_inclusive('\n').next().unwrap_or_default();
        if first.ends_with('\n') && first.trim_ascii().is_empty() {
            start += first.len();
            text = text.strip_prefix(first).unwrap_or_default();
        }
        let last = text.rsplit('\n').next().unwrap_or_default();
        if is_blank(last) {
            indentation = last;
            text = text.strip_suffix(last).unwrap_or(text);
            text = text.strip_suffix('\n').unwrap_or(text);
            text = text.strip_suffix('\r').unwrap_or(text);
        }
    }
    text.split_inclusive('\n').flat_map(move |line| {
        let at = start;
        start += line.len();
        let (body, broken) = match line.strip_suffix('\n') {
            Some(body) => (body.strip_suffix('\r').unwrap_or(body), true),
            None => (line, false),
        };
        let kept = body.strip_prefix(indentation).unwrap_or_else(|| body.trim_start_matches([' ', '\t']));
        let shift = body.len() - kept.len();
        [(at + shift, kept), (at + body.len(), if broken { "\n" } else { "" })]
    })
}

fn scan<'t>(line: &'t str, start: usize, out: &mut Text<'t>) {
    let mut rest = line;
    loop {
        let Some(special) = rest.find(['\\', '{']) else {
            out.push(rest);
            return;
        };
        let (before, from) = rest.split_at_checked(special).unwrap_or((rest, ""));
        out.push(before);
        let at = start + (line.len() - from.len());
        rest = if from.starts_with('{') { interpolation(from, at, out) } else { escaped(from, at, out) };
    }
}

/// Reads `{…}`; braces do not nest.
fn interpolation<'t>(from: &'t str, at: usize, out: &mut Text<'t>) -> &'t str {
    let body = from.strip_prefix('{').unwrap_or(from);
    match body.split_once('}') {
        Some((inner, after)) => {
            let range = at as u32 + 1..(at + 1 + inner.len()) as u32;
            out.parts.push(TextPart::Interpolation { range });
            after
        }
        None => {
            out.faults.push(Fault {
                code: &codes::BAD_INTERPOLATION,
                message: "`{` has no `}` on its line; for a brace itself write `\\{`".to_owned(),
                range: at as u32..at as u32 + 1,
            });
            out.push("{");
            body
        }
    }
}

fn escaped<'t>(from: &'t str, at: usize, out: &mut Text<'t>) -> &'t str {
    if let Ok((rest, c)) = escape(from) {
        out.push_char(c);
        return rest;
    }
    let mut after = from.chars();
    after.next();
    let next = after.next().map(String::from).unwrap_or_default();
    let message = match next.as_str() {
        "u" => "`\\u` is followed by the number of a character, as in `\\u{e9}`".to_owned(),
        _ => format!("`\\{next}` means nothing; the escapes are `\\n \\t \\\" \\\\ \\{{ \\u{{…}}`"),
    };
    let mut rest = after.as_str();
    if next == "u" && rest.starts_with('{') {
        rest = rest.split_once('}').map_or(rest, |(_, after)| after);
    }
    let length = from.len() - rest.len();
    out.faults.push(Fault { code: &codes::BAD_ESCAPE, message, range: at as u32..(at + length) as u32 });
    rest
}

fn escape(input: &str) -> IResult<&str, char, ()> {
    let (rest, _) = tag("\\")(input)?;
    let (rest, c) = anychar(rest)?;
    match c {
        'n' => Ok((rest, '\n')),
        't' => Ok((rest, '\t')),
        '"' | '\\' | '{' => Ok((rest, c)),
        'u' => {
            let figures = take_while_m_n(1, 6, |c: char| c.is_ascii_hexdigit());
            let number = delimited(tag("{"), figures, tag("}"));
            map_opt(number, |hex| u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)).parse(rest)
        }
        _ => Err(nom::Err::Error(())),
    }
}
