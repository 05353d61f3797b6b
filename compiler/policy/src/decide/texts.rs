//! What the decisions were made from, as texts that any Cedar runtime takes.

use cedar_policy::Entities;
use nbc_platform::decisions::CedarTexts;
use serde_json::{Map, Value};

use crate::access::{Access, Force};
use crate::{grants, schema};

pub(super) fn texts(access: &Access<'_>) -> CedarTexts {
    let shapes = &access.policies.shapes;
    let mut policies = grants::print(shapes);
    for (written, force) in access.policies.written.iter().zip(&access.force) {
        // A pack that is not hard decides nothing, so it is no part of what was decided with.
        if *force == Force::Binding
            && let Some(text) = written.policy.to_cedar()
        {
            policies.push_str(&format!("\n{text}\n"));
        }
    }
    let mut entities = match access.whole().map(Entities::to_json_value) {
        Ok(Ok(Value::Array(entities))) => entities,
        _ => Vec::new(),
    };
    entities.iter_mut().for_each(sort);
    entities.sort_by_cached_key(|entity| entity.get("uid").map(ToString::to_string));
    CedarTexts {
        schema: schema::print(access.people.model, shapes),
        entities: serde_json::to_string_pretty(&Value::Array(entities)).unwrap_or_default() + "\n",
        policies,
    }
}

/// Cedar prints sets in any order: every array of an entity is a set, so sorting changes nothing but the bytes.
fn sort(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.iter_mut().for_each(sort);
            items.sort_by_cached_key(ToString::to_string);
        }
        Value::Object(members) => {
            let mut sorted: Vec<(String, Value)> = std::mem::take(members).into_iter().collect();
            sorted.sort_by(|a, b| a.0.cmp(&b.0));
            sorted.iter_mut().for_each(|(_, member)| sort(member));
            *members = sorted.into_iter().collect::<Map<_, _>>();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
