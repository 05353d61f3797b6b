//! Random workspaces, each the same for the same seed: [`platform`] makes valid ones, [`program`] anything that
//! the grammar has.

pub mod access;
mod facts;
pub mod platform;
pub mod program;
pub mod random;
mod stages;

/// What `nbc.toml` says where every target is wanted.
pub const SETTINGS: &str = "edition = \"2026\"\n[backends.kubernetes]\nversion = \"1.36\"\n[backends.keycloak]\nversion = \"26\"\n[backends.conda-store]\nversion = \"2025.2\"\n[backends.jupyterhub]\nversion = \"5\"\n";

/// The files of a workspace, declaration by declaration, so that a test may put them in another order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    pub files: Vec<File>,
}

/// A file, as what stands in it one below the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub path: String,
    pub parts: Vec<String>,
}

impl File {
    pub fn new(path: impl Into<String>, parts: Vec<String>) -> File {
        File { path: path.into(), parts }
    }

    pub fn text(&self) -> String {
        self.parts.concat()
    }

    /// Whether the order of its parts has no meaning.
    pub fn is_nbc(&self) -> bool {
        std::path::Path::new(&self.path).extension().is_some_and(|extension| extension == "nbc")
    }
}

impl Workspace {
    /// Every file below a line `== PATH`, as the tests of all rooms write workspaces.
    pub fn listing(&self) -> String {
        self.files.iter().map(|file| format!("== {}\n{}", file.path, file.text())).collect()
    }
}
