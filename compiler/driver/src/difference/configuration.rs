//! What a change says otherwise: things that appear and disappear, and values that differ after all layers.
//!
//! Values are compared leaf by leaf (`quota.gpu.a100`, one element of `members`), so that a line of a diff is a line of
//! the report. What a kind's default makes of other values is not repeated: its cause is in the list.

use std::collections::BTreeMap;

use nbc_model::Model;
use nbc_model::alike::Alike;
use nbc_model::index::Table;
use nbc_model::kinds::{Field, FieldId};
use nbc_model::value::{Element, Fields, Layer, OriginId, Value};
use nbc_model::world::{EntityId, World};
use nbc_source::Span;

pub use super::texts::{RuleChange, rules};

use super::pairs::{Pairs, things};

/// A thing that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// `group.ml-research`, as the head calls it; what only the base has, as the base does.
    pub path: String,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// With the place of the declaration in the head.
    Added(Span),
    /// With the place of the declaration in the base.
    Removed(Span),
    /// Sorted by field. An empty list: only the handle changed.
    Changed { renamed_from: Option<String>, fields: Vec<FieldChange> },
}

/// One leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// `quota.cpu`, `members`
    pub field: String,
    /// As the language writes it; `None` where the side has no such leaf.
    pub before: Option<String>,
    pub after: Option<String>,
    /// In the head; in the base for what is gone.
    pub place: Span,
}

/// Compares the things of one stage, sorted by path.
pub fn compare(base: (&Model, &World), head: (&Model, &World), pairs: &Pairs) -> Vec<Change> {
    let mut changes = Vec::new();
    let alike = Alike::of(base.0, head.0);
    for after in things(head.0, head.1).filter(|entity| is_written(head.0, *entity)) {
        if pairs.base(after).is_some_and(|before| is_as_it_was(&alike, (base, before), (head, after), pairs)) {
            continue;
        }
        let path = head.0.path(after);
        match pairs.base(after) {
            None => changes.push(Change { path, what: What::Added(head.0.entities[after].span) }),
            Some(before) => {
                let what = changed((base, before), (head, after), pairs);
                changes.extend(what.map(|what| Change { path, what }));
            }
        }
    }
    for before in things(base.0, base.1).filter(|entity| is_written(base.0, *entity)) {
        if pairs.head(before).is_none() {
            let what = What::Removed(base.0.entities[before].span);
            changes.push(Change { path: base.0.path(before), what });
        }
    }
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}

/// Whether nothing at all is said otherwise, as of nearly all things. A no may be a yes at a closer look.
fn is_as_it_was(alike: &Alike<'_>, (base, before): Thing<'_>, (head, after): Thing<'_>, pairs: &Pairs) -> bool {
    let is_one = |before, after| pairs.base(after) == Some(before);
    let (one, two) = (&base.0.entities[before], &head.0.entities[after]);
    let has_same_name = match (one.owner, two.owner) {
        (None, None) => base.0.text(one.handle) == head.0.text(two.handle),
        // Whether the owner is called otherwise is another question.
        _ => false,
    };
    let fields = base.1.fields(before).zip(head.1.fields(after));
    has_same_name && fields.is_some_and(|(before, after)| alike.fields(before, after, &is_one))
}

/// Presets come with nbc; they are no part of a change.
fn is_written(model: &Model, entity: EntityId) -> bool {
    model.entities[entity].package.is_none()
}

fn changed(base: Thing<'_>, head: Thing<'_>, pairs: &Pairs) -> Option<What> {
    let ((old_model, _), before) = base;
    let ((new_model, _), after) = head;
    let old_path = old_model.path(before);
    // An owned thing is called otherwise when its owner is; that is said once.
    let is_own = new_model.entities[after].owner.is_none();
    let renamed_from = (is_own && old_path != new_model.path(after)).then_some(old_path);
    let old = leaves(base, &|entity| old_model.handle(entity));
    let new = leaves(head, &|entity| match pairs.base(entity) {
        Some(before) => old_model.handle(before),
        None => new_model.handle(entity),
    });
    let mut fields = Vec::new();
    for (key, leaf) in &new {
        let earlier = old.get(key);
        let is_derived = leaf.is_default && earlier.is_some_and(|earlier| earlier.is_default);
        let is_rename = renamed_from.is_some() && key.0 == "was";
        if !is_derived && !is_rename && earlier.map(|earlier| &earlier.same) != Some(&leaf.same) {
            fields.push(leaf.change(key, earlier.map(|earlier| earlier.text.clone()), Some(leaf.text.clone())));
        }
    }
    for (key, leaf) in &old {
        if !new.contains_key(key) {
            fields.push(leaf.change(key, Some(leaf.text.clone()), None));
        }
    }
    fields.sort_by(|a, b| a.field.cmp(&b.field));
    (renamed_from.is_some() || !fields.is_empty()).then_some(What::Changed { renamed_from, fields })
}

