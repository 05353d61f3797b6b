//! Which files are meant: a workspace and what of it, or one file that belongs to none.

use std::path::{Path, PathBuf};

use nbc_driver::Disk;

use crate::Stop;
use crate::arguments::{FmtArguments, Global};

/// A workspace, or one file, and what of it is formatted.
pub(super) struct Place {
    pub(super) root: PathBuf,
    /// The one file, where it belongs to no workspace.
    pub(super) file: Option<String>,
    /// Paths below the root; the empty one is everything.
    wanted: Vec<String>,
    /// The folder that the user looks from.
    base: PathBuf,
}

impl Place {
    pub(super) fn holds(&self, path: &str) -> bool {
        let below =
            |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.wanted.iter().any(|wanted| wanted.is_empty() || below(wanted))
    }

    /// A path as the user would write it.
    pub(super) fn shown(&self, path: &str) -> String {
        let full = self.root.join(path);
        full.strip_prefix(&self.base).unwrap_or(&full).display().to_string()
    }
}

/// Everything that is named, a place for each workspace.
///
/// # Errors
/// A path that is not there, that is no `.nbc` file, or a folder that belongs to no workspace.
pub(super) fn places(own: &FmtArguments, global: &Global) -> Result<Vec<Place>, Stop> {
    let start = global.directory.clone().unwrap_or_else(|| PathBuf::from("."));
    let all = [PathBuf::new()];
    let paths = if own.paths.is_empty() { all.as_slice() } else { own.paths.as_slice() };
    let base = real(&start)?;
    let mut places: Vec<Place> = Vec::new();
    for path in paths {
        let place = place(&start.join(path), &base)?;
        match places.iter_mut().find(|other| other.root == place.root && other.file == place.file) {
            Some(other) => other.wanted.extend(place.wanted),
            None => places.push(place),
        }
    }
    Ok(places)
}

fn place(path: &Path, base: &Path) -> Result<Place, Stop> {
    let full = real(path)?;
    let is_file = full.is_file();
    if is_file && full.extension().is_none_or(|extension| extension != "nbc") {
        return Err(Stop::because(format!("`{}` is not a .nbc file", path.display()), ""));
    }
    let folder = if is_file { full.parent().unwrap_or(&full) } else { &full };
    let workspace = folder.ancestors().find(|folder| folder.join(nbc_driver::config::FILE).is_file());
    if let Some(root) = workspace {
        let wanted = below(root, &full);
        if !is_file || nbc_driver::workspace::files(&Disk::new(root)).contains(&wanted) {
            return Ok(Place { root: root.to_owned(), file: None, wanted: vec![wanted], base: base.to_owned() });
        }
    }
    if !is_file {
        return Err(Stop::because(
            format!("there is no `nbc.toml` in `{}` or above it", path.display()),
            "name .nbc files, or a folder of a workspace",
        ));
    }
    let name = below(folder, &full);
    Ok(Place { root: folder.to_owned(), file: Some(name.clone()), wanted: vec![name], base: base.to_owned() })
}

/// A path below a folder as the driver writes it.
fn below(folder: &Path, path: &Path) -> String {
    let steps = path.strip_prefix(folder).unwrap_or(path).components();
    let steps: Vec<_> = steps.map(|step| step.as_os_str().to_string_lossy()).collect();
    steps.join("/")
}

fn real(path: &Path) -> Result<PathBuf, Stop> {
    path.canonicalize()
        .map_err(|_| Stop::because(format!("there is no `{}`", path.display()), "name a folder, or a .nbc file"))
}
