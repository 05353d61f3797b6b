//! The platform as typed kinds: lowering, checks, who pays, and the seal. It decides nothing itself: `policy` does,
//! through [`decisions::Judge`], and it emits nothing: `backends` do, from the [`Platform`] that [`seal::seal`] makes.

pub mod bounds;
pub mod checks;
pub mod codes;
pub mod decisions;
pub mod declared;
pub mod draft;
pub mod finding;
#[rustfmt::skip]
#[expect(clippy::type_complexity, reason = "a dated list of references says exactly what the kind says")]
pub mod kinds;
pub mod levels;
pub mod machines;
pub mod money;
pub mod placement;
mod read;
pub mod seal;
pub mod specification;
pub mod testing;
pub mod values;
pub mod volumes;
pub mod who_pays;
pub mod yaml;

pub use decisions::{Decisions, Judge, Judgement};
pub use draft::{Draft, Targets};
pub use finding::Finding;
pub use seal::{Platform, Rejected, seal};
