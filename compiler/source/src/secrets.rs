//! Telling secrets from other texts, and keeping them out of what is shown.
//!
//! A guess by the look of a text or by the name it stands under; a secret that looks like any other word is not found.

use std::borrow::Cow;
use std::ops::Range;

/// Words of a variable's name that say what it holds.
const NAMES: [&str; 6] = ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "APIKEY", "CREDENTIAL"];
/// Starts of well-known tokens, and how much has to follow: GitHub, AWS, Slack, GitLab, Hugging Face, private keys,
/// OpenAI, whose start is also that of ordinary names.
const LOOKS: [(&str, usize); 9] = [
    ("ghp_", 12),
    ("github_pat_", 12),
    ("AKIA", 12),
    ("xoxb-", 12),
    ("xoxp-", 12),
    ("glpat-", 12),
    ("hf_", 12),
    ("-----BEGIN", 12),
    ("sk-", 32),
];
/// What is shown in place of each byte of a secret, so that columns stay where they are.
pub const MASK: char = '*';

/// Whether a text is a secret by its look, or by its name where it is not an address, a path, a number or a switch.
pub fn is_secret(name: &str, text: &str) -> bool {
    if looks_secret(text) {
        return true;
    }
    let name: String = name.to_ascii_uppercase().replace(['_', '-'], "");
    let named = NAMES.iter().any(|word| name.ends_with(word));
    let harmless = text.is_empty() || text.contains("://") || text.starts_with('/') || text.parse::<f64>().is_ok();
    named && !harmless && text != "true" && text != "false"
}

/// What may be shown of a text that stands under a name: of an address all but the password, of a secret nothing.
pub fn shown<'t>(name: &str, text: &'t str) -> Cow<'t, str> {
    match conceal(text) {
        Cow::Borrowed(_) if is_secret(name, text) => Cow::Borrowed("***"),
        concealed => concealed,
    }
}

/// Whether a text is a token, a key, or an address with a password in it.
pub fn looks_secret(text: &str) -> bool {
    let starts = |(start, least): &(&str, usize)| text.len() >= start.len() + least && text.starts_with(start);
    LOOKS.iter().any(starts) || password(text).is_some()
}

/// The text with every token and password masked, each byte by one [`MASK`].
pub fn conceal(text: &str) -> Cow<'_, str> {
    let mut shown = Cow::Borrowed(text);
    let mut from = 0;
    while let Some((start, len)) = text.get(from..).and_then(next) {
        let range = from + start..from + start + len;
        from = range.end;
        shown.to_mut().replace_range(range, &MASK.to_string().repeat(len));
    }
    shown
}

/// As [`conceal`], with what stands under a name that gives it away: `"DB_PASSWORD": "…"`. In some languages such a text
/// has no quotes; in that of nbc what has none is a name, and no secret.
pub fn conceal_named(text: &str, may_be_bare: bool) -> Cow<'_, str> {
    let mut shown = conceal(text);
    let mut from = 0;
    while let Some(colon) = shown.get(from..).and_then(|rest| rest.find(':')).map(|at| from + at) {
        from = colon + 1;
        let name = shown.get(..colon).unwrap_or_default().trim_end_matches('"');
        let name = name.rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).next().unwrap_or_default();
        let Some(range) = value(&shown, colon + 1, may_be_bare) else { continue };
        if is_secret(name, shown.get(range.clone()).unwrap_or_default()) {
            shown.to_mut().replace_range(range.clone(), &MASK.to_string().repeat(range.len()));
        }
    }
    shown
}

/// The text that begins after a colon, on the same line.
fn value(text: &str, after: usize, may_be_bare: bool) -> Option<Range<usize>> {
    let line = text.get(after..)?.lines().next()?;
    let start = line.find(|c: char| !c.is_whitespace())?;
    let rest = line.get(start..)?;
    let (skipped, len) = match rest.chars().next()? {
        quote @ ('"' | '\'') => (1, rest.get(1..)?.find(quote).unwrap_or(rest.len() - 1)),
        _ if may_be_bare => (0, rest.find([',', '}', '#']).unwrap_or(rest.len())),
        _ => return None,
    };
    let start = after + start + skipped;
    Some(start..start + len)
}

