//! From what is said to what holds (the second half of phase 6): one value for each slot of each entity of one stage.
//!
//! Scalars: the highest layer wins. Records merge field by field. Lists and maps are replaced by a higher layer unless
//! it adds, removes or names an entry. What is not constant is left to `compute` as [`Pending`].

use std::rc::Rc;

use rustc_hash::FxHashMap;

use nbc_source::{Diagnostic, Diagnostics, Fix, Span, suggest};

use crate::codes;
use crate::expression::ExpressionId;
use crate::index::Table;
use crate::kinds::{Field, FieldId, Kind, KindId, KindSet, Preset, RecordId, Type};
use crate::layer::{Candidate, Key, Layers, Operand, Operation, Step};
use crate::names::{Name, Names};
use crate::scope::{Viewpoint, visible_block};
use crate::value::{Element, Entry, Fields, Layer, Map, Origin, OriginId, Slot, StageId, Store, Value};
use crate::world::{Entity, EntityId, Stage};

/// A slot whose value is an expression, to be evaluated in phase 7.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    pub(crate) target: Target,
    pub(crate) expression: ExpressionId,
    pub(crate) entity: EntityId,
    /// The slots that own field names mean: those of the entity, or of a record inside it.
    pub(crate) own: Fields,
}

/// Where the value of an expression goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    Slot(u32),
    Entry(u32),
}

/// One candidate with the rank of its layer: slices of the chain, lowest first.
#[derive(Clone, Copy, Debug)]
struct Said<'a> {
    candidate: &'a Candidate,
    rank: u16,
}

/// The layers of one entity in one stage, lowest first.
struct Chain<'a> {
    slices: Vec<Slice<'a>>,
}

struct Slice<'a> {
    candidates: &'a [Candidate],
    /// Comes from a parent: `own` fields do not count.
    inherited: bool,
}

pub(crate) struct Folder<'a> {
    pub(crate) names: &'a Names,
    pub(crate) kinds: &'a KindSet,
    pub(crate) entities: &'a Table<EntityId, Entity>,
    pub(crate) stages: &'a Table<StageId, Stage>,
    pub(crate) layers: &'a Layers,
    pub(crate) origins: &'a Table<OriginId, Origin>,
    pub(crate) store: &'a mut Store,
    pub(crate) diagnostics: &'a mut Diagnostics,
    pub(crate) pending: &'a mut Vec<Pending>,
    pub(crate) stage: Option<StageId>,
    pub(crate) test: Option<u32>,
    /// The stages below this one and itself, lowest first.
    pub(crate) stages_below: Vec<StageId>,
    pub(crate) unsaid: FxHashMap<KindId, Rc<Unsaid>>,
}

/// The slots of a kind of which nothing is said.
#[derive(Debug, Default)]
pub(crate) struct Unsaid {
    pub(crate) slots: Vec<Slot>,
    /// Fields of which an entity may have something else all the same: a default that is computed, a record of defaults.
    worked_out: Vec<FieldId>,
}

/// What the values of one entity or record are folded in.
#[derive(Clone, Copy)]
struct Place {
    entity: EntityId,
    own: Fields,
}

impl<'a> Folder<'a> {
    /// The slots of one entity in this stage.
    pub(crate) fn entity(&mut self, entity: EntityId) -> Fields {
        let kinds = self.kinds;
        let row = &self.entities[entity];
        let kind = &kinds.kinds[row.kind];
        let unsaid = self.unsaid(row.kind);
        let own = self.store.fields(unsaid.slots.iter().copied());
        let place = Place { entity, own };
        let handle = row.handle;
        let said = self.said(entity);
        self.check_block(entity, &said);
        let mut silent = unsaid.worked_out.iter().copied().peekable();
        for here in said.chunk_by(|a, b| a.candidate.field == b.candidate.field) {
            let Some(id) = here.first().map(|said| said.candidate.field) else { continue };
            while let Some(before) = silent.next_if(|silent| *silent < id) {
                self.own_field(kind, handle, &[], place, before);
            }
            silent.next_if_eq(&id);
            self.own_field(kind, handle, here, place, id);
        }
        for id in silent {
            self.own_field(kind, handle, &[], place, id);
        }
        own
    }

