//! `nbc.toml`: what can be set, and what each setting means.

use nbc_driver::Analysis;
use nbc_driver::config::{EDITIONS, FILE, OF_TARGET, SETTINGS, Setting};
use nbc_source::{FileId, Span};

use super::completion::{Completion, Completions, Sort};

/// Where in the file a byte stands.
struct Place<'t> {
    /// `[backends.kubernetes]` above it.
    table: &'t str,
    /// The line up to the byte.
    before: &'t str,
    line_start: u32,
}

impl<'t> Place<'t> {
    /// `None` in any file but `nbc.toml`, and in a comment.
    fn of(analysis: &'t Analysis, file: FileId, offset: u32) -> Option<Place<'t>> {
        let source = analysis.sources().get(file).filter(|source| source.path == FILE)?;
        let above = source.text.get(..offset as usize)?;
        let line_start = above.rfind('\n').map_or(0, |at| at + 1);
        let before = above.get(line_start..)?;
        let headers = above.get(..line_start)?.lines().rev().map(str::trim);
        let table = headers.into_iter().find_map(|line| line.strip_prefix('[')?.split(']').next()).unwrap_or("");
        let is_comment = before.trim_start().starts_with('#');
        (!is_comment).then_some(Place { table, before, line_start: line_start as u32 })
    }
}

/// What could stand at a byte of `nbc.toml`; `files` are those of the workspace.
pub fn complete(
    analysis: &Analysis,
    file: FileId,
    offset: u32,
    files: &dyn Fn() -> Vec<String>,
) -> Option<Completions> {
    let place = Place::of(analysis, file, offset)?;
    let (items, typed) = offered(&place, files);
    let start = offset - typed.len() as u32;
    let mut items: Vec<Completion> =
        items.into_iter().filter(|item| item.label.contains(typed) || item.insert.contains(typed)).collect();
    items.sort_by(|a, b| (a.rank, &a.label).cmp(&(b.rank, &b.label)));
    Some(Completions { items, replaces: Span::new(file, start.max(place.line_start)..offset), is_cut: false })
}

/// What is offered, and what of it is typed already.
fn offered<'t>(place: &Place<'t>, files: &dyn Fn() -> Vec<String>) -> (Vec<Completion>, &'t str) {
    let before = place.before.trim_start();
    if let Some((key, value)) = before.split_once('=') {
        let is_quoted = value.matches('"').count() % 2 == 1;
        let typed = if is_quoted { value.rsplit('"').next().unwrap_or_default() } else { "" };
        return (values(place, key.trim(), is_quoted, files), typed);
    }
    if let Some(name) = before.strip_prefix('[') {
        let typed = name.rsplit('.').next().unwrap_or_default();
        let targets = || nbc_backends::ALL.iter().map(|backend| target(backend.name(), name.contains('.')));
        return (targets().collect(), typed);
    }
    let keys = match place.table {
        "" => SETTINGS.iter().map(setting).collect(),
        table if table.starts_with("backends.") => OF_TARGET.iter().map(setting).collect(),
        _ => Vec::new(),
    };
    (keys, before)
}

fn setting(setting: &Setting) -> Completion {
    let (detail, documentation) = (setting.takes.to_owned(), setting.meaning.to_owned());
    let label = setting.name.to_owned();
    let insert = match setting.takes {
        "text" => format!("{label} = \"$1\""),
        takes if takes.starts_with("list") => format!("{label} = [\"$1\"]"),
        _ => format!("[{label}.$1]"),
    };
    Completion { label, detail, documentation, insert, sort: Sort::Field, rank: (0, 0) }
}

fn target(name: &str, is_begun: bool) -> Completion {
    let insert = if is_begun { name.to_owned() } else { format!("backends.{name}") };
    value(name, "target", insert)
}

fn value(label: &str, detail: &str, insert: String) -> Completion {
    let (label, detail) = (label.to_owned(), detail.to_owned());
    Completion { label, detail, documentation: String::new(), insert, sort: Sort::Value, rank: (0, 0) }
}

fn values(place: &Place<'_>, key: &str, is_quoted: bool, files: &dyn Fn() -> Vec<String>) -> Vec<Completion> {
    let written = |text: &str| if is_quoted { text.to_owned() } else { format!("\"{text}\"") };
    match (place.table, key) {
        ("", "edition") => EDITIONS.iter().map(|name| value(name, "edition", written(name))).collect(),
        ("", "exclude") => folders(&files()).iter().map(|path| value(path, "folder", written(path))).collect(),
        (table, "version") => {
            let name = table.strip_prefix("backends.").unwrap_or_default();
            let known = nbc_backends::ALL.iter().find(|backend| backend.name() == name);
            let versions = known.map_or(&[][..], |backend| backend.versions());
            let one = |(at, version): (usize, &&str)| Completion {
                rank: (0, at as u8),
                ..value(version, name, written(version))
            };
            versions.iter().enumerate().map(one).collect()
        }
        _ => Vec::new(),
    }
}

/// Each folder that has a file, with a `/` at its end.
fn folders(files: &[String]) -> Vec<String> {
    let above = |path: &String| path.rsplit_once('/').map(|(folder, _)| format!("{folder}/"));
    let mut folders: Vec<String> = files.iter().filter_map(above).collect();
    folders.sort_unstable();
    folders.dedup();
    folders
}

/// What the word at a byte means, in Markdown, and where it stands.
pub fn hover(analysis: &Analysis, file: FileId, offset: u32) -> Option<(String, Span)> {
    let place = Place::of(analysis, file, offset)?;
    let source = analysis.sources().get(file)?;
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let start = place.before.trim_end_matches(is_of_word).len() as u32 + place.line_start;
    let rest = source.text.get(start as usize..)?;
    let word = rest.split(|c: char| !is_of_word(c)).next().filter(|word| !word.is_empty())?;
    let span = Span::new(file, start..start + word.len() as u32);
    let is_header = source.text.get(place.line_start as usize..)?.trim_start().starts_with('[');
    if let Some(backend) = nbc_backends::ALL.iter().find(|backend| backend.name() == word).filter(|_| is_header) {
        let known = backend.versions().join("`, `");
        return Some((format!("**{word}**, a target\n\nnbc knows `{known}`."), span));
    }
    let Setting { takes, meaning, .. } = SETTINGS.iter().chain(OF_TARGET).find(|setting| setting.name == word)?;
    Some((format!("**{word}** ({takes})\n\n{meaning}"), span))
}
