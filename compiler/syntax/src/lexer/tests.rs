//! Text in, tokens out.

use insta::assert_snapshot;

use super::lex;

/// The tokens but spaces, a kind and a text each.
fn tokens(text: &str) -> String {
    let tokens = lex(text);
    let ends = tokens.iter().skip(1).map(|token| token.start as usize).chain([text.len()]);
    let shown = tokens.iter().zip(ends).map(|(token, end)| {
        let written = text.get(token.start as usize..end).unwrap();
        (token.kind, format!("{:?} {}", token.kind, written.escape_debug()))
    });
    shown.filter(|(kind, _)| *kind != crate::SyntaxKind::WHITESPACE).map(|(_, shown)| shown + "\n").collect()
}

#[test]
fn names_and_words() {
    assert_snapshot!(tokens("gpu-a100 a a-b-1 uni/small uni/Image Classification cpu-1 a- -b a--b"), @r#"
    NAME gpu-a100
    NAME a
    NAME a-b-1
    QUALIFIED_NAME uni/small
    QUALIFIED_NAME uni/Image
    TYPE_NAME Classification
    NAME cpu-1
    NAME a
    MINUS -
    MINUS -
    NAME b
    NAME a
    MINUS -
    MINUS -
    NAME b
    "#);
}

#[test]
fn numbers_and_what_they_measure() {
    assert_snapshot!(tokens("8 1_000 0.25 500m 2.5Gi 75% 100m..256 1..5 2026-12-31"), @r#"
    NUMBER 8
    NUMBER 1_000
    NUMBER 0.25
    QUANTITY 500m
    QUANTITY 2.5Gi
    QUANTITY 75%
    QUANTITY 100m
    DOT_DOT ..
    NUMBER 256
    NUMBER 1
    DOT_DOT ..
    NUMBER 5
    DATE 2026-12-31
    "#);
    assert_snapshot!(tokens("$25 €2_500/month £0.12/hour 25CHF 25CHF/hour $"), @r#"
    MONEY $25
    MONEY €2_500/month
    MONEY £0.12/hour
    MONEY 25CHF
    MONEY 25CHF/hour
    UNKNOWN $
    "#);
}

#[test]
fn words_of_other_languages_are_read_whole() {
    assert_snapshot!(tokens("_libgcc_mutex 7zip_x my_env TEST_ENV camelCase Foo-bar a/b/c ana@uni.example"), @r#"
    FOREIGN_WORD _libgcc_mutex
    FOREIGN_WORD 7zip_x
    FOREIGN_WORD my_env
    FOREIGN_WORD TEST_ENV
    FOREIGN_WORD camelCase
    FOREIGN_WORD Foo-bar
    FOREIGN_WORD a/b/c
    FOREIGN_WORD ana@uni.example
    "#);
    assert_snapshot!(tokens("10.0.0.1 10.0.0.0/8 3d-tools 8-1 2026-1-5 2026-12-311 1e5 größe a-B"), @r#"
    FOREIGN_WORD 10.0.0.1
    FOREIGN_WORD 10.0.0.0/8
    FOREIGN_WORD 3d-tools
    FOREIGN_WORD 8-1
    FOREIGN_WORD 2026-1-5
    FOREIGN_WORD 2026-12-311
    FOREIGN_WORD 1e5
    FOREIGN_WORD größe
    FOREIGN_WORD a-B
    "#);
}

#[test]
fn texts_end_with_their_quotes_or_their_line() {
    assert_snapshot!(tokens(r#""a" "" "a\"b" "a\\" 'a\' '' "#), @r#"
    TEXT \"a\"
    TEXT \"\"
    TEXT \"a\\\"b\"
    TEXT \"a\\\\\"
    VERBATIM \'a\\\'
    VERBATIM \'\'
    "#);
    assert_snapshot!(tokens("\"\"\"a\n\"b\" \"\"\" '''a\n'b' ''' x"), @r#"
    TEXT \"\"\"a\n\"b\" \"\"\"
    VERBATIM \'\'\'a\n\'b\' \'\'\'
    NAME x
    "#);
    assert_snapshot!(tokens("\"no end\nx 'no end\r\ny"), @r#"
    TEXT \"no end
    NEWLINE \n
    NAME x
    VERBATIM \'no end
    NEWLINE \r\n
    NAME y
    "#);
    assert_snapshot!(tokens("\"\"\"no end\nx"), @r#"
    TEXT \"\"\"no end\nx
    "#);
}

#[test]
fn trivia_and_punctuation() {
    assert_snapshot!(tokens("\u{feff}# c\r\n## d\n### line\n\r x"), @r#"
    COMMENT # c
    NEWLINE \r\n
    DOC_COMMENT ## d
    NEWLINE \n
    COMMENT ### line
    NEWLINE \n
    NAME x
    "#);
    assert_snapshot!(tokens("{ } [ ] ( ) : , . .. -> = == != < <= > >= + - * / ? | ; ! & é😀"), @r#"
    LEFT_BRACE {
    RIGHT_BRACE }
    LEFT_BRACKET [
    RIGHT_BRACKET ]
    LEFT_PAREN (
    RIGHT_PAREN )
    COLON :
    COMMA ,
    DOT .
    DOT_DOT ..
    ARROW ->
    EQUALS =
    EQUAL_EQUAL ==
    NOT_EQUAL !=
    LESS <
    LESS_EQUAL <=
    GREATER >
    GREATER_EQUAL >=
    PLUS +
    MINUS -
    STAR *
    SLASH /
    QUESTION ?
    PIPE |
    UNKNOWN ;
    UNKNOWN !
    UNKNOWN &
    FOREIGN_WORD é
    UNKNOWN 😀
    "#);
}
