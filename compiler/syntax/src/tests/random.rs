//! Whatever the text: a tree with every byte, no panic, no overflow, no long wait.

use std::time::{Duration, Instant};

use nbc_source::FileId;
use proptest::prelude::*;

use super::{parsed, project_files};
use crate::{lex, parse_interpolation};

const WORDS: &[&str] = &[
    "group",
    "kind",
    "a",
    "ml-research",
    "B",
    "uni/small",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ":",
    ",",
    ".",
    "..",
    "->",
    "=",
    "==",
    "<",
    "+",
    "-",
    "*",
    "/",
    "?",
    "|",
    "\n",
    " ",
    "\t",
    "\r\n",
    "# c\n",
    "## d\n",
    "\"t {a} \\n\"",
    "\"\"\"",
    "'''",
    "\"",
    "'v'",
    "8",
    "2.5Gi",
    "75%",
    "$25/hour",
    "2026-12-31",
    "7zip",
    "_x",
    "for",
    "in",
    "if",
    "then",
    "else",
    "and",
    "or",
    "not",
    "any",
    "all",
    "true",
    "set",
    "unset",
    "add",
    "from",
    "until",
    "extends",
    "rule",
    "test",
    "stage",
    "raw",
    "on",
    "require",
    "when",
    "otherwise",
    "can",
    "cannot",
    "because",
    "expect",
    "override",
    "own",
    "computed",
    "action",
    "let",
    "fn",
    "enum",
    "extend",
    "record",
    "variant",
    "type",
    "waiver",
    "matching",
    "where",
    "grants",
    "é",
    "\u{200b}",
    "\u{feff}",
    ";",
    "\0",
    "€",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_has_a_tree(text in "\\PC*|(?s).*") {
        parsed(&text);
    }

    #[test]
    fn any_tokens_have_a_tree(words in prop::collection::vec(prop::sample::select(WORDS), 0..200)) {
        parsed(&words.concat());
    }

    #[test]
    fn any_interpolation_has_a_tree(words in prop::collection::vec(prop::sample::select(WORDS), 0..20)) {
        let text = words.concat();
        let parse = parse_interpolation(&text, 10, FileId(0));
        prop_assert_eq!(parse.syntax().text().to_string(), text);
    }

    #[test]
    fn tokens_are_in_order_and_never_empty(text in "\\PC*") {
        let starts: Vec<u32> = lex(&text).iter().map(|token| token.start).collect();
        prop_assert!(starts.is_sorted_by(|a, b| a < b));
        prop_assert_eq!(starts.first().copied(), (!text.is_empty()).then_some(0));
    }

    /// A real file with a piece cut out and another put in.
    #[test]
    fn damaged_files_have_a_tree(
        file in any::<prop::sample::Index>(),
        cut in any::<(prop::sample::Index, prop::sample::Index)>(),
        words in prop::collection::vec(prop::sample::select(WORDS), 0..4),
    ) {
        thread_local!(static FILES: Vec<String> = project_files().into_iter().map(|(_, text)| text).collect());
        let damaged = FILES.with(|files| {
            let mut chars: Vec<char> = file.get(files).chars().take(4000).collect();
            let (a, b) = (cut.0.index(chars.len() + 1), cut.1.index(chars.len() + 1));
            chars.splice(a.min(b)..a.max(b).min(a.min(b) + 20), words.concat().chars());
            chars.into_iter().collect::<String>()
        });
        parsed(&damaged);
    }
}

/// Parses a text that is large or deep, and returns how many findings it has.
fn within_seconds(text: &str) -> usize {
    let start = Instant::now();
    let findings = parsed(text).diagnostics().len();
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    findings
}

#[test]
fn deep_texts_neither_overflow_nor_flood() {
    let many = 20_000;
    for opening in
        ["(", "[", "{ a: ", "{ a ", "f(", "a { b: ", "-", "not ", "a otherwise ", "if ", "any x in y: ", "[dated "]
    {
        let findings = within_seconds(&format!("let x = {}", opening.repeat(many)));
        assert!((1..=4).contains(&findings), "{opening}: {findings}");
    }
    let balanced = format!("let x = {}{}", "(".repeat(many), ")".repeat(many));
    assert_eq!(within_seconds(&balanced), 1);
    assert_eq!(within_seconds(&"(".repeat(200_000)), 1);
    assert!(within_seconds(&"group a {\n".repeat(20_000)) > 0);
    assert!(within_seconds(&"a b {".repeat(100_000)) > 0);
    assert!(within_seconds(&"}".repeat(many)) > 0);
    assert!(within_seconds(&"type a = {".repeat(20_000)) > 0);
}

#[test]
fn long_chains_are_flat() {
    for (operator, term, count) in [("+", "1", 100_000), ("*", "1", 10_000), ("and", "a", 10_000), ("or", "a", 10_000)]
    {
        let text = format!("let x = {term}{}", format!(" {operator} {term}").repeat(count));
        assert_eq!(within_seconds(&text), 0, "{operator}");
    }
    assert_eq!(within_seconds(&format!("let x = a{}", ".b".repeat(10_000))), 0);
    assert_eq!(within_seconds(&format!("type X = a{}", " | b".repeat(10_000))), 0);
}

#[test]
fn the_edges_of_a_file() {
    assert_eq!(parsed("").diagnostics(), []);
    assert_eq!(parsed("\u{feff}").diagnostics(), []);
    assert_eq!(parsed("\u{feff}group a { }\r\n\r\ngroup b {\r\n  c: 1\r\n}\r\n").diagnostics(), []);
    assert_eq!(parsed("\n\n# c\n\n").diagnostics(), []);
    assert_eq!(parsed("group a { }").diagnostics(), []);
}
