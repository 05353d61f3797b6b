//! Vendored packages: `packages/NAME/…` holds what `nbc.lock` says it holds, or nothing is judged.
//!
//! `nbc vendor` copies a folder there and writes the lock; [`check`] compares on every load. Nothing is fetched.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use nbc_model::ParsedFile;
use nbc_source::{Diagnostic, Diagnostics, FileId, FileKind, SourceFile, Sources, Span};
use nbc_syntax::ast::{AstNode as _, Declaration};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::host::{EntryKind, Host, Refusal};
use crate::{codes, digest};

/// The folder of packages.
pub const FOLDER: &str = "packages";
/// The file that says where each came from and what it holds.
pub const LOCK: &str = "nbc.lock";
/// The first line of the lock.
const HEAD: &str = "# written by `nbc vendor`; nothing here is for changing by hand\n";

/// One package of the lock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locked {
    /// The folder it was copied from, as it was typed.
    pub source: String,
    /// The commit that was checked out there, where it was one.
    pub revision: Option<String>,
    /// What [`hash`] said of its files.
    pub hash: String,
}

/// The packages of a lock by name, each with the place of its hash.
pub type Lock = BTreeMap<String, (Locked, Range<usize>)>;

/// Files by path, with `/`, relative to the folder of the package.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// Whether a package can have the name: kebab-case, and not that of the standard library.
pub fn is_name(name: &str) -> bool {
    let is_part =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    name != "std" && name.starts_with(|first: char| first.is_ascii_lowercase()) && name.split('-').all(is_part)
}

/// Every file of a folder but those that `is_left_out` names by their path.
///
/// # Errors
/// What cannot be read, and why; a link is never followed.
pub fn tree(host: &dyn Host, folder: &str, is_left_out: &dyn Fn(&str) -> bool) -> Result<Tree, (String, Refusal)> {
    let (mut files, mut folders) = (Tree::new(), vec![String::new()]);
    while let Some(inner) = folders.pop() {
        let full = join(folder, &inner);
        for entry in host.list(&full).map_err(|refusal| (full.clone(), refusal))? {
            let path = join(&inner, &entry.name);
            let at = join(folder, &path);
            match entry.kind {
                _ if is_left_out(&path) => {}
                EntryKind::Folder => folders.push(path),
                EntryKind::File => {
                    let bytes = host.read(&at).map_err(|refusal| (at, refusal))?;
                    files.insert(path, bytes);
                }
                EntryKind::Other => return Err((at, Refusal::Link)),
            }
        }
    }
    Ok(files)
}

fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}

/// The hash of a tree: of its paths in their order, each with the hash of its bytes.
pub fn hash(tree: &Tree) -> String {
    let parts = tree.iter().flat_map(|(path, bytes)| [path.clone(), digest::of([bytes])]);
    format!("sha256:{}", digest::of(parts))
}

/// The text of a lock.
pub fn write<'l>(packages: impl IntoIterator<Item = (&'l str, &'l Locked)>) -> String {
    let mut text = HEAD.to_owned();
    for (name, locked) in packages {
        let quoted = |text: &str| toml::Value::String(text.to_owned());
        let _ = write!(text, "\n[{name}]\nsource = {}\n", quoted(&locked.source));
        if let Some(revision) = &locked.revision {
            let _ = writeln!(text, "revision = {}", quoted(revision));
        }
        let _ = writeln!(text, "hash = {}", quoted(&locked.hash));
    }
    text
}

/// Reads a lock.
///
/// # Errors
/// The first thing that is wrong with it, and where.
pub fn read(text: &str) -> Result<Lock, (Range<usize>, String)> {
    let table = DeTable::parse(text).map_err(|error| {
        (error.span().unwrap_or(0..0), format!("`{LOCK}` cannot be read: {}", error.message().trim_end_matches('.')))
    })?;
    let mut lock = Lock::new();
    for (name, value) in table.get_ref() {
        let name = (name.span(), name.get_ref().as_ref());
        lock.insert(name.1.to_owned(), package(name, value)?);
    }
    Ok(lock)
}

fn package(
    (at, name): (Range<usize>, &str),
    value: &Spanned<DeValue<'_>>,
) -> Result<(Locked, Range<usize>), (Range<usize>, String)> {
    let Some(table) = value.get_ref().as_table().filter(|_| is_name(name)) else {
        return Err((at, format!("`{name}` is no package")));
    };
    let (mut locked, mut place) = (Locked::default(), at.clone());
    for (key, value) in table {
        let text = value.get_ref().as_str().map(str::to_owned);
        match (key.get_ref().as_ref(), text) {
            ("source", Some(text)) => locked.source = text,
            ("revision", text @ Some(_)) => locked.revision = text,
            ("hash", Some(text)) => (locked.hash, place) = (text, value.span()),
            (other, _) => return Err((key.span(), format!("`{other}` does not belong into `{LOCK}`"))),
        }
    }
    Ok((locked, place))
}

