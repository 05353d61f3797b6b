//! The syntax room.
