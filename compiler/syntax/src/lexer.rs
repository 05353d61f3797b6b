//! Cuts a text into tokens. Total: every byte belongs to exactly one token, in order, and nothing fails.
//!
//! Words of the language are names here. What may be wrong inside a token (a date, an escape) is judged in `validate`.

use nom::branch::alt;
use nom::bytes::complete::{tag, take, take_while, take_while1};
use nom::character::complete::satisfy;
use nom::combinator::{opt, recognize, value};
use nom::sequence::pair;
use nom::{IResult, Parser};

use crate::SyntaxKind::{self, *};

/// A token: its kind and its first byte. It ends where the next one starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: SyntaxKind,
    /// Offset in bytes.
    pub start: u32,
}

type Lexed<'a> = IResult<&'a str, SyntaxKind, ()>;

/// The tokens of a text, which must be shorter than 4 GiB (`parse` refuses longer ones).
pub fn lex(text: &str) -> Vec<Token> {
    // More than any usual text has. Room that is not written to costs nothing; growing would write everything twice.
    let mut tokens = Vec::with_capacity(text.len() / 2 + 4);
    let mut rest = text;
    if let Some(after) = text.strip_prefix('\u{feff}') {
        tokens.push(Token { kind: WHITESPACE, start: 0 });
        rest = after;
    }
    while let Some(first) = rest.chars().next() {
        let start = (text.len() - rest.len()) as u32;
        let (after, kind) = match token(first, rest) {
            Ok((after, kind)) if after.len() < rest.len() => (after, kind),
            // No rule wanted the character: it is a token of its own.
            _ => (rest.get(first.len_utf8()..).unwrap_or_default(), UNKNOWN),
        };
        tokens.push(Token { kind, start });
        rest = after;
    }
    tokens
}

fn token(first: char, input: &str) -> Lexed<'_> {
    match first {
        ' ' | '\t' => Ok((after_bytes(input, 0, |byte| matches!(byte, b' ' | b'\t')), WHITESPACE)),
        '\n' => one_byte(input, NEWLINE),
        '\r' => alt((value(NEWLINE, tag("\r\n")), value(WHITESPACE, take(1usize)))).parse(input),
        'a'..='z' => name(input),
        'A'..='Z' => type_name(input),
        '0'..='9' => number(input),
        '#' => comment(input),
        '"' => text(input),
        '\'' => verbatim(input),
        '$' | '€' | '£' => money(input),
        '_' => foreign(input),
        other if other.is_ascii() => punctuation(other, input),
        other if other.is_alphanumeric() => foreign(input),
        _ => value(UNKNOWN, take(1usize)).parse(input),
    }
}

// Most of a file are names, spaces and signs of one byte. They are all ASCII, so looking at bytes is enough, and twice
// as fast as decoding characters.

/// What follows the bytes from `start` on that pass.
fn after_bytes(input: &str, start: usize, passes: impl Fn(u8) -> bool) -> &str {
    let rest = input.as_bytes().get(start..).unwrap_or_default();
    let end = start + rest.iter().position(|byte| !passes(*byte)).unwrap_or(rest.len());
    input.get(end..).unwrap_or_default()
}

fn one_byte(input: &str, kind: SyntaxKind) -> Lexed<'_> {
    Ok((input.get(1..).unwrap_or_default(), kind))
}

/// `# …` and `## …` up to the end of the line. Three and more `#` draw a line and document nothing.
fn comment(input: &str) -> Lexed<'_> {
    let line = input.get(..input.find('\n').unwrap_or(input.len())).unwrap_or_default();
    let line = line.strip_suffix('\r').unwrap_or(line);
    let kind = if line.starts_with("##") && !line.starts_with("###") { DOC_COMMENT } else { COMMENT };
    Ok((input.get(line.len()..).unwrap_or_default(), kind))
}

fn name(input: &str) -> Lexed<'_> {
    let rest = kebab(input);
    if !rest.starts_with('/') {
        return if continues_foreign(rest) { foreign(input) } else { Ok((rest, NAME)) };
    }
    match qualified(rest) {
        Ok((rest, ())) if !continues_foreign(rest) && !slash_word(rest) => Ok((rest, QUALIFIED_NAME)),
        Ok(_) => foreign(input),
        Err(_) if continues_foreign(rest) => foreign(input),
        Err(_) => Ok((rest, NAME)),
    }
}

