//! The findings of this room: NBC0600 to NBC0699.

nbc_source::codes! {
    pages in "../codes/";
    NAME_COLLISION = 600 Error "name-collision-in-policies" "two names would be the same in policies";
    CEDAR_WORD = 601 Error "word-of-cedar" "a field has a name that policies cannot read";
    POLICY_SYNTAX = 610 Error "policy-syntax" "the text of a policy cannot be read";
    POLICY_TOO_DEEP = 611 Error "policy-too-deep" "a policy is nested too deeply";
    POLICY_WITHOUT_ID = 612 Error "policy-without-id" "a policy has no `@id`";
    DUPLICATE_POLICY = 613 Error "duplicate-policy" "two policies have the same `@id`";
    UNKNOWN_IN_POLICY = 614 Error "unknown-name-in-policy" "a policy names what does not exist";
    POLICY_TYPE = 615 Error "policy-type" "a policy does not fit the kinds";
    POLICY_DOUBTFUL = 616 Error "policy-doubtful" "a policy is legal, and surely not what was meant";
    POLICY_CAN_FAIL = 617 Error "policy-can-fail" "a policy calculates, and so could fail";
    POLICY_WITHOUT_SENTENCE = 619 Warning "policy-without-sentence" "a policy does not say why";
    GRANT_FORBIDDEN = 620 Error "grant-forbidden" "a policy forbids a grant to everyone whom it names";
    GRANT_NARROWED_OPEN = 621 Error "open-group-narrowed" "a policy forbids a grant to some people of an open group";
    POLICY_FAILED = 622 Error "policy-failed" "a policy failed while it was asked";
    NOT_DECIDED = 623 Error "not-decided" "access could not be decided";
    UNKNOWN_PACK = 624 Error "unknown-pack" "a pack is turned on that does not exist";
}

/// What a policy is behind: its level and its waivers have a say in these.
pub fn of_policies() -> [&'static nbc_source::Code; 2] {
    [&GRANT_FORBIDDEN, &GRANT_NARROWED_OPEN]
}

#[cfg(test)]
mod tests {
    use nbc_source::Code;

    use super::*;
    use crate::testing;

    #[test]
    fn numbers_rise_and_stay_in_the_range_of_this_room() {
        let numbers: Vec<u16> = CODES.iter().map(|code| code.number).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
        assert!(numbers.iter().all(|number| (600..=699).contains(number)));
    }

    const SITE: &str = "user ana {}\ngroup students { owners: [ana], members: [ana] }\n";

    /// The codes that a page's example leads to.
    fn codes_of(language: &str, example: &str) -> Vec<&'static str> {
        let site = match language {
            "cedar" => vec![("site.nbc", SITE), ("rules.cedar", example)],
            _ => vec![("site.nbc", example)],
        };
        let workspace = testing::workspace(&site);
        assert_eq!(workspace.said(), "", "{example}");
        let (policies, mut found) = crate::load::load(&workspace.model, &workspace.sources);
        if let Some(policies) = policies {
            let findings = workspace.judge(&policies).findings;
            for finding in &findings {
                let is_of_policy = of_policies().contains(&finding.diagnostic.code);
                assert_eq!(finding.broken.is_some(), is_of_policy, "{}", finding.diagnostic.code.name);
            }
            let outcome = nbc_platform::levels::apply(&workspace.draft(), findings);
            found.extend(outcome.findings);
        }
        found.iter().map(|diagnostic| diagnostic.code.name).collect()
    }

    /// Codes that only a fault of nbc leads to have no example.
    const WITHOUT_EXAMPLE: [&Code; 2] = [&POLICY_FAILED, &NOT_DECIDED];

    #[test]
    fn every_page_fails_and_is_corrected() {
        for code in CODES {
            let mut examples = Vec::new();
            for part in code.page.split("```").skip(1).step_by(2) {
                examples.extend(part.split_once('\n'));
            }
            match examples.as_slice() {
                [(language, failing), (_, corrected)] => {
                    let found = codes_of(language, failing);
                    assert!(
                        !found.is_empty() && found.iter().all(|name| *name == code.name),
                        "{}: {found:?}",
                        code.name
                    );
                    assert_eq!(codes_of(language, corrected), [""; 0], "{}", code.name);
                }
                [] => assert!(WITHOUT_EXAMPLE.contains(code), "{} has no example", code.name),
                other => panic!("{} has {} examples", code.name, other.len()),
            }
        }
    }
}
