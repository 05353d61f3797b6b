//! Any text is cut into tokens that cover it: the first starts at 0, each starts after the one before, on a character.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let tokens = nbc_syntax::lex(text);
    assert_eq!(tokens.is_empty(), text.is_empty());
    let mut next = 0;
    for (index, token) in tokens.iter().enumerate() {
        let start = token.start as usize;
        assert!(if index == 0 { start == 0 } else { start >= next }, "token {index} starts at {start}");
        assert!(start < text.len() && text.is_char_boundary(start), "token {index} starts at {start}");
        next = start + 1;
    }
});
