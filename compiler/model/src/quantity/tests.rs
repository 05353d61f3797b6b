use super::*;

fn check(text: &str, wanted: Wanted, expected: &str) {
    let result = match parse(text, wanted) {
        Ok(Quantity { value: Value::Int(number), .. }) => number.to_string(),
        Ok(Quantity { value: Value::Quantity(dimension, amount), currency }) => {
            display(dimension, amount, currency.as_deref().unwrap_or("USD"))
        }
        Ok(other) => format!("{other:?}"),
        Err(error) => {
            let label = if error.label.is_empty() { String::new() } else { format!(" ({})", error.label) };
            format!("{}: {}{label} [{}]", error.code.name, error.message, error.instead.join(" "))
        }
    };
    assert_eq!(result, expected, "{text}");
}

fn cpu(text: &str, expected: &str) {
    check(text, Wanted::Of(Dimension::Cpu), expected);
}

fn memory(text: &str, expected: &str) {
    check(text, Wanted::Of(Dimension::Memory), expected);
}

fn duration(text: &str, expected: &str) {
    check(text, Wanted::Of(Dimension::Duration), expected);
}

#[test]
fn what_is_legal_is_exact() {
    cpu("500m", "500m");
    cpu("7.75", "7750m");
    cpu("8", "8");
    memory("64Gi", "64Gi");
    memory("2.5Gi", "2560Mi");
    memory("1.5G", "1500M");
    memory("8589934592", "8Gi");
    memory("0", "0");
    duration("90min", "90min");
    duration("45m", "45min");
    duration("48h", "2d");
    duration("1.5s", "1500ms");
    check("75%", Wanted::Of(Dimension::Percent), "75%");
    check("0.25", Wanted::Of(Dimension::Decimal), "0.25");
    check("1_000", Wanted::Count, "1000");
    check("€2_500/month", Wanted::Of(Dimension::Rate(Per::Hour)), "€2500/month");
    check("$0.0416/hour", Wanted::Any, "$0.0416/hour");
    check("25CHF", Wanted::Of(Dimension::Money), "25CHF");
}

#[test]
fn what_cannot_be_meant_says_what_it_would_mean() {
    memory("64m", "wrong-unit: `64m` of memory is less than one byte (m means thousandths) [64Mi 64Gi]");
    memory("64", "wrong-unit: `64` of memory is that many bytes (a number without a unit counts bytes) [64Gi 64Mi]");
    memory(
        "64GB",
        "wrong-unit: `64GB` is not memory: there is no unit `GB` (the units are k M G T P and Ki Mi Gi Ti Pi) [64Gi 64G]",
    );
    memory(
        "5min",
        "wrong-unit: `5min` is a duration, memory is needed here (the units are k M G T P and Ki Mi Gi Ti Pi) [5Gi]",
    );
    cpu(
        "8Gi",
        "wrong-unit: `8Gi` is an amount of memory or storage, CPU is needed here \
         (CPU is counted in cores, or in thousandths with m) [8]",
    );
    duration("30", "wrong-unit: `30` does not say of what (a duration needs a unit: ms s min h d) [30min 30h]");
    duration(
        "2hours",
        "wrong-unit: `2hours` is not a duration: there is no unit `hours` (the units are ms s min h d) [2h]",
    );
    check(
        "$500",
        Wanted::Of(Dimension::Rate(Per::Month)),
        "wrong-unit: `$500` does not say per what (a price or budget is per hour, day, month or year) [$500/month $500/hour]",
    );
    check(
        "$0.25",
        Wanted::Of(Dimension::Rate(Per::Hour)),
        "wrong-unit: `$0.25` does not say per what (a price or budget is per hour, day, month or year) [$0.25/hour $0.25/month]",
    );
    check(
        "$5/day",
        Wanted::Of(Dimension::Money),
        "wrong-unit: `$5/day` is an amount per day, a sum is needed here [$5]",
    );
    check(
        "500",
        Wanted::Of(Dimension::Money),
        "wrong-unit: `500` does not say of which currency (money is written $25, €25, £25 or 25CHF) [$500 €500]",
    );
    check("3Gi", Wanted::Count, "wrong-unit: `3Gi` is an amount of memory or storage, a count is needed here [3]");
    check(
        "80",
        Wanted::Of(Dimension::Percent),
        "wrong-unit: `80` is a plain number, a percentage is needed here (a percentage ends in %) [80%]",
    );
}

#[test]
fn what_is_not_whole_names_its_neighbours() {
    cpu("0.5m", "not-whole: `0.5m` lies between 0 and 1m (finer than nbc counts) [0 1m]");
    memory("0.3Ki", "not-whole: `0.3Ki` lies between 307 and 308 (finer than nbc counts) [307 308]");
    check("2.5", Wanted::Count, "not-whole: `2.5` lies between 2 and 3 (finer than nbc counts) [2 3]");
    check("$0.005", Wanted::Any, "not-whole: `$0.005` lies between $0 and $0.01 (finer than nbc counts) [$0 $0.01]");
}

#[test]
fn what_is_too_large_or_unclear_is_refused() {
    memory(
        "9_000_000Pi",
        "number-too-large: `9_000_000Pi` is too large (the largest whole number is 9_223_372_036_854_775_807 base units) []",
    );
    check("64Gi", Wanted::Any, "unclear-dimension: `64Gi` does not say of what (it could be memory or storage) []");
    check(
        "500m",
        Wanted::Any,
        "unclear-dimension: `500m` does not say of what (500m is half a CPU in one place and 500 minutes in another) []",
    );
}

#[test]
fn amounts_are_shown_in_their_largest_unit() {
    assert_eq!(display(Dimension::Memory, 1 << 30, ""), "1Gi");
    assert_eq!(display(Dimension::Memory, 1_000_000_000, ""), "1G");
    assert_eq!(display(Dimension::Memory, 1_536 << 20, ""), "1536Mi");
    assert_eq!(display(Dimension::Money, -250, "EUR"), "-€2.5");
    assert_eq!(display(Dimension::Money, 2_500, "CHF"), "25CHF");
    assert_eq!(display(Dimension::Rate(Per::Month), 25_000_000, "EUR"), "€2500/month");
}