/// Where the next token or password starts, and how long it is.
fn next(text: &str) -> Option<(usize, usize)> {
    let tokens = LOOKS.iter().filter_map(|(start, least)| token(text, start, *least));
    tokens.chain(password(text)).min()
}

/// A token that begins with `start`, at the beginning of a word.
fn token(text: &str, start: &str, least: usize) -> Option<(usize, usize)> {
    text.match_indices(start).find_map(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let len = text.get(at..)?.find(|c: char| !is_of_token(c)).unwrap_or(text.len() - at);
        (!before.is_some_and(is_of_token) && len >= start.len() + least).then_some((at, len))
    })
}

fn is_of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+')
}

/// The password of the first address that has one: `https://user:password@host`.
fn password(text: &str) -> Option<(usize, usize)> {
    // Every text of a platform is asked, and hardly any has a colon.
    if !text.contains(':') {
        return None;
    }
    text.match_indices("://").find_map(|(at, mark)| {
        let start = at + mark.len();
        let authority = text.get(start..)?;
        let authority = authority.split(['/', '?', '#', ' ', '"', '\'', '`', '\n', ')', ']', '>']).next()?;
        let (user, _) = authority.rsplit_once('@')?;
        let (name, password) = user.split_once(':')?;
        // `${PASSWORD}` and `{token}` are filled in elsewhere.
        let is_hole = password.starts_with(['$', '{', MASK]);
        (!password.is_empty() && !is_hole).then_some((start + name.len() + 1, password.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::{conceal, conceal_named, is_secret};

    #[test]
    fn secrets_are_told_from_what_only_sounds_like_one() {
        let secrets = [
            ("DB_PASSWORD", "hunter2"),
            ("X", "ghp_abcdefghijklmnop"),
            ("API_TOKEN", "abc"),
            ("url", "https://ana:hunter2@pypi.example/simple"),
        ];
        for (name, text) in secrets {
            assert!(is_secret(name, text), "{name} {text}");
        }
        let others = [
            ("TOKEN", "https://idp.example/token"),
            ("PASSWORD_LENGTH", "12"),
            ("MODE", "secret"),
            ("url", "https://ana@host.example:8443/a:b@c"),
            ("url", "postgres://ana:${PASSWORD}@db.example"),
        ];
        for (name, text) in others {
            assert!(!is_secret(name, text), "{name} {text}");
        }
    }

    #[test]
    fn names_give_secrets_away() {
        for (text, may_be_bare, shown) in [
            ("{ \"DB_PASSWORD\": \"hunter2\", A: 1 }", false, "{ \"DB_PASSWORD\": \"*******\", A: 1 }"),
            ("\"DB_PASSWORD\": db-password", false, "\"DB_PASSWORD\": db-password"),
            ("variables:\n  API_TOKEN: hunter2\n  A: b", true, "variables:\n  API_TOKEN: *******\n  A: b"),
        ] {
            assert_eq!(conceal_named(text, may_be_bare), shown);
        }
    }

    #[test]
    fn what_is_shown_keeps_its_columns() {
        for (text, shown) in [
            ("pip --index-url https://a:b@x.example/s ok", "pip --index-url https://a:*@x.example/s ok"),
            ("x: \"ghp_abcdefghijklmnop\"", "x: \"********************\""),
            ("https://a:b@x https://c:dé@y", "https://a:*@x https://c:***@y"),
            ("task-force sk-learn disk-abcdefghijklmnop", "task-force sk-learn disk-abcdefghijklmnop"),
        ] {
            assert_eq!(conceal(text), shown);
        }
    }
}
