//! What read-only commands print: pure functions from the model to text, without files, colours or the terminal.

pub mod docs;
pub mod explain;
pub mod graph;
pub mod show;
