//! Keycloak imports the realm of every build at its start, as a first installation does, and is read back over its Admin API;
//! a person logs in, and not with a wrong password. Realms of the same name come from stages of one platform: they are imported by further starts.

mod admin;
mod readback;
mod traps;

use std::path::PathBuf;

use serde_json::json;
use tokio::runtime::Runtime;

use crate::Failure;
use crate::examples::Build;
use crate::identity::{Realm, value_of};
use crate::places::Places;
use crate::report::Report;
use crate::servers::Server;
use crate::together;

pub(crate) use admin::Admin;

pub(crate) const AREA: &str = "keycloak";

/// A password that meets every policy nbc can express.
pub(crate) const PASSWORD: &str = "Correct-Horse-7-Battery-Staple!";

pub(crate) fn judge(places: &Places, builds: &[Build], report: &mut Report, runtime: &Runtime) {
    let mut pairs = Vec::new();
    for build in builds.iter().filter(|build| build.has(AREA)) {
        match Realm::of(build) {
            Ok(realm) => pairs.push((build, realm)),
            Err(why) => report.check(AREA, &format!("{}: one realm file", build.name), Err(why)),
        }
    }
    let mut first = true;
    while !pairs.is_empty() {
        let mut batch: Vec<(&Build, Realm)> = Vec::new();
        let mut later = Vec::new();
        for (build, realm) in pairs {
            if batch.iter().any(|(_, taken)| taken.name == realm.name) {
                later.push((build, realm))
            } else {
                batch.push((build, realm))
            }
        }
        if let Err(why) = judge_batch(places, &batch, first, report, runtime) {
            report.check(AREA, "imports the realm files at its start", Err(why));
        }
        first = false;
        pairs = later;
    }
}

fn judge_batch(
    places: &Places,
    batch: &[(&Build, Realm)],
    first: bool,
    report: &mut Report,
    runtime: &Runtime,
) -> Result<(), Failure> {
    let mut files: Vec<PathBuf> = batch.iter().map(|(_, realm)| realm.file.clone()).collect();
    if first {
        files.push(traps::expanded_file(places)?);
    }
    let mut placeholders: Vec<(String, String)> =
        batch.iter().flat_map(|(_, realm)| realm.placeholders()).map(|name| (name.clone(), value_of(&name))).collect();
    placeholders.push((traps::EXPANDED_VARIABLE.to_owned(), traps::EXPANDED_VALUE.to_owned()));
    let _server = Server::keycloak(places, &files, &placeholders)?;
    let admin = Admin::log_in(places)?;
    for (build, realm) in batch {
        if let Err(why) = readback::judge(&admin, realm, report) {
            report.check(AREA, &format!("{}: realm {} is read back to the end", realm.build, realm.name), Err(why));
        }
        report.check(
            AREA,
            &format!("{}: a person logs in, and not with a wrong password", realm.build),
            log_in(places, &admin, realm),
        );
        runtime.block_on(together::judge(places, &admin, build, realm, report));
    }
    if first {
        traps::judge(&admin, batch.iter().map(|(_, realm)| realm), report);
    }
    Ok(())
}

fn log_in(places: &Places, admin: &Admin, realm: &Realm) -> Result<(), Failure> {
    let (person, groups) = realm.sample().into_iter().next().ok_or("nobody is declared, and no group")?;
    let client = admin.test_client(&realm.name)?;
    admin.ready_to_log_in(&realm.name, &person, &groups)?;
    let token = admin.token(places, &realm.name, &client, &person)?;
    let wrong = admin.password_grant(places, &realm.name, &client, &person, "not the password")?;
    match (token.is_empty(), wrong.status) {
        (false, 400 | 401) => Ok(()),
        (empty, status) => {
            Err(format!("{person}: token empty: {empty}; with a wrong password: {status} {}", json!(wrong.body)))
        }
    }
}
