//! What is checked in is what the kinds say.

use std::path::Path;

#[test]
fn generated_files_are_current() {
    let (files, findings) = nbc_kindgen::generate();
    let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
    assert!(messages.is_empty(), "the standard library has findings: {messages:#?}");
    assert!(files.len() > 20);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for file in files {
        #[expect(clippy::disallowed_methods, reason = "a test reads the repository")]
        let checked_in = std::fs::read_to_string(root.join(&file.path)).unwrap_or_default();
        assert!(checked_in == file.text, "{} is not current: run `cargo run -p nbc-kindgen`", file.path);
    }
}
