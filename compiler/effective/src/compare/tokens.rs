//! Who signs in with which groups, against who belongs to what today: everything else rests on it.

use std::collections::BTreeMap;

use nbc_platform::Platform;

use super::{Compared, Difference, Kind};
use crate::directory::{Account, Directory, Sort};
use crate::grant::Place;
use crate::keycloak::Realm;
use crate::people;

const TARGET: &str = "keycloak";

/// Compares the groups of every account with the closed membership of the day.
pub(crate) fn tokens(platform: &Platform<'_>, realm: &Realm, directory: &Directory) -> Compared {
    let mut compared = Compared::default();
    let mut expected: BTreeMap<String, _> = people::expected(platform).into_iter().collect();
    let mut differ = Differ { realm, found: BTreeMap::new() };
    for account in directory.accounts().iter().filter(|account| account.sort == Sort::Listed) {
        match (expected.remove(&account.name), account.enabled) {
            (Some(groups), true) => {
                compared.pairs += account.groups.intersection(&groups).count() as u64;
                account.groups.difference(&groups).for_each(|group| differ.note(Kind::Wider, group, account));
                groups.difference(&account.groups).for_each(|group| differ.note(Kind::Narrower, group, account));
            }
            (Some(_), false) => differ.note(Kind::Narrower, "", account),
            (None, true) => differ.note(Kind::Wider, "", account),
            (None, false) => {}
        }
    }
    compared.differences.extend(differ.found.into_values());
    compared
}

/// Differences by kind and group; an empty path is the sign-in itself.
struct Differ<'d> {
    realm: &'d Realm,
    found: BTreeMap<(Kind, String), Difference>,
}

impl Differ<'_> {
    fn note(&mut self, kind: Kind, group: &str, account: &Account) {
        let key = (kind, group.to_owned());
        let row = self.found.entry(key).or_insert_with(|| {
            let pointer = self.realm.pointers.get(&account.name).map_or("", String::as_str);
            let part = if group.is_empty() { "enabled" } else { "groups" };
            Difference {
                target: TARGET,
                permission: None,
                kind,
                thing: group.to_owned(),
                entity: None,
                who: Vec::new(),
                count: 0,
                place: Place::new(&self.realm.path, format!("{pointer}/{part}")),
            }
        });
        row.count += 1;
        if row.who.len() < super::NAMED {
            row.who.push(account.name.clone());
        }
    }
}
