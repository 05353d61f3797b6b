//! Layers, lowest first: what the parent has in the same stage, the declaration, the chain of stages.

use std::collections::BTreeMap;

use super::{Change, Element, Platform, Thing, Value, Word};

impl Platform {
    /// Whether a stage has the thing: everything of the base, and what is declared in the stage or below it.
    pub(super) fn has(&self, stage: Option<&str>, thing: &Thing) -> bool {
        thing.only_in.as_deref().is_none_or(|only| self.chain(stage).iter().any(|stage| stage == only))
    }

    /// A stage and those below it, lowest first.
    fn chain(&self, stage: Option<&str>) -> Vec<String> {
        let Some(stage) = stage else { return Vec::new() };
        let below = self.stages.get(stage).and_then(|below| below.as_deref());
        let mut chain = self.chain(below);
        chain.push(stage.to_owned());
        chain
    }

    /// What a thing has in a stage, defaults apart.
    pub(super) fn state(&self, path: &str, stage: Option<&str>) -> Value {
        let Some(thing) = self.things.get(path) else { return Value::Block(BTreeMap::new()) };
        let mut state = match &thing.parent {
            Some(parent) => self.inherited(&thing.kind, self.state(parent, stage)),
            None => BTreeMap::new(),
        };
        let staged = self.chain(stage).into_iter().filter_map(|stage| thing.staged.get(&stage));
        for change in std::iter::once(&thing.said).chain(staged).flatten() {
            apply(&mut state, &change.path, change);
        }
        Value::Block(state)
    }

    /// What of a parent a child has too: everything but the fields that are `own`.
    fn inherited(&self, kind: &str, parent: Value) -> BTreeMap<String, Value> {
        let Value::Block(mut state) = parent else { return BTreeMap::new() };
        for field in self.kinds.of_kind(kind).filter(|field| field.own) {
            state.remove(&field.name);
        }
        state
    }
}

fn apply(state: &mut BTreeMap<String, Value>, path: &[String], change: &Change) {
    match path {
        [] => {}
        [key] => apply_here(state, key, change),
        [key, below @ ..] => {
            let inner = state.entry(key.clone()).or_insert_with(|| Value::Block(BTreeMap::new()));
            if let Value::Block(inner) = inner {
                apply(inner, below, change);
            }
        }
    }
}

fn apply_here(state: &mut BTreeMap<String, Value>, key: &str, change: &Change) {
    match change.word {
        Word::Say => drop(state.insert(key.to_owned(), change.value.clone())),
        Word::Merge => drop(state.entry(key.to_owned()).or_insert_with(|| Value::Block(BTreeMap::new()))),
        Word::Unset => drop(state.remove(key)),
        Word::Add => match (state.get_mut(key), &change.value) {
            (Some(Value::List(present)), Value::List(more)) => add(present, more),
            (Some(Value::Block(present)), Value::Block(more)) => present.extend(more.clone()),
            _ => drop(state.insert(key.to_owned(), change.value.clone())),
        },
        Word::Remove => {
            if let (Some(Value::List(present)), Value::List(gone)) = (state.get_mut(key), &change.value) {
                present.retain(|element| !gone.iter().any(|gone| gone.value == element.value));
            }
        }
    }
}

fn add(present: &mut Vec<Element>, more: &[Element]) {
    for element in more {
        if !present.iter().any(|present| present.value == element.value) {
            present.push(element.clone());
        }
    }
}
