//! KubeSpawner itself reads the emitted settings: each person of a sample is offered exactly the profiles that were decided, is refused the
//! others, and gets a pod with what the profile declares. The pods go on to the apiserver.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::Failure;
use crate::examples::Build;
use crate::identity::{NEWCOMER, Realm, list, text};
use crate::places::{Places, answer_of, output_of};
use crate::quantity::milli;
use crate::report::{Judged, Report};

const AREA: &str = "jupyterhub";
/// As many people of each build, with different groups each.
const PEOPLE_MAX: usize = 12;

/// The pods of a build, for the apiserver to judge.
pub(crate) type Offers = BTreeMap<String, Vec<Offer>>;

/// People with the groups of their tokens.
pub(crate) type People = Vec<(String, BTreeSet<String>)>;

/// One profile that a person is offered.
pub(crate) struct Offer {
    pub(crate) person: String,
    pub(crate) slug: String,
    pub(crate) pod: Value,
}

pub(crate) fn judge(places: &Places, builds: &[Build], report: &mut Report) -> Offers {
    let mut tests = Command::new(places.parts.join("jupyterhub/venv/bin/python"));
    tests
        .args(["-B", "-m", "unittest", "nbc_hub_test"])
        .current_dir(places.repository.join("compiler/backends/src/jupyterhub"));
    report.check(AREA, "nbc_hub.py passes its own tests", output_of(&mut tests).map(|_| ()));
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
    let mut spawned = offers(places, &[(&build.folder, people.clone())])?;
    let spawned = spawned[build.folder.to_string_lossy().as_ref()].take();
    let profiles = Profiles::shown(places, build)?;
    let mut judgement = Judgement::default();
    for (person, _) in &people {
        let decided = profiles.decided(places, build, person)?;
        judgement.person(&profiles, person, &decided, &spawned[person]);
    }
    let name = |what: &str| format!("{}: {what}", build.name);
    report.check_all(AREA, &name("people are offered exactly the decided profiles"), &judgement.offered);
    if profiles.some_refused(&spawned) {
        report.check_all(AREA, &name("other profiles are refused with a reason"), &judgement.refused);
    }
    report.check_all(AREA, &name("pods have the declared cpu, memory, GPU, node and labels"), &judgement.realised);
    Ok(judgement.pods)
}

#[derive(Default)]
struct Judgement {
    offered: Judged,
    refused: Judged,
    realised: Judged,
    pods: Vec<Offer>,
}

impl Judgement {
    /// What KubeSpawner did for one person, against what was decided.
    fn person(&mut self, profiles: &Profiles, person: &str, decided: &BTreeSet<String>, found: &Value) {
        let slugs: BTreeSet<&str> = list(found, "offers").iter().filter_map(Value::as_str).collect();
        let mut offered: BTreeSet<String> = slugs.iter().map(|slug| base(slug).to_owned()).collect();
        offered.extend(decided.iter().filter(|slug| profiles.closed_now(slug, &found["refusals"])).cloned());
        self.offered.equal(&format!("profiles of {person}"), &offered, decided);
        for (slug, pod) in found["pods"].as_object().into_iter().flatten() {
            if !slugs.contains(slug.as_str()) {
                self.refused.add(Err(format!("{person} is not offered {slug}, and gets a pod")));
                continue;
            }
            self.realised.add(profiles.realised(slug, pod).map_err(|why| format!("{person}, {slug}: {why}")));
            self.pods.push(Offer { person: person.to_owned(), slug: slug.clone(), pod: pod.clone() });
        }
        for (slug, message) in found["refusals"].as_object().into_iter().flatten() {
            let message = message.as_str().unwrap_or_default();
            if slugs.contains(slug.as_str()) {
                self.realised.add(Err(format!("{person} is offered {slug}, and is refused: {message}")));
            } else {
                // A sentence, not only a status.
                let sentence = message.split(' ').count() > 3;
                self.refused.add(if sentence {
                    Ok(())
                } else {
                    Err(format!("{person}, {slug}: the refusal says {message:?}"))
                });
            }
        }
    }
}

/// Where several groups could pay, one profile is offered once for each, as `SLUG--GROUP`.
pub(crate) fn base(slug: &str) -> &str {
    slug.split("--").next().unwrap_or(slug)
}

/// People with different groups, those in most groups first.
fn sample(realm: &Realm) -> People {
    let mut by_groups: BTreeMap<BTreeSet<String>, String> = BTreeMap::new();
    for (person, groups) in realm.sample() {
        by_groups.entry(groups).or_insert(person);
    }
    let mut people: Vec<_> = by_groups.into_iter().map(|(groups, person)| (person, groups)).collect();
    people.sort_by_key(|(person, groups)| (std::cmp::Reverse(groups.len()), person.clone()));
    people.truncate(PEOPLE_MAX);
    people
}

/// What KubeSpawner offers these people, and starts for them, by the settings below each folder of outputs: by folder, by person.
pub(crate) fn offers(places: &Places, asked: &[(&Path, People)]) -> Result<Value, Failure> {
    let person = |(name, groups): &(String, BTreeSet<String>)| json!({"name": name, "groups": groups});
    let platform = |(folder, people): &(&Path, Vec<(String, BTreeSet<String>)>)| json!({"folder": folder, "people": people.iter().map(person).collect::<Vec<_>>()});
    let mut command = Command::new(places.parts.join("jupyterhub/venv/bin/python"));
    command.arg(places.script("hub/offers.py")).env("PYTHONDONTWRITEBYTECODE", "1");
    answer_of(&mut command, &asked.iter().map(platform).collect())
}

/// A shown value without its second spelling: `{"text": "64Gi", "bytes": …}` is `64Gi`.
fn plain(shown: &Value) -> Value {
    shown.get("text").unwrap_or(shown).clone()
}

