//! Findings of the backends, NBC0700 to NBC0799: what is well-formed and allowed, and yet cannot be written.

nbc_source::codes! {
    pages in "pages/";
    UNKNOWN_TARGET_VERSION = 700 Error "unknown-target-version" "nbc has no schema for the configured version of a target";
    PLACEHOLDER_IN_REALM = 710 Error "placeholder-in-realm" "text that Keycloak would replace by a variable of its environment";
    REALM_TOO_LARGE = 711 Warning "realm-too-large" "a realm is larger than what carries it into the cluster";
    TEMPLATE_FAILED = 720 Error "template-failed" "a template of a kind cannot be filled in";
    TEMPLATE_OUTPUT = 721 Error "template-output" "a template of a kind makes something that the target refuses";
    RAW_TARGET = 730 Error "raw-target" "a raw text is for a target, or on a declaration, that takes none";
    RAW_MANIFEST = 731 Error "raw-manifest" "a raw text is something that the target refuses";
    RAW_RESERVED = 732 Error "raw-reserved" "a raw text writes what follows from declarations";
}

/// What a waiver by its own name may excuse.
pub fn waivable() -> &'static nbc_source::Code {
    &RAW_RESERVED
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
