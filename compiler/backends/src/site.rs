//! What every backend needs to know of a platform and asks in the same words: paths and members of groups, who may do
//! what, where GPUs and secrets come from.
//!
//! It decides nothing. Access is read from the decisions; the rest is looked up once and shared.

use std::collections::{BTreeMap, BTreeSet};

use nbc_model::Model;
use nbc_model::kinds::ActionId;
use nbc_model::value::OriginId;
use nbc_model::world::EntityId;
use nbc_platform::Platform;
use nbc_platform::decisions::{Cohort, CohortAnswer, Reason};
use nbc_platform::draft::Draft;
use nbc_platform::kinds::{
    Group, GroupClaim, GroupOrUser, Isolation, NodePool, PlatformKind, Priority, Profile, Role, RoleExtent, Secret,
    SecretPlace, User,
};
use nbc_platform::machines::{self, Machine};
use nbc_platform::values::{Id, Item, Sourced};
use nbc_platform::volumes::Volumes;

/// Who may do one thing: groups that hold it whole, and the people beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Holders {
    /// Sorted; with the declarations that say so.
    pub(crate) groups: Vec<(EntityId, Vec<OriginId>)>,
    /// People who are in none of those groups, sorted.
    pub(crate) users: Vec<(EntityId, Vec<OriginId>)>,
}

impl Holders {
    pub(crate) fn origins(&self) -> Vec<OriginId> {
        self.groups.iter().chain(&self.users).flat_map(|(_, from)| from.iter().copied()).collect()
    }
}

/// Somebody whom a role, or a role of a service, is given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    Group(EntityId),
    User(EntityId),
}

/// A role where it counts: `of` whose things, or everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GivenRole {
    pub(crate) role: EntityId,
    pub(crate) to: Subject,
    /// `None` is everything, or one's own.
    pub(crate) of: Option<EntityId>,
    pub(crate) origin: OriginId,
}

pub(crate) struct Site<'a, 'm> {
    pub(crate) platform: &'a Platform<'m>,
    /// Groups of each person, those above included, and the elements of lists that say so.
    groups_of: BTreeMap<EntityId, Vec<(EntityId, OriginId)>>,
    /// For each running group the running groups at or below it, sorted.
    descents: BTreeMap<EntityId, Vec<EntityId>>,
    /// `/lab/ml-research`, of every group.
    paths: BTreeMap<EntityId, String>,
    /// Which groups mount which storage.
    pub(crate) volumes: Volumes<'a, 'm>,
}

impl<'a, 'm> Site<'a, 'm> {
    pub(crate) fn new(platform: &'a Platform<'m>) -> Site<'a, 'm> {
        let mut groups_of: BTreeMap<EntityId, Vec<(EntityId, OriginId)>> = BTreeMap::new();
        for row in platform.membership().groups() {
            for member in &row.members {
                groups_of.entry(member.user).or_default().push((row.group, member.origin));
            }
        }
        let mut paths = BTreeMap::new();
        let draft = platform.draft();
        for group in &platform.declared().groups {
            let line = draft.ancestry(group.id);
            let path = line.iter().rev().fold(String::new(), |path, group| format!("{path}/{}", group.handle));
            paths.insert(group.id.entity, path);
        }
        let volumes = Volumes::of(draft, platform.decisions(), platform.payers());
        Site { platform, groups_of, descents: draft.descents(), paths, volumes }
    }

