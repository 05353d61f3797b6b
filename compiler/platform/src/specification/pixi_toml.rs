//! pixi's `pixi.toml`: workspace, dependencies, dependencies from PyPI.

use nbc_source::{FileId, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Requirement, Specification, Unreadable, Written, foreign, foreign_pip};

pub(super) fn read(file: FileId, text: &str, into: &mut Specification<'_>) -> Result<(), Unreadable> {
    let parsed = DeTable::parse(text).map_err(|error| {
        let range = error.span().unwrap_or(0..0);
        let span = Span::new(file, range.start as u32..range.end as u32);
        Unreadable { span, why: error.message().to_owned(), fix: None }
    })?;
    let root = parsed.get_ref();
    if let Some(workspace) = table(root, "workspace").or_else(|| table(root, "project")) {
        let channels = texts(file, workspace, "channels");
        if !channels.is_empty() {
            into.channels = channels;
        }
        let platforms = texts(file, workspace, "platforms");
        if !platforms.is_empty() {
            into.platforms = platforms.into_iter().map(|platform| platform.text).collect();
        }
    }
    for (name, value) in table(root, "dependencies").into_iter().flatten() {
        into.conda.push(requirement(file, name.get_ref(), value, " ", foreign));
    }
    for (name, value) in table(root, "pypi-dependencies").into_iter().flatten() {
        into.pip.push(requirement(file, name.get_ref(), value, "", foreign_pip));
    }
    Ok(())
}

fn table<'a, 'i>(root: &'a DeTable<'i>, key: &str) -> Option<&'a DeTable<'i>> {
    root.get(key).and_then(|value| value.get_ref().as_table())
}

fn texts(file: FileId, table: &DeTable<'_>, key: &str) -> Vec<Written> {
    let list = table.get(key).and_then(|value| value.get_ref().as_array());
    let one = |value: &Spanned<DeValue<'_>>| {
        value.get_ref().as_str().map(|text| Written { text: text.to_owned(), span: place(file, value) })
    };
    list.into_iter().flatten().filter_map(one).collect()
}

/// `numpy = ">=2"` or `numpy = { version = ">=2", channel = "conda-forge" }`.
fn requirement(
    file: FileId,
    name: &str,
    value: &Spanned<DeValue<'_>>,
    between: &str,
    read: fn(&str, Span) -> Requirement,
) -> Requirement {
    let in_table = |key: &str| value.get_ref().as_table()?.get(key)?.get_ref().as_str().map(str::to_owned);
    let version = value.get_ref().as_str().map(str::to_owned).or_else(|| in_table("version")).unwrap_or_default();
    let version = if version == "*" { "" } else { version.as_str() };
    let mut row = read(format!("{name}{between}{version}").trim_end(), place(file, value));
    row.channel = in_table("channel");
    row
}

fn place(file: FileId, value: &Spanned<DeValue<'_>>) -> Span {
    let range = value.span();
    Span::new(file, range.start as u32..range.end as u32)
}
