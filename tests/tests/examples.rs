//! Every example and every template compiles without an error, has the size its README says, and warns of what is true of it.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test lists the folders that it judges, and its helpers fail as it would"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use nbc_driver::{Disk, Scope, analyse, compile};
use nbc_model::value::Date;
use nbc_source::Level;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The workspaces in a folder, by name.
fn workspaces(folder: &str) -> BTreeMap<String, PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let workspaces = entries.filter(|path| path.join("nbc.toml").exists());
    workspaces.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path)).collect()
}

struct Judged {
    /// `file:line:column level[name] message`, errors first.
    errors: Vec<String>,
    /// The names of what is not an error.
    warned: BTreeSet<String>,
    /// How many of each kind, in the first stage.
    entities: BTreeMap<String, usize>,
    stages: usize,
    expectations: usize,
}

fn judge(folder: &Path) -> Judged {
    let as_of = |_: &str| Date::from_civil(2026, 11, 20).unwrap();
    let mut analysis = analyse(&Disk::new(folder), Scope::Folder, &as_of);
    let compiled = compile(&mut analysis, None, &as_of);
    let (errors, others): (Vec<_>, Vec<_>) = compiled.findings.iter().partition(|found| found.level == Level::Error);
    let place = |span| compiled.sources.place(span);
    let shown = errors
        .iter()
        .map(|found| format!("{} {}: {}", found.span.map(place).unwrap_or_default(), found.code.name, found.message));
    let mut entities = BTreeMap::new();
    if let Some(world) = compiled.model.worlds.first() {
        for (id, kind) in compiled.model.kinds.kinds.iter() {
            entities.insert(compiled.model.text(kind.name).to_owned(), world.of_kind(id).len());
        }
    }
    Judged {
        errors: shown.collect(),
        warned: others.iter().map(|found| found.code.name.to_owned()).collect(),
        entities,
        stages: compiled.stages.len(),
        expectations: compiled.tests.iter().map(|test| test.expectations.len()).sum(),
    }
}

#[test]
fn every_example_compiles() {
    let examples = workspaces("examples");
    let names: Vec<&str> = examples.keys().map(String::as_str).collect();
    assert_eq!(names, ["campus", "course", "dandi", "lab", "minimal", "nebari-docs"]);
    for (name, folder) in &examples {
        let errors = judge(folder).errors;
        assert!(errors.is_empty(), "{name}:\n{}", errors.join("\n"));
        assert!(folder.join("README.md").exists(), "{name} has no README");
    }
}

#[test]
fn every_template_compiles() {
    let templates = workspaces("stdlib/templates");
    assert!(templates.len() >= 5, "{templates:?}");
    for (name, folder) in &templates {
        let errors = judge(folder).errors;
        assert!(errors.is_empty(), "{name}:\n{}", errors.join("\n"));
    }
}

#[test]
fn examples_have_the_size_that_their_readmes_say() {
    let campus = judge(&root().join("examples/campus"));
    assert_eq!((campus.entities["user"], campus.entities["group"], campus.stages), (5_003, 120, 4));
    let course = judge(&root().join("examples/course"));
    assert_eq!((course.entities["user"], course.entities["group"]), (304, 2));
    let lab = judge(&root().join("examples/lab"));
    assert_eq!((lab.entities["user"], lab.entities["group"], lab.expectations), (12, 5, 4));
}

#[test]
fn real_sites_are_told_what_is_true_of_them() {
    let dandi = judge(&root().join("examples/dandi")).warned;
    for name in ["moving-image-tag", "larger-than-machine", "mixed-gpus", "members-unknown"] {
        assert!(dandi.contains(name), "{name} is missing of {dandi:?}");
    }
    let docs = judge(&root().join("examples/nebari-docs")).warned;
    for name in ["larger-than-machine", "members-unknown"] {
        assert!(docs.contains(name), "{name} is missing of {docs:?}");
    }
}

#[test]
fn the_template_of_a_lab_is_the_example() {
    let files = |folder: PathBuf| {
        let mut found = BTreeMap::new();
        let mut folders = vec![folder.clone()];
        while let Some(next) = folders.pop() {
            for path in fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.file_name().unwrap() != "README.md" {
                    let name = path.strip_prefix(&folder).unwrap().to_owned();
                    found.insert(name, fs::read_to_string(path).unwrap());
                }
            }
        }
        found
    };
    assert_eq!(files(root().join("stdlib/templates/lab")), files(root().join("examples/lab")));
}
