//! What a run judged, what it did not, and what happens next by itself: the same numbers for people and programs.

use std::borrow::Cow;

use nbc_driver::Compiled;
use nbc_driver::tests::Tested;
use nbc_model::Model;
use nbc_model::value::{Date, Value};
use nbc_model::world::{Change, ChangeKind, EntityId, World};
use nbc_policy::load::Written;
use nbc_source::{Diagnostics, Level};

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Ok,
    Failed,
    /// There was nothing to judge, which is no reason to be content.
    Nothing,
}

/// A run in numbers.
#[derive(Clone, Debug)]
pub(crate) struct Summary {
    pub(crate) verdict: Verdict,
    /// The platform's title, where there is a platform.
    pub(crate) title: Option<String>,
    pub(crate) as_of: Option<Date>,
    pub(crate) stages: Vec<String>,
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
    pub(crate) notes: usize,
    pub(crate) files: usize,
    pub(crate) declarations: usize,
    /// One for each stage that was decided.
    pub(crate) decided: Vec<Decided>,
    pub(crate) packs: usize,
    /// Rules and policies of the site itself.
    pub(crate) rules: usize,
    pub(crate) expectations: usize,
    pub(crate) waived: usize,
    /// What was not judged, and why.
    pub(crate) not_judged: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    pub(crate) next: Option<(Date, String)>,
}

/// The decisions of one stage.
#[derive(Clone, Debug)]
pub(crate) struct Decided {
    pub(crate) stage: Option<String>,
    pub(crate) people: usize,
    pub(crate) decisions: u64,
    pub(crate) allowed: u64,
}

impl Summary {
    /// Of a compilation, with the findings of whatever followed it.
    pub(crate) fn of(compiled: &Compiled<'_>, findings: &Diagnostics) -> Summary {
        let model = compiled.model;
        let declarations = declarations(model);
        let verdict = match (findings.has_errors(), declarations) {
            (_, 0) => Verdict::Nothing,
            (true, _) => Verdict::Failed,
            (false, _) => Verdict::Ok,
        };
        let first = compiled.stages.first().map(|stage| stage.world).or(model.worlds.first());
        let mut not_judged = vec![
            ("package versions".into(), "nbc does not solve environments".into()),
            ("the live systems".into(), "nbc reads files only".into()),
        ];
        if compiled.stages.is_empty() {
            not_judged.insert(0, ("rules, access and tests".into(), "errors come first".into()));
        }
        if compiled.workspace.lone.is_some() {
            not_judged.insert(0, ("whether its channels are trusted".into(), "no platform says so".into()));
        }
        let policies = compiled.policies.as_ref().map_or(&[][..], |policies| &policies.written);
        Summary {
            verdict,
            title: first.and_then(|world| title(model, world)),
            as_of: first.map(|world| world.as_of),
            stages: compiled.stages.iter().filter_map(|stage| stage.name.clone()).collect(),
            errors: findings.count(Level::Error),
            warnings: findings.count(Level::Warning),
            notes: findings.count(Level::Note),
            files: compiled.workspace.files,
            declarations,
            decided: decided(compiled),
            packs: packs(model),
            rules: model.rules.iter().filter(|rule| rule.pack.is_none()).count()
                + policies.iter().filter(|policy| policy.pack.is_none()).count(),
            expectations: compiled.tests.iter().map(|test| test.expectations.len()).sum(),
            waived: compiled.stages.iter().map(|stage| stage.waived().len()).sum(),
            not_judged,
            next: first.and_then(|world| next(model, world, policies)),
        }
    }
}

impl Summary {
    /// The same run, with these tests as what was judged.
    pub(crate) fn expect(&mut self, tests: &[&Tested], findings: &Diagnostics) {
        self.expectations = tests.iter().map(|test| test.expectations.len()).sum();
        self.verdict = match (self.expectations, tests.iter().all(|test| test.passes())) {
            (0, true) => Verdict::Nothing,
            (_, true) => Verdict::Ok,
            (_, false) => Verdict::Failed,
        };
        self.errors = findings.count(Level::Error);
        self.warnings = findings.count(Level::Warning);
        self.notes = findings.count(Level::Note);
    }
}

