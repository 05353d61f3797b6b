//! One file for each thing that an editor shows or does. [`place`] and [`symbol`] are what the others ask.

pub mod access;
pub mod actions;
pub mod completion;
pub mod diagnostics;
pub mod folding;
pub mod formatting;
pub mod grants;
pub mod hints;
pub mod hover;
pub mod implementation;
pub mod lenses;
pub mod links;
pub mod navigation;
pub mod outline;
pub mod paths;
pub mod place;
pub mod policies;
pub mod rename;
pub mod settings;
pub mod symbol;
pub mod templates;
pub mod tokens;
