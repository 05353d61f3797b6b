//! What a backend hands over: texts with a place for each, where every piece of them came from, and what the target
//! cannot say.
//!
//! Nothing here writes a file; `cli` does, whole folders at a time. Paths are relative to the stage's output folder.

use std::fmt;

use nbc_model::value::OriginId;
use nbc_source::Diagnostics;

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Below the stage's folder, with `/`: `kubernetes/lab/quota.yaml`.
    pub path: String,
    pub content: Content,
    /// In the order of the text.
    pub origins: Vec<Sourced>,
}

/// The text of an artifact. One case today; a target that wants bytes will add its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Text(String),
}

/// A piece of an artifact, and the declarations it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sourced {
    /// RFC 6901; in a file of several documents it starts with the document's number (`/0/spec`). Empty in plain text.
    pub pointer: String,
    /// The first line of the piece, from 1; 0 where the layout does not tell.
    pub line: u32,
    /// Its last line: what stands between and has no origin of its own came from here.
    pub last: u32,
    /// Never empty.
    pub from: Vec<OriginId>,
}

/// Something that was declared and that the target has no word for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotExpressed {
    /// `storage.ml-data.backup`
    pub what: String,
    pub origin: Option<OriginId>,
    /// A clause that follows "because".
    pub why: String,
}

/// A mistake of nbc: what a backend made breaks the target's schema. Nothing may be written then (exit 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub path: String,
    pub pointer: String,
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { path, pointer, message } = self;
        write!(f, "nbc made {path}, which its schema refuses at `{pointer}`: {message}; this is a mistake of nbc")
    }
}

/// All that one backend has to say about one platform.
#[derive(Clone, Debug, Default)]
pub struct Emitted {
    /// Sorted by path.
    pub artifacts: Vec<Artifact>,
    /// Sorted.
    pub not_expressed: Vec<NotExpressed>,
    pub diagnostics: Diagnostics,
    /// Not empty means that nothing may be written.
    pub faults: Vec<Fault>,
}
