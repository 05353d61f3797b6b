//! One condition a line, and what is said of it.

use crate::testing;

const SITE: &str = "enum Colour { red, green }\n\
    kind bike { colour: Colour, action ride \"ride it\", riders: [group] grants ride }\n\
    user ana {}\n\
    group students { owners: [ana] }\n\
    bike tandem { colour: red, riders: [students] }\n";

fn said(cedar: &str) -> String {
    let workspace = testing::workspace(&[("site.nbc", SITE), ("own.cedar", cedar)]);
    assert_eq!(workspace.said(), "");
    let (_, diagnostics) = crate::load::load(&workspace.model, &workspace.sources);
    let mut out = String::new();
    for found in &diagnostics {
        let span = found.span.unwrap();
        let place = cedar.get(span.start as usize..span.end as usize).unwrap();
        out.push_str(&format!("  {place}: {}\n", found.message));
        out.extend(found.help.iter().map(|help| format!("    {help}\n")));
        if let Some(fix) = &found.fix {
            let edits: Vec<&str> = fix.edits.iter().map(|edit| edit.text.as_str()).collect();
            out.push_str(&format!("    {} {}\n", if fix.safe { "fix" } else { "guess" }, edits.join(", ")));
        }
    }
    out
}

/// Each line is what stands between the braces of `when`, about a person who starts a profile.
fn of_conditions(conditions: &str) -> String {
    let said = |condition: &str| {
        let scope = "principal is User, action == Action::\"launch\", resource is Profile";
        said(&format!("@id(\"a\") @sentence(\"A.\") forbid ({scope}) when {{ {condition} }};"))
    };
    conditions.lines().map(|line| format!("{line}\n{}", said(line))).collect()
}

/// Each line is the scope of a policy.
fn of_scopes(scopes: &str) -> String {
    let said = |scope: &str| said(&format!("@id(\"a\") @sentence(\"A.\") forbid ({scope});"));
    scopes.lines().map(|line| format!("{line}\n{}", said(line))).collect()
}

#[test]
fn names_that_are_not_there() {
    insta::assert_snapshot!(of_scopes(
        r#"principal, action == Action::"read", resource
principal, action == Action::"read", resource is DataSource
principal, action == Action::"profile.launch", resource is Profile
principal, action == Action::"data_source.reed", resource
principal, action in [Action::"lunch", Action::"launch"], resource
principal, action == Action::"sing", resource
principal is Usr, action == Action::"launch", resource is Profile
principal in Grup::"students", action == Action::"launch", resource is Profile
principal is User, action == Action::"launch", resource is Zebra
principal in User::"students", action == Action::"launch", resource is Profile
principal, action == Action::"ride", resource == Bike::"tandme""#
    ));
}

#[test]
fn attributes_that_are_not_there() {
    insta::assert_snapshot!(of_conditions(
        r#"principal.affilation == Affiliation::"guest"
resource.memory > 8
resource.cpu > 8
principal.zebra == 3
resource.quota.cpu > 3
context.hour > 3
resource.allow == resource.allow
principal.until < datetime("2027-01-31")
principal.getTag("a") == "b"
resource.idle-stop > duration("1h")
resource.namespace == 3 && user.enabled"#
    ));
    insta::assert_snapshot!(
        "attributes_of_several_kinds",
        said(
            "@id(\"a\") @sentence(\"A.\") forbid (principal, action, resource) when { principal.affiliation == Affiliation::\"guest\" && resource.cpu_millicores > 3 };"
        )
    );
}

#[test]
fn values_that_do_not_fit() {
    insta::assert_snapshot!(of_conditions(
        r#"principal.affiliation == "guest"
principal.affiliation == "gest"
principal.affiliation == Affiliation::"gest"
principal.affiliation == Affiliation::"zebra"
principal == "ana"
principal == resource
resource.cpu_millicores > "8"
resource.memory_bytes > "8Gi"
resource.idle_stop > "45m"
resource.idle_stop > 45
principal.enabled && 3
principal.enabled == "true"
principal.title > "a"
principal.title.contains("a")
["a", 3].contains("a")
[].contains("a")
["a"].contains(3)
["a"].containsAny([3])
(if principal.enabled then 3 else "a") == 3
principal like "a*"
principal.title in Group::"students"
principal.title has a
principal.enabled is User
principal has until && principal.until < "2027-01-31"
principal has until && principal.until < datetime("2027-13-01")
principal has until && principal.until < datetime(principal.title)
resource.idle_stop > duration("soon")
principal.title + "a" == "b"
datetime("2027-01-31", "2027-01-31") == datetime("2027-01-31")"#
    ));
}

#[test]
fn what_can_never_apply() {
    insta::assert_snapshot!(of_scopes(
        r#"principal == Group::"students", action == Action::"launch", resource is Profile
principal is User, action == Action::"launch", resource is Group
principal is Profile, action, resource
principal is User, action == Action::"launch", resource is Profile) when { false } unless { 1 == 1"#
    ));
    insta::assert_snapshot!(
        "names_that_look_like_others",
        of_conditions(
            "principal.title == \"αna\"\nprincipal.title == \"a\u{202e}b\"\nprincipal == User::\"a\u{200b}b\""
        )
    );
}

#[test]
fn texts_that_cannot_be_read() {
    insta::assert_snapshot!(of_conditions(
        "principal.enabled = true\nprincipal in ?principal\nusr.enabled\nenabled\nprincipal.enabled &&\nprincipal..enabled\nprincipal.sing()\nsing(1)\n1 / 2 == 3"
    ));
}
