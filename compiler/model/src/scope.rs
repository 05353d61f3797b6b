//! Which declaration a name means, seen from a place (phase 5). A name that fits nothing is the error nbc is judged by.

use rustc_hash::{FxBuildHasher, FxHashMap};

use nbc_source::{Diagnostic, Diagnostics, Fix, Span, suggest};

use crate::codes;
use crate::fold::stage_chain;
use crate::index::Table;
use crate::kinds::{FieldId, KindId, KindSet, Type};
use crate::names::{Name, Names};
use crate::value::{StageId, Value};
use crate::world::{Entity, EntityId, Stage};

/// Where a declaration is visible from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Home {
    Base,
    Stage(StageId),
    /// `std/small`: the name is the qualified one.
    Package,
    /// Declared by a test, visible there only.
    Test(u32),
}

/// Who looks: a base file sees the base, a stage sees the base and its chain, a test sees its stage and itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Viewpoint {
    pub(crate) stage: Option<StageId>,
    pub(crate) test: Option<u32>,
    /// The declaration that looks lies in a package: bare names mean the package's own.
    pub(crate) package: Option<Name>,
}

/// All names of all scopes; complete before any field is looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    by_name: FxHashMap<(KindId, Name, Home), EntityId>,
    /// Preset roles and channels, and `everyone`: in scope bare, unless the workspace declares the name.
    bare: FxHashMap<(KindId, Name), EntityId>,
    /// Kinds of which a table could not be read, so that nobody knows what there is.
    incomplete: Vec<KindId>,
    /// What a package declares, by package and handle: its own files leave the package's name out.
    inside: FxHashMap<(KindId, Name, Name), EntityId>,
}

impl Directory {
    /// With room for so many names.
    pub(crate) fn for_entities(count: usize) -> Directory {
        let by_name = FxHashMap::with_capacity_and_hasher(count, FxBuildHasher);
        Directory { by_name, ..Directory::default() }
    }

    /// Enters a name; the one who had it before, if anybody had.
    pub(crate) fn enter(&mut self, kind: KindId, name: Name, home: Home, entity: EntityId) -> Option<EntityId> {
        self.by_name.insert((kind, name, home), entity)
    }

    pub(crate) fn set_incomplete(&mut self, kinds: Vec<KindId>) {
        self.incomplete = kinds;
    }

    pub(crate) fn is_incomplete(&self) -> bool {
        !self.incomplete.is_empty()
    }

    pub(crate) fn enter_bare(&mut self, kind: KindId, name: Name, entity: EntityId) {
        self.bare.insert((kind, name), entity);
    }

    pub(crate) fn enter_inside(&mut self, kind: KindId, package: Name, handle: Name, entity: EntityId) {
        self.inside.insert((kind, package, handle), entity);
    }

    pub(crate) fn at(&self, kind: KindId, name: Name, home: Home) -> Option<EntityId> {
        self.by_name.get(&(kind, name, home)).copied()
    }

    /// The entity that a name means from a viewpoint.
    pub(crate) fn find(
        &self,
        kind: KindId,
        name: Name,
        from: Viewpoint,
        stages: &Table<StageId, Stage>,
    ) -> Option<EntityId> {
        if let Some(package) = from.package
            && let Some(found) = self.inside.get(&(kind, package, name))
        {
            return Some(*found);
        }
        if let Some(found) = self.at(kind, name, Home::Base) {
            return Some(found);
        }
        if let Some(test) = from.test
            && let Some(found) = self.at(kind, name, Home::Test(test))
        {
            return Some(found);
        }
        if from.stage.is_some() {
            let chain = stage_chain(stages, from.stage);
            if let Some(found) = chain.into_iter().find_map(|stage| self.at(kind, name, Home::Stage(stage))) {
                return Some(found);
            }
        }
        self.at(kind, name, Home::Package).or_else(|| self.bare.get(&(kind, name)).copied())
    }
}

/// The owned entities of a field: one of the base, or one for each stage or test that makes it.
pub(crate) type Owned = FxHashMap<(EntityId, FieldId), Vec<EntityId>>;

