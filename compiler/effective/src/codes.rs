//! Findings of this room, NBC0750 to NBC0759: what emitted files grant is not what was decided.

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

/// What the platform's `accepts` can say that it knows.
pub fn acceptable() -> &'static Code {
    &WIDER_BY_NATURE
}

codes! {
    WIDER_THAN_DECIDED = 750 "wider-than-decided" Error "a target would grant more than was decided";
    NARROWER_THAN_DECIDED = 751 "narrower-than-decided" Warning "a target would refuse what was decided";
    WIDER_BY_NATURE = 752 "wider-by-nature" Note "a target grants more than was decided because of how it works";
    MISREAD_OUTPUT = 753 "misread-output" Error "a target would not read an emitted file as it is meant";
    UNUSED_ACCEPTANCE = 754 "unused-acceptance" Warning "the platform accepts what no target does";
}
