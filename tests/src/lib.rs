//! Tests over the whole of nbc.
