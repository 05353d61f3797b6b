//! Rules, waivers and tests: bound once, judged in each world.
//!
//! Binding makes the structs of `expression`. Judging finds the subjects that break a rule; levels and waivers are
//! applied by who seals the platform. Whether a person may do something is asked of [`Access`].

mod bind;
mod judge;

pub use crate::expression::world::{Access, WorldSlots};
pub use bind::{RuleNames, bind_rule, bind_test, bind_waiver, unknown_rule};
pub use judge::{Judged, Question, RuleFinding, judge_expectation, judge_rules};
