//! One stage of the platform as typed kinds: everything that checks read, before anything is judged.
//!
//! A `Draft` proves nothing; only [`crate::seal`] turns it into a `Platform`.

use std::collections::BTreeMap;

use nbc_model::Model;
use nbc_model::value::{Date, Layer, OriginId};
use nbc_model::world::{EntityId, Membership, World};
use nbc_source::{Diagnostics, Sources, Span};

use crate::declared::Lowering;
use crate::kinds::{Actions, Declarations, Group, PlatformKind, User};
use crate::specification::{self, Specification};
use crate::values::{Id, Item};

/// The workspace's settings that judging depends on: the configured targets and their versions (`nbc.toml`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    /// `kubernetes` is `1.36`; a target that is not listed is not built.
    pub versions: BTreeMap<String, String>,
}

impl Targets {
    pub fn has(&self, target: &str) -> bool {
        self.versions.contains_key(target)
    }
}

/// One world, typed. Lists are sorted by handle.
#[derive(Clone, Debug)]
pub struct Draft<'m> {
    pub model: &'m Model,
    pub world: &'m World,
    pub sources: &'m Sources,
    pub targets: &'m Targets,
    pub declared: Declarations<'m>,
    pub actions: Actions,
    /// What each environment asks for, in the order of `declared.environments`.
    pub specifications: Vec<Specification<'m>>,
    /// Files of environments that cannot be read; a check passes them on.
    pub(crate) unreadable: Diagnostics,
}

impl<'m> Draft<'m> {
    /// Lowers a world. Total: see `read` for what becomes of values that validation refused.
    pub fn new(model: &'m Model, world: &'m World, sources: &'m Sources, targets: &'m Targets) -> Draft<'m> {
        let lowering = Lowering { model, world, before: None };
        Draft::lowered(&lowering, sources, targets)
    }

    /// Lowers another world of the same model. What both have is read once.
    pub fn another(&self, world: &'m World) -> Draft<'m> {
        let lowering = Lowering { model: self.model, world, before: Some((self.world, &self.declared)) };
        Draft::lowered(&lowering, self.sources, self.targets)
    }

    fn lowered(lowering: &Lowering<'_, 'm>, sources: &'m Sources, targets: &'m Targets) -> Draft<'m> {
        let Lowering { model, world, .. } = *lowering;
        let declared = Declarations::lower(lowering);
        let actions = Actions::of(model);
        let (specifications, unreadable) = (Vec::new(), Diagnostics::new());
        let mut draft = Draft { model, world, sources, targets, declared, actions, specifications, unreadable };
        (draft.specifications, draft.unreadable) = specification::read_all(&draft);
        draft
    }

    /// The one platform, where there is one.
    pub fn platform(&self) -> Option<&PlatformKind<'m>> {
        self.declared.platforms.first()
    }

    /// The judged day.
    pub fn today(&self) -> Date {
        self.world.as_of
    }

    pub fn membership(&self) -> &'m Membership {
        &self.world.membership
    }

    /// The elements of a dated list that count on the judged day.
    pub fn current<'a, T>(&self, items: &'a [Item<T>]) -> impl Iterator<Item = &'a Item<T>> + use<'a, T> {
        let today = self.today();
        items.iter().filter(move |item| item.holds_on(today))
    }

    /// `group.ml-research`
    pub fn path(&self, entity: EntityId) -> String {
        self.model.path(entity)
    }

    /// Whether somebody wrote the value, so that it does not follow from a default.
    pub fn is_said(&self, origin: OriginId) -> bool {
        !matches!(self.model.origins[origin].layer, Layer::Default)
    }

    /// Where the key of a map's entry stands, just before its value; the value's place where it cannot be found.
    pub fn key_span(&self, origin: OriginId, key: &str) -> Span {
        let value = self.span(origin);
        let text = self.sources.get(value.file).and_then(|file| file.text.get(..value.start as usize));
        let before = text.and_then(|text| text.trim_end().strip_suffix(':')).map(str::trim_end).unwrap_or_default();
        let end = if before.ends_with(&format!("\"{key}\"")) { before.len() - 1 } else { before.len() };
        match before.get(..end).is_some_and(|before| before.ends_with(key)) {
            true => Span { start: (end - key.len()) as u32, end: end as u32, ..value },
            false => value,
        }
    }

    /// The text that a value comes from.
    pub fn span(&self, origin: OriginId) -> Span {
        self.model.origin(origin).span
    }

    /// A group and the groups above it, nearest first. Ends at a cycle, which the model reports.
    pub fn ancestry(&self, group: Id<Group<'m>>) -> Vec<&Group<'m>> {
        let mut line: Vec<&Group<'m>> = Vec::new();
        let mut next = Some(group);
        while let Some(row) = next.and_then(|id| self.declared.get(id)) {
            if line.iter().any(|seen| seen.id == row.id) {
                break;
            }
            line.push(row);
            next = row.parent.map(|parent| parent.value);
        }
        line
    }

    /// Each running group and the running groups at or below it, sorted.
    pub fn descents(&self) -> BTreeMap<EntityId, Vec<EntityId>> {
        let mut descents: BTreeMap<EntityId, Vec<EntityId>> = BTreeMap::new();
        for group in self.declared.groups.iter().filter(|group| self.is_running(group.id)) {
            for above in self.ancestry(group.id) {
                descents.entry(above.id.entity).or_default().push(group.id.entity);
            }
        }
        descents
    }

    /// Whether the group has not ended, nor any group above it.
    pub fn is_running(&self, group: Id<Group<'m>>) -> bool {
        let ended = |row: &&Group<'m>| row.until.is_some_and(|until| until.value < self.today());
        !self.ancestry(group).iter().any(ended)
    }

    /// Whether the person may sign in on the judged day.
    pub fn is_active(&self, user: &User<'m>) -> bool {
        let today = self.today();
        user.enabled.value
            && user.from.is_none_or(|from| from.value <= today)
            && user.until.is_none_or(|until| today <= until.value)
    }

    /// The text of a file of the workspace, by its path.
    pub fn file(&self, path: &str) -> Option<&'m str> {
        let id = self.sources.find(path)?;
        self.sources.get(id).map(|file| &*file.text)
    }

    /// The name of the stage; `None` for the base.
    pub fn stage_name(&self) -> Option<&'m str> {
        self.world.stage.map(|stage| self.model.text(self.model.stages[stage].name))
    }
}
