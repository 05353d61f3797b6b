//! What tests of this room and of later ones use: a judge without policies, and drafts from a text.

use std::collections::BTreeMap;
use std::sync::Arc;

use nbc_model::world::EntityId;

use crate::decisions::{ActionDecisions, Allowed, CedarTexts, Decision, Decisions, HeldBy, Judge, Judgement, Reason};
use crate::draft::{Draft, Targets};
use crate::kinds::GroupOrUser;

/// Whoever is granted a profile may launch it, and whoever a storage lists may read it; nothing else is decided.
#[derive(Clone, Copy, Debug)]
pub struct Granted;

impl Judge for Granted {
    fn decide(&self, draft: &Draft<'_>) -> Judgement {
        let mut decisions = Decisions::default();
        let Some(action) = draft.actions.profile_launch else { return Judgement::default() };
        let mut launches = ActionDecisions::new(action);
        for profile in &draft.declared.profiles {
            let mut users: BTreeMap<EntityId, Allowed> = BTreeMap::new();
            for group in &draft.declared.groups {
                let Some(item) = draft.current(&group.profiles.value).find(|item| item.value == profile.id) else {
                    continue;
                };
                let reason = decisions.reasons.push(Reason::Grant { origin: item.origin, to: group.id.entity });
                let members = draft.membership().of(group.id.entity).iter().map(|member| member.user);
                let all = draft.declared.users.iter().map(|user| user.id.entity);
                let all = all.filter(|_| group.handle == "everyone");
                users.extend(members.chain(all).map(|user| (user, Allowed { user, reason })));
            }
            for user in &draft.declared.users {
                let Some(item) = user.profiles.value.iter().find(|item| item.value == profile.id) else { continue };
                let reason = decisions.reasons.push(Reason::Grant { origin: item.origin, to: user.id.entity });
                users.entry(user.id.entity).or_insert(Allowed { user: user.id.entity, reason });
            }
            let users = users.into_values().collect();
            launches.push(Decision {
                action,
                resource: profile.id.entity,
                users,
                groups: Vec::new(),
                cohorts: Vec::new(),
            });
        }
        launches.settle();
        decisions.add(Arc::new(launches));
        if let Some(reads) = reads(draft, &mut decisions) {
            decisions.add(Arc::new(reads));
        }
        Judgement { decisions, findings: Vec::new(), cedar: CedarTexts::default() }
    }
}

/// Who may read which storage, by the lists of its declaration.
fn reads(draft: &Draft<'_>, decisions: &mut Decisions) -> Option<ActionDecisions> {
    let action = draft.actions.storage_read?;
    let mut reads = ActionDecisions::new(action);
    for storage in &draft.declared.storages {
        let mut decision = Decision {
            action,
            resource: storage.id.entity,
            users: Vec::new(),
            groups: Vec::new(),
            cohorts: Vec::new(),
        };
        for item in storage.read.value.iter().chain(&storage.write.value) {
            let to = match item.value {
                GroupOrUser::Group(group) => group.entity,
                GroupOrUser::User(user) => user.entity,
            };
            let reason = decisions.reasons.push(Reason::Grant { origin: item.origin, to });
            match item.value {
                GroupOrUser::Group(_) => {
                    decision.groups.push(HeldBy { group: to, reason });
                    let members = draft.membership().of(to).iter();
                    decision.users.extend(members.map(|member| Allowed { user: member.user, reason }));
                }
                GroupOrUser::User(_) => decision.users.push(Allowed { user: to, reason }),
            }
        }
        reads.push(decision);
    }
    reads.settle();
    Some(reads)
}

/// Targets by their names, each at some version.
pub fn targets(names: &str) -> Targets {
    Targets { versions: names.split_whitespace().map(|name| (name.to_owned(), "1".to_owned())).collect() }
}
