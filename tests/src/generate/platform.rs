//! Valid platforms of the standard kinds: people, written out, generated and from a table; nested groups; sizes that
//! extend one another; quotas, environments, storage; stages. Numbers are spelled as nbc prints them.

use super::facts::Facts;
use super::random::Random;
use super::{File, Workspace};

/// The day that tests judge; the dates of a random platform lie around it.
pub const TODAY: &str = "2026-11-20";

const DAYS: &[&str] = &["2026-10-01", "2026-11-19", "2026-11-20", "2026-11-21", "2026-12-31", "2028-02-29"];
const NAMES: &[&str] = &["ana", "bob", "chen", "dana", "eli", "fatima", "gus", "hana", "ivo", "jin", "kaya", "leo"];
const TEAMS: &[&str] = &["lab", "climate", "ml", "students", "genomics", "ocean", "admins", "field-work"];
const SIZES: &[&str] = &["small", "medium", "large", "huge", "exam"];
const AFFILIATIONS: &[&str] = &["staff", "faculty", "student", "contractor", "guest"];

/// A valid platform. `size` is about the number of groups.
pub fn platform(seed: u64, size: usize) -> Workspace {
    let mut maker = Maker {
        random: Random::new(seed),
        facts: Facts::default(),
        users: Vec::new(),
        rows: Vec::new(),
        groups: Vec::new(),
        profiles: Vec::new(),
        declarations: vec![PLATFORM.to_owned()],
    };
    maker.people(size);
    maker.profiles();
    maker.groups(size);
    maker.loops();
    maker.things();
    let stages = maker.stages();
    maker.files(stages)
}

const PLATFORM: &str = r#"platform site {
  title: "Random site"
  domain: "hub.site.example"
  time-zone: "Europe/Lisbon"
  currency: "EUR"
  contact: "help@site.example"
  isolation: per-group
}
let many-hours = 90d
let team-mail = "team@site.example"
node-pool cpu { cpu: 64, memory: 512Gi, max-nodes: 9 }
node-pool gpu { cpu: 64, memory: 512Gi, gpu { a100: 8 }, max-nodes: 9 }
"#;

pub(super) struct Maker {
    pub(super) random: Random,
    pub(super) facts: Facts,
    pub(super) users: Vec<String>,
    /// People of the table, who are members of a group by their row.
    rows: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) profiles: Vec<String>,
    declarations: Vec<String>,
}

impl Maker {
    fn people(&mut self, size: usize) {
        let count = (2 + self.random.below(size + 2)).min(NAMES.len());
        for name in NAMES.iter().take(count) {
            let mut body = Body::of(&format!("user.{name}"));
            if self.random.chance(60) {
                body.add(&mut self.facts, "affiliation", self.random.one_of(AFFILIATIONS));
            }
            if self.random.chance(40) {
                body.add(&mut self.facts, "department", text(&format!("Department of {name}")));
            }
            if self.random.chance(30) {
                body.add(&mut self.facts, "email", text(&format!("{name}@site.example")));
            }
            if self.random.chance(10) {
                body.add(&mut self.facts, "enabled", "false");
            }
            let (from, until) = self.days();
            if let Some(from) = from {
                body.add(&mut self.facts, "from", from);
            }
            if let Some(until) = until {
                body.add(&mut self.facts, "until", until);
            }
            self.users.push((*name).to_owned());
            self.declarations.push(format!("user {name} {}", body.braces()));
        }
    }

    /// A first and a last day, in order; either may be missing.
    pub(super) fn days(&mut self) -> (Option<String>, Option<String>) {
        let first = self.random.below(DAYS.len());
        let last = first + self.random.below(DAYS.len() - first);
        let day = |at: usize| DAYS.get(at).map(|day| (*day).to_owned());
        let from = self.random.chance(20).then(|| day(first)).flatten();
        let until = self.random.chance(30).then(|| day(last)).flatten();
        (from, until)
    }

