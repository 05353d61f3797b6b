//! Decided against granted, target by target, by the word and not pair by pair.
//!
//! What a target grants beyond decisions is a difference, unless the coverage table says that the target is wider there
//! and the door is one that the model knows to be the target's nature. What it lacks is a difference, unless the table
//! says that the target is narrower, the backend listed the thing, or the target does not have it at all.

mod people;
mod things;
mod tokens;

use std::collections::BTreeMap;

use nbc_backends::NotExpressed;
use nbc_backends::coverage::{self, Reach};
use nbc_model::world::EntityId;

use crate::decided::Decided;
use crate::directory::{Directory, Sort};
use crate::grant::{Effective, Grant, Permission, Place};
use crate::set::Set;

pub(crate) use tokens::tokens;

/// How a target stands to what was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It grants more, and nothing says that it does.
    Wider,
    /// It grants more by nature, as the coverage table says.
    ByNature,
    /// It grants less, and nothing says that it does.
    Narrower,
    /// It grants less, because servers of these people run where the thing is not.
    Elsewhere,
}

/// People with whom a target and the decisions differ about one thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    pub target: &'static str,
    /// `None` is membership of a group.
    pub permission: Option<Permission>,
    pub kind: Kind,
    /// As files call it: `profile.large`; as the target does where nobody declared it.
    pub thing: String,
    /// Its declaration, where there is one.
    pub entity: Option<EntityId>,
    /// The first few names, in order.
    pub who: Vec<String>,
    /// How many in all.
    pub count: usize,
    /// Where the emitted file says it, or where it says what there is of it.
    pub place: Place,
}

/// One target beside the decisions.
pub(crate) struct Comparison<'c> {
    pub(crate) target: &'static str,
    pub(crate) effective: &'c Effective,
    /// What backends said they leave out.
    pub(crate) left_out: &'c [(String, NotExpressed)],
    /// Other targets, which may be the ones that ask.
    pub(crate) others: &'c [(&'static str, Effective)],
}

/// What was compared, and what differs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Compared {
    /// Pairs of a listed person and a thing that are decided and granted.
    pub(crate) pairs: u64,
    pub(crate) differences: Vec<Difference>,
}

/// Names that a difference tells.
const NAMED: usize = 3;

impl Comparison<'_> {
    pub(crate) fn run(&self, decided: &Decided<'_, '_>, directory: &Directory) -> Compared {
        let mut compared = Compared::default();
        for (permission, grants) in &self.effective.grants {
            match permission.kind {
                "user" => self.people(*permission, grants, decided, directory, &mut compared),
                _ => self.things(*permission, grants, decided, directory, &mut compared),
            }
        }
        compared
    }

    /// What the coverage table says; a permission without a row is exact.
    fn reach(&self, permission: Permission) -> Reach {
        let row = coverage::of(self.target).find(|row| (row.kind, row.action) == (permission.kind, permission.action));
        row.map_or(Reach::Exact, |row| row.reach)
    }

    /// Whether a backend told that it leaves something of the thing out. Volumes are made by one and mounted by another.
    fn is_left_out(&self, thing: &str, kind: &str) -> bool {
        let speaks_of =
            |what: &str| what.strip_prefix(thing).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        let counts = |target: &str| target == self.target || kind == "storage";
        self.left_out.iter().any(|(target, row)| counts(target) && speaks_of(&row.what))
    }

    fn difference(
        &self,
        permission: Permission,
        kind: Kind,
        thing: String,
        who: &Set,
        directory: &Directory,
    ) -> Difference {
        Difference {
            target: self.target,
            permission: Some(permission),
            kind,
            thing,
            entity: None,
            who: names(who, directory),
            count: who.len(),
            place: Place::default(),
        }
    }
}

/// The first names of a set.
fn names(who: &Set, directory: &Directory) -> Vec<String> {
    let mut listed: Vec<&str> = Vec::new();
    let mut others: Vec<&str> = Vec::new();
    for number in who.iter() {
        if let Some(account) = directory.accounts().get(number) {
            if account.sort == Sort::Listed { &mut listed } else { &mut others }.push(&account.name);
        }
    }
    listed.into_iter().chain(others).take(NAMED).map(str::to_owned).collect()
}

/// People by whether a list gives it to them or the nature of the target.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doors {
    pub(crate) said: Set,
    pub(crate) by_nature: Set,
}

impl Doors {
    pub(crate) fn all(&self) -> Set {
        let mut all = self.said.clone();
        all.join(&self.by_nature);
        all
    }

    pub(crate) fn add(&mut self, who: &Set, by_nature: bool) {
        if by_nature { self.by_nature.join(who) } else { self.said.join(who) }
    }
}

/// The first door that lets any of them in.
fn door_of<'g>(grants: &[&'g Grant], who: &Set, by_nature: bool) -> Option<&'g Grant> {
    grants.iter().find(|grant| grant.by_nature == by_nature && !grant.who.and(who).is_empty()).copied()
}

/// Grants by the name of their thing.
fn by_name(grants: &[Grant]) -> BTreeMap<&str, Vec<&Grant>> {
    let mut rows: BTreeMap<&str, Vec<&Grant>> = BTreeMap::new();
    for grant in grants {
        if let crate::grant::Things::Named(name) = &grant.things {
            rows.entry(name).or_default().push(grant);
        }
    }
    rows
}
