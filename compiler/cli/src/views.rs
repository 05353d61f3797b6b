//! What read-only commands print: pure functions from the model to text, without files, colours or the terminal.

pub(crate) mod audit;
pub(crate) mod difference;
pub mod docs;
pub mod explain;
pub mod graph;
pub(crate) mod matrix;
pub(crate) mod money;
pub(crate) mod proof;
pub(crate) mod review;
pub mod show;
pub(crate) mod words;
