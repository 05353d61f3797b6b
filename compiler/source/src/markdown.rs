//! Markdown that shows text as it is, whoever wrote it.

use crate::secrets::conceal;

/// Text inside a paragraph or a cell of a table: nothing in it is markup, HTML, a mention or a reference to an issue. A
/// token is masked before, since no later door would know it between backslashes.
pub fn escape(text: &str) -> String {
    let text = conceal(text);
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '!' | '|' | '~' | '$' | ':' => {
                escaped.extend(['\\', character]);
            }
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // A zero-width joiner keeps forges from turning a name into a mention or a number into a link.
            '@' | '#' => escaped.extend([character, '\u{2060}']),
            '\r' | '\n' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Text as code, with a fence longer than any run of backticks inside.
pub fn code(text: &str) -> String {
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    // In a table, a bar ends the cell even inside code.
    let text = text.replace(['\r', '\n'], " ").replace('|', "\\|");
    format!("{fence}{space}{text}{space}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_users_write_is_shown_and_does_nothing() {
        assert_eq!(escape("a|b <img src=x> @all #1"), "a\\|b &lt;img src=x&gt; @\u{2060}all #\u{2060}1");
        assert_eq!(escape("[x](http://y)"), "\\[x\\]\\(http\\://y\\)");
        assert_eq!(escape("ghp_0123456789abcdef"), "\\*".repeat(20));
        assert_eq!(code("a`b|c"), "`` a`b\\|c ``");
    }
}