/// What follows `a1-b2`: a run of lower-case letters and digits, then more runs joined by `-`.
fn kebab(input: &str) -> &str {
    let is_lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let mut rest = after_bytes(input, 0, is_lower);
    while let [b'-', first, ..] = rest.as_bytes()
        && is_lower(*first)
    {
        rest = after_bytes(rest, 1, is_lower);
    }
    rest
}

fn joined_run(input: &str) -> IResult<&str, &str, ()> {
    recognize(pair(tag("-"), take_while1(is_lower))).parse(input)
}

/// `/small`, `/Image` straight after a name.
fn qualified(input: &str) -> IResult<&str, (), ()> {
    let (rest, _) = tag("/")(input)?;
    let (rest, _) = satisfy(|c| c.is_ascii_alphabetic())(rest)?;
    let (mut rest, _) = take_while(|c: char| c.is_ascii_alphanumeric())(rest)?;
    while let Ok((after, _)) = joined_run(rest) {
        rest = after;
    }
    Ok((rest, ()))
}

fn type_name(input: &str) -> Lexed<'_> {
    let (rest, _) = take_while1(|c: char| c.is_ascii_alphanumeric())(input)?;
    if continues_foreign(rest) || slash_word(rest) || dash_word(rest) { foreign(input) } else { Ok((rest, TYPE_NAME)) }
}

fn number(input: &str) -> Lexed<'_> {
    if let Ok((rest, ())) = date(input)
        && !continues_foreign(rest)
        && !dash_word(rest)
        && !rest.starts_with(|c: char| c.is_ascii_alphanumeric())
    {
        return Ok((rest, DATE));
    }
    let (rest, _) = digits(input)?;
    let (rest, _) = opt(suffix).parse(rest)?;
    let (rest, kind) = numeric_kind(input, rest)?;
    if continues_foreign(rest) || dash_word(rest) || dot_word(rest) || rest.starts_with(|c: char| c.is_ascii_digit()) {
        return foreign(input);
    }
    Ok((rest, kind))
}

/// Whether the number that ends at `rest` has a unit, and whether that unit is a currency.
fn numeric_kind<'a>(input: &'a str, rest: &'a str) -> Lexed<'a> {
    let (tail, _) = digits(input)?;
    let unit = tail.get(..tail.len() - rest.len()).unwrap_or_default();
    if unit.is_empty() {
        Ok((rest, NUMBER))
    } else if unit.len() == 3 && unit.bytes().all(|b| b.is_ascii_uppercase()) {
        per(rest).map(|(rest, _)| (rest, MONEY))
    } else {
        Ok((rest, QUANTITY))
    }
}

/// `1_000.25`
fn digits(input: &str) -> IResult<&str, &str, ()> {
    recognize((
        satisfy(|c| c.is_ascii_digit()),
        take_while(|c: char| c.is_ascii_digit() || c == '_'),
        opt(pair(tag("."), take_while1(|c: char| c.is_ascii_digit()))),
    ))
    .parse(input)
}

fn suffix(input: &str) -> IResult<&str, &str, ()> {
    alt((tag("%"), take_while1(|c: char| c.is_ascii_alphabetic()))).parse(input)
}

/// `/month` straight after an amount of money.
fn per(input: &str) -> IResult<&str, Option<&str>, ()> {
    opt(recognize(pair(tag("/"), take_while1(|c: char| c.is_ascii_lowercase())))).parse(input)
}

fn date(input: &str) -> IResult<&str, (), ()> {
    let figures = |count: usize| {
        move |input| -> IResult<&str, (), ()> {
            let (rest, taken): (&str, &str) = take(count)(input)?;
            if taken.bytes().all(|b| b.is_ascii_digit()) { Ok((rest, ())) } else { Err(nom::Err::Error(())) }
        }
    };
    value((), (figures(4), tag("-"), figures(2), tag("-"), figures(2))).parse(input)
}

fn money(input: &str) -> Lexed<'_> {
    let (rest, _) = take(1usize)(input)?;
    let (rest, _) = digits(rest)?;
    let (rest, _) = per(rest)?;
    Ok((rest, MONEY))
}

/// `"…"` ends with its line, `"""…"""` with the file, if nothing else ends it.
fn text(input: &str) -> Lexed<'_> {
    if let Some(body) = input.strip_prefix("\"\"\"") {
        return Ok((after_long(body, "\"\"\""), TEXT));
    }
    let body = input.get(1..).unwrap_or_default();
    let mut escaped = false;
    let end = body.find(|c: char| {
        let stops = c == '\n' || (c == '"' && !escaped);
        escaped = c == '\\' && !escaped;
        stops
    });
    Ok((after_short(body, end, '"'), TEXT))
}

