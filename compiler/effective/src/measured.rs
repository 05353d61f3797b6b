//! What a real server was seen to let people do, judged in the place of its model: it must be what the model says, and
//! stand to the decisions as the coverage table tells.

use std::collections::{BTreeMap, BTreeSet};

use nbc_backends::{Artifact, NotExpressed};
use nbc_platform::Platform;

use crate::compare::{Comparison, Difference, Doors, Kind, tokens};
use crate::decided::Decided;
use crate::directory::{Account, Directory, Form, Sort};
use crate::files::Files;
use crate::grant::{Effective, Grant, Permission, Place, Things};
use crate::set::Set;
use crate::validate::granted;
use crate::{keycloak, people};

/// Somebody to ask a server about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    /// The paths of their groups.
    pub groups: BTreeSet<String>,
    /// What services read in the claim `groups`.
    pub claim: BTreeSet<String>,
    /// A disabled account has no token.
    pub is_enabled: bool,
    /// Files name them; else somebody who joins a group, or signs in, later.
    pub is_listed: bool,
}

/// The answers of one server about one platform.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    answers: BTreeMap<Permission, BTreeMap<String, Answers>>,
}

/// Who was asked about one thing, and who of them may.
#[derive(Clone, Debug, Default)]
struct Answers {
    asked: BTreeSet<String>,
    may: BTreeSet<String>,
}

/// What came of the comparison.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Who was asked about.
    pub people: u64,
    /// Answers of the server that were compared.
    pub questions: u64,
    /// The answers that were yes.
    pub granted: u64,
    /// A sentence each.
    pub differences: Vec<String>,
}

/// The models' answers and the decisions for one stage, as somebody needs them who asks the servers.
pub struct Expected<'p, 'm> {
    decided: Decided<'p, 'm>,
    directory: Directory,
    realm: Option<keycloak::Realm>,
    granted: Vec<(&'static str, Effective)>,
    left_out: Vec<(String, NotExpressed)>,
}

impl Measured {
    /// Notes the answer to one question.
    pub fn answer(&mut self, permission: Permission, thing: &str, person: &str, may: bool) {
        let answers = self.answers.entry(permission).or_default().entry(thing.to_owned()).or_default();
        answers.asked.insert(person.to_owned());
        if may {
            answers.may.insert(person.to_owned());
        }
    }
}

impl Verdict {
    /// Compares one answer that is not about a permission.
    pub fn equal<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: &T, expected: &T) {
        self.questions += 1;
        if found != expected {
            self.differences.push(format!("{what}: the server has {found:?}, expected is {expected:?}"));
        }
    }

    pub fn join(&mut self, other: Verdict) {
        self.people += other.people;
        self.questions += other.questions;
        self.granted += other.granted;
        self.differences.extend(other.differences);
    }
}

impl<'p, 'm> Expected<'p, 'm> {
    /// What the emitted files of a stage should let people do. `left_out` is what backends said they cannot express.
    pub fn of(
        platform: &'p Platform<'m>,
        artifacts: &[Artifact],
        left_out: &[(String, NotExpressed)],
    ) -> Expected<'p, 'm> {
        let files = Files::new(artifacts);
        let realm = keycloak::read(&files).map(|(realm, _)| realm);
        let mut directory = realm.as_ref().map_or_else(|| people::directory(platform), keycloak::directory);
        let decided = Decided::of(platform, &mut directory);
        let granted = granted(platform, &files, realm.as_ref(), &mut directory);
        Expected { decided, directory, realm, granted, left_out: left_out.to_vec() }
    }

    /// Everybody but the accounts of services; who is new has a name that says how they come.
    pub fn people(&self) -> Vec<Person> {
        let paths = Form { paths: true, names: false };
        let form = self.realm.as_ref().map_or(paths, |realm| keycloak::form_of_any(realm, "groups"));
        let people = self.directory.accounts().iter();
        let people = people.filter(|account| !matches!(account.sort, Sort::Service | Sort::Unknown));
        people
            .map(|account| Person {
                name: account.name.clone(),
                groups: account.groups.clone(),
                claim: account.claim(form).map(str::to_owned).collect(),
                is_enabled: account.enabled,
                is_listed: account.sort == Sort::Listed,
            })
            .collect()
    }