/// The declared profiles, as `nbc show` and `nbc audit` tell them: not read from the emitted files.
struct Profiles {
    by_slug: BTreeMap<String, Value>,
    slug_of: BTreeMap<String, String>,
    pools: BTreeMap<String, Value>,
}

impl Profiles {
    fn shown(places: &Places, build: &Build) -> Result<Profiles, Failure> {
        let shown = build.ask(places, &["show", "profile"])?;
        let (mut by_slug, mut slug_of) = (BTreeMap::new(), BTreeMap::new());
        for profile in list(&shown, "declarations") {
            let handle = text(profile, "handle");
            let slug = profile.pointer("/fields/slug").and_then(Value::as_str).unwrap_or(&handle).to_owned();
            by_slug.insert(slug.clone(), profile.clone());
            slug_of.insert(handle, slug);
        }
        let pools = build.ask(places, &["show", "node-pool"])?;
        let pools = list(&pools, "declarations").iter().map(|pool| (text(pool, "handle"), pool.clone())).collect();
        if by_slug.is_empty() {
            Err(format!("{}: nbc shows no profile", build.name))
        } else {
            Ok(Profiles { by_slug, slug_of, pools })
        }
    }

    /// The slugs of the profiles that Cedar lets this person launch.
    fn decided(&self, places: &Places, build: &Build, person: &str) -> Result<BTreeSet<String>, Failure> {
        // What a newcomer may is what the members of their group may.
        let who = person.strip_prefix(NEWCOMER).map_or(person.to_owned(), |group| format!("group.{group}"));
        let answer = build.ask(places, &["audit", "what-can", &who])?;
        let mut slugs = BTreeSet::new();
        for row in list(&answer, "can") {
            if text(row, "action") == "launch" {
                let handle = text(row, "resource");
                let handle = handle.strip_prefix("profile.").unwrap_or(&handle);
                // What dask workers are made of is launched through dask, not offered by the hub.
                let slug = self.slug_of.get(handle).filter(|slug| self.is_for_the_hub(slug));
                slugs.extend(slug.cloned());
            }
        }
        Ok(slugs)
    }

    fn is_for_the_hub(&self, slug: &str) -> bool {
        let uses = self.by_slug.get(slug).map(|profile| list(&profile["fields"], "use")).unwrap_or_default();
        uses.iter().any(|place| place == "lab")
    }

    /// A profile with opening times may be decided and not offered just now; then the refusal says when it is open.
    fn closed_now(&self, slug: &str, refusals: &Value) -> bool {
        let says = text(refusals, slug);
        let opening = self.by_slug.get(slug).is_some_and(|profile| !profile["fields"]["open"].is_null());
        opening && [" opens on ", " closed on ", " is open "].iter().any(|words| says.contains(words))
    }

    /// Whether a pod has what its profile declares.
    fn realised(&self, slug: &str, pod: &Value) -> Result<(), Failure> {
        let (base, none) = (base(slug), Value::Null);
        let fields = self.by_slug.get(base).map_or(&none, |profile| &profile["fields"]);
        let container = pod.pointer("/spec/containers/0").unwrap_or(&none);
        let amount = |pointer: &str| container.pointer(pointer).and_then(milli).unwrap_or_default();
        let declared = |field: &str| {
            milli(&plain(&fields[field])).ok_or_else(|| format!("nbc shows no {field}: {}", fields[field]))
        };
        let mut wrong = Vec::new();
        let mut same = |what: &str, found: i128, declared: i128| {
            if found != declared {
                wrong.push(format!("{what} is {found}, declared is {declared} (thousandths)"));
            }
        };
        same("cpu limit", amount("/resources/limits/cpu"), declared("cpu")?);
        same("cpu request", amount("/resources/requests/cpu"), declared("cpu-guarantee")?);
        same("memory limit", amount("/resources/limits/memory"), declared("memory")?);
        same("memory request", amount("/resources/requests/memory"), declared("memory-guarantee")?);
        let gpus = fields["gpu"].as_object().into_iter().flatten().filter_map(|(_, count)| milli(&plain(count))).sum();
        for side in ["limits", "requests"] {
            let resources =
                container.pointer(&format!("/resources/{side}")).and_then(Value::as_object).into_iter().flatten();
            let extended = resources.filter(|(name, _)| name.contains('/')).filter_map(|(_, count)| milli(count)).sum();
            same(&format!("GPU {side}"), extended, gpus);
        }
        let labels = &pod["metadata"]["labels"];
        if labels["nbc/profile"] != base || text(labels, "nbc/paying-group").is_empty() {
            wrong.push(format!("labels are {labels}"));
        }
        wrong.extend(self.misplaced(fields, pod));
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
    }

    /// A profile that names a pool runs on the nodes which that pool selects, and tolerates its taints.
    fn misplaced(&self, fields: &Value, pod: &Value) -> Option<Failure> {
        let pool = fields["node-pool"].as_str()?;
        let pool = self.pools.get(pool)?;
        let selector = pod.pointer("/spec/nodeSelector").cloned().unwrap_or_default();
        let select = pool["fields"]["select"].as_object().into_iter().flatten();
        let wrong: Vec<_> = select.filter(|(label, value)| selector[label.as_str()] != plain(value)).collect();
        let tolerations = list(&pod["spec"], "tolerations").len();
        let taints = list(&pool["fields"], "taints").len();
        (!wrong.is_empty() || tolerations < taints)
            .then(|| format!("runs on {selector} with {tolerations} tolerations; the pool has {pool}"))
    }

    fn some_refused(&self, spawned: &Value) -> bool {
        spawned.as_object().into_iter().flatten().any(|(_, found)| list(found, "offers").len() < self.by_slug.len())
    }
}
