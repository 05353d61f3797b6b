//! What begins or ends by itself: the same question, asked again of later days.
//!
//! An answer stays as it is until a date of either side passes: a membership, a person, a group, a dated grant. So both
//! sides are decided again on each of those days, and what no earlier day showed is told. Days that only one side
//! knows come first; of many days, those beyond [`MOST`] are counted and said to be left out, never taken for equal.

use std::collections::BTreeSet;

use nbc_model::kinds::ActionId;
use nbc_model::value::{Date, Fields, Value};
use nbc_model::world::{EntityId, World};
use nbc_model::{Input, Model};
use nbc_platform::{Decisions, Draft};
use rustc_hash::FxHashSet;

use super::access::{self, AccessDifference, Door, Right};
use super::causes::{Revision, Side};
use super::pairs::Pairs;
use super::{Difference, Presence, Revisions};
use crate::pipeline::{self, Compiled};

/// So many days are compared: each costs what deciding both sides costs.
const MOST: usize = 40;

/// Days after the judged one.
#[derive(Debug, Default)]
pub struct Later {
    /// Those on which something is new, in their order.
    pub days: Vec<Day>,
    /// Why some were not compared, one sentence each.
    pub not_compared: Vec<String>,
}

/// A day on which somebody gains or loses what nobody did before it.
#[derive(Debug)]
pub struct Day {
    pub date: Date,
    base: OnDay,
    head: OnDay,
    /// By stage: what no earlier day showed. Its numbers are those of today's models.
    pub stages: Vec<(Option<String>, AccessDifference)>,
}

/// One side on that day. Things and actions have the numbers that they have today.
#[derive(Debug)]
struct OnDay {
    model: Model,
    /// By stage.
    decisions: Vec<(Option<String>, Decisions)>,
}

impl Day {
    /// One stage of both sides, to look causes up in.
    pub fn sides(&self, stage: Option<&str>) -> Option<(Side<'_>, Side<'_>)> {
        Some((self.base.side(stage, Revision::Base)?, self.head.side(stage, Revision::Head)?))
    }
}

impl OnDay {
    /// `None` where files that have no error today have one on that day.
    fn of(compiled: &Compiled<'_>, date: Date) -> Option<OnDay> {
        let workspace = compiled.workspace;
        let model = model_on(compiled, date)?;
        let decide = |world: &World| {
            let draft = Draft::new(&model, world, &workspace.sources, &workspace.settings.targets);
            (pipeline::stage_name(&model, world), pipeline::decide(&draft, compiled.policies.as_ref()).decisions)
        };
        let is_asked = |world: &&World| {
            let name = pipeline::stage_name(&model, world);
            compiled.stages.iter().any(|stage| stage.name == name)
        };
        let decisions = model.worlds.iter().filter(is_asked).map(decide).collect();
        Some(OnDay { model, decisions })
    }

    fn side(&self, stage: Option<&str>, revision: Revision) -> Option<Side<'_>> {
        let (_, decisions) = self.decisions.iter().find(|(name, _)| name.as_deref() == stage)?;
        let named = |world: &&World| pipeline::stage_name(&self.model, world).as_deref() == stage;
        Some(Side { model: &self.model, world: self.model.worlds.iter().find(named)?, decisions, revision })
    }
}

/// The files as of another day. `None` where files that have no error today have one on that day.
pub(crate) fn model_on(compiled: &Compiled<'_>, date: Date) -> Option<Model> {
    let workspace = compiled.workspace;
    let input = Input { sources: &workspace.sources, parsed: &workspace.parsed, as_of: &|_| date };
    let (model, found) = nbc_model::analyse(&input);
    (!found.has_errors()).then_some(model)
}

/// Compares on later days. Where nothing is said otherwise, no day brings anything.
pub(super) fn compare(revisions: Revisions<'_, '_>, today: &Difference) -> Later {
    let mut later = Later::default();
    let is_silent = |stage: &super::StageDifference| stage.configuration.is_empty() && stage.access.is_empty();
    if today.rules.is_empty() && today.stages.iter().all(is_silent) {
        return later;
    }
    let mut told = Told::of(today);
    let (days, left_out) = days(revisions);
    for date in days {
        let sides = OnDay::of(revisions.base, date).zip(OnDay::of(revisions.head, date));
        let Some((base, head)) = sides else {
            later.not_compared.push(format!("access from {date} on: by that day the files have errors"));
            continue;
        };
        let mut day = Day { date, base, head, stages: Vec::new() };
        day.stages = fresh(&day, today, revisions, &mut told);
        if !day.stages.is_empty() {
            later.days.push(day);
        }
    }
    if left_out > 0 {
        let what = if left_out == 1 { "1 more day".to_owned() } else { format!("{left_out} more days") };
        later.not_compared.push(format!("access on {what} on which something begins or ends by itself"));
    }
    later
}

