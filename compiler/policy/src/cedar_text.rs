//! The tokens of a `.cedar` file, as far as nbc needs them before and beside Cedar's own parser: where each policy
//! begins and ends, how deeply it nests, where each entity literal and operator stands.
//!
//! Cedar's parser is recursive and ends the process on deep nesting, so depth is measured here first. Cedar also says
//! nothing of a misspelt id, so literals are found here with their places.

use std::ops::Range;

/// Deepest nesting of brackets and of `if` that Cedar's parser is given.
pub const DEEPEST: usize = 64;
/// Most tokens of one policy: long chains of `&&` are nested too, once parsed.
pub const LONGEST: usize = 20_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    Word,
    Text,
    Number,
    /// A character or pair that is none of these.
    Sign,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub range: Range<usize>,
}

/// One policy: its text from the first annotation to the semicolon.
#[derive(Debug)]
pub struct PolicyText {
    pub range: Range<usize>,
    pub tokens: Vec<Token>,
    /// Where it nests more deeply than [`DEEPEST`], or is longer than [`LONGEST`].
    pub too_deep: Option<Range<usize>>,
}

/// An entity literal, `Group::"ml-research"`.
#[derive(Debug, PartialEq, Eq)]
pub struct Literal<'t> {
    pub type_name: String,
    /// The text between the quotes, as written.
    pub id: &'t str,
    /// The quoted part.
    pub range: Range<usize>,
}

/// Splits a file into its policies. Total: what is no Cedar becomes signs, and Cedar's parser says so.
pub fn policies(text: &str) -> Vec<PolicyText> {
    let mut policies = Vec::new();
    let mut current: Vec<Token> = Vec::new();
    let mut depth = 0_usize;
    let mut conditions = 0_usize;
    let mut too_deep = None;
    let mut has_head = false;
    for token in tokens(text) {
        let word = text.get(token.range.clone()).unwrap_or_default();
        let is_head = matches!(word, "permit" | "forbid");
        // A semicolon was forgotten: the next policy begins here all the same.
        if depth == 0 && has_head && (is_head || word == "@") {
            policies.extend(policy(std::mem::take(&mut current), too_deep.take()));
            (conditions, has_head) = (0, false);
        }
        has_head |= is_head;
        match word {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            "if" => conditions += 1,
            _ => {}
        }
        if too_deep.is_none() && (depth.max(conditions) > DEEPEST || current.len() >= LONGEST) {
            too_deep = Some(token.range.clone());
        }
        let ends = word == ";";
        current.push(token);
        if ends {
            policies.extend(policy(std::mem::take(&mut current), too_deep.take()));
            (depth, conditions, has_head) = (0, 0, false);
        }
    }
    policies.extend(policy(current, too_deep));
    policies
}

fn policy(tokens: Vec<Token>, too_deep: Option<Range<usize>>) -> Option<PolicyText> {
    let range = tokens.first()?.range.start..tokens.last()?.range.end;
    Some(PolicyText { range, tokens, too_deep })
}

fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let first = byte(at);
        let kind = match first {
            b' ' | b'\t' | b'\r' | b'\n' => {
                at += 1;
                continue;
            }
            b'/' if byte(at + 1) == b'/' => {
                while at < bytes.len() && byte(at) != b'\n' {
                    at += 1;
                }
                continue;
            }
            b'"' => {
                at += 1;
                while at < bytes.len() && byte(at) != b'"' {
                    at += if byte(at) == b'\\' { 2 } else { 1 };
                }
                at = (at + 1).min(bytes.len());
                TokenKind::Text
            }
            b'0'..=b'9' => {
                while byte(at).is_ascii_digit() {
                    at += 1;
                }
                TokenKind::Number
            }
            _ if first == b'_' || first.is_ascii_alphabetic() => {
                while byte(at) == b'_' || byte(at).is_ascii_alphanumeric() {
                    at += 1;
                }
                TokenKind::Word
            }
            _ => {
                let pairs: [&[u8]; 7] = [b"::", b"==", b"!=", b"<=", b">=", b"&&", b"||"];
                let is_pair = pairs.contains(&bytes.get(at..at + 2).unwrap_or_default());
                at += if is_pair { 2 } else { 1 };
                while at < bytes.len() && !text.is_char_boundary(at) {
                    at += 1;
                }
                TokenKind::Sign
            }
        };
        tokens.push(Token { kind, range: start..at });
    }
    tokens
}