    fn profiles(&mut self) {
        let count = 1 + self.random.below(SIZES.len());
        for (at, name) in SIZES.iter().take(count).enumerate() {
            let thing = format!("profile.{name}");
            let parent = self.random.one_of(&self.profiles);
            let extends = at > 0 && self.random.chance(60);
            let mut body = Body::of(&thing);
            if extends {
                self.facts.extend(&thing, &format!("profile.{parent}"));
            }
            if !extends || self.random.chance(50) {
                body.add(&mut self.facts, "cpu", cpu(&mut self.random));
                body.add(&mut self.facts, "memory", memory(&mut self.random));
            }
            body.add(&mut self.facts, "default", at == 0);
            self.of_profile(&mut body);
            self.profiles.push((*name).to_owned());
            let header = if extends { format!("{name} extends {parent}") } else { (*name).to_owned() };
            self.declarations.push(format!("profile {header} {}", body.braces()));
        }
    }

    fn of_profile(&mut self, body: &mut Body) {
        if self.random.chance(30) {
            body.add(&mut self.facts, "description", text("A size\tthat \"people\" \\ choose"));
        }
        if self.random.chance(30) {
            body.add(&mut self.facts, "idle-stop", "45min");
        }
        if self.random.chance(20) {
            body.add(&mut self.facts, "max-age", "many-hours");
        }
        if self.random.chance(30) {
            let network = self.random.one_of(&["open", "site", "none"]);
            body.add(&mut self.facts, "network", network);
        }
        if self.random.chance(30) {
            body.add(&mut self.facts, "gpu", format!("{{ a100: {} }}", 1 + self.random.below(4)));
        }
        if self.random.chance(30) {
            body.add(&mut self.facts, "variables", "{ \"MODE\": \"fast\", \"TEAM\": \"all\" }");
        }
        if self.random.chance(20) {
            body.add(&mut self.facts, "open", "{ until: 2027-06-30, days: [monday, friday] }");
        }
        if self.random.chance(20) {
            body.add(
                &mut self.facts,
                "options",
                "{ speed { title: \"How fast\", choices { slow { cpu: 1, default: true }, fast { title: \"Fast\" } } } }",
            );
        }
    }

    fn groups(&mut self, size: usize) {
        for name in TEAMS.iter().take(1 + self.random.below(size + 1)) {
            let thing = format!("group.{name}");
            let mut body = Body::of(&thing);
            let mut header = (*name).to_owned();
            let above = self.random.one_of(&self.groups);
            if !above.is_empty() && self.random.chance(15) {
                header = format!("{name} extends {above}");
                self.facts.extend(&thing, &format!("group.{above}"));
            } else if !above.is_empty() && self.random.chance(70) {
                body.add(&mut self.facts, "parent", above);
            }
            body.add(&mut self.facts, "owners", format!("[{}]", self.random.one_of(&self.users)));
            self.of_group(&mut body);
            self.groups.push((*name).to_owned());
            self.declarations.push(format!("group {header} {}", body.braces()));
        }
    }

    fn of_group(&mut self, body: &mut Body) {
        let members = self.random.some_of(&self.users, 4);
        if !members.is_empty() {
            let dated: Vec<String> = members.iter().map(|member| self.dated(member)).collect();
            self.facts.list("", &format!("{}.members", body.thing), members);
            body.add(&mut self.facts, "members", format!("[{}]", dated.join(", ")));
        }
        if self.random.chance(60) {
            let profiles = self.random.some_of(&self.profiles, 2);
            self.facts.list("", &format!("{}.profiles", body.thing), profiles.clone());
            body.add(&mut self.facts, "profiles", format!("[{}]", profiles.join(", ")));
        }
        if self.random.chance(20) {
            body.add(&mut self.facts, "contact", "team-mail");
        }
        if self.random.chance(30) {
            body.add(&mut self.facts, "cost-center", text("K-1"));
        }
        if self.random.chance(25) {
            body.add(&mut self.facts, "until", self.random.one_of(DAYS));
        }
        if self.random.chance(20) {
            body.add(&mut self.facts, "roles", "[analyst]");
        }
        if self.random.chance(30) {
            let folder = self.random.one_of(&["none", "read", "write"]);
            body.add(&mut self.facts, "shared-folder", folder);
        }
        if self.random.chance(60) {
            self.quota(body);
        }
    }

