//! Whether what was declared is what a server holds: every declared field there with its value, while the server may add fields.
//! It knows nothing of any server but how to treat lists.

use serde_json::Value;

use crate::Failure;

/// How lists are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lists {
    /// Same length, same order.
    Ordered,
    /// Same length, any order; objects are paired by their `name`.
    Unordered,
}

/// What servers print instead of a secret.
const MASKED: &str = "**********";

/// Says where the two differ first; the place is a JSON pointer.
pub(crate) fn within(declared: &Value, found: &Value, lists: Lists) -> Result<(), Failure> {
    match (declared, found) {
        (Value::Object(declared), Value::Object(found)) => {
            declared.iter().try_for_each(|(key, value)| match found.get(key) {
                Some(found) => within(value, found, lists).map_err(|place| format!("/{key}{place}")),
                // An empty value and an absent one are the same to these servers, which drop it.
                None if is_empty(value) => Ok(()),
                None => Err(format!("/{key}: declared as {value}, and not there")),
            })
        }
        (Value::Array(declared), Value::Array(found)) if declared.len() == found.len() => {
            let (declared, found) = match lists {
                Lists::Ordered => (declared.clone(), found.clone()),
                Lists::Unordered => (sorted(declared), sorted(found)),
            };
            declared.iter().zip(&found).enumerate().try_for_each(|(index, (value, found))| {
                within(value, found, lists).map_err(|place| format!("/{index}{place}"))
            })
        }
        (declared, found) if declared == found || found == MASKED => Ok(()),
        (declared, found) => Err(format!(": the server has {found}, declared is {declared}")),
    }
}

fn sorted(list: &[Value]) -> Vec<Value> {
    let mut sorted = list.to_vec();
    sorted.sort_by_cached_key(|item| match item.get("name").or_else(|| item.get("alias")) {
        Some(name) => name.to_string(),
        None => item.to_string(),
    });
    sorted
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_server_may_add_and_may_not_change() {
        let declared = json!({"name": "a", "list": [1, 2], "empty": []});
        assert_eq!(within(&declared, &json!({"name": "a", "list": [1, 2], "more": true}), Lists::Ordered), Ok(()));
        let reordered = json!({"name": "a", "list": [2, 1]});
        assert_eq!(within(&declared, &reordered, Lists::Unordered), Ok(()));
        assert_eq!(
            within(&declared, &reordered, Lists::Ordered).unwrap_err(),
            "/list/0: the server has 2, declared is 1"
        );
        assert_eq!(
            within(&declared, &json!({"name": "a"}), Lists::Ordered).unwrap_err(),
            "/list: declared as [1,2], and not there"
        );
    }

    #[test]
    fn objects_of_an_unordered_list_are_paired_by_name() {
        let declared = json!([{"name": "b", "x": 1}, {"name": "a"}]);
        assert_eq!(
            within(&declared, &json!([{"name": "a", "id": 7}, {"name": "b", "x": 1}]), Lists::Unordered),
            Ok(())
        );
        assert!(within(&declared, &json!([{"name": "a"}, {"name": "b", "x": 2}]), Lists::Unordered).is_err());
    }
}
