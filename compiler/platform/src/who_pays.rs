//! Who pays for whose servers (`decisions.md` "Who pays").
//!
//! The group that grants the profile pays, or below it the person's own sub-group: the deepest of the groups below it
//! that the person belongs to. Of several the person's `primary-group`, or with `charge: chosen-at-launch` each of
//! them, as one entry of the launcher. For personal grants, and what everybody may launch, the `primary-group`.
//! Who pays is asked only where decisions say that the person may launch; where it cannot be told, that is an error.

use nbc_model::index::Id as _;
use nbc_model::world::EntityId;
use nbc_source::{Diagnostic, Diagnostics};
use rustc_hash::FxHashMap;

use crate::codes;
use crate::decisions::Decisions;
use crate::draft::Draft;
use crate::kinds::{Charge, Group, Profile, User};
use crate::values::Id;

/// For each person and profile that they may launch, the groups that can pay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payers {
    /// Sorted, each once.
    rows: Vec<Payer>,
}

/// `user` may launch `profile` at the expense of `group`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Payer {
    pub profile: EntityId,
    pub user: EntityId,
    pub group: EntityId,
}

impl Payers {
    /// Works out all payers; the findings say where nobody, or nobody in particular, would pay.
    pub fn of(draft: &Draft<'_>, decisions: &Decisions) -> (Payers, Diagnostics) {
        let own = OwnGroups::of(draft);
        let mut payers = Payers::default();
        let mut out = Diagnostics::new();
        let mut groups = Vec::new();
        for decision in decisions.of_action(draft.actions.profile_launch) {
            let Some(profile) = draft.declared.find::<Profile<'_>>(decision.resource) else { continue };
            let granting = granting_groups(draft, profile);
            let purses = purses(draft, &granting);
            for allowed in &decision.users {
                let Some(user) = draft.declared.find::<User<'_>>(allowed.user) else { continue };
                payers_of(draft, &own, &purses, user, &mut groups);
                match groups.as_slice() {
                    [] => out.push(nobody_pays(user, profile)),
                    [_, _, ..] if charge(draft) != Charge::ChosenAtLaunch => {
                        out.push(undecided(draft, user, profile, &groups));
                    }
                    _ => {}
                }
                let row = |group: &Id<Group<'_>>| Payer {
                    profile: profile.id.entity,
                    user: user.id.entity,
                    group: group.entity,
                };
                payers.rows.extend(groups.iter().map(row));
            }
        }
        payers.rows.sort_unstable();
        payers.rows.dedup();
        (payers, join(out))
    }

    /// All rows, sorted by profile, user, group.
    pub fn iter(&self) -> std::slice::Iter<'_, Payer> {
        self.rows.iter()
    }

    /// The groups that can pay when the person launches the profile; more than one only with `chosen-at-launch`.
    pub fn groups(&self, user: EntityId, profile: EntityId) -> impl Iterator<Item = EntityId> + '_ {
        let start = self.rows.partition_point(|row| (row.profile, row.user) < (profile, user));
        let rows = self.rows.get(start..).unwrap_or_default().iter();
        rows.take_while(move |row| (row.profile, row.user) == (profile, user)).map(|row| row.group)
    }

    /// What a group pays for: pairs of profile and person, sorted.
    pub fn of_group(&self, group: EntityId) -> impl Iterator<Item = &Payer> + '_ {
        self.rows.iter().filter(move |row| row.group == group)
    }
}

/// The groups that grant the profile on the judged day; `everyone` is nobody's purse.
fn granting_groups<'m>(draft: &Draft<'m>, profile: &Profile<'m>) -> Vec<Id<Group<'m>>> {
    let grants = |group: &&Group<'m>| {
        group.handle != "everyone" && draft.current(&group.profiles.value).any(|item| item.value == profile.id)
    };
    draft.declared.groups.iter().filter(grants).map(|group| group.id).collect()
}

