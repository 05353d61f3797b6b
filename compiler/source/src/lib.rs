//! Files, places in them, and what is said about a place.
//!
//! Everything that nbc tells a person is a [`Diagnostic`]: one [`Code`], one primary [`Span`], words, and a way out.
//! This room knows nothing of the language; rendering lives in `cli` and `lsp`.

mod code;
mod correct;
mod diagnostic;
pub mod markdown;
pub mod secrets;
mod sources;
mod span;
pub mod suggest;
pub mod voice;

pub use code::{Code, Level};
pub use correct::{Corrected, correct};
pub use diagnostic::{About, Diagnostic, Diagnostics, Edit, Fix, Related, Surplus};
pub use sources::{FileKind, LineColumn, SourceFile, Sources};
pub use span::{FileId, Span};
