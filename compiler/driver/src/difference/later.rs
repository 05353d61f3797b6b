//! What begins or ends by itself: the same question, asked again of later days.
//!
//! An answer stays as it is until a date of either side passes: a membership, a person, a group, a dated grant. So both
//! sides are decided again on each of those days, and what no earlier day showed is told. Days that only one side
//! knows come first; of many days, those beyond [`MOST`] are counted and said to be left out, never taken for equal.

use std::collections::BTreeSet;

use nbc_model::Model;
use nbc_model::kinds::ActionId;
use nbc_model::value::{Date, Fields, Value};
use nbc_model::world::{EntityId, World};
use nbc_platform::Decisions;
use nbc_policy::decide::Stages;
use rustc_hash::FxHashSet;

use super::access::{self, AccessDifference, Door, Right};
use super::causes::{Revision, Side};
use super::pairs::PairsOfStages;
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
    /// How many days were too many to look at.
    pub(crate) left_out: usize,
    /// Both sides, in whose numbers the worlds of those days are.
    models: Option<(Model, Model)>,
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
    worlds: Vec<World>,
    decisions: DecisionsOfDay,
}

/// By stage.
type DecisionsOfDay = Vec<(Option<String>, Decisions)>;

impl Later {
    /// One stage of both sides on one of the days, to look causes up in.
    pub fn sides<'l>(&'l self, day: &'l Day, stage: Option<&str>) -> Option<(Side<'l>, Side<'l>)> {
        let (base, head) = self.models.as_ref()?;
        Some((
            side(base, &day.base.worlds, &day.base.decisions, stage, Revision::Base)?,
            side(head, &day.head.worlds, &day.head.decisions, stage, Revision::Head)?,
        ))
    }
}

fn side<'l>(
    model: &'l Model,
    worlds: &'l [World],
    decisions: &'l [(Option<String>, Decisions)],
    stage: Option<&str>,
    revision: Revision,
) -> Option<Side<'l>> {
    let (_, decisions) = decisions.iter().find(|(name, _)| name.as_deref() == stage)?;
    let world = worlds.iter().find(|world| pipeline::stage_name(model, world).as_deref() == stage)?;
    Some(Side { model, world, decisions, revision })
}

/// One side that goes from day to day.
struct Traveller<'c, 'm> {
    compiled: &'c Compiled<'m>,
    /// As of the day of the last arrival.
    model: Model,
}

impl<'c, 'm> Traveller<'c, 'm> {
    fn of(compiled: &'c Compiled<'m>) -> Traveller<'c, 'm> {
        Traveller { compiled, model: compiled.model.clone() }
    }

    /// False where files that have no error today have one on that day.
    fn arrive(&mut self, date: Date) -> bool {
        !nbc_model::move_to(&mut self.model, date).has_errors()
    }

    fn decisions(&self) -> DecisionsOfDay {
        let model = &self.model;
        let mut deciding = self.compiled.policies.as_ref().map(Stages::new);
        let mut decide = |world| deciding.as_mut().map(|stages| stages.decisions(model, world)).unwrap_or_default();
        let named = model.worlds.iter().map(|world| (pipeline::stage_name(model, world), world));
        let asked = named.filter(|(name, _)| self.compiled.stages.iter().any(|stage| stage.name == *name));
        asked.map(|(name, world)| (name, decide(world))).collect()
    }
}

/// Both sides on a later day; nothing where files have errors by then.
pub(crate) type Arrived<'d> = Option<(&'d Model, &'d Model)>;

/// Who looks at the models of each later day beside the comparison.
pub(crate) type Watch<'w> = &'w mut dyn FnMut(Date, Arrived<'_>);

/// Compares on later days. Where nothing is said otherwise, no day brings anything, and only `watch` sees them.
pub(crate) fn compare(
    revisions: Revisions<'_, '_>,
    today: &Difference,
    pairs: &PairsOfStages<'_>,
    mut watch: Option<Watch<'_>>,
) -> Later {
    let mut later = Later::default();
    let is_silent = |stage: &super::StageDifference| stage.configuration.is_empty() && stage.access.is_empty();
    let is_silent = today.rules.is_empty() && today.stages.iter().all(is_silent);
    if is_silent && watch.is_none() {
        return later;
    }
    let mut told = Told::of(today);
    let (days, left_out) = days(revisions);
    let (mut base, mut head) = (Traveller::of(revisions.base), Traveller::of(revisions.head));
    for date in days {
        let has_arrived = base.arrive(date) && head.arrive(date);
        if let Some(watch) = &mut watch {
            watch(date, has_arrived.then_some((&base.model, &head.model)));
        }
        if is_silent {
            continue;
        }
        if !has_arrived {
            later.not_compared.push(format!("access from {date} on: by that day the files have errors"));
            continue;
        }
        let decided = (base.decisions(), head.decisions());
        let stages = fresh((&base.model, &head.model), &decided, today, pairs, &mut told);
        if !stages.is_empty() {
            let on_day = |model: &mut Model, decisions| OnDay { worlds: std::mem::take(&mut model.worlds), decisions };
            let (base, head) = (on_day(&mut base.model, decided.0), on_day(&mut head.model, decided.1));
            later.days.push(Day { date, base, head, stages });
        }
    }
    later.left_out = left_out;
    if left_out > 0 && !is_silent {
        let what = if left_out == 1 { "1 more day".to_owned() } else { format!("{left_out} more days") };
        later.not_compared.push(format!("access on {what} on which something begins or ends by itself"));
    }
    later.models = Some((base.model, head.model));
    later
}

/// By stage: what no earlier day showed.
fn fresh(
    models: (&Model, &Model),
    decided: &(DecisionsOfDay, DecisionsOfDay),
    today: &Difference,
    pairs: &PairsOfStages<'_>,
    told: &mut Told,
) -> Vec<(Option<String>, AccessDifference)> {
    let mut found = Vec::new();
    for (at, stage) in today.stages.iter().enumerate().filter(|(_, stage)| stage.presence == Presence::Both) {
        let name = stage.stage.as_deref();
        let base = side(models.0, &models.0.worlds, &decided.0, name, Revision::Base);
        let head = side(models.1, &models.1.worlds, &decided.1, name, Revision::Head);
        let Some((base, head)) = base.zip(head) else { continue };
        let pairs = pairs.on(name, (base.model, base.world), (head.model, head.world));
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
fn days(revisions: Revisions<'_, '_>) -> (Vec<Date>, usize) {
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
