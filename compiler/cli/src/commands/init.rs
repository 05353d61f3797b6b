//! `nbc init`: a new workspace from a template that the binary carries. Nothing that is there is overwritten.

use std::fs;
use std::io::Write as _;

use nbc_source::suggest;

use crate::arguments::{Global, InitArguments};
use crate::render::count;
use crate::{Exit, Io, Stop};

struct Template {
    name: &'static str,
    /// By path, with `/`.
    files: &'static [(&'static str, &'static str)],
}

macro_rules! templates {
    ($($name:literal: $($path:literal)*;)*) => {
        /// As `stdlib/templates` has them; a test compares.
        const TEMPLATES: &[Template] = &[$(Template {
            name: $name,
            files: &[$(($path, include_str!(concat!("../../../../stdlib/templates/", $name, "/", $path)))),*],
        }),*];
    };
}

templates! {
    "lab": "nbc.toml" "people.nbc" "platform.nbc" "teams/lab.nbc" "teams/ml-research.nbc" "tests/access.nbc";
    "course": "course.nbc" "nbc.toml" "platform.nbc" "students.csv" "tests/access.nbc";
    "company": "nbc.toml" "people.nbc" "platform.nbc" "stages.nbc" "teams/teams.nbc" "tests/access.nbc";
    "environments": "environments.nbc" "nbc.toml" "paper/environment.yml" "people.nbc";
    "minimal": "nbc.toml" "platform.nbc";
}

/// Titles and descriptions, in the order of the list.
const TITLES: &str = include_str!("../../../../stdlib/templates/templates.toml");

pub(super) fn run(own: &InitArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    if own.list {
        for template in TEMPLATES {
            writeln!(io.out, "{:<14}{}", template.name, title(template.name))?;
        }
        return Ok(Exit::Done);
    }
    let Some(template) = TEMPLATES.iter().find(|template| template.name == own.template) else {
        let names: Vec<&str> = TEMPLATES.iter().map(|template| template.name).collect();
        let near = suggest::nearest(&own.template, names.iter().copied());
        let near = near.first().map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        return Err(Stop::because(
            format!("there is no template `{}`", own.template),
            format!("{near}there are {}", names.join(", ")),
        ));
    };
    let folder = global.directory.as_ref().map_or_else(|| own.folder.clone(), |start| start.join(&own.folder));
    for (path, _) in template.files {
        let full = folder.join(path);
        if fs::symlink_metadata(&full).is_ok() {
            return Err(Stop::because(
                format!("`{}` is there already, so nothing was written", full.display()),
                "name another folder: nbc init coast",
            ));
        }
    }
    let mut lines = 0;
    for (path, text) in template.files {
        let full = folder.join(path);
        if let Some(parent) = full.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut file = fs::File::create_new(&full)?;
        file.write_all(text.as_bytes())?;
        lines += text.lines().count();
    }
    let shown = own.folder.display();
    let (files, lines) = (count(template.files.len(), "file"), count(lines, "line"));
    writeln!(io.out, "created  {shown} from template {}: {files}, {lines}", template.name)?;
    if !global.quiet {
        writeln!(io.out, "next     nbc -C {shown} check")?;
    }
    Ok(Exit::Done)
}

/// The title that `templates.toml` gives; the file is nbc's own and tested.
fn title(name: &str) -> &'static str {
    let section = TITLES.split("\n[").find_map(|section| section.strip_prefix(name)?.strip_prefix(']'));
    let line = section.and_then(|section| section.lines().find_map(|line| line.strip_prefix("title = ")));
    line.map_or("", |line| line.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_has_a_title() {
        for template in TEMPLATES {
            assert!(!title(template.name).is_empty(), "{}", template.name);
        }
        assert_eq!(TITLES.matches("\ntitle = ").count(), TEMPLATES.len());
    }
}
