//! Any text without mistakes is formatted: once is enough, no token or comment is lost, and the result has no mistakes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nbc_source::FileId;
use nbc_syntax::literal::{self, TextPart};
use nbc_syntax::{Parse, SyntaxKind, SyntaxToken};

fuzz_target!(|text: &str| {
    let before = nbc_syntax::parse(text, FileId(0));
    let Some(once) = nbc_syntax::format(&before, &[]) else { return };
    let after = nbc_syntax::parse(&once, FileId(0));
    assert_eq!(nbc_syntax::format(&after, &[]).as_ref(), Some(&once), "formatting twice is another text");
    assert_eq!(said(&before), said(&after));
});

/// Tokens and comments in order, without what the style adds or leaves out.
fn said(parse: &Parse) -> Vec<String> {
    let elements = parse.syntax().descendants_with_tokens();
    elements.filter_map(|element| token_said(&element.into_token()?)).collect()
}

fn token_said(token: &SyntaxToken) -> Option<String> {
    let text = token.text();
    match token.kind() {
        SyntaxKind::WHITESPACE | SyntaxKind::NEWLINE | SyntaxKind::COMMA | SyntaxKind::COLON => None,
        SyntaxKind::TEXT => Some(literal::text_parts(text).iter().map(|part| part_said(text, part)).collect()),
        SyntaxKind::VERBATIM => Some(literal::verbatim(text).into_owned()),
        _ => Some(text.trim_end().to_owned()),
    }
}

fn part_said(token: &str, part: &TextPart<'_>) -> String {
    match part {
        TextPart::Literal(text) => format!("{text:?}"),
        TextPart::Interpolation { range } => token[range.start as usize..range.end as usize].to_owned(),
    }
}