    /// The things that a target is asked about, by their names there: those that are declared, and those that its files
    /// speak of. What is done to people is done to those who act today.
    pub fn things(&self, target: &str, permission: Permission) -> BTreeSet<String> {
        if permission.kind == "user" {
            return self.names(&self.decided.listed).into_iter().map(str::to_owned).collect();
        }
        let mut things: BTreeSet<String> = self.decided.things(target, permission.kind).into_keys().collect();
        things.extend(self.model(target).map(|model| named(model, permission)).unwrap_or_default());
        things
    }

    fn model(&self, target: &str) -> Option<&Effective> {
        self.granted.iter().find(|(name, _)| *name == target).map(|(_, model)| model)
    }

    /// Compares what a server answered with its model and with the decisions.
    pub fn judge(&self, target: &'static str, measured: &Measured) -> Verdict {
        let mut verdict = Verdict::default();
        let Some(model) = self.model(target) else {
            verdict.differences.push(format!("nothing was written for {target}"));
            return verdict;
        };
        let answers = measured.answers.values().flat_map(BTreeMap::values);
        let everybody: BTreeSet<&String> = answers.flat_map(|answers| &answers.asked).collect();
        verdict.people = everybody.len() as u64;
        let mut seen = Effective {
            known: model.known.clone(),
            served: model.served.clone(),
            elsewhere: model.elsewhere.clone(),
            ..Effective::default()
        };
        let nobody = Answers::default();
        for (permission, things) in &measured.answers {
            seen.grants.entry(*permission).or_default();
            for name in things.keys().cloned().chain(named(model, *permission)).collect::<BTreeSet<String>>() {
                let answers = things.get(&name).unwrap_or(&nobody);
                // What is done to people is not asked about oneself.
                let all = everybody.iter().filter(|person| permission.kind != "user" || **person != &name);
                if all.count() != answers.asked.len() {
                    verdict.differences.push(format!("not everybody was asked about {permission} on {name}"));
                }
                let thing = Thing { target, permission: *permission, name };
                let grants = self.thing(&thing, model, answers, &mut verdict);
                grants.into_iter().for_each(|grant| seen.add(*permission, grant));
            }
        }
        for (permission, _) in model.grants.iter().filter(|(_, grants)| !grants.is_empty()) {
            if !measured.answers.contains_key(permission) {
                verdict.differences.push(format!("nobody was asked about {permission}"));
            }
        }
        let comparison = Comparison { target, effective: &seen, left_out: &self.left_out, others: &self.granted };
        let asked = self.numbers(everybody.into_iter());
        let compared = comparison.run(&self.decided.only(&asked), &self.directory);
        verdict.differences.extend(slips(&compared.differences));
        verdict
    }

    /// Compares the answers about one thing with the model, and makes grants of them.
    fn thing(&self, thing: &Thing, model: &Effective, answers: &Answers, verdict: &mut Verdict) -> [Grant; 2] {
        verdict.questions += answers.asked.len() as u64;
        verdict.granted += answers.may.len() as u64;
        let doors = self.doors(thing, model);
        let may = self.numbers(answers.may.iter());
        let expected = doors.all().and(&self.numbers(answers.asked.iter()));
        for (who, says) in [(may.without(&expected), "lets"), (expected.without(&may), "does not let")] {
            let Thing { target, permission, name } = thing;
            if !who.is_empty() {
                let who = self.names(&who).join(", ");
                verdict.differences.push(format!("{permission} on {name}: {target} {says} {who}, unlike its model"));
            }
        }
        // What is by nature of the target in the model is so in what was seen.
        let by_nature = doors.by_nature.without(&doors.said);
        [(may.without(&by_nature), false), (may.and(&by_nature), true)].map(|(who, by_nature)| Grant {
            who,
            things: match thing.permission.kind {
                "user" => Things::People(self.numbers(std::iter::once(&thing.name))),
                _ => Things::Named(thing.name.clone()),
            },
            place: Place::default(),
            by_nature,
        })
    }