/// The granting groups and all below them, sorted: whoever belongs to one of them can pay with it.
fn purses<'m>(draft: &Draft<'m>, granting: &[Id<Group<'m>>]) -> Vec<Id<Group<'m>>> {
    let below = |group: &&Group<'m>| draft.ancestry(group.id).iter().any(|above| granting.contains(&above.id));
    draft.declared.groups.iter().filter(below).map(|group| group.id).collect()
}

fn charge(draft: &Draft<'_>) -> Charge {
    draft.platform().map_or(Charge::GrantingGroup, |platform| platform.charge.value)
}

/// The groups that can pay when the person launches a profile with these purses.
fn payers_of<'m>(
    draft: &Draft<'m>,
    own: &OwnGroups,
    purses: &[Id<Group<'m>>],
    user: &User<'m>,
    payers: &mut Vec<Id<Group<'m>>>,
) {
    payers.clear();
    let primary = user.primary_group.map(|group| group.value);
    if charge(draft) == Charge::PrimaryGroup {
        payers.extend(primary);
        return;
    }
    let is_purse = |group: &Id<Group<'m>>| purses.binary_search(group).is_ok();
    payers.extend(own.of_user(user.id.entity).iter().copied().map(Id::new).filter(is_purse));
    let is_undecided = payers.len() > 1 && charge(draft) != Charge::ChosenAtLaunch;
    if let Some(primary) = primary.filter(|_| payers.is_empty() || is_undecided) {
        payers.clear();
        payers.push(primary);
    }
}

/// The deepest groups of each person: of a group and its sub-group, the sub-group.
struct OwnGroups {
    /// By person, those of each in order.
    groups: Vec<EntityId>,
    /// By number of the person: where theirs end. They start where those of the one before end.
    ends: Vec<u32>,
}

impl OwnGroups {
    fn of(draft: &Draft<'_>) -> OwnGroups {
        let rows =
            || draft.membership().groups().iter().flat_map(|row| row.members.iter().map(|m| (m.user, row.group)));
        // Counted first, so that each person's groups get their place without sorting.
        let mut ends: Vec<u32> = vec![0; draft.model.entities.len()];
        for (user, _) in rows() {
            ends.get_mut(user.index()).into_iter().for_each(|count| *count += 1);
        }
        let mut total = 0;
        for end in &mut ends {
            total += std::mem::replace(end, total);
        }
        let mut groups = vec![EntityId::new(0); total as usize];
        for (user, group) in rows() {
            let Some(next) = ends.get_mut(user.index()) else { continue };
            groups.get_mut(*next as usize).into_iter().for_each(|place| *place = group);
            *next += 1;
        }
        OwnGroups { groups, ends }.deepest(draft)
    }

    /// Without the groups that are right above another one of the same person.
    fn deepest(self, draft: &Draft<'_>) -> OwnGroups {
        let declared = draft.declared.groups.iter();
        let parents: FxHashMap<EntityId, EntityId> =
            declared.filter_map(|group| Some((group.id.entity, group.parent?.value.entity))).collect();
        let mut deepest = OwnGroups { groups: Vec::with_capacity(self.groups.len()), ends: self.ends.clone() };
        for (at, end) in deepest.ends.iter_mut().enumerate() {
            let own = self.at(at);
            let is_above = |group: &&EntityId| own.iter().any(|below| parents.get(below) == Some(*group));
            deepest.groups.extend(own.iter().filter(|group| !is_above(group)));
            *end = deepest.groups.len() as u32;
        }
        deepest
    }

    fn at(&self, at: usize) -> &[EntityId] {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.groups.get(start as usize..end as usize).unwrap_or_default()
    }

    fn of_user(&self, user: EntityId) -> &[EntityId] {
        self.at(user.index())
    }
}

fn nobody_pays(user: &User<'_>, profile: &Profile<'_>) -> Diagnostic {
    let (user_name, profile_name) = (user.handle, profile.handle);
    Diagnostic::new(&codes::NOBODY_PAYS, user.span, format!("nobody pays when `{user_name}` launches `{profile_name}`"))
        .label("no group of this person grants it")
        .help(format!("give `{user_name}` a `primary-group`, or grant `{profile_name}` through a group"))
}

fn undecided(draft: &Draft<'_>, user: &User<'_>, profile: &Profile<'_>, groups: &[Id<Group<'_>>]) -> Diagnostic {
    let names: Vec<String> = groups.iter().map(|group| format!("`{}`", draft.model.handle(group.entity))).collect();
    let names = names.join(" or ");
    Diagnostic::new(
        &codes::UNDECIDED_PAYER,
        user.span,
        format!("{names}: which pays when `{}` launches `{}`", user.handle, profile.handle),
    )
    .label("belongs to each of them")
    .help(format!("give `{}` a `primary-group`", user.handle))
    .help("or set `charge: chosen-at-launch` on the platform, so that the launcher asks")
}

/// One finding a person and reason, however many profiles it is about: the first one speaks for all.
fn join(found: Diagnostics) -> Diagnostics {
    let mut seen: Vec<(u16, Option<nbc_source::Span>)> = Vec::new();
    let mut out = Diagnostics::new();
    for diagnostic in found {
        let key = (diagnostic.code.number, diagnostic.span);
        match seen.binary_search(&key) {
            Ok(_) => {}
            Err(at) => {
                seen.insert(at, key);
                out.push(diagnostic);
            }
        }
    }
    out
}
