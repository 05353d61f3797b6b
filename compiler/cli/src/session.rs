//! What most commands begin with: which workspace, which day, which stage.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::mem::ManuallyDrop;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use nbc_driver::fix::{Fixed, Wanted};
use nbc_driver::{Analysis, Disk, Scope, day, workspace};
use nbc_model::value::Date;
use nbc_model::world::World;
use nbc_source::{Diagnostics, Level, Sources};

use crate::arguments::{Format, Global};
use crate::{Io, Stop};

/// Files by path, each with its last change and size; `None` where it is not there.
pub(crate) type Stamps = BTreeMap<String, Option<(SystemTime, u64)>>;

/// A workspace on disk and the day that is asked about.
pub(crate) struct Session {
    disk: Disk,
    /// The one file that is judged, where it is one.
    file: Option<String>,
    as_of: Option<Date>,
    now: jiff::Timestamp,
    /// The time zone that the day was asked for last.
    zone: RefCell<String>,
}

impl Session {
    /// `path` is what the command names beside the global `-C`.
    ///
    /// # Errors
    /// A day that is none, or a path that is not there.
    pub(crate) fn open(global: &Global, path: Option<&Path>, io: &Io<'_>) -> Result<Session, Stop> {
        let as_of = match &global.as_of {
            Some(text) => Some(day::parse(text).ok_or_else(|| {
                Stop::because(format!("`{text}` is no day"), "write it as year-month-day: --as-of 2026-11-20")
            })?),
            None => None,
        };
        let directory = global.directory.clone().unwrap_or_else(|| PathBuf::from("."));
        let full = path.map_or_else(|| directory.clone(), |path| directory.join(path));
        let shown = full.display();
        if !full.exists() {
            return Err(Stop::because(format!("there is no `{shown}`"), "name a folder with nbc.toml, or a .nbc file"));
        }
        if full.is_dir() {
            return Ok(Session::new(full, None, as_of, io));
        }
        let is_judged = |name: &&str| name.ends_with(".nbc") || workspace::is_environment(name);
        let Some(name) = full.file_name().and_then(|name| name.to_str()).filter(is_judged) else {
            return Err(Stop::because(
                format!("`{shown}` is neither a folder, nor a .nbc file, nor an environment"),
                "environments are environment.yml, pixi.toml and their lock files",
            ));
        };
        let root = full.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Session::new(root, Some(name.to_owned()), as_of, io))
    }

    fn new(root: impl Into<PathBuf>, file: Option<String>, as_of: Option<Date>, io: &Io<'_>) -> Session {
        Session { disk: Disk::new(root), file, as_of, now: (io.now)(), zone: RefCell::default() }
    }

    pub(crate) fn root(&self) -> &Path {
        self.disk.root()
    }

    /// The workspace as seen from where the command was started, for paths that a forge finds in its checkout:
    /// `platform/`, or nothing where that cannot be said.
    pub(crate) fn folder(&self) -> String {
        let mut steps = Vec::new();
        for component in self.root().components() {
            match component {
                Component::Normal(step) => steps.push(step.to_string_lossy()),
                Component::CurDir => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => return String::new(),
            }
        }
        steps.iter().map(|step| format!("{step}/")).collect()
    }

    /// When each file was last written, and its size: those that belong to the workspace now, and those of `read`.
    pub(crate) fn stamps(&self, read: &BTreeSet<String>) -> Stamps {
        let listed = if self.file.is_some() { Vec::new() } else { workspace::files(&self.disk) };
        let stamp = |path: &String| {
            let found = self.root().join(path).metadata().ok()?;
            Some((found.modified().ok()?, found.len()))
        };
        listed.iter().chain(read).map(|path| (path.clone(), stamp(path))).collect()
    }

    /// Asks again what time it is.
    pub(crate) fn renew(&mut self, io: &Io<'_>) {
        self.now = (io.now)();
    }

    /// Whether a day of the platform has begun since.
    pub(crate) fn is_of_another_day(&self, io: &Io<'_>) -> bool {
        let zone = self.zone.borrow();
        self.as_of.is_none() && day::at(self.now, &zone) != day::at((io.now)(), &zone)
    }

    pub(crate) fn as_of(&self) -> impl Fn(&str) -> Date {
        |zone| {
            zone.clone_into(&mut self.zone.borrow_mut());
            self.as_of.unwrap_or_else(|| day::at(self.now, zone))
        }
    }

    fn scope(&self) -> Scope<'_> {
        match &self.file {
            None => Scope::Folder,
            Some(file) if workspace::is_environment(file) => Scope::Environment(file),
            Some(file) => Scope::File(file),
        }
    }

    /// Phases 1 to 9 of the files as they are, whatever stages they have.
    pub(crate) fn analyse_folder(&self) -> Analysis {
        nbc_driver::analyse(&self.disk, Scope::Folder, &self.as_of())
    }

    /// What `nbc fix` makes of the workspace; nothing is written.
    pub(crate) fn fix(&self, wanted: Wanted<'_>) -> Fixed {
        nbc_driver::fix::fix(&self.disk, self.scope(), &self.as_of(), wanted)
    }

    /// Phases 1 to 9. A command ends with its answer, and the system takes all memory back at once: giving back every tree
    /// and value by itself would take a tenth of the time.
    ///
    /// # Errors
    /// A stage that the workspace does not have.
    pub(crate) fn analyse(&self, global: &Global) -> Result<ManuallyDrop<Analysis>, Stop> {
        let analysis = ManuallyDrop::new(nbc_driver::analyse(&self.disk, self.scope(), &self.as_of()));
        if let Some(wanted) = &global.stage {
            let model = &analysis.model;
            let stages: Vec<&str> = model.stages.iter().map(|(_, stage)| model.text(stage.name)).collect();
            if !stages.contains(&wanted.as_str()) {
                let way_out = match stages.as_slice() {
                    [] => "this workspace has no stages".to_owned(),
                    stages => format!("there are {}", stages.join(", ")),
                };
                return Err(Stop::because(format!("there is no stage `{wanted}`"), way_out));
            }
        }
        Ok(analysis)
    }
}

