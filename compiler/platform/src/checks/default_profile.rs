//! What each person finds selected in the launcher: exactly one profile should be the default.
//!
//! People who are offered the same profiles are judged once and named together.

use std::collections::BTreeMap;

use nbc_model::world::EntityId;
use nbc_source::{Diagnostic, Diagnostics, Fix};

use crate::codes::{LAUNCHES_NOTHING, NO_DEFAULT_PROFILE, SEVERAL_DEFAULT_PROFILES};
use crate::decisions::Decisions;
use crate::draft::Draft;
use crate::kinds::{Profile, ProfileUse, User};
use crate::who_pays::Payers;

pub(super) fn run(draft: &Draft<'_>, decisions: &Decisions, _: &Payers, out: &mut Diagnostics) {
    let labs: Vec<&Profile<'_>> = draft
        .declared
        .profiles
        .iter()
        .filter(|profile| profile.r#use.value.iter().any(|item| item.value == ProfileUse::Lab))
        .collect();
    if labs.is_empty() {
        return;
    }
    let mut offered: BTreeMap<EntityId, Vec<EntityId>> = BTreeMap::new();
    for profile in &labs {
        let Some(decision) = decisions.of(draft.actions.profile_launch, profile.id.entity) else { continue };
        for allowed in &decision.users {
            offered.entry(allowed.user).or_default().push(profile.id.entity);
        }
    }
    let mut alike: BTreeMap<Vec<EntityId>, Vec<&User<'_>>> = BTreeMap::new();
    for user in draft.declared.users.iter().filter(|user| draft.is_active(user)) {
        alike.entry(offered.remove(&user.id.entity).unwrap_or_default()).or_default().push(user);
    }
    let mut undecided = Vec::new();
    for (profiles, people) in alike {
        judge(draft, &profiles, &people, &mut undecided, out);
    }
    undecided.sort_by_key(|user| user.span);
    if let Some(first) = undecided.first() {
        out.push(
            Diagnostic::new(
                &NO_DEFAULT_PROFILE,
                first.span,
                format!("{} can launch several profiles, and none is the default", who(&undecided)),
            )
            .label("the launcher selects the first")
            .help("set `default: true` on the one that most people want"),
        );
    }
}

fn judge<'d>(
    draft: &Draft<'_>,
    profiles: &[EntityId],
    people: &[&'d User<'d>],
    undecided: &mut Vec<&'d User<'d>>,
    out: &mut Diagnostics,
) {
    let Some(first) = people.first() else { return };
    let who = who(people);
    let rows = profiles.iter().filter_map(|id| draft.declared.find::<Profile<'_>>(*id));
    let mut defaults: Vec<&Profile<'_>> = rows.filter(|profile| profile.default.value).collect();
    // The first in the text stays; of two, the later one is likelier to be the slip.
    defaults.sort_by_key(|profile| draft.span(profile.default.origin));
    match (profiles, defaults.as_slice()) {
        ([], _) => out.push(
            Diagnostic::new(&LAUNCHES_NOTHING, first.span, format!("{who} can launch nothing"))
                .label("no profile is granted, or policy forbids all")
                .help("grant a profile to a group of theirs: `profiles: [small]`"),
        ),
        // With one profile there is nothing to select.
        ([_], _) | (_, [_]) => {}
        (_, []) => undecided.extend(people),
        (_, [one, two, ..]) => out.push(
            Diagnostic::new(
                &SEVERAL_DEFAULT_PROFILES,
                draft.span(two.default.origin),
                format!("profiles `{}` and `{}` are both the default", one.handle, two.handle),
            )
            .label(format!("{who} can launch both"))
            .fix(Fix::replace(draft.span(two.default.origin), "false", "keep the other").may_change_meaning())
            .related(draft.span(one.default.origin), "the other is here")
            .help("keep `default: true` on one of them"),
        ),
    }
}

/// `ana`, `ana and bob`, `ana and 12 others`
fn who(people: &[&User<'_>]) -> String {
    match people {
        [] => String::new(),
        [one] => format!("`{}`", one.handle),
        [one, two] => format!("`{}` and `{}`", one.handle, two.handle),
        [one, others @ ..] => format!("`{}` and {} others", one.handle, others.len()),
    }
}
