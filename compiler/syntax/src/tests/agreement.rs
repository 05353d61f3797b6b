//! The parser accepts exactly what the grammar accepts: on the project's files, on wrong ones, and on damaged ones.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::grammar::Grammar;
use super::{cut, parsed, project_files, samples};
use crate::codes;
use nbc_source::Span;

/// Whether the parser accepts the text. What stands inside one token is not the grammar's business; a number or date that
/// was written as several (`1 h`, `800€`) is.
fn parser_accepts(text: &str) -> bool {
    let inside = [
        &codes::INVISIBLE_CHARACTER,
        &codes::UNTERMINATED_TEXT,
        &codes::BAD_NUMBER,
        &codes::BAD_DATE,
        &codes::BAD_ESCAPE,
        &codes::BAD_INTERPOLATION,
    ];
    let is_one_token =
        |span: Span| cut(text.get(span.start as usize..span.end as usize).unwrap_or_default()).len() <= 1;
    parsed(text).diagnostics().iter().all(|finding| {
        let may_be_several = [&codes::BAD_NUMBER, &codes::BAD_DATE].contains(&finding.code);
        inside.contains(&finding.code) && (!may_be_several || finding.span.is_none_or(is_one_token))
    })
}

fn agree(grammar: &Grammar, text: &str) -> Result<(), String> {
    let grammar_says = grammar.accepts(text);
    if grammar_says.is_ok() == parser_accepts(text) {
        return Ok(());
    }
    let found: Vec<String> = parsed(text).diagnostics().iter().map(|finding| finding.message.clone()).collect();
    Err(format!("the grammar says {grammar_says:?}, the parser {found:?}, of\n{text}"))
}

#[test]
fn parser_and_grammar_accept_the_same_samples() {
    let grammar = Grammar::read();
    for (right, text) in samples() {
        assert_eq!(agree(&grammar, text), Ok(()));
        assert_eq!(grammar.accepts(text).is_ok(), right, "{text}");
    }
}

#[test]
fn parser_and_grammar_accept_the_files_of_the_project() {
    let grammar = Grammar::read();
    for (path, text) in project_files() {
        assert_eq!(grammar.accepts(&text), Ok(()), "{}", path.display());
        assert!(parser_accepts(&text), "{}", path.display());
    }
}

/// The samples cut into tokens, to make new texts of.
fn pieces() -> Vec<&'static str> {
    let mut pieces = Vec::new();
    for (_, text) in samples() {
        pieces.extend(cut(text));
    }
    pieces.sort_unstable();
    pieces.dedup();
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// A few tokens of a sample taken out, put in, or exchanged.
    #[test]
    fn parser_and_grammar_agree_about_damaged_samples(
        sample in any::<prop::sample::Index>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..3u8), 1..3),
    ) {
        static GRAMMAR: LazyLock<Grammar> = LazyLock::new(Grammar::read);
        static TEXTS: LazyLock<Vec<&str>> = LazyLock::new(|| samples().map(|(_, text)| text).collect());
        static PIECES: LazyLock<Vec<&str>> = LazyLock::new(pieces);
        let text = sample.get(&TEXTS);
        let mut tokens = cut(text);
        for (place, piece, how) in damage {
            if tokens.is_empty() {
                break;
            }
            let at = place.index(tokens.len());
            match how {
                0 => { tokens.remove(at); }
                1 => tokens.insert(at, piece.get::<&str>(&PIECES)),
                _ => tokens[at] = piece.get::<&str>(&PIECES),
            }
        }
        let damaged = tokens.concat();
        prop_assert_eq!(agree(&GRAMMAR, &damaged), Ok(()));
    }
}
