//! Random platforms on the real servers: everybody of each platform is asked about on the server, and the answers must be those of the
//! models of `nbc-effective` and stand to the decisions as the coverage table tells. One more platform has a wrong change in a file of
//! each target, and the answers must show it. `NBC_PLATFORMS=200` looks at more of them.

mod conda_store;
mod jupyterhub;
mod keycloak;
mod kubernetes;
mod spoil;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use nbc_backends::Artifact;
use nbc_driver::{Analysis, Compiled, Memory, Output, Scope, analyse, compile, day, emit, pipeline};
use nbc_effective::{Expected, Person, Verdict};
use nbc_model::value::Date;
use nbc_platform::Platform;
use nbc_tests::generate::{File, SETTINGS, Workspace, access};
use tokio::runtime::Runtime;

use crate::Failure;
use crate::examples::AS_OF;
use crate::places::Places;
use crate::report::{Judged, Report};

const AREA: &str = "random";
/// As many platforms where `NBC_PLATFORMS` says nothing.
const PLATFORMS: usize = 50;
/// What is wrong with one platform, at most.
const TOLD_MAX: usize = 5;
/// The name of the platform with wrong changes.
const SPOILT: &str = "spoilt";

/// A platform whose files lie in a folder.
struct Subject<'p, 'm> {
    /// Its realm, and what stands before its groups and namespaces in the cluster.
    name: String,
    folder: PathBuf,
    people: Vec<Person>,
    /// What the cluster puts before the names of people and groups.
    prefix: &'m str,
    expected: Expected<'p, 'm>,
}

pub(crate) fn judge(places: &Places, report: &mut Report, runtime: &Runtime) {
    if let Err(why) = judge_all(places, report, runtime) {
        report.check(AREA, "platforms are built", Err(why));
    }
}

