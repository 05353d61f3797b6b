//! conda-store's own authorization code, with its database holding the emitted roles: who sees, changes and deletes which environment.

use std::process::Command;

use nbc_effective::{ENVIRONMENT_DELETE, ENVIRONMENT_EDIT, ENVIRONMENT_VIEW, Measured, Verdict};
use serde_json::{Value, json};

use super::Subject;
use crate::Failure;
use crate::identity::texts;
use crate::places::{Places, answer_of};

const TARGET: &str = "conda-store";
/// Permissions as `authorization.py` calls them.
const PERMISSIONS: [(nbc_effective::Permission, &str); 3] =
    [(ENVIRONMENT_VIEW, "view"), (ENVIRONMENT_EDIT, "edit"), (ENVIRONMENT_DELETE, "delete")];

pub(super) fn judge(places: &Places, subjects: &[Subject<'_, '_>]) -> Result<Vec<Verdict>, Failure> {
    let mut command = Command::new(places.parts.join("conda-store/venv/bin/python"));
    command
        .arg(places.script("conda-store/authorization.py"))
        .env("PYTHONPATH", places.script("parts/conda-store"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let answers = answer_of(&mut command, &subjects.iter().map(question).collect())?;
    Ok(subjects.iter().map(|subject| verdict(subject, &answers[subject.folder.to_string_lossy().as_ref()])).collect())
}

/// A newcomer has no namespace that anything is said about, so the people of the files are asked about.
fn names<'s>(subject: &'s Subject<'_, '_>) -> impl Iterator<Item = &'s str> {
    subject.active().filter(|person| person.is_listed).map(|person| person.name.as_str())
}

fn question(subject: &Subject<'_, '_>) -> Value {
    json!({
        "folder": subject.folder,
        "people": names(subject).collect::<Vec<_>>(),
        "environments": subject.expected.things(TARGET, ENVIRONMENT_VIEW),
    })
}

fn verdict(subject: &Subject<'_, '_>, answers: &Value) -> Verdict {
    let mut measured = Measured::default();
    for environment in subject.expected.things(TARGET, ENVIRONMENT_VIEW) {
        for person in names(subject) {
            let may = texts(&answers[person], &environment);
            for (permission, called) in PERMISSIONS {
                measured.answer(permission, &environment, person, may.contains(called));
            }
        }
    }
    subject.expected.judge(TARGET, &measured)
}
