//! What was decided, in the names that targets use: the other side of the comparison.
//!
//! It reads the platform, as no model does. Names are worked out anew and not asked of the backends.

use std::collections::BTreeMap;

use nbc_model::kinds::ActionId;
use nbc_model::world::EntityId;
use nbc_platform::Platform;
use nbc_platform::decisions::{CohortAnswer, Decision};
use nbc_platform::draft::Draft;
use nbc_platform::kinds::{Environment, GroupOrSharedNamespaceOrUser, SharedNamespace, StorageAt};
use rustc_hash::FxHashMap;

use crate::directory::{Directory, Sort};
use crate::grant::{
    ENVIRONMENT_DELETE, ENVIRONMENT_EDIT, ENVIRONMENT_VIEW, GROUP_SEE_USAGE, PLATFORM_ADMINISTER, PROFILE_LAUNCH,
    Permission, SERVICE_ADMINISTER, SERVICE_OPEN, STORAGE_READ, STORAGE_WRITE, USER_OPEN_SERVER, USER_SEE_USAGE,
    USER_STOP_SERVER,
};
use crate::people;
use crate::set::Set;

/// Who may do something with one thing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) allowed: Set,
    /// Newcomers of whom only the identity provider knows enough.
    pub(crate) depends: Set,
}

/// The decisions of a platform about people who have numbers.
pub(crate) struct Decided<'p, 'm> {
    pub(crate) platform: &'p Platform<'m>,
    /// By entity, the number of a person or of a service's account.
    pub(crate) numbers: FxHashMap<EntityId, usize>,
    /// For each group, whoever joins it or one below it later.
    newcomers: FxHashMap<EntityId, Set>,
    /// People whom files list and who act today.
    pub(crate) listed: Set,
    /// Newcomers who are bound to come: through an identity provider, or by their first sign-in.
    pub(crate) arriving: Set,
}

impl<'p, 'm> Decided<'p, 'm> {
    /// Gives everybody of the platform a number; whom no file of identities names cannot sign in.
    pub(crate) fn of(platform: &'p Platform<'m>, directory: &mut Directory) -> Decided<'p, 'm> {
        let draft = platform.draft();
        let mut decided = Decided {
            platform,
            numbers: FxHashMap::default(),
            newcomers: FxHashMap::default(),
            listed: Set::new(),
            arriving: Set::new(),
        };
        for user in &draft.declared.users {
            let number = people::number(directory, user.username.value);
            decided.numbers.insert(user.id.entity, number);
            if draft.is_active(user) {
                decided.listed.insert(number);
            }
        }
        for service in &draft.declared.services {
            let name = people::account_of(service.client_id.value);
            if let Some(number) = directory.find(&name) {
                decided.numbers.insert(service.id.entity, number);
            }
        }
        decided.read_newcomers(directory);
        decided
    }

    /// The same decisions, about these people alone.
    pub(crate) fn only(&self, people: &Set) -> Decided<'p, 'm> {
        Decided {
            platform: self.platform,
            numbers: self.numbers.clone(),
            newcomers: self.newcomers.clone(),
            listed: self.listed.and(people),
            arriving: self.arriving.and(people),
        }
    }

    fn read_newcomers(&mut self, directory: &Directory) {
        let draft = self.platform.draft();
        let by_path: BTreeMap<String, &nbc_platform::kinds::Group<'m>> =
            draft.declared.groups.iter().map(|group| (people::path(draft, group.id), group)).collect();
        let joined = people::joined_by_everybody(draft);
        for (number, account) in directory.accounts().iter().enumerate() {
            let own = match &account.sort {
                Sort::Joins(path) => by_path.get(path).copied(),
                Sort::First => None,
                Sort::Listed | Sort::Service | Sort::Unknown => continue,
            };
            if account.sort == Sort::First || own.is_some_and(|group| group.members_from.is_some()) {
                self.arriving.insert(number);
            }
            for group in own.iter().map(|group| group.id).chain(joined.iter().copied()) {
                for above in draft.ancestry(group) {
                    self.newcomers.entry(above.id.entity).or_default().insert(number);
                }
            }
        }
    }

    /// The action of a permission, where the kinds have it.
    pub(crate) fn action(&self, permission: Permission) -> Option<ActionId> {
        let actions = &self.platform.draft().actions;
        match permission {
            PROFILE_LAUNCH => actions.profile_launch,
            ENVIRONMENT_VIEW => actions.environment_view,
            ENVIRONMENT_EDIT => actions.environment_edit,
            ENVIRONMENT_DELETE => actions.environment_delete,
            GROUP_SEE_USAGE => actions.group_see_usage,
            PLATFORM_ADMINISTER => actions.platform_administer,
            SERVICE_OPEN => actions.service_open,
            SERVICE_ADMINISTER => actions.service_administer,
            STORAGE_READ => actions.storage_read,
            STORAGE_WRITE => actions.storage_write,
            USER_OPEN_SERVER => actions.user_open_server,
            USER_STOP_SERVER => actions.user_stop_server,
            USER_SEE_USAGE => actions.user_see_usage,
            _ => None,
        }
    }

