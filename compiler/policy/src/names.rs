//! How names of the language are written in Cedar: `data-source` is the type `DataSource` and the attribute
//! `data_source`. In Cedar `data-source` would be a subtraction.

/// Words that cannot be written after a dot in a policy, so no attribute may have them.
/// Source: the grammar of Cedar 4, <https://docs.cedarpolicy.com/policies/syntax-grammar.html>.
const WORDS: [&str; 9] = ["true", "false", "if", "then", "else", "in", "is", "like", "has"];

/// What a quantity adds to the name of its attribute.
pub(crate) const UNITS: [&str; 4] = ["_millicores", "_bytes", "_minor", "_minor_per_month"];

/// Type names that Cedar keeps for itself.
const TYPES: [&str; 13] = [
    "Action",
    "Bool",
    "Boolean",
    "Entity",
    "Extension",
    "Long",
    "Record",
    "Set",
    "String",
    "datetime",
    "decimal",
    "duration",
    "ipaddr",
];

/// `data-source` → `DataSource`; what is CamelCase already stays.
pub(crate) fn type_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut upper = true;
    for character in name.chars() {
        match character {
            '-' => upper = true,
            other if upper => {
                out.extend(other.to_uppercase());
                upper = false;
            }
            other => out.push(other),
        }
    }
    out
}

/// `idle-stop` → `idle_stop`, `SharedNamespace` → `shared_namespace`.
pub(crate) fn attribute_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '-' => out.push('_'),
            upper if upper.is_uppercase() => {
                if !out.is_empty() {
                    out.push('_');
                }
                out.extend(upper.to_lowercase());
            }
            other => out.push(other),
        }
    }
    out
}

pub(crate) fn is_word(attribute: &str) -> bool {
    WORDS.contains(&attribute)
}

pub(crate) fn is_builtin_type(name: &str) -> bool {
    TYPES.contains(&name)
}

/// A text as Cedar writes it between quotes.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_language_become_names_of_cedar() {
        assert_eq!(
            (type_name("data-source"), attribute_name("data-source")),
            ("DataSource".into(), "data_source".into())
        );
        assert_eq!(
            (type_name("SharedNamespace"), attribute_name("SharedNamespace")),
            ("SharedNamespace".into(), "shared_namespace".into())
        );
        assert_eq!(attribute_name("linux-64"), "linux_64");
        assert_eq!(quoted("say \"a\\b\"\n"), r#""say \"a\\b\"\n""#);
    }
}