    pub(crate) fn model(&self) -> &'m Model {
        self.platform.model()
    }

    pub(crate) fn draft(&self) -> &'a Draft<'m> {
        self.platform.draft()
    }

    pub(crate) fn settings(&self) -> Option<&'a PlatformKind<'m>> {
        self.draft().platform()
    }

    pub(crate) fn handle(&self, entity: EntityId) -> &'m str {
        self.model().handle(entity)
    }

    pub(crate) fn group(&self, entity: EntityId) -> Option<&'a Group<'m>> {
        self.platform.declared().find(entity)
    }

    pub(crate) fn user(&self, entity: EntityId) -> Option<&'a User<'m>> {
        self.platform.declared().find(entity)
    }

    /// Groups that have not ended, sorted.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &'a Group<'m>> {
        let draft = self.draft();
        self.platform.declared().groups.iter().filter(move |group| draft.is_running(group.id))
    }

    /// The declaration itself, where the constants of what is written about it come from.
    pub(crate) fn declared(&self, entity: EntityId) -> OriginId {
        self.model().declared_at(entity)
    }

    /// Groups of a person, those above included, sorted; with the elements of lists that say so.
    pub(crate) fn groups_of(&self, user: EntityId) -> &[(EntityId, OriginId)] {
        self.groups_of.get(&user).map_or(&[], Vec::as_slice)
    }

    /// What whoever signs in joins, and who says so: the platform's default groups, `everyone`, and the groups above them. Sorted.
    pub(crate) fn joined_by_everybody(&self) -> Vec<(EntityId, OriginId)> {
        let defaults = self.settings().map(|settings| self.draft().current(&settings.default_groups.value));
        let defaults = defaults.into_iter().flatten().map(|item| (item.value, item.origin));
        let everyone =
            self.groups().filter(|group| group.handle == "everyone").map(|group| (group.id, group.members.origin));
        let joined = defaults.chain(everyone).filter(|(group, _)| self.draft().is_running(*group));
        let above = |(group, from)| self.at_or_above(group).into_iter().map(move |above| (above, from));
        let mut all: Vec<(EntityId, OriginId)> = joined.flat_map(above).collect();
        all.sort_unstable();
        all.dedup_by_key(|(group, _)| *group);
        all
    }

    /// A group and the groups above it: no reader of tokens knows the tree, so whoever joins one joins all.
    pub(crate) fn at_or_above(&self, group: Id<Group<'m>>) -> Vec<EntityId> {
        self.draft().ancestry(group).iter().map(|above| above.id.entity).collect()
    }

    /// `/lab/ml-research`
    pub(crate) fn group_path(&self, group: EntityId) -> String {
        self.paths.get(&group).cloned().unwrap_or_default()
    }

    /// The group as tokens name it.
    pub(crate) fn group_claim(&self, group: EntityId) -> String {
        match self.settings().map_or(GroupClaim::Path, |settings| settings.group_claim.value) {
            GroupClaim::Path => self.group_path(group),
            GroupClaim::Name => self.handle(group).to_owned(),
        }
    }

    /// The group itself and all below it, sorted.
    pub(crate) fn descent(&self, group: EntityId) -> &[EntityId] {
        self.descents.get(&group).map_or(&[], Vec::as_slice)
    }

    /// Who may do it, as decided.
    pub(crate) fn holders(&self, action: Option<ActionId>, resource: EntityId) -> Holders {
        let decisions = self.platform.decisions();
        let Some(decision) = decisions.of(action, resource) else { return Holders::default() };
        let groups = decision.groups.iter().map(|held| (held.group, self.because(decisions.reasons[held.reason])));
        let cohorts = decision.cohorts.iter().filter(|cohort| cohort.answer == CohortAnswer::Yes);
        let cohorts = cohorts.map(|cohort: &Cohort| (cohort.group, Vec::new()));
        let mut groups: Vec<(EntityId, Vec<OriginId>)> = groups.chain(cohorts).collect();
        groups.sort_by_key(|(group, _)| *group);
        groups.dedup_by_key(|(group, _)| *group);
        let users = decision.beside_groups(self.platform.membership());
        let reason = |user: EntityId| decisions.why(user, action, resource).map(|reason| self.because(reason));
        let users = users.into_iter().map(|user| (user, reason(user).unwrap_or_default())).collect();
        Holders { groups, users }
    }

    /// The declaration behind a reason.
    fn because(&self, reason: Reason) -> Vec<OriginId> {
        match reason {
            Reason::Grant { origin, to: _ }
            | Reason::Role { origin, role: _, given_in: _ }
            | Reason::Owner { origin } => {
                vec![origin]
            }
            Reason::Policy(_) => Vec::new(),
        }
    }

    /// Every role that counts on the judged day, once for each place where it counts. A role `over: group` given in a
    /// group counts for its members over its things, and for members of each sub-group over that one's things; what is
    /// delegated counts for the named over the group and all its sub-groups.
    pub(crate) fn given_roles(&self) -> Vec<GivenRole> {
        let mut given = Vec::new();
        for group in self.groups() {
            for item in self.draft().current(&group.roles.value) {
                let row =
                    |to, of| GivenRole { role: item.value.entity, to: Subject::Group(to), of, origin: item.origin };
                match self.extent(item.value) {
                    RoleExtent::Own | RoleExtent::Everything => given.push(row(group.id.entity, None)),
                    RoleExtent::Group => {
                        let descent = self.descent(group.id.entity);
                        given.extend(descent.iter().map(|below| row(*below, Some(*below))));
                    }
                }
            }
            for entry in &group.delegates.value {
                for item in self.draft().current(&entry.value) {
                    let row = |below| GivenRole {
                        role: entry.key.entity,
                        to: subject(item),
                        of: Some(below),
                        origin: item.origin,
                    };
                    given.extend(self.descent(group.id.entity).iter().copied().map(row));
                }
            }
        }
        for user in self.active_users() {
            let roles = self.draft().current(&user.roles.value);
            given.extend(roles.map(|item| GivenRole {
                role: item.value.entity,
                to: Subject::User(user.id.entity),
                of: None,
                origin: item.origin,
            }));
        }
        given
    }

    pub(crate) fn role(&self, entity: EntityId) -> Option<&'a Role<'m>> {
        self.platform.declared().find(entity)
    }

    fn extent(&self, role: Id<Role<'m>>) -> RoleExtent {
        self.platform.declared().get(role).map_or(RoleExtent::Own, |role| role.over.value)
    }

    /// People who may sign in on the judged day, sorted.
    pub(crate) fn active_users(&self) -> impl Iterator<Item = &'a User<'m>> {
        let draft = self.draft();
        self.platform.declared().users.iter().filter(move |user| draft.is_active(user))
    }

    /// What Kubernetes calls a GPU of the platform: the resource of the pool that has it. `any` is that of the first
    /// pool with GPUs, by what it says or by its machines, else NVIDIA's, which most clusters have.
    pub(crate) fn gpu_resource(&self, gpu: &str) -> Option<&'m str> {
        let pools = || self.platform.declared().node_pools.iter();
        let named = pools().find(|pool| machines::gpus(pool).iter().any(|(model, _)| *model == gpu));
        if named.is_some() || gpu != "any" {
            return named.map(|pool| pool.gpu_resource.value);
        }
        let has_gpus = |pool: &&NodePool<'m>| match machines::machine(pool) {
            Machine::Known(shape) => shape.gpus > 0,
            Machine::Unknown => !pool.gpu.value.is_empty(),
        };
        Some(pools().find(has_gpus).map_or("nvidia.com/gpu", |pool| pool.gpu_resource.value))
    }

    /// GPUs by what Kubernetes calls them, summed over models that share a resource.
    pub(crate) fn gpu_amounts(&self, gpus: &[(&str, i64)]) -> BTreeMap<&'m str, i64> {
        let mut amounts: BTreeMap<&'m str, i64> = BTreeMap::new();
        for (gpu, count) in gpus {
            if let Some(resource) = self.gpu_resource(gpu) {
                let amount = amounts.entry(resource).or_default();
                *amount = amount.saturating_add(*count);
            }
        }
        amounts
    }

    /// The machines that a profile must run on: those it names, or the one pool that has its GPU.
    pub(crate) fn pool_of(&self, profile: &Profile<'m>) -> Option<&'a NodePool<'m>> {
        if let Some(pool) = profile.node_pool {
            return self.platform.declared().get(pool.value);
        }
        let wanted: Vec<&str> = profile.gpu.value.iter().map(|entry| entry.key).filter(|gpu| *gpu != "any").collect();
        let has = |pool: &&NodePool<'m>| {
            !wanted.is_empty() && wanted.iter().all(|gpu| machines::gpus(pool).iter().any(|(model, _)| model == gpu))
        };
        let mut pools = self.platform.declared().node_pools.iter().filter(has);
        match (pools.next(), pools.next()) {
            (Some(pool), None) => Some(pool),
            _ => None,
        }
    }

    /// Whether groups have namespaces of their own for servers.
    pub(crate) fn isolation(&self) -> Isolation {
        self.settings().map_or(Isolation::PerGroup, |settings| settings.isolation.value)
    }

    pub(crate) fn hub_namespace(&self) -> &'m str {
        self.settings().map_or("jupyterhub", |settings| settings.hub_namespace.value)
    }

    /// The name under which the environment of a target's own program holds a secret; its value is never known here.
    pub(crate) fn secret_variable(&self, secret: Id<Secret<'m>>) -> String {
        match self.platform.declared().get(secret).map(|secret| (&secret.from.value, secret.handle)) {
            Some((SecretPlace::Env(place), _)) => place.name.value.to_owned(),
            Some((_, handle)) => secret_variable(handle),
            None => String::new(),
        }
    }

    /// Whom somebody refused may ask: the group's contact, its owners' addresses, the platform's contact.
    pub(crate) fn contact(&self, group: Option<&Group<'m>>) -> Option<String> {
        let own = group.and_then(|group| group.contact).map(|contact| contact.value.to_owned());
        let owners = || {
            let owners = group?.owners.value.iter();
            let mails: BTreeSet<&str> = owners
                .filter_map(|owner| self.platform.declared().get(owner.value)?.email.map(|mail| mail.value))
                .collect();
            (!mails.is_empty()).then(|| mails.into_iter().collect::<Vec<_>>().join(", "))
        };
        let site = || self.settings()?.contact.map(|contact| contact.value.to_owned());
        own.or_else(owners).or_else(site)
    }
}

