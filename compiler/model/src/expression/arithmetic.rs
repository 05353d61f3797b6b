//! Exact arithmetic: which operands fit together, what they give, and the whole numbers behind it.
//!
//! Everything is a whole number of base units. Where a product or quotient is not, it is rounded to the nearest base
//! unit, halves away from zero; base units are small (a byte, a thousandth of a core, a cent).

use std::cmp::Ordering;

use crate::expression::Arithmetic;
use crate::kinds::Type;
use crate::quantity::same_period;
use crate::value::{Date, Dimension, Value};

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    TooLarge,
    DivisionByZero,
    /// A date moves by whole days only.
    PartOfADay,
    /// The operands do not fit; binding has reported it.
    Mismatch,
}

const DAY: i64 = 86_400_000;
/// Decimals and percentages count ten-thousandths of one.
const TEN_THOUSAND: i128 = 10_000;

/// The type of the result, for operands of base types; `None` where they do not fit together.
pub fn result(operation: Arithmetic, left: &Type, right: &Type) -> Option<Type> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    use Dimension::{Decimal, Duration};
    use Type::{Count, Date, Int, Quantity};
    let decimal = Quantity(Decimal);
    match (operation, left, right) {
        (_, Type::Invalid, _) | (_, _, Type::Invalid) => Some(Type::Invalid),
        (Add | Multiply, Count, Count) => Some(Count),
        (Add | Subtract | Multiply, Count | Int, Count | Int) => Some(Int),
        (Divide, Count | Int, Count | Int) => Some(decimal),
        (Add, Date, Quantity(Duration)) | (Subtract, Date, Quantity(Duration)) => Some(Date),
        (Subtract, Date, Date) => Some(Quantity(Duration)),
        (Add | Subtract, _, _) => sum(left, right),
        (Multiply, left, right) if is_number(right) => scaled(left),
        (Multiply, left, right) if is_number(left) => scaled(right),
        (Divide, Quantity(left), Quantity(right)) if same_dimension(*left, *right) => Some(decimal),
        (Divide, left, right) if is_number(right) => scaled(left),
        (Multiply | Divide, _, _) => None,
    }
}

fn sum(left: &Type, right: &Type) -> Option<Type> {
    use Type::{Count, Int, Quantity};
    match (left, right) {
        (Quantity(Dimension::Decimal), Count | Int) | (Count | Int, Quantity(Dimension::Decimal)) => {
            Some(Quantity(Dimension::Decimal))
        }
        (Quantity(left), Quantity(right)) if same_dimension(*left, *right) => Some(Quantity(*left)),
        _ => None,
    }
}

fn same_dimension(left: Dimension, right: Dimension) -> bool {
    left == right || matches!((left, right), (Dimension::Rate(_), Dimension::Rate(_)))
}

/// A number without a unit, or a share.
fn is_number(ty: &Type) -> bool {
    matches!(ty, Type::Int | Type::Count | Type::Quantity(Dimension::Decimal | Dimension::Percent))
}

/// What a number makes of this type.
fn scaled(ty: &Type) -> Option<Type> {
    match ty {
        Type::Int | Type::Count | Type::Quantity(Dimension::Percent) => Some(Type::Quantity(Dimension::Decimal)),
        Type::Quantity(dimension) => Some(Type::Quantity(*dimension)),
        _ => None,
    }
}

/// Computes. The result is of the type that [`result`] says.
///
/// # Errors
/// When the result is too large, a divisor is zero, or a date would move by a part of a day.
pub fn compute(operation: Arithmetic, left: Value, right: Value) -> Result<Value, Failure> {
    match operation {
        Arithmetic::Add => add(left, right, 1),
        Arithmetic::Subtract => add(left, right, -1),
        Arithmetic::Multiply => multiply(left, right),
        Arithmetic::Divide => divide(left, right),
    }
}

fn add(left: Value, right: Value, sign: i64) -> Result<Value, Failure> {
    let sum = |left: i64, right: i64| {
        right.checked_mul(sign).and_then(|right| left.checked_add(right)).ok_or(Failure::TooLarge)
    };
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => sum(left, right).map(Value::Int),
        (Value::Date(left), Value::Date(right)) => {
            let days = i64::from(left.0) - i64::from(right.0);
            days.checked_mul(DAY).map(|time| Value::Quantity(Dimension::Duration, time)).ok_or(Failure::TooLarge)
        }
        (Value::Date(date), Value::Quantity(Dimension::Duration, time)) => move_date(date, sign, time),
        (Value::Quantity(Dimension::Rate(left), a), Value::Quantity(Dimension::Rate(right), b)) => {
            let (per, a, b) = same_period((left, a), (right, b)).ok_or(Failure::TooLarge)?;
            sum(a, b).map(|amount| Value::Quantity(Dimension::Rate(per), amount))
        }
        (Value::Quantity(dimension, left), Value::Quantity(other, right)) if dimension == other => {
            sum(left, right).map(|amount| Value::Quantity(dimension, amount))
        }
        (left, right) => {
            let (left, right) = (ten_thousandths(left)?, ten_thousandths(right)?);
            sum(left, right).map(|amount| Value::Quantity(Dimension::Decimal, amount))
        }
    }
}

