//! A second evaluator of layers, `extends`, nested membership and dates: slow, small, and made of nothing but the typed
//! syntax tree and the sentences of the language reference. What it cannot read (arithmetic, calls) it does not judge.
//!
//! The real one collects candidates by slot and folds them; this one keeps a state and applies every line to it in order.

mod declarations;
mod kinds;
mod layers;
mod members;
mod values;

use std::collections::BTreeMap;

use kinds::Kinds;
use nbc_source::FileId;
use nbc_syntax::ast;

pub use members::Members;

/// A workspace as it is written: what is said of each thing, in each layer.
#[derive(Debug, Default)]
pub struct Platform {
    kinds: Kinds,
    lets: BTreeMap<String, ast::Value>,
    tables: BTreeMap<String, String>,
    /// By path: `group.lab`.
    things: BTreeMap<String, Thing>,
    /// Each with the stage below it.
    stages: BTreeMap<String, Option<String>>,
}

/// A declaration.
#[derive(Clone, Debug, Default)]
struct Thing {
    kind: String,
    parent: Option<String>,
    /// The stage that alone has it.
    only_in: Option<String>,
    /// What it says itself, in order.
    said: Vec<Change>,
    /// What stages say of it.
    staged: BTreeMap<String, Vec<Change>>,
}

/// One line: what happens to one path below a thing.
#[derive(Clone, Debug)]
struct Change {
    path: Vec<String>,
    word: Word,
    value: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// Gives the whole value: a plain line, `set`, `override`.
    Say,
    /// A block of fields: what it does not name stays.
    Merge,
    Add,
    Remove,
    Unset,
}

/// What a field has.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    /// As nbc prints it.
    Plain(String),
    List(Vec<Element>),
    /// A map, a record, or an owned thing.
    Block(BTreeMap<String, Value>),
    /// Computed in a way that this evaluator does not know.
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Element {
    value: Value,
    from: Option<String>,
    until: Option<String>,
}

impl Platform {
    /// Reads the files of a workspace and of the standard library, as (path, text).
    pub fn read<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>) -> Platform {
        let mut platform = Platform::default();
        let mut trees = Vec::new();
        for (path, text) in files {
            if path.ends_with(".csv") {
                platform.tables.insert(path.to_owned(), text.to_owned());
            } else if path.ends_with(".nbc") {
                trees.push((path.starts_with("std/"), nbc_syntax::parse(text, FileId(0)).source_file()));
            }
        }
        platform.kinds = Kinds::read(trees.iter().flat_map(|(_, tree)| tree.declarations()));
        let own = || trees.iter().filter(|(standard, _)| !standard).flat_map(|(_, tree)| tree.declarations());
        platform.lets(own());
        platform.declare(own());
        platform
    }

    /// The stages by name; without any, the base.
    pub fn stages(&self) -> Vec<Option<&str>> {
        match self.stages.is_empty() {
            true => vec![None],
            false => self.stages.keys().map(|name| Some(name.as_str())).collect(),
        }
    }

    /// The text of every field of every thing of a stage, by path, as nbc prints it; lists of names are sorted.
    /// What the evaluator does not know is left out.
    pub fn fields(&self, stage: Option<&str>) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::new();
        for (path, thing) in self.things.iter().filter(|(_, thing)| self.has(stage, thing)) {
            let state = self.state(path, stage);
            self.show_fields(path, &thing.kind, &state, &mut fields);
        }
        fields
    }
}

/// The items of a body, each with its key.
fn keyed(body: &ast::Body) -> impl Iterator<Item = (String, ast::Item)> + use<> {
    body.items().filter_map(|item| Some((item.key()?.text().into_owned(), item)))
}

/// The text of a node without the spaces around it.
fn source(node: &impl ast::AstNode) -> String {
    node.syntax().text().to_string().trim().to_owned()
}
