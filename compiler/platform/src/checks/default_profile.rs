//! What each person finds selected in the launcher: exactly one profile should be the default.
//!
//! People who are offered the same profiles are judged once and named together.

use std::collections::BTreeMap;

use nbc_model::world::EntityId;
use nbc_source::{Diagnostic, Diagnostics, Fix, Span};

use crate::codes::{LAUNCHES_NOTHING, NO_DEFAULT_PROFILE, SEVERAL_DEFAULT_PROFILES};
use crate::decisions::{Allowed, Decisions};
use crate::draft::Draft;
use crate::kinds::{Profile, ProfileUse, User};
use crate::values::Id;
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
    let users = &draft.declared.users;
    let mut offers = Offers::to(users.len());
    for profile in &labs {
        if let Some(decision) = decisions.of(draft.actions.profile_launch, profile.id.entity) {
            offers.add(profile.id.entity, users, &decision.users);
        }
    }
    let mut alike: BTreeMap<&[EntityId], Vec<&User<'_>>> = BTreeMap::new();
    for (user, offered) in users.iter().zip(offers.each()).filter(|(user, _)| draft.is_active(user)) {
        alike.entry(offered).or_default().push(user);
    }
    let mut undecided = Vec::new();
    for (profiles, people) in alike {
        judge(draft, profiles, &people, &mut undecided, out);
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

/// Which profiles each person can launch. Most people can launch what others can, so lists are kept once.
struct Offers {
    lists: Vec<Vec<EntityId>>,
    /// By person: which list.
    of: Vec<usize>,
}

impl Offers {
    /// So many people, to whom nothing is offered yet.
    fn to(people: usize) -> Offers {
        Offers { lists: vec![Vec::new()], of: vec![0; people] }
    }

    /// One profile more for all who may launch it. People and decisions are both sorted.
    fn add(&mut self, profile: EntityId, users: &[User<'_>], allowed: &[Allowed]) {
        let mut longer: Vec<Option<usize>> = vec![None; self.lists.len()];
        let mut allowed = allowed.iter().map(|allowed| allowed.user).peekable();
        for (user, of) in users.iter().zip(&mut self.of) {
            while allowed.next_if(|next| *next < user.id.entity).is_some() {}
            if allowed.peek() != Some(&user.id.entity) {
                continue;
            }
            let Some(longer) = longer.get_mut(*of) else { continue };
            *of = *longer.get_or_insert_with(|| {
                let list = self.lists.get(*of).into_iter().flatten().copied().chain([profile]).collect();
                self.lists.push(list);
                self.lists.len() - 1
            });
        }
    }

    fn each(&self) -> impl Iterator<Item = &[EntityId]> {
        self.of.iter().map(|of| self.lists.get(*of).map_or(&[][..], Vec::as_slice))
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
                .help("grant a profile to a group of theirs: `profiles: [small]`; or make them members of a group that has one"),
        ),
        // With one profile there is nothing to select.
        ([_], _) | (_, [_]) => {}
        (_, []) => undecided.extend(people),
        (_, [one, two, ..]) if one.default.origin == two.default.origin => out.push(inherited(draft, one, two, &who)),
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

/// Both have it from one place: one of them says it, or something that both extend.
fn inherited(draft: &Draft<'_>, one: &Profile<'_>, two: &Profile<'_>, who: &str) -> Diagnostic {
    let lines = [two, one].map(|profile| heir(draft, profile));
    let (child, other) = lines.into_iter().flatten().next().unwrap_or((two.id, one.id));
    let (child, other) = (draft.declared.get(child).unwrap_or(two), draft.declared.get(other).unwrap_or(one));
    let message = format!("`{}` is the default like `{}`, since it is copied by `extends`", child.handle, other.handle);
    let mut found = Diagnostic::new(&SEVERAL_DEFAULT_PROFILES, child.span, message)
        .label(format!("{who} can launch several defaults"))
        .related(draft.span(one.default.origin), "said here")
        .help("one of the sizes that a person may start is the default");
    found.fix = say_false(draft, child);
    found
}

/// Of the line of profiles that a profile extends, the one that says it, and the next one below that.
fn heir<'m>(draft: &Draft<'m>, profile: &Profile<'m>) -> Option<(Id<Profile<'m>>, Id<Profile<'m>>)> {
    let parent = |at: EntityId| draft.declared.find::<Profile<'m>>(draft.model.entities[at].extends?);
    let mut heir = None;
    let mut at = profile.id;
    while let Some(above) = parent(at.entity).filter(|above| above.default.origin == profile.default.origin) {
        heir = Some((at, above.id));
        at = above.id;
    }
    heir
}

/// Writes the field as the first of the block.
fn say_false(draft: &Draft<'_>, profile: &Profile<'_>) -> Option<Fix> {
    let after = draft.sources.get(profile.span.file)?.text.get(profile.span.end as usize..)?;
    let header = after.get(..after.find('{')?).filter(|header| !header.contains(['#', '\n']))?;
    let at = profile.span.end + header.len() as u32 + 1;
    let is_block = after.get(header.len() + 1..)?.trim_start_matches([' ', '\t']).starts_with('\n');
    let text = if is_block { "\n  default: false" } else { " default: false," };
    let place = Span { start: at, end: at, ..profile.span };
    let title = format!("write `default: false` in `{}`", profile.handle);
    Some(Fix::replace(place, text, title).may_change_meaning())
}

/// `ana`, `ana and bob`, `ana and 12 others`
pub(super) fn who(people: &[&User<'_>]) -> String {
    match people {
        [] => String::new(),
        [one] => format!("`{}`", one.handle),
        [one, two] => format!("`{}` and `{}`", one.handle, two.handle),
        [one, others @ ..] => format!("`{}` and {} others", one.handle, others.len()),
    }
}
