//! What phases 3 to 9 can find, numbers NBC0200 to NBC0299. Expressions have a table of their own.

nbc_source::codes! {
    pages in "pages/";
    UNKNOWN_KIND = 201 Error "unknown-kind" "a declaration starts with a word that is no kind";
    UNKNOWN_FIELD = 202 Error "unknown-field" "a field that the kind or record does not have";
    UNKNOWN_NAME = 203 Error "unknown-name" "a reference to something that nobody declared";
    UNKNOWN_TYPE = 204 Error "unknown-type" "a type that nobody declared";
    DUPLICATE_NAME = 205 Error "duplicate-name" "two declarations of one kind share a handle";
    SAID_TWICE = 206 Error "said-twice" "one layer says the same slot twice";
    MISSING_FIELD = 207 Error "missing-field" "a required field is not there";
    WRONG_VALUE = 208 Error "wrong-value" "the value is not of the field's type";
    QUOTED_NAME = 209 Error "quoted-name" "a reference is written as text";
    AMBIGUOUS_NAME = 210 Error "ambiguous-name" "a bare name fits two kinds";
    CYCLE = 211 Error "cycle" "things that depend on each other in a circle";
    ALREADY_PRESENT = 212 Warning "already-present" "a list gets an element that it has";
    NOT_PRESENT = 213 Error "not-present" "a list loses an element that it does not have";
    LIST_NOT_CONSTANT = 214 Error "list-not-constant" "a computed list is added to or removed from";
    WRONG_WORD = 215 Error "wrong-word" "set, override or unset where another word belongs";
    LOCKED = 216 Error "locked" "a higher layer touches what a lower one locked";
    UNKNOWN_PATH = 217 Error "unknown-path" "a path that leads nowhere";
    COMPUTED_FIELD = 218 Error "computed-field" "a computed field is written by hand";
    BAD_CELL = 231 Error "bad-cell" "a cell of a table cannot become the field's value";
    RAGGED_ROW = 232 Error "ragged-row" "a row of a table has more or fewer cells than the header";
    UNKNOWN_COLUMN = 233 Error "unknown-column" "a table has no such column";
    MISSING_FILE = 234 Error "missing-file" "a file that is named is not there or cannot be read";
    NOT_A_ROW_VALUE = 235 Error "not-a-row-value" "a value in a table's block is more than columns and text";
    DUPLICATE_TYPE = 240 Error "duplicate-type" "two kinds or types share a name";
    UNKNOWN_ACTION = 241 Error "unknown-action" "an action that the kind does not declare";
    CLOSED_ENUM = 242 Error "closed-enum" "an enum that a site cannot add to";
    UNKNOWN_STAGE = 243 Error "unknown-stage" "a stage that nobody declared";
    ONLY_IN_STAGE = 244 Error "only-in-stage" "the base names something that only a stage declares";
    NOT_CONSTANT = 245 Error "not-constant" "a loop runs over a list that is not constant";
    BROKEN_REQUIREMENT = 250 Error "broken-requirement" "a declaration breaks what its kind requires";
    SAID_BY_BOTH = 251 Warning "said-by-both" "a list names the same thing twice";
    DEPRECATED = 252 Warning "deprecated" "something deprecated is still used";
    TOO_LARGE = 253 Error "too-large" "the workspace makes more than nbc can hold";
    CONFUSABLE_NAME = 254 Warning "confusable-name" "two things of one kind have names that look alike";
}

#[cfg(test)]
mod tests {
    use nbc_source::Code;

    use crate::expression;
    use crate::testing::analysed;

    /// The text of the block with this head.
    fn block(page: &'static str, head: &str) -> &'static str {
        let after = page.split_once(head).map(|(_, after)| after);
        after.and_then(|after| after.split_once("```")).map(|(block, _)| block).expect(head)
    }

    /// What is wrong with a page: its mistake must be found, alone, and its cure must be clean.
    fn faults(code: &Code) -> String {
        let mut faults = String::new();
        let run = analysed(block(code.page, "```nbc failing\n"));
        if run.findings.iter().map(|found| found.code.name).ne([code.name]) {
            faults += &format!("{}, failing: {}\n", code.name, run.report());
        }
        let run = analysed(block(code.page, "```nbc corrected\n"));
        if !run.findings.is_empty() {
            faults += &format!("{}, corrected: {}\n", code.name, run.report());
        }
        faults
    }

    #[test]
    fn every_page_shows_its_mistake_and_its_cure() {
        let all: Vec<&Code> = super::CODES.iter().chain(expression::codes::CODES).copied().collect();
        let threads = all.chunks(all.len().div_ceil(2)).map(<[&Code]>::to_vec);
        let running: Vec<_> =
            threads.map(|part| std::thread::spawn(move || part.into_iter().map(faults).collect::<String>())).collect();
        let faults: String = running.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_eq!(faults, "");
    }

    #[test]
    fn numbers_and_names_are_unique() {
        let mut all: Vec<&Code> = super::CODES.iter().chain(expression::codes::CODES).copied().collect();
        all.sort_by_key(|code| code.number);
        assert!(all.windows(2).all(|pair| pair[0].number < pair[1].number));
        all.sort_by_key(|code| code.name);
        assert!(all.windows(2).all(|pair| pair[0].name < pair[1].name));
    }
}
