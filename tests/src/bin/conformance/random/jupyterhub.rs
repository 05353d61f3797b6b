//! KubeSpawner's filtered list of profiles, the volumes of the pods that it makes, the authenticator's answer to a sign-in, and what the
//! hub's own roles let people do with the servers of others.

use std::collections::BTreeSet;
use std::path::Path;

use nbc_effective::{
    Measured, PROFILE_LAUNCH, SERVICE_ADMINISTER, SERVICE_OPEN, STORAGE_READ, STORAGE_WRITE, USER_OPEN_SERVER,
    USER_SEE_USAGE, USER_STOP_SERVER, Verdict,
};
use serde_json::Value;

use super::Subject;
use crate::Failure;
use crate::identity::{list, text, texts};
use crate::jupyterhub::{People, base, offers};
use crate::places::Places;

const TARGET: &str = "jupyterhub";

pub(super) fn judge(places: &Places, subjects: &[Subject<'_, '_>]) -> Result<Vec<Verdict>, Failure> {
    let people = |subject: &Subject<'_, '_>| {
        subject.active().map(|person| (person.name.clone(), person.claim.clone())).collect::<People>()
    };
    let asked: Vec<(&Path, _)> = subjects.iter().map(|subject| (subject.folder.as_path(), people(subject))).collect();
    let answers = offers(places, &asked)?;
    Ok(subjects.iter().map(|subject| verdict(subject, &answers[subject.folder.to_string_lossy().as_ref()])).collect())
}

fn verdict(subject: &Subject<'_, '_>, answers: &Value) -> Verdict {
    let mut measured = Measured::default();
    let mut refused = Verdict::default();
    for person in subject.active() {
        let found = &answers[&person.name];
        let offered: BTreeSet<String> =
            list(found, "offers").iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let launched: BTreeSet<&str> = offered.iter().map(|slug| base(slug)).collect();
        let mut ask = |permission, may: &dyn Fn(&str) -> bool| {
            for thing in subject.expected.things(TARGET, permission) {
                measured.answer(permission, &thing, &person.name, may(&thing));
            }
        };
        ask(PROFILE_LAUNCH, &|slug| launched.contains(slug));
        let mounts = mounts(found);
        let mounted = |storage: &str, writes: bool| mounts.contains(&(format!("nbc-{storage}"), writes));
        ask(STORAGE_READ, &|storage| mounted(storage, false) || mounted(storage, true));
        ask(STORAGE_WRITE, &|storage| mounted(storage, true));
        let sign_in = &found["sign_in"];
        ask(SERVICE_OPEN, &|service| sign_in["client"] == service && sign_in["open"] == true);
        ask(SERVICE_ADMINISTER, &|service| sign_in["client"] == service && sign_in["administer"] == true);
        for permission in [USER_OPEN_SERVER, USER_STOP_SERVER, USER_SEE_USAGE] {
            let over = texts(&found["over"], permission.action);
            for other in subject.expected.things(TARGET, permission).iter().filter(|other| **other != person.name) {
                measured.answer(permission, other, &person.name, over.contains(other));
            }
        }
        let started = found["pods"].as_object().into_iter().flatten().map(|(slug, _)| slug);
        let beside: Vec<&String> = started.filter(|slug| !offered.contains(*slug)).collect();
        refused.equal(&format!("{} starts what is not offered", person.name), &beside, &Vec::new());
    }
    let mut verdict = subject.expected.judge(TARGET, &measured);
    verdict.join(refused);
    verdict
}

/// The volumes of any pod that somebody gets, each with whether it can be written to.
fn mounts(found: &Value) -> BTreeSet<(String, bool)> {
    let pods = found["pods"].as_object().into_iter().flatten();
    let containers = pods.flat_map(|(_, pod)| list(&pod["spec"], "containers"));
    let mounts = containers.flat_map(|container| list(container, "volumeMounts"));
    mounts.map(|mount| (text(mount, "name"), mount["readOnly"] != true)).collect()
}
