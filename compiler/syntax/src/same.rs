//! Whether two texts say the same: what an editor asks after a keystroke, to keep what it knows.

use crate::SyntaxKind::{self, COMMENT, NEWLINE, WHITESPACE};
use crate::invisible::is_invisible;
use crate::lexer::lex;

/// Whether two texts differ only in blanks, in empty lines and in comments that document nothing. Where one of them has
/// no finding of the parser, the other has none either, and their trees are the same but for trivia.
pub fn says_the_same(one: &str, other: &str) -> bool {
    said(one) == said(other)
}

/// The tokens of a text that the grammar, a documentation or a finding could depend on.
fn said(text: &str) -> Vec<(SyntaxKind, &str)> {
    let tokens = lex(text);
    let mut said: Vec<(SyntaxKind, &str)> = Vec::with_capacity(tokens.len() / 2);
    for (at, token) in tokens.iter().enumerate() {
        let end = tokens.get(at + 1).map_or(text.len(), |next| next.start as usize);
        let word = text.get(token.start as usize..end).unwrap_or_default();
        match token.kind {
            // What nobody sees is a finding even there.
            WHITESPACE | COMMENT if !word.chars().any(is_invisible) => {}
            // Several line breaks in a row are one, and those before the first word are none.
            NEWLINE if said.last().is_none_or(|(kind, _)| *kind == NEWLINE) => {}
            NEWLINE => said.push((NEWLINE, "")),
            kind => said.push((kind, word)),
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use nbc_source::FileId;

    use super::says_the_same;
    use crate::SyntaxKind::{COMMENT, NEWLINE, WHITESPACE};
    use crate::parse;

    const TEXT: &str =
        "# team\n## The lab.\ngroup lab {\n  owners: [ana, bo] # both\n  title: \"# x\"\n}\nuser ana {}\n";

    #[test]
    fn blanks_and_comments_say_nothing() {
        let blanks = TEXT.replace("  owners", "\n\n\t owners").replace("[ana, bo]", "[ ana,bo ]");
        let comments = TEXT.replace("# both", "# each, é").replace("# team\n", "") + "# end";
        for other in [&blanks, &comments, &TEXT.replace('\n', "\r\n")] {
            assert!(says_the_same(TEXT, other), "{other}");
        }
    }

    #[test]
    fn everything_else_says_something() {
        let changes = [
            ("ana, bo", "anabo"),
            ("\"# x\"", "\"# y\""),
            ("## The lab.", "# The lab."),
            ("## The lab.", "## The Lab."),
            ("]", ""),
            ("bo] # both\n", "bo] "),
            ("# team", "# te\u{200b}am"),
            ("# team", "team"),
            ("lab {", "la b {"),
        ];
        for (old, new) in changes {
            assert!(!says_the_same(TEXT, &TEXT.replacen(old, new, 1)), "{old} → {new}");
        }
    }

    /// A blank, a line break or a comment put at each place of a text: where the texts say the same, so do their trees.
    #[test]
    fn texts_that_say_the_same_have_the_same_tree() {
        let tree = |text: &str| {
            let parse = parse(text, FileId(0));
            let elements = parse.syntax().descendants_with_tokens();
            let kept = elements.filter(|element| !matches!(element.kind(), WHITESPACE | COMMENT | NEWLINE));
            let shown = kept.map(|element| (element.kind(), element.as_token().map(|token| token.text().to_owned())));
            (shown.collect::<Vec<_>>(), parse.diagnostics().len())
        };
        let before = tree(TEXT);
        assert_eq!(before.1, 0);
        let mut same = 0;
        for put in [" ", "\n", "\r\n", "# c\n", " # c ", "\t\n\n"] {
            for at in (0..=TEXT.len()).filter(|at| TEXT.is_char_boundary(*at)) {
                let mut text = TEXT.to_owned();
                text.insert_str(at, put);
                if says_the_same(TEXT, &text) {
                    same += 1;
                    assert_eq!(tree(&text), before, "{put:?} at {at}");
                }
            }
        }
        assert!(same > 100, "{same} of them say the same");
    }
}