/// What the workspace itself declares, things and rules.
fn declarations(model: &Model) -> usize {
    let things = model.entities.iter().map(|(_, entity)| entity);
    let own = things.filter(|entity| entity.package.is_none() && entity.owner.is_none() && entity.test.is_none());
    let kinds = model.kinds.kinds.iter().filter(|(_, kind)| !kind.standard).count();
    let rules = model.rules.iter().filter(|rule| rule.pack.is_none()).count();
    own.count() + kinds + rules + model.tests.len() + model.waivers.len() + model.stages.len()
}

fn decided(compiled: &Compiled<'_>) -> Vec<Decided> {
    let people = |world: &World| compiled.model.kind("user").map_or(0, |kind| world.of_kind(kind).len());
    let stages = compiled.stages.iter().map(|stage| Decided {
        stage: stage.name.clone(),
        people: people(stage.world),
        decisions: stage.decisions().judged,
        allowed: stage.decisions().allowed,
    });
    stages.collect()
}

/// Packs that any stage turns on.
fn packs(model: &Model) -> usize {
    let Some(kind) = model.kind("pack") else { return 0 };
    let is_on = |entity: EntityId| model.worlds.iter().any(|world| world.of_kind(kind).contains(&entity));
    model.entities.ids().filter(|entity| model.entities[*entity].kind == kind && is_on(*entity)).count()
}

pub(crate) fn title(model: &Model, world: &World) -> Option<String> {
    let platform = world.of_kind(model.kind("platform")?).first()?;
    match model.slot_named(world, *platform, "title")?.value {
        Value::Text(name) => Some(model.text(name).to_owned()),
        _ => None,
    }
}

/// Changes of one day that are named; a term ends for hundreds of people at once.
const CHANGES: usize = 4;

/// The next day on which something changes by itself, and all that changes then.
fn next(model: &Model, world: &World, policies: &[Written]) -> Option<(Date, String)> {
    let changes = &world.membership.changes;
    let date = changes.first()?.date;
    let mut said: Vec<String> = Vec::new();
    for change in changes.iter().take_while(|change| change.date == date) {
        let lapses = policies.iter().filter_map(|policy| lapse_text(model, world, change, policy));
        for text in std::iter::once(change_text(model, world, change)).chain(lapses) {
            if !said.contains(&text) {
                said.push(text);
            }
        }
    }
    let more = said.len().saturating_sub(CHANGES);
    said.truncate(CHANGES);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    Some((date, said.join("; ") + &more))
}

/// A policy that names a group which ends, or one below it: from then on it applies to nobody there, and what it forbade
/// it forbids no longer.
fn lapse_text(model: &Model, world: &World, change: &Change, policy: &Written) -> Option<String> {
    let kind = model.kind("group").filter(|_| change.what == ChangeKind::GroupEnds)?;
    let groups = world.of_kind(kind);
    let parent = |group: &EntityId| match model.slot_named(world, *group, "parent")?.value {
        Value::Entity(parent) => Some(parent),
        _ => None,
    };
    // Groups in a circle have as many parents as one asks for.
    let line = |group: EntityId| std::iter::successors(Some(group), parent).take(groups.len());
    let is_named = |handle: &str| policy.named.iter().any(|(of, id)| *of == kind && id == handle);
    let ends = |group: &&EntityId| is_named(model.handle(**group)) && line(**group).any(|one| one == change.entity);
    let group = model.handle(*groups.iter().find(ends)?);
    Some(format!("policy {} finds nobody in group {group} any more", policy.id))
}

fn change_text(model: &Model, world: &World, change: &Change) -> String {
    let last = Date(change.date.0.saturating_sub(1));
    let (thing, user) = (model.handle(change.entity), model.handle(change.user));
    match change.what {
        ChangeKind::GroupEnds => {
            let members = world.membership.of(change.entity);
            let leaving: Vec<&str> = members.iter().map(|member| model.handle(member.user)).collect();
            match leaving.as_slice() {
                [] => format!("group {thing} is over (its last day is {last})"),
                [one] => format!("{one} leaves group {thing} (its last day is {last})"),
                several => format!("{} leave group {thing} (its last day is {last})", several.join(", ")),
            }
        }
        ChangeKind::UserBegins => format!("{user} begins"),
        ChangeKind::UserEnds => format!("{user} loses all access (last day {last})"),
        ChangeKind::MembershipBegins => format!("{user} joins group {thing}"),
        ChangeKind::MembershipEnds => format!("{user} leaves group {thing} (last day {last})"),
    }
}
