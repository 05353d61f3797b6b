//! Revisions of a workspace, read from git's objects through the `git` program: no work tree is made or changed.
//!
//! The only place that starts another program. Nothing of the repository's configuration can make git run one of its
//! own here, and nothing is fetched.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use nbc_driver::Host;
use nbc_driver::host::{Entry, EntryKind, LARGEST, Refusal};

use crate::Stop;

/// A folder of one commit.
#[derive(Debug)]
pub(crate) struct Revision {
    folder: PathBuf,
    /// The commit's full hash.
    pub(crate) commit: String,
    /// Files by their path below the folder.
    files: BTreeMap<String, Blob>,
}

#[derive(Debug)]
struct Blob {
    kind: EntryKind,
    object: String,
    size: u64,
}

impl Revision {
    /// The state of `folder` at a revision, in any form that git understands: `main`, `HEAD~2`, a hash.
    ///
    /// # Errors
    /// Where the folder is in no repository, the revision does not exist, or git is not there.
    pub(crate) fn open(folder: &Path, name: &str) -> Result<Revision, Stop> {
        let commit =
            git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")])
                .map_err(|refused| match refused {
                    Refused::Missing => Stop::because("`git` is not installed", "nbc reads revisions through it"),
                    Refused::Said(why) if why.is_empty() => {
                        Stop::because(format!("git knows no revision `{name}`"), "`git log --oneline` lists them")
                    }
                    Refused::Said(why) => Stop::because(why, "revisions are read from a git repository"),
                })?;
        let commit = String::from_utf8_lossy(&commit).trim().to_owned();
        let listed = git(folder, &["ls-tree", "-r", "-z", "-l", &commit, "."]).map_err(stop)?;
        let mut files = BTreeMap::new();
        for row in listed.split(|byte| *byte == 0).filter(|row| !row.is_empty()) {
            // A name that is not UTF-8 belongs to no workspace; the disk host passes it over too.
            if let Some((path, blob)) = std::str::from_utf8(row).ok().and_then(blob) {
                files.insert(path, blob);
            }
        }
        Ok(Revision { folder: folder.to_owned(), commit, files })
    }
}

/// What two commits hold differently, by path from the root of the repository, and where in it the workspace lies:
/// `platform/`, or nothing.
///
/// # Errors
/// Where git gives no answer.
pub(crate) fn changed_paths(folder: &Path, base: &str, head: &str) -> Result<(Vec<String>, String), Stop> {
    let listed = git(folder, &["diff-tree", "-r", "-z", "--name-only", "--no-renames", base, head]).map_err(stop)?;
    let paths = listed.split(|byte| *byte == 0).filter(|path| !path.is_empty());
    let paths = paths.map(|path| String::from_utf8_lossy(path).into_owned()).collect();
    Ok((paths, prefix(folder)?))
}

/// Where in its repository a folder lies: `platform/`, or nothing.
///
/// # Errors
/// Where it is in none.
pub(crate) fn prefix(folder: &Path) -> Result<String, Stop> {
    let prefix = git(folder, &["rev-parse", "--show-prefix"]).map_err(stop)?;
    Ok(String::from_utf8_lossy(&prefix).trim_end().to_owned())
}

/// Whether the head has every commit of the base.
///
/// # Errors
/// Where git gives no answer.
pub(crate) fn contains(folder: &Path, base: &str, head: &str) -> Result<bool, Stop> {
    match git(folder, &["merge-base", "--is-ancestor", base, head]) {
        Ok(_) => Ok(true),
        Err(Refused::Said(why)) if why.is_empty() => Ok(false),
        Err(refused) => Err(stop(refused)),
    }
}

/// `100644 blob 5b1d3…    120\tteams/lab.nbc`
fn blob(row: &str) -> Option<(String, Blob)> {
    let (facts, path) = row.split_once('\t')?;
    let mut facts = facts.split_ascii_whitespace();
    let (mode, _, object, size) = (facts.next()?, facts.next()?, facts.next()?, facts.next()?);
    let kind = if mode.starts_with("100") { EntryKind::File } else { EntryKind::Other };
    Some((path.to_owned(), Blob { kind, object: object.to_owned(), size: size.parse().unwrap_or(0) }))
}

impl Host for Revision {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, Refusal> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut entries: BTreeMap<&str, EntryKind> = BTreeMap::new();
        for (path, blob) in &self.files {
            match path.strip_prefix(&prefix).map(|rest| rest.split_once('/').unwrap_or((rest, ""))) {
                Some((name, "")) => entries.insert(name, blob.kind),
                Some((name, _)) => entries.insert(name, EntryKind::Folder),
                None => None,
            };
        }
        if entries.is_empty() && !folder.is_empty() {
            return Err(Refusal::Missing);
        }
        Ok(entries.into_iter().map(|(name, kind)| Entry { name: name.to_owned(), kind }).collect())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        let blob = self.files.get(path).ok_or(Refusal::Missing)?;
        if blob.kind != EntryKind::File {
            return Err(Refusal::Link);
        }
        if blob.size > LARGEST {
            return Err(Refusal::TooLarge(blob.size));
        }
        git(&self.folder, &["cat-file", "blob", &blob.object]).map_err(|refused| Refusal::Failed(refused.words()))
    }
}

/// Why git gave nothing.
enum Refused {
    Missing,
    /// The first line of its complaint, without `fatal:`.
    Said(String),
}

impl Refused {
    fn words(self) -> String {
        match self {
            Refused::Missing => "`git` is not installed".to_owned(),
            Refused::Said(why) => why,
        }
    }
}

fn stop(refused: Refused) -> Stop {
    Stop::because(refused.words(), "revisions are read from a git repository")
}

/// The standard output of one git command.
fn git(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, Refused> {
    let ran = Command::new("git")
        .arg("--no-replace-objects")
        .arg("--literal-pathspecs")
        .args(["-c", "core.fsmonitor=false"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .output();
    match ran {
        Ok(output) if output.status.success() => Ok(output.stdout),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            let first = said.lines().next().unwrap_or_default();
            Err(Refused::Said(first.trim_start_matches("fatal: ").to_owned()))
        }
        Err(_) => Err(Refused::Missing),
    }
}
