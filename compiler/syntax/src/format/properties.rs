//! Whatever the text, whatever its spaces: formatting twice is formatting once, and the tree says the same afterwards.

use nbc_source::FileId;
use proptest::prelude::*;
use rowan::{NodeOrToken, WalkEvent};

use super::format;
use crate::SyntaxKind::*;
use crate::literal::{self, TextPart};
use crate::tests::{cut, parsed, project_files, right_samples};
use crate::{Parse, SyntaxToken, parse};

/// What a tree says: nodes, tokens and comments, without spaces and without what the style adds or leaves out.
fn said(parse: &Parse) -> Vec<String> {
    let mut said = Vec::new();
    for event in parse.syntax().preorder_with_tokens() {
        match event {
            WalkEvent::Enter(NodeOrToken::Node(node)) => said.push(format!("{:?}", node.kind())),
            WalkEvent::Leave(NodeOrToken::Node(_)) => said.push("end".to_owned()),
            WalkEvent::Enter(NodeOrToken::Token(token)) => said.extend(token_said(&token)),
            WalkEvent::Leave(NodeOrToken::Token(_)) => {}
        }
    }
    said
}

fn token_said(token: &SyntaxToken) -> Option<String> {
    let block = |token: &SyntaxToken| token.parent().is_some_and(|parent| parent.children().any(|n| n.kind() == BODY));
    match token.kind() {
        WHITESPACE | NEWLINE | COMMA | COMMENT => None,
        COLON if block(token) => None,
        // The indentation of a long text is none of what it says.
        TEXT => Some(literal::text_parts(token.text()).iter().map(|part| part_said(token.text(), part)).collect()),
        VERBATIM => Some(literal::verbatim(token.text()).into_owned()),
        _ => Some(token.text().trim_end().to_owned()),
    }
}

fn part_said(token: &str, part: &TextPart<'_>) -> String {
    match part {
        TextPart::Literal(text) => format!("{text:?}"),
        TextPart::Interpolation { range } => token.get(range.start as usize..range.end as usize).unwrap().to_owned(),
    }
}

/// All comments, each with whether it ends the line of something.
fn comments(text: &str) -> Vec<(bool, String)> {
    let mut comments = Vec::new();
    let mut ends_line = false;
    for token in parsed(text).syntax().descendants_with_tokens().filter_map(|element| element.into_token()) {
        match token.kind() {
            COMMENT | DOC_COMMENT => comments.push((ends_line, token.text().trim_end().to_owned())),
            NEWLINE => ends_line = false,
            WHITESPACE => {}
            _ => ends_line = true,
        }
    }
    comments
}

/// Holds for a text that can be formatted, and says nothing about others.
fn holds(text: &str) -> Result<(), String> {
    let before = parse(text, FileId(0));
    let Some(once) = format(&before, &[]) else { return Ok(()) };
    let after = parse(&once, FileId(0));
    let Some(twice) = format(&after, &[]) else {
        return Err(format!("{:?} of\n{once}\nwhich was\n{text}", after.diagnostics()));
    };
    if once != twice {
        return Err(format!("once\n{once}\ntwice\n{twice}\nof\n{text}"));
    }
    if said(&before) != said(&after) || comments(text) != comments(&once) {
        return Err(format!("another meaning:\n{once}\nof\n{text}"));
    }
    Ok(())
}

/// What may stand between two tokens.
const GAPS: &[&str] =
    &["", " ", "\t", "\n", "\n\n\n", "\r\n", " # c\n", "\n# c \n", "\n\n# c\n\n# d\n", "\n## d\n", " ## d\n", ","];

/// Every sample, with every gap between two tokens filled in a few ways, one at a time.
#[test]
fn samples_hold_with_anything_between_two_tokens() {
    for sample in right_samples() {
        assert_eq!(holds(sample), Ok(()));
        let tokens = cut(sample);
        for at in 0..=tokens.len() {
            let is_space = tokens.get(at).is_some_and(|token| token.trim().is_empty());
            let (before, after) = (tokens[..at].concat(), tokens[at + usize::from(is_space)..].concat());
            for gap in ["\n", " # c\n", "\n\n# c\n\n## d\n", ","] {
                assert_eq!(holds(&format!("{before}{gap}{after}")), Ok(()));
            }
        }
    }
}

#[test]
fn the_files_of_the_project_are_in_the_style() {
    for (path, text) in project_files() {
        let formatted = format(&parsed(&text), &[]).unwrap();
        assert_eq!(formatted, text, "{}: run `nbc fmt`", path.display());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// A file of the project with many of its gaps filled anew.
    #[test]
    fn files_hold_with_other_spaces(
        file in any::<prop::sample::Index>(),
        places in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(GAPS)), 1..6),
    ) {
        thread_local!(static FILES: Vec<String> = project_files().into_iter().map(|(_, text)| text).collect());
        let text = FILES.with(|files| file.get(files).clone());
        let tokens = cut(&text);
        let mut mutated: Vec<String> = tokens.iter().map(|token| token.to_string()).collect();
        for (place, gap) in places {
            let at = place.index(mutated.len());
            let with = format!("{}{gap}", mutated[at]);
            // A gap that breaks the file would make the case say nothing.
            let before = std::mem::replace(&mut mutated[at], with);
            if !parse(&mutated.concat(), FileId(0)).diagnostics().is_empty() {
                mutated[at] = before;
            }
        }
        prop_assert_eq!(holds(&mutated.concat()), Ok(()));
    }
}
