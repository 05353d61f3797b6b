//! Phases 1 and 2: every file that belongs to a workspace, read once, and every `.nbc` file parsed.
//!
//! The standard library and the shipped packs come first, then the workspace by path, then files that others name:
//! tables, environments, raw manifests, templates. What cannot be read is a finding at the place that asked for it.

mod encoding;
mod named;

use nbc_model::{ParsedFile, stdlib};
use nbc_platform::codes::UNTRUSTED_CHANNEL;
use nbc_policy::packs;
use nbc_source::{Diagnostic, Diagnostics, FileId, FileKind, SourceFile, Sources, Span, suggest};

use crate::codes;
use crate::config::{self, Settings};
use crate::host::{Entry, EntryKind, Host, Refusal};
use crate::nearby;
use crate::packages;
use crate::parses::Parses;
use encoding::{Foreign, Foreign8};

/// A workspace in memory.
#[derive(Debug, Default)]
pub struct Workspace {
    pub sources: Sources,
    pub parsed: Vec<ParsedFile>,
    pub settings: Settings,
    /// What loading and parsing found, sorted.
    pub findings: Diagnostics,
    /// Files in another encoding: they are read as they were surely meant, and never written.
    pub(crate) foreign: Vec<FileId>,
    /// Files of the workspace itself: what nbc brings is not counted.
    pub files: usize,
    /// Files that others name and that are not there.
    pub missing: Vec<String>,
    /// Every file of the folder, looked for only where one is named that is nowhere.
    pub(crate) nearby: Vec<String>,
    /// The declaration of an environment that was given alone: no line of the user, and no platform around it.
    pub lone: Option<FileId>,
}

impl Workspace {
    /// Whether nbc itself brings the file: it lies in no folder of the user.
    pub fn is_shipped(&self, file: FileId) -> bool {
        (file.0 as usize) < self.sources.len() - self.files
    }

    /// What can be said of an environment alone: not whether a platform trusts its channels, nor who declares it where.
    pub fn only_what_is_known(&self, findings: Diagnostics) -> Diagnostics {
        let Some(lone) = self.lone else { return findings };
        let mut kept = Diagnostics::new();
        for found in &findings {
            if *found.code != UNTRUSTED_CHANNEL {
                let mut found = found.clone();
                found.related.retain(|related| related.span.file != lone);
                kept.push(found);
            }
        }
        kept
    }

    /// The parsed files of the workspace itself, without what nbc brings, sorted by path.
    pub fn own_files(&self) -> impl Iterator<Item = &ParsedFile> {
        self.parsed.iter().filter(|parsed| !self.is_shipped(parsed.file))
    }
}

/// What is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    /// The whole workspace.
    Folder,
    /// One `.nbc` file by itself, with the files it names; `nbc.toml` is not asked for.
    File(&'a str),
    /// One environment by itself, as conda, pixi or their lock files spell it ([`is_environment`]).
    Environment(&'a str),
}

/// Whether the name is that of an environment in another tool's spelling. Plain letters, so that it can be quoted as it is.
pub fn is_environment(name: &str) -> bool {
    let (stem, extension) = name.rsplit_once('.').unwrap_or_default();
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    (matches!(extension, "yml" | "yaml") || matches!(name, "pixi.toml" | "pixi.lock")) && stem.chars().all(is_plain)
}

/// The file that stands for the declaration which a lone environment does not have.
const LONE_ENVIRONMENT: &str = "lone-environment.nbc";

/// Folders of version control, which may hold anything under any name.
const VERSION_CONTROL: &[&str] = &[".git", ".hg", ".jj", ".svn"];
/// The file that marks a folder as nbc's own output.
pub const OUTPUT_MARK: &str = "nbc-map.json";

/// Reads, and parses what is not in `parses` already.
pub fn load(host: &dyn Host, scope: Scope<'_>, parses: &mut Parses) -> Workspace {
    let mut loader = Loader { host, workspace: Workspace::default(), shipped: 0 };
    if let Scope::Environment(path) = scope {
        loader.lone(path);
    }
    loader.shipped();
    match scope {
        Scope::Folder => loader.folder(),
        Scope::File(path) | Scope::Environment(path) => {
            loader.add(path, None);
        }
    }
    loader.parse(parses);
    if scope == Scope::Folder {
        loader.packages();
    }
    loader.named();
    let Loader { mut workspace, shipped, .. } = loader;
    workspace.files = workspace.sources.len() - shipped;
    workspace.findings.settle();
    workspace
}

/// The paths of all files that belong to the workspace by their place, `nbc.toml` with them; not those that others name.
pub fn files(host: &dyn Host) -> Vec<String> {
    let mut loader = Loader { host, workspace: Workspace::default(), shipped: 0 };
    loader.settings();
    let mut files = loader.list();
    files.push(config::FILE.to_owned());
    files
}

struct Loader<'h> {
    host: &'h dyn Host,
    workspace: Workspace,
    shipped: usize,
}

