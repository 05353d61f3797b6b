//! The live room: the only code of nbc that talks to running systems.
//! It owns the clients; what should be there is decided elsewhere, and nothing here prints or reads files of a platform.

pub mod kubernetes;
