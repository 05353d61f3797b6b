//! Whom `nbc_hub.py` offers which profile, and where their servers run: `payers`, `offers`, `namespace`.
//!
//! When a profile opens and closes is left out: hours only take away.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::PROFILES;
use crate::directory::{Claims, Directory};
use crate::files::{entries, list, word, words};
use crate::grant::{Effective, Grant, PROFILE_LAUNCH, Place, Things};
use crate::set::Set;

/// By namespace, the people whose servers may run there.
pub(super) type Runs = BTreeMap<String, Set>;

/// What decides who pays.
struct Purses<'f> {
    /// The group of each claim, and the one above it.
    groups: BTreeMap<&'f str, (&'f str, Option<&'f str>)>,
    primary: FxHashMap<usize, &'f str>,
    namespaces: FxHashMap<usize, &'f str>,
    isolation: &'f str,
    hub_namespace: &'f str,
    charge: &'f str,
    /// By number, the deepest known groups of a person.
    own: BTreeMap<usize, Vec<&'f str>>,
}

pub(super) fn grant(facts: &Value, claims: &Claims, directory: &mut Directory, effective: &mut Effective) -> Runs {
    let mut purses = Purses::of(facts, directory);
    purses.read_own_groups(claims);
    let mut runs = Runs::new();
    for (at, profile) in list(facts, "profiles").iter().enumerate() {
        let slug = word(profile, "slug");
        let Some(access) = profile.get("access") else { continue };
        let pointer = format!("/profiles/{at}/access");
        let listed: Vec<(usize, Vec<&str>)> = entries(access, "users")
            .map(|(name, payers)| {
                let payers = payers.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                (directory.named(name), payers)
            })
            .collect();
        let all_listed: Set = listed.iter().map(|(number, _)| *number).collect();
        let mut who = Set::new();
        // Who is listed by name is not asked for groups, and is offered what somebody pays for.
        for (number, payers) in listed.iter().filter(|(number, _)| directory.is_enabled(*number)) {
            if !payers.is_empty() {
                who.insert(*number);
            }
            payers.iter().for_each(|payer| purses.run(*number, payer, &mut runs));
        }
        let place = Place::new(PROFILES, format!("{pointer}/users"));
        effective.add(PROFILE_LAUNCH, Grant { who, things: Things::Named(slug.to_owned()), place, by_nature: false });
        let granting: BTreeSet<&str> = words(access, "groups").collect();
        for (number, group) in words(access, "groups").enumerate() {
            let members = claims.of(group).cloned().unwrap_or_default().without(&all_listed);
            let mut who = Set::new();
            for person in members.iter() {
                let payers = purses.payers(person, &granting);
                if !payers.is_empty() {
                    who.insert(person);
                }
                payers.iter().for_each(|payer| purses.run(person, payer, &mut runs));
            }
            effective.grant(PROFILE_LAUNCH, slug, who, Place::new(PROFILES, format!("{pointer}/groups/{number}")));
        }
    }
    runs
}

impl<'f> Purses<'f> {
    fn of(facts: &'f Value, directory: &mut Directory) -> Purses<'f> {
        let group = |(claim, group): (&'f String, &'f Value)| {
            let parent = group.get("parent").and_then(Value::as_str);
            (claim.as_str(), (word(group, "namespace"), parent))
        };
        let mut purses = Purses {
            groups: entries(facts, "groups").map(group).collect(),
            primary: FxHashMap::default(),
            namespaces: FxHashMap::default(),
            isolation: word(facts, "isolation"),
            hub_namespace: word(facts, "hub_namespace"),
            charge: word(facts, "charge"),
            own: BTreeMap::new(),
        };
        for (name, user) in entries(facts, "users") {
            let number = directory.named(name);
            if let Some(group) = user.get("primary_group").and_then(Value::as_str) {
                purses.primary.insert(number, group);
            }
            if let Some(namespace) = user.get("namespace").and_then(Value::as_str) {
                purses.namespaces.insert(number, namespace);
            }
        }
        purses
    }

    /// A group and the groups above it, nearest first.
    fn above(&self, group: &'f str) -> Vec<&'f str> {
        let mut line: Vec<&'f str> = Vec::new();
        let mut next = Some(group);
        while let Some(group) = next.filter(|group| !line.contains(group)) {
            let Some((_, parent)) = self.groups.get(group) else { break };
            line.push(group);
            next = *parent;
        }
        line
    }

    /// `own_groups`: of a group and its sub-group, the sub-group.
    fn read_own_groups(&mut self, claims: &Claims) {
        let mut known: BTreeMap<usize, Vec<&'f str>> = BTreeMap::new();
        for claim in self.groups.keys() {
            for person in claims.of(claim).into_iter().flat_map(Set::iter) {
                known.entry(person).or_default().push(claim);
            }
        }
        let mut parents: BTreeMap<&str, Vec<&'f str>> = BTreeMap::new();
        for claim in self.groups.keys() {
            parents.insert(claim, self.above(claim).split_off(1));
        }
        for groups in known.values_mut() {
            let above: BTreeSet<&str> = groups.iter().flat_map(|group| parents.get(group)).flatten().copied().collect();
            groups.retain(|group| !above.contains(group));
        }
        self.own = known;
    }

    /// The groups that can pay for somebody who has one of the granting groups in the token.
    fn payers(&self, person: usize, granting: &BTreeSet<&str>) -> Vec<&'f str> {
        let primary: Vec<&'f str> = self.primary.get(&person).copied().into_iter().collect();
        if self.charge == "primary-group" {
            return primary;
        }
        let own = self.own.get(&person).map_or(&[][..], Vec::as_slice).iter().copied();
        let candidates: Vec<&'f str> =
            own.filter(|group| self.above(group).iter().any(|above| granting.contains(above))).collect();
        match candidates.len() {
            0 => primary,
            1 => candidates,
            _ if self.charge == "chosen-at-launch" || primary.is_empty() => candidates,
            _ => primary,
        }
    }

    /// Notes where a server of this person runs when this group pays.
    fn run(&self, person: usize, payer: &str, runs: &mut Runs) {
        let namespace = match self.isolation {
            "per-group" => self.groups.get(payer).map(|(namespace, _)| *namespace),
            "per-user" => self.namespaces.get(&person).copied(),
            _ => Some(self.hub_namespace),
        };
        if let Some(namespace) = namespace {
            match runs.get_mut(namespace) {
                Some(people) => people.insert(person),
                None => {
                    runs.insert(namespace.to_owned(), [person].into_iter().collect());
                }
            }
        }
    }
}
