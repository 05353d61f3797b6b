//! The findings of this room: NBC0001 to NBC0099.

nbc_source::codes! {
    pages in "../codes/";
    UNEXPECTED_TOKEN = 1 Error "unexpected-token" "something else must stand here";
    UNCLOSED_BRACKET = 2 Error "unclosed-bracket" "a bracket is opened and never closed";
    UNMATCHED_BRACKET = 3 Error "unmatched-bracket" "a closing bracket closes nothing";
    UNTERMINATED_TEXT = 4 Error "unterminated-text" "a text has no closing quote";
    UNKNOWN_CHARACTER = 5 Error "unknown-character" "the language does not use this character";
    INVISIBLE_CHARACTER = 6 Error "invisible-character" "a character that nobody can see stands in the file";
    UNQUOTED_WORD = 7 Error "unquoted-word" "what is not a name must stand in quotes";
    NESTED_TOO_DEEPLY = 8 Error "nested-too-deeply" "more than 128 levels stand inside one another";
    RESERVED_WORD = 9 Error "reserved-word" "a word of the language stands where a name must";
    BAD_NAME = 10 Error "bad-name" "a name is not written the way names are";
    BRACE_ON_NEXT_LINE = 11 Error "brace-on-next-line" "`{` must stand on the line of its header";
    MISSING_SEPARATOR = 12 Error "missing-separator" "two things on one line have no comma between them";
    MIXED_LOGIC = 13 Error "mixed-logic" "`and` and `or` mix only with parentheses";
    CHAINED_COMPARISON = 14 Error "chained-comparison" "comparisons do not chain";
    BAD_NUMBER = 15 Error "bad-number" "a number, quantity or amount cannot be read exactly";
    BAD_DATE = 16 Error "bad-date" "a date does not exist";
    BAD_ESCAPE = 17 Error "bad-escape" "a text has an escape that means nothing";
    BAD_INTERPOLATION = 18 Error "bad-interpolation" "braces in a text hold something else than a path or one call";
    FILE_TOO_LARGE = 19 Error "file-too-large" "a file has more than four gigabytes";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_stay_in_the_range_of_this_room() {
        let numbers: Vec<u16> = CODES.iter().map(|code| code.number).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
        assert!(numbers.iter().all(|number| (1..=99).contains(number)));
    }

    /// What the parser says about every block of every page: the first must show the fault, the second none.
    #[test]
    fn every_page_fails_and_is_corrected() {
        for code in CODES {
            let blocks: Vec<&str> = code.page.split("```nbc\n").skip(1).filter_map(|b| b.split("```").next()).collect();
            let [failing, corrected] = blocks.as_slice() else { panic!("{} needs two examples", code.name) };
            if *code == &FILE_TOO_LARGE {
                continue;
            }
            let failing = failing.replace("\\u200b", "\u{200b}");
            let found: Vec<&str> = said(&failing);
            assert!(found.contains(&code.name), "{}: {found:?}", code.name);
            assert_eq!(said(corrected), Vec::<&str>::new(), "{}", code.name);
        }
    }

    fn said(text: &str) -> Vec<&'static str> {
        let parse = crate::parse(text, nbc_source::FileId(0));
        parse.diagnostics().iter().map(|diagnostic| diagnostic.code.name).collect()
    }
}
