//! The people of a platform under the names that they sign in with.

use std::collections::BTreeSet;

use nbc_platform::Platform;
use nbc_platform::draft::Draft;
use nbc_platform::kinds::Group;
use nbc_platform::values::Id;

use crate::directory::{Account, Directory, Sort};

/// `/lab/ml`
pub(crate) fn path<'m>(draft: &Draft<'m>, group: Id<Group<'m>>) -> String {
    draft.ancestry(group).iter().rev().fold(String::new(), |path, group| format!("{path}/{}", group.handle))
}

/// What Keycloak calls the account of a client.
pub(crate) fn account_of(client: &str) -> String {
    format!("service-account-{}", client.to_lowercase())
}

/// The groups that whoever signs in joins.
pub(crate) fn joined_by_everybody<'m>(draft: &Draft<'m>) -> Vec<Id<Group<'m>>> {
    let defaults = draft.platform().map(|platform| draft.current(&platform.default_groups.value));
    let everyone = draft.declared.groups.iter().filter(|group| group.handle == "everyone").map(|group| group.id);
    defaults.into_iter().flatten().map(|item| item.value).chain(everyone).collect()
}

/// The number of somebody whom the platform declares. Who is in no file of identities cannot sign in.
pub(crate) fn number(directory: &mut Directory, name: &str) -> usize {
    let absent = || Account { name: name.to_owned(), sort: Sort::Listed, groups: BTreeSet::new(), enabled: false };
    directory.find(name).unwrap_or_else(|| directory.add(absent()))
}

/// The paths of groups that a person's token should have: of each group that they are a member of, and of those above.
pub(crate) fn expected(platform: &Platform<'_>) -> Vec<(String, BTreeSet<String>)> {
    let draft = platform.draft();
    let mut everybody: BTreeSet<String> = BTreeSet::new();
    for group in joined_by_everybody(draft).into_iter().filter(|group| draft.is_running(*group)) {
        everybody.extend(draft.ancestry(group).iter().map(|above| path(draft, above.id)));
    }
    let mut groups: rustc_hash::FxHashMap<nbc_model::world::EntityId, Vec<String>> = rustc_hash::FxHashMap::default();
    for row in platform.membership().groups() {
        let path = path(draft, Id::new(row.group));
        for member in &row.members {
            groups.entry(member.user).or_default().push(path.clone());
        }
    }
    let active = draft.declared.users.iter().filter(|user| draft.is_active(user));
    active
        .map(|user| {
            let own = groups.remove(&user.id.entity).unwrap_or_default();
            (user.username.value.to_owned(), everybody.iter().cloned().chain(own).collect())
        })
        .collect()
}

/// Everybody as declared, for a platform whose identities another system keeps.
pub(crate) fn directory(platform: &Platform<'_>) -> Directory {
    let draft = platform.draft();
    let mut directory = Directory::default();
    for (name, groups) in expected(platform) {
        directory.add(Account { name, sort: Sort::Listed, groups, enabled: true });
    }
    let everybody: BTreeSet<String> = joined_by_everybody(draft)
        .into_iter()
        .flat_map(|group| draft.ancestry(group).iter().map(|above| path(draft, above.id)).collect::<Vec<_>>())
        .collect();
    for group in draft.declared.groups.iter().filter(|group| draft.is_running(group.id)) {
        let own = path(draft, group.id);
        let above = draft.ancestry(group.id).iter().map(|above| path(draft, above.id)).collect::<Vec<_>>();
        let groups = everybody.iter().cloned().chain(above).collect();
        let name = format!("somebody who joins {own}");
        directory.add(Account { name, sort: Sort::Joins(own), groups, enabled: true });
    }
    let name = "somebody who signs in for the first time".to_owned();
    directory.add(Account { name, sort: Sort::First, groups: everybody, enabled: true });
    directory
}