/// Compares the folders of packages with the lock, and says what a package cannot hold.
pub(crate) fn check(host: &dyn Host, sources: &mut Sources, parsed: &[ParsedFile]) -> Diagnostics {
    let mut out = Diagnostics::new();
    let names: Vec<String> = host.list(FOLDER).map_or_else(|_| Vec::new(), folders);
    let (file, lock) = match host.read(LOCK).map(String::from_utf8) {
        Ok(Ok(text)) => {
            let lock = read(&text);
            (Some(sources.add(SourceFile::new(LOCK, FileKind::Other, text))), lock)
        }
        Ok(Err(_)) => (None, Err((0..0, format!("`{LOCK}` is not UTF-8 text")))),
        Err(_) => (None, Ok(Lock::new())),
    };
    let place = |sources: &mut Sources, range: Range<usize>| {
        let file = file.unwrap_or_else(|| sources.add(SourceFile::new(LOCK, FileKind::Other, "")));
        Span::new(file, range.start as u32..range.end as u32)
    };
    let lock = match lock {
        Ok(lock) => lock,
        Err((range, message)) => {
            let found = Diagnostic::new(&codes::BAD_LOCK, place(sources, range), message);
            out.push(found.help("`nbc vendor FOLDER` writes it; take it from version control otherwise"));
            return out;
        }
    };
    for name in &names {
        match lock.get(name) {
            Some((locked, range)) => {
                let span = place(sources, range.clone());
                out.extend(changed(host, name, locked, span));
            }
            None => out.push(not_locked(sources, name)),
        }
    }
    for (name, (locked, range)) in lock.iter().filter(|(name, _)| !names.contains(name)) {
        let message = format!("`{LOCK}` lists the package `{name}`, and there is no `{FOLDER}/{name}/`");
        let found = Diagnostic::new(&codes::MISSING_PACKAGE, place(sources, range.clone()), message);
        out.push(found.help(format!("`nbc vendor {}` copies it again", locked.source)));
    }
    out.extend(foreign_declarations(sources, parsed));
    out
}

fn folders(entries: Vec<crate::host::Entry>) -> Vec<String> {
    let folders = entries.into_iter().filter(|entry| entry.kind == EntryKind::Folder);
    let mut names: Vec<String> = folders.map(|entry| entry.name).collect();
    names.sort_unstable();
    names
}

fn changed(host: &dyn Host, name: &str, locked: &Locked, span: Span) -> Option<Diagnostic> {
    let folder = format!("{FOLDER}/{name}");
    let why = match tree(host, &folder, &|_| false) {
        Ok(files) if hash(&files) == locked.hash => return None,
        Ok(_) => format!("`{folder}/` is not what `{LOCK}` says it is"),
        Err((path, refusal)) => format!("`{path}` cannot be read: {refusal}"),
    };
    let help = format!("change it where it comes from, `{}`, and copy it again: `nbc vendor`", locked.source);
    Some(Diagnostic::new(&codes::CHANGED_PACKAGE, span, why).label("another hash").help(help))
}

fn not_locked(sources: &mut Sources, name: &str) -> Diagnostic {
    let file = sources.add(SourceFile::new(format!("{FOLDER}/{name}"), FileKind::Other, ""));
    let message = format!("`{FOLDER}/{name}/` is not in `{LOCK}`");
    Diagnostic::new(&codes::UNLOCKED_PACKAGE, Span::new(file, 0..0), message)
        .help("move the folder out of the workspace; `nbc vendor FOLDER` then copies it and writes the lock")
}

/// What would exist though no file of the site names it.
fn foreign_declarations(sources: &Sources, parsed: &[ParsedFile]) -> Diagnostics {
    let mut out = Diagnostics::new();
    for parsed in parsed.iter().filter(|parsed| is_packaged(sources.path(parsed.file))) {
        for declaration in parsed.parse.source_file().declarations() {
            if let Some(word) = acts_by_itself(&declaration) {
                out.push(not_for_packages(parsed.file, declaration.syntax().text_range(), word));
            }
        }
    }
    out
}

/// Whether a file lies in a package.
pub(crate) fn is_packaged(path: &str) -> bool {
    path.strip_prefix(FOLDER).and_then(|rest| rest.strip_prefix('/')).is_some_and(|rest| rest.contains('/'))
}

fn acts_by_itself(declaration: &Declaration) -> Option<&'static str> {
    match declaration {
        Declaration::Rule(_) => Some("rule"),
        Declaration::Waiver(_) => Some("waiver"),
        Declaration::Test(_) => Some("test"),
        Declaration::Stage(_) => Some("stage"),
        Declaration::Raw(_) => Some("raw"),
        Declaration::Instance(_)
        | Declaration::Kind(_)
        | Declaration::Enum(_)
        | Declaration::ExtendEnum(_)
        | Declaration::Record(_)
        | Declaration::Variant(_)
        | Declaration::Type(_)
        | Declaration::Let(_)
        | Declaration::Fn(_)
        | Declaration::For(_) => None,
    }
}

fn not_for_packages(file: FileId, range: nbc_syntax::TextRange, word: &str) -> Diagnostic {
    let start = u32::from(range.start());
    let span = Span::new(file, start..start + word.len() as u32);
    Diagnostic::new(&codes::NOT_FOR_PACKAGES, span, format!("a package has no `{word}` of its own"))
        .label("would hold though nobody names it")
        .help(reason(word))
        .help("a package declares kinds, types, functions and things that others name; copy this to a file of yours")
}

/// Why each of them stays refused: what it would do to a site whose files do not mention it.
fn reason(word: &str) -> &'static str {
    match word {
        "rule" => "an update of the package could forbid, or cease to forbid, what nobody on the site decided",
        "waiver" => "it would excuse what a rule of the site forbids, approved by people whom the site does not know",
        "test" => "it would judge people and groups that the package cannot know; its own workspace tests it",
        "stage" => "it would change values of the site, in a stage that the site may not have",
        _ => "it would write objects of a target that no declaration of the site asks for",
    }
}
