//! Phase 10, the site's and the packs' rules: what breaks them, as findings that levels and waivers apply to.
//!
//! They are judged after phase 11, because a rule may ask who may do what.

use nbc_model::Model;
use nbc_model::expression::{Expected, Test};
use nbc_model::kinds::ActionId;
use nbc_model::rules::{Access, Judged, RuleFinding};
use nbc_model::world::{EntityId, World};
use nbc_platform::Decisions;
use nbc_platform::finding::{Broken, Finding};
use nbc_policy::load::Policies;
use nbc_policy::packs;
use nbc_source::{About, Diagnostic, Diagnostics};

use crate::codes;
use crate::tests::NOT_GRANTED;

/// Decisions as rules ask for them.
pub(crate) struct Decided<'d>(pub(crate) &'d Decisions);

impl Access for Decided<'_> {
    fn may(&self, principal: EntityId, action: ActionId, resource: EntityId) -> bool {
        self.0.may(principal, action, resource)
    }

    fn who_may(&self, action: ActionId, resource: EntityId) -> Vec<EntityId> {
        let row = self.0.of(action, resource);
        row.map_or_else(Vec::new, |row| row.users.iter().map(|allowed| allowed.user).collect())
    }
}

/// What breaks a rule in one world, and what went wrong while it was asked.
pub(crate) fn judge(model: &Model, world: &World, decisions: &Decisions) -> (Vec<Finding>, Diagnostics) {
    let (broken, failed) = broken(model, world, decisions);
    let findings = broken.iter().filter_map(|broken| finding(model, world, broken)).collect();
    (findings, failed)
}

/// Subjects that break rules, levels and waivers aside.
pub(crate) fn broken(model: &Model, world: &World, decisions: &Decisions) -> (Vec<RuleFinding>, Diagnostics) {
    nbc_model::rules::judge(model, world, &Decided(decisions))
}

/// How the expectations of a test stand.
pub(crate) fn expectations(
    model: &Model,
    world: &World,
    decisions: &Decisions,
    test: &Test,
) -> (Vec<Judged>, Diagnostics) {
    nbc_model::rules::judge_test(model, world, test, &Decided(decisions))
}

/// `None` where the rule's pack is not turned on in this stage.
fn finding(model: &Model, world: &World, broken: &RuleFinding) -> Option<Finding> {
    let rule = model.rules.get(broken.rule)?;
    let name = model.text(rule.name);
    let pack = rule.pack.map(|pack| model.text(pack).to_owned());
    if pack.as_deref().is_some_and(|pack| !is_on(model, world, pack)) {
        return None;
    }
    let subjects: Vec<String> = broken.subjects.iter().map(|subject| format!("`{}`", model.path(*subject))).collect();
    let first = broken.subjects.first().copied()?;
    let verb = if subjects.len() == 1 { "breaks" } else { "break" };
    let message = format!("{} {verb} rule `{name}`: {}", subjects.join(" and "), rule.sentence.trim_end_matches('.'));
    let mut diagnostic = Diagnostic::new(&codes::RULE_BROKEN, model.entities[first].span, message)
        .label(broken.because.clone().unwrap_or_default());
    for subject in broken.subjects.iter().skip(1) {
        diagnostic = diagnostic.related(model.entities[*subject].span, format!("`{}`", model.path(*subject)));
    }
    let requirement = rule.require.get(broken.requirement).map_or(rule.span, |requirement| requirement.span);
    let whose = pack.as_ref().map_or_else(|| "the rule".to_owned(), |pack| format!("the rule, of pack {pack}"));
    diagnostic = diagnostic.related(requirement, whose);
    diagnostic.help.extend(broken.message.clone());
    let about = About::Rule { name: name.to_owned(), on: model.path(first) };
    let (diagnostic, on) = (diagnostic.about(about), broken.subjects.clone());
    Some(Finding::of_rule(diagnostic, Broken { rule: name.to_owned(), pack, level: rule.level, on }))
}

/// Waivers and tests that name a rule which neither the language nor Cedar knows. Policies are known only once they are
/// loaded, so this is not said while names are bound.
pub(crate) fn unknown(model: &Model, policies: Option<&Policies>) -> Vec<Diagnostic> {
    let rules = model.rules.iter().map(|rule| model.text(rule.name));
    let policies = policies.into_iter().flat_map(|policies| policies.written.iter().map(|policy| policy.id.as_str()));
    let shipped = packs::ALL.iter().flat_map(packs::policy_ids).map(|id| -> &str { id });
    let advice = nbc_platform::codes::CODES.iter().filter(|code| nbc_platform::codes::is_waivable(code));
    let advice = advice.copied().chain([nbc_backends::codes::waivable()]).map(|code| code.name);
    let known: Vec<&str> = rules.chain(policies).chain(shipped).chain(advice).chain([NOT_GRANTED]).collect();
    let waived = model.waivers.iter().map(|waiver| (waiver.rule, waiver.rule_span));
    let tested =
        model.tests.iter().flat_map(|test| &test.expectations).filter_map(|expectation| match expectation.what {
            Expected::Access { because, .. } => because,
            Expected::Holds(_) | Expected::Rule { .. } => None,
        });
    let named = waived.chain(tested).map(|(rule, span)| (model.text(rule), span));
    let strange = named.filter(|(rule, _)| !known.contains(rule));
    let found = strange.map(|(rule, span)| {
        let found = nbc_model::rules::unknown_rule(rule, span, &known);
        match nbc_platform::codes::CODES.iter().any(|code| code.name == rule) {
            true => found.help(format!("`{rule}` is about what targets do, which no waiver changes")),
            false => found,
        }
    });
    found.collect()
}

/// Whether the stage has the declaration `pack NAME { … }`.
fn is_on(model: &Model, world: &World, pack: &str) -> bool {
    let Some(kind) = model.kind("pack") else { return false };
    world.of_kind(kind).iter().any(|entity| model.handle(*entity) == pack)
}
