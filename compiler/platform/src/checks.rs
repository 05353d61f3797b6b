//! Checks of a draft against what the targets do with it, one file each; the file is named as the finding is.
//!
//! A check reads the draft and pushes findings; it changes nothing and knows no other check. Those in [`run`] need the
//! declarations only (phase 10); those in [`run_decided`] also need who may do what (phase 11).

mod group_without_owner;
mod larger_than_machine;
mod moving_image_tag;

use nbc_source::Diagnostics;

use crate::decisions::Decisions;
use crate::draft::Draft;
use crate::who_pays::Payers;

type Check = fn(&Draft<'_>, &mut Diagnostics);
type DecidedCheck = fn(&Draft<'_>, &Decisions, &Payers, &mut Diagnostics);

/// In the order of their codes.
const CHECKS: &[Check] = &[moving_image_tag::run, larger_than_machine::run, group_without_owner::run];

const DECIDED_CHECKS: &[DecidedCheck] = &[];

/// Everything that declarations alone can tell.
pub fn run(draft: &Draft<'_>) -> Diagnostics {
    let mut out = Diagnostics::new();
    for check in CHECKS {
        check(draft, &mut out);
    }
    out
}

/// What can be told once it is decided who may do what.
pub fn run_decided(draft: &Draft<'_>, decisions: &Decisions, payers: &Payers) -> Diagnostics {
    let mut out = Diagnostics::new();
    for check in DECIDED_CHECKS {
        check(draft, decisions, payers, &mut out);
    }
    out
}