/// The one of several owned blocks that a viewpoint sees.
pub(crate) fn visible_block(
    entities: &Table<EntityId, Entity>,
    stages: &Table<StageId, Stage>,
    blocks: &[EntityId],
    from: Viewpoint,
) -> Option<EntityId> {
    let chain = stage_chain(stages, from.stage);
    let visible = |block: &&EntityId| {
        let row = &entities[**block];
        match (row.test, row.stage) {
            (Some(test), _) => from.test == Some(test),
            (None, Some(stage)) => chain.contains(&stage),
            (None, None) => true,
        }
    };
    blocks.iter().find(visible).copied()
}

/// Everything that resolving a reference reads, and where its findings go.
pub(crate) struct References<'a> {
    pub(crate) names: &'a Names,
    pub(crate) kinds: &'a KindSet,
    pub(crate) entities: &'a Table<EntityId, Entity>,
    pub(crate) stages: &'a Table<StageId, Stage>,
    pub(crate) directory: &'a Directory,
}

/// A reference as written: `ana`, `std/small`, or with its kind, `user.ana`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written<'t> {
    pub(crate) kind: Option<&'t str>,
    pub(crate) name: &'t str,
    pub(crate) span: Span,
    /// Written as text, `"ana"`.
    pub(crate) quoted: bool,
}