fn move_date(date: Date, sign: i64, time: i64) -> Result<Value, Failure> {
    if time % DAY != 0 {
        return Err(Failure::PartOfADay);
    }
    let days = i64::from(date.0) + sign * (time / DAY);
    i32::try_from(days).map(|days| Value::Date(Date(days))).map_err(|_| Failure::TooLarge)
}

/// A whole number or decimal in ten-thousandths.
fn ten_thousandths(value: Value) -> Result<i64, Failure> {
    match value {
        Value::Int(number) => number.checked_mul(TEN_THOUSAND as i64).ok_or(Failure::TooLarge),
        Value::Quantity(Dimension::Decimal, amount) => Ok(amount),
        _ => Err(Failure::Mismatch),
    }
}

/// A number as a fraction.
fn fraction(value: Value) -> Option<(i128, i128)> {
    match value {
        Value::Int(number) => Some((i128::from(number), 1)),
        Value::Quantity(Dimension::Decimal | Dimension::Percent, amount) => Some((i128::from(amount), TEN_THOUSAND)),
        _ => None,
    }
}

fn multiply(left: Value, right: Value) -> Result<Value, Failure> {
    if let (Value::Int(left), Value::Int(right)) = (left, right) {
        return left.checked_mul(right).map(Value::Int).ok_or(Failure::TooLarge);
    }
    match (fraction(left), fraction(right)) {
        (_, Some((numerator, denominator))) => scale(left, numerator, denominator),
        (Some((numerator, denominator)), None) => scale(right, numerator, denominator),
        (None, None) => Err(Failure::Mismatch),
    }
}

fn divide(left: Value, right: Value) -> Result<Value, Failure> {
    let share = |left: i64, right: i64| {
        ratio(i128::from(left) * TEN_THOUSAND, i128::from(right))
            .map(|amount| Value::Quantity(Dimension::Decimal, amount))
    };
    match (left, right) {
        (Value::Quantity(Dimension::Rate(left), a), Value::Quantity(Dimension::Rate(right), b)) => {
            let (_, a, b) = same_period((left, a), (right, b)).ok_or(Failure::TooLarge)?;
            share(a, b)
        }
        (Value::Quantity(dimension, a), Value::Quantity(other, b)) if dimension == other => share(a, b),
        (left, right) => {
            let (numerator, denominator) = fraction(right).ok_or(Failure::Mismatch)?;
            scale(left, denominator, numerator)
        }
    }
}

/// A value times a fraction, rounded to its base unit; whole numbers and percentages become decimals.
fn scale(value: Value, numerator: i128, denominator: i128) -> Result<Value, Failure> {
    let (dimension, amount) = match value {
        Value::Int(number) => (Dimension::Decimal, i128::from(number) * TEN_THOUSAND),
        Value::Quantity(Dimension::Percent, amount) => (Dimension::Decimal, i128::from(amount)),
        Value::Quantity(dimension, amount) => (dimension, i128::from(amount)),
        _ => return Err(Failure::Mismatch),
    };
    let product = amount.checked_mul(numerator).ok_or(Failure::TooLarge)?;
    ratio(product, denominator).map(|amount| Value::Quantity(dimension, amount))
}

/// The nearest whole number to a fraction, halves away from zero.
fn ratio(numerator: i128, denominator: i128) -> Result<i64, Failure> {
    if denominator == 0 {
        return Err(Failure::DivisionByZero);
    }
    let half = denominator.abs() / 2 * numerator.signum();
    let rounded = numerator.checked_add(half).ok_or(Failure::TooLarge)? / denominator;
    // An odd denominator has no exact half, so the truncated half never rounds up by mistake.
    i64::try_from(rounded).map_err(|_| Failure::TooLarge)
}

/// How a number is made whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    Down,
    Up,
    Nearest,
}

/// A number without decimals.
pub fn whole(value: Value, rounding: Rounding) -> Option<Value> {
    let Value::Quantity(Dimension::Decimal, amount) = value else {
        return matches!(value, Value::Int(_)).then_some(value);
    };
    let unit = TEN_THOUSAND as i64;
    let number = match rounding {
        Rounding::Down => amount.div_euclid(unit),
        Rounding::Up => amount.div_euclid(unit) + i64::from(amount.rem_euclid(unit) != 0),
        Rounding::Nearest => ratio(i128::from(amount), TEN_THOUSAND).ok()?,
    };
    Some(Value::Int(number))
}