/// Where [`Site::contact`] has its answer from.
pub(crate) fn contact_from(site: &Site<'_, '_>, group: Option<&Group<'_>>) -> Vec<OriginId> {
    let own = group.and_then(|group| group.contact).map(|contact| vec![contact.origin]);
    let owners = || {
        let owners = group?.owners.value.iter();
        let mails = owners.filter_map(|owner| Some([owner.origin, site.user(owner.value.entity)?.email?.origin]));
        Some(mails.flatten().collect::<Vec<_>>()).filter(|mails| !mails.is_empty())
    };
    let platform = || Some(vec![site.settings()?.contact?.origin]);
    own.or_else(owners).or_else(platform).unwrap_or_default()
}

/// `NBC_SECRET_HUB_OAUTH`: not `KC_…`, which Keycloak would take for an option of its own.
pub(crate) fn secret_variable(handle: &str) -> String {
    let upper = handle.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
    format!("NBC_SECRET_{}", upper.collect::<String>())
}

/// The class that Kubernetes knows a priority by; normal needs none.
pub(crate) fn priority_class(priority: Priority) -> Option<&'static str> {
    match priority {
        Priority::Low => Some("nbc-low"),
        Priority::Normal => None,
        Priority::High => Some("nbc-high"),
    }
}

pub(crate) fn subject(item: &Item<GroupOrUser<'_>>) -> Subject {
    match item.value {
        GroupOrUser::Group(group) => Subject::Group(group.entity),
        GroupOrUser::User(user) => Subject::User(user.entity),
    }
}

/// The origin of an optional field.
pub(crate) fn origin<T>(field: &Option<Sourced<T>>) -> Option<OriginId> {
    field.as_ref().map(|field| field.origin)
}
