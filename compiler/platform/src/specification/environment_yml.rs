//! conda's `environment.yml`, with the place of each dependency.

use std::collections::BTreeMap;
use std::ops::Range;

use nbc_source::{FileId, Span};
use serde::Deserialize;
use serde_json::Value;
use serde_saphyr::Spanned;

use super::{Specification, Unreadable, Written, foreign, foreign_pip};
use crate::yaml;

#[derive(Deserialize)]
struct EnvironmentYml {
    #[serde(default)]
    channels: Vec<Spanned<String>>,
    #[serde(default)]
    dependencies: Vec<Spanned<Value>>,
    #[serde(default)]
    variables: BTreeMap<String, Spanned<Value>>,
    #[serde(default)]
    platforms: Vec<String>,
}

pub(super) fn read(file: FileId, text: &str, into: &mut Specification<'_>) -> Result<(), Unreadable> {
    let read: EnvironmentYml = serde_saphyr::from_str(text).map_err(|error| {
        let yaml::Unreadable { range, why } = yaml::unreadable(text, &error);
        Unreadable { span: in_file(file, range), why }
    })?;
    if !read.channels.is_empty() {
        let named =
            |channel: &Spanned<String>| Written { text: channel.value.clone(), span: place(file, text, channel) };
        into.channels = read.channels.iter().map(named).collect();
    }
    for dependency in &read.dependencies {
        let span = place(file, text, dependency);
        match &dependency.value {
            Value::String(requirement) => into.conda.push(foreign(requirement, span)),
            Value::Object(map) => {
                let lines = map.get("pip").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                lines.iter().filter_map(Value::as_str).for_each(|line| pip_line(file, text, line, span, into));
            }
            _ => return Err(Unreadable { span, why: "a dependency is neither a text nor `pip:`".to_owned() }),
        }
    }
    let variable = |(name, value): (&String, &Spanned<Value>)| {
        (name.clone(), Written { text: plain(&value.value), span: place(file, text, value) })
    };
    into.variables.extend(read.variables.iter().map(variable));
    into.variables.sort_by(|a, b| a.0.cmp(&b.0));
    if !read.platforms.is_empty() {
        into.platforms = read.platforms;
    }
    Ok(())
}

/// A line below `pip:` is a requirement or an option.
fn pip_line(file: FileId, text: &str, line: &str, list: Span, into: &mut Specification<'_>) {
    // YAML gives no place inside the inner list, so the first such text after the list's start is taken.
    let found = text.get(list.start as usize..).and_then(|rest| rest.find(line));
    let span = found.map_or(list, |offset| {
        let start = list.start + offset as u32;
        Span::new(file, start..start + line.len() as u32)
    });
    if line.starts_with('-') {
        into.pip_options.push(Written { text: line.to_owned(), span });
    } else {
        into.pip.push(foreign_pip(line, span));
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn place<T>(file: FileId, text: &str, value: &Spanned<T>) -> Span {
    let range = yaml::bytes(value);
    in_file(file, if range.is_empty() { yaml::rest_of_line(text, range.start) } else { range })
}

fn in_file(file: FileId, range: Range<usize>) -> Span {
    Span::new(file, range.start as u32..range.end as u32)
}