impl References<'_> {
    /// The value that a bare or qualified name means where `ty` is expected; `Poisoned` after saying why not.
    pub(crate) fn resolve(
        &self,
        ty: &Type,
        written: Written<'_>,
        from: Viewpoint,
        diagnostics: &mut Diagnostics,
    ) -> Value {
        let (one, several);
        let readings = match self.kinds.base(ty) {
            Type::OneOf(_) => {
                several = self.readings(ty, written, from);
                several.as_slice()
            }
            // Nearly always: no list is made for it.
            _ => {
                one = self.reading(ty, written, from);
                one.as_slice()
            }
        };
        match readings {
            [] => {
                let unknown = self.unknown(ty, written, from);
                let may_be_in_a_table =
                    self.entity_kinds(ty).iter().any(|kind| self.directory.incomplete.contains(kind));
                // Nobody calls a person as a group is called.
                let is_meant = unknown.fix.is_some() || !self.of_other_kinds(written.name, from).is_empty();
                if is_meant || !may_be_in_a_table {
                    diagnostics.push(unknown);
                }
                Value::Poisoned
            }
            [value] => {
                if written.quoted {
                    diagnostics.push(quoted(written));
                }
                *value
            }
            [_, _, ..] => {
                diagnostics.push(self.ambiguous(written, readings));
                Value::Poisoned
            }
        }
    }

    /// Whether a bare name means something here.
    pub(crate) fn knows(&self, ty: &Type, name: &str, from: Viewpoint) -> bool {
        let written = Written { kind: None, name, span: Span::default(), quoted: false };
        !self.readings(ty, written, from).is_empty()
    }

    fn readings(&self, ty: &Type, written: Written<'_>, from: Viewpoint) -> Vec<Value> {
        match self.kinds.base(ty) {
            Type::OneOf(types) => types.iter().flat_map(|ty| self.readings(ty, written, from)).collect(),
            _ => self.reading(ty, written, from).into_iter().collect(),
        }
    }

    /// What a name means where one kind of thing is expected.
    fn reading(&self, ty: &Type, written: Written<'_>, from: Viewpoint) -> Option<Value> {
        match self.kinds.base(ty) {
            Type::Entity(kind)
                if written.kind.is_none_or(|word| word == self.names.text(self.kinds.kinds[*kind].name)) =>
            {
                let name = self.names.find(written.name)?;
                self.directory.find(*kind, name, from, self.stages).map(Value::Entity)
            }
            Type::Enum(id) if written.kind.is_none_or(|word| word == self.names.text(self.kinds.enums[*id].name)) => {
                let values = &self.kinds.enums[*id].values;
                let at = values.iter().position(|value| self.names.text(value.name) == written.name);
                at.map(|at| Value::Enum(*id, at as u16))
            }
            _ => None,
        }
    }

    fn unknown(&self, ty: &Type, written: Written<'_>, from: Viewpoint) -> Diagnostic {
        let wanted = self.wanted(ty);
        let name = written.name;
        let message = format!("there is no {wanted} `{name}`");
        if let Some((stage, entity)) = self.only_in_stage(ty, name) {
            let stage = self.names.text(self.stages[stage].name);
            return Diagnostic::new(
                &codes::ONLY_IN_STAGE,
                written.span,
                format!("`{name}` exists only in stage `{stage}`"),
            )
            .label("the base cannot name it")
            .related(self.entities[entity].span, "declared here")
            .help(format!("declare `{name}` outside the stage, or name it in the stage"));
        }
        let diagnostic =
            Diagnostic::new(&codes::UNKNOWN_NAME, written.span, message).label(format!("no {wanted} of this name"));
        let candidates = self.candidates(ty, from);
        let near = self.near(name, &candidates);
        let Some(best) = near.first() else {
            return match self.of_other_kinds(name, from).as_slice() {
                [] => diagnostic.help(self.how_to_declare(ty, name)),
                others => self.is_of_other_kinds(diagnostic, &wanted, name, others),
            };
        };
        let kind = written.kind.map(|kind| format!("{kind}.")).unwrap_or_default();
        let mut diagnostic = diagnostic.help(format!("did you mean `{}`?", near.join("`, `")));
        let fix = Fix::replace(written.span, format!("{kind}{best}"), format!("{name} → {best}"));
        diagnostic = diagnostic.fix(if near.len() == 1 { fix } else { fix.may_change_meaning() });
        for near in &near {
            if let Some((_, Some(entity))) = candidates.iter().find(|(candidate, _)| candidate == near) {
                diagnostic = diagnostic.related(self.entities[*entity].span, format!("nearest: {near}"));
            }
        }
        diagnostic
    }

    /// The one that the word is when it is written as names are; else those that are spelt alike.
    fn near<'c>(&self, written: &str, candidates: &[(&'c str, Option<EntityId>)]) -> Vec<&'c str> {
        let names = || candidates.iter().map(|(name, _)| *name);
        let name = nbc_syntax::kebab(written).filter(|name| name != written);
        match name.and_then(|name| names().find(|candidate| *candidate == name)) {
            Some(same) => vec![same],
            None => suggest::nearest(written, names()),
        }
    }

    /// Things of the site that have this name, though they are of other kinds.
    fn of_other_kinds(&self, name: &str, from: Viewpoint) -> Vec<EntityId> {
        let Some(name) = self.names.find(name) else { return Vec::new() };
        let kinds = self.kinds.kinds.ids();
        let found = kinds.filter_map(|kind| self.directory.find(kind, name, from, self.stages));
        found.filter(|found| self.entities[*found].package.is_none()).collect()
    }

    fn is_of_other_kinds(&self, diagnostic: Diagnostic, wanted: &str, name: &str, others: &[EntityId]) -> Diagnostic {
        let kind = |other: &EntityId| self.names.text(self.kinds.kinds[self.entities[*other].kind].name);
        let kinds: Vec<&str> = others.iter().map(kind).collect();
        let mut diagnostic = diagnostic.help(format!("`{name}` names a {}, no {wanted}", kinds.join(" and a ")));
        for (other, kind) in others.iter().zip(&kinds) {
            diagnostic = diagnostic.related(self.entities[*other].span, format!("the {kind}"));
        }
        match (kinds.as_slice(), wanted) {
            (["group"], "user") => {
                diagnostic.help(format!("all of a group belong to another one by `parent` of `{name}`"))
            }
            _ => diagnostic,
        }
    }

    fn only_in_stage(&self, ty: &Type, name: &str) -> Option<(StageId, EntityId)> {
        let name = self.names.find(name)?;
        let kinds = self.entity_kinds(ty);
        let found = |stage| kinds.iter().find_map(|kind| self.directory.at(*kind, name, Home::Stage(stage)));
        self.stages.ids().find_map(|stage| found(stage).map(|entity| (stage, entity)))
    }

    fn entity_kinds(&self, ty: &Type) -> Vec<KindId> {
        match self.kinds.base(ty) {
            Type::Entity(kind) => vec![*kind],
            Type::OneOf(types) => types.iter().flat_map(|ty| self.entity_kinds(ty)).collect(),
            _ => Vec::new(),
        }
    }

    /// Every name that would have fitted, sorted, with its declaration.
    fn candidates(&self, ty: &Type, from: Viewpoint) -> Vec<(&str, Option<EntityId>)> {
        let mut candidates = Vec::new();
        self.collect_candidates(ty, from, &mut candidates);
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }

    fn collect_candidates<'s>(&'s self, ty: &Type, from: Viewpoint, candidates: &mut Vec<(&'s str, Option<EntityId>)>) {
        match self.kinds.base(ty) {
            Type::Entity(kind) => {
                let visible = self.entities.iter().filter(|(_, entity)| entity.kind == *kind && entity.owner.is_none());
                let named = visible
                    .filter(|(id, entity)| self.directory.find(*kind, entity.handle, from, self.stages) == Some(*id));
                candidates.extend(named.map(|(id, entity)| (self.names.text(entity.handle), Some(id))));
                candidates.extend(self.presets(*kind, from));
            }
            Type::Enum(id) => {
                candidates.extend(self.kinds.enums[*id].values.iter().map(|value| (self.names.text(value.name), None)));
            }
            Type::OneOf(types) => {
                for ty in types {
                    self.collect_candidates(ty, from, candidates);
                }
            }
            _ => {}
        }
    }

    /// Names as `std/large`.
    fn presets(&self, kind: KindId, from: Viewpoint) -> impl Iterator<Item = (&str, Option<EntityId>)> {
        let of_kind = self.entities.iter().filter(move |(_, entity)| entity.kind == kind && entity.owner.is_none());
        of_kind.filter_map(move |(id, entity)| {
            if self.directory.find(kind, entity.handle, from, self.stages) == Some(id) {
                return None; // Its bare name is in scope.
            }
            let package = self.names.text(entity.package?);
            let qualified = self.names.find(&format!("{package}/{}", self.names.text(entity.handle)))?;
            Some((self.names.text(qualified), Some(id)))
        })
    }

    fn ambiguous(&self, written: Written<'_>, readings: &[Value]) -> Diagnostic {
        let name = written.name;
        let mut words = Vec::new();
        let mut diagnostic = Diagnostic::new(&codes::AMBIGUOUS_NAME, written.span, String::new()).label("which one?");
        for reading in readings {
            match reading {
                Value::Entity(entity) => {
                    let row = &self.entities[*entity];
                    let kind = self.names.text(self.kinds.kinds[row.kind].name);
                    words.push(format!("{kind}.{name}"));
                    diagnostic = diagnostic.related(row.span, format!("a {kind}"));
                }
                Value::Enum(of, _) => words.push(format!("{}.{name}", self.names.text(self.kinds.enums[*of].name))),
                _ => {}
            }
        }
        diagnostic.message = format!("`{name}` can mean `{}`", words.join("` or `"));
        diagnostic.help(format!("write `{}`", words.join("` or `")))
    }

    /// "user", "user or group", "value of Classification"
    pub(crate) fn wanted(&self, ty: &Type) -> String {
        match self.kinds.base(ty) {
            Type::Entity(kind) => self.names.text(self.kinds.kinds[*kind].name).to_owned(),
            Type::Enum(id) => format!("value of {}", self.names.text(self.kinds.enums[*id].name)),
            Type::OneOf(types) => types.iter().map(|ty| self.wanted(ty)).collect::<Vec<_>>().join(" or "),
            _ => "value".to_owned(),
        }
    }

    fn how_to_declare(&self, ty: &Type, name: &str) -> String {
        match self.entity_kinds(ty).first() {
            Some(kind) => format!("declare it: `{} {name} {{ … }}`", self.names.text(self.kinds.kinds[*kind].name)),
            None => {
                let all: Vec<&str> =
                    self.candidates(ty, Viewpoint::default()).into_iter().map(|(name, _)| name).collect();
                format!("one of `{}`", all.join("`, `"))
            }
        }
    }
}

fn quoted(written: Written<'_>) -> Diagnostic {
    let kind = written.kind.map(|kind| format!("{kind}.")).unwrap_or_default();
    let name = format!("{kind}{}", written.name);
    Diagnostic::new(&codes::QUOTED_NAME, written.span, format!("`{name}` is a name here, not a text"))
        .label("a reference is written without quotes")
        .help(format!("write `{name}`"))
        .fix(Fix::replace(written.span, &name, format!("\"{name}\" → {name}")))
}
