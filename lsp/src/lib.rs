//! The language server: what an editor asks about a workspace while somebody types.
//!
//! [`features`] answer questions about an analysed workspace, one file each, as pure functions that know no protocol.
//! [`protocol`] is the only part that touches pipes, threads and files: it overlays open buffers on the workspace, runs
//! the driver, and turns places and answers into messages.

pub mod features;
mod protocol;
pub mod snapshot;
pub mod text;

pub use protocol::{Ended, METHODS, Today, serve};
