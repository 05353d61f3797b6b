//! Phase 11: an exception from a rule of a pack is itself a decision, and whoever approved it must be somebody who may
//! take it (`pack.waive`). Who may approve exceptions from the site's own rules is the site's business.

use nbc_model::Model;
use nbc_model::expression::Waiver;
use nbc_model::kinds::ActionId;
use nbc_model::world::{EntityId, World};
use nbc_platform::Decisions;
use nbc_policy::load::Policies;
use nbc_source::Diagnostic;

use crate::codes;

/// Waivers that their approvers may not give.
pub(crate) fn unapproved(
    model: &Model,
    world: &World,
    decisions: &Decisions,
    policies: Option<&Policies>,
) -> Vec<Diagnostic> {
    let Some(waive) = waive(model) else { return Vec::new() };
    let here = model.waivers.iter().filter(|waiver| world.has(waiver.on));
    let found = here.filter_map(|waiver| {
        let approver = waiver.approved_by?;
        let pack = pack_of(model, world, policies, waiver)?;
        (!decisions.may(approver, waive, pack)).then(|| refused(model, decisions, waiver, approver, (waive, pack)))
    });
    found.collect()
}

fn waive(model: &Model) -> Option<ActionId> {
    model.kinds.action_on(model.kind("pack")?, model.names.find("waive")?)
}

/// The pack that brings the rule or policy; `None` for what the site wrote itself, and where the stage has no such pack.
fn pack_of(model: &Model, world: &World, policies: Option<&Policies>, waiver: &Waiver) -> Option<EntityId> {
    let rule = model.rules.iter().find(|rule| rule.name == waiver.rule).and_then(|rule| rule.pack);
    let name = model.text(waiver.rule);
    let policy = policies.and_then(|policies| policies.written.iter().find(|policy| policy.id == name));
    let pack = rule.map(|pack| model.text(pack)).or_else(|| policy.and_then(|policy| policy.pack.as_deref()))?;
    world.of_kind(model.kind("pack")?).iter().copied().find(|entity| model.handle(*entity) == pack)
}

fn refused(
    model: &Model,
    decisions: &Decisions,
    waiver: &Waiver,
    approver: EntityId,
    (waive, pack): (ActionId, EntityId),
) -> Diagnostic {
    let (name, pack_name) = (model.handle(approver), model.handle(pack));
    let message = format!("`{name}` may not make exceptions from rules of pack `{pack_name}`");
    let found = Diagnostic::new(&codes::UNAPPROVED_WAIVER, waiver.rule_span, message)
        .label(format!("approved by {name}"))
        .related(model.entities[pack].span, "the pack");
    let may = decisions.of(waive, pack).map_or(&[][..], |row| &row.users);
    let mut names: Vec<&str> = may.iter().map(|allowed| model.handle(allowed.user)).collect();
    names.sort_unstable();
    match names.as_slice() {
        [] => found.help("nobody may: give the pack `owners`, or somebody a role with `pack.waive`"),
        names => found.help(format!("ask {} to approve it", names.join(" or "))),
    }
}
