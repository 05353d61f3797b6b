//! YAML that people wrote, as a tree in which every part knows its place.

use std::fmt;
use std::ops::Range;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::Spanned;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    /// Bytes of the text; only the start counts where the parser gives no length.
    range: Range<usize>,
    tree: Tree,
}

#[derive(Clone, Debug)]
enum Tree {
    Scalar(Value),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A text that is no YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    pub range: Range<usize>,
    pub why: String,
}

/// The documents of a text, empty ones left out.
///
/// # Errors
/// The first thing that is no YAML.
pub fn documents(text: &str) -> Result<Vec<Node>, Unreadable> {
    let nodes: Vec<Node> = serde_saphyr::from_multiple(text).map_err(|error| unreadable(text, &error))?;
    Ok(nodes.into_iter().filter(|node| !matches!(node.tree, Tree::Scalar(Value::Null))).collect())
}

/// The key of an entry and where it stands.
pub(crate) type Key = Spanned<String>;

impl Node {
    /// Where it stands in `text`; from its start to the end of the line, where the parser gives no length.
    pub(crate) fn place(&self, text: &str) -> Range<usize> {
        if self.range.is_empty() { rest_of_line(text, self.range.start) } else { self.range.clone() }
    }

    pub(crate) fn scalar(&self) -> Option<&Value> {
        match &self.tree {
            Tree::Scalar(value) => Some(value),
            Tree::List(_) | Tree::Map(_) => None,
        }
    }

    pub(crate) fn items(&self) -> Option<&[Node]> {
        match &self.tree {
            Tree::List(items) => Some(items),
            Tree::Scalar(_) | Tree::Map(_) => None,
        }
    }

    pub(crate) fn entries(&self) -> Option<&[(Key, Node)]> {
        match &self.tree {
            Tree::Map(entries) => Some(entries),
            Tree::Scalar(_) | Tree::List(_) => None,
        }
    }

    /// Without places.
    pub fn value(&self) -> Value {
        match &self.tree {
            Tree::Scalar(value) => value.clone(),
            Tree::List(items) => items.iter().map(Node::value).collect(),
            Tree::Map(entries) => {
                let entries = entries.iter().map(|(key, node)| (key.value.clone(), node.value()));
                Value::Object(entries.collect::<Map<_, _>>())
            }
        }
    }

    /// Where the part under a JSON pointer (RFC 6901) stands in `text`: the key of an entry, else the rest of its line.
    /// What is not there stands where its surroundings do.
    pub fn find(&self, pointer: &str, text: &str) -> Range<usize> {
        let (mut node, mut range) = (self, self.range.clone());
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            let found = match &node.tree {
                Tree::Scalar(_) => None,
                Tree::List(items) => step.parse().ok().and_then(|at: usize| items.get(at)).map(|item| (item, None)),
                Tree::Map(entries) => {
                    entries.iter().find(|(key, _)| key.value == step).map(|(key, value)| (value, Some(key)))
                }
            };
            let Some((inner, key)) = found else { break };
            range = key.map_or_else(|| inner.range.clone(), bytes);
            node = inner;
        }
        if range.is_empty() { rest_of_line(text, range.start) } else { range }
    }
}

/// The bytes that the parser gives to a value.
pub(crate) fn bytes<T>(value: &Spanned<T>) -> Range<usize> {
    let span = value.referenced.span();
    let number = |count: Option<u64>| count.and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    let start = number(span.byte_offset());
    start..start + number(span.byte_len())
}

/// What the parser says, without the place that it puts before it.
pub(crate) fn unreadable(text: &str, error: &serde_saphyr::Error) -> Unreadable {
    let message = error.to_string();
    let line = message.lines().next().unwrap_or_default();
    let why = line.strip_prefix("error: ").unwrap_or(line);
    let why = why.strip_prefix("line ").and_then(|rest| rest.split_once(": ")).map_or(why, |(_, why)| why);
    let (row, column) = error.location().map_or((1, 1), |location| (location.line(), location.column()));
    let before = |count: u64| usize::try_from(count).unwrap_or(1).saturating_sub(1);
    let start: usize = text.split_inclusive('\n').take(before(row)).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    let skip = rest.char_indices().nth(before(column)).map_or(0, |(at, _)| at);
    Unreadable { range: rest_of_line(text, start + skip), why: why.to_owned() }
}

pub(crate) fn rest_of_line(text: &str, start: usize) -> Range<usize> {
    let rest = text.get(start..).unwrap_or_default();
    start..start + rest.find('\n').unwrap_or(rest.len())
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        let spanned = Spanned::<Tree>::deserialize(deserializer)?;
        Ok(Node { range: bytes(&spanned), tree: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tree, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, a list or a map")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::Null))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::Bool(value)))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::from(value)))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::from(value)))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Tree, E> {
        // JSON has no word for `.inf` and `.nan`, and no object of a target takes one.
        Ok(Tree::Scalar(Number::from_f64(value).map_or(Value::Null, Value::Number)))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::from(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Tree::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Tree::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_knows_its_place() {
        let text = "kind: ConfigMap\nmetadata: { name: x }\nä: 1\nports:\n  - name: ü\n    port: 80\n---\n---\nb: [1, 2.5, true, ~]\n";
        let documents = documents(text).unwrap();
        assert_eq!(documents.len(), 2);
        let at = |document: usize, pointer: &str| text.get(documents[document].find(pointer, text)).unwrap();
        assert_eq!(
            ["/kind", "/metadata/name", "/ä", "/ports/0/port", "/ports/0/nothing"].map(|pointer| at(0, pointer)),
            ["kind", "name", "ä", "port", "name: ü"]
        );
        assert_eq!(at(1, "/b/1"), "2.5");
        assert_eq!(documents[1].value(), serde_json::json!({"b": [1, 2.5, true, null]}));
    }

    #[test]
    fn what_is_no_yaml_is_shown_where_it_stops_being_it() {
        let text = "a: 1\nb: [1, 2\nc: 3\n";
        let found = documents(text).unwrap_err();
        assert!(found.range.start >= 5, "{found:?}");
        assert!(documents("a: *nothing\n").is_err());
    }
}
