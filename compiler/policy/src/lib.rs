//! Who may do what: Cedar's schema and permits made from the kinds, policies judged before they count, decisions and
//! the answers to an auditor. The only room that knows `cedar-policy`.
//!
//! [`shape`] says how a kind looks in Cedar; [`schema`] and [`grants`] print it; [`load`] reads `.cedar` files and
//! refuses what could fail at run time. Everything works on [`nbc_model::Model`] and never on the typed structs of
//! `platform`, so a user's own kinds have policies too.

pub mod access;
pub mod cedar_text;
pub mod codes;
pub mod decide;
pub mod entities;
pub mod facts;
pub mod grants;
pub mod holders;
mod last;
pub mod load;
pub mod mutants;
mod names;
pub mod packs;
pub mod people;
pub mod proof;
pub mod questions;
pub mod reads;
pub mod schema;
pub mod shape;
#[cfg(test)]
mod testing;