/// A thing of one stage of one revision.
type Thing<'m> = ((&'m Model, &'m World), EntityId);

/// The path of a leaf, and for an element of a list what tells it from the others.
type Key = (String, String);

struct Leaf {
    text: String,
    /// The text with things called as the base calls them: what is compared.
    same: String,
    is_default: bool,
    span: Span,
}

impl Leaf {
    fn change(&self, key: &Key, before: Option<String>, after: Option<String>) -> FieldChange {
        FieldChange { field: key.0.clone(), before, after, place: self.span }
    }
}

fn leaves<'m>(thing: Thing<'m>, name: &dyn Fn(EntityId) -> &'m str) -> BTreeMap<Key, Leaf> {
    let ((model, world), entity) = thing;
    let mut leaves = Leaves { model, name, found: BTreeMap::new() };
    let kind = &model.kinds.kinds[model.entities[entity].kind];
    if let Some(own) = world.fields(entity) {
        leaves.fields(&kind.fields, own, "");
    }
    leaves.found
}

struct Leaves<'m, 'n> {
    model: &'m Model,
    /// What the base calls a thing.
    name: &'n dyn Fn(EntityId) -> &'m str,
    found: BTreeMap<Key, Leaf>,
}

/// The name that a value stands under.
fn last_step(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

impl<'m> Leaves<'m, '_> {
    fn fields(&mut self, fields: &'m Table<FieldId, Field>, own: Fields, prefix: &str) {
        // Slots stand in the order of the fields. What nbc computes of others is no cause of anything.
        for ((_, field), slot) in
            fields.iter().zip(self.model.slots(own)).filter(|((_, field), _)| field.computed.is_none())
        {
            self.value(slot.value, slot.origin, format!("{prefix}{}", self.model.text(field.name)));
        }
    }

    fn value(&mut self, value: Value, origin: OriginId, path: String) {
        let model = self.model;
        match value {
            Value::Absent | Value::Poisoned => {}
            // An owned thing has changes of its own.
            Value::Entity(entity) if model.entities[entity].owner.is_some() => {}
            Value::List(list) => {
                for element in model.elements(list) {
                    self.element(element, &path);
                }
            }
            Value::Map(map) => {
                for entry in model.store.entries(map) {
                    let key = model.key_text(entry.key);
                    self.value(entry.value, entry.origin, format!("{path}.{key}"));
                }
            }
            Value::Record(of, fields) => {
                self.fields(&model.kinds.records[of].fields, fields, &format!("{path}."));
            }
            Value::Variant(of, at, fields) => {
                let Some(case) = model.kinds.variants[of].cases.get(usize::from(at)) else { return };
                let name = model.text(case.name).to_owned();
                self.add((path.clone(), String::new()), name.clone(), name, origin);
                self.fields(&case.fields, fields, &format!("{path}."));
            }
            Value::Bool(_)
            | Value::Int(_)
            | Value::Quantity(..)
            | Value::Text(_)
            | Value::Date(_)
            | Value::Enum(..)
            | Value::Permission(_)
            | Value::Entity(_) => self.leaf(path, value, origin),
        }
    }

    fn element(&mut self, element: &Element, path: &str) {
        let mut dates = String::new();
        for (word, date) in [("from", element.from), ("until", element.until)] {
            dates += &date.map_or_else(String::new, |date| format!(" {word} {date}"));
        }
        let same = self.same(element.value);
        let text = self.model.shown(last_step(path), element.value) + &dates;
        self.add((path.to_owned(), same.clone()), text, same + &dates, element.origin);
    }

    fn leaf(&mut self, path: String, value: Value, origin: OriginId) {
        let text = self.model.shown(last_step(&path), value);
        self.add((path, String::new()), text, self.same(value), origin);
    }

    fn same(&self, value: Value) -> String {
        match value {
            Value::Entity(entity) => (self.name)(entity).to_owned(),
            other => self.model.display(other),
        }
    }

    fn add(&mut self, key: Key, text: String, same: String, origin: OriginId) {
        let origin = self.model.origin(origin);
        let leaf = Leaf { text, same, is_default: origin.layer == Layer::Default, span: origin.span };
        self.found.insert(key, leaf);
    }
}