    fn own_field(&mut self, kind: &'a Kind, handle: Name, said: &[Said<'a>], place: Place, id: FieldId) {
        let field = &kind.fields[id];
        // The parameters of another pack are no fields of this one.
        if field.pack.is_none_or(|pack| pack == handle) {
            self.field(field, said, 0, place, place.own, id);
        }
    }

    /// What an entity of the kind has of which nobody says anything: worked out once for all of the kind.
    fn unsaid(&mut self, kind: KindId) -> Rc<Unsaid> {
        if let Some(known) = self.unsaid.get(&kind) {
            return Rc::clone(known);
        }
        let unsaid = Rc::new(unsaid(self.kinds, kind));
        self.unsaid.insert(kind, Rc::clone(&unsaid));
        unsaid
    }

    /// All candidates of an entity, sorted by field, then by layer.
    fn said(&self, entity: EntityId) -> Vec<Said<'a>> {
        let chain = self.chain(entity);
        let kind = &self.kinds.kinds[self.entities[entity].kind];
        let mut said = Vec::new();
        for (rank, slice) in chain.slices.iter().enumerate() {
            let counts = |candidate: &&Candidate| !slice.inherited || !kind.fields[candidate.field].own;
            said.extend(slice.candidates.iter().filter(counts).map(|candidate| Said { candidate, rank: rank as u16 }));
        }
        if chain.slices.len() > 1 {
            said.sort_by_key(|said| said.candidate.field);
        }
        said
    }

    /// Parent chain first, then the declaration, then the stages; a parent counts with what the stages say of it.
    fn chain(&self, entity: EntityId) -> Chain<'a> {
        let family = family(self.entities, self.stages, entity, self.stage, self.test);
        let mut slices = Vec::with_capacity(1);
        for member in family.into_iter().rev() {
            let inherited = member != entity;
            slices.push(Slice { candidates: self.layers.declared(member), inherited });
            for stage in &self.stages_below {
                let candidates = self.layers.staged(*stage, member);
                if !candidates.is_empty() {
                    slices.push(Slice { candidates, inherited });
                }
            }
            let tested = self.test.map_or(&[][..], |test| self.layers.tested(test, member));
            if !tested.is_empty() {
                slices.push(Slice { candidates: tested, inherited });
            }
        }
        Chain { slices }
    }

    /// Writes one field of an entity, record or case into its slot.
    fn field(&mut self, field: &'a Field, said: &[Said<'a>], depth: usize, place: Place, run: Fields, id: FieldId) {
        let at = run.start + u32::from(id.0);
        if field.computed.is_some() {
            return;
        }
        let slot = self.value(&field.ty, said, depth, place, Target::Slot(at));
        let slot = slot.unwrap_or_else(|| self.left(field, said, depth, place, run, at));
        if let Some(target) = self.store.slots_mut(run).get_mut(usize::from(id.0)) {
            *target = slot;
        }
    }

    /// What a field holds when nobody says anything, or when what was said is taken away; that is then where an absent
    /// value comes from.
    fn left(&mut self, field: &'a Field, said: &[Said<'a>], depth: usize, place: Place, run: Fields, at: u32) -> Slot {
        let preset = self.preset(field, place, run, at);
        let taken = last_whole(said, depth).and_then(|at| said.get(at)).map(|said| said.candidate.origin);
        match (preset == UNSAID, taken) {
            (true, Some(origin)) => Slot { value: Value::Absent, origin },
            _ => preset,
        }
    }

    /// What a field holds when nobody says anything.
    fn preset(&mut self, field: &'a Field, place: Place, run: Fields, at: u32) -> Slot {
        match field.default {
            Preset::Constant(slot) => slot,
            Preset::Computed(expression) => {
                self.pending.push(Pending { target: Target::Slot(at), expression, entity: place.entity, own: run });
                Slot { value: Value::Absent, origin: field.default_origin }
            }
            Preset::None if field.optional => UNSAID,
            Preset::None => match self.kinds.base(&field.ty) {
                Type::Record(record) if self.has_only_defaults(*record, 0) => {
                    let value = self.record(*record, &[], 0, place);
                    Slot { value, origin: field.default_origin }
                }
                _ => UNSAID,
            },
        }
    }

    /// A record whose fields all have defaults is never required. Records that need each other never have them all:
    /// the depth ends such a circle.
    fn has_only_defaults(&self, record: RecordId, depth: usize) -> bool {
        const DEEPEST: usize = 16;
        depth < DEEPEST
            && self.kinds.records[record].fields.iter().all(|(_, field)| {
                field.optional
                    || field.default != Preset::None
                    || match self.kinds.base(&field.ty) {
                        Type::Record(inner) => self.has_only_defaults(*inner, depth + 1),
                        Type::List(..) | Type::Map(..) => true,
                        _ => false,
                    }
            })
    }

    /// The value of one path, or nothing where nobody says anything about it or what was said is taken away.
    fn value(&mut self, ty: &'a Type, said: &[Said<'a>], depth: usize, place: Place, target: Target) -> Option<Slot> {
        let last = last_whole(said, depth);
        let above = match last {
            Some(at) => said.get(at + 1..).unwrap_or_default(),
            None => said,
        };
        self.check_words(said, depth);
        let whole = last.and_then(|at| said.get(at)).map(|said| said.candidate);
        if whole.is_none() && above.is_empty() {
            return None;
        }
        let value = match (self.kinds.base(ty), whole.map(|whole| whole.operand)) {
            (_, Some(Operand::Nothing)) if above.is_empty() => return None,
            (Type::List(..), _) => self.list(whole, above, place, target),
            (Type::Map(_, inner), _) => self.map(inner, whole, above, depth, place),
            (Type::Record(record), None | Some(Operand::Block(_) | Operand::Nothing)) => {
                self.record(*record, above, depth, place)
            }
            (Type::Variant(variant), Some(Operand::Block(Some(case)))) => {
                Value::Variant(*variant, case, self.case(ty, case, above, depth, place))
            }
            (_, Some(operand)) => self.operand(operand, place, target),
            (_, None) => Value::Poisoned,
        };
        // A block is where its word stands, whatever is said inside it.
        let block = said.iter().rev().find(|said| is_block_itself(said.candidate, depth)).map(|said| said.candidate);
        let winner = block.or_else(|| above.last().map(|said| said.candidate)).or(whole);
        Some(Slot { value, origin: winner.map_or(UNSAID.origin, |winner| winner.origin) })
    }

    fn operand(&mut self, operand: Operand, place: Place, target: Target) -> Value {
        match operand {
            Operand::Value(value) => value,
            Operand::Expression(expression) => {
                self.pending.push(Pending { target, expression, entity: place.entity, own: place.own });
                Value::Absent
            }
            Operand::Nothing => Value::Absent,
            Operand::Block(_) | Operand::MapBlock => Value::Poisoned,
        }
    }

    /// A record: each field from what is said below it, else its default.
    fn record(&mut self, record: RecordId, said: &[Said<'a>], depth: usize, place: Place) -> Value {
        let kinds = self.kinds;
        let fields = &kinds.records[record].fields;
        Value::Record(record, self.fields(fields, said, depth, place))
    }

    fn case(&mut self, ty: &'a Type, case: u16, said: &[Said<'a>], depth: usize, place: Place) -> Fields {
        let kinds = self.kinds;
        match kinds.fields_of(ty, Some(case)) {
            Some((fields, _)) => self.fields(fields, said, depth, place),
            None => Fields::default(),
        }
    }

    fn fields(&mut self, fields: &'a Table<FieldId, Field>, said: &[Said<'a>], depth: usize, place: Place) -> Fields {
        let run = self.store.fields((0..fields.len()).map(|_| UNSAID));
        for (id, field) in fields.iter() {
            let below: Vec<Said<'a>> = below(said, depth, Step::Field(id));
            self.field(field, &below, depth + 1, place, run, id);
        }
        run
    }

    /// A list: the highest whole one, then what higher layers add and remove.
    fn list(&mut self, whole: Option<&Candidate>, above: &[Said<'a>], place: Place, target: Target) -> Value {
        let base = match whole.map(|whole| whole.operand) {
            Some(Operand::Value(Value::List(list))) => list,
            Some(Operand::Expression(_)) if !above.is_empty() => {
                self.refuse_computed_list(whole, above);
                return Value::Poisoned;
            }
            Some(operand @ Operand::Expression(_)) => return self.operand(operand, place, target),
            Some(Operand::Value(value @ Value::Poisoned)) => return value,
            Some(Operand::Value(_) | Operand::Block(_) | Operand::MapBlock | Operand::Nothing) | None => {
                Default::default()
            }
        };
        if above.is_empty() {
            return Value::List(base);
        }
        let mut elements = self.store.elements(base).to_vec();
        for said in above {
            let Operand::Value(Value::List(change)) = said.candidate.operand else {
                if matches!(said.candidate.operand, Operand::Expression(_)) {
                    self.refuse_computed_list(Some(said.candidate), above);
                }
                continue;
            };
            let change: Vec<Element> = self.store.elements(change).to_vec();
            match said.candidate.operation {
                Operation::Remove => self.remove(&mut elements, &change),
                Operation::Add | Operation::Say | Operation::Set | Operation::Override | Operation::Unset => {
                    self.add(&mut elements, change);
                }
            }
        }
        Value::List(self.store.list(elements))
    }

    fn add(&mut self, elements: &mut Vec<Element>, change: Vec<Element>) {
        let entity = |element: &Element| match element.value {
            Value::Entity(entity) => Some(entity),
            _ => None,
        };
        let mut present: FxHashMap<EntityId, OriginId> =
            elements.iter().filter_map(|element| entity(element).map(|entity| (entity, element.origin))).collect();
        for element in change {
            let before = entity(&element).and_then(|entity| present.insert(entity, element.origin));
            match before {
                Some(first) => self.already_present(element, first),
                None => elements.push(element),
            }
        }
    }

    fn already_present(&mut self, element: Element, first: OriginId) {
        let message = format!("`{}` is in the list already", self.words(element.value));
        self.diagnostics.push(
            Diagnostic::new(&codes::ALREADY_PRESENT, self.span(element.origin), message)
                .label("added a second time")
                .related(self.span(first), "first said here"),
        );
    }

    fn remove(&mut self, elements: &mut Vec<Element>, change: &[Element]) {
        for gone in change {
            let before = elements.len();
            elements.retain(|present| !same_value(present.value, gone.value));
            if elements.len() == before && gone.value != Value::Poisoned {
                let name = self.words(gone.value);
                self.diagnostics.push(
                    Diagnostic::new(
                        &codes::NOT_PRESENT,
                        self.span(gone.origin),
                        format!("`{name}` is not in the list"),
                    )
                    .label("nothing to remove"),
                );
            }
        }
    }

    fn refuse_computed_list(&mut self, whole: Option<&Candidate>, above: &[Said<'a>]) {
        let Some(change) = above.first().map(|said| said.candidate).or(whole) else { return };
        self.diagnostics.push(
            Diagnostic::new(
                &codes::LIST_NOT_CONSTANT,
                change.key,
                "a list that is computed cannot be added to or removed from",
            )
            .label("changes the list")
            .help("write the elements, or override the whole list"),
        );
    }

    /// A map: the highest whole one, then the entries that higher layers name.
    fn map(
        &mut self,
        inner: &'a Type,
        whole: Option<&Candidate>,
        above: &[Said<'a>],
        depth: usize,
        place: Place,
    ) -> Value {
        let mut entries: Vec<Entry> = match whole.map(|whole| whole.operand) {
            Some(Operand::Value(Value::Map(map))) => self.store.entries(map).to_vec(),
            Some(Operand::Value(value @ Value::Poisoned)) => return value,
            _ => Vec::new(),
        };
        let mut keys: Vec<_> = above.iter().filter_map(|said| key_at(said.candidate, depth)).collect();
        // By their texts, because the numbers of names tell in what order an editor came to know them.
        keys.sort_unstable_by(|a, b| (self.key_text(a.value()), a).cmp(&(self.key_text(b.value()), b)));
        keys.dedup();
        entries.retain(|entry| Key::of(entry.key).is_none_or(|key| !keys.contains(&key)));
        let mut said: Vec<(Key, Vec<Said<'a>>)> =
            keys.into_iter().map(|key| (key, below(above, depth, Step::Key(key)))).collect();
        said.retain(|(_, said)| {
            !matches!(said.last(), Some(last) if last.candidate.operation == Operation::Unset && last.candidate.steps.len() == depth + 1)
        });
        self.drop_misspelt(&entries, &mut said, depth);
        // Entries get their place in the store first, so that a pending value knows where it goes.
        entries.extend(said.iter().map(|(key, _)| Entry {
            key: key.value(),
            value: Value::Absent,
            origin: UNSAID.origin,
        }));
        entries.sort_by(|a, b| self.key_text(a.key).cmp(self.key_text(b.key)));
        let map = self.store.map(entries);
        for (key, said) in said {
            self.entry(map, key, inner, &said, depth + 1, place);
        }
        Value::Map(map)
    }

    /// An override of an entry that nobody made, where one of nearly the same name is there.
    fn drop_misspelt(&mut self, entries: &[Entry], said: &mut Vec<(Key, Vec<Said<'a>>)>, depth: usize) {
        let is_change = |said: &[Said<'a>]| {
            let first = said.first().map(|said| said.candidate);
            first.is_some_and(|first| first.operation == Operation::Override && first.steps.len() == depth + 1)
        };
        if !said.iter().any(|(_, said)| is_change(said)) {
            return;
        }
        let made = said.iter().filter(|(_, said)| !is_change(said)).map(|(key, _)| key.value());
        let known: Vec<Value> = entries.iter().map(|entry| entry.key).chain(made).collect();
        said.retain(|(key, said)| {
            let Some(change) = said.first().filter(|_| is_change(said)).map(|said| said.candidate) else { return true };
            let name = self.key_text(key.value());
            let near = suggest::nearest(name, known.iter().map(|key| self.key_text(*key)));
            if near.is_empty() {
                return true;
            }
            let message = format!("nobody said `{name}` here, so there is nothing to override");
            let found = Diagnostic::new(&codes::UNKNOWN_PATH, change.key, message).label("no such entry");
            let found = found.did_you_mean(change.key, &near).help("`set` adds an entry that nobody made");
            self.diagnostics.push(found);
            false
        });
    }

    fn entry(&mut self, map: Map, key: Key, inner: &'a Type, said: &[Said<'a>], depth: usize, place: Place) {
        let Some(at) = self.store.entries(map).iter().position(|entry| entry.key == key.value()) else { return };
        let slot = self.value(inner, said, depth, place, Target::Entry(map.start + at as u32));
        if let (Some(slot), Some(entry)) = (slot, self.store.entries_mut(map).get_mut(at)) {
            entry.value = slot.value;
            entry.origin = slot.origin;
        }
    }

    /// `set` where nothing was said, `override` where something was; nothing may touch what is locked below.
    fn check_words(&mut self, said: &[Said<'a>], depth: usize) {
        for (at, change) in said.iter().enumerate() {
            if change.candidate.steps.len() != depth || change.candidate.operation == Operation::Say {
                continue;
            }
            let lower = said.get(..at).unwrap_or_default().iter().rev().find(|lower| lower.rank < change.rank);
            let stands = lower.is_some_and(|lower| lower.candidate.operation != Operation::Unset);
            match change.candidate.operation {
                Operation::Set if stands => self.wrong_word(change.candidate, lower, "set", "override"),
                Operation::Override if !stands => self.wrong_word(change.candidate, None, "override", "set"),
                Operation::Unset if !stands => self.nothing_to_unset(change.candidate),
                Operation::Set
                | Operation::Override
                | Operation::Unset
                | Operation::Add
                | Operation::Remove
                | Operation::Say => {}
            }
        }
        self.check_locked(said, depth);
    }

    fn check_locked(&mut self, said: &[Said<'a>], depth: usize) {
        for (at, lock) in said.iter().enumerate() {
            if !lock.candidate.locked || lock.candidate.steps.len() != depth {
                continue;
            }
            let higher = said.get(at + 1..).unwrap_or_default().iter();
            for touch in higher.filter(|higher| higher.rank > lock.rank) {
                self.touched(touch.candidate.key, lock.candidate.key);
            }
        }
    }

    /// A block that is locked where it is owned is locked as a whole.
    fn check_block(&mut self, entity: EntityId, said: &[Said<'a>]) {
        let layers = self.layers;
        let Some(locks) = self.entities[entity].owner.and_then(|owner| layers.locked_blocks.get(&owner)) else {
            return;
        };
        let stages = self.stages_below.clone();
        let height = |layer: Layer| match layer {
            Layer::Default | Layer::Inherited | Layer::Declaration => Some(0),
            Layer::Stage(stage) => stages.iter().position(|other| *other == stage).map(|at| at + 1),
            Layer::Test => Some(usize::MAX),
        };
        for lock in locks {
            let Some(low) = height(lock.layer) else { continue };
            let is_higher = |candidate: &&Candidate| height(self.origins[candidate.origin].layer) > Some(low);
            for touch in said.iter().map(|said| said.candidate).filter(is_higher) {
                self.touched(touch.key, lock.key);
            }
        }
    }

    fn touched(&mut self, touch: Span, lock: Span) {
        self.diagnostics.push(
            Diagnostic::new(&codes::LOCKED, touch, "this is locked by a lower layer")
                .label("may not be changed here")
                .related(lock, "locked here"),
        );
    }

    fn wrong_word(&mut self, change: &Candidate, lower: Option<&Said<'a>>, wrong: &str, right: &str) {
        let message = match lower {
            Some(_) => format!("`{wrong}` is for what nobody said yet; this was said: write `{right}`"),
            None => format!("`{wrong}` is for what was said before; nobody said this yet: write `{right}`"),
        };
        let mut diagnostic =
            Diagnostic::new(&codes::WRONG_WORD, change.key, message).label(format!("`{wrong}` stands here"));
        if let Some(lower) = lower {
            diagnostic = diagnostic.related(lower.candidate.key, "said here");
        }
        let fix = Fix::replace(change.key, right, format!("write `{right}`"));
        self.diagnostics.push(diagnostic.help(format!("write `{right}` instead of `{wrong}`")).fix(fix));
    }

    fn nothing_to_unset(&mut self, change: &Candidate) {
        self.diagnostics.push(
            Diagnostic::new(&codes::WRONG_WORD, change.key, "nobody said this: there is nothing to unset")
                .label("`unset` stands here")
                .help("take the line away"),
        );
    }

    fn span(&self, origin: OriginId) -> nbc_source::Span {
        self.origins[origin].span
    }

    fn words(&self, value: Value) -> String {
        match self.key_text(value) {
            "" => "this".to_owned(),
            text => text.to_owned(),
        }
    }

    fn key_text(&self, key: Value) -> &'a str {
        match key {
            Value::Text(name) => self.names.text(name),
            Value::Entity(entity) => self.names.text(self.entities[entity].handle),
            Value::Enum(of, at) => {
                let value = self.kinds.enums[of].values.get(usize::from(at));
                value.map_or("", |value| self.names.text(value.name))
            }
            _ => "",
        }
    }
}

/// A slot that nobody said anything about; origin 0 is "nowhere".
pub(crate) const UNSAID: Slot = Slot { value: Value::Absent, origin: OriginId(0) };

/// What an entity of a kind has of which nobody says anything.
pub(crate) fn unsaid(kinds: &KindSet, kind: KindId) -> Unsaid {
    let mut unsaid = Unsaid::default();
    for (id, field) in kinds.kinds[kind].fields.iter() {
        unsaid.slots.push(UNSAID);
        if field.computed.is_some() {
            continue;
        }
        match (field.default, kinds.base(&field.ty)) {
            (Preset::Constant(slot), _) if field.pack.is_none() => {
                unsaid.slots.last_mut().into_iter().for_each(|last| *last = slot);
            }
            (Preset::None, base) if field.optional || !matches!(base, Type::Record(_)) => {}
            _ => unsaid.worked_out.push(id),
        }
    }
    unsaid
}

/// The stages below a stage and itself, lowest first.
pub(crate) fn stage_chain(stages: &Table<StageId, Stage>, stage: Option<StageId>) -> Vec<StageId> {
    let mut chain = Vec::new();
    let mut next = stage;
    while let Some(stage) = next {
        chain.push(stage);
        next = stages[stage].extends.filter(|parent| !chain.contains(parent));
    }
    chain.reverse();
    chain
}

/// An entity and what it inherits from in a stage and test, nearest first. A circle of owners was reported; a circle of
/// their blocks ends where it closes.
pub(crate) fn family(
    entities: &Table<EntityId, Entity>,
    stages: &Table<StageId, Stage>,
    entity: EntityId,
    stage: Option<StageId>,
    test: Option<u32>,
) -> Vec<EntityId> {
    let mut family = vec![entity];
    while let Some(row) = family.last().map(|last| &entities[*last]) {
        let viewpoint = Viewpoint { stage, test, package: None };
        let inherited = || visible_block(entities, stages, &row.inherits, viewpoint);
        let parent = row.extends.or_else(|| if row.inherits.is_empty() { None } else { inherited() });
        let Some(parent) = parent.filter(|parent| !family.contains(parent)) else { break };
        family.push(parent);
    }
    family
}

/// The last candidate that says the whole value at this depth.
fn last_whole(said: &[Said<'_>], depth: usize) -> Option<usize> {
    said.iter().rposition(|said| {
        said.candidate.steps.len() == depth
            && match said.candidate.operation {
                Operation::Say | Operation::Set | Operation::Override | Operation::Unset => true,
                Operation::Add | Operation::Remove => false,
            }
            // A record's block does not hide the fields that lower layers said.
            && said.candidate.operand != Operand::Block(None)
    })
}

fn below<'a>(said: &[Said<'a>], depth: usize, step: Step) -> Vec<Said<'a>> {
    said.iter().filter(|said| said.candidate.steps.get(depth) == Some(&step)).copied().collect()
}

fn key_at(candidate: &Candidate, depth: usize) -> Option<Key> {
    match candidate.steps.get(depth) {
        Some(Step::Key(key)) => Some(*key),
        Some(Step::Field(_)) | None => None,
    }
}

/// Equality of what elements mean; aggregates are never equal, so that nothing is dropped by mistake.
pub(crate) fn same_value(a: Value, b: Value) -> bool {
    match (a, b) {
        (Value::List(_) | Value::Map(_) | Value::Record(..) | Value::Variant(..) | Value::Poisoned, _) => false,
        (a, b) => a == b,
    }
}

/// Whether the candidate opens the block of this very path.
fn is_block_itself(candidate: &Candidate, depth: usize) -> bool {
    candidate.steps.len() == depth && matches!(candidate.operand, Operand::Block(_))
}
