//! On which line of a printed document each value stands, so that a line leads back to its declaration.
//!
//! Both printers put one scalar on one line and never break it, so a walk over the value knows every line without
//! reading the text. A text that has another number of lines than the walk found has no places at all: no answer is
//! better than a wrong one.

use rustc_hash::FxHashMap;
use serde_json::Value;

use nbc_model::value::OriginId;

use crate::artifact::Sourced;

/// How the printer lays out what nests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Brackets on lines of their own.
    Json,
    /// Block style; the first key of a list's element stands beside its dash.
    Yaml,
}

/// Finds the lines of `origins` in a document whose first line is `first`. Returns them in the order of the text, and
/// the document's last line.
pub(crate) fn locate(
    value: &Value,
    layout: Layout,
    first: u32,
    prefix: &str,
    origins: Vec<(String, Vec<OriginId>)>,
) -> (Vec<Sourced>, u32) {
    let mut wanted: FxHashMap<String, Vec<OriginId>> = FxHashMap::default();
    for (pointer, from) in origins {
        wanted.entry(pointer).or_default().extend(from);
    }
    let mut walk = Walk { layout, prefix, wanted, found: Vec::new(), path: String::new() };
    let noted = walk.note(first);
    let last = walk.value(value, first);
    walk.ends(noted, last);
    (walk.found, last)
}

struct Walk<'a> {
    layout: Layout,
    prefix: &'a str,
    wanted: FxHashMap<String, Vec<OriginId>>,
    found: Vec<Sourced>,
    path: String,
}

impl Walk<'_> {
    /// Walks the parts of a value whose first line is `line`; returns its last line.
    fn value(&mut self, value: &Value, line: u32) -> u32 {
        match value {
            Value::Object(map) if !map.is_empty() => {
                self.parts(line, map.iter().map(|(key, value)| (escape(key), value, false)))
            }
            Value::Array(list) if !list.is_empty() => {
                self.parts(line, list.iter().enumerate().map(|(at, value)| (at.to_string(), value, true)))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) | Value::Array(_) => {
                line
            }
        }
    }

    fn parts<'v>(&mut self, line: u32, parts: impl Iterator<Item = (String, &'v Value, bool)>) -> u32 {
        let mut next = if self.layout == Layout::Json { line + 1 } else { line };
        for (key, value, element) in parts {
            let length = self.path.len();
            self.path.push('/');
            self.path.push_str(&key);
            let noted = self.note(next);
            let nests = match value {
                Value::Object(map) => !map.is_empty(),
                Value::Array(list) => !list.is_empty(),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
            };
            let below = self.layout == Layout::Yaml && nests && !element;
            let last = self.value(value, if below { next + 1 } else { next });
            self.ends(noted, last);
            next = last + 1;
            self.path.truncate(length);
        }
        if self.layout == Layout::Json { next } else { next - 1 }
    }

    /// Where the origins of this place are in what was found, if it has any.
    fn note(&mut self, line: u32) -> Option<usize> {
        let mut from = self.wanted.remove(self.path.as_str())?;
        from.sort_unstable();
        from.dedup();
        if from.is_empty() {
            return None;
        }
        self.found.push(Sourced { pointer: format!("{}{}", self.prefix, self.path), line, last: line, from });
        Some(self.found.len() - 1)
    }

    fn ends(&mut self, noted: Option<usize>, last: u32) {
        if let Some(sourced) = noted.and_then(|at| self.found.get_mut(at)) {
            sourced.last = last;
        }
    }
}

/// A key as a part of a JSON pointer (RFC 6901).
pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print;
    use serde_json::json;

    fn lines_of(value: &Value, layout: Layout) -> (Vec<String>, String) {
        let mut pointers = Vec::new();
        every_pointer(value, String::new(), &mut pointers);
        let origins = pointers.into_iter().map(|pointer| (pointer, vec![OriginId::new(0)])).collect();
        let (found, last) = locate(value, layout, 1, "", origins);
        let text = match layout {
            Layout::Json => print::json(value).unwrap(),
            Layout::Yaml => print::yaml(value).unwrap(),
        };
        assert_eq!(last as usize, text.lines().count(), "{text}");
        let line = |sourced: &Sourced| text.lines().nth(sourced.line as usize - 1).unwrap().to_owned();
        (found.iter().map(|sourced| format!("{} → {}", sourced.pointer, line(sourced).trim())).collect(), text)
    }

    fn every_pointer(value: &Value, at: String, out: &mut Vec<String>) {
        out.push(at.clone());
        match value {
            Value::Object(map) => map.iter().for_each(|(k, v)| every_pointer(v, format!("{at}/{}", escape(k)), out)),
            Value::Array(list) => list.iter().enumerate().for_each(|(i, v)| every_pointer(v, format!("{at}/{i}"), out)),
            _ => {}
        }
    }

    use nbc_model::index::Id;

    #[test]
    fn every_value_is_found_in_both_layouts() {
        let value =
            json!({"a": {"b/c": [1, {"d": "x\ny", "e": {}}, []], "f": null}, "g": [[1, 2], [{"h": 1, "i": 2}]]});
        let (json, _) = lines_of(&value, Layout::Json);
        insta::assert_snapshot!(json.join("\n"), @r#"
         → {
        /a → "a": {
        /a/b~1c → "b/c": [
        /a/b~1c/0 → 1,
        /a/b~1c/1 → {
        /a/b~1c/1/d → "d": "x\ny",
        /a/b~1c/1/e → "e": {}
        /a/b~1c/2 → []
        /a/f → "f": null
        /g → "g": [
        /g/0 → [
        /g/0/0 → 1,
        /g/0/1 → 2
        /g/1 → [
        /g/1/0 → {
        /g/1/0/h → "h": 1,
        /g/1/0/i → "i": 2
        "#);
        let (yaml, _) = lines_of(&value, Layout::Yaml);
        insta::assert_snapshot!(yaml.join("\n"), @r#"
         → a:
        /a → a:
        /a/b~1c → b/c:
        /a/b~1c/0 → - 1
        /a/b~1c/1 → - d: "x\ny"
        /a/b~1c/1/d → - d: "x\ny"
        /a/b~1c/1/e → e: {}
        /a/b~1c/2 → - []
        /a/f → f: null
        /g → g:
        /g/0 → - - 1
        /g/0/0 → - - 1
        /g/0/1 → - 2
        /g/1 → - - h: 1
        /g/1/0 → - - h: 1
        /g/1/0/h → - - h: 1
        /g/1/0/i → i: 2
        "#);
    }
}
