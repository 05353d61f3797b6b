//! Any workspace is judged as a whole. `== PATH` starts a file, as in the tests; what stands before the first is `main.nbc`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nbc_fuzz::{files, judge};

fuzz_target!(|text: &str| judge(&files(text)));
