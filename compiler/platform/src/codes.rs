//! The table of this room's findings: NBC0400 to NBC0599, and NBC0230, which the tutorial shows.
//!
//! Each has a page in `checks/pages/NAME.md` with a failing and a corrected example, which a test executes.

use nbc_source::{Code, Level};

macro_rules! codes {
    ($($number:literal $constant:ident $name:literal $level:ident $summary:literal;)*) => {
        $(
            #[doc = $summary]
            pub static $constant: Code = Code {
                number: $number,
                name: $name,
                level: Level::$level,
                summary: $summary,
                page: include_str!(concat!("checks/pages/", $name, ".md")),
            };
        )*
        /// Every code of this room, sorted by number.
        pub static CODES: &[&Code] = &[$(&$constant),*];
    };
}

codes! {
    400 EXPIRED_WAIVER "expired-waiver" Warning "a waiver is past its last day";
    401 UNUSED_WAIVER "unused-waiver" Warning "a waiver excuses nothing";
    402 NOBODY_PAYS "nobody-pays" Error "no group pays for servers that a person may launch";
    403 UNDECIDED_PAYER "undecided-payer" Error "several groups could pay and nothing says which";
    412 MOVING_IMAGE_TAG "moving-image-tag" Warning "an image tag moves, so the image can change overnight";
    420 LARGER_THAN_MACHINE "larger-than-machine" Warning "a server may use more than one machine has";
    450 UNREADABLE_ENVIRONMENT_FILE "unreadable-environment-file" Error "the file of an environment is missing or not what its name says";
    440 GROUP_WITHOUT_OWNER "group-without-owner" Warning "nobody decides about a group";
}

#[cfg(test)]
mod tests {
    use super::CODES;

    #[test]
    fn numbers_are_sorted_names_are_kebab_case_and_pages_have_both_examples() {
        assert!(CODES.windows(2).all(|pair| pair[0].number < pair[1].number));
        for code in CODES {
            assert!(code.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", code.name);
            for part in ["# ", "```nbc fails", "```nbc passes"] {
                assert!(code.page.contains(part), "the page of {} has no {part:?}", code.name);
            }
        }
    }
}
