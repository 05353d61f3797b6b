//! The one function that applies levels and waivers, for every command.
//!
//! A pack's `level` counts for its rules and policies until `hard-from`, then they are hard. `hard` is an error, `soft`
//! a warning, `advisory` a note; `shadow` is only counted. A waiver takes a finding away until its last day; one that
//! has ended, or that excuses nothing, is a finding itself. Advice that nbc itself gives can be waived by the name of the
//! finding; errors about what targets do cannot, since a waiver does not change the targets.

use std::collections::BTreeMap;

use nbc_model::Model;
use nbc_model::expression::{RuleLevel, Waiver};
use nbc_model::world::{EntityId, World};
use nbc_source::{Diagnostic, Diagnostics, Fix, Level, Span};

use crate::codes;
use crate::declared::Declared as _;
use crate::draft::Draft;
use crate::finding::{Broken, Finding};
use crate::kinds::{self, Pack};

/// Findings as people see them.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Settled.
    pub findings: Diagnostics,
    /// What a waiver excuses; reports list it.
    pub waived: Vec<Waived>,
    /// Findings of rules at level `shadow`.
    pub shadowed: usize,
}

/// A finding that a waiver takes away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waived {
    pub diagnostic: Diagnostic,
    /// The waiver's place in `Model::waivers`.
    pub waiver: usize,
}

/// Applies levels and waivers to all findings of a stage.
pub fn apply(draft: &Draft<'_>, findings: Vec<Finding>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut advice: BTreeMap<(String, u16), Vec<Diagnostic>> = BTreeMap::new();
    let mut used = vec![false; draft.model.waivers.len()];
    for Finding { mut diagnostic, broken } in findings {
        if let Some((at, waiver)) = broken.as_ref().and_then(|broken| ended_waiver_of(draft, broken)) {
            mark(&mut used, at);
            let until = waiver.until.map_or_else(String::new, |until| until.to_string());
            diagnostic = diagnostic.related(waiver.rule_span, format!("its waiver ended on {until}"));
            diagnostic = diagnostic.help("or ask who approved the waiver for a new last day");
        }
        let excused = match &broken {
            Some(broken) => waiver_of(draft, &broken.rule, &broken.on),
            None => waiver_of_advice(draft, &diagnostic),
        };
        if let Some(waiver) = excused {
            mark(&mut used, waiver);
            outcome.waived.push(Waived { diagnostic, waiver });
            continue;
        }
        let Some(broken) = broken else {
            outcome.findings.push(diagnostic);
            continue;
        };
        match level_of(draft, &broken) {
            RuleLevel::Shadow => outcome.shadowed += 1,
            RuleLevel::Advisory => {
                diagnostic.level = Level::Note;
                advice.entry((broken.rule, diagnostic.code.number)).or_default().push(diagnostic);
            }
            RuleLevel::Soft => push_at(&mut outcome, &mut diagnostic, Level::Warning),
            RuleLevel::Hard => push_at(&mut outcome, &mut diagnostic, Level::Error),
        }
    }
    advice.into_values().for_each(|of_rule| outcome.findings.extend(condensed(draft, of_rule)));
    judge_waivers(draft, &used, &mut outcome.findings);
    for diagnostic in outcome.findings.iter_mut() {
        if let (true, Some(stage)) = (diagnostic.stages.is_empty(), draft.stage_name()) {
            diagnostic.stages.push(stage.to_owned());
        }
    }
    outcome.findings.settle();
    outcome
}

/// Notes that the waiver of that number was needed.
fn mark(used: &mut [bool], waiver: usize) {
    if let Some(used) = used.get_mut(waiver) {
        *used = true;
    }
}

