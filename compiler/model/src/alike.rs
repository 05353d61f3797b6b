//! Whether values of two models say the same. Two revisions of a workspace number their things each in their own way;
//! what is said of nearly all of them is the same, and whoever compares revisions need not look closer at those.

use crate::index::Table;
use crate::kinds::{Field, FieldId, KindSet};
use crate::model::Model;
use crate::names::Name;
use crate::value::{Element, Fields, Value};
use crate::world::EntityId;

/// Two models with kinds, or nothing that can be compared.
#[derive(Clone, Copy, Debug)]
pub struct Alike<'m> {
    before: &'m Model,
    after: &'m Model,
    /// Kinds, types and actions have the same numbers in both.
    has_same_kinds: bool,
}

/// Whether something of the first model is something of the second.
type IsOne<'i> = &'i dyn Fn(EntityId, EntityId) -> bool;

impl<'m> Alike<'m> {
    pub fn of(before: &'m Model, after: &'m Model) -> Alike<'m> {
        let has_same_kinds = words(before) == words(after);
        Alike { before, after, has_same_kinds }
    }

    /// Whether two things of one kind say the same in every field. Yes is certain; a no may only mean that the kinds are
    /// not the same.
    pub fn fields(&self, before: Fields, after: Fields, is_one: IsOne<'_>) -> bool {
        self.has_same_kinds && self.are_same(before, after, is_one)
    }

    fn are_same(&self, before: Fields, after: Fields, is_one: IsOne<'_>) -> bool {
        let (one, two) = (self.before.slots(before), self.after.slots(after));
        one.len() == two.len() && one.iter().zip(two).all(|(one, two)| self.is_same(one.value, two.value, is_one))
    }

    fn is_same(&self, before: Value, after: Value, is_one: IsOne<'_>) -> bool {
        match (before, after) {
            (Value::Text(one), Value::Text(two)) => self.before.text(one) == self.after.text(two),
            (Value::Entity(one), Value::Entity(two)) => is_one(one, two),
            (Value::List(one), Value::List(two)) => {
                let (one, two) = (self.before.elements(one), self.after.elements(two));
                let is_same = |(one, two): (&Element, &Element)| {
                    (one.from, one.until) == (two.from, two.until) && self.is_same(one.value, two.value, is_one)
                };
                one.len() == two.len() && one.iter().zip(two).all(is_same)
            }
            (Value::Map(one), Value::Map(two)) => {
                let (one, two) = (self.before.store.entries(one), self.after.store.entries(two));
                let mut pairs = one.iter().zip(two);
                one.len() == two.len()
                    && pairs.all(|(one, two)| {
                        self.is_same(one.key, two.key, is_one) && self.is_same(one.value, two.value, is_one)
                    })
            }
            (Value::Record(of, one), Value::Record(is, two)) => of == is && self.are_same(one, two, is_one),
            (Value::Variant(of, case, one), Value::Variant(is, other, two)) => {
                (of, case) == (is, other) && self.are_same(one, two, is_one)
            }
            (Value::Poisoned, _) | (_, Value::Poisoned) => false,
            // Numbers of enums and actions mean the same in both.
            (one, two) => one == two,
        }
    }
}

/// Everything that gives numbers to kinds, types and actions, in their order, and the currency that amounts are in.
fn words(model: &Model) -> Vec<&str> {
    let KindSet { kinds, enums, records, variants, actions, .. } = &model.kinds;
    let mut names: Vec<Name> = Vec::new();
    let mut add = |name: Name, fields: &Table<FieldId, Field>| {
        names.push(name);
        names.extend(fields.iter().map(|(_, field)| field.name));
    };
    kinds.iter().for_each(|(_, kind)| add(kind.name, &kind.fields));
    records.iter().for_each(|(_, record)| add(record.name, &record.fields));
    for (_, variant) in variants.iter() {
        add(variant.name, &Table::new());
        variant.cases.iter().for_each(|case| add(case.name, &case.fields));
    }
    for (_, row) in enums.iter() {
        names.push(row.name);
        names.extend(row.values.iter().map(|value| value.name));
    }
    names.extend(actions.iter().map(|(_, action)| action.qualified));
    std::iter::once(model.currency()).chain(names.into_iter().map(|name| model.text(name))).collect()
}
