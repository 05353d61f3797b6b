//! The findings of this room, NBC0800 to NBC0899, and the joined table of all rooms.

use nbc_source::{Code, Level};

nbc_source::codes! {
    pages in "pages/";
    NO_WORKSPACE = 801 Error "no-workspace" "a folder without `nbc.toml`";
    SETTINGS_SYNTAX = 802 Error "settings-syntax" "`nbc.toml` is not TOML";
    UNKNOWN_SETTING = 803 Error "unknown-setting" "`nbc.toml` has a key that nbc does not know";
    WRONG_SETTING = 804 Error "wrong-setting" "a setting of `nbc.toml` is missing or has a wrong value";
    UNREADABLE_FILE = 805 Error "unreadable-file" "a file or folder of the workspace cannot be read";
    NOT_UTF8 = 806 Error "not-utf8" "a file is not UTF-8 text";
    OVERSIZED_FILE = 807 Error "oversized-file" "a file is larger than nbc reads";
    OUTSIDE_WORKSPACE = 808 Error "outside-workspace" "a path leads out of the workspace";
    RESERVED_FOLDER = 809 Error "reserved-folder" "a folder of the workspace has the name of files that nbc brings";
    RULE_BROKEN = 810 Error "rule-broken" "something breaks a rule of the site or of a pack";
    BAD_LOCK = 811 Error "bad-lock" "`nbc.lock` cannot be read";
    UNLOCKED_PACKAGE = 812 Error "unlocked-package" "a package that `nbc.lock` does not know";
    CHANGED_PACKAGE = 813 Error "changed-package" "a package holds something else than `nbc.lock` says";
    MISSING_PACKAGE = 814 Error "missing-package" "a package of `nbc.lock` is not there";
    NOT_FOR_PACKAGES = 815 Error "not-for-packages" "a package declares what would hold though nobody names it";
    UNKNOWN_TIME_ZONE = 816 Error "unknown-time-zone" "the platform stands in a time zone that does not exist";
    UNAPPROVED_WAIVER = 817 Error "unapproved-waiver" "somebody approved a waiver who may not";
    NEEDS_APPROVAL = 818 Error "needs-approval" "a change that nobody who may has approved";
    UNFINISHED_MERGE = 819 Error "unfinished-merge" "git left both versions of some lines in a file";
    TEST_FAILED = 820 Error "test-failed" "something that a test expects is not so";
    TEST_WITHOUT_EFFECT = 821 Error "test-without-effect" "a test would not notice if its rule were gone";
    OTHER_LANGUAGE = 822 Error "other-language" "a file that ends in `.nbc` holds another language";
    NOT_READ = 823 Warning "not-read" "the name of a file is almost one that nbc reads";
}

/// Every code of every room, by number.
pub fn all() -> Vec<&'static Code> {
    let tables = [
        CODES,
        nbc_syntax::codes::CODES,
        nbc_model::codes::CODES,
        nbc_model::expression::codes::CODES,
        nbc_platform::codes::CODES,
        nbc_policy::codes::CODES,
        nbc_backends::codes::CODES,
        nbc_effective::codes::CODES,
    ];
    let mut codes: Vec<&'static Code> = tables.into_iter().flatten().copied().collect();
    codes.sort_by_key(|code| code.number);
    codes
}

/// A code by what a person types: `NBC0203`, `nbc203`, `203` or `unknown-name`.
pub fn find(word: &str) -> Option<&'static Code> {
    let lower = word.to_ascii_lowercase();
    let number = lower.strip_prefix("nbc").unwrap_or(&lower).parse::<u16>().ok();
    all().into_iter().find(|code| number == Some(code.number) || code.name == lower)
}

/// How people can let a finding stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// A waiver names the finding: advice of nbc's own, and what a `raw` text may say only with one.
    ByItsName,
    /// A waiver names the rule or policy, and a pack's level weighs those of the pack.
    ByItsRule,
    /// The platform says once that it knows.
    ByAccepting,
    /// Not at all.
    Never,
}

