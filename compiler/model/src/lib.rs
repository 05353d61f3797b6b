//! From syntax trees to evaluated worlds: names, types, layers, evaluation and provenance (phases 3 to 9).
//!
//! The phases are named here as in the language reference, one module each, and run in this order by [`analyse`]:
//! [`kinds`] collects the frozen `KindSet`; `expand` makes entities of `for` and rows; `resolve` binds every name and
//! types every value; `layer` orders what base, parents, stages and tests say; `evaluate` computes what is not a
//! literal; `validate` checks what kinds require; `close` nests groups as of the day and fills computed fields.
//! Each phase is total: it works on what survived, poisons what failed, and a poisoned input causes no second message.

mod analyse;
mod ask;
mod close;
pub mod codes;
mod collect;
pub mod compute;
pub mod constraint;
mod corrections;
mod deprecated;
mod expand;
pub mod expression;
mod files;
mod fold;
pub mod index;
pub mod kinds;
pub mod layer;
#[cfg(test)]
mod layer_tests;
pub mod model;
pub mod names;
mod presets;
pub mod quantity;
mod raws;
mod resolve;
pub mod rules;
mod scope;
pub mod stdlib;
mod table;
pub mod testing;
mod validate;
pub mod value;
pub mod world;

pub use analyse::{Input, analyse, test_world};
pub use ask::ask;
pub use collect::OPEN_ENUMS;
pub use files::ParsedFile;
pub use model::Model;
