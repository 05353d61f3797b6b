//! Files that are not UTF-8: what they surely are. Text of another encoding is read on, so that nothing else is said of
//! what stands in it than what is wrong with it.

use std::ops::Range;

/// What bytes that are not UTF-8 are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Foreign {
    Text(Foreign8),
    /// Text of two bytes a character, as some programs of Windows write it.
    Utf16(String),
    /// `.xlsx`, `.ods` or `.xls`, whatever its name says.
    Spreadsheet,
    Other,
}

/// Text of one byte a character.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Foreign8 {
    pub(super) text: String,
    /// The first character that is not UTF-8, in that text, and its byte.
    pub(super) first: Range<usize>,
    pub(super) byte: u8,
}

/// How packed files begin, those of spreadsheet programs among them, and the older ones of one such program.
const SPREADSHEETS: [&[u8]; 2] = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"];
/// Bytes 0x80 to 0x9f of Windows-1252; all others are the character of their number.
const WINDOWS: &str = "€?‚ƒ„…†‡ˆ‰Š‹Œ?Ž??‘’“”•–—˜™š›œ?žŸ";

pub(super) fn recognise(bytes: &[u8]) -> Foreign {
    if SPREADSHEETS.iter().any(|head| bytes.starts_with(head)) {
        return Foreign::Spreadsheet;
    }
    if let Some(text) = utf16(bytes) {
        return Foreign::Utf16(text);
    }
    let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\r' | b'\n');
    if bytes.iter().any(is_control) { Foreign::Other } else { Foreign::Text(windows(bytes)) }
}

fn utf16(bytes: &[u8]) -> Option<String> {
    let (unit, rest): (fn([u8; 2]) -> u16, _) = match bytes {
        [0xff, 0xfe, rest @ ..] => (u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => (u16::from_be_bytes, rest),
        _ => return None,
    };
    let (pairs, odd) = rest.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    String::from_utf16(&units).ok().filter(|_| odd.is_empty())
}

/// What is UTF-8 stays, and every other byte is what Windows writes for it: files are put together from pieces.
fn windows(bytes: &[u8]) -> Foreign8 {
    let mut foreign = Foreign8 { text: String::with_capacity(bytes.len()), first: 0..0, byte: 0 };
    for chunk in bytes.utf8_chunks() {
        foreign.text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let start = foreign.text.len();
            foreign.text.push(character(*byte));
            if foreign.byte == 0 {
                (foreign.first, foreign.byte) = (start..foreign.text.len(), *byte);
            }
        }
    }
    foreign
}

fn character(byte: u8) -> char {
    let in_table = byte.checked_sub(0x80).and_then(|at| WINDOWS.chars().nth(usize::from(at)));
    in_table.unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_another_encoding_is_read_as_it_was_meant() {
        let Foreign::Text(read) = recognise(b"M\xfcller,10 \x80\n") else { panic!() };
        assert_eq!((read.text.as_str(), read.first, read.byte), ("Müller,10 €\n", 1..3, 0xfc));
        assert_eq!(recognise(b"\xff\xfea\0\xfc\0"), Foreign::Utf16("aü".to_owned()));
        assert_eq!(recognise(b"PK\x03\x04\x14\0\x06\xff"), Foreign::Spreadsheet);
        assert_eq!(recognise(b"\x89PNG\r\n\x1a\n"), Foreign::Other);
    }
}
