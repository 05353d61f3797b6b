//! A host in memory, for tests and for texts that an editor has not saved.

use std::collections::{BTreeMap, BTreeSet};

use crate::host::{Entry, EntryKind, Host, LARGEST, Refusal};

/// Files by path.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<String, Vec<u8>>,
}

impl Memory {
    pub fn new() -> Memory {
        Memory::default()
    }

    /// Adds a file, or replaces it.
    pub fn with(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Memory {
        self.files.insert(path.to_owned(), bytes.into());
        self
    }
}

impl Host for Memory {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, Refusal> {
        let below = |path: &str| match folder {
            "" => Some(path.to_owned()),
            _ => path.strip_prefix(folder)?.strip_prefix('/').map(str::to_owned),
        };
        let entries: BTreeSet<Entry> = self
            .files
            .keys()
            .filter_map(|path| below(path))
            .map(|rest| match rest.split_once('/') {
                Some((name, _)) => Entry { name: name.to_owned(), kind: EntryKind::Folder },
                None => Entry { name: rest, kind: EntryKind::File },
            })
            .collect();
        if entries.is_empty() && !folder.is_empty() {
            return Err(Refusal::Missing);
        }
        Ok(entries.into_iter().collect())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        let bytes = self.files.get(path).ok_or(Refusal::Missing)?;
        match bytes.len() as u64 > LARGEST {
            true => Err(Refusal::TooLarge(bytes.len() as u64)),
            false => Ok(bytes.clone()),
        }
    }
}
