//! Kubernetes quantities as exact numbers, so that `1000m` is `1` and `64Gi` is its bytes.

use serde_json::Value;

/// A Kubernetes quantity in thousandths.
pub(crate) fn milli(quantity: &Value) -> Option<i128> {
    let text = match quantity {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits)?;
    let factor: i128 = match unit {
        "" => 1000,
        "m" => 1,
        "k" => 1000 * 1000,
        "M" => 1000 * 1000_i128.pow(2),
        "G" => 1000 * 1000_i128.pow(3),
        "T" => 1000 * 1000_i128.pow(4),
        "Ki" => 1000 << 10,
        "Mi" => 1000 << 20,
        "Gi" => 1000 << 30,
        "Ti" => 1000 << 40,
        _ => return None,
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let scale = 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
    let amount: i128 = format!("{whole}{part}").parse().ok()?;
    Some(amount * factor / scale)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn quantities_are_exact() {
        let cases = [
            ("2", 2000),
            ("0.5", 500),
            ("250m", 250),
            ("1Gi", 1000 << 30),
            ("1.5Gi", 1500 << 30),
            ("1G", 1_000_000_000_000),
        ];
        for (text, expected) in cases {
            assert_eq!(milli(&json!(text)), Some(expected), "{text}");
        }
        assert_eq!(milli(&json!(2.0)), Some(2000));
        assert_eq!(milli(&json!("x")), None);
    }
}
