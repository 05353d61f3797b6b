//! Amounts as people write them elsewhere, in words or with a decimal comma, and how the language writes them.

/// An amount in the language's spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spelled {
    pub(crate) text: String,
    /// Whether it surely says the same: `2,5` may be two numbers, and `8 GB` eight billion bytes.
    pub(crate) is_same: bool,
}

/// `30 minutes`, `8 cores`, `900 EUR/month`, `2,50€/h`
pub(crate) fn spelled(written: &str) -> Option<Spelled> {
    let figures = written.find(|c: char| c.is_ascii_digit())?;
    let (before, rest) = written.split_at(figures);
    let end = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | '_')).unwrap_or(rest.len());
    let (number, after) = rest.split_at(end);
    let (number, after) = (decimal_point(number)?, after.trim());
    let (unit, per) = match after.split_once('/').or_else(|| after.split_once("per ")) {
        Some((unit, per)) => (unit.trim(), Some(per.trim())),
        None => (after, None),
    };
    let (before, unit) = if before.is_empty() { (unit, "") } else { (before.trim(), unit) };
    if let Some(money) = currency(before).filter(|_| unit.is_empty()) {
        let amount = if money.len() == 3 && money.is_ascii() { number + money } else { format!("{money}{number}") };
        let per = per.map(|per| period(per).map(|per| format!("/{per}")));
        return match per {
            Some(None) => None,
            Some(Some(per)) => Some(Spelled { text: amount + &per, is_same: true }),
            // Three capitals may be the name of anything.
            None => Some(Spelled { text: amount, is_same: !(money.len() == 3 && money.is_ascii()) }),
        };
    }
    let (unit, None, "") = (before, per, unit) else { return None };
    let of = |unit: &str, is_same| Some(Spelled { text: format!("{number}{unit}"), is_same });
    match unit.to_lowercase().as_str() {
        "" => of("", false),
        "core" | "cores" | "cpu" | "cpus" | "vcpu" | "vcpus" => of("", true),
        "%" | "percent" => of("%", true),
        _ if matches!(unit, "m" | "ms" | "k") => of(unit, true),
        _ => match (time_alias(unit), byte_letter(unit)) {
            (Some(time), _) => of(time, true),
            (None, Some(letter)) => of(&format!("{letter}i"), unit.to_lowercase().contains('i')),
            (None, None) => None,
        },
    }
}

/// `2,5` as `2.5`; nothing where more commas, or groups of three figures, leave open what is meant.
fn decimal_point(number: &str) -> Option<String> {
    match number.split_once(',') {
        None => Some(number.to_owned()),
        Some((whole, part)) if !part.contains([',', '.']) && !whole.contains('.') && !matches!(part.len(), 0 | 3) => {
            Some(format!("{whole}.{part}"))
        }
        Some(_) => None,
    }
}

/// `1h30m` in its smallest unit: `90min`.
pub(crate) fn compound(written: &str) -> Option<String> {
    const UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];
    let (mut rest, mut seconds, mut parts, mut smallest) = (written, 0_u64, 0, ("d", 86_400));
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).filter(|end| (1..6).contains(end))?;
        let (number, after) = rest.split_at(end);
        let end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, left) = after.split_at(end);
        let unit = if unit == "m" { "min" } else { time_alias(unit)? };
        let unit = *UNITS.iter().find(|(name, size)| *name == unit && (parts == 0 || *size < smallest.1))?;
        seconds += number.parse::<u64>().ok()? * unit.1;
        (rest, smallest, parts) = (left, unit, parts + 1);
    }
    (parts > 1).then(|| format!("{}{}", seconds / smallest.1, smallest.0))
}

/// The sign of a currency, or its code where it has none here.
fn currency(word: &str) -> Option<&str> {
    Some(match word {
        "€" | "EUR" | "Euro" | "euro" | "euros" => "€",
        "$" | "USD" | "dollars" => "$",
        "£" | "GBP" | "pounds" => "£",
        code if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) => code,
        _ => return None,
    })
}

fn period(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "h" | "hr" | "hour" => "hour",
        "d" | "day" => "day",
        "mo" | "mon" | "month" => "month",
        "y" | "yr" | "year" => "year",
        _ => return None,
    })
}

/// The unit that people mean by `hours`, `sec`, `minutes`.
pub fn time_alias(unit: &str) -> Option<&'static str> {
    Some(match unit.to_ascii_lowercase().as_str() {
        "hour" | "hours" | "hr" | "hrs" | "h" => "h",
        "minute" | "minutes" | "mins" | "min" => "min",
        "second" | "seconds" | "sec" | "secs" | "s" => "s",
        "day" | "days" | "d" => "d",
        _ => return None,
    })
}

/// The letter that people mean by `GB`, `gib`, `mb`: both families have it.
pub fn byte_letter(unit: &str) -> Option<char> {
    let lower = unit.to_ascii_lowercase();
    let letter = lower.strip_suffix('b').unwrap_or(&lower);
    let letter = letter.strip_suffix('i').unwrap_or(letter);
    match letter {
        "k" => Some('K'),
        "m" => Some('M'),
        "g" => Some('G'),
        "t" => Some('T'),
        "p" => Some('P'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{compound, spelled};

    #[test]
    fn amounts_of_elsewhere_are_spelled_as_the_language_does() {
        let text = |written| spelled(written).map(|one| format!("{}{}", one.text, if one.is_same { "" } else { "?" }));
        for (written, wanted) in [
            ("8 cores", Some("8")),
            ("30 minutes", Some("30min")),
            ("900 EUR/month", Some("€900/month")),
            ("EUR 900 per month", Some("€900/month")),
            ("25 CHF", Some("25CHF?")),
            ("2,50€/h", Some("€2.50/hour")),
            ("2,5", Some("2.5?")),
            ("2,5Gi", Some("2.5Gi")),
            ("8 GB", Some("8Gi?")),
            ("8 rooms", None),
            ("1,000", None),
            ("9 EUR/fortnight", None),
        ] {
            assert_eq!(text(written).as_deref(), wanted, "{written}");
        }
        assert_eq!(compound("1h30m").as_deref(), Some("90min"));
        assert_eq!(compound("30m1h"), None);
        assert_eq!(compound("90m"), None);
    }
}