/// Advice that one rule gives in many places is one finding at the first of them, with the number of the others: it
/// binds nobody yet, and must not hide what does.
fn condensed(draft: &Draft<'_>, mut of_rule: Vec<Diagnostic>) -> Option<Diagnostic> {
    of_rule.sort_by(|a, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
    let mut all = of_rule.into_iter();
    let first = all.next()?;
    let others: Vec<String> = all.filter_map(|other| other.span).map(|span| draft.sources.line_place(span)).collect();
    let (count, shown) =
        (others.len(), others.iter().take(MOST_SHOWN).map(String::as_str).collect::<Vec<_>>().join(", "));
    Some(match count {
        0 => first,
        1..=MOST_SHOWN => first.help(format!("the same {count} times more: {shown}")),
        _ => first.help(format!("the same {count} times more: {shown} and {} more", count - MOST_SHOWN)),
    })
}

/// Places of advice that are named beside the first.
const MOST_SHOWN: usize = 3;

fn push_at(outcome: &mut Outcome, diagnostic: &mut Diagnostic, level: Level) {
    diagnostic.level = level;
    outcome.findings.push(diagnostic.clone());
}

/// The level that counts on the judged day.
pub fn level_of(draft: &Draft<'_>, broken: &Broken) -> RuleLevel {
    match &broken.pack {
        Some(pack) => {
            let declared = draft.declared.packs.iter().find(|row| row.handle == pack.as_str());
            declared.map_or(broken.level, |row| level_on(row, draft.world))
        }
        None => broken.level,
    }
}

/// The level of a pack on the judged day; `None` where the stage does not turn it on.
pub fn pack_level(model: &Model, world: &World, pack: &str) -> Option<RuleLevel> {
    let packs = world.of_kind(model.kind(Pack::KIND)?);
    let entity = *packs.iter().find(|entity| model.handle(**entity) == pack)?;
    Some(level_on(&Pack::lower(model, world, entity), world))
}

fn level_on(pack: &Pack<'_>, world: &World) -> RuleLevel {
    if pack.hard_from.is_some_and(|day| day.value <= world.as_of) {
        return RuleLevel::Hard;
    }
    match pack.level.value {
        kinds::Level::Advisory => RuleLevel::Advisory,
        kinds::Level::Soft => RuleLevel::Soft,
        kinds::Level::Hard => RuleLevel::Hard,
        kinds::Level::Shadow => RuleLevel::Shadow,
    }
}

/// The waiver in force for a rule (or policy) on any of these things, by its place in `Model::waivers`.
pub fn waiver_of(draft: &Draft<'_>, rule: &str, on: &[EntityId]) -> Option<usize> {
    let holds =
        |waiver: &Waiver| draft.model.text(waiver.rule) == rule && on.contains(&waiver.on) && !has_ended(draft, waiver);
    draft.model.waivers.iter().position(holds)
}

/// The waiver in force for advice that nbc itself gives: it names the finding, and the declaration that holds its place.
fn waiver_of_advice(draft: &Draft<'_>, found: &Diagnostic) -> Option<usize> {
    let span = found.span.filter(|_| codes::is_waivable(found.code))?;
    draft.model.waivers.iter().position(|waiver| {
        draft.model.text(waiver.rule) == found.code.name && !has_ended(draft, waiver) && holds(draft, waiver.on, span)
    })
}

/// Whether a place is the name of a declaration, or lies in one of its values.
fn holds(draft: &Draft<'_>, entity: EntityId, place: Span) -> bool {
    let mut is_there = draft.model.entities[entity].span == place;
    for slot in draft.world.fields(entity).into_iter().flat_map(|fields| draft.model.slots(fields)) {
        draft.model.store.walk(*slot, &mut |inside| {
            let value = draft.span(inside.origin);
            is_there |= value.file == place.file && value.start <= place.start && place.end <= value.end;
        });
    }
    is_there
}

/// A waiver that would excuse the finding had it not ended, with its place.
fn ended_waiver_of<'d>(draft: &'d Draft<'_>, broken: &Broken) -> Option<(usize, &'d Waiver)> {
    let meant = |waiver: &Waiver| draft.model.text(waiver.rule) == broken.rule && broken.on.contains(&waiver.on);
    draft.model.waivers.iter().enumerate().find(|(_, waiver)| meant(waiver) && has_ended(draft, waiver))
}

fn has_ended(draft: &Draft<'_>, waiver: &Waiver) -> bool {
    waiver.until.is_some_and(|until| until < draft.today())
}

/// With the line break after it, where one follows.
fn whole_line(draft: &Draft<'_>, span: Span) -> Span {
    let rest = draft.sources.get(span.file).and_then(|file| file.text.get(span.end as usize..));
    let has_break = rest.is_some_and(|rest| rest.starts_with('\n'));
    Span { end: span.end + u32::from(has_break), ..span }
}

fn judge_waivers(draft: &Draft<'_>, used: &[bool], out: &mut Diagnostics) {
    for (waiver, used) in draft.model.waivers.iter().zip(used) {
        if *used || !draft.world.has(waiver.on) {
            continue;
        }
        let (rule, on) = (draft.model.text(waiver.rule), draft.path(waiver.on));
        let found = match waiver.until.filter(|_| has_ended(draft, waiver)) {
            Some(until) => Diagnostic::new(
                &codes::EXPIRED_WAIVER,
                waiver.rule_span,
                format!("the waiver of `{rule}` on `{on}` ended on {until}"),
            )
            .help("take it out, or ask its approver for a new last day"),
            None => Diagnostic::new(
                &codes::UNUSED_WAIVER,
                waiver.rule_span,
                format!("the waiver of `{rule}` on `{on}` excuses nothing"),
            )
            .help("take it out: the rule is kept without it")
            .fix(Fix::replace(whole_line(draft, waiver.span), "", "take the waiver out").may_change_meaning()),
        };
        out.push(found);
    }
}
