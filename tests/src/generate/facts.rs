//! What has been said so far: a stage must write `set` where nothing was, `override` where something was, and may take
//! out of a list only what is in it.

use std::collections::BTreeMap;

/// A path, and the layer that says it: "" is the base.
type Place = (String, String);

/// The words and lists of every layer.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// `false`: taken away.
    said: BTreeMap<Place, bool>,
    lists: BTreeMap<Place, Vec<String>>,
    /// `profile.large` → `profile.small`
    parents: BTreeMap<String, String>,
    /// `west` → `prod` → ""
    below: BTreeMap<String, String>,
}

impl Facts {
    pub(super) fn extend(&mut self, child: &str, parent: &str) {
        self.parents.insert(child.to_owned(), parent.to_owned());
    }

    /// Whether the thing extends another.
    pub(super) fn inherits(&self, thing: &str) -> bool {
        self.parents.contains_key(thing)
    }

    pub(super) fn stage(&mut self, name: &str, below: &str) {
        self.below.insert(name.to_owned(), below.to_owned());
    }

    pub(super) fn say(&mut self, layer: &str, path: String) {
        self.said.insert((path, layer.to_owned()), true);
    }

    pub(super) fn unsay(&mut self, layer: &str, path: String) {
        self.said.insert((path, layer.to_owned()), false);
    }

    /// Whether this layer itself says something of the path.
    pub(super) fn touches(&self, layer: &str, path: &str) -> bool {
        self.said.contains_key(&(path.to_owned(), layer.to_owned()))
    }

    /// Whether a stage says something of the field of a child: its word would be wrong if now the parent said something too.
    pub(super) fn is_changed_below(&self, thing: &str, field: &str) -> bool {
        let children = self.parents.iter().filter(|(_, parent)| *parent == thing).map(|(child, _)| child);
        let mut paths = children.map(|child| (child, format!("{child}.{field}")));
        paths.any(|(child, path)| {
            let staged = self.said.keys().any(|(said, layer)| *said == path && !layer.is_empty());
            staged || self.is_changed_below(child, field)
        })
    }

    /// Whether the field has a value in the layer, its own or that of a parent.
    pub(super) fn is_said(&self, layer: &str, thing: &str, field: &str) -> bool {
        let path = format!("{thing}.{field}");
        let own = self.chain(layer).into_iter().find_map(|layer| self.said.get(&(path.clone(), layer)));
        own.copied().unwrap_or_else(|| self.parents.get(thing).is_some_and(|parent| self.is_said(layer, parent, field)))
    }

    pub(super) fn list(&mut self, layer: &str, path: &str, elements: Vec<String>) {
        self.lists.insert((path.to_owned(), layer.to_owned()), elements);
    }

    /// The elements that a list has in a layer.
    pub(super) fn elements(&self, layer: &str, path: &str) -> Vec<String> {
        let lists = self.chain(layer).into_iter().find_map(|layer| self.lists.get(&(path.to_owned(), layer)));
        lists.cloned().unwrap_or_default()
    }

    /// A layer and those below it, highest first.
    fn chain(&self, layer: &str) -> Vec<String> {
        let mut chain = vec![layer.to_owned()];
        while let Some(below) = chain.last().and_then(|last| self.below.get(last)) {
            chain.push(below.clone());
        }
        chain
    }
}
