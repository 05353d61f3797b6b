//! What is said about `.cedar` files, with its place.

use crate::testing;

const SITE: &str = "user ana {}\nuser bob {}\ngroup students { owners: [ana], members: [bob] }\n";

fn said(cedar: &str) -> String {
    let workspace = testing::workspace(&[("site.nbc", SITE), ("rules/own.cedar", cedar)]);
    assert_eq!(workspace.said(), "");
    let (policies, diagnostics) = crate::load::load(&workspace.model, &workspace.sources);
    let kept: Vec<String> = policies.unwrap().written.into_iter().map(|policy| policy.id).collect();
    format!("{}kept: {}", testing::show(&workspace.sources, &diagnostics), kept.join(", "))
}

/// One fault does not hide the next, and what is right is kept.
#[test]
fn each_policy_is_read_by_itself() {
    let cedar = r#"// The site's own rules.
@id("one")
@sentence("One.")
forbid (principal is User, action == Action::"launch", resource)
when { principal in [Group::"students", Group::"studnets"] };

@id("two")
@sentence("Two.")
forbid (principal is User, action == Action::"launch", resource) when { principal.affilation == 3 };

@id("three")
@sentence("Three.")
forbid (principal, action == Action::"lunch", resource);

@id("four")
@sentence("Four.")
permit (principal == ?principal, action, resource);

@id("Five")
@sentence("Five.")
forbid (principal, action, resource) when { false } unless

@id("six")
@sentence("Six.")
forbid (principal is User, action == Action::"launch", resource is Profile)
unless { principal.enabled };
"#;
    insta::assert_snapshot!(said(cedar), @r#"
    rules/own.cedar:5:48 error[unknown-name-in-policy]: there is no group `studnets`
      site.nbc:3:7 nearest: students
      help: did you mean `students`?
    rules/own.cedar:9:83 error[policy-type]: `User` has no attribute `affilation`
      help: did you mean `affiliation`?
    rules/own.cedar:13:30 error[policy-type]: there is no action `lunch`
      help: did you mean `Action::"launch"`?
    rules/own.cedar:17:22 error[policy-syntax]: `?principal` is a gap to be filled in, and policies here have none
      help: write whom or what the policy is about, or leave the condition out
    rules/own.cedar:21:59 error[policy-syntax]: unexpected end of input
    kept: six
    "#);
}

/// What Cedar reads only when asked is looked at before: literals and sums anywhere, names that look like others.
#[test]
fn nothing_that_could_go_wrong_later_is_let_in() {
    let cedar = r#"@id("sum-of-constants")
@sentence("Fine.")
forbid (principal is User, action == Action::"launch", resource is Profile) when { resource.cpu_millicores > 2 * 1000 };

@id("too-large")
@sentence("The product does not fit.")
forbid (principal is User, action == Action::"launch", resource is Profile)
when { resource.cpu_millicores > 9223372036854775807 * 2 };

@id("negative")
@sentence("A negation can fail.")
forbid (principal is User, action == Action::"launch", resource is Profile)
when { -resource.cpu_millicores < 1 };

@id("soon")
@sentence("So can a date.")
forbid (principal is User, action == Action::"launch", resource is Profile)
when { principal has until && principal.until.offset(duration("1d")) < datetime("2027-01-01") };

@id("absent")
@sentence("What may be absent is asked for first.")
forbid (principal is User, action == Action::"launch", resource is Profile)
when { principal.until < datetime("2027-01-01") };

@id("word")
@sentence("A word that the enum does not have.")
forbid (principal is User, action == Action::"launch", resource is Profile)
when { principal.affiliation == Affiliation::"guests" };

@id("look-alike")
@sentence("The a is a Greek alpha.")
forbid (principal is User, action == Action::"launch", resource is Profile)
when { principal == User::"αna" };
"#;
    insta::assert_snapshot!(said(cedar), @r#"
    rules/own.cedar:8:54 error[policy-can-fail]: a policy does not calculate: `*` could fail
      help: add a `computed` field to the kind, and compare that
    rules/own.cedar:13:8 error[policy-can-fail]: a policy does not calculate: `-` could fail
      help: add a `computed` field to the kind, and compare that
    rules/own.cedar:18:47 error[policy-can-fail]: a policy does not calculate: `offset` could fail
      help: add a `computed` field to the kind, and compare that
    rules/own.cedar:23:8 error[policy-type]: `principal.until` may be absent
      help: ask first: `principal has until && …`
    rules/own.cedar:28:33 error[policy-type]: there is no `guests` in `Affiliation`
      help: did you mean `Affiliation::"guest"`?
    rules/own.cedar:33:21 error[policy-doubtful]: `αna` mixes letters of several scripts
      help: type it again with one keyboard
    rules/own.cedar:33:27 error[unknown-name-in-policy]: there is no user `αna`
      site.nbc:1:6 nearest: ana
      help: did you mean `ana`?
    kept: sum-of-constants
    "#);
}

#[test]
fn a_file_that_is_no_cedar_at_all_is_said_once() {
    insta::assert_snapshot!(said("\u{0}\u{1}\u{2} garbage \" unterminated"), @"
    rules/own.cedar:1:1 error[policy-syntax]: invalid token
      help: a policy is `permit` or `forbid`, `(principal, action, resource)`, conditions, and `;`
    kept:
    ");
    assert_eq!(said(""), "kept: ");
}
