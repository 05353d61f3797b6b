//! Every example, built by the released `nbc` as a user would: one [`Build`] for each stage.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::places::{Places, output_of};
use crate::report::Report;

/// The day on which everything is judged, so that dates in examples do not run out.
pub(crate) const AS_OF: &str = "2026-11-20";

/// What one example became in one stage.
pub(crate) struct Build {
    /// `lab`, or `campus/production` where there are stages.
    pub(crate) name: String,
    example: PathBuf,
    stage: Option<String>,
    /// Holds `kubernetes/`, `keycloak/` and so on.
    pub(crate) folder: PathBuf,
    /// The targets that `nbc.toml` asks for.
    targets: Vec<String>,
}

impl Build {
    /// Whether `nbc.toml` asks for this target.
    pub(crate) fn has(&self, target: &str) -> bool {
        self.targets.iter().any(|name| name == target)
    }

    /// `nbc ARGUMENTS --format json` on this example and stage, read.
    pub(crate) fn ask(&self, places: &Places, arguments: &[&str]) -> Result<serde_json::Value, Failure> {
        let mut command = nbc(places, &self.example);
        command.args(arguments).args(["--as-of", AS_OF, "--format", "json"]);
        if let Some(stage) = &self.stage {
            command.args(["--stage", stage]);
        }
        let text = output_of(&mut command)?;
        serde_json::from_str(&text)
            .map_err(|cause| format!("nbc {}: its JSON cannot be read: {cause}", arguments.join(" ")))
    }
}

/// Builds all examples; an example that fails, or writes less than it was asked for, fails its check and is left out.
pub(crate) fn build_all(places: &Places, report: &mut Report) -> Result<Vec<Build>, Failure> {
    let mut examples = folders(&places.repository.join("examples"))?;
    examples.retain(|example| places.examples.is_empty() || places.examples.contains(&name_of(example)));
    examples.sort();
    let mut builds = Vec::new();
    for example in &examples {
        let name = name_of(example);
        match build(places, example, &name) {
            Ok(made) => {
                report.check(
                    "examples",
                    &format!(
                        "{name} builds ({} stages, {} targets)",
                        made.len(),
                        made.first().map_or(0, |build| build.targets.len())
                    ),
                    Ok(()),
                );
                builds.extend(made);
            }
            Err(why) => report.check("examples", &format!("{name} builds"), Err(why)),
        }
    }
    if builds.is_empty() { Err("no example was built: nothing can be judged".to_owned()) } else { Ok(builds) }
}

fn build(places: &Places, example: &Path, name: &str) -> Result<Vec<Build>, Failure> {
    let out = places.run.join("out").join(name);
    output_of(nbc(places, Path::new(".")).arg("build").arg(example).arg("--out").arg(&out).args(["--as-of", AS_OF]))?;
    let targets = targets(example)?;
    let missing =
        |folder: &Path| targets.iter().filter(|target| !folder.join(target).is_dir()).cloned().collect::<Vec<_>>();
    if missing(&out).is_empty() {
        let build = Build { name: name.to_owned(), example: example.to_owned(), stage: None, folder: out, targets };
        return Ok(vec![build]);
    }
    let mut builds = Vec::new();
    for folder in folders(&out)? {
        let stage = name_of(&folder);
        let absent = missing(&folder);
        if !absent.is_empty() {
            return Err(format!("{}: nothing was written for {}", folder.display(), absent.join(", ")));
        }
        builds.push(Build {
            name: format!("{name}/{stage}"),
            example: example.to_owned(),
            stage: Some(stage),
            folder,
            targets: targets.clone(),
        });
    }
    builds.sort_by(|one, other| one.name.cmp(&other.name));
    if builds.is_empty() { Err(format!("{}: nothing was written", out.display())) } else { Ok(builds) }
}

fn nbc(places: &Places, folder: &Path) -> Command {
    let mut command = Command::new(places.nbc());
    command.current_dir(places.repository.join(folder)).env("NO_COLOR", "1");
    command
}

/// The `[backends.NAME]` tables of `nbc.toml`.
fn targets(example: &Path) -> Result<Vec<String>, Failure> {
    let path = example.join("nbc.toml");
    let text = std::fs::read_to_string(&path).map_err(|cause| format!("{}: {cause}", path.display()))?;
    let names: Vec<String> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("[backends.")?.split(']').next())
        .map(str::to_owned)
        .collect();
    if names.is_empty() { Err(format!("{}: asks for no backend", path.display())) } else { Ok(names) }
}

fn folders(parent: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = std::fs::read_dir(parent).map_err(|cause| format!("{}: {cause}", parent.display()))?;
    Ok(entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect())
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
