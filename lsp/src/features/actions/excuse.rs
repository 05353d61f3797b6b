//! An exception from what was found, with a reason and a last day.

use nbc_model::world::EntityId;
use nbc_platform::codes::is_waivable;
use nbc_source::{About, Diagnostic, Span};

use super::super::place::View;
use super::dates::later;
use super::insertion::below;
use super::{Action, Sort, touches};
use crate::snapshot::Judged;

/// One action for each finding at a place that may be excused.
pub(super) fn waivers(view: &View<'_>, findings: &[Diagnostic], judged: Option<&Judged>, at: Span) -> Vec<Action> {
    let all = findings.iter().enumerate();
    let here = all.filter(|(_, found)| found.span.is_some_and(|span| touches(span, at)));
    let offered = here.filter_map(|(position, found)| {
        Some(Action { sort: Sort::Correction(position), ..waiver(view, found, judged)? })
    });
    offered.collect()
}

fn waiver(view: &View<'_>, found: &Diagnostic, judged: Option<&Judged>) -> Option<Action> {
    let (rule, path) = excused(view, found)?;
    let approver = approver(view, judged, &rule, &path)?;
    let day = later(view)?;
    let text = format!(
        "waiver {rule} on {path} {{\n  until: {day}\n  because: \"why it may be so until then\"\n  approved-by: {approver}\n}}"
    );
    let node = view.token(found.span?.start)?.parent()?;
    Some(Action::rewrite(format!("excuse `{path}` from `{rule}` until {day}"), vec![below(view, &node, &text)]))
}

/// The rule, and what breaks it: as the finding knows, or by where it stands.
fn excused(view: &View<'_>, found: &Diagnostic) -> Option<(String, String)> {
    if let Some(About::Rule { name, on }) = &found.about {
        return Some((name.clone(), on.clone()));
    }
    if !is_waivable(found.code) {
        return None;
    }
    let node = view.token(found.span?.start)?.parent()?;
    Some((found.code.name.to_owned(), view.model().path(view.declaration(&node)?)))
}

/// Somebody who may approve it: of a pack's rule whoever may waive it, else an owner, else anybody.
fn approver(view: &View<'_>, judged: Option<&Judged>, rule: &str, path: &str) -> Option<String> {
    let of_pack = judged.and_then(|judged| may_waive(judged, rule));
    let model = view.model();
    let owner = || {
        let entity = model.find(path)?;
        let world = model.worlds.iter().find(|world| world.has(entity))?;
        let owners = model.slot_named(world, entity, "owners")?;
        match owners.value {
            nbc_model::value::Value::List(list) => {
                model.elements(list).iter().find_map(|element| match element.value {
                    nbc_model::value::Value::Entity(user) => Some(model.handle(user).to_owned()),
                    _ => None,
                })
            }
            _ => None,
        }
    };
    let anybody = || {
        let kind = model.kind("user")?;
        let world = model.worlds.first()?;
        world.of_kind(kind).first().map(|user| model.handle(*user).to_owned())
    };
    of_pack.or_else(owner).or_else(anybody)
}

fn may_waive(judged: &Judged, rule: &str) -> Option<String> {
    let model = &judged.analysis.model;
    let of_rule = model.rules.iter().find(|found| model.text(found.name) == rule).and_then(|found| found.pack);
    let of_policy = || judged.policies.as_ref()?.written.iter().find(|policy| policy.id == rule)?.pack.as_deref();
    let pack = of_rule.map(|pack| model.text(pack)).or_else(of_policy)?;
    let kind = model.kind("pack")?;
    let waive = model.kinds.action_on(kind, model.names.find("waive")?)?;
    let stage = judged.stages.first()?;
    let is_it = |id: &EntityId| model.entities[*id].kind == kind && model.handle(*id) == pack;
    let entity = model.entities.ids().find(is_it)?;
    let allowed = stage.decisions.of(waive, entity)?.users.first()?;
    Some(model.handle(allowed.user).to_owned())
}
