//! The only generator: from the standard kinds, which are written once in `stdlib/kinds/`, it writes the Rust
//! types of `platform`.
//!
//! It returns texts and writes nothing; the binary writes them, a test compares them with what is checked in. Nobody
//! links this crate.

mod names;
mod rust;

use nbc_model::Model;

/// One file to be checked in; the path is relative to the repository.
#[derive(Debug, PartialEq, Eq)]
pub struct Generated {
    pub path: String,
    pub text: String,
}

/// Every generated file, sorted by path. The model is that of the standard library alone.
pub fn generate(model: &Model) -> Vec<Generated> {
    let mut files = rust::files(model);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}
