//! A host with some texts replaced: what an editor has not saved, or what a correction would write.

use std::collections::BTreeMap;

use crate::host::{Entry, Host, Refusal};

/// Another host, but for the texts in `texts`. Files that the other host does not have are not listed.
pub(crate) struct Overlay<'h> {
    pub(crate) host: &'h dyn Host,
    /// By path.
    pub(crate) texts: &'h BTreeMap<String, String>,
}

impl Host for Overlay<'_> {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, Refusal> {
        self.host.list(folder)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        match self.texts.get(path) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.host.read(path),
        }
    }
}
