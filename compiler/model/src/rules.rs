//! Rules, waivers and tests: bound once, judged in each world.
//!
//! Binding makes the structs of `expression`. Judging finds the subjects that break a rule; levels and waivers are
//! applied by who seals the platform. Whether a person may do something is asked of [`Access`].

mod bind;
mod judge;
mod mutants;

use std::collections::BTreeSet;

use nbc_source::Diagnostics;

use crate::expression::builtins::Builtin;
use crate::expression::evaluate::Evaluator;
use crate::expression::work::Work;
use crate::expression::{Condition, Expected, Node, Rule, Test};
use crate::kinds::ActionId;
use crate::model::Model;
use crate::value::Value;
use crate::world::World;

pub use crate::expression::world::{Access, WorldSlots};
pub use bind::{RuleNames, bind_rule, bind_test, bind_waiver, unknown_rule};
pub(crate) use bind::{admit, viewpoint};
pub use judge::{Judged, Question, RuleFinding, judge_expectation, judge_rules};
pub use mutants::{RuleMutant, mutants};

/// Judges all rules of a model in one of its worlds (phase 10, and 11 for what rules say about access).
///
/// The model is only read. The findings are in the order of the rules, then of their subjects; beside them stand the
/// faults of evaluation, such as a sum that grows too large.
pub fn judge(model: &Model, world: &World, access: &dyn Access) -> (Vec<RuleFinding>, Diagnostics) {
    judge_these(model, world, &model.rules, access)
}

/// As [`judge`], with other rules than the model's own: those that [`mutants`] makes of them.
pub fn judge_these(
    model: &Model,
    world: &World,
    rules: &[Rule],
    access: &dyn Access,
) -> (Vec<RuleFinding>, Diagnostics) {
    judging(model, world, access, |evaluator| judge_rules(evaluator, rules, world, &model.entities, access))
}

/// Judges what a test expects in the world of that test; see [`crate::test_world`].
pub fn judge_test(model: &Model, world: &World, test: &Test, access: &dyn Access) -> (Vec<Judged>, Diagnostics) {
    judging(model, world, access, |evaluator| {
        test.expectations.iter().map(|expectation| judge_expectation(evaluator, expectation)).collect()
    })
}

/// The actions that rules and a test ask about: what has to be decided before they are judged.
pub fn asked_actions(model: &Model, test: &Test) -> BTreeSet<ActionId> {
    let required = model.rules.iter().flat_map(|rule| &rule.require).filter_map(|row| match row.condition {
        Condition::Access { action, .. } => Some(action),
        Condition::Holds(_) => None,
    });
    let expected = test.expectations.iter().filter_map(|row| match row.what {
        Expected::Access { action, .. } => Some(action),
        Expected::Holds(_) | Expected::Rule { .. } => None,
    });
    let mut asked: BTreeSet<ActionId> = required.chain(expected).collect();
    for (_, row) in model.expressions.iter() {
        let Node::Builtin(Builtin::WhoCan, arguments) = &row.node else { continue };
        match arguments.first().map(|action| &model.expressions[*action].node) {
            Some(Node::Constant(Value::Permission(action))) => drop(asked.insert(*action)),
            _ => asked.extend(model.kinds.actions.ids()),
        }
    }
    asked
}

fn judging<T>(
    model: &Model,
    world: &World,
    access: &dyn Access,
    judge: impl FnOnce(&mut Evaluator<'_>) -> T,
) -> (T, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let platform = model.platform(world);
    let currency = model.platform_text(world, "currency").unwrap_or_else(|| "USD".to_owned());
    let slots = WorldSlots { entities: &model.entities, world, platform, currency: &currency, access: Some(access) };
    let work = Work::default();
    let result = judge(&mut Evaluator::judging(model, &slots, &mut diagnostics, &work));
    (result, diagnostics)
}

#[cfg(test)]
mod tests;
