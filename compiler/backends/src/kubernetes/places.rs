//! Which namespaces there are, and for whom.
//!
//! One for the hub. With `isolation: per-group` one for each group that can pay for a server, has a quota, a volume or a `raw` text;
//! with `per-user` one for each person who may launch something; with `shared` no other.

use std::collections::{BTreeMap, BTreeSet};

use nbc_model::world::EntityId;
use nbc_platform::bounds;
use nbc_platform::kinds::{Group, Isolation, User};

use crate::site::Site;
use crate::writer::Document;

/// Whose a namespace is.
#[derive(Clone, Copy)]
pub(crate) enum Holder<'a, 'm> {
    Hub,
    Group(&'a Group<'m>),
    User(&'a User<'m>),
}

/// A namespace, and the profiles whose servers run in it.
pub(crate) struct Place<'a, 'm> {
    pub(crate) namespace: String,
    pub(crate) holder: Holder<'a, 'm>,
    /// Profiles that run here, sorted.
    pub(crate) profiles: Vec<EntityId>,
}

impl Place<'_, '_> {
    /// Gives an object of this namespace the origins that all of them have: who holds the namespace, and its name.
    pub(crate) fn mark(&self, site: &Site<'_, '_>, document: Document) -> Document {
        let settings = site.settings();
        let (holder, named) = match self.holder {
            Holder::Hub => (
                settings.map(|settings| site.declared(settings.id.entity)),
                settings.map(|settings| settings.hub_namespace.origin),
            ),
            Holder::Group(group) => (Some(site.declared(group.id.entity)), Some(group.namespace.origin)),
            Holder::User(user) => (Some(site.declared(user.id.entity)), Some(user.username.origin)),
        };
        let document = if document.has_origin("") { document } else { document.of(holder) };
        let document = document.from("/metadata/namespace", named);
        let part_of = settings.map(|settings| site.declared(settings.id.entity));
        document.from("/metadata/labels/app.kubernetes.io~1part-of", part_of)
    }
}

/// All namespaces, sorted by name. Two groups that share one are one place; the first speaks for both.
pub(crate) fn places<'a, 'm>(site: &Site<'a, 'm>) -> Vec<Place<'a, 'm>> {
    let mut places: BTreeMap<String, Place<'a, 'm>> = BTreeMap::new();
    let hub = site.hub_namespace();
    if site.settings().is_some() {
        let profiles = if site.isolation() == Isolation::Shared { launchable(site) } else { BTreeSet::new() };
        let profiles = profiles.into_iter().collect();
        places.insert(hub.to_owned(), Place { namespace: hub.to_owned(), holder: Holder::Hub, profiles });
    }
    match site.isolation() {
        Isolation::Shared => {}
        Isolation::PerGroup => {
            for (group, profiles) in group_profiles(site) {
                let namespace = group.namespace.value.to_owned();
                let row = || Place { namespace: namespace.clone(), holder: Holder::Group(group), profiles: Vec::new() };
                let place = places.entry(namespace.clone()).or_insert_with(row);
                place.profiles.extend(profiles);
                place.profiles.sort_unstable();
                place.profiles.dedup();
            }
        }
        Isolation::PerUser => {
            for (user, profiles) in user_profiles(site) {
                let namespace = user_namespace(user);
                let profiles = profiles.into_iter().collect();
                places.insert(namespace.clone(), Place { namespace, holder: Holder::User(user), profiles });
            }
        }
    }
    places.into_values().collect()
}

/// Where the servers of a person run with `isolation: per-user`. Usernames may hold what namespaces may not: such a
/// character becomes a dash and its code in two hexadecimal digits, so that no two people share a namespace.
pub(crate) fn user_namespace(user: &User<'_>) -> String {
    let mut name = String::from("user-");
    for byte in user.username.value.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' => name.push(char::from(byte)),
            other => name.push_str(&format!("-{other:02x}")),
        }
    }
    shortened(name)
}

/// At most 63 characters, the bound of a namespace; the end of a longer name becomes its FNV-1a digest.
fn shortened(name: String) -> String {
    if name.len() <= 63 {
        return name;
    }
    let digest = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let kept: String = name.chars().take(46).collect();
    format!("{kept}-{digest:016x}")
}

/// Every profile that somebody may launch.
fn launchable(site: &Site<'_, '_>) -> BTreeSet<EntityId> {
    let launch = site.draft().actions.profile_launch;
    site.platform.decisions().of_action(launch).iter().map(|decision| decision.resource).collect()
}

/// Groups with a namespace, and what they can pay for.
fn group_profiles<'a, 'm>(site: &Site<'a, 'm>) -> Vec<(&'a Group<'m>, BTreeSet<EntityId>)> {
    let mut paid: BTreeMap<EntityId, BTreeSet<EntityId>> = BTreeMap::new();
    for payer in site.platform.payers().iter() {
        paid.entry(payer.group).or_default().insert(payer.profile);
    }
    // Groups that hold a profile whole pay for it as soon as they have a member.
    let launch = site.draft().actions.profile_launch;
    for decision in site.platform.decisions().of_action(launch) {
        for (group, _) in &site.holders(launch, decision.resource).groups {
            for below in site.descent(*group) {
                paid.entry(*below).or_default().insert(decision.resource);
            }
        }
    }
    let volumes: BTreeSet<EntityId> =
        site.platform.declared().storages.iter().flat_map(|storage| site.volumes.readers(storage)).collect();
    let with_raw: BTreeSet<EntityId> = crate::raw::in_force(site.draft()).map(|raw| raw.on).collect();
    let wanted = |group: &&'a Group<'m>| {
        with_raw.contains(&group.id.entity)
            || paid.contains_key(&group.id.entity)
            || volumes.contains(&group.id.entity)
            || bounds::quotas_of(site.draft(), group).next().is_some()
    };
    let profiles = |group: &Group<'m>| paid.get(&group.id.entity).cloned().unwrap_or_default();
    site.groups().filter(wanted).map(|group| (group, profiles(group))).collect()
}

fn user_profiles<'a, 'm>(site: &Site<'a, 'm>) -> Vec<(&'a User<'m>, BTreeSet<EntityId>)> {
    let mut may: BTreeMap<EntityId, BTreeSet<EntityId>> = BTreeMap::new();
    for decision in site.platform.decisions().of_action(site.draft().actions.profile_launch) {
        for allowed in &decision.users {
            may.entry(allowed.user).or_default().insert(decision.resource);
        }
    }
    may.into_iter().filter_map(|(user, profiles)| Some((site.user(user)?, profiles))).collect()
}
