//! Policies as propositions: what is not `and`, `or`, `not` is an atom.

use std::collections::HashMap;

use nbc_model::world::EntityId;
use rustc_hash::FxBuildHasher;

/// A thing of either side under one name: the head's number, where the head has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Known {
    Head(EntityId),
    /// The head lacks it.
    Base(EntityId),
}

/// What may be true of somebody or of a thing that nobody declared, as far as policies can tell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Atom {
    /// A direct member of this group, or a direct holder of this role.
    Member(Known),
    /// This very person or service.
    Is(Known),
    /// `principal.affiliation == Affiliation::"guest"`
    Equals { subject: String, value: String },
    /// A number, date or duration of at most so much, in its base unit.
    AtMost { subject: String, measure: Measure, bound: i64 },
    /// A set that has this element.
    Contains { subject: String, element: String },
    /// It has this attribute or tag.
    Has { subject: String },
    /// An attribute that is true or false.
    True { subject: String },
    /// A text that fits a pattern, as Cedar writes it.
    Like { subject: String, pattern: String },
    /// The principal, compared with a thing that nobody declared; for one revision alone where groups are nested
    /// otherwise in the other.
    Related(Relation, Option<Revision>),
    /// Anything else, by its text.
    Opaque(String),
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Revision {
    Base,
    Head,
}

/// How somebody is compared with a thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Relation {
    Same,
    Inside,
    /// `principal in resource.launch_groups`
    In(String),
    /// `resource.owner_user == principal`
    Is(String),
    /// `resource.read_users.contains(principal)`
    Contains(String),
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Measure {
    Long,
    /// Milliseconds since 1970.
    Datetime,
    /// Milliseconds.
    Duration,
    /// Ten-thousandths.
    Decimal,
}

/// A proposition over numbered atoms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Formula {
    Always,
    Never,
    Atom(u32),
    Not(Box<Formula>),
    And(Vec<Formula>),
    Or(Vec<Formula>),
}

impl Formula {
    pub(super) fn of(value: bool) -> Formula {
        if value { Formula::Always } else { Formula::Never }
    }

    pub(super) fn negated(self) -> Formula {
        match self {
            Formula::Always => Formula::Never,
            Formula::Never => Formula::Always,
            Formula::Not(inner) => *inner,
            other => Formula::Not(Box::new(other)),
        }
    }

    pub(super) fn and(parts: impl IntoIterator<Item = Formula>) -> Formula {
        let mut all = Vec::new();
        for part in parts {
            match part {
                Formula::Never => return Formula::Never,
                Formula::Always => {}
                Formula::And(inner) => all.extend(inner),
                other => all.push(other),
            }
        }
        match all.len() {
            0 => Formula::Always,
            1 => all.pop().unwrap_or(Formula::Always),
            _ => Formula::And(all),
        }
    }

    pub(super) fn or(parts: impl IntoIterator<Item = Formula>) -> Formula {
        let mut all = Vec::new();
        for part in parts {
            match part {
                Formula::Always => return Formula::Always,
                Formula::Never => {}
                Formula::Or(inner) => all.extend(inner),
                other => all.push(other),
            }
        }
        match all.len() {
            0 => Formula::Never,
            1 => all.pop().unwrap_or(Formula::Never),
            _ => Formula::Or(all),
        }
    }
}

/// Atoms by number, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Atoms {
    list: Vec<Atom>,
    numbers: HashMap<Atom, u32, FxBuildHasher>,
}

impl Atoms {
    pub(super) fn of(&mut self, atom: Atom) -> Formula {
        let next = self.list.len() as u32;
        let number = *self.numbers.entry(atom).or_insert_with_key(|atom| {
            self.list.push(atom.clone());
            next
        });
        Formula::Atom(number)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Atom)> {
        self.list.iter().enumerate().map(|(at, atom)| (at as u32, atom))
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }
}