    fn doors(&self, thing: &Thing, model: &Effective) -> Doors {
        let person = self.directory.find(&thing.name);
        let mut doors = Doors::default();
        for grant in model.grants.get(&thing.permission).into_iter().flatten() {
            let opens = match &grant.things {
                Things::Named(name) => *name == thing.name,
                Things::People(people) => person.is_some_and(|person| people.contains(person)),
            };
            if opens {
                doors.add(&grant.who, grant.by_nature);
            }
        }
        doors
    }

    fn numbers<'n>(&self, names: impl Iterator<Item = &'n String>) -> Set {
        names.filter_map(|name| self.directory.find(name)).collect()
    }

    fn names(&self, people: &Set) -> Vec<&str> {
        let accounts = people.iter().filter_map(|number| self.directory.accounts().get(number));
        accounts.map(|account| account.name.as_str()).collect()
    }

    /// Compares who can sign in, and with which groups, with the model of the realm and the memberships of the day.
    /// Absent groups are those of somebody who cannot sign in.
    pub fn judge_sign_in(&self, found: &BTreeMap<String, Option<BTreeSet<String>>>) -> Verdict {
        let mut verdict = Verdict::default();
        let mut directory = Directory::default();
        for (name, groups) in found {
            verdict.questions += 1;
            verdict.granted += u64::from(groups.is_some());
            directory.add(Account {
                name: name.clone(),
                sort: Sort::Listed,
                groups: groups.clone().unwrap_or_default(),
                enabled: groups.is_some(),
            });
        }
        let listed = self.directory.accounts().iter().filter(|account| account.sort == Sort::Listed);
        let expected: BTreeMap<String, Option<BTreeSet<String>>> =
            listed.map(|account| (account.name.clone(), account.enabled.then(|| account.groups.clone()))).collect();
        for name in expected.keys().chain(found.keys()).collect::<BTreeSet<_>>() {
            // Whom the realm does not have cannot sign in: no account is as good as a disabled one.
            let (found, expected) = (found.get(name).cloned().flatten(), expected.get(name).cloned().flatten());
            if found != expected {
                verdict.differences.push(format!(
                    "{name} {}; the model says {}",
                    signed_in(found),
                    signed_in(expected)
                ));
            }
        }
        if let Some(realm) = &self.realm {
            verdict.differences.extend(slips(&tokens(self.decided.platform, realm, &directory).differences));
        }
        verdict
    }
}

fn signed_in(groups: Option<BTreeSet<String>>) -> String {
    match groups {
        Some(groups) => format!("signs in with the groups {}", Vec::from_iter(groups).join(", ")),
        None => "cannot sign in".to_owned(),
    }
}

/// What was asked about.
struct Thing {
    target: &'static str,
    permission: Permission,
    name: String,
}

/// The things that a model grants anything on, by name.
fn named(model: &Effective, permission: Permission) -> Vec<String> {
    let grants = model.grants.get(&permission).into_iter().flatten();
    grants
        .filter_map(|grant| match &grant.things {
            Things::Named(name) => Some(name.clone()),
            Things::People(_) => None,
        })
        .collect()
}

/// Differences that no coverage table tells of.
fn slips(differences: &[Difference]) -> Vec<String> {
    let slips = differences.iter().filter(|row| !matches!(row.kind, Kind::ByNature | Kind::Elsewhere));
    slips
        .map(|row| {
            let what = row.permission.map_or("membership".to_owned(), |permission| permission.to_string());
            format!("{} {:?} than decided: {what} on {}: {}", row.target, row.kind, row.thing, row.who.join(", "))
        })
        .collect()
}
