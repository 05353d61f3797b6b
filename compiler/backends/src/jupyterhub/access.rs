//! Who is offered what: groups and people of the decisions in the words of the sign-in.

use std::collections::BTreeMap;

use nbc_model::value::OriginId;
use nbc_model::world::EntityId;
use nbc_platform::bounds;
use nbc_platform::kinds::{Group, Isolation, Profile, Purpose, SharedFolder, Storage, StorageAt};

use super::facts::{Access, GroupFacts, MountFacts, Refused, UserFacts, VolumeFacts, Who};
use crate::kubernetes::{places, storage};
use crate::site::{Holders, Site};
use crate::writer::Origins;

pub(crate) fn groups(site: &Site<'_, '_>) -> BTreeMap<String, GroupFacts> {
    let facts = |group: &Group<'_>| {
        let bounds: Vec<_> =
            bounds::quotas_of(site.draft(), group).map(|quota| bounds::effective(site.draft(), quota)).collect();
        GroupFacts {
            name: group.handle.to_owned(),
            title: group.title.value.to_owned(),
            parent: group.parent.map(|parent| site.group_claim(parent.value.entity)),
            namespace: group.namespace.value.to_owned(),
            contact: site.contact(Some(group)),
            servers: bounds.iter().filter_map(|bound| bound.servers).min(),
            servers_per_user: bounds.iter().filter_map(|bound| bound.servers_per_user).min(),
        }
    };
    site.groups().map(|group| (site.group_claim(group.id.entity), facts(group))).collect()
}

pub(crate) fn users(site: &Site<'_, '_>) -> BTreeMap<String, UserFacts> {
    let per_user = site.isolation() == Isolation::PerUser;
    let launch = site.platform.decisions().of_action(site.draft().actions.profile_launch);
    let mut users = BTreeMap::new();
    for user in site.active_users() {
        let quota = user.quota.and_then(|quota| site.platform.declared().get(quota.value));
        let bound = quota.map(|quota| bounds::effective(site.draft(), quota)).unwrap_or_default();
        let starts = per_user && launch.iter().any(|decision| decision.allows(user.id.entity));
        let facts = UserFacts {
            primary_group: user.primary_group.map(|group| site.group_claim(group.value.entity)),
            namespace: starts.then(|| places::user_namespace(user)),
            servers_per_user: bound.servers_per_user.or(bound.servers),
        };
        if facts.primary_group.is_some() || facts.namespace.is_some() || facts.servers_per_user.is_some() {
            users.insert(user.username.value.to_owned(), facts);
        }
    }
    users
}

/// Whom a profile is offered to. Whoever holds it through no whole group is listed with the groups that can pay.
pub(crate) fn access(site: &Site<'_, '_>, profile: &Profile<'_>) -> Access {
    let holders = site.holders(site.draft().actions.profile_launch, profile.id.entity);
    let payers = |user: EntityId| -> Vec<String> {
        let groups = site.platform.payers().groups(user, profile.id.entity);
        groups.map(|group| site.group_claim(group)).collect()
    };
    let users = holders.users.iter().filter_map(|(user, _)| Some((username(site, *user)?, payers(*user))));
    Access { groups: claims(site, &holders), users: users.collect() }
}

/// People whom a policy refuses this profile, by the sentence that they read.
pub(crate) fn refused(site: &Site<'_, '_>, profile: &Profile<'_>) -> Vec<Refused> {
    let decisions = site.platform.decisions();
    let launch = site.draft().actions.profile_launch;
    let mut by_sentence: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let rows = decisions.forbidden();
    for row in rows.filter(|row| Some(row.action) == launch && row.resource == profile.id.entity) {
        let sentence = decisions.policies[row.policy].sentence.trim_end_matches('.').to_owned();
        by_sentence.entry(sentence).or_default().extend(username(site, row.user));
    }
    by_sentence.into_iter().map(|(sentence, users)| Refused { sentence, users }).collect()
}

