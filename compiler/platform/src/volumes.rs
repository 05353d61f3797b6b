//! Where storage lies, and where servers mount it, with a namespace for each group.
//!
//! A claim lives in one namespace, and only servers of that namespace mount it.

use std::collections::{BTreeMap, BTreeSet};

use nbc_model::world::EntityId;
use rustc_hash::FxHashMap;

use crate::decisions::{CohortAnswer, Decisions};
use crate::draft::Draft;
use crate::kinds::{Storage, StorageAt};
use crate::who_pays::Payers;

/// What is asked of every storage, looked up once.
#[derive(Clone, Debug)]
pub struct Volumes<'a, 'm> {
    draft: &'a Draft<'m>,
    decisions: &'a Decisions,
    /// Each running group and the running groups below it.
    below: BTreeMap<EntityId, Vec<EntityId>>,
    /// The groups that can pay for servers of a person.
    paying: FxHashMap<EntityId, BTreeSet<EntityId>>,
}

impl<'a, 'm> Volumes<'a, 'm> {
    pub fn of(draft: &'a Draft<'m>, decisions: &'a Decisions, payers: &Payers) -> Volumes<'a, 'm> {
        let mut paying: FxHashMap<EntityId, BTreeSet<EntityId>> = FxHashMap::default();
        for payer in payers.iter() {
            paying.entry(payer.user).or_default().insert(payer.group);
        }
        Volumes { draft, decisions, below: draft.descents(), paying }
    }

    /// The groups whose servers mount a storage: those that may read it whole, and those that can pay for single people
    /// who may.
    pub fn readers(&self, storage: &Storage<'_>) -> BTreeSet<EntityId> {
        let decision = self.decisions.of(self.draft.actions.storage_read, storage.id.entity);
        let Some(decision) = decision else { return BTreeSet::new() };
        let arriving = decision.cohorts.iter().filter(|cohort| cohort.answer == CohortAnswer::Yes);
        let whole = decision.groups.iter().map(|held| held.group).chain(arriving.map(|cohort| cohort.group));
        let below = whole.filter_map(|group| self.below.get(&group)).flatten();
        let beside = decision.beside_groups(self.draft.membership());
        let paying = beside.iter().filter_map(|user| self.paying.get(user)).flatten();
        below.chain(paying).copied().collect()
    }

    /// The namespaces whose servers mount a storage, sorted.
    pub fn mounted_in(&self, storage: &Storage<'_>) -> Vec<String> {
        let namespaces: BTreeSet<&str> =
            self.readers(storage).into_iter().filter_map(|group| self.namespace(group)).collect();
        namespaces.into_iter().map(str::to_owned).collect()
    }

    /// Where servers of a person run; nowhere, where nobody pays for any.
    pub fn servers_of(&self, user: EntityId) -> impl Iterator<Item = &'m str> + '_ {
        self.paying.get(&user).into_iter().flatten().filter_map(|group| self.namespace(*group))
    }

    fn namespace(&self, group: EntityId) -> Option<&'m str> {
        self.draft.declared.find::<crate::kinds::Group<'m>>(group).map(|group| group.namespace.value)
    }
}

/// Those of the namespaces in which the claim of the storage is: a new volume has one, what lies elsewhere has one
/// wherever it is mounted.
pub fn claimed_in(storage: &Storage<'_>, mounted: Vec<String>) -> Vec<String> {
    match &storage.at.value {
        StorageAt::Nfs(_) | StorageAt::Claim(_) => mounted,
        StorageAt::Bucket(_) => Vec::new(),
        StorageAt::New => match mounted.as_slice() {
            [] | [_] => mounted,
            // The owner's own place where there is one: the group of the same name, else the first in order.
            several => {
                let named = several.iter().find(|namespace| storage.handle.starts_with(namespace.as_str()));
                named.or(several.first()).cloned().into_iter().collect()
            }
        },
    }
}