fn verbatim(input: &str) -> Lexed<'_> {
    if let Some(body) = input.strip_prefix("'''") {
        return Ok((after_long(body, "'''"), VERBATIM));
    }
    let body = input.get(1..).unwrap_or_default();
    Ok((after_short(body, body.find(['\'', '\n']), '\''), VERBATIM))
}

fn after_long<'a>(body: &'a str, quotes: &str) -> &'a str {
    body.split_once(quotes).map_or("", |(_, after)| after)
}

/// What follows a short text: past its quote, or at the line break that cut it off.
fn after_short(body: &str, end: Option<usize>, quote: char) -> &str {
    let rest = end.and_then(|at| body.get(at..)).unwrap_or_default();
    match rest.strip_prefix(quote) {
        Some(after) => after,
        None if body.get(..body.len() - rest.len()).is_some_and(|line| line.ends_with('\r')) => {
            body.get(body.len() - rest.len() - 1..).unwrap_or_default()
        }
        None => rest,
    }
}

/// A word as other systems write them, whole: letters, digits and `_`, with single `-`, `.`, `/`, `@` inside.
fn foreign(input: &str) -> Lexed<'_> {
    let mut rest = input;
    loop {
        let (after, _) = take_while(is_foreign)(rest)?;
        rest = after;
        let mut following = rest.chars();
        match (following.next(), following.next()) {
            (Some('-' | '.' | '/' | '@'), Some(next)) if is_foreign(next) => rest = following.as_str(),
            _ => return Ok((rest, FOREIGN_WORD)),
        }
    }
}

/// Whether what follows a complete word shows that the word was never one of ours.
fn continues_foreign(rest: &str) -> bool {
    if matches!(rest.as_bytes(), [b' ' | b':' | b',' | b'\n' | b'.' | b']' | b')' | b'}', ..]) {
        return false; // What nearly always follows.
    }
    let mut following = rest.chars();
    match following.next() {
        Some('-') => following.next().is_some_and(|c| c == '_' || c.is_ascii_uppercase() || is_foreign_letter(c)),
        Some('@') => following.next().is_some_and(is_foreign),
        Some(c) => c == '_' || c.is_ascii_uppercase() || is_foreign_letter(c),
        None => false,
    }
}

fn dash_word(rest: &str) -> bool {
    rest.strip_prefix('-').is_some_and(|after| after.starts_with(is_foreign))
}

fn dot_word(rest: &str) -> bool {
    rest.strip_prefix('.').is_some_and(|after| after.starts_with(is_foreign))
}

fn slash_word(rest: &str) -> bool {
    rest.strip_prefix('/').is_some_and(|after| after.starts_with(is_foreign))
}

fn is_lower(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

fn is_foreign(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric() || is_foreign_letter(c)
}

fn is_foreign_letter(c: char) -> bool {
    !c.is_ascii() && c.is_alphanumeric()
}

fn punctuation(first: char, input: &str) -> Lexed<'_> {
    let kind = match first {
        '{' => LEFT_BRACE,
        '}' => RIGHT_BRACE,
        '[' => LEFT_BRACKET,
        ']' => RIGHT_BRACKET,
        '(' => LEFT_PAREN,
        ')' => RIGHT_PAREN,
        ':' => COLON,
        ',' => COMMA,
        '+' => PLUS,
        '*' => STAR,
        '/' => SLASH,
        '?' => QUESTION,
        '|' => PIPE,
        '.' => return one_or_two(input, "..", DOT_DOT, DOT),
        '-' => return one_or_two(input, "->", ARROW, MINUS),
        '=' => return one_or_two(input, "==", EQUAL_EQUAL, EQUALS),
        '<' => return one_or_two(input, "<=", LESS_EQUAL, LESS),
        '>' => return one_or_two(input, ">=", GREATER_EQUAL, GREATER),
        '!' => return one_or_two(input, "!=", NOT_EQUAL, UNKNOWN),
        _ => UNKNOWN,
    };
    one_byte(input, kind)
}

fn one_or_two<'a>(input: &'a str, two: &str, long: SyntaxKind, short: SyntaxKind) -> Lexed<'a> {
    if input.starts_with(two) { Ok((input.get(2..).unwrap_or_default(), long)) } else { one_byte(input, short) }
}

#[cfg(test)]
mod tests;
