//! Documents as text. The only place that knows how JSON and YAML are laid out.

use std::fmt::Write as _;

use serde_json::Value;

use crate::artifact::Sourced;

/// JSON, two spaces deep, with a line break at the end.
pub(crate) fn json(value: &Value) -> Result<String, String> {
    let mut text = serde_json::to_string_pretty(value).map_err(|error| error.to_string())?;
    text.push('\n');
    Ok(text)
}

/// One YAML document in block style. Every scalar stays on its line, and text is quoted only where a reader of YAML
/// 1.1 or 1.2 would take it for something else: `kubectl` reads 1.1, where `no` is false.
pub(crate) fn yaml(value: &Value) -> Result<String, String> {
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    serde_saphyr::to_string_with_options(value, options).map_err(|error| error.to_string())
}

/// Adds `# from PLACE` at the end of each line that has a place; of several pieces that begin there the innermost tells.
/// Both are sorted by line.
pub(crate) fn annotate(text: &str, origins: &[Sourced], place: impl Fn(&Sourced) -> String) -> String {
    let mut annotated = String::with_capacity(text.len() + origins.len() * 32);
    let mut origins = origins.iter().peekable();
    for (at, line) in text.lines().enumerate() {
        annotated.push_str(line);
        let mut innermost = None;
        while let Some(sourced) = origins.next_if(|sourced| sourced.line as usize <= at + 1) {
            innermost = Some(sourced);
        }
        if let Some(sourced) = innermost {
            let _ = write!(annotated, " # from {}", place(sourced));
        }
        annotated.push('\n');
    }
    annotated
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What people write in titles, descriptions and variables must come back as the same text.
    #[test]
    fn awkward_text_comes_back_unchanged() {
        let awkward = [
            "",
            " ",
            "no",
            "NO",
            "on",
            "y",
            "null",
            "~",
            "true",
            "1",
            "1.0",
            "0x10",
            "0o17",
            "1e3",
            "1_000",
            "12:30:45",
            ".inf",
            "2026-11-20",
            "- a",
            "a: b",
            "a #b",
            "#a",
            "@a",
            "`a`",
            "%a",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "? a",
            "[a",
            "{a}",
            "'",
            "\"",
            "a'b",
            "\\",
            "a\nb",
            "a\r\nb",
            "\n",
            "tab\there",
            "\u{0}",
            "\u{1b}[31m",
            "\u{85}",
            "\u{2028}",
            "\u{feff}bom",
            "é",
            "日本",
            "😀",
            "\u{202e}rtl",
            "${x}",
            "$(env:X)",
            "{{ x }}",
            "---",
            "...",
            "--- a",
            "<<",
            "=",
            "trailing ",
            " leading",
            "a:",
            ":a",
            ",",
            "a, b",
            "key: [",
            "<script>",
            "x".repeat(300).as_str(),
        ]
        .map(str::to_owned);
        for text in &awkward {
            let value = json!({"k": text, text.as_str(): "v", "l": [text, {"m": text}]});
            let printed = yaml(&value).unwrap();
            let read: Value =
                serde_saphyr::from_str(&printed).unwrap_or_else(|error| panic!("{text:?}: {error}\n{printed}"));
            assert_eq!(read, value, "{printed}");
            assert_eq!(printed.lines().count(), value.as_object().unwrap().len() + 2, "{printed:?}");
            assert_eq!(serde_json::from_str::<Value>(&json(&value).unwrap()).unwrap(), value);
        }
    }
}
