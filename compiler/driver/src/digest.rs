//! Names for contents: SHA-256 over parts. The one place that imports a hash function of cryptography.

use sha2::{Digest as _, Sha256};

/// The digest of parts in hexadecimal. Each part is closed by a byte that no text has, so parts cannot run together.
pub fn of<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update([0]);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
