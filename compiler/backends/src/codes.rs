//! Findings of the backends, NBC0700 to NBC0799: what is well-formed and allowed, and yet cannot be written.

use nbc_source::{Code, Level};

macro_rules! codes {
    ($($name:ident = $number:literal $kebab:literal $level:ident $summary:literal;)*) => {
        $(#[doc = $summary]
        pub static $name: Code = Code {
            number: $number,
            name: $kebab,
            level: Level::$level,
            summary: $summary,
            page: include_str!(concat!("pages/", $kebab, ".md")),
        };)*

        /// Every code of this room, sorted by number.
        pub static CODES: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    UNKNOWN_TARGET_VERSION = 700 "unknown-target-version" Error "nbc has no schema for the configured version of a target";
    PLACEHOLDER_IN_REALM = 710 "placeholder-in-realm" Error "text that Keycloak would replace by a variable of its environment";
    REALM_TOO_LARGE = 711 "realm-too-large" Warning "a realm is larger than what carries it into the cluster";
    TEMPLATE_FAILED = 720 "template-failed" Error "a template of a kind cannot be filled in";
    TEMPLATE_OUTPUT = 721 "template-output" Error "a template of a kind makes something that the target refuses";
    RAW_TARGET = 730 "raw-target" Error "a raw text is for a target, or on a declaration, that takes none";
    RAW_MANIFEST = 731 "raw-manifest" Error "a raw text is something that the target refuses";
    RAW_RESERVED = 732 "raw-reserved" Error "a raw text writes what follows from declarations";
}

#[cfg(test)]
mod tests {
    use super::CODES;

    #[test]
    fn numbers_are_sorted_and_pages_show_how_to_mend_it() {
        assert!(CODES.windows(2).all(|pair| pair[0].number < pair[1].number));
        for code in CODES {
            assert!((700..800).contains(&code.number), "{code}");
            assert!(code.page.contains("**Why it matters.**") && code.page.contains("```"), "{}", code.name);
        }
    }
}
