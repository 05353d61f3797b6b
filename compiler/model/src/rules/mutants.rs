//! Rules with one condition taken out: a test that would not notice does not test that condition.

use nbc_source::Span;

use crate::expression::{Condition, ExpressionId, Node, Requirement, Rule};
use crate::model::Model;

/// A rule that lacks one of its conditions.
#[derive(Clone, Debug)]
pub struct RuleMutant {
    /// The condition that is gone.
    pub taken: Span,
    pub rule: Rule,
}

/// One mutant for each part of `when`, and for each part of `require` where there are several.
pub fn mutants(model: &Model, rule: &Rule) -> Vec<RuleMutant> {
    let when: Vec<ExpressionId> = rule.when.iter().flat_map(|id| parts(model, *id)).collect();
    let require: Vec<Requirement> = rule.require.iter().flat_map(|whole| requirements(model, whole)).collect();
    let mut all: Vec<RuleMutant> = Vec::new();
    for (at, part) in when.iter().enumerate() {
        let rule = Rule { when: without(&when, at), ..rule.clone() };
        all.push(RuleMutant { taken: model.expressions[*part].span, rule });
    }
    for (at, part) in require.iter().enumerate().filter(|_| require.len() > 1) {
        let rule = Rule { require: without(&require, at), ..rule.clone() };
        all.push(RuleMutant { taken: part.span, rule });
    }
    all
}

/// `a and b` is two parts.
fn parts(model: &Model, id: ExpressionId) -> Vec<ExpressionId> {
    match &model.expressions[id].node {
        Node::And(operands) => operands.clone(),
        _ => vec![id],
    }
}

/// A requirement that several things hold is several requirements.
fn requirements(model: &Model, whole: &Requirement) -> Vec<Requirement> {
    match whole.condition {
        Condition::Holds(id) => {
            let of = |part: ExpressionId| Requirement {
                condition: Condition::Holds(part),
                span: model.expressions[part].span,
                ..whole.clone()
            };
            parts(model, id).into_iter().map(of).collect()
        }
        Condition::Access { .. } => vec![whole.clone()],
    }
}

fn without<T: Clone>(all: &[T], at: usize) -> Vec<T> {
    all.iter().enumerate().filter(|(number, _)| *number != at).map(|(_, one)| one.clone()).collect()
}
