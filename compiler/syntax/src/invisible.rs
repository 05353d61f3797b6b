//! Characters that nobody can see, and those that reorder what one sees, are errors everywhere: in comments and texts too.
//!
//! The list is that of Unicode's default-ignorable code points, the controls, and the line separators; a variation
//! selector after an emoji is let through. One finding for each run of them.

use nbc_source::{Diagnostic, FileId, Fix, Span};

use crate::SyntaxKind::WHITESPACE;
use crate::codes;
use crate::lexer::Token;

pub(crate) fn check(text: &str, tokens: &[Token], file: FileId, out: &mut Vec<Diagnostic>) {
    // A byte order mark at the very start is a habit of some editors and means nothing.
    let first = match tokens {
        [first, ..] if first.kind == WHITESPACE && text.starts_with('\u{feff}') => '\u{feff}'.len_utf8(),
        _ => 0,
    };
    let (mut at, mut run_end) = (first, usize::MAX);
    // Nearly all of a file is plain, and bytes are looked at faster than characters.
    while let Some(rest) = text.get(at..)
        && let Some(plain) = plain_length(rest.as_bytes())
        && let Some(c) = rest.get(plain..).and_then(|rest| rest.chars().next())
    {
        let start = at + plain;
        at = start + c.len_utf8();
        let before = text.get(first..start).and_then(|before| before.chars().next_back());
        let emoji = c == '\u{fe0f}' && before.is_some_and(|before| !before.is_ascii());
        if !is_invisible(c) || emoji {
            continue;
        }
        let starts_run = start != run_end;
        run_end = at;
        if starts_run {
            let span = Span::new(file, start as u32..run_end as u32);
            out.push(
                Diagnostic::new(&codes::INVISIBLE_CHARACTER, span, format!("{} {} here", name(c), verb(c)))
                    .label("remove it")
                    .fix(Fix::replace(span, "", "remove it")),
            );
        }
    }
}

/// How many plain bytes come first; `None` when all are plain. A block is looked at whole, which the compiler turns into
/// a few instructions.
fn plain_length(bytes: &[u8]) -> Option<usize> {
    let is_plain_block = |block: &[u8]| block.iter().fold(true, |plain, byte| plain & is_plain(*byte));
    let start = 64 * bytes.chunks(64).position(|block| !is_plain_block(block))?;
    let rest = bytes.get(start..)?.iter().position(|byte| !is_plain(*byte))?;
    Some(start + rest)
}

/// A character of one byte that everybody sees, or a line break or tab.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..0x7f | b'\n' | b'\t' | b'\r')
}

pub(crate) fn is_invisible(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t' | '\r'))
        || matches!(u32::from(c),
            0xad | 0x34f | 0x61c | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f
            | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xfffb
            | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
}

fn is_reordering(c: char) -> bool {
    matches!(u32::from(c), 0x61c | 0x200e..=0x200f | 0x202a..=0x202e | 0x2066..=0x2069)
}

fn name(c: char) -> String {
    let kind = if is_reordering(c) {
        "a mark that changes the direction of the text"
    } else if c.is_control() {
        "a control character"
    } else {
        "an invisible character"
    };
    format!("{kind} (U+{:04X})", u32::from(c))
}

fn verb(c: char) -> &'static str {
    if is_reordering(c) { "makes the line look different from what it says" } else { "stands" }
}