impl PolicyText {
    /// The words of a token.
    pub fn word<'t>(&self, text: &'t str, at: usize) -> &'t str {
        self.tokens.get(at).and_then(|token| text.get(token.range.clone())).unwrap_or_default()
    }

    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// All entity literals, in order: `Word (:: Word)* :: Text`.
    pub fn literals<'t>(&self, text: &'t str) -> Vec<Literal<'t>> {
        let mut found = Vec::new();
        for (at, token) in self.tokens.iter().enumerate() {
            if token.kind != TokenKind::Text || at < 2 || self.word(text, at - 1) != "::" {
                continue;
            }
            let mut first = at - 2;
            while first >= 2 && self.word(text, first - 1) == "::" && self.kind(first - 2) == Some(TokenKind::Word) {
                first -= 2;
            }
            let type_name = (first..at - 1).map(|part| self.word(text, part)).collect();
            let inner = token.range.start + 1..token.range.end.saturating_sub(1);
            found.push(Literal { type_name, id: text.get(inner).unwrap_or_default(), range: token.range.clone() });
        }
        found
    }

    /// Names of attributes as nbc writes them, `has-gpu` in `resource.has-gpu`: Cedar would subtract. Names of variables
    /// and numbers are subtracted from on purpose.
    pub fn kebab_names(&self, text: &str) -> Vec<Range<usize>> {
        let is_word = |at: usize| self.kind(at) == Some(TokenKind::Word);
        let is_joined = |at: usize| match (self.tokens.get(at), self.tokens.get(at + 1)) {
            (Some(one), Some(next)) => one.range.end == next.range.start,
            _ => false,
        };
        let goes_on =
            |at: usize| is_joined(at) && self.word(text, at + 1) == "-" && is_joined(at + 1) && is_word(at + 2);
        let mut found = Vec::new();
        let mut at = 1;
        while at < self.tokens.len() {
            let first = at;
            if is_word(at) && matches!(self.word(text, at - 1), "." | "has") {
                while goes_on(at) {
                    at += 2;
                }
            }
            if let (true, Some(start), Some(end)) = (at > first, self.tokens.get(first), self.tokens.get(at)) {
                found.push(start.range.start..end.range.end);
            }
            at += 1;
        }
        found
    }

    /// The value of an annotation and its place: `@id("…")`.
    pub fn annotation<'t>(&self, text: &'t str, name: &str) -> Option<(&'t str, Range<usize>)> {
        let at = (0..self.tokens.len()).find(|at| self.word(text, *at) == "@" && self.word(text, at + 1) == name)?;
        let token = self.tokens.get(at + 3).filter(|token| token.kind == TokenKind::Text)?;
        Some((text.get(token.range.start + 1..token.range.end.saturating_sub(1))?, token.range.clone()))
    }

    /// The first place of a word or sign in the policy.
    pub fn find(&self, text: &str, word: &str) -> Option<Range<usize>> {
        (0..self.tokens.len())
            .find(|at| self.word(text, *at) == word)
            .and_then(|at| self.tokens.get(at))
            .map(|t| t.range.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_end_at_semicolons_and_literals_have_places() {
        let text = "// one; two\n@id(\"a;b\") permit (principal in Group::\"x\\\"y\", action, resource); forbid(principal, action, resource)";
        let policies = policies(text);
        assert_eq!(policies.len(), 2);
        let literals = policies[0].literals(text);
        assert_eq!(literals.len(), 1);
        assert_eq!((literals[0].type_name.as_str(), literals[0].id), ("Group", "x\\\"y"));
        assert_eq!(text.get(literals[0].range.clone()), Some("\"x\\\"y\""));
        assert_eq!(policies[0].annotation(text, "id").map(|(id, _)| id), Some("a;b"));
        assert_eq!(text.get(policies[1].range.clone()), Some("forbid(principal, action, resource)"));
    }

    #[test]
    fn depth_is_seen_before_cedar_sees_the_text() {
        let deep = format!("permit(principal, action, resource) when {{ {}1{} }};", "(".repeat(500), ")".repeat(500));
        assert!(policies(&deep)[0].too_deep.is_some());
        let ifs =
            format!("permit(principal, action, resource) when {{ {} true }};", "if true then true else ".repeat(500));
        assert!(policies(&ifs)[0].too_deep.is_some());
        let long = format!("permit(principal, action, resource) when {{ true {} }};", "&& true ".repeat(20_000));
        assert!(policies(&long)[0].too_deep.is_some());
        assert!(policies("permit(principal, action, resource) when { ((true)) };")[0].too_deep.is_none());
    }

    #[test]
    fn anything_has_tokens() {
        for text in ["\"", "\"\\", "é;", "@", "::\"", "/", "a::b::\"c"] {
            policies(text);
        }
    }
}
