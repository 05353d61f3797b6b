//! Texts over several lines: they are indented like what they stand in, and say the same afterwards.

use crate::literal;

/// Writes a text over several lines; its lines and its last quotes stand `indent` columns from the left. Where what it
/// says begins or ends beside the quotes it is written as it is.
pub(super) fn write_long(token: &str, indent: usize, out: &mut String) {
    let Some(content) = literal::block(token) else {
        out.push_str(&token.replace("\r\n", "\n"));
        return;
    };
    let quotes = token.get(..3).unwrap_or_default();
    out.push_str(quotes);
    out.push('\n');
    if !content.is_empty() {
        content.split('\n').for_each(|line| write_line(line, indent, out));
    }
    out.extend(std::iter::repeat_n(' ', indent));
    out.push_str(quotes);
}

fn write_line(line: &str, indent: usize, out: &mut String) {
    if !line.is_empty() {
        out.extend(std::iter::repeat_n(' ', indent));
        out.push_str(line);
    }
    out.push('\n');
}
