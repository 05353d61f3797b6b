//! Platforms that are about who may do what: nested groups with roles, delegates and dates, services, environments of
//! every namespace, storage, policies that refuse some, and every form of isolation, charge and claim.

use super::random::Random;
use super::{File, Workspace};

const PEOPLE: &[&str] = &["ana", "bob", "chen", "dana", "eli", "fatima", "gus", "hana"];
const GROUPS: &[&str] = &["lab", "ml", "climate", "ocean", "teaching", "ops"];
const AFFILIATIONS: &[&str] = &["staff", "student", "guest"];
/// What a role may allow, each with what it must not be without.
const PERMISSIONS: &[&str] = &[
    "view",
    "edit",
    "delete",
    "open-server",
    "stop-server",
    "user.see-usage",
    "group.see-usage",
    "manage",
    "service.administer",
    "storage.read",
    "storage.write",
];
/// What a role may be in a namespace of the cluster. All of them list quotas; all but the first start pods.
const CLUSTER_ROLES: &[&str] = &["view", "edit", "edit", "admin"];
/// What is asked of a role that is one of them.
const LISTS_QUOTAS: &str = "group.see-usage";

/// A platform for a seed. Checks refuse about half of them; who asks for one that is valid takes the next seed.
pub fn platform(seed: u64) -> Workspace {
    made(seed, "site", "")
}

/// The same platform under a name of its own, which its realm has and which stands before the groups of its cluster: so
/// several fit into one Keycloak and one cluster.
pub fn named(seed: u64, name: &str) -> Workspace {
    made(seed, name, &format!("{name}-"))
}

fn made(seed: u64, name: &str, mark: &str) -> Workspace {
    let random = Random::new(seed);
    let mut maker = Maker { random, parts: Vec::new(), people: Vec::new(), groups: Vec::new() };
    maker.people();
    maker.roles();
    maker.groups();
    maker.platform(name, mark);
    maker.things();
    let mut files = vec![File::new("main.nbc", maker.parts)];
    if maker.random.chance(60) {
        files.push(File::new("site.cedar", vec![POLICIES.to_owned()]));
    }
    Workspace { files }
}

const POLICIES: &str = r#"@id("no-guest-gpu")
@sentence("guests start no GPU server")
forbid (principal is User, action == Action::"launch", resource)
when { principal.affiliation == Affiliation::"guest" && resource has has_gpu && resource.has_gpu };

@id("students-change-nothing")
@sentence("students change no environment")
forbid (principal is User, action in [Action::"environment.edit", Action::"environment.delete"], resource)
when { principal.affiliation == Affiliation::"student" };
"#;

struct Maker {
    random: Random,
    parts: Vec<String>,
    people: Vec<&'static str>,
    groups: Vec<&'static str>,
}

impl Maker {
    fn people(&mut self) {
        let count = 3 + self.random.below(PEOPLE.len() - 2);
        self.people = PEOPLE.iter().copied().take(count).collect();
        for name in self.people.clone() {
            let affiliation = self.random.one_of(AFFILIATIONS);
            let enabled = if self.random.chance(10) { ", enabled: false" } else { "" };
            let until = if self.random.chance(10) { ", until: 2026-11-19" } else { "" };
            self.parts.push(format!(
                "user {name} {{ email: \"{name}@site.example\", affiliation: {affiliation}{enabled}{until} }}\n"
            ));
        }
    }

    fn roles(&mut self) {
        for (name, over) in [("helper", "group"), ("keeper", "group"), ("warden", "everything")] {
            let mut can = self.random.some_of(PERMISSIONS, 6);
            let cluster = self.random.chance(70).then(|| self.random.one_of(CLUSTER_ROLES));
            let lists_quotas = can.iter().any(|permission| [LISTS_QUOTAS, "manage"].contains(permission));
            match cluster {
                Some(_) if !lists_quotas => can.push(LISTS_QUOTAS),
                None if can.is_empty() => can.push("view"),
                _ => {}
            }
            let conda = match self.random.below(4) {
                0 => ", conda-store: viewer",
                1 => ", conda-store: developer",
                2 => ", conda-store: admin",
                _ => "",
            };
            let cluster = cluster.map(|name| format!(", kubernetes: \"{name}\"")).unwrap_or_default();
            self.parts.push(format!("role {name} {{ can: [{}], over: {over}{conda}{cluster} }}\n", can.join(", ")));
        }
    }

