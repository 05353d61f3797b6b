//! KubeSpawner itself reads the emitted settings: each person of a sample is offered exactly the profiles that were decided, is refused the
//! others, and gets a pod with what the profile declares. The pods go on to the apiserver.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::Failure;
use crate::examples::Build;
use crate::identity::{Realm, list, text};
use crate::places::Places;
use crate::report::{Judged, Report};

const AREA: &str = "jupyterhub";
/// As many people of each build, with different groups each.
const PEOPLE_MAX: usize = 12;

/// The pods of a build, for the apiserver to judge.
pub(crate) type Offers = BTreeMap<String, Vec<Offer>>;

/// One profile that a person is offered.
pub(crate) struct Offer {
    pub(crate) person: String,
    pub(crate) slug: String,
    pub(crate) pod: Value,
}

pub(crate) fn judge(places: &Places, builds: &[Build], report: &mut Report) -> Offers {
    let mut offers = Offers::new();
    for build in builds.iter().filter(|build| build.has(AREA)) {
        match judge_build(places, build, report) {
            Ok(made) => {
                offers.insert(build.name.clone(), made);
            }
            Err(why) => report.check(AREA, &format!("{}: KubeSpawner reads the settings", build.name), Err(why)),
        }
    }
    offers
}

fn judge_build(places: &Places, build: &Build, report: &mut Report) -> Result<Vec<Offer>, Failure> {
    let people = sample(&Realm::of(build)?);
    let spawned = spawn(places, build, &people)?;
    let profiles = Profiles::shown(places, build)?;
    let (mut offered, mut refused, mut declared, mut made) =
        (Judged::default(), Judged::default(), Judged::default(), Vec::new());
    for (person, _) in &people {
        let decided = profiles.decided(places, build, person)?;
        let found = &spawned[person];
        let slugs: BTreeSet<String> =
            list(found, "offers").iter().filter_map(Value::as_str).map(str::to_owned).collect();
        offered.equal(&format!("profiles of {person}"), &slugs, &decided);
        for (slug, pod) in found["pods"].as_object().into_iter().flatten() {
            if decided.contains(slug) {
                declared.add(profiles.realised(slug, pod).map_err(|why| format!("{person}, {slug}: {why}")));
                made.push(Offer { person: person.clone(), slug: slug.clone(), pod: pod.clone() });
            } else {
                refused.add(Err(format!("{person} may not launch {slug}, and gets a pod")));
            }
        }
        for (slug, message) in found["refusals"].as_object().into_iter().flatten() {
            if decided.contains(slug) {
                declared.add(Err(format!("{person} may launch {slug}, and is refused: {message}")));
            } else {
                refused.add(if message.as_str().is_some_and(|message| message.len() > 10) {
                    Ok(())
                } else {
                    Err(format!("{person}, {slug}: refused without a reason"))
                });
            }
        }
    }
    let name = |what: &str| format!("{}: {what}", build.name);
    report.check_all(AREA, &name("people are offered exactly the decided profiles"), &offered);
    if profiles.some_refused(&spawned) {
        report.check_all(AREA, &name("other profiles are refused with a reason"), &refused);
    }
    report.check_all(AREA, &name("pods have the declared cpu, memory, GPU, node and labels"), &declared);
    Ok(made)
}

/// People with different groups, those in most groups first.
fn sample(realm: &Realm) -> Vec<(String, BTreeSet<String>)> {
    let mut by_groups: BTreeMap<BTreeSet<String>, String> = BTreeMap::new();
    for (person, groups) in realm.people() {
        by_groups.entry(groups).or_insert(person);
    }
    let mut people: Vec<_> = by_groups.into_iter().map(|(groups, person)| (person, groups)).collect();
    people.sort_by_key(|(person, groups)| (std::cmp::Reverse(groups.len()), person.clone()));
    people.truncate(PEOPLE_MAX);
    people
}

fn spawn(places: &Places, build: &Build, people: &[(String, BTreeSet<String>)]) -> Result<Value, Failure> {
    let folder = build.folder.join(AREA);
    let mut child = Command::new(places.parts.join("jupyterhub/venv/bin/python"))
        .arg(places.script("hub/offers.py"))
        .arg(&folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|cause| format!("offers.py: {cause}"))?;
    let asked: Vec<Value> = people.iter().map(|(name, groups)| json!({"name": name, "groups": groups})).collect();
    if let Some(mut input) = child.stdin.take() {
        input.write_all(Value::Array(asked).to_string().as_bytes()).map_err(|cause| format!("offers.py: {cause}"))?;
    }
    let output = child.wait_with_output().map_err(|cause| format!("offers.py: {cause}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let end: Vec<&str> = said.lines().rev().take(12).collect();
        return Err(format!("{}:\n{}", folder.display(), end.into_iter().rev().collect::<Vec<_>>().join("\n")));
    }
    serde_json::from_slice(&output.stdout).map_err(|cause| format!("offers.py: {cause}"))
}

/// The declared profiles, as `nbc show` and `nbc audit` tell them: not read from the emitted files.
struct Profiles {
    by_slug: BTreeMap<String, Value>,
    slug_of: BTreeMap<String, String>,
}

impl Profiles {
    fn shown(places: &Places, build: &Build) -> Result<Profiles, Failure> {
        let shown = build.ask(places, &["show", "profile"])?;
        let (mut by_slug, mut slug_of) = (BTreeMap::new(), BTreeMap::new());
        for profile in shown.as_array().into_iter().flatten() {
            let handle = text(profile, "handle");
            let slug = profile.pointer("/fields/slug").and_then(Value::as_str).unwrap_or(&handle).to_owned();
            by_slug.insert(slug.clone(), profile.clone());
            slug_of.insert(handle, slug);
        }
        if by_slug.is_empty() {
            Err(format!("{}: nbc shows no profile", build.name))
        } else {
            Ok(Profiles { by_slug, slug_of })
        }
    }

    /// The slugs of the profiles that Cedar lets this person launch.
    fn decided(&self, places: &Places, build: &Build, person: &str) -> Result<BTreeSet<String>, Failure> {
        let answer = build.ask(places, &["audit", "what-can", person])?;
        let mut slugs = BTreeSet::new();
        for row in list(&answer, "allowed") {
            if text(row, "action") == "launch" {
                let handle = text(row, "resource");
                let handle = handle.strip_prefix("profile.").unwrap_or(&handle);
                slugs.extend(self.slug_of.get(handle).cloned());
            }
        }
        Ok(slugs)
    }

    fn realised(&self, _slug: &str, _pod: &Value) -> Result<(), Failure> {
        Err("not compared yet".to_owned())
    }

    fn some_refused(&self, spawned: &Value) -> bool {
        spawned.as_object().into_iter().flatten().any(|(_, found)| list(found, "offers").len() < self.by_slug.len())
    }
}
