//! The kinds of tokens and nodes of the tree, each with an example.
//!
//! Words such as `group` or `extends` are [`SyntaxKind::NAME`] to the lexer; where the parser reads one as a word of the
//! language, the tree holds it as [`SyntaxKind::KEYWORD`].

/// Declares the kinds once: the enum and the way back from rowan's number.
macro_rules! syntax_kinds {
    ($($(#[$doc:meta])* $kind:ident,)*) => {
        /// What a token or a node of the tree is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(non_camel_case_types, reason = "upper case tells kinds from the typed views of the same name")]
        #[repr(u8)]
        pub enum SyntaxKind {
            $($(#[$doc])* $kind,)*
        }

        const ALL: &[SyntaxKind] = &[$(SyntaxKind::$kind,)*];
    };
}

syntax_kinds! {
    // Trivia.
    /// Spaces and tabs; a byte order mark at the start of the file.
    WHITESPACE,
    /// `\n` or `\r\n`.
    NEWLINE,
    /// `# agreed with finance`
    COMMENT,
    /// `## The research team`
    DOC_COMMENT,

    // Words and literals.
    /// `gpu-a100`
    NAME,
    /// `extends`, where it is a word of the language.
    KEYWORD,
    /// `Classification`
    TYPE_NAME,
    /// `uni/small`
    QUALIFIED_NAME,
    /// `1_000`, `0.25`
    NUMBER,
    /// `500m`, `2.5Gi`, `75%`
    QUANTITY,
    /// `$25`, `€2_500/month`, `25CHF/hour`
    MONEY,
    /// `2026-12-31`
    DATE,
    /// `"ML {group}"`, `"""…"""`
    TEXT,
    /// `'[a-z]+'`, `'''…'''`
    VERBATIM,
    /// `_libgcc_mutex`, `7zip`: a word of another language, read whole.
    FOREIGN_WORD,
    /// A character that the language does not use.
    UNKNOWN,

    // Punctuation.
    /// `{`
    LEFT_BRACE,
    /// `}`
    RIGHT_BRACE,
    /// `[`
    LEFT_BRACKET,
    /// `]`
    RIGHT_BRACKET,
    /// `(`
    LEFT_PAREN,
    /// `)`
    RIGHT_PAREN,
    /// `:`
    COLON,
    /// `,`
    COMMA,
    /// `.`
    DOT,
    /// `..`
    DOT_DOT,
    /// `->`
    ARROW,
    /// `=`
    EQUALS,
    /// `==`
    EQUAL_EQUAL,
    /// `!=`
    NOT_EQUAL,
    /// `<`
    LESS,
    /// `<=`
    LESS_EQUAL,
    /// `>`
    GREATER,
    /// `>=`
    GREATER_EQUAL,
    /// `+`
    PLUS,
    /// `-`
    MINUS,
    /// `*`
    STAR,
    /// `/`
    SLASH,
    /// `?`
    QUESTION,
    /// `|`
    PIPE,

    /// The end of the file; never in the tree.
    END_OF_FILE,
    /// Tokens that fit nowhere, kept so that the tree has every byte.
    ERROR,

    // Declarations.
    /// A whole file.
    SOURCE_FILE,
    /// `group ml { … }`
    INSTANCE,
    /// `kind group { … }`
    KIND_DECL,
    /// `enum Level { low, high }`
    ENUM_DECL,
    /// `extend enum Level { highest }`
    EXTEND_ENUM_DECL,
    /// `record Tile { … }`
    RECORD_DECL,
    /// `variant SignIn { … }`
    VARIANT_DECL,
    /// `type Image = Text matching '…'`
    TYPE_DECL,
    /// `let limit = 4`
    LET_DECL,
    /// `fn double(n: Count) -> Count = n * 2`
    FN_DECL,
    /// `for team in teams { … }`
    FOR_DECL,
    /// `rule r "…" for group g { … }`
    RULE_DECL,
    /// `waiver r on group.ml { … }`
    WAIVER_DECL,
    /// `test "…" { … }`
    TEST_DECL,
    /// `stage prod { … }`
    STAGE_DECL,
    /// `raw kubernetes on group.ml '''…'''`
    RAW_DECL,

    // Parts of declarations.
    /// `extends large`
    EXTENDS_CLAUSE,
    /// `{ cpu: 8 }`, also as a value.
    BODY,
    /// `cpu: 8`, `add members: [ana]`, `quota { … }`
    ITEM,
    /// A key that is not a name, not a text: an error was reported, and it stands for the quoted text.
    FOREIGN_KEY,
    /// `group.ml.quota.cpu`
    PATH,
    /// `{ … }` of a kind.
    KIND_BODY,
    /// `cpu: Cpu in 100m..256 = 1`
    FIELD,
    /// `computed has-gpu: Bool = gpu set`
    COMPUTED_FIELD,
    /// `action launch implies view "start a server"`
    ACTION,
    /// `require low <= high "…"` of a kind.
    REQUIREMENT,
    /// `emit kubernetes from "app.yaml.j2"`
    EMIT,
    /// `in 100m..256 "…"`
    IN_CONSTRAINT,
    /// `matching '…' "…"`
    MATCHING_CONSTRAINT,
    /// `where value > 0 "…"`
    WHERE_CONSTRAINT,
    /// `grants launch`
    GRANTS_CLAUSE,
    /// `= 1h` of a field.
    DEFAULT,
    /// `user | group`
    UNION_TYPE,
    /// `Text`, `group`, `uni/small`
    NAMED_TYPE,
    /// `[dated user]`
    LIST_TYPE,
    /// `{Gpu: Count}`
    MAP_TYPE,
    /// `{ low, high }`
    ENUM_BODY,
    /// `low "nobody notices"`
    ENUM_VALUE,
    /// `{ … }` of a record or of a case.
    RECORD_BODY,
    /// `{ … }` of a variant.
    VARIANT_BODY,
    /// `oidc { issuer: Url }`
    CASE,
    /// `(a: Count, b: Count)`
    PARAMETERS,
    /// `a: Count`
    PARAMETER,
    /// `{ … }` of a `for`.
    FOR_BODY,
    /// `(gpu-cost)` after `rule`.
    RULE_PACK,
    /// `group g`
    SUBJECT,
    /// `{ … }` of a rule.
    RULE_BODY,
    /// `when g.quota set`
    WHEN_CLAUSE,
    /// `require g.budget set else "…"`
    REQUIRE_CLAUSE,
    /// `cannot read d`
    ACCESS,
    /// `else "…"`
    ELSE_CLAUSE,
    /// `in prod` of a test.
    IN_STAGE_CLAUSE,
    /// `as-of 2027-01-01`
    AS_OF_CLAUSE,
    /// `{ … }` of a test.
    TEST_BODY,
    /// `expect gus cannot launch gpu because r`
    EXPECTATION,
    /// `because no-guest-gpu`
    BECAUSE_CLAUSE,
    /// `breaks r`, `keeps r`
    RULE_VERDICT,
    /// `{ … }` of a stage.
    STAGE_BODY,
    /// `override group.ml.quota.cpu: 8`
    CHANGE,

    // Values and expressions.
    /// `oidc { issuer: "…" }` as a value.
    TAGGED_VALUE,
    /// `8`, `"text"`, `true`
    LITERAL,
    /// `g.quota.budget`, `ana`, `Level.low`, `uni/small`
    PATH_EXPR,
    /// `first(xs).title`
    MEMBER_EXPR,
    /// `count(xs)`
    CALL_EXPR,
    /// `(a + b)`
    PAREN_EXPR,
    /// `[ana, bob until 2027-01-31]`
    LIST_EXPR,
    /// `bob until 2027-01-31`
    DATED_ELEMENT,
    /// `for x in xs if x.open`
    COMPREHENSION,
    /// `if a then b else c`
    IF_EXPR,
    /// `any p in ps: p.gpu set`
    QUANTIFIER_EXPR,
    /// `a and b and c`
    LOGIC_EXPR,
    /// `not a`
    NOT_EXPR,
    /// `a <= b`, `a in b`, `a not in 1..5`
    COMPARISON_EXPR,
    /// `a + b - c`
    SUM_EXPR,
    /// `a * b / c`
    PRODUCT_EXPR,
    /// `-a`
    NEGATIVE_EXPR,
    /// `a set`
    SET_EXPR,
    /// `a otherwise b`
    OTHERWISE_EXPR,
}

impl SyntaxKind {
    /// Whether it is a piece of text, and no node.
    pub fn is_token(self) -> bool {
        self < SyntaxKind::END_OF_FILE
    }

    /// Whether a token carries no meaning for the grammar. A newline may, by the rule in `tokens`.
    pub fn is_trivia(self) -> bool {
        matches!(self, SyntaxKind::WHITESPACE | SyntaxKind::NEWLINE | SyntaxKind::COMMENT | SyntaxKind::DOC_COMMENT)
    }

    /// How a message names a punctuation token.
    pub(crate) fn punctuation(self) -> Option<&'static str> {
        use SyntaxKind::*;
        Some(match self {
            LEFT_BRACE => "{",
            RIGHT_BRACE => "}",
            LEFT_BRACKET => "[",
            RIGHT_BRACKET => "]",
            LEFT_PAREN => "(",
            RIGHT_PAREN => ")",
            COLON => ":",
            COMMA => ",",
            DOT => ".",
            DOT_DOT => "..",
            ARROW => "->",
            EQUALS => "=",
            EQUAL_EQUAL => "==",
            NOT_EQUAL => "!=",
            LESS => "<",
            LESS_EQUAL => "<=",
            GREATER => ">",
            GREATER_EQUAL => ">=",
            PLUS => "+",
            MINUS => "-",
            STAR => "*",
            SLASH => "/",
            QUESTION => "?",
            PIPE => "|",
            _ => return None,
        })
    }
}

/// The language as rowan knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NbcLanguage {}

impl rowan::Language for NbcLanguage {
    type Kind = SyntaxKind;

    fn kind_from_raw(raw: rowan::SyntaxKind) -> SyntaxKind {
        ALL.get(usize::from(raw.0)).copied().unwrap_or(SyntaxKind::ERROR)
    }

    fn kind_to_raw(kind: SyntaxKind) -> rowan::SyntaxKind {
        rowan::SyntaxKind(kind as u16)
    }
}

pub type SyntaxNode = rowan::SyntaxNode<NbcLanguage>;
pub type SyntaxToken = rowan::SyntaxToken<NbcLanguage>;
pub type SyntaxElement = rowan::SyntaxElement<NbcLanguage>;