/// `-a`
pub fn negate(value: Value) -> Result<Value, Failure> {
    match value {
        Value::Int(number) => number.checked_neg().map(Value::Int).ok_or(Failure::TooLarge),
        Value::Quantity(dimension, amount) => {
            amount.checked_neg().map(|amount| Value::Quantity(dimension, amount)).ok_or(Failure::TooLarge)
        }
        _ => Err(Failure::Mismatch),
    }
}

/// A whole number as a number with decimals.
///
/// # Errors
/// When it is too large.
pub fn to_decimal(value: Value) -> Result<Value, Failure> {
    ten_thousandths(value).map(|amount| Value::Quantity(Dimension::Decimal, amount))
}

/// The order of two numbers, quantities or dates; `None` for anything else.
pub fn order(left: Value, right: Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(&right)),
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(&right)),
        (Value::Quantity(Dimension::Rate(left), a), Value::Quantity(Dimension::Rate(right), b)) => {
            // One per day is 1/24 per hour: each amount is compared over the other's period.
            Some((i128::from(a) * i128::from(right.hours())).cmp(&(i128::from(b) * i128::from(left.hours()))))
        }
        (Value::Quantity(dimension, left), Value::Quantity(other, right)) if dimension == other => {
            Some(left.cmp(&right))
        }
        (left, right) => {
            let (left, left_unit) = fraction(left)?;
            let (right, right_unit) = fraction(right)?;
            Some((left * right_unit).cmp(&(right * left_unit)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::{self, Wanted};
    use crate::value::Per;

    fn read(text: &str, dimension: Option<Dimension>) -> Value {
        quantity::parse(text, dimension.map_or(Wanted::Any, Wanted::Of)).unwrap().value
    }

    fn show(value: Result<Value, Failure>) -> String {
        match value {
            Ok(Value::Int(number)) => number.to_string(),
            Ok(Value::Quantity(dimension, amount)) => quantity::display(dimension, amount, "USD"),
            Ok(Value::Date(date)) => date.to_string(),
            other => format!("{other:?}"),
        }
    }

    fn check(left: &str, operation: Arithmetic, right: &str, expected: &str) {
        let memory = |text: &str| if text.ends_with('i') { Some(Dimension::Memory) } else { None };
        let result = compute(operation, read(left, memory(left)), read(right, memory(right)));
        assert_eq!(show(result), expected, "{left} {operation:?} {right}");
    }

    #[test]
    fn numbers_and_quantities_stay_exact() {
        check("7", Arithmetic::Divide, "2", "3.5");
        check("1", Arithmetic::Divide, "3", "0.3333");
        check("2", Arithmetic::Divide, "3", "0.6667");
        check("64Gi", Arithmetic::Multiply, "75%", "48Gi");
        check("64Gi", Arithmetic::Divide, "2", "32Gi");
        check("64Gi", Arithmetic::Divide, "16Gi", "4");
        check("0.5", Arithmetic::Add, "2", "2.5");
        check("50%", Arithmetic::Multiply, "3", "1.5");
        check("$2/hour", Arithmetic::Add, "$100/month", "$1560/month");
        check("$1/day", Arithmetic::Add, "$10/month", "$485/year");
        check("$3/hour", Arithmetic::Multiply, "2", "$6/hour");
    }

    #[test]
    fn what_has_no_result_says_why() {
        check("1", Arithmetic::Divide, "0", "Err(DivisionByZero)");
        check("9_223_372_036_854_775_807", Arithmetic::Add, "1", "Err(TooLarge)");
        let date = Value::Date(Date::from_civil(2026, 12, 31).unwrap());
        assert_eq!(show(compute(Arithmetic::Add, date, read("1d", None))), "2027-01-01");
        assert_eq!(show(compute(Arithmetic::Add, date, read("5h", None))), "Err(PartOfADay)");
    }

    #[test]
    fn rates_are_ordered_across_periods() {
        let rate = |per, amount| Value::Quantity(Dimension::Rate(per), amount);
        assert_eq!(order(rate(Per::Hour, 10), rate(Per::Month, 7_300)), Some(Ordering::Equal));
        assert_eq!(order(rate(Per::Day, 10), rate(Per::Hour, 1)), Some(Ordering::Less));
        assert_eq!(order(Value::Int(1), Value::Quantity(Dimension::Decimal, 9_999)), Some(Ordering::Greater));
    }
}
