//! What emitted files let people do: the answer of each model.

use std::collections::{BTreeMap, BTreeSet};

use crate::set::Set;

/// A place in an emitted file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// `jupyterhub/profiles.json`
    pub path: String,
    /// RFC 6901, as in the side-car map: in a file of several documents it starts with the document's number.
    pub pointer: String,
}

impl Place {
    pub fn new(path: impl Into<String>, pointer: impl Into<String>) -> Place {
        Place { path: path.into(), pointer: pointer.into() }
    }
}

/// Something about a file that keeps the target from reading it as it was meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    pub place: Place,
    /// A clause about the file.
    pub message: String,
}

/// An action of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    pub kind: &'static str,
    pub action: &'static str,
}

impl Permission {
    pub const fn new(kind: &'static str, action: &'static str) -> Permission {
        Permission { kind, action }
    }
}

impl std::fmt::Display for Permission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.kind, self.action)
    }
}

/// With what somebody may do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Things {
    /// By its name in the target.
    Named(String),
    /// With these people, by their numbers in the directory.
    People(Set),
}

/// One door: these people may do it with these things, because of this place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub who: Set,
    pub things: Things,
    pub place: Place,
    /// It follows from how the target works and from no list of the file; the coverage table tells of it.
    pub by_nature: bool,
}

/// What one target grants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Effective {
    pub grants: BTreeMap<Permission, Vec<Grant>>,
    /// By kind, the things that the target has at all. A kind that is missing here has all of them.
    pub known: BTreeMap<&'static str, BTreeSet<String>>,
    /// By kind, the people whom the target can serve at all; without an entry everybody.
    pub served: BTreeMap<&'static str, Set>,
    /// By the name of a storage, people who hold it and whose servers run where it is not.
    pub elsewhere: BTreeMap<String, Set>,
    pub problems: Vec<Problem>,
}

impl Effective {
    /// Adds a grant that a list of the file says. A grant to nobody is none.
    pub(crate) fn grant(&mut self, permission: Permission, thing: impl Into<String>, who: Set, place: Place) {
        self.add(permission, Grant { who, things: Things::Named(thing.into()), place, by_nature: false });
    }

    pub(crate) fn add(&mut self, permission: Permission, grant: Grant) {
        let rows = self.grants.entry(permission).or_default();
        if !grant.who.is_empty() {
            rows.push(grant);
        }
    }

    pub(crate) fn problem(&mut self, place: Place, message: impl Into<String>) {
        self.problems.push(Problem { place, message: message.into() });
    }
}

pub const PROFILE_LAUNCH: Permission = Permission::new("profile", "launch");
pub const ENVIRONMENT_VIEW: Permission = Permission::new("environment", "view");
pub const ENVIRONMENT_EDIT: Permission = Permission::new("environment", "edit");
pub const ENVIRONMENT_DELETE: Permission = Permission::new("environment", "delete");
pub const GROUP_SEE_USAGE: Permission = Permission::new("group", "see-usage");
pub const PLATFORM_ADMINISTER: Permission = Permission::new("platform", "administer");
pub const SERVICE_OPEN: Permission = Permission::new("service", "open");
pub const SERVICE_ADMINISTER: Permission = Permission::new("service", "administer");
pub const STORAGE_READ: Permission = Permission::new("storage", "read");
pub const STORAGE_WRITE: Permission = Permission::new("storage", "write");
pub const USER_OPEN_SERVER: Permission = Permission::new("user", "open-server");
pub const USER_STOP_SERVER: Permission = Permission::new("user", "stop-server");
pub const USER_SEE_USAGE: Permission = Permission::new("user", "see-usage");
