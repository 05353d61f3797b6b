//! conda's `environment.yml`, with the place of each dependency.
//!
//! conda passes over keys that it does not know, and with them over a misspelt `dependencies:`; here they are findings.

use std::ops::Range;

use nbc_source::{FileId, Fix, Span, suggest};
use serde_json::Value;

use super::{Specification, Unreadable, Written, foreign, foreign_pip};
use crate::yaml::{self, Key, Node};

/// What the file may say; the last two are conda-lock's.
const KEYS: [&str; 7] = ["channels", "dependencies", "name", "prefix", "variables", "category", "platforms"];

/// Everything in the file that cannot be taken as it stands; the rest is read.
pub(super) fn read(file: FileId, text: &str, into: &mut Specification<'_>) -> Vec<Unreadable> {
    let mut reader = Reader { file, text, into, found: Vec::new() };
    match yaml::documents(text).as_deref() {
        Err(yaml::Unreadable { range, why }) => reader.refuse(range.clone(), why.clone()),
        Ok([]) => reader.refuse(0..0, "it is empty"),
        Ok([whole]) => reader.whole(whole),
        Ok([_, second, ..]) => reader.refuse(second.place(text), "a second document starts here"),
    }
    reader.found
}

struct Reader<'r, 'm> {
    file: FileId,
    text: &'r str,
    into: &'r mut Specification<'m>,
    found: Vec<Unreadable>,
}

impl Reader<'_, '_> {
    fn refuse(&mut self, range: Range<usize>, why: impl Into<String>) {
        self.found.push(Unreadable { span: self.span(range), why: why.into(), fix: None });
    }

    fn refuse_with(&mut self, range: Range<usize>, why: impl Into<String>, instead: &str) {
        let span = self.span(range);
        let fix = Fix::replace(span, instead, format!("write `{instead}`"));
        self.found.push(Unreadable { span, why: why.into(), fix: Some(fix) });
    }

    fn whole(&mut self, whole: &Node) {
        let Some(entries) = whole.entries() else {
            return self.refuse(whole.place(self.text), "it starts with `name:`, `channels:` or `dependencies:`");
        };
        let mut asks = false;
        for (key, value) in entries {
            match key.value.as_str() {
                "channels" => {
                    let channels = self.texts(key, value);
                    if !channels.is_empty() {
                        self.into.channels = channels;
                    }
                }
                "platforms" => {
                    let platforms = self.texts(key, value);
                    if !platforms.is_empty() {
                        self.into.platforms = platforms.into_iter().map(|platform| platform.text).collect();
                    }
                }
                "dependencies" => asks = self.dependencies(key, value),
                "variables" => self.variables(value),
                "name" | "prefix" | "category" => {}
                unknown => {
                    self.unknown(unknown, yaml::bytes(key));
                    asks = true; // It may be what was meant to ask.
                }
            }
        }
        if !asks {
            let first_line = yaml::rest_of_line(self.text, whole.place(self.text).start);
            self.refuse(first_line, "it has no `dependencies:`, so there would be nothing in it");
        }
    }

    fn unknown(&mut self, key: &str, range: Range<usize>) {
        let why = format!("there is no key `{key}`");
        match suggest::nearest(key, KEYS).as_slice() {
            [only] => self.refuse_with(range, format!("{why}, did you mean `{only}`?"), only),
            _ => self.refuse(range, format!("{why}: there are `{}`", KEYS.join("`, `"))),
        }
    }

    /// Whether it asks for anything, or tried to.
    fn dependencies(&mut self, key: &Key, value: &Node) -> bool {
        let Some(items) = self.list(key, value) else { return true };
        items.iter().for_each(|item| self.dependency(item));
        if items.is_empty() {
            self.refuse(yaml::bytes(key), "its `dependencies:` are empty, so there would be nothing in it");
        }
        true
    }

    fn dependency(&mut self, item: &Node) {
        let place = item.place(self.text);
        if let Some(entries) = item.entries() {
            return entries.iter().for_each(|(key, value)| self.inner_list(key, value));
        }
        match item.scalar() {
            Some(Value::String(requirement)) => self.into.conda.push(foreign(requirement, self.span(place))),
            _ => self.refuse(place, "a dependency is neither a text nor `pip:`"),
        }
    }

    /// `- pip:` with its lines; `- python: 3.11`, which was meant as `- python=3.11`.
    fn inner_list(&mut self, key: &Key, value: &Node) {
        if key.value == "pip" {
            for line in self.texts(key, value) {
                match line.text.starts_with('-') {
                    true => self.into.pip_options.push(line),
                    false => self.into.pip.push(foreign_pip(&line.text, line.span)),
                }
            }
            return;
        }
        let range = yaml::bytes(key).start..value.place(self.text).end;
        let written = self.text.get(value.place(self.text)).unwrap_or_default().trim_matches(['"', '\'', ' ']);
        let why = format!("a package and its version are one text: `{}=…`", key.value);
        match value.scalar() {
            Some(Value::String(_) | Value::Number(_)) => {
                self.refuse_with(range, why, &format!("{}={written}", key.value));
            }
            _ => self.refuse(range, why),
        }
    }

    fn variables(&mut self, value: &Node) {
        for (name, value) in value.entries().unwrap_or_default() {
            let value = value.value();
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            self.into.variables.push((name.value.clone(), Written { text, span: self.span(yaml::bytes(name)) }));
        }
        self.into.variables.sort_by(|a, b| a.0.cmp(&b.0));
    }

    /// A list of texts.
    fn texts(&mut self, key: &Key, value: &Node) -> Vec<Written> {
        let mut texts = Vec::new();
        for item in self.list(key, value).unwrap_or_default() {
            let place = item.place(self.text);
            match item.scalar() {
                Some(Value::String(text)) => texts.push(Written { text: text.clone(), span: self.span(place) }),
                _ => self.refuse(place, format!("what stands below `{}:` is a text", key.value)),
            }
        }
        texts
    }

    /// The items of a list; nothing after the colon is a list without any.
    fn list<'n>(&mut self, key: &Key, value: &'n Node) -> Option<&'n [Node]> {
        if value.items().is_some() {
            return value.items();
        }
        let why = format!("`{}` is a list, each of its lines starts with `- `", key.value);
        match value.scalar() {
            Some(Value::Null) => return Some(&[]),
            Some(Value::String(text)) => self.refuse_with(value.place(self.text), why, &format!("[{text}]")),
            _ => self.refuse(yaml::bytes(key), why),
        }
        None
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start as u32..range.end as u32)
    }
}
