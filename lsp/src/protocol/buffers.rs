//! The files of a workspace as the editor has them: open buffers over the disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use nbc_driver::host::{Entry, EntryKind, LARGEST, Refusal};
use nbc_driver::{Disk, Host};

/// A folder, with the texts that an editor has open in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffers {
    /// `None` for a text that was never saved.
    pub(super) disk: Option<Disk>,
    /// By path below the root.
    pub(super) open: BTreeMap<String, Arc<str>>,
}

/// So many files are enough to choose from, and so many folders are looked into.
const MOST: usize = 2_000;

impl Buffers {
    /// The files below the root, sorted; hidden ones are passed over.
    pub(super) fn paths(&self) -> Vec<String> {
        let (mut found, mut folders, mut looked) = (Vec::new(), vec![String::new()], 0);
        while let Some(folder) = folders.pop().filter(|_| found.len() < MOST && looked < MOST) {
            looked += 1;
            for Entry { name, kind } in self.list(&folder).unwrap_or_default() {
                let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
                match kind {
                    _ if name.starts_with('.') => {}
                    EntryKind::Folder => folders.push(path),
                    EntryKind::File => found.push(path),
                    EntryKind::Other => {}
                }
            }
        }
        found.sort_unstable();
        found
    }
}

impl Host for Buffers {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, Refusal> {
        let mut entries = match self.disk.as_ref().map_or(Err(Refusal::Missing), |disk| disk.list(folder)) {
            Ok(entries) => entries,
            Err(refusal) if !folder.is_empty() => return Err(refusal),
            Err(_) => Vec::new(),
        };
        for path in self.open.keys() {
            let (of, name) = path.rsplit_once('/').unwrap_or(("", path));
            if of == folder && entries.iter().all(|entry| entry.name != name) {
                entries.push(Entry { name: name.to_owned(), kind: EntryKind::File });
            }
        }
        Ok(entries)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        match (self.open.get(path), &self.disk) {
            (Some(text), _) if text.len() as u64 > LARGEST => Err(Refusal::TooLarge(text.len() as u64)),
            (Some(text), _) => Ok(text.as_bytes().to_vec()),
            (None, Some(disk)) => disk.read(path),
            (None, None) => Err(Refusal::Missing),
        }
    }
}
