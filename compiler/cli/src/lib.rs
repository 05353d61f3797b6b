//! The command line of nbc: arguments, one file a command, renderers, output folders.

pub mod views;
