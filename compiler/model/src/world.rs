//! The result of phases 4 to 9: entities, and what each stage makes of them.

use std::sync::Arc;

use nbc_source::Span;

use crate::index::{Table, ids};
use crate::kinds::{FieldId, KindId};
use crate::names::Name;
use crate::value::{Date, ExpansionId, Fields, OriginId, StageId};

ids! {
    /// A declared thing. The numbers follow kind, then handle, so sorted ids are sorted names.
    EntityId(u32);
}

/// A declared thing: `user ana`, `group.ml-research.quota`, a row of a file, a preset that somebody names.
#[derive(Clone, Debug)]
pub struct Entity {
    pub kind: KindId,
    /// For an owned entity the name of its field (`quota`).
    pub handle: Name,
    pub owner: Option<(EntityId, FieldId)>,
    /// `std/small`: exists only because something names it.
    pub package: Option<Name>,
    /// The stage whose file declares it; `None` is the base.
    pub stage: Option<StageId>,
    /// Declared by the test of this number, and seen by it alone.
    pub test: Option<u32>,
    pub extends: Option<EntityId>,
    /// It extends something that is not there, which was reported: what it lacks may stand there.
    pub has_lost_parent: bool,
    /// Of an owned block: those of what its owner extends, one for each scope that has one, nearest first.
    pub(crate) inherits: Vec<EntityId>,
    /// The handle in the source, or the cell that names a row.
    pub span: Span,
    pub doc: String,
    pub expansion: ExpansionId,
}

/// `stage prod extends … { … }`
#[derive(Clone, Debug)]
pub struct Stage {
    pub name: Name,
    pub extends: Option<StageId>,
    pub span: Span,
}

/// One iteration of a `for`, or one row of a file.
#[derive(Clone, Debug)]
pub enum Expansion {
    None,
    Iteration { variable: Name, value: String, span: Span },
    Row { file: nbc_source::FileId, row: u32 },
}

/// One stage of the platform (or the base, where there are no stages), evaluated and closed.
#[derive(Clone, Debug)]
pub struct World {
    pub stage: Option<StageId>,
    /// The test whose layer lies above the stage.
    pub test: Option<u32>,
    pub as_of: Date,
    /// By entity: its slots, one for each field of its kind; `None` where this stage does not have it.
    pub(crate) states: Table<EntityId, Option<Fields>>,
    /// By kind: its entities in this stage, sorted.
    pub(crate) by_kind: Table<KindId, Vec<EntityId>>,
    /// Worlds in which the same people are in the same groups share it.
    pub membership: Arc<Membership>,
}

/// Who belongs to what as of the day: nested groups closed upwards, ended people and groups left out.
#[derive(Clone, Debug, Default)]
pub struct Membership {
    /// Sorted by group.
    pub(crate) groups: Vec<GroupMembers>,
    /// What begins or ends by itself after the day, soonest first.
    pub changes: Vec<Change>,
}

/// Something that happens by itself on a day: the first day with, or the first day without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    pub date: Date,
    pub what: ChangeKind,
    /// The group or person that it is about.
    pub entity: EntityId,
    /// For a membership, the person; else the entity again.
    pub user: EntityId,
    pub origin: OriginId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    GroupEnds,
    UserBegins,
    UserEnds,
    MembershipBegins,
    MembershipEnds,
}

#[derive(Clone, Debug)]
pub struct GroupMembers {
    pub group: EntityId,
    /// Sorted by user; one entry a user, the one that lasts longest.
    pub members: Vec<Member>,
}

/// One person in one group, directly or through a sub-group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    pub user: EntityId,
    /// The group whose list names the person: the group itself, or one below it.
    pub through: EntityId,
    /// Last day, the earliest of what limits it: the list, the person, the groups.
    pub until: Option<Date>,
    /// The element of the list.
    pub origin: OriginId,
}

impl World {
    /// A world without anything.
    pub(crate) fn empty() -> World {
        World {
            stage: None,
            test: None,
            as_of: Date(0),
            states: Table::new(),
            by_kind: Table::new(),
            membership: Arc::default(),
        }
    }

    /// The slots of an entity, or nothing where this stage does not have it.
    pub fn fields(&self, entity: EntityId) -> Option<Fields> {
        self.states.row(entity).copied().flatten()
    }

    pub fn has(&self, entity: EntityId) -> bool {
        self.fields(entity).is_some()
    }

    /// Whether another world of the model has the same entities, whatever is said of them.
    pub fn has_same_things(&self, other: &World) -> bool {
        let mut pairs = self.states.iter().zip(other.states.iter());
        self.states.len() == other.states.len() && pairs.all(|((_, one), (_, two))| one.is_some() == two.is_some())
    }

    /// All entities of a kind, sorted by handle.
    pub fn of_kind(&self, kind: KindId) -> &[EntityId] {
        self.by_kind.row(kind).map_or(&[], Vec::as_slice)
    }
}

impl Membership {
    /// Members of a group and of the groups below it, sorted by user.
    pub fn of(&self, group: EntityId) -> &[Member] {
        match self.groups.binary_search_by_key(&group, |row| row.group) {
            Ok(at) => self.groups.get(at).map_or(&[], |row| row.members.as_slice()),
            Err(_) => &[],
        }
    }

    /// Groups that have members, sorted.
    pub fn groups(&self) -> &[GroupMembers] {
        &self.groups
    }
}