    fn groups(&mut self) {
        let count = 2 + self.random.below(GROUPS.len() - 1);
        for name in GROUPS.iter().copied().take(count) {
            let owner = self.random.one_of(&self.people);
            let mut fields = vec![format!("owners: [{owner}]")];
            if !self.groups.is_empty() && self.random.chance(60) {
                fields.push(format!("parent: {}", self.random.one_of(&self.groups)));
            }
            let members: Vec<String> =
                self.random.some_of(&self.people.clone(), 4).into_iter().map(|name| self.dated(name)).collect();
            fields.push(format!("members: [{}]", members.join(", ")));
            for (field, choices, most) in
                [("roles", &["helper", "keeper", "warden"][..], 2), ("profiles", &["small", "large"][..], 2)]
            {
                if self.random.chance(50) {
                    let chosen: Vec<String> =
                        self.random.some_of(choices, most).into_iter().map(|name| self.dated(name)).collect();
                    fields.push(format!("{field}: [{}]", chosen.join(", ")));
                }
            }
            match self.random.below(6) {
                0 | 1 => fields.push(format!("delegates {{ helper: [{}] }}", self.who())),
                // Who owns a group holds nothing of this by that alone.
                2 => fields.push(format!("delegates {{ keeper: [user.{owner}] }}")),
                _ => {}
            }
            if self.random.chance(60) {
                fields.push("quota { cpu: 64, memory: 512Gi }".to_owned());
            }
            if self.random.chance(10) {
                fields.push("until: 2026-11-19".to_owned());
            }
            self.groups.push(name);
            self.parts.push(format!("group {name} {{\n  {}\n}}\n", fields.join("\n  ")));
        }
        if self.random.chance(20) {
            self.groups.push("everyone");
            self.parts.push("group everyone { shared-folder: none }\n".to_owned());
        }
    }

    fn platform(&mut self, name: &str, mark: &str) {
        let isolation = self.random.one_of(&["per-group", "per-group", "shared", "per-user"]);
        let claim = self.random.one_of(&["path", "path", "name"]);
        let defaults = if self.random.chance(25) {
            format!("\n  default-groups: [{}]", self.random.one_of(&self.groups))
        } else {
            String::new()
        };
        let prefix = self.random.one_of(&["oidc:", "oidc:", "corp-"]);
        self.parts.push(format!(
            "platform {name} {{\n  domain: \"site.example\"\n  contact: \"help@site.example\"\n  isolation: {isolation}\n  charge: chosen-at-launch\n  group-claim: {claim}\n  oidc-group-prefix: \"{mark}{prefix}\"{defaults}\n}}\n"
        ));
        self.parts.push(
            "profile small { default: true, cpu: 1, memory: 2Gi }\nprofile large { cpu: 4, memory: 16Gi, gpu { a100: 1 } }\nnode-pool gpu { cpu: 64, memory: 512Gi, gpu { a100: 8 }, max-nodes: 9 }\n"
                .to_owned(),
        );
    }

    fn things(&mut self) {
        for at in 0..1 + self.random.below(4) {
            let namespace = match self.random.below(5) {
                0 => self.random.one_of(&self.people),
                1 => "global",
                2 => "site",
                _ => self
                    .random
                    .one_of(&self.groups.iter().copied().filter(|name| *name != "everyone").collect::<Vec<_>>()),
            };
            let shared = if self.random.chance(30) {
                format!(", shared-with: [{}]", self.random.one_of(&self.groups))
            } else {
                String::new()
            };
            self.parts.push(format!(
                "environment env-{at} {{ namespace: {namespace}{shared}, channels: [conda-forge], packages {{ python: \"3.{}.*\" }} }}\n",
                10 + at
            ));
        }
        for at in 0..self.random.below(3) {
            let (read, write) = (self.who(), self.who());
            self.parts.push(format!("storage data-{at} {{ size: 4Gi, read: [{read}], write: [{write}] }}\n"));
        }
        let (open, admins) = (self.who(), self.who());
        let admins = if self.random.chance(40) { format!(", admins: [{admins}]") } else { String::new() };
        self.parts.push(format!("service jupyterhub extends std/jupyterhub {{ access: [{open}]{admins} }}\n"));
        let open = self.who();
        self.parts.push(format!("service conda-store extends std/conda-store {{ access: [{open}] }}\n"));
    }

    /// Groups and people of a list.
    fn who(&mut self) -> String {
        let mut chosen: Vec<String> =
            self.random.some_of(&self.groups.clone(), 2).into_iter().map(|name| format!("group.{name}")).collect();
        chosen.extend(self.random.some_of(&self.people.clone(), 1).into_iter().map(|name| format!("user.{name}")));
        chosen.into_iter().map(|name| self.dated(&name)).collect::<Vec<_>>().join(", ")
    }

    fn dated(&mut self, name: &str) -> String {
        match self.random.below(8) {
            0 => format!("{name} until 2026-11-19"),
            1 => format!("{name} until 2026-12-31"),
            2 => format!("{name} from 2026-11-21"),
            _ => name.to_owned(),
        }
    }
}
