//! Any workspace can be corrected: it ends, a file that could be read still can, and only files of the workspace change.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nbc_driver::Scope;
use nbc_driver::fix::{Wanted, fix};
use nbc_fuzz::{as_of, assert_inside, files, workspace};
use nbc_source::FileId;

fuzz_target!(|text: &str| {
    let files = files(text);
    let host = workspace(&files);
    for unsafe_too in [false, true] {
        let fixed = fix(&host, Scope::Folder, &as_of, Wanted { unsafe_too, only: &[] });
        for (path, (before, after)) in &fixed.changed {
            assert!(files.iter().any(|(own, _)| own == path) || path == "nbc.toml", "{path} is not of this workspace");
            let is_broken = |text: &str| !nbc_syntax::parse(text, FileId(0)).diagnostics().is_empty();
            let is_language = path.ends_with(".nbc");
            assert!(!is_language || is_broken(before) || !is_broken(after), "corrected until it cannot be read: {after}");
        }
        assert_inside(&fixed.left, &fixed.sources);
    }
});
