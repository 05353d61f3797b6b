//! The rules of `nbc.ebnf`, one function each, in the order of the grammar.
//!
//! A function reads its rule from the cursor on and always returns; what is missing or surplus was reported.

pub(crate) mod date;
pub(crate) mod declaration;
pub(crate) mod expression;
pub(crate) mod file;
pub(crate) mod interpolation;
pub(crate) mod item;
pub(crate) mod kind;
pub(crate) mod rule;
pub(crate) mod stage;
pub(crate) mod types;
