//! Places as editors count them: lines from 0, and columns in one of three encodings.

use std::ops::Range;

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// What editors count unless something else was agreed.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

/// A line and a column, both from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// Where the lines of a text start. Lines end with `\n`, `\r\n` or `\r`, as the protocol has it.
#[derive(Debug)]
pub struct Lines<'t> {
    text: &'t str,
    starts: Vec<u32>,
    encoding: Encoding,
}

impl<'t> Lines<'t> {
    pub fn new(text: &'t str, encoding: Encoding) -> Lines<'t> {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at as u32 + 1)).collect();
        Lines { text, starts, encoding }
    }

    /// The byte of a position. Past the end of a line it is the end of the line, past the end of the text the end of the
    /// text, and inside a character the start of the character.
    pub fn offset(&self, position: Position) -> u32 {
        let Some(start) = self.starts.get(position.line as usize) else { return self.text.len() as u32 };
        let mut column = 0;
        let mut offset = *start;
        for character in self.line(position.line).chars() {
            column += self.width(character);
            if column > position.column {
                break;
            }
            offset += character.len_utf8() as u32;
        }
        offset
    }

    /// The position of a byte; inside a character that of the character.
    pub fn position(&self, offset: u32) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or_default() as usize;
        let rest = self.text.get(start..).unwrap_or_default();
        let before = rest.char_indices().take_while(|(at, c)| start + at + c.len_utf8() <= offset as usize);
        Position { line: line as u32, column: before.map(|(_, c)| self.width(c)).sum() }
    }

    /// The bytes between two positions, in order whatever their order was.
    pub fn range(&self, from: Position, to: Position) -> Range<u32> {
        let (from, to) = (self.offset(from), self.offset(to));
        from.min(to)..from.max(to)
    }

    /// A piece of the text line by line, without what ends the lines: where each part starts, and how long it is.
    pub fn pieces(&self, start: u32, end: u32) -> Vec<(Position, u32)> {
        let (first, last) = (self.position(start), self.position(end));
        let mut pieces = Vec::new();
        for line in first.line..=last.line {
            let from = if line == first.line { first.column } else { 0 };
            let whole: u32 = self.line(line).chars().map(|c| self.width(c)).sum();
            let to = if line == last.line { last.column } else { whole };
            if to > from {
                pieces.push((Position { line, column: from }, to - from));
            }
        }
        pieces
    }

    /// The position after the last character.
    pub fn end(&self) -> Position {
        self.position(self.text.len() as u32)
    }

    /// A line without what ends it.
    fn line(&self, line: u32) -> &'t str {
        let at = |line: usize| self.starts.get(line).map_or(self.text.len(), |start| *start as usize);
        let whole = self.text.get(at(line as usize)..at(line as usize + 1)).unwrap_or_default();
        whole.trim_end_matches(['\r', '\n'])
    }

    fn width(&self, character: char) -> u32 {
        match self.encoding {
            Encoding::Utf8 => character.len_utf8() as u32,
            Encoding::Utf16 => character.len_utf16() as u32,
            Encoding::Utf32 => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every byte goes to a position and back in every encoding, whatever ends the lines.
    #[test]
    fn positions_go_both_ways() {
        let text = "é😀x\r\ny\rz\n\n👩\u{200d}💻 end";
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            let lines = Lines::new(text, encoding);
            for (at, character) in text.char_indices() {
                let position = lines.position(at as u32);
                let is_inside_a_break = character == '\n' && text.get(..at).unwrap().ends_with('\r');
                if !is_inside_a_break {
                    assert_eq!(lines.offset(position), at as u32, "{encoding:?} {position:?}");
                }
            }
        }
    }

    #[test]
    fn columns_count_what_was_agreed() {
        let column = |encoding| Lines::new("é😀x", encoding).position(6).column;
        assert_eq!([Encoding::Utf8, Encoding::Utf16, Encoding::Utf32].map(column), [6, 3, 2]);
    }

    #[test]
    fn places_that_are_nowhere_are_the_nearest() {
        let lines = Lines::new("a😀\r\nb", Encoding::Utf16);
        assert_eq!(lines.offset(Position { line: 0, column: 2 }), 1, "between the halves of a pair");
        assert_eq!(lines.offset(Position { line: 0, column: 99 }), 5, "before the break");
        assert_eq!(lines.offset(Position { line: 9, column: 0 }), 8);
        assert_eq!(lines.end(), Position { line: 1, column: 1 });
    }
}
