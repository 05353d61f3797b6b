//! The host of the command line: a folder on disk. The one place of the driver that touches files.

use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::host::{Entry, EntryKind, Host, LARGEST, Refusal};

/// A folder on disk; nothing outside it is read.
#[derive(Clone, Debug)]
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    pub fn new(root: impl Into<PathBuf>) -> Disk {
        Disk { root: root.into() }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The real path, if no part of it below the root is a link.
    fn locate(&self, path: &str) -> Result<(PathBuf, fs::Metadata), Refusal> {
        let mut full = self.root.clone();
        let mut found = fs::metadata(&full).map_err(refusal)?;
        for part in path.split('/').filter(|part| !part.is_empty()) {
            if part == ".." {
                return Err(Refusal::Missing);
            }
            full.push(part);
            found = fs::symlink_metadata(&full).map_err(refusal)?;
            if found.file_type().is_symlink() {
                return Err(Refusal::Link);
            }
        }
        Ok((full, found))
    }
}

impl Host for Disk {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, Refusal> {
        let (full, _) = self.locate(folder)?;
        #[expect(clippy::disallowed_methods, reason = "this is the host that everybody else is sent to")]
        let entries = fs::read_dir(full).map_err(refusal)?;
        let mut all = Vec::new();
        for entry in entries {
            let entry = entry.map_err(refusal)?;
            let kind = entry.file_type().map_or(EntryKind::Other, kind);
            match entry.file_name().into_string() {
                Ok(name) => all.push(Entry { name, kind }),
                Err(name) => {
                    all.push(Entry { name: name.to_string_lossy().into_owned(), kind: EntryKind::Other });
                }
            }
        }
        Ok(all)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        let (full, found) = self.locate(path)?;
        if !found.is_file() {
            return Err(Refusal::NotAFile);
        }
        if found.len() > LARGEST {
            return Err(Refusal::TooLarge(found.len()));
        }
        let mut bytes = Vec::with_capacity(found.len() as usize);
        // A file that grows while it is read ends at the limit all the same.
        let mut limited = File::open(full).map_err(refusal)?.take(LARGEST + 1);
        limited.read_to_end(&mut bytes).map_err(refusal)?;
        match bytes.len() as u64 > LARGEST {
            true => Err(Refusal::TooLarge(bytes.len() as u64)),
            false => Ok(bytes),
        }
    }
}

fn kind(of: FileType) -> EntryKind {
    if of.is_file() {
        EntryKind::File
    } else if of.is_dir() {
        EntryKind::Folder
    } else {
        EntryKind::Other
    }
}

fn refusal(error: io::Error) -> Refusal {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Refusal::Missing,
        io::ErrorKind::PermissionDenied => Refusal::Failed("you may not read it".to_owned()),
        _ => Refusal::Failed(error.to_string().to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_folders_and_giants_are_refused_unread() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::new(folder.path());
        fs::create_dir(folder.path().join("sub")).unwrap();
        File::create(folder.path().join("giant.nbc")).unwrap().set_len(100 << 20).unwrap();
        assert_eq!(disk.read("giant.nbc"), Err(Refusal::TooLarge(100 << 20)));
        assert_eq!(disk.read("sub"), Err(Refusal::NotAFile));
        assert_eq!(disk.read("none/x.nbc"), Err(Refusal::Missing));
        assert_eq!(disk.read("sub/../giant.nbc"), Err(Refusal::Missing));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/etc", folder.path().join("etc")).unwrap();
            assert_eq!(disk.read("etc/hostname"), Err(Refusal::Link));
            let etc = disk.list("").unwrap().into_iter().find(|entry| entry.name == "etc").unwrap();
            assert_eq!(etc.kind, EntryKind::Other);
        }
    }
}