pub(crate) fn claims(site: &Site<'_, '_>, holders: &Holders) -> Vec<String> {
    holders.groups.iter().map(|(group, _)| site.group_claim(*group)).collect()
}

pub(crate) fn usernames(site: &Site<'_, '_>, holders: &Holders) -> Vec<String> {
    holders.users.iter().filter_map(|(user, _)| username(site, *user)).collect()
}

fn username(site: &Site<'_, '_>, user: EntityId) -> Option<String> {
    site.user(user).map(|user| user.username.value.to_owned())
}

/// Storage as servers mount it. Homes are made by KubeSpawner, and environments are mounted by conda-store's chart.
pub(crate) fn volumes(site: &Site<'_, '_>) -> (Vec<VolumeFacts>, Origins) {
    let (mut volumes, mut origins) = (Vec::new(), Origins::new());
    for storage in &site.platform.declared().storages {
        let namespaces = storage::claims(site, storage);
        let purposes: Vec<Purpose> = storage.purpose.value.iter().map(|item| item.value).collect();
        if namespaces.is_empty()
            || !purposes.iter().any(|purpose| matches!(purpose, Purpose::Shared | Purpose::Scratch))
        {
            continue;
        }
        let claim = match &storage.at.value {
            StorageAt::Claim(claim) => claim.name.value,
            StorageAt::New | StorageAt::Nfs(_) | StorageAt::Bucket(_) => storage.handle,
        };
        let who = |holders: &Holders| Who { groups: claims(site, holders), users: usernames(site, holders) };
        let read = site.holders(site.draft().actions.storage_read, storage.id.entity);
        let write = site.holders(site.draft().actions.storage_write, storage.id.entity);
        let at = format!("/volumes/{}", volumes.len());
        origins.push((at.clone(), vec![site.model().declared_at(storage.id.entity)]));
        origins.push((format!("{at}/claim"), vec![storage.at.origin]));
        origins.push((format!("{at}/mounts"), vec![storage.mount_path.origin]));
        for (list, holders) in [("read", &read), ("write", &write)] {
            for (part, rows) in [("groups", &holders.groups), ("users", &holders.users)] {
                let from = rows.iter().enumerate();
                origins.extend(from.map(|(nth, (_, from))| (format!("{at}/{list}/{part}/{nth}"), from.clone())));
            }
        }
        let mounts = mounts(site, storage);
        for (nth, (_, from)) in mounts.iter().enumerate() {
            origins.push((format!("{at}/mounts/{nth}"), vec![*from]));
        }
        volumes.push(VolumeFacts {
            name: format!("nbc-{}", storage.handle),
            claim: claim.to_owned(),
            namespaces,
            mounts: mounts.into_iter().map(|(mount, _)| mount).collect(),
            read: who(&read),
            write: who(&write),
        });
    }
    (volumes, origins)
}

/// The storage itself, and below one that everybody shares the folders of groups.
fn mounts(site: &Site<'_, '_>, storage: &Storage<'_>) -> Vec<(MountFacts, OriginId)> {
    if !holds_group_folders(storage) {
        let path = storage.mount_path.value.to_owned();
        let mount = MountFacts { path, sub_path: None, group: None, read_only: false };
        return vec![(mount, storage.mount_path.origin)];
    }
    let folder = |group: &Group<'_>| {
        let mount = MountFacts {
            path: format!("/shared/{}", group.handle),
            sub_path: Some(format!("shared/{}", group.handle)),
            group: Some(site.group_claim(group.id.entity)),
            read_only: group.shared_folder.value == SharedFolder::Read,
        };
        (mount, group.shared_folder.origin)
    };
    site.groups().filter(|group| group.shared_folder.value != SharedFolder::None).map(folder).collect()
}

/// Storage without readers of its own is where the folders of groups lie.
pub(crate) fn holds_group_folders(storage: &Storage<'_>) -> bool {
    let shared = storage.purpose.value.iter().any(|item| item.value == Purpose::Shared);
    shared && storage.read.value.is_empty() && storage.write.value.is_empty()
}
