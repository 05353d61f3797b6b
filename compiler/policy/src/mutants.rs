//! Policies with one part taken out: a test that would not notice does not test that part.
//!
//! What `when` joins by `&&` and `unless` by `||` is taken out part by part, in Cedar's own JSON form of a policy.

use cedar_policy::{Policy, PolicyId};
use nbc_model::kinds::ActionId;
use nbc_model::world::EntityId;
use nbc_platform::Draft;
use serde_json::{Value, json};

use crate::access::{Access, Decide as _, Verdict};
use crate::load::{self, Policies, Written};

/// A policy that lacks one of its conditions, or is gone.
#[derive(Clone, Debug)]
pub struct PolicyMutant {
    /// The position in [`Policies::written`].
    pub policy: usize,
    /// The condition as Cedar prints it; `None` where the whole policy is gone.
    pub taken: Option<String>,
    pub(crate) replacement: Option<Policy>,
}

/// Who, what, on which thing.
pub type Asked = (EntityId, ActionId, EntityId);

/// The mutants of the site's own policies; those of packs have cases of their own.
pub fn mutants(policies: &Policies) -> Vec<PolicyMutant> {
    of_pack(policies, None)
}

/// The mutants of a pack's policies, or of the site's own.
pub(crate) fn of_pack(policies: &Policies, pack: Option<&str>) -> Vec<PolicyMutant> {
    let own = policies.written.iter().enumerate().filter(|(_, written)| written.pack.as_deref() == pack);
    load::with_stack(|| own.flat_map(|(at, written)| of(at, written)).collect()).unwrap_or_default()
}

fn of(policy: usize, written: &Written) -> Vec<PolicyMutant> {
    let mut all = vec![PolicyMutant { policy, taken: None, replacement: None }];
    let Ok(whole) = written.policy.to_json() else { return all };
    let conditions = whole.get("conditions").and_then(Value::as_array).cloned().unwrap_or_default();
    for (at, condition) in conditions.iter().enumerate() {
        let operator = if condition.get("kind") == Some(&json!("unless")) { "||" } else { "&&" };
        let Some(body) = condition.get("body") else { continue };
        let parts = parts(body, operator);
        for taken in 0..parts.len() {
            let rest: Vec<&Value> =
                parts.iter().enumerate().filter(|(of, _)| *of != taken).map(|(_, part)| part).collect();
            let left = joined(&rest, operator).map(|body| with(condition, "body", body));
            let others = conditions.iter().enumerate().filter(|(of, _)| *of != at).map(|(_, other)| other.clone());
            let mutant = with(&whole, "conditions", others.chain(left).collect());
            let replacement = Policy::from_json(Some(PolicyId::new(&written.id)), mutant).ok();
            let text = parts.get(taken).and_then(text);
            if let (Some(replacement), Some(text)) = (replacement, text) {
                all.push(PolicyMutant { policy, taken: Some(text), replacement: Some(replacement) });
            }
        }
    }
    all
}

/// The same object with another value of one key.
fn with(object: &Value, key: &str, value: Value) -> Value {
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        fields.insert(key.to_owned(), value);
    }
    object
}

/// The operands of a chain of one operator, from left to right.
fn parts(body: &Value, operator: &str) -> Vec<Value> {
    match body.get(operator).map(|both| (both.get("left"), both.get("right"))) {
        Some((Some(left), Some(right))) => [parts(left, operator), parts(right, operator)].concat(),
        _ => vec![body.clone()],
    }
}

fn joined(parts: &[&Value], operator: &str) -> Option<Value> {
    let mut parts = parts.iter().map(|part| (*part).clone());
    let first = parts.next()?;
    Some(parts.fold(first, |left, right| json!({operator: {"left": left, "right": right}})))
}

/// A condition as Cedar prints it.
fn text(body: &Value) -> Option<String> {
    let any = json!({"op": "All"});
    let policy = json!({
        "effect": "permit", "principal": any, "action": any, "resource": any,
        "conditions": [{"kind": "when", "body": body}],
    });
    let printed = Policy::from_json(None, policy).ok()?.to_cedar()?;
    let (_, condition) = printed.split_once("when {")?;
    let (condition, _) = condition.rsplit_once('}')?;
    Some(condition.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The answers as things are, then under each mutant.
///
/// # Errors
/// What kept the world from being asked, in words for the user.
pub fn answers(
    policies: &Policies,
    draft: &Draft<'_>,
    mutants: &[PolicyMutant],
    questions: &[Asked],
) -> Result<(Vec<Verdict>, Vec<Vec<Verdict>>), String> {
    let asked = load::with_stack(|| {
        let mut access = Access::of(policies, draft.model, draft.world);
        let ask = |access: &Access<'_>| -> Vec<Verdict> {
            questions.iter().map(|(who, action, resource)| access.decide(*who, *action, *resource)).collect()
        };
        let now = ask(&access);
        let under = mutants.iter().map(|mutant| {
            access.replace(mutant.policy, mutant.replacement.clone());
            ask(&access)
        });
        Ok((now, under.collect()))
    });
    asked.unwrap_or_else(|| Err("Cedar stopped while it was asked".to_owned()))
}
