//! The `nbc` binary.

fn main() {}
