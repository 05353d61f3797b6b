//! Values in words: what interpolated text and messages show.

use crate::kinds::KindSet;
use crate::quantity;
use crate::value::Value;

use crate::expression::evaluate::{Memory, Slots, Texts};

/// What is needed to say a value in words.
pub struct Words<'w> {
    pub names: &'w Texts<'w>,
    pub kinds: &'w KindSet,
    pub store: &'w Memory<'w>,
    pub slots: &'w dyn Slots,
}

/// Bytes that one computed text may have.
pub const TEXT_LIMIT: usize = 1 << 20;

/// A value as a person reads it in a sentence: texts without quotes, things by their handle, lists with commas. What is
/// longer than a text may be ends somewhere behind that.
pub fn words(value: Value, with: &Words<'_>) -> String {
    match value {
        Value::Absent => "nothing".to_owned(),
        Value::Poisoned => "?".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Quantity(dimension, amount) => quantity::display(dimension, amount, with.slots.currency()),
        Value::Text(name) => with.names.text(name).to_owned(),
        Value::Date(date) => date.to_string(),
        Value::Enum(of, at) => {
            let value = with.kinds.enums[of].values.get(usize::from(at));
            value.map_or_else(String::new, |value| with.names.text(value.name).to_owned())
        }
        Value::Permission(action) => with.names.text(with.kinds.actions[action].qualified).to_owned(),
        Value::Entity(entity) => {
            with.slots.handle(entity).map_or_else(String::new, |name| with.names.text(name).to_owned())
        }
        Value::List(list) => joined(with.store.elements(list).iter().map(|element| words(element.value, with)), ", "),
        Value::Map(map) => {
            let entries = with.store.entries(map).iter();
            let said = entries.map(|entry| format!("{}: {}", words(entry.key, with), words(entry.value, with)));
            joined(said, ", ")
        }
        Value::Record(of, fields) => {
            let names = with.kinds.records[of].fields.iter().map(|(_, field)| field.name);
            let said = names.zip(with.store.slots(fields)).filter(|(_, slot)| slot.value.is_set());
            let parts = said.map(|(name, slot)| format!("{}: {}", with.names.text(name), words(slot.value, with)));
            joined(parts, ", ")
        }
        Value::Variant(of, case, _) => {
            let case = with.kinds.variants[of].cases.get(usize::from(case));
            case.map_or_else(String::new, |case| with.names.text(case.name).to_owned())
        }
    }
}

/// Parts with something between them, up to the part that makes it too long for a text.
pub(crate) fn joined(parts: impl Iterator<Item = String>, between: &str) -> String {
    let mut text = String::new();
    for (at, part) in parts.enumerate() {
        if at > 0 {
            text.push_str(between);
        }
        text.push_str(&part);
        if text.len() > TEXT_LIMIT {
            break;
        }
    }
    text
}
