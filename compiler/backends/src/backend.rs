//! The shape of a backend.

use nbc_platform::Platform;
use nbc_source::Sources;

use crate::artifact::Emitted;

/// What the command line decides for all backends of a run.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// For the places of `--annotate`.
    pub sources: &'a Sources,
    /// Say in YAML where each value came from, as a comment at the end of its line.
    pub annotate: bool,
    /// The configured version of this target (`1.36`); the newest that nbc knows when nobody says.
    pub version: Option<&'a str>,
}

/// One target. Backends do not know each other; what two of them share is decided in `Platform`.
pub trait Backend: Sync {
    /// The name in `nbc.toml`, in `--only` and of the output folder.
    fn name(&self) -> &'static str;

    /// Every version whose schema nbc carries, newest first.
    fn versions(&self) -> &'static [&'static str];

    /// Writes the platform for this target. Total: what cannot be said is in [`Emitted::not_expressed`].
    fn emit(&self, platform: &Platform<'_>, options: &Options<'_>) -> Emitted;
}
