//! Standard output without tokens and passwords: the last door that every report goes through.

use std::io::{self, Write};

use nbc_source::secrets;

/// Passes lines on, secrets masked. A secret that only its name gives away is the business of who shows it.
pub(crate) struct Concealed<'w> {
    to: &'w mut dyn Write,
    /// A line that has no end yet: half a secret would not be known as one.
    begun: Vec<u8>,
}

impl<'w> Concealed<'w> {
    pub(crate) fn new(to: &'w mut dyn Write) -> Concealed<'w> {
        Concealed { to, begun: Vec::new() }
    }

    fn pass(&mut self, bytes: &[u8]) -> io::Result<()> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.to.write_all(secrets::conceal(text).as_bytes()),
            Err(_) => self.to.write_all(bytes),
        }
    }
}

impl Write for Concealed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.extend_from_slice(bytes);
        if let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') {
            let rest = self.begun.split_off(self.begun.len() - (bytes.len() - end - 1));
            let lines = std::mem::replace(&mut self.begun, rest);
            self.pass(&lines)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let begun = std::mem::take(&mut self.begun);
        self.pass(&begun)?;
        self.to.flush()
    }
}
