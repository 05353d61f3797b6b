//! The last door that every message goes through: tokens and passwords are masked in what people read. What is written
//! into a file of theirs stays as it is, or a correction would replace a secret by stars.

use std::borrow::Cow;

use nbc_source::secrets::conceal;
use serde_json::Value;

/// Members whose texts are written, compared, or handed back to the server.
const KEPT: &[&str] = &["newText", "insertText", "placeholder", "uri", "targetUri", "target", "href", "data", "id"];

/// Masks what is shown.
pub(super) fn masked(mut message: Value) -> Value {
    mask(&mut message);
    message
}

fn mask(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(shown) = conceal(text) {
                *text = shown;
            }
        }
        Value::Array(all) => all.iter_mut().for_each(mask),
        Value::Object(members) => {
            let shown = members.iter_mut().filter(|(name, _)| !KEPT.contains(&name.as_str()));
            shown.for_each(|(_, value)| mask(value));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::masked;

    #[test]
    fn what_is_read_is_masked_and_what_is_written_is_not() {
        let token = "ghp_0123456789abcdefghij";
        let edit = json!({"range": 1, "newText": token});
        let message =
            json!({"contents": {"value": format!("is `{token}`")}, "edit": {"changes": {"file:///a": [edit]}}});
        let stars = "*".repeat(token.len());
        let shown = json!({"contents": {"value": format!("is `{stars}`")}, "edit": {"changes": {"file:///a": [edit]}}});
        assert_eq!(masked(message), shown);
    }
}
