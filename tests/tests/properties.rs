//! What holds for every platform, shown on random ones. `NBC_CASES=10000` looks at more of them.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "the number of cases is asked for in the environment, and helpers fail as a test would"
)]

#[path = "properties/another_day.rs"]
mod another_day;
#[path = "properties/determinism.rs"]
mod determinism;
#[path = "properties/programs.rs"]
mod programs;
#[path = "properties/provenance.rs"]
mod provenance;
#[path = "properties/reference.rs"]
mod reference;

use nbc_driver::{Analysis, Memory, Scope, analyse};
use nbc_model::value::Date;
use nbc_tests::generate::Workspace;
use nbc_tests::generate::platform::platform;

const SETTINGS: &str = "edition = \"2026\"\n[backends.kubernetes]\nversion = \"1.36\"\n[backends.keycloak]\nversion = \"26\"\n[backends.conda-store]\nversion = \"2025.2\"\n[backends.jupyterhub]\nversion = \"5\"\n";

/// The seeds of a property; `few` of them unless the environment asks for more.
fn seeds(few: u64) -> std::ops::Range<u64> {
    let more = std::env::var("NBC_CASES").ok().and_then(|cases| cases.parse().ok());
    0..more.unwrap_or(few)
}

/// The platform of a seed; small ones come first, so that what fails is easy to read.
fn random(seed: u64) -> Workspace {
    platform(seed, 1 + (seed % 8) as usize)
}

fn as_of(_: &str) -> Date {
    Date::from_civil(2026, 11, 20).unwrap()
}

fn analysed(workspace: &Workspace) -> Analysis {
    let mut host = Memory::new().with("nbc.toml", SETTINGS);
    for file in &workspace.files {
        host = host.with(&file.path, file.text());
    }
    analyse(&host, Scope::Folder, &as_of)
}
