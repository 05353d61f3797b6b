//! One file for each thing that an editor shows or does.

pub mod diagnostics;