fn fresh(
    day: &Day,
    today: &Difference,
    revisions: Revisions<'_, '_>,
    told: &mut Told,
) -> Vec<(Option<String>, AccessDifference)> {
    let mut found = Vec::new();
    for (at, stage) in today.stages.iter().enumerate().filter(|(_, stage)| stage.presence == Presence::Both) {
        let name = stage.stage.as_deref();
        let Some((base, head)) = day.sides(name) else { continue };
        let pairs = Pairs::of(revisions.base.model, base.world, revisions.head.model, head.world);
        let mut access = access::compare(base, head, &pairs);
        told.retain_new(at, &mut access);
        if !access.is_empty() {
            found.push((stage.stage.clone(), access));
        }
    }
    found
}

/// What an earlier day showed already, by the number of the stage.
#[derive(Default)]
struct Told {
    rights: FxHashSet<(usize, usize, EntityId, ActionId, EntityId)>,
    doors: Vec<(usize, Door)>,
}

impl Told {
    fn of(today: &Difference) -> Told {
        let mut told = Told::default();
        for (at, stage) in today.stages.iter().enumerate() {
            told.retain_new(at, &mut stage.access.clone());
        }
        told
    }

    fn retain_new(&mut self, stage: usize, access: &mut AccessDifference) {
        let mut is_new =
            |how: usize, right: &Right| self.rights.insert((stage, how, right.who, right.action, right.resource));
        let lists = [&mut access.gained, &mut access.lost, &mut access.groups_gained, &mut access.groups_lost];
        for (how, rights) in lists.into_iter().enumerate() {
            rights.retain(|right| is_new(how, right));
        }
        access.held_back.retain(|held| is_new(usize::MAX, &held.right));
        access.doors.retain(|door| !self.doors.iter().any(|(at, told)| *at == stage && told == door));
        self.doors.extend(access.doors.iter().map(|door| (stage, door.clone())));
    }
}

/// The days to compare, in their order, and how many are left out.
pub(crate) fn days(revisions: Revisions<'_, '_>) -> (Vec<Date>, usize) {
    let (base, head) = (dates(revisions.base), dates(revisions.head));
    let one_sided = base.symmetric_difference(&head);
    let mut days: Vec<Date> = one_sided.chain(base.intersection(&head)).copied().collect();
    let left_out = days.len().saturating_sub(MOST);
    days.truncate(MOST);
    days.sort_unstable();
    (days, left_out)
}

/// The first day with and the first day without of everything that is dated, after the judged day.
fn dates(compiled: &Compiled<'_>) -> BTreeSet<Date> {
    let mut found = Dates { model: compiled.model, days: BTreeSet::new() };
    for stage in &compiled.stages {
        for entity in compiled.model.entities.ids() {
            found.entity(entity, stage.world);
        }
        found.days.retain(|day| *day > stage.world.as_of);
    }
    found.days
}

struct Dates<'m> {
    model: &'m Model,
    days: BTreeSet<Date>,
}

impl Dates<'_> {
    fn entity(&mut self, entity: EntityId, world: &World) {
        let kind = &self.model.kinds.kinds[self.model.entities[entity].kind];
        let slots = world.fields(entity).map(|fields| self.model.slots(fields)).unwrap_or_default();
        for ((_, field), slot) in kind.fields.iter().zip(slots) {
            match (self.model.text(field.name), slot.value) {
                ("from", Value::Date(first)) => self.days.extend([first]),
                ("until", Value::Date(last)) => self.days.extend([last.next()]),
                (_, value) => self.value(value),
            }
        }
    }

    fn fields(&mut self, fields: Option<Fields>) {
        fields.into_iter().flat_map(|fields| self.model.slots(fields)).for_each(|slot| self.value(slot.value));
    }

    fn value(&mut self, value: Value) {
        match value {
            // It may be a first day or a last one.
            Value::Date(date) => self.days.extend([date, date.next()]),
            Value::List(list) => {
                for element in self.model.elements(list) {
                    self.days.extend(element.from);
                    self.days.extend(element.until.map(Date::next));
                    self.value(element.value);
                }
            }
            Value::Map(map) => self.model.store.entries(map).iter().for_each(|entry| self.value(entry.value)),
            Value::Record(_, fields) | Value::Variant(_, _, fields) => self.fields(Some(fields)),
            Value::Absent
            | Value::Poisoned
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Quantity(..)
            | Value::Text(_)
            | Value::Enum(..)
            | Value::Permission(_)
            | Value::Entity(_) => {}
        }
    }
}
