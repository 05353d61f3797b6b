//! Any table of people is read: a bad row or cell is a finding at its place, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nbc_fuzz::judge;

const PEOPLE: &str = r#"
group lab { }
user from "people.csv" {
  handle: row.login
  email: row."E-mail"
  affiliation: row.affiliation
  member-of: row.team
  member-until: row.ends
  until: row.ends
}
"#;

fuzz_target!(|table: &str| judge(&[("main.nbc", PEOPLE), ("people.csv", table)]));
