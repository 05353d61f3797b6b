//! Types as Cedar prints them, in words.

use crate::shape::Shapes;

/// A type as Cedar prints it, with its article: `Set<Group>` is a set of `Group`.
pub(super) fn words(shapes: &Shapes, printed: &str) -> String {
    let printed = printed.trim();
    let inner = printed.strip_prefix("__cedar::internal::").unwrap_or(printed);
    match inner {
        "Bool" | "True" | "False" => "true or false".to_owned(),
        "Long" => "a number".to_owned(),
        "String" => "a text".to_owned(),
        "datetime" => "a date".to_owned(),
        "duration" => "a duration".to_owned(),
        "decimal" => "a decimal number".to_owned(),
        "ipaddr" => "an address".to_owned(),
        "AnyEntity" => "a person or thing".to_owned(),
        "Action" => "an action".to_owned(),
        "Never" => "nothing".to_owned(),
        _ => named(shapes, inner),
    }
}

fn named(shapes: &Shapes, printed: &str) -> String {
    if let Some(element) = printed.strip_prefix("Set<").and_then(|rest| rest.strip_suffix('>')) {
        return match element {
            "__cedar::internal::Any" => "a set".to_owned(),
            element => format!("a set of {}", many(element)),
        };
    }
    if let Some(types) = printed.strip_prefix("Union<").and_then(|rest| rest.strip_suffix('>')) {
        let types: Vec<String> = types.split(", ").map(|one| words(shapes, one)).collect();
        return types.join(" or ");
    }
    if printed.contains('{') {
        return "a record".to_owned();
    }
    if shapes.enum_of(printed).is_some() {
        return format!("a word of `{printed}`");
    }
    let article = if printed.starts_with(['A', 'E', 'I', 'O']) { "an" } else { "a" };
    format!("{article} `{printed}`")
}

fn many(element: &str) -> String {
    match element {
        "Bool" => "true and false".to_owned(),
        "Long" => "numbers".to_owned(),
        "String" => "texts".to_owned(),
        "datetime" => "dates".to_owned(),
        "duration" => "durations".to_owned(),
        "decimal" => "decimal numbers".to_owned(),
        other if other.contains(['{', '<']) => "others".to_owned(),
        other => format!("`{other}`"),
    }
}

/// Types in a sentence of Cedar's, `A, B, and C`, one by one.
pub(super) fn listed(list: &str) -> Vec<&str> {
    let (mut types, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, character) in list.char_indices() {
        match character {
            '<' | '{' => depth += 1,
            '>' | '}' => depth = depth.saturating_sub(1),
            _ if depth > 0 || at < start => {}
            _ => {
                let rest = list.get(at..).unwrap_or_default();
                let between = [", and ", ", or ", ", ", " and "].into_iter().find(|between| rest.starts_with(between));
                if let Some(between) = between {
                    types.extend(list.get(start..at));
                    start = at + between.len();
                }
            }
        }
    }
    types.extend(list.get(start..));
    types
}

/// `A`, `A and B`, `A, B and 3 more`.
pub(super) fn joined(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [first, second, third] => format!("{first}, {second} and {third}"),
        [first, second, rest @ ..] => format!("{first}, {second} and {} more", rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_taken_from_a_sentence() {
        assert_eq!(listed("Long, datetime, or duration"), ["Long", "datetime", "duration"]);
        assert_eq!(listed("Set<Group> and {a: Long,b?: Set<User>,}"), ["Set<Group>", "{a: Long,b?: Set<User>,}"]);
        assert_eq!(listed("String"), ["String"]);
        assert_eq!(listed("__cedar::internal::Union<A, B> and C"), ["__cedar::internal::Union<A, B>", "C"]);
    }

    #[test]
    fn many_names_are_counted() {
        let names =
            |number: usize| ["a", "b", "c", "d"].map(str::to_owned).into_iter().take(number).collect::<Vec<_>>();
        assert_eq!([0, 1, 2, 3, 4].map(|n| joined(&names(n))), ["", "a", "a and b", "a, b and c", "a, b and 2 more"]);
    }
}
