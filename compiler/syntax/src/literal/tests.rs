//! Token in, value or fault out.

use insta::assert_snapshot;

use super::*;

#[test]
fn numbers_are_exact() {
    assert_eq!(number("1_000"), Ok(Number { mantissa: 1000, scale: 0 }));
    assert_eq!(number("0.0416"), Ok(Number { mantissa: 416, scale: 4 }));
    assert_eq!(number("2.50").map(Number::integer), Ok(None));
    assert_eq!(number("2.00").map(Number::integer), Ok(Some(2)));
    assert_eq!(number(&i128::MAX.to_string()), Ok(Number { mantissa: i128::MAX, scale: 0 }));
}

#[test]
fn too_many_figures_are_a_fault() {
    for token in ["170141183460469231731687303715884105728", &format!("0.{}", "0".repeat(300)), "1_", "1__0"] {
        assert_eq!(number(token).map_err(|fault| fault.code.name), Err("bad-number"), "{token}");
    }
}

#[test]
fn quantities_keep_their_unit() {
    let read = |token| quantity(token).map(|q| (q.number.mantissa, q.number.scale, q.suffix)).ok();
    assert_eq!(read("500m"), Some((500, 0, "m")));
    assert_eq!(read("2.5Gi"), Some((25, 1, "Gi")));
    assert_eq!(read("75%"), Some((75, 0, "%")));
    assert_eq!(read("8"), None);
}

#[test]
fn money_has_a_currency_and_perhaps_a_time() {
    let read = |token| money(token).map(|m| (m.number.mantissa, m.number.scale, m.currency, m.per)).ok();
    assert_eq!(read("$25"), Some((25, 0, "$", None)));
    assert_eq!(read("€2_500/month"), Some((2500, 0, "€", Some("month"))));
    assert_eq!(read("25.5CHF/hour"), Some((255, 1, "CHF", Some("hour"))));
    assert_eq!(read("$3/minute"), None);
    assert_eq!(read("25"), None);
}

#[test]
fn dates_must_exist() {
    let read = |token| date(token).map_err(|fault| fault.message);
    assert_eq!(read("2028-02-29"), Ok(Date { year: 2028, month: 2, day: 29 }));
    assert_eq!(read("2000-02-29").map(|date| date.day), Ok(29));
    assert_eq!(read("2100-02-29"), Err("February 2100 has 28 days, not 29".to_owned()));
    assert_eq!(read("2026-06-31"), Err("June 2026 has 30 days, not 31".to_owned()));
    assert_eq!(read("2026-06-00"), Err("June 2026 has 30 days, not 0".to_owned()));
    assert_eq!(read("2026-00-01"), Err("there is no month 0: dates are year-month-day".to_owned()));
    assert_eq!(read("0000-01-01"), Err("there is no year 0".to_owned()));
}

/// The parts of a text, literals as Rust writes them, interpolations between `<` and `>`.
fn parts(token: &str) -> String {
    let text = text(token);
    let mut out = String::new();
    for part in text.parts {
        match part {
            TextPart::Literal(literal) => out.push_str(&literal.escape_debug().to_string()),
            TextPart::Interpolation { range } => {
                out.push_str(&format!("<{}>", token.get(range.start as usize..range.end as usize).unwrap()));
            }
        }
    }
    for fault in text.faults {
        let at = token.get(fault.range.start as usize..fault.range.end as usize).unwrap();
        out.push_str(&format!("\n{} `{at}`", fault.code.name));
    }
    out
}

#[test]
fn texts_read_escapes_and_find_interpolations() {
    assert_snapshot!(parts(r#""a {g.title} b{f(x)}""#), @"a <g.title> b<f(x)>");
    assert_snapshot!(parts(r#""\n\t\"\\\{x} \u{e9}}""#), @r#"
    \n\t\"\\{x} é}
    "#);
    assert_snapshot!(parts(r#""""#), @"");
    assert_snapshot!(parts(r#""\d \u{} \u{ffffffff} \u{d800} \ux \""#), @r#"
        x \"
    bad-escape `\d`
    bad-escape `\u{}`
    bad-escape `\u{ffffffff}`
    bad-escape `\u{d800}`
    bad-escape `\u`
    "#);
    assert_snapshot!(parts(r#""{a {b} {c""#), @r#"
    <a {b> {c
    bad-interpolation `{`
    "#);
}

#[test]
fn long_forms_lose_the_indentation_of_their_last_line() {
    assert_snapshot!(parts("\"\"\"\n    a {x}\n      b\n\n  c\n    \"\"\""), @r#"
    a <x>\n  b\n\nc
    "#);
    assert_snapshot!(parts("\"\"\"a\n  b\"\"\""), @r#"
    a\n  b
    "#);
    assert_snapshot!(parts("\"\"\"\r\n  a\r\n  b\r\n  \"\"\""), @r#"
    a\nb
    "#);
    assert_snapshot!(parts("\"\"\"\"\"\""), @"");
    assert_eq!(verbatim("'''\n  kind: {{ x }}\n    y: \\n\n  '''"), "kind: {{ x }}\n  y: \\n");
    let starts: Vec<usize> = verbatim_lines("'''\n  kind: {{ x }}\n    y: \\n\n  '''").collect();
    assert_eq!(starts, [6, 22]);
    assert_eq!(verbatim("'[a-z]\\d+'"), "[a-z]\\d+");
    assert_eq!(verbatim("''"), "");
}

#[test]
fn a_text_that_is_cut_off_is_read_as_far_as_it_goes() {
    for (token, closed) in
        [("\"a\"", true), ("\"a", false), ("\"a\\\"", false), ("\"\"\"a\"", false), ("'a", false), ("'", false)]
    {
        assert_eq!(is_terminated(token), closed, "{token}");
    }
    assert_snapshot!(parts("\"a {x"), @r#"
    a {x
    bad-interpolation `{`
    "#);
    assert_eq!(verbatim("'''a"), "a");
}
