//! From syntax trees to evaluated worlds: names, types, layers, evaluation and provenance (phases 3 to 9).
//!
//! The phases are named here as in the language reference, and run by [`analyse`]: `collect` freezes the `KindSet` of
//! [`kinds`]; `expand` makes entities of `for` and rows; `presets` and `resolve` bind every name and type every value;
//! [`layer`] keeps what base, parents, stages and tests say, and `fold` makes one value of it; [`compute`] evaluates
//! what is not constant; `close` nests groups as of the day; `validate` checks what kinds require, last because that
//! may be a computed field. Each phase is total: it works on what survived, poisons what failed, and a poisoned input causes no second message.

pub mod alike;
mod analyse;
mod ask;
mod close;
pub mod codes;
mod collect;
pub mod compute;
mod confusable;
pub mod constraint;
pub mod corrections;
mod deprecated;
mod expand;
pub mod expression;
mod files;
mod fold;
mod foreign;
pub mod index;
mod kept;
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
mod shared;
pub mod stdlib;
mod table;
pub mod testing;
mod validate;
pub mod value;
pub mod world;

pub use analyse::{Input, analyse, analyse_again, move_to, test_world};
pub use ask::ask;
pub use collect::OPEN_ENUMS;
pub use files::ParsedFile;
pub use kept::Kept;
pub use model::Model;
