//! How the driver sees files: two questions, so that tests and editors answer them as well as a disk.
//!
//! Paths are relative to the root of the workspace, with `/`; the root is the empty path.

use std::fmt;

/// Larger files are refused unread: no platform is written in them, and a parser's memory is a multiple of the text.
pub const LARGEST: u64 = 64 << 20;

/// A place to read files from. Symbolic links are not followed, neither at the end of a path nor inside it.
pub trait Host {
    /// The names in a folder, in any order.
    ///
    /// # Errors
    /// Why the folder cannot be listed.
    fn list(&self, folder: &str) -> Result<Vec<Entry>, Refusal>;

    /// The bytes of a file of at most [`LARGEST`] bytes.
    ///
    /// # Errors
    /// Why the file cannot be read.
    fn read(&self, path: &str) -> Result<Vec<u8>, Refusal>;
}

/// One name in a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub name: String,
    pub kind: EntryKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    File,
    Folder,
    /// A link, a socket, a device, or a name that is not UTF-8: never read.
    Other,
}

/// Why a host does not give what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    Missing,
    /// A folder, a device, or a socket.
    NotAFile,
    /// The path goes through a symbolic link.
    Link,
    /// With its size in bytes.
    TooLarge(u64),
    /// In the words of the operating system.
    Failed(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Missing => f.write_str("it is not there"),
            Refusal::NotAFile => f.write_str("it is not a regular file"),
            Refusal::Link => f.write_str("it is a symbolic link, and nbc follows none"),
            Refusal::TooLarge(size) => {
                write!(f, "it has {} MiB, and nbc reads files of up to {} MiB", size >> 20, LARGEST >> 20)
            }
            Refusal::Failed(why) => f.write_str(why),
        }
    }
}