impl Silence {
    /// Asks what levels, waivers and `accepts` ask.
    pub fn of(code: &Code) -> Silence {
        let is_rule = code == &RULE_BROKEN || nbc_policy::codes::of_policies().contains(&code);
        if is_rule {
            Silence::ByItsRule
        } else if nbc_platform::codes::is_waivable(code) || code == nbc_backends::codes::waivable() {
            Silence::ByItsName
        } else if code == nbc_effective::codes::acceptable() {
            Silence::ByAccepting
        } else {
            Silence::Never
        }
    }

    /// The sentence below the page of a finding.
    pub fn sentence(code: &Code) -> String {
        let said = match Silence::of(code) {
            Silence::ByItsName => format!("`waiver {} on … {WAIVER}` lets it stand for a while.", code.name),
            Silence::ByItsRule => format!(
                "`waiver … on … {WAIVER}` with the name of the rule or policy lets it stand for a while; \
                 what a pack brings has the pack's `level`."
            ),
            Silence::ByAccepting => "a line in the platform's `accepts` says once that it is known.".to_owned(),
            Silence::Never if code.level == Level::Error => "it cannot be silenced.".to_owned(),
            Silence::Never => "it cannot be silenced, and fails a check only with `--deny`.".to_owned(),
        };
        format!("**Silence it:** {said}")
    }
}

const WAIVER: &str = "{ until: …, because: \"…\", approved-by: … }";

/// The page of a finding and how it can be silenced: what `nbc explain`, editors and reports show.
pub fn page(code: &Code) -> String {
    format!("{}\n\n{}\n", code.page.trim(), Silence::sentence(code))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_and_names_are_unique_and_every_page_teaches() {
        let (mut numbers, mut names, mut faults) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        for code in all() {
            let kebab = code.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            // What no user can cause has no example.
            let is_ours = code.page.contains("points at a fault of nbc");
            let blocks = code.page.matches("\n```").count() / 2;
            for (holds, fault) in [
                (numbers.insert(code.number), "its number is taken"),
                (names.insert(code.name), "its name is taken"),
                (kebab && !code.name.contains("--"), "its name is not kebab-case"),
                (
                    blocks >= 2 || is_ours || code.page.contains("```console"),
                    "its page lacks a failing and a corrected example",
                ),
            ] {
                if !holds {
                    faults.push(format!("{code} {}: {fault}", code.name));
                }
            }
        }
        assert_eq!(faults, Vec::<String>::new());
    }

    /// Every finding says whether it can be silenced, and each way is one that the code takes.
    #[test]
    fn every_page_says_how_it_is_silenced() {
        let ways = [
            "few-admins",
            "rule-broken",
            "grant-forbidden",
            "raw-reserved",
            "wider-by-nature",
            "unused-waiver",
            "unknown-name",
        ];
        let said = ways.map(|name| format!("{name}: {}\n", find(name).map(Silence::sentence).unwrap_or_default()));
        insta::assert_snapshot!(said.concat(), @r#"
        few-admins: **Silence it:** `waiver few-admins on … { until: …, because: "…", approved-by: … }` lets it stand for a while.
        rule-broken: **Silence it:** `waiver … on … { until: …, because: "…", approved-by: … }` with the name of the rule or policy lets it stand for a while; what a pack brings has the pack's `level`.
        grant-forbidden: **Silence it:** `waiver … on … { until: …, because: "…", approved-by: … }` with the name of the rule or policy lets it stand for a while; what a pack brings has the pack's `level`.
        raw-reserved: **Silence it:** `waiver raw-reserved on … { until: …, because: "…", approved-by: … }` lets it stand for a while.
        wider-by-nature: **Silence it:** a line in the platform's `accepts` says once that it is known.
        unused-waiver: **Silence it:** it cannot be silenced, and fails a check only with `--deny`.
        unknown-name: **Silence it:** it cannot be silenced.
        "#);
        for code in all() {
            let sentences = page(code).matches("**Silence it:**").count();
            assert_eq!(sentences, 1, "{}", code.name);
        }
    }

    #[test]
    fn a_code_is_found_by_what_people_type() {
        for word in ["NBC0808", "nbc808", "808", "outside-workspace"] {
            assert_eq!(find(word).map(|code| code.number), Some(808), "{word}");
        }
        assert_eq!(find("nonsense"), None);
    }
}
