//! Any text has a tree whose text is the text, and findings that point into it; parsing it again gives the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nbc_source::FileId;

fuzz_target!(|text: &str| {
    let first = nbc_syntax::parse(text, FileId(0));
    assert!(first.syntax().text() == text, "the tree has another text");
    for diagnostic in first.diagnostics() {
        let Some(span) = diagnostic.span else { continue };
        let (start, end) = (span.start as usize, span.end as usize);
        assert!(start <= end && end <= text.len(), "points outside: {}", diagnostic.message);
        assert!(
            text.is_char_boundary(start) && text.is_char_boundary(end),
            "splits a character: {}",
            diagnostic.message
        );
    }
    let second = nbc_syntax::parse(text, FileId(0));
    assert!(first.green() == second.green(), "another tree the second time");
    let said = |parse: &nbc_syntax::Parse| format!("{:?}", parse.diagnostics());
    assert_eq!(said(&first), said(&second));
});
