//! The identity of a kind of finding.

use std::fmt;

/// How much a finding weighs before packs, waivers and `--deny` have their say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Error,
    Warning,
    Note,
}

impl Level {
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

/// One kind of finding: a kebab-case name, a stable number, a level, one sentence and a page.
///
/// Each crate keeps a table of its own (`codes.rs`); `driver` joins them, and a test holds numbers unique.
/// The page is Markdown with a failing and a corrected example, both executed by tests.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Code {
    /// Shown as `NBC0203`; never reused.
    pub number: u16,
    pub name: &'static str,
    pub level: Level,
    /// One sentence for lists of codes.
    pub summary: &'static str,
    /// The page that `nbc explain NBC0203` prints.
    pub page: &'static str,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NBC{:04}", self.number)
    }
}

/// Declares a room's findings and its table: `NAME = NUMBER LEVEL "name" "summary";`, by number, after the folder of their
/// pages, `pages in "FOLDER/";`, which is relative to the file that says so.
#[macro_export]
macro_rules! codes {
    (pages in $folder:literal; $($constant:ident = $number:literal $level:ident $name:literal $summary:literal;)*) => {
        $(
            #[doc = $summary]
            pub static $constant: $crate::Code = $crate::Code {
                number: $number,
                name: $name,
                level: $crate::Level::$level,
                summary: $summary,
                page: include_str!(concat!($folder, $name, ".md")),
            };
        )*

        /// Every finding of this room, by number.
        pub static CODES: &[&$crate::Code] = &[$(&$constant),*];
    };
}