    fn quota(&mut self, body: &mut Body) {
        let mut quota = Body::of(&format!("{}.quota", body.thing));
        quota.add(&mut self.facts, "cpu", format!("{}", 64 + self.random.below(64)));
        if self.random.chance(70) {
            quota.add(&mut self.facts, "memory", "900Gi");
        }
        if self.random.chance(40) {
            quota.add(&mut self.facts, "gpu", format!("{{ a100: {} }}", 8 + self.random.below(8)));
            self.facts.say("", format!("{}.quota.gpu.a100", body.thing));
        }
        if self.random.chance(40) {
            quota.add(&mut self.facts, "budget", "€1_500/month");
        }
        body.add(&mut self.facts, "quota", quota.braces().trim_end());
    }

    /// An element of a list, perhaps with dates.
    pub(super) fn dated(&mut self, element: &str) -> String {
        let (from, until) = self.days();
        let from = from.map_or_else(String::new, |day| format!(" from {day}"));
        let until = until.map_or_else(String::new, |day| format!(" until {day}"));
        format!("{element}{from}{until}")
    }

    fn loops(&mut self) {
        if self.random.chance(50) {
            let parent = self.random.one_of(&self.groups);
            let user = self.random.one_of(&self.users);
            self.declarations.push("let colours = [\"red\", \"blue\"]\n".to_owned());
            self.declarations.push(format!(
                "for colour in colours {{\n  group \"{{colour}}-team\" {{ parent: {parent}, owners: [{user}], members: [{user}], cost-center: colour, contact: \"{{colour}}@site.example\" }}\n  storage \"{{colour}}-data\" {{ size: 4Gi, read: [\"{{colour}}-team\"], write: [{parent}] }}\n}}\n"
            ));
        }
    }

    fn things(&mut self) {
        if self.random.chance(50) {
            let group = self.random.one_of(&self.groups);
            self.declarations.push(format!(
                "environment everyday {{\n  namespace: {group}\n  channels: [conda-forge]\n  packages {{ python: \"3.12.*\", \"ruamel.yaml\": \"*\" }}\n  variables {{ \"STAGE\": \"all\" }}\n}}\n"
            ));
        }
        if self.random.chance(50) {
            let group = self.random.one_of(&self.groups);
            self.rows =
                ["zoe", "yuri", "xena"].iter().take(1 + self.random.below(3)).map(|name| (*name).to_owned()).collect();
            self.declarations.push(
                "user from \"people.csv\" {\n  handle: row.login\n  department: row.unit\n  member-of: row.team\n  until: row.ends\n  member-until: row.ends\n}\n"
                    .to_owned(),
            );
            self.rows.iter_mut().for_each(|row| *row = format!("{row},Unit of {row},{group}"));
        }
    }

    /// Spreads the declarations over files.
    fn files(mut self, stages: Vec<String>) -> Workspace {
        let mut files: Vec<File> =
            ["main.nbc", "people.nbc", "teams/all.nbc"].map(|path| File::new(path, Vec::new())).into();
        for declaration in std::mem::take(&mut self.declarations) {
            let at = self.random.below(files.len());
            if let Some(file) = files.get_mut(at) {
                file.parts.push(declaration);
            }
        }
        files.push(File::new("stages.nbc", stages));
        if !self.rows.is_empty() {
            let mut lines = vec!["login,unit,team,ends\n".to_owned()];
            for row in &self.rows.clone() {
                let (_, until) = self.days();
                lines.push(format!("{row},{}\n", until.unwrap_or_default()));
            }
            files.push(File::new("people.csv", lines));
        }
        Workspace { files }
    }
}

/// The fields of one declaration, remembered as they are written.
struct Body {
    thing: String,
    fields: Vec<String>,
}

impl Body {
    fn of(thing: &str) -> Body {
        Body { thing: thing.to_owned(), fields: Vec::new() }
    }

    fn add(&mut self, facts: &mut Facts, field: &str, value: impl std::fmt::Display) {
        facts.say("", format!("{}.{field}", self.thing));
        self.fields.push(format!("{field}: {value}"));
    }

    fn braces(&self) -> String {
        format!("{{ {} }}\n", self.fields.join(", "))
    }
}

pub(super) fn cpu(random: &mut Random) -> String {
    random.one_of(&["500m", "1", "2", "4", "8"]).to_owned()
}

pub(super) fn memory(random: &mut Random) -> String {
    format!("{}Gi", 1 + random.below(64))
}

/// A text as the language writes it.
fn text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\t', "\\t"))
}