/// What is asked of half a platform has no answer.
fn refuse_errors(analysis: &Analysis) -> Result<(), Stop> {
    match first_error(&analysis.findings, analysis.sources()) {
        Some(error) => Err(Stop::because(error, "`nbc check` shows all errors; correct them first")),
        None => Ok(()),
    }
}

/// Prints the answers of stages, each under the names of those that share it; without names where there is one answer.
///
/// # Errors
/// Where no stage has an answer: why the first has none.
pub(crate) fn say_each(answers: Vec<(Option<String>, Result<String, String>)>, io: &mut Io<'_>) -> Result<(), Stop> {
    let mut said: Vec<(Vec<String>, String)> = Vec::new();
    if let (Some((_, Err(why))), true) = (answers.first(), answers.iter().all(|(_, answer)| answer.is_err())) {
        return Err(Stop::because(why, ""));
    }
    for (name, answer) in answers {
        let text = answer.unwrap_or_else(|why| why);
        match said.iter_mut().find(|(_, known)| *known == text) {
            Some((names, _)) => names.extend(name),
            None => said.push((name.into_iter().collect(), text)),
        }
    }
    let is_one = said.len() == 1;
    for (at, (names, text)) in said.iter().enumerate() {
        let apart = if at > 0 { "\n" } else { "" };
        let heading =
            if is_one || names.is_empty() { String::new() } else { format!("{apart}in {}:\n", names.join(", ")) };
        writeln!(io.out, "{heading}{}", text.trim_end())?;
    }
    Ok(())
}

/// The first error in one line, with its place: what keeps a question from being answered.
pub(crate) fn first_error(findings: &Diagnostics, sources: &Sources) -> Option<String> {
    let found = findings.iter().find(|found| found.level == Level::Error)?;
    let place = found.span.map_or_else(String::new, |span| format!("{}: ", sources.place(span)));
    Some(format!("{place}{}", found.message))
}

/// What a question about one stage needs.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) analysis: &'a Analysis,
    pub(crate) world: &'a World,
}

impl<'a> Asked<'a> {
    /// The stage that was named; for people, who can read several answers, all stages where none was.
    ///
    /// # Errors
    /// As [`Asked::of`].
    pub(crate) fn each(analysis: &'a Analysis, global: &Global) -> Result<Vec<Asked<'a>>, Stop> {
        let is_for_people = matches!(global.format, Format::Human | Format::Concise);
        if global.stage.is_some() || !is_for_people {
            return Asked::of(analysis, global).map(|asked| vec![asked]);
        }
        refuse_errors(analysis)?;
        Ok(analysis.model.worlds.iter().map(|world| Asked { analysis, world }).collect())
    }

    /// `None` where the workspace has no stages.
    pub(crate) fn stage(&self) -> Option<String> {
        let model = &self.analysis.model;
        self.world.stage.map(|stage| model.text(model.stages[stage].name).to_owned())
    }

    /// The stage that was named, or the only one.
    ///
    /// # Errors
    /// Where errors keep the files from being asked, or several stages leave it open which one is meant.
    pub(crate) fn of(analysis: &'a Analysis, global: &Global) -> Result<Asked<'a>, Stop> {
        refuse_errors(analysis)?;
        let model = &analysis.model;
        let name = |world: &World| world.stage.map(|stage| model.text(model.stages[stage].name));
        let worlds = &model.worlds;
        let chosen = match &global.stage {
            Some(wanted) => worlds.iter().find(|world| name(world) == Some(wanted)),
            None => match worlds.as_slice() {
                [only] => Some(only),
                _ => None,
            },
        };
        match chosen {
            Some(world) => Ok(Asked { analysis, world }),
            None => {
                let names: Vec<&str> = worlds.iter().filter_map(name).collect();
                Err(Stop::because(
                    "this workspace has several stages, and the answer differs",
                    format!("name one with --stage: {}", names.join(", ")),
                ))
            }
        }
    }
}