impl Loader<'_> {
    fn shipped(&mut self) {
        let sources = &mut self.workspace.sources;
        for file in stdlib::FILES {
            sources.add(SourceFile::new(file.path, FileKind::Nbc, file.text));
        }
        for pack in packs::ALL {
            sources.add(SourceFile::new(format!("packs/{}/access.cedar", pack.name), FileKind::Cedar, pack.access));
            sources.add(SourceFile::new(format!("packs/{}/pack.nbc", pack.name), FileKind::Nbc, pack.rules));
        }
        self.shipped = sources.len();
    }

    /// Declares the environment that a file on its own describes; nobody owns it.
    fn lone(&mut self, path: &str) {
        let stem = path.split('.').next().unwrap_or_default().to_ascii_lowercase().replace('_', "-");
        let is_handle = stem.starts_with(|c: char| c.is_ascii_lowercase())
            && stem.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let handle = if is_handle { &stem } else { "environment" };
        let text = format!("environment {handle} {{ namespace: global, file: \"{path}\" }}\n");
        self.workspace.lone = Some(self.workspace.sources.add(SourceFile::new(LONE_ENVIRONMENT, FileKind::Nbc, text)));
    }

    fn folder(&mut self) {
        if self.host.read(config::FILE) == Err(Refusal::Missing) {
            self.workspace.findings.push(
                Diagnostic::without_place(&codes::NO_WORKSPACE, "there is no `nbc.toml` here")
                    .help("`nbc init` starts a platform; `nbc -C DIR …` judges another folder"),
            );
            return;
        }
        self.settings();
        for path in self.list() {
            match reserved(&path) {
                Some(name) => self.reserved(&path, name),
                None if packages::is_packaged(&path) && kind_of(&path) == FileKind::Cedar => {
                    self.packaged_policies(&path)
                }
                None => {
                    self.add(&path, None);
                }
            }
        }
    }

    fn settings(&mut self) {
        if let Some(file) = self.add(config::FILE, None) {
            let text = self.workspace.sources.get(file).map_or("", |source| &*source.text);
            let (settings, findings) = config::read(file, text);
            self.workspace.settings = settings;
            self.workspace.findings.extend(findings);
        }
    }

    /// Every `.nbc` and `.cedar` file below the root, sorted by path.
    fn list(&mut self) -> Vec<String> {
        let (mut found, mut folders) = (Vec::new(), vec![String::new()]);
        while let Some(folder) = folders.pop() {
            let entries = match self.host.list(&folder) {
                Ok(entries) => entries,
                Err(refusal) => {
                    let shown = if folder.is_empty() { "." } else { &folder };
                    self.refused(shown, None, &refusal, "folder");
                    continue;
                }
            };
            if !folder.is_empty() && is_not_ours(&entries) {
                continue;
            }
            for Entry { name, kind } in entries {
                let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
                if self.workspace.settings.exclude.contains(&path) {
                    continue;
                }
                match kind {
                    EntryKind::Folder if !VERSION_CONTROL.contains(&name.as_str()) => folders.push(path),
                    // A link or a device by such a name is refused when it is read, not passed over. Hidden ones are
                    // the locks of editors.
                    EntryKind::Other if name.starts_with('.') => {}
                    EntryKind::File | EntryKind::Other if matches!(kind_of(&path), FileKind::Nbc | FileKind::Cedar) => {
                        found.push(path);
                    }
                    EntryKind::File if meant_kind(&name).is_some() => self.almost(&path, &name),
                    EntryKind::Folder | EntryKind::File | EntryKind::Other => {}
                }
            }
        }
        found.sort_unstable();
        found
    }

    /// A policy that nobody reads forbids nothing, so a name that is almost right is told.
    fn almost(&mut self, path: &str, name: &str) {
        let Some(ending) = meant_kind(name) else { return };
        let span = self.placeholder(path, "");
        let message = format!("`{path}` is not read: its name does not end in `{ending}`");
        let found = Diagnostic::new(&codes::NOT_READ, span, message);
        self.workspace.findings.push(found.help("rename it, or name it in `exclude` of nbc.toml"));
    }

    /// Reads a file into the sources. `asked` is the text that names it.
    fn add(&mut self, path: &str, asked: Option<Span>) -> Option<FileId> {
        let bytes = match self.host.read(path) {
            Ok(bytes) => bytes,
            Err(refusal) => {
                self.refused(path, asked, &refusal, "file");
                return None;
            }
        };
        match String::from_utf8(bytes) {
            Ok(text) => Some(self.workspace.sources.add(SourceFile::new(path, kind_of(path), text))),
            Err(error) => self.not_utf8(path, error.as_bytes(), asked),
        }
    }

    fn refused(&mut self, path: &str, asked: Option<Span>, refusal: &Refusal, what: &str) {
        let code = match refusal {
            Refusal::TooLarge(_) => &codes::OVERSIZED_FILE,
            Refusal::Missing | Refusal::NotAFile | Refusal::Link | Refusal::Failed(_) => &codes::UNREADABLE_FILE,
        };
        let message = format!("the {what} `{path}` cannot be read: {refusal}");
        // A file that nobody names has no other place than itself.
        let span = asked.unwrap_or_else(|| self.placeholder(path, ""));
        let found = Diagnostic::new(code, span, message);
        self.workspace.findings.push(match refusal {
            Refusal::TooLarge(_) => {
                found.help("take it out of the workspace, or name its folder in `exclude` of nbc.toml")
            }
            Refusal::Link => found.help("put the file itself into the workspace"),
            Refusal::Missing | Refusal::NotAFile | Refusal::Failed(_) => found,
        });
    }

    /// Text of another encoding is an error and read all the same, so that nobody misses what it declares.
    fn not_utf8(&mut self, path: &str, bytes: &[u8], asked: Option<Span>) -> Option<FileId> {
        let (text, first, message) = match encoding::recognise(bytes) {
            Foreign::Text(Foreign8 { text, first, byte }) => {
                let before = text.get(..first.start).unwrap_or_default();
                let line = before.matches('\n').count() + 1;
                let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
                let message = format!("`{path}` is not UTF-8 text: byte {byte:#04x} at line {line}, column {column}");
                (text, first, message)
            }
            Foreign::Utf16(text) => (text, 0..0, format!("`{path}` is not UTF-8 text: it is UTF-16")),
            Foreign::Spreadsheet => {
                self.no_text(path, asked, &format!("`{path}` is a file of a spreadsheet program, not a table as text"));
                return None;
            }
            Foreign::Other => {
                self.no_text(path, asked, &format!("`{path}` is not UTF-8 text, nor text at all"));
                return None;
            }
        };
        let file = self.workspace.sources.add(SourceFile::new(path, kind_of(path), text));
        self.workspace.foreign.push(file);
        let span = Span::new(file, first.start as u32..first.end as u32);
        let found =
            Diagnostic::new(&codes::NOT_UTF8, span, message).label("read as Windows and older programs write it");
        let found = match kind_of(path) {
            FileKind::Csv => found.help("save it as UTF-8; spreadsheet programs call that \"CSV UTF-8\""),
            FileKind::Nbc | FileKind::Cedar | FileKind::Other => found.help("save it as UTF-8"),
        };
        self.workspace.findings.push(match asked {
            Some(asked) => found.related(asked, "named here"),
            None => found,
        });
        Some(file)
    }

    /// Of what is no text, nothing can be shown but the name.
    fn no_text(&mut self, path: &str, asked: Option<Span>, message: &str) {
        let span = asked.unwrap_or_else(|| self.placeholder(path, ""));
        let found = Diagnostic::new(&codes::NOT_UTF8, span, message);
        self.workspace.findings.push(match kind_of(path) {
            FileKind::Nbc | FileKind::Cedar => found.help("write it in an editor for text, and save it as UTF-8"),
            FileKind::Csv | FileKind::Other => {
                found.help("save it as \"CSV UTF-8\" in that program, and name the file that it writes")
            }
        });
    }

    /// An empty file under a name, so that a finding has a place. Its kind is none that a later phase reads.
    fn placeholder(&mut self, path: &str, text: &str) -> Span {
        let file = self.workspace.sources.add(SourceFile::new(path, FileKind::Other, text));
        Span::new(file, 0..0)
    }

    fn reserved(&mut self, path: &str, name: &str) {
        let span = self.placeholder(path, "");
        let message = format!("`{name}/` is the name of files that nbc brings");
        let found = Diagnostic::new(&codes::RESERVED_FOLDER, span, message);
        self.workspace.findings.push(found.help("rename the folder"));
    }

    fn packaged_policies(&mut self, path: &str) {
        let span = self.placeholder(path, "");
        let found = Diagnostic::new(&codes::NOT_FOR_PACKAGES, span, "a package has no policies of its own");
        self.workspace.findings.push(found.help("copy those that you want to a file of yours"));
    }

    fn parse(&mut self, parses: &mut Parses) {
        let Workspace { sources, parsed, findings, .. } = &mut self.workspace;
        *parsed = parses.parse(sources);
        for file in parsed {
            findings.extend(file.parse.diagnostics().iter().cloned());
        }
    }

    fn packages(&mut self) {
        let Workspace { sources, parsed, findings, .. } = &mut self.workspace;
        findings.extend(packages::check(self.host, sources, parsed));
    }

    /// Reads the files that the parsed files name. Whether a missing one matters is for the language to say.
    fn named(&mut self) {
        let mut wanted: Vec<named::Named> = Vec::new();
        for parsed in &self.workspace.parsed {
            if parsed.file.0 as usize >= self.shipped {
                wanted.extend(named::of(parsed, self.workspace.sources.path(parsed.file)));
            }
        }
        wanted.sort_by(|a, b| (&a.paths, a.span).cmp(&(&b.paths, b.span)));
        for named::Named { paths, span } in wanted {
            if !self.named_file(&paths, span) && self.workspace.nearby.is_empty() {
                self.workspace.nearby = nearby::all(self.host);
            }
        }
    }

    /// Whether there is anything to read, or to say already.
    fn named_file(&mut self, paths: &[named::Place], span: Span) -> bool {
        for place in paths {
            let path = match place {
                named::Place::Inside(path) => path,
                named::Place::Outside(written) => {
                    let message = format!("`{written}` leads out of the workspace");
                    let found = Diagnostic::new(&codes::OUTSIDE_WORKSPACE, span, message);
                    self.workspace
                        .findings
                        .push(found.help("put the file into the workspace; paths start at the folder of nbc.toml"));
                    return true;
                }
            };
            if self.workspace.sources.find(path).is_some() {
                return true;
            }
            match self.host.read(path) {
                Err(Refusal::Missing) => self.workspace.missing.push(path.clone()),
                _ => {
                    self.add(path, Some(span));
                    return true;
                }
            }
        }
        false
    }
}

