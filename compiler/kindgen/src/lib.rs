//! The kindgen room.
