//! The second opinion: what the emitted files let people do on the servers, against what was decided.
//!
//! One model for each target ([`keycloak`], [`jupyterhub`], [`conda_store`], [`kubernetes`]) reads the *text* of the
//! files as the program would, and says who may do what there. Models share nothing with the backends that wrote the
//! files: a slip of a backend is found because two programs have to agree. The comparison alone reads the platform.
//!
//! Work is by sets of people: a grant to a group is one union of words, however many members it has.

pub mod codes;
mod compare;
mod conda_store;
mod decided;
mod directory;
mod files;
mod grant;
mod jupyterhub;
mod keycloak;
mod kubernetes;
mod measured;
mod people;
mod report;
mod set;
#[cfg(test)]
mod testing;
mod validate;

pub use compare::{Difference, Kind};
pub use grant::{
    ENVIRONMENT_DELETE, ENVIRONMENT_EDIT, ENVIRONMENT_VIEW, GROUP_SEE_USAGE, PLATFORM_ADMINISTER, PROFILE_LAUNCH,
    Permission, Place, Problem, SERVICE_ADMINISTER, SERVICE_OPEN, STORAGE_READ, STORAGE_WRITE, USER_OPEN_SERVER,
    USER_SEE_USAGE, USER_STOP_SERVER,
};
pub use keycloak::LEADS_TO_EVERYTHING;
pub use measured::{Expected, Measured, Person, Verdict};
pub use validate::{Gap, Validated, unneeded, validate};