/// A nested workspace, or output of nbc.
fn is_not_ours(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| entry.name == config::FILE || entry.name == OUTPUT_MARK)
}

/// The reserved folder that a path lies in.
fn reserved(path: &str) -> Option<&str> {
    let mut steps = path.split('/');
    match (steps.next(), steps.next(), steps.next()) {
        (Some("std"), Some(_), _) => Some("std"),
        (Some("packs"), Some(pack), Some(_)) if packs::find(pack).is_some() => path.get(.."packs/".len() + pack.len()),
        _ => None,
    }
}

/// The ending that was surely meant: capitals, an editor's `.txt` behind it, a slip in `cedar`. `.nb` and the like are
/// files of other programs.
fn meant_kind(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let (stem, extension) = lower.strip_suffix(".txt").unwrap_or(&lower).rsplit_once('.')?;
    let is_slip = || !suggest::nearest(extension, ["cedar"]).is_empty();
    match extension {
        _ if stem.is_empty() => None,
        "nbc" => Some(".nbc"),
        "cedar" => Some(".cedar"),
        _ if extension.len() >= 4 && is_slip() => Some(".cedar"),
        _ => None,
    }
}

fn kind_of(path: &str) -> FileKind {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("nbc") => FileKind::Nbc,
        Some("cedar") => FileKind::Cedar,
        Some("csv") => FileKind::Csv,
        _ => FileKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::{Parses, Scope, load};
    use crate::host::{Entry, EntryKind, Host, Refusal};
    use crate::{Memory, analyse, day};

    /// A disk on which somebody may read all but one folder.
    struct Locked;

    impl Host for Locked {
        fn list(&self, folder: &str) -> Result<Vec<Entry>, Refusal> {
            match folder {
                "" => Ok(vec![Entry { name: "teams".to_owned(), kind: EntryKind::Folder }]),
                _ => Err(Refusal::Failed("permission denied".to_owned())),
            }
        }

        fn read(&self, path: &str) -> Result<Vec<u8>, Refusal> {
            if path == "nbc.toml" { Ok(b"edition = \"2026\"\n".to_vec()) } else { Err(Refusal::Missing) }
        }
    }

    #[test]
    fn a_file_whose_name_is_almost_right_is_told() {
        let names = ["a.NBC", "b.cedr", "c.cedar.txt", "notes.txt", "x.nb", "data.card", "d.bak"];
        let host =
            names.iter().fold(Memory::new().with("nbc.toml", "edition = \"2026\"\n"), |host, name| host.with(name, ""));
        let workspace = load(&host, Scope::Folder, &mut Parses::default());
        let found: Vec<String> = workspace.findings.iter().map(|found| found.message.clone()).collect();
        assert_eq!(
            found,
            [
                "`a.NBC` is not read: its name does not end in `.nbc`",
                "`b.cedr` is not read: its name does not end in `.cedar`",
                "`c.cedar.txt` is not read: its name does not end in `.cedar`",
            ]
        );
        assert!(!workspace.findings.has_errors());
    }

    /// What is said of a table of people with these bytes, and of whoever refers to them.
    fn said_of_table(name: &str, bytes: &[u8]) -> Vec<String> {
        let people = format!("user from \"{name}\" {{ handle: row.login, last-name: row.last }}\n");
        let host = Memory::new()
            .with("nbc.toml", "edition = \"2026\"\n")
            .with("people.nbc", people)
            .with("teams.nbc", "group lab { owners: [ana], members: [ana] }\n")
            .with(name, bytes);
        let as_of = |_: &str| day::parse("2026-11-20").unwrap();
        let analysis = analyse(&host, Scope::Folder, &as_of);
        let place = |span| analysis.sources().place(span);
        analysis.findings.iter().map(|found| format!("{}: {}", place(found.span.unwrap()), found.message)).collect()
    }

    #[test]
    fn a_table_that_is_not_utf8_is_one_finding_and_its_people_are_known() {
        let utf16: Vec<u8> = "login,last\nana,Müller\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (name, bytes, said) in [
            (
                "people.csv",
                b"login,last\nana,M\xfcller\n".as_slice(),
                "people.csv:2:6: `people.csv` is not UTF-8 text: byte 0xfc at line 2, column 6",
            ),
            (
                "people.csv",
                &[b"\xff\xfe", utf16.as_slice()].concat(),
                "people.csv:1:1: `people.csv` is not UTF-8 text: it is UTF-16",
            ),
            (
                "people.csv",
                b"PK\x03\x04\x14\0\xff\xfe",
                "people.nbc:1:11: `people.csv` is a file of a spreadsheet program, not a table as text",
            ),
            (
                "people.xlsx",
                b"PK\x03\x04\x14\0\xff\xfe",
                "people.nbc:1:11: `people.xlsx` is a file of a spreadsheet program, not a table as text",
            ),
        ] {
            assert_eq!(said_of_table(name, bytes), [said]);
        }
    }

    #[test]
    fn a_file_in_another_encoding_is_one_finding_and_what_it_declares_is_known() {
        let host = Memory::new()
            .with("nbc.toml", "edition = \"2026\"\n")
            .with("people.nbc", b"user ana { last-name: \"M\xfcller\" }\n".as_slice())
            .with("teams.nbc", "group lab { owners: [ana], members: [ana] }\n");
        let as_of = |_: &str| day::parse("2026-11-20").unwrap();
        let found: Vec<String> =
            analyse(&host, Scope::Folder, &as_of).findings.iter().map(|found| found.message.clone()).collect();
        assert_eq!(found, ["`people.nbc` is not UTF-8 text: byte 0xfc at line 1, column 25"]);
    }

    #[test]
    fn a_folder_that_cannot_be_listed_is_an_error_and_not_an_empty_folder() {
        let workspace = load(&Locked, Scope::Folder, &mut Parses::default());
        let found: Vec<String> = workspace.findings.iter().map(|found| found.message.clone()).collect();
        assert_eq!(found, ["the folder `teams` cannot be read: permission denied"]);
        assert!(workspace.findings.has_errors());
    }
}
