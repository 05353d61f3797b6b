//! How messages are worded, whoever says the sentence first.

/// A sentence of another program as messages here begin: with a small letter.
pub fn small_first_letter(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}
