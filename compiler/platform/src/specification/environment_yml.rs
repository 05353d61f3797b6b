//! conda's `environment.yml`, with the place of each dependency.

use nbc_source::{FileId, Span};
use serde::Deserialize;
use serde_json::Value;
use serde_saphyr::Spanned;

use super::{Specification, Unreadable, Written, foreign, foreign_pip};

#[derive(Deserialize)]
struct EnvironmentYml {
    #[serde(default)]
    channels: Vec<Spanned<String>>,
    #[serde(default)]
    dependencies: Vec<Spanned<Value>>,
    #[serde(default)]
    variables: serde_json::Map<String, Value>,
    #[serde(default)]
    platforms: Vec<String>,
}

pub(super) fn read(file: FileId, text: &str, into: &mut Specification<'_>) -> Result<(), Unreadable> {
    let read: EnvironmentYml = serde_saphyr::from_str(text).map_err(|error| unreadable(file, text, &error))?;
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
    into.variables.extend(read.variables.iter().map(|(name, value)| (name.clone(), plain(value))));
    into.variables.sort();
    if !read.platforms.is_empty() {
        into.platforms = read.platforms;
    }
    Ok(())
}

/// What the parser says, without the place that it puts before it.
fn unreadable(file: FileId, text: &str, error: &serde_saphyr::Error) -> Unreadable {
    let message = error.to_string();
    let line = message.lines().next().unwrap_or_default();
    let why = line.strip_prefix("error: ").unwrap_or(line);
    let why = why.strip_prefix("line ").and_then(|rest| rest.split_once(": ")).map_or(why, |(_, why)| why);
    let (row, column) = error.location().map_or((1, 1), |location| (location.line(), location.column()));
    let lines = text.split_inclusive('\n').take(usize::try_from(row).unwrap_or(1).saturating_sub(1));
    let start: usize = lines.map(str::len).sum();
    let rest = text.get(start..).unwrap_or("");
    let skip = rest.char_indices().nth(usize::try_from(column).unwrap_or(1).saturating_sub(1));
    let start = start + skip.map_or(0, |(at, _)| at);
    Unreadable { span: at(file, text, start as u64), why: why.to_owned() }
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
    let span = value.referenced.span();
    let start = span.byte_offset().unwrap_or(0);
    let length = span.byte_len().unwrap_or(0);
    if length == 0 { at(file, text, start) } else { Span::new(file, start as u32..(start + length) as u32) }
}

/// The rest of the line from an offset.
fn at(file: FileId, text: &str, start: u64) -> Span {
    let rest = text.get(start as usize..).unwrap_or("");
    let length = rest.find('\n').unwrap_or(rest.len());
    Span::new(file, start as u32..(start as usize + length) as u32)
}
