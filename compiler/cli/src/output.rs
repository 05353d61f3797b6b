//! Writes files whole or not at all: a new file or folder is made beside the old one and then takes its place.
//!
//! Nothing else is touched. An output folder that nbc did not write is never replaced.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use nbc_source::secrets;

use crate::Stop;

/// The file that nbc finds its own output by; a stage's folder has one, and so has the whole.
pub(crate) const MARK: &str = nbc_driver::workspace::OUTPUT_MARK;

/// Texts by path, with `/`, relative to the output folder.
pub(crate) type Files = BTreeMap<String, String>;

/// Replaces `out` by `files`.
///
/// # Errors
/// Where `out` holds what nbc did not write, or the disk refuses; `out` is then as it was.
pub(crate) fn replace(out: &Path, files: &Files) -> Result<(), Stop> {
    may_replace(&absolute(out)?)?;
    replace_folder(out, files)
}

/// Puts a folder of these files in the place of whatever is there.
///
/// # Errors
/// Where the disk refuses; `out` is then as it was.
pub(crate) fn replace_folder<T: AsRef<[u8]>>(out: &Path, files: &BTreeMap<String, T>) -> Result<(), Stop> {
    let out = absolute(out)?;
    let Some(parent) = out.parent() else {
        return Err(Stop::because("the output cannot be the root of the disk", "name a folder: --out out"));
    };
    fs::create_dir_all(parent)?;
    let made = tempfile::Builder::new().prefix(".nbc-").tempdir_in(parent)?;
    let fresh = made.path().join("new");
    write_all(&fresh, files)?;
    let old = made.path().join("old");
    let was_there = out.exists();
    if was_there {
        fs::rename(&out, &old)?;
    }
    if let Err(error) = fs::rename(&fresh, &out) {
        if was_there {
            fs::rename(&old, &out)?;
        }
        return Err(error.into());
    }
    Ok(())
}

/// Replaces one file, whole or not at all.
///
/// # Errors
/// Where the disk refuses; the file is then as it was.
pub(crate) fn file(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    let full = absolute(path)?;
    let shown = path.display();
    let Some(parent) = full.parent().filter(|_| !full.is_dir()) else {
        return Err(Stop::because(format!("`{shown}` is a folder"), "name a file: -o access.xlsx"));
    };
    let mut fresh = tempfile::NamedTempFile::new_in(parent)?;
    fresh.write_all(bytes)?;
    fresh.persist(&full).map_err(|refused| Stop::from(refused.error))?;
    Ok(())
}

/// The paths in which `out` differs from `files`, sorted, each with what is wrong with it.
///
/// # Errors
/// Where a folder cannot be read.
pub(crate) fn differences(out: &Path, files: &Files) -> Result<Vec<(String, &'static str)>, Stop> {
    let mut there = Vec::new();
    if out.is_dir() {
        list(out, "", &mut there)?;
    }
    let mut differences: Vec<(String, &'static str)> = there
        .iter()
        .filter(|path| !files.contains_key(*path))
        .map(|path| (path.clone(), "not of this build"))
        .collect();
    for (path, text) in files {
        #[expect(clippy::disallowed_methods, reason = "output is compared where it is written")]
        match fs::read(out.join(path)) {
            Ok(bytes) if bytes == text.as_bytes() => {}
            Ok(_) => differences.push((path.clone(), "different")),
            Err(_) => differences.push((path.clone(), "missing")),
        }
    }
    differences.sort();
    Ok(differences)
}

/// Gives a file of the user a text, whether it is there or not.
///
/// # Errors
/// Where the disk refuses; a file that is there is then as it was.
pub(crate) fn put(path: &Path, text: &str) -> Result<(), Stop> {
    if path.exists() {
        return rewrite(path, text);
    }
    fs::File::create_new(path)?.write_all(text.as_bytes())?;
    Ok(())
}

/// Gives a file of the user another text. Who may read it stays as it is.
///
/// # Errors
/// Where the disk refuses; the file is then as it was.
pub(crate) fn rewrite(path: &Path, text: &str) -> Result<(), Stop> {
    let refused = |error: io::Error| {
        let why = error.to_string().to_lowercase();
        Stop::because(format!("`{}` cannot be written: {why}", path.display()), "the file is as it was")
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let permissions = fs::metadata(path).map_err(refused)?.permissions();
    let mut fresh = tempfile::Builder::new().prefix(".nbc-").tempfile_in(folder).map_err(refused)?;
    fresh.write_all(text.as_bytes()).map_err(refused)?;
    fs::set_permissions(fresh.path(), permissions).map_err(refused)?;
    fresh.persist(path).map_err(|error| refused(error.error))?;
    Ok(())
}

/// As `diff -u` and git show it, secrets masked: a difference is read by more people than the file is.
pub(crate) fn difference(path: &str, before: &str, after: &str) -> String {
    let path = Path::new(path).display().to_string().replace('\\', "/");
    let difference = similar::TextDiff::from_lines(before, after)
        .unified_diff()
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string();
    secrets::conceal_named(&difference, !path.ends_with(".nbc")).into_owned()
}

fn list(folder: &Path, prefix: &str, found: &mut Vec<String>) -> io::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "output is compared where it is written")]
    let entries = fs::read_dir(folder)?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        match entry.file_type()?.is_dir() {
            true => list(&entry.path(), &path, found)?,
            false => found.push(path),
        }
    }
    Ok(())
}

fn write_all<T: AsRef<[u8]>>(folder: &Path, files: &BTreeMap<String, T>) -> Result<(), Stop> {
    fs::create_dir_all(folder)?;
    for (path, text) in files {
        let is_plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if !is_plain {
            return Err(Stop::because(
                format!("nbc made a file `{path}` outside its output; this is a mistake of nbc"),
                "",
            ));
        }
        let full = folder.join(path);
        if let Some(parent) = full.parent() {
            fs::create_dir_all(parent)?;
        }
        #[expect(clippy::disallowed_methods, reason = "this is where files are written")]
        fs::write(full, text)?;
    }
    Ok(())
}

/// A folder that is not there, is empty, or holds output of nbc.
fn may_replace(out: &Path) -> Result<(), Stop> {
    let shown = out.display();
    let Ok(found) = fs::symlink_metadata(out) else { return Ok(()) };
    if !found.is_dir() {
        return Err(Stop::because(format!("`{shown}` is not a folder"), "name another one with --out"));
    }
    #[expect(clippy::disallowed_methods, reason = "output is looked at before it is replaced")]
    let is_empty = fs::read_dir(out)?.next().is_none();
    if is_empty || out.join(MARK).is_file() {
        return Ok(());
    }
    Err(Stop::because(
        format!("`{shown}` holds files that nbc did not write, so it is not replaced"),
        "name another folder with --out, or empty this one",
    ))
}

fn absolute(path: &Path) -> Result<PathBuf, Stop> {
    Ok(std::path::absolute(path)?)
}
