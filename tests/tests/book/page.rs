//! A page as the runner sees it: fenced blocks, each with a language and words. `<!-- nbc around=people.nbc` … `-->` is
//! a block that readers do not see.

use std::ops::Range;

/// One block. Its range in the page is what an update replaces.
pub(crate) struct Block<'p> {
    /// Of the opening fence, from 1.
    pub(crate) line: usize,
    pub(crate) language: &'p str,
    /// `file=people.nbc` is (`file`, `people.nbc`); `holds` is (`holds`, ``).
    pub(crate) words: Vec<(&'p str, &'p str)>,
    pub(crate) text: &'p str,
    pub(crate) range: Range<usize>,
}

/// The blocks of a page, in their order. A fence stands at the start of its line.
pub(crate) fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, &str, usize, &str)> = None;
    let mut at = 0;
    for (number, line) in page.split_inclusive('\n').enumerate() {
        let end = at + line.len();
        let text = line.trim_end();
        match open {
            None => {
                let fence = text.strip_prefix("```").map(|head| (head, "```"));
                let comment =
                    text.strip_prefix("<!-- ").filter(|head| !head.ends_with("-->")).map(|head| (head, "-->"));
                open = fence.or(comment).map(|(head, close)| (number + 1, head, end, close));
            }
            Some((line, head, start, close)) if text == close => {
                blocks.push(block(line, head, page, start..at));
                open = None;
            }
            Some(_) => {}
        }
        at = end;
    }
    assert!(open.is_none(), "a block is not closed: {open:?}");
    blocks
}

fn block<'p>(line: usize, head: &'p str, page: &'p str, range: Range<usize>) -> Block<'p> {
    let mut words = head.split_whitespace();
    let language = words.next().unwrap_or_default();
    let words = words.map(|word| word.split_once('=').unwrap_or((word, ""))).collect();
    Block { line, language, words, text: &page[range.clone()], range }
}

#[test]
fn fences_and_comments_are_blocks() {
    let page = "a\n```nbc file=a.nbc\nuser ana { }\n```\n<!-- note -->\n<!-- csv around=p.csv\na,b\n-->\n";
    let found: Vec<_> =
        blocks(page).into_iter().map(|block| (block.line, block.language, block.words, block.text)).collect();
    assert_eq!(
        found,
        [(2, "nbc", vec![("file", "a.nbc")], "user ana { }\n"), (6, "csv", vec![("around", "p.csv")], "a,b\n")]
    );
}
