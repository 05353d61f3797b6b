//! `nbc doctor`: whether what nbc needs is there, what is not, and the way out.

mod editors;
mod program;

use std::path::PathBuf;

use nbc_driver::workspace;
use nbc_driver::{Disk, config};

use crate::arguments::{Doctor, DoctorArguments, EditorArguments, Global};
use crate::{Exit, Io, Stop};

/// A line of the report.
fn line(word: &str, text: &str) -> String {
    format!("{word:<11}{text}")
}

/// What was looked at: a line of the report, and what is wrong with it.
struct Looked {
    word: &'static str,
    said: String,
    /// What is wrong, and the way out.
    problem: Option<(String, String)>,
}

impl Looked {
    fn fine(word: &'static str, said: impl Into<String>) -> Looked {
        Looked { word, said: said.into(), problem: None }
    }

    fn wrong(
        word: &'static str,
        said: impl Into<String>,
        why: impl Into<String>,
        way_out: impl Into<String>,
    ) -> Looked {
        Looked { word, said: said.into(), problem: Some((why.into(), way_out.into())) }
    }
}

pub(super) fn run(own: &DoctorArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let Doctor::Editor(own) = &own.what;
    let mut report = program::look(own);
    report.push(program::server());
    report.push(platform(global));
    report.extend(editors::look(&home(own)?));
    let mut number = 0;
    for Looked { word, said, problem } in &report {
        writeln!(io.out, "{}", line(word, said))?;
        if let Some((why, way_out)) = problem {
            number += 1;
            writeln!(io.out, "{}", line("", &format!("problem: {why}")))?;
            writeln!(io.out, "{}", line("", &format!("way out: {way_out}")))?;
        }
    }
    let verdict = match number {
        0 => "nothing is wrong; what to do in an editor that stays silent: nbc docs editors".to_owned(),
        1 => "1 problem".to_owned(),
        several => format!("{several} problems"),
    };
    writeln!(io.out, "{}", line("doctor", &verdict))?;
    Ok(if number == 0 { Exit::Done } else { Exit::Findings })
}

/// The folder that editors keep their settings in.
fn home(own: &EditorArguments) -> Result<PathBuf, Stop> {
    let said = || ["HOME", "USERPROFILE"].iter().find_map(std::env::var_os).map(PathBuf::from);
    own.home
        .clone()
        .or_else(said)
        .ok_or_else(|| Stop::because("nothing says where your home folder is", "name it: nbc doctor editor --home DIR"))
}

/// The workspace that an editor would judge when a file of this folder is opened.
fn platform(global: &Global) -> Looked {
    let here = global.directory.clone().unwrap_or_else(|| PathBuf::from("."));
    let folder = std::path::absolute(&here).unwrap_or(here);
    let root = folder.ancestors().find(|folder| folder.join(config::FILE).is_file());
    match root {
        Some(root) => {
            let files = workspace::files(&Disk::new(root)).len();
            Looked::fine("workspace", format!("{}, {files} files", root.display()))
        }
        None => Looked::wrong(
            "workspace",
            format!("{}: neither here nor above is nbc.toml", folder.display()),
            "a file that is opened here is judged alone, so the names of other files are unknown to it",
            "open the folder with nbc.toml in the editor, or make one: nbc init",
        ),
    }
}
