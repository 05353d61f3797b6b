//! Tests over the whole of nbc: workspaces at random, and a second, slow evaluator to judge the first by.

pub mod generate;
pub mod reference;
