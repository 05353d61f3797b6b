//! Names of the language as names of Rust.

/// `node-pool` is `NodePool`; what is `CamelCase` already stays.
pub(crate) fn camel(name: &str) -> String {
    name.split('-').map(capital).collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `node-pool` and `NodePool` are `node_pool`; words of Rust are written raw.
pub(crate) fn snake(name: &str) -> String {
    let text = file(name);
    match text.as_str() {
        "use" | "type" | "in" | "for" | "if" | "else" | "match" | "move" | "ref" | "static" | "where" | "loop" => {
            format!("r#{text}")
        }
        _ => text,
    }
}

/// The name of the file of a kind.
pub(crate) fn file(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(if letter == '-' { '_' } else { letter.to_ascii_lowercase() });
    }
    text
}

/// The struct of a kind. `Platform` is the sealed result, so the declaration is `PlatformKind`.
pub(crate) fn kind_struct(name: &str) -> String {
    if name == "platform" { "PlatformKind".to_owned() } else { camel(name) }
}

/// The field of `Declarations` that holds all entities of a kind.
pub(crate) fn plural(name: &str) -> String {
    format!("{}s", file(name))
}
