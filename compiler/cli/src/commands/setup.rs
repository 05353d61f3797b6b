//! `nbc setup`: the files that make a forge ask nbc. A file that somebody else wrote is never replaced.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use nbc_driver::review::codeowners::{FileOwners, owners};

use crate::arguments::{Forge, Global, Setup, SetupArguments};
use crate::git;
use crate::render::human::line;
use crate::session::{Session, first_error};
use crate::{Exit, Io, Stop, output};

/// The beginning of every file that is written here.
const MARK: &str = "# written by `nbc setup";

pub(super) fn run(own: &SetupArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let session = Session::open(global, None, io)?;
    let place = Place::of(session.root());
    match &own.what {
        Setup::Ci { forge: Forge::Github, install, .. } => {
            let text = place.fill(include_str!("setup/github.yml"), install.as_deref().unwrap_or(MISSING_AT_GITHUB));
            place.write(".github/workflows/nbc.yml", &text, io)?;
            say_missing(install.as_deref(), "runners", io)?;
            say(io, "make `nbc / review` a required check of the branch, and guard `.github/`: nbc setup codeowners")?;
        }
        Setup::Ci { forge: Forge::Gitlab, install, image } => {
            let Some(image) = image else {
                let why = "a job of GitLab runs in an image, which needs git, curl and jq";
                return Err(Stop::because(why, "name one by its digest: --image registry.example/ci@sha256:…"));
            };
            let get = install.as_deref().unwrap_or(MISSING_AT_GITLAB);
            let text = place.fill(include_str!("setup/gitlab.yml"), get).replace("{image}", image);
            place.write(".gitlab/nbc.yml", &text, io)?;
            say_missing(install.as_deref(), "the image", io)?;
            say(io, "add `include: {local: .gitlab/nbc.yml}` to .gitlab-ci.yml, and the variable NBC_TOKEN")?;
        }
        Setup::Codeowners { forge } => codeowners(&session, &place, forge, io)?,
        Setup::PreCommit => {
            let text = place.fill(include_str!("setup/pre-commit.yml"), "");
            place.write(".pre-commit-config.yaml", &text, io)?;
            say(io, "pre-commit install")?;
        }
    }
    Ok(Exit::Done)
}

/// What a job says where nothing was said of how it gets nbc, and it has none.
const MISSING_AT_GITHUB: &str = "command -v nbc || { echo \"::error::this runner has no nbc: make this file again with \
                                 nbc setup ci github --install COMMAND\"; exit 2; }";
const MISSING_AT_GITLAB: &str = "command -v nbc || { echo \"this image has no nbc; make this file again with \
                                 nbc setup ci gitlab --install COMMAND\"; exit 2; }";

fn say_missing(install: Option<&str>, who: &str, io: &mut Io<'_>) -> Result<(), Stop> {
    match install {
        Some(_) => Ok(()),
        None => say(io, &format!("{who} must have nbc {}, or get it: --install COMMAND", env!("CARGO_PKG_VERSION"))),
    }
}

fn say(io: &mut Io<'_>, next: &str) -> Result<(), Stop> {
    writeln!(io.out, "{}", line("next", next))?;
    Ok(())
}

fn codeowners(session: &Session, place: &Place, forge: &str, io: &mut Io<'_>) -> Result<(), Stop> {
    let mut analysis = session.analyse_folder();
    let compiled = nbc_driver::compile(&mut analysis, None, &session.as_of());
    if compiled.stages.is_empty() {
        let error = first_error(&compiled.findings, compiled.sources).unwrap_or_default();
        return Err(Stop::because(error, "`nbc check` shows all errors; correct them first"));
    }
    let found = owners(&compiled, forge);
    if found.administrators.logins.is_empty() {
        return Err(Stop::because(
            format!("no platform administrator has a login at {forge}"),
            format!("write it into their `accounts`: accounts {{ {forge}: \"LOGIN\" }}"),
        ));
    }
    let mut text = format!("{MARK} codeowners`; made again by the same command\n");
    text += "# Coarser than `nbc review`, which knows which line belongs to whom: any owner of a file may approve all of it.\n";
    let mut row = |path: &str, owners: &FileOwners| {
        let names = owners.logins.iter().map(|login| format!(" @{login}")).collect::<String>();
        let _ = writeln!(text, "{path}{names}");
    };
    row("*", &found.administrators);
    for (path, owners) in &found.files {
        row(&format!("/{}{}", place.prefix, path.replace(' ', "\\ ")), owners);
    }
    for path in ["/.github/", "/.gitlab/", "/.gitlab-ci.yml", "CODEOWNERS", "nbc.toml", "nbc.lock"] {
        row(path, &found.administrators);
    }
    let file = if forge == "gitlab" { ".gitlab/CODEOWNERS" } else { ".github/CODEOWNERS" };
    place.write(file, &text, io)?;
    if !found.without_login.is_empty() {
        let names: Vec<&str> = found.without_login.iter().map(String::as_str).collect();
        writeln!(io.out, "{}", line("not", &format!("{}: no login at {forge} in `accounts`", names.join(", "))))?;
    }
    Ok(())
}

/// Where the workspace lies in its repository.
struct Place {
    repository: PathBuf,
    /// `platform/`, or nothing.
    prefix: String,
}

impl Place {
    /// A folder that is in no repository is taken for the root of one.
    fn of(root: &Path) -> Place {
        let prefix = git::prefix(root).unwrap_or_default();
        let repository =
            prefix.split('/').filter(|step| !step.is_empty()).fold(root.to_owned(), |path, _| path.join(".."));
        Place { repository, prefix }
    }

    fn fill(&self, template: &str, install: &str) -> String {
        let directory = if self.prefix.is_empty() { "." } else { self.prefix.trim_end_matches('/') };
        template
            .replace("{version}", env!("CARGO_PKG_VERSION"))
            .replace("{directory}", directory)
            .replace("{install}", install)
    }

    fn write(&self, path: &str, text: &str, io: &mut Io<'_>) -> Result<(), Stop> {
        let full = self.repository.join(path);
        if full.exists() {
            #[expect(clippy::disallowed_methods, reason = "what is there is looked at before it is replaced")]
            let there = std::fs::read_to_string(&full)?;
            if !there.starts_with(MARK) {
                let way_out = "move it away, run this again, and join the two by hand";
                return Err(Stop::because(format!("`{path}` is there, and nbc did not write it"), way_out));
            }
        }
        if let Some(folder) = full.parent() {
            std::fs::create_dir_all(folder)?;
        }
        output::put(&full, text)?;
        writeln!(io.out, "{}", line("wrote", path))?;
        Ok(())
    }
}
