//! From a folder to a judged platform: every phase named once, in order, for the command line and the editor.
//!
//! [`workspace`] reads what belongs to a workspace through a [`host::Host`], [`pipeline`] runs the phases over it, and
//! [`codes`] joins the tables of all rooms. Nothing here prints, writes a file, or reads the clock.

pub mod codes;
pub mod config;
pub mod coverage;
pub mod day;
pub mod difference;
pub mod digest;
pub mod disk;
mod early;
pub mod fix;
pub mod host;
pub mod memory;
mod nearby;
mod once;
mod other_texts;
mod overlay;
pub mod packages;
mod parses;
pub mod pipeline;
pub mod proof;
pub mod review;
mod rules;
pub mod style;
pub mod tests;
mod waivers;
pub mod workspace;

pub use disk::Disk;
pub use host::Host;
pub use memory::Memory;
pub use parses::Parses;
pub use pipeline::{Analysis, Compiled, Emission, Output, Stage, analyse, analyse_again, compile, compile_while, emit};
pub use workspace::{Scope, Workspace};