    /// Who may do it with any of these things, which a target does not tell apart.
    pub(crate) fn answer(&self, permission: Permission, things: &[EntityId]) -> Answer {
        let mut answer = Answer::default();
        for thing in things {
            if let Some(decision) = self.platform.decisions().of(self.action(permission), *thing) {
                self.read(decision, &mut answer);
            }
        }
        answer
    }

    fn read(&self, decision: &Decision, answer: &mut Answer) {
        let people = decision.users.iter().filter_map(|allowed| self.numbers.get(&allowed.user));
        people.for_each(|number| answer.allowed.insert(*number));
        for held in &decision.groups {
            self.newcomers.get(&held.group).into_iter().for_each(|newcomers| answer.allowed.join(newcomers));
        }
        for cohort in &decision.cohorts {
            let Some(newcomers) = self.newcomers.get(&cohort.group) else { continue };
            match &cohort.answer {
                CohortAnswer::Yes => answer.allowed.join(newcomers),
                CohortAnswer::No => answer.allowed = answer.allowed.without(newcomers),
                CohortAnswer::DependsOn(_) => answer.depends.join(newcomers),
            }
        }
    }

    /// Over which people each may do it, by number.
    pub(crate) fn over_people(&self, permission: Permission) -> FxHashMap<usize, Set> {
        let mut rows: FxHashMap<usize, Set> = FxHashMap::default();
        let mut by_group: BTreeMap<EntityId, Set> = BTreeMap::new();
        for decision in self.platform.decisions().of_action(self.action(permission)) {
            let Some(thing) = self.numbers.get(&decision.resource) else { continue };
            for person in decision.users.iter().filter_map(|allowed| self.numbers.get(&allowed.user)) {
                rows.entry(*person).or_default().insert(*thing);
            }
            for held in &decision.groups {
                by_group.entry(held.group).or_default().insert(*thing);
            }
        }
        for (group, things) in by_group {
            for newcomer in self.newcomers.get(&group).into_iter().flat_map(Set::iter) {
                rows.entry(newcomer).or_default().join(&things);
            }
        }
        rows
    }

    /// The things of a kind by their names in a target.
    pub(crate) fn things(&self, target: &str, kind: &str) -> BTreeMap<String, Vec<EntityId>> {
        let draft = self.platform.draft();
        let declared = &draft.declared;
        let mut things: BTreeMap<String, Vec<EntityId>> = BTreeMap::new();
        let mut add = |name: &str, entity: EntityId| things.entry(name.to_owned()).or_default().push(entity);
        match kind {
            "profile" => declared.profiles.iter().for_each(|row| add(row.slug.value, row.id.entity)),
            "group" => declared.groups.iter().for_each(|row| add(row.namespace.value, row.id.entity)),
            "platform" => declared.platforms.iter().for_each(|row| add(crate::keycloak::REALM, row.id.entity)),
            "service" => declared.services.iter().for_each(|row| add(row.client_id.value, row.id.entity)),
            "storage" => declared.storages.iter().for_each(|row| match &row.at.value {
                StorageAt::Claim(claim) if target == "kubernetes" => add(claim.name.value, row.id.entity),
                _ => add(row.handle, row.id.entity),
            }),
            "environment" => environments(draft).into_iter().for_each(|(namespace, environment)| {
                add(&format!("{namespace}/{}", environment.handle), environment.id.entity);
            }),
            _ => {}
        }
        things
    }
}

/// Environments that have not ended, with their namespaces in conda-store.
pub(crate) fn environments<'d, 'm>(draft: &'d Draft<'m>) -> Vec<(&'m str, &'d Environment<'m>)> {
    let today = draft.today();
    let running = draft.declared.environments.iter().filter(|row| row.until.is_none_or(|until| until.value >= today));
    running.map(|environment| (namespace(draft, environment), environment)).collect()
}

fn namespace<'m>(draft: &Draft<'m>, environment: &Environment<'m>) -> &'m str {
    let git = || draft.platform().map(|platform| platform.environments.value.git_namespace.value);
    match environment.namespace.value {
        GroupOrSharedNamespaceOrUser::Group(group) => draft.declared.get(group).map(|group| group.namespace.value),
        GroupOrSharedNamespaceOrUser::User(user) => draft.declared.get(user).map(|user| user.username.value),
        GroupOrSharedNamespaceOrUser::SharedNamespace(SharedNamespace::Global) => Some("global"),
        GroupOrSharedNamespaceOrUser::SharedNamespace(SharedNamespace::Site) => git().or(Some("nebari-git")),
    }
    .unwrap_or("global")
}
