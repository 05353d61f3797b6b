//! The words of the language. A word is a word only in its place, and a name elsewhere; the parser decides by this table.

/// Declares the words once: the enum, the way from text, and the way back.
macro_rules! words {
    ($($word:ident $text:literal $bytes:literal,)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Word {
            /// A name that is no word of the language.
            Other,
            $($word,)*
        }

        /// All of them, for the reference.
        pub const WORDS: &[&str] = &[$($text,)*];

        impl Word {
            pub(crate) fn of(text: &str) -> Word {
                // Bytes, because the compiler turns patterns of bytes into a tree of decisions.
                match text.as_bytes() {
                    $($bytes => Word::$word,)*
                    _ => Word::Other,
                }
            }

            pub(crate) fn text(self) -> &'static str {
                match self {
                    Word::Other => "",
                    $(Word::$word => $text,)*
                }
            }
        }
    };
}

words! {
    // Reserved: usable only as field names, map keys and after a dot.
    True "true" b"true",
    False "false" b"false",
    And "and" b"and",
    Or "or" b"or",
    Not "not" b"not",
    In "in" b"in",
    If "if" b"if",
    Then "then" b"then",
    Else "else" b"else",
    For "for" b"for",
    Any "any" b"any",
    All "all" b"all",
    // Declaration words.
    Kind "kind" b"kind",
    Enum "enum" b"enum",
    Extend "extend" b"extend",
    Record "record" b"record",
    Variant "variant" b"variant",
    Type "type" b"type",
    Let "let" b"let",
    Fn "fn" b"fn",
    Rule "rule" b"rule",
    Waiver "waiver" b"waiver",
    Test "test" b"test",
    Stage "stage" b"stage",
    Raw "raw" b"raw",
    // Change words.
    Override "override" b"override",
    Set "set" b"set",
    Unset "unset" b"unset",
    Add "add" b"add",
    Remove "remove" b"remove",
    Expect "expect" b"expect",
    // Words in their place.
    Locked "locked" b"locked",
    Own "own" b"own",
    Computed "computed" b"computed",
    Action "action" b"action",
    Implies "implies" b"implies",
    Require "require" b"require",
    Emit "emit" b"emit",
    From "from" b"from",
    Until "until" b"until",
    AsOf "as-of" b"as-of",
    Extends "extends" b"extends",
    On "on" b"on",
    Where "where" b"where",
    Matching "matching" b"matching",
    Grants "grants" b"grants",
    Owns "owns" b"owns",
    Owned "owned" b"owned",
    Dated "dated" b"dated",
    When "when" b"when",
    Because "because" b"because",
    Can "can" b"can",
    Cannot "cannot" b"cannot",
    Breaks "breaks" b"breaks",
    Keeps "keeps" b"keeps",
    Otherwise "otherwise" b"otherwise",
}

impl Word {
    /// Reserved words never stand for a name in an expression or a handle.
    pub(crate) fn is_reserved(self) -> bool {
        Word::True <= self && self <= Word::All
    }

    /// Words that open a declaration other than `for`.
    pub(crate) fn is_declaration(self) -> bool {
        Word::Kind <= self && self <= Word::Raw
    }

    /// Words that open a change in a stage or a test.
    pub(crate) fn is_change(self) -> bool {
        Word::Override <= self && self <= Word::Remove
    }

    /// Words that cannot name a kind.
    pub(crate) fn is_barred_as_kind(self) -> bool {
        Word::True <= self && self <= Word::Expect
    }
}
