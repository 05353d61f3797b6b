//! conda-store's own model takes every environment of every build; a started server takes those of one build, with its namespaces and roles,
//! and gives them back as they were declared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::Failure;
use crate::compare::{Lists, within};
use crate::examples::Build;
use crate::http::Http;
use crate::identity::{list, text};
use crate::places::{Places, files_below, output_of, read_json, read_text, read_yaml};
use crate::report::{Judged, Report};
use crate::servers::Server;

const AREA: &str = "conda-store";

pub(crate) fn judge(places: &Places, builds: &[Build], report: &mut Report) {
    let mut largest: Option<(usize, &Build)> = None;
    for build in builds.iter().filter(|build| build.has(AREA)) {
        let files = environments(build);
        // A platform may have no environment of its own; that all have none would be a judgement of nothing.
        if files.is_empty() {
            continue;
        }
        match read_by_its_model(places, &files) {
            Ok(judged) => {
                report.check_all(AREA, &format!("{}: its own model takes every environment", build.name), &judged)
            }
            Err(why) => report.check(AREA, &format!("{}: its own model takes every environment", build.name), Err(why)),
        }
        if largest.is_none_or(|(most, _)| files.len() > most) {
            largest = Some((files.len(), build));
        }
    }
    let outcome = largest
        .ok_or_else(|| "no example has an environment".to_owned())
        .and_then(|(_, build)| judge_server(places, build, report));
    if let Err(why) = outcome {
        report.check(AREA, "a started server takes the environments of one example", Err(why));
    }
}

fn environments(build: &Build) -> Vec<PathBuf> {
    files_below(&build.folder.join(AREA), "environment.yaml")
}

fn read_by_its_model(places: &Places, files: &[PathBuf]) -> Result<Judged, Failure> {
    let mut command = Command::new(places.parts.join("conda-store/venv/bin/python"));
    command
        .arg(places.script("conda-store/environments.py"))
        .args(files)
        .env("PYTHONPATH", places.script("parts/conda-store"));
    let text = output_of(&mut command)?;
    let messages: BTreeMap<String, Option<String>> = serde_json::from_str(&text).map_err(|cause| cause.to_string())?;
    let mut judged = Judged::default();
    for (file, message) in messages {
        judged.add(message.map_or(Ok(()), |message| Err(format!("{file}: {message}"))));
    }
    Ok(judged)
}

fn judge_server(places: &Places, build: &Build, report: &mut Report) -> Result<(), Failure> {
    let server = Server::conda_store(places)?;
    let http = Http {
        address: format!("{}/api/v1", places.conda_store()),
        certificate: None,
        token: Some("tok-admin".to_owned()),
    };
    let roles = read_json(&build.folder.join(AREA).join("roles.json"))?;
    let name = |what: &str| format!("{}: {what}", build.name);
    report.check_all(
        AREA,
        &name("a started server takes the namespaces and roles"),
        &namespaces_and_roles(&http, build, &roles)?,
    );
    report.check_all(
        AREA,
        &name("… and the environments, and gives them back as declared"),
        &specifications(&http, build)?,
    );
    drop(server);
    Ok(())
}

/// `conda-store/NAMESPACE/NAME/environment.yaml`
fn namespace_of(file: &Path) -> String {
    let folder = file.parent().and_then(Path::parent).and_then(Path::file_name);
    folder.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn namespaces_and_roles(http: &Http, build: &Build, roles: &Value) -> Result<Judged, Failure> {
    let mut judged = Judged::default();
    let mut namespaces: Vec<String> = environments(build).iter().map(|file| namespace_of(file)).collect();
    for (namespace, bindings) in roles.as_object().into_iter().flatten() {
        namespaces.push(namespace.clone());
        namespaces.extend(bindings.as_array().into_iter().flatten().map(|binding| text(binding, "other_namespace")));
    }
    namespaces.sort();
    namespaces.dedup();
    for namespace in &namespaces {
        let answer = http.answer("POST", &format!("/namespace/{namespace}/"), None)?;
        // The server makes its default and its file system namespace itself.
        judged.add(if matches!(answer.status, 200 | 409) {
            Ok(())
        } else {
            Err(format!("namespace {namespace}: {} {}", answer.status, answer.body))
        });
    }
    for (namespace, bindings) in roles.as_object().into_iter().flatten() {
        for binding in bindings.as_array().into_iter().flatten() {
            judged.add(http.call("POST", &format!("/namespace/{namespace}/role"), Some(binding)).map(|_| ()));
        }
        let found = http.get(&format!("/namespace/{namespace}/roles"))?;
        let pair = |entry: &Value, namespace: &str| (text(entry, namespace), text(entry, "role"));
        let mut found: Vec<_> = list(&found, "data").iter().map(|entry| pair(entry, "other_namespace")).collect();
        let mut declared: Vec<_> =
            bindings.as_array().into_iter().flatten().map(|entry| pair(entry, "other_namespace")).collect();
        found.sort();
        declared.sort();
        judged.equal(&format!("roles of namespace {namespace}"), &found, &declared);
    }
    Ok(judged)
}

fn specifications(http: &Http, build: &Build) -> Result<Judged, Failure> {
    let mut judged = Judged::default();
    for file in environments(build) {
        let body = json!({"namespace": namespace_of(&file), "specification": read_text(&file)?});
        let answer = http.answer("POST", "/specification/", Some(&body))?;
        let identifier = answer.body["data"]["build_id"].as_u64();
        let Some(identifier) = identifier else {
            judged.add(Err(format!("{}: {} {}", file.display(), answer.status, answer.body)));
            continue;
        };
        let found = http.get(&format!("/build/{identifier}/"))?;
        let kept = &found["data"]["specification"]["spec"];
        let declared = read_yaml(&file)?.into_iter().next().unwrap_or_default();
        judged.add(within(&declared, kept, Lists::Ordered).map_err(|place| format!("{}: {place}", file.display())));
    }
    Ok(judged)
}