fn judge_all(places: &Places, report: &mut Report, runtime: &Runtime) -> Result<(), Failure> {
    let wanted = wanted()?;
    // Checks refuse about half of them.
    let seeds = 0..(wanted * 3 + 10) as u64;
    let mut analyses: Vec<(u64, Analysis)> = seeds.map(|seed| (seed, analysed(seed, &name(seed)))).collect();
    let compiled: Vec<(u64, Compiled<'_>)> =
        analyses.iter_mut().map(|(seed, analysis)| (*seed, compile(analysis, None, &as_of))).collect();
    let valid = compiled.iter().filter_map(|(seed, compiled)| Some((*seed, built(compiled)?)));
    let valid: Vec<(u64, (&Platform<'_>, Output))> = valid.take(wanted).collect();
    if valid.len() < wanted {
        return Err(format!("{} platforms are valid, {wanted} were wanted", valid.len()));
    }
    let can_be_spoilt = valid.iter().find(|(_, (platform, output))| spoilt(platform, output).is_some());
    let (seed, _) = can_be_spoilt.ok_or("no platform has something to change in the files of every target")?;
    let mut one_more = analysed(*seed, SPOILT);
    let one_more = compile(&mut one_more, None, &as_of);
    let (platform, output) = built(&one_more).ok_or("the name of a platform makes it invalid")?;
    let changed = spoilt(platform, &output).ok_or("under another name nothing of the platform can be changed")?;

    let mut subjects = Vec::new();
    for (seed, (platform, output)) in &valid {
        let subject = Subject::of(places, &name(*seed), platform, output);
        write(&subject.folder, *seed, &subject.name, &output.artifacts)?;
        subjects.push(subject);
    }
    let subject = Subject::of(places, SPOILT, platform, &output);
    write(&subject.folder, *seed, SPOILT, &changed)?;
    subjects.push(subject);
    report.area_done("random: built");
    judge_targets(places, &subjects, report, runtime);
    Ok(())
}

/// The files with wrong changes, each of which makes somebody whom the files name gain or lose something.
fn spoilt(platform: &Platform<'_>, output: &Output) -> Option<Vec<Artifact>> {
    let people = Expected::of(platform, &output.artifacts, &output.not_expressed).people();
    let listed: BTreeSet<String> =
        people.into_iter().filter(|person| person.is_enabled && person.is_listed).map(|person| person.name).collect();
    let differences = |artifacts: &[Artifact]| -> Vec<_> {
        let found = nbc_effective::validate(platform, artifacts, &output.not_expressed).differences;
        let told = found.into_iter().map(|row| {
            let who: Vec<String> = row.who.into_iter().filter(|name| listed.contains(name)).collect();
            (row.target, row.permission, row.thing, who)
        });
        told.filter(|(.., who)| !who.is_empty()).collect()
    };
    let before = differences(&output.artifacts);
    spoil::spoilt(&output.artifacts, |changed| differences(changed) != before)
}

fn judge_targets(places: &Places, subjects: &[Subject<'_, '_>], report: &mut Report, runtime: &Runtime) {
    let mut say = |target: &str, verdicts: Result<Vec<Verdict>, Failure>| {
        match verdicts {
            Ok(verdicts) => tell(target, subjects, &verdicts, report),
            Err(why) => report.check(AREA, &format!("{target}: is asked to the end"), Err(why)),
        }
        report.area_done(&format!("{AREA}: {target}"));
    };
    say("conda-store", conda_store::judge(places, subjects));
    say("jupyterhub", jupyterhub::judge(places, subjects));
    say("kubernetes", runtime.block_on(kubernetes::judge(places, subjects)));
    say("keycloak", keycloak::judge(places, subjects));
}

/// The last platform is the spoilt one.
fn tell(target: &str, subjects: &[Subject<'_, '_>], verdicts: &[Verdict], report: &mut Report) {
    let (mut all, mut judged) = (Verdict::default(), Judged::default());
    let mut noticed = Err(format!("{} platforms were asked about, {} were there", verdicts.len(), subjects.len()));
    for (subject, verdict) in subjects.iter().zip(verdicts).filter(|_| subjects.len() == verdicts.len()) {
        if subject.name == SPOILT {
            noticed = if verdict.differences.is_empty() { Err("all answers are as before".to_owned()) } else { Ok(()) };
        } else {
            judged.add(outcome(subject, verdict));
            all.join(verdict.clone());
        }
    }
    if all.granted == 0 {
        judged.add(Err("nobody may do anything: nothing was compared".to_owned()));
    }
    let Verdict { people, questions, granted, .. } = all;
    let what = format!(
        "{target}: {questions} answers about {people} people, {granted} of them yes, are as the model says and as decided; platforms"
    );
    report.check_all(AREA, &what, &judged);
    report.check(AREA, &format!("{target}: … and a wrong change in its files is noticed"), noticed);
}

fn outcome(subject: &Subject<'_, '_>, verdict: &Verdict) -> Result<(), Failure> {
    let told: Vec<&str> = verdict.differences.iter().take(TOLD_MAX).map(String::as_str).collect();
    match (verdict.questions, told.as_slice()) {
        (0, []) => Err(format!("{}: nobody was asked about", subject.folder.display())),
        (_, []) => Ok(()),
        (_, told) => {
            Err(format!("{}: {} differences\n{}", subject.folder.display(), verdict.differences.len(), told.join("\n")))
        }
    }
}

impl<'p, 'm> Subject<'p, 'm> {
    fn of(places: &Places, name: &str, platform: &'p Platform<'m>, output: &Output) -> Subject<'p, 'm> {
        let expected = Expected::of(platform, &output.artifacts, &output.not_expressed);
        Subject {
            name: name.to_owned(),
            folder: places.run.join("out/random").join(name),
            people: expected.people(),
            prefix: platform.draft().platform().map_or("", |settings| settings.oidc_group_prefix.value),
            expected,
        }
    }

    /// Those who can sign in.
    fn active(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(|person| person.is_enabled)
    }
}

fn wanted() -> Result<usize, Failure> {
    match std::env::var("NBC_PLATFORMS") {
        Ok(text) => text.parse().map_err(|cause| format!("NBC_PLATFORMS is {text:?}: {cause}")),
        Err(_) => Ok(PLATFORMS),
    }
}

fn name(seed: u64) -> String {
    format!("p{seed}")
}

fn workspace(seed: u64, name: &str) -> Workspace {
    let mut workspace = access::named(seed, name);
    workspace.files.push(File::new("nbc.toml", vec![SETTINGS.to_owned()]));
    workspace
}

fn analysed(seed: u64, name: &str) -> Analysis {
    let workspace = workspace(seed, name);
    let host = workspace.files.iter().fold(Memory::new(), |host, file| host.with(&file.path, file.text()));
    analyse(&host, Scope::Folder, &as_of)
}

/// The day around which the dates of random platforms lie.
fn as_of(_: &str) -> Date {
    day::parse(AS_OF).unwrap_or(Date(0))
}

/// A platform and its files; absent where a check refuses it.
fn built<'c, 'm>(compiled: &'c Compiled<'m>) -> Option<(&'c Platform<'m>, Output)> {
    let mut emission = emit(compiled, &[], false);
    pipeline::validate(compiled, &mut emission);
    let platform = compiled.stages.first()?.outcome.as_ref().ok()?;
    let output = emission.outputs.pop().filter(|_| emission.faults.is_empty())?;
    Some((platform, output))
}

/// Writes the files of a platform, and its sources beside them for who wants to build it by hand.
fn write(folder: &Path, seed: u64, name: &str, artifacts: &[Artifact]) -> Result<(), Failure> {
    let workspace = workspace(seed, name);
    let sources = workspace.files.iter().map(|file| (folder.join("source").join(&file.path), file.text()));
    let outputs = artifacts.iter().map(|artifact| (folder.join(&artifact.path), pipeline::text(artifact).to_owned()));
    for (path, text) in sources.chain(outputs) {
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, text))
            .map_err(|cause| format!("{}: {cause}", path.display()))?;
    }
    Ok(())
}
