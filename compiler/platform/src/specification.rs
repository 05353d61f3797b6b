//! What an environment asks for, whether it stands in the files or in an `environment.yml`, a `pixi.toml` or a lock
//! file that it names. Every requirement keeps the place where it was written.
//!
//! This module reads; the checks judge. What a file cannot say here (a `prefix`, a pixi task) is left out.

mod environment_yml;
mod lock;
mod pixi_toml;

use nbc_source::{About, Diagnostic, Diagnostics, FileId, Fix, Span};

use crate::codes;
use crate::draft::Draft;
use crate::kinds::{CondaPackage, Environment, PackageSpec, PipPackage, PipSpec};
use crate::values::{Entry, Id, Sourced};

/// All that an environment asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Specification<'m> {
    pub environment: Id<Environment<'m>>,
    /// Where packages come from, first wins: handles of channels, or in a foreign file names or addresses as written.
    pub channels: Vec<Written>,
    pub conda: Vec<Requirement>,
    pub pip: Vec<Requirement>,
    /// Options for pip such as `--index-url`, as written.
    pub pip_options: Vec<Written>,
    /// Sorted by name.
    pub variables: Vec<(String, Written)>,
    pub platforms: Vec<String>,
    /// It comes from a lock file: everything is decided to the last build.
    pub locked: bool,
}

/// A text and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub text: String,
    pub span: Span,
}

/// One package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// In small letters, as repositories index it.
    pub name: String,
    /// The versions that will do, as written; empty where all will.
    pub version: String,
    pub build: String,
    /// The channel named for this package alone (`channel::package`): a handle, a name or an address.
    pub channel: Option<String>,
    /// The whole as conda or pip reads it: `numpy 2.*`, `torch[cuda]>=2`.
    pub text: String,
    pub span: Span,
    /// It stands in an nbc file, so that a fix can put it right.
    pub ours: bool,
}

/// Reads all environments of a draft's declarations, in their order; the findings are files that cannot be read.
pub(crate) fn read_all<'m>(draft: &Draft<'m>) -> (Vec<Specification<'m>>, Diagnostics) {
    let mut out = Diagnostics::new();
    let all = draft.declared.environments.iter().map(|environment| read(draft, environment, &mut out)).collect();
    (all, out)
}

fn read<'m>(draft: &Draft<'m>, environment: &Environment<'m>, out: &mut Diagnostics) -> Specification<'m> {
    let mut specification = said_here(draft, environment);
    let Some(file) = environment.file else { return specification };
    let span = draft.span(file.origin);
    let Some((id, text)) = find(draft, file, span) else {
        out.push(missing(draft, environment, file.value, span));
        return specification;
    };
    let name = file.value.rsplit('/').next().unwrap_or(file.value);
    let read = match name {
        "pixi.toml" => pixi_toml::read(id, text, &mut specification).err().into_iter().collect(),
        "pixi.lock" | "conda-lock.yml" => lock::read(id, text, &mut specification).err().into_iter().collect(),
        _ => environment_yml::read(id, text, &mut specification),
    };
    for Unreadable { span: inside, why, fix } in read {
        let message = format!("`{}` cannot be read: {why}", file.value);
        let mut unreadable = Diagnostic::new(&codes::UNREADABLE_ENVIRONMENT_FILE, inside, message)
            .related(span, format!("environment `{}` takes its packages from there", environment.handle));
        unreadable.fix = fix;
        out.push(unreadable);
    }
    specification
}

/// A foreign file that is not what its name says.
struct Unreadable {
    span: Span,
    why: String,
    fix: Option<Fix>,
}

/// The file beside the one that names it, else below the root of the workspace.
fn find<'m>(draft: &Draft<'m>, file: Sourced<&str>, span: Span) -> Option<(FileId, &'m str)> {
    let folder = draft.sources.path(span.file).rsplit_once('/').map_or("", |(folder, _)| folder);
    let beside = if folder.is_empty() { file.value.to_owned() } else { format!("{folder}/{}", file.value) };
    let id = draft.sources.find(&beside).or_else(|| draft.sources.find(file.value))?;
    draft.sources.get(id).map(|source| (id, &*source.text))
}

fn missing(draft: &Draft<'_>, environment: &Environment<'_>, file: &str, span: Span) -> Diagnostic {
    let known: Vec<&str> = draft.sources.iter().map(|(_, source)| source.path.as_str()).collect();
    let mut found = Diagnostic::new(&codes::UNREADABLE_ENVIRONMENT_FILE, span, format!("there is no file `{file}`"))
        .label(format!("environment `{}` takes its packages from there", environment.handle))
        .about(About::MissingFile);
    let near = nbc_source::suggest::nearest(file, known);
    for near in &near {
        found = found.help(format!("did you mean `{near}`?"));
    }
    if let [only] = near.as_slice() {
        found = found.fix(Fix::replace(span, format!("\"{only}\""), format!("write `\"{only}\"`")));
    }
    found.help("a path starts in the folder of the file that names it, or at the root of the workspace")
}

/// What the nbc files say of it.
fn said_here<'m>(draft: &Draft<'m>, environment: &Environment<'m>) -> Specification<'m> {
    let channel = |item: &crate::values::Item<Id<_>>| Written {
        text: draft.model.handle(item.value.entity).to_owned(),
        span: draft.span(item.origin),
    };
    let variable = |entry: &Entry<&str, &str>| {
        (entry.key.to_owned(), Written { text: entry.value.to_owned(), span: draft.span(entry.origin) })
    };
    Specification {
        environment: environment.id,
        channels: environment.channels.value.iter().map(channel).collect(),
        conda: environment.packages.value.iter().map(|entry| conda(draft, entry)).collect(),
        pip: environment.pip.value.iter().map(|entry| pip(draft, entry)).collect(),
        pip_options: Vec::new(),
        variables: environment.variables.value.iter().map(variable).collect(),
        platforms: environment.platforms.value.iter().map(|item| item.value.text().to_owned()).collect(),
        locked: false,
    }
}

fn conda<'m>(draft: &Draft<'m>, entry: &Entry<&'m str, PackageSpec<'m>>) -> Requirement {
    let (said, channel) = match &entry.value {
        PackageSpec::Text(text) => ((*text).to_owned(), None),
        PackageSpec::CondaPackage(CondaPackage { version, build, channel }) => {
            let build = build.map_or("", |build| build.value);
            let channel = channel.map(|channel| draft.model.handle(channel.value.entity).to_owned());
            (format!("{} {build}", version.value), channel)
        }
    };
    let said = said.trim();
    let (version, build) = split_build(said);
    let version = if version == "*" && build.is_empty() { "" } else { version };
    let text = [entry.key, version, build].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    Requirement {
        name: entry.key.to_ascii_lowercase(),
        version: version.to_owned(),
        build: build.to_owned(),
        text: channel.as_ref().map_or(text.clone(), |channel| format!("{channel}::{text}")),
        channel,
        span: draft.span(entry.origin),
        ours: true,
    }
}

/// `>=2.4,<2.6 cuda*` is a version and a build; blanks after an operator or a comma belong to the version.
fn split_build(text: &str) -> (&str, &str) {
    for (at, _) in text.match_indices(' ') {
        let (before, after) = (text.get(..at).unwrap_or(text).trim_end(), text.get(at..).unwrap_or("").trim_start());
        let open = before.ends_with([',', '|', '=', '<', '>', '!', '~'])
            || after.starts_with([',', '|', '<', '>', '!', '=', '~']);
        if !open {
            return (before, after);
        }
    }
    (text, "")
}

fn pip<'m>(draft: &Draft<'m>, entry: &Entry<&'m str, PipSpec<'m>>) -> Requirement {
    let name = entry.key;
    let (version, text) = match &entry.value {
        PipSpec::Text(text) => {
            let version = if *text == "*" { "" } else { text };
            (version.to_owned(), format!("{name}{version}"))
        }
        PipSpec::PipPackage(PipPackage { version, extras, url }) => {
            let version = version.map_or("", |version| version.value).trim_matches('*').to_owned();
            let extras: Vec<&str> = extras.value.iter().map(|extra| extra.value).collect();
            let extras = if extras.is_empty() { String::new() } else { format!("[{}]", extras.join(",")) };
            let text = match url {
                Some(url) => format!("{name}{extras} @ {}", url.value),
                None => format!("{name}{extras}{version}"),
            };
            (version, text)
        }
    };
    Requirement {
        name: name.to_ascii_lowercase(),
        version,
        build: String::new(),
        channel: None,
        text,
        span: draft.span(entry.origin),
        ours: true,
    }
}

/// A conda requirement as a foreign file writes it: `conda-forge::numpy>=2,<3`, `pandas=2.2`.
fn foreign(text: &str, span: Span) -> Requirement {
    let (channel, rest) = match text.split_once("::") {
        Some((channel, rest)) => (Some(channel.trim().to_owned()), rest),
        None => (None, text),
    };
    let end = rest.find([' ', '=', '<', '>', '!', '~', '[']).unwrap_or(rest.len());
    let (name, constraint) = (rest.get(..end).unwrap_or(rest), rest.get(end..).unwrap_or("").trim());
    let (version, build) = split_build(constraint);
    Requirement {
        name: name.trim().to_ascii_lowercase(),
        version: version.to_owned(),
        build: build.to_owned(),
        channel,
        text: text.to_owned(),
        span,
        ours: false,
    }
}

/// A pip requirement as a foreign file writes it: `torch[cuda]>=2`, `pkg @ https://…`.
fn foreign_pip(text: &str, span: Span) -> Requirement {
    let end = text.find([' ', '=', '<', '>', '!', '~', '[', '@', ';']).unwrap_or(text.len());
    let rest = text.get(end..).unwrap_or("");
    let rest = rest.strip_prefix('[').and_then(|extras| extras.split_once(']')).map_or(rest, |(_, version)| version);
    let version = if rest.trim_start().starts_with('@') { "" } else { rest.trim() };
    Requirement {
        name: text.get(..end).unwrap_or(text).to_ascii_lowercase(),
        version: version.to_owned(),
        build: String::new(),
        channel: None,
        text: text.to_owned(),
        span,
        ours: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_told_from_a_version_with_blanks() {
        assert_eq!(split_build(">=2.4,<2.6 cuda*"), (">=2.4,<2.6", "cuda*"));
        assert_eq!(split_build(">= 2.4, < 2.6"), (">= 2.4, < 2.6", ""));
        assert_eq!(split_build("2.*"), ("2.*", ""));
    }

    #[test]
    fn foreign_requirements_are_taken_apart() {
        let read = |text: &str| {
            let row = foreign(text, Span::default());
            (row.channel.unwrap_or_default(), row.name, row.version, row.build)
        };
        let owned = |a: &str, b: &str, c: &str, d: &str| (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned());
        assert_eq!(read("conda-forge::NumPy>=2,<3"), owned("conda-forge", "numpy", ">=2,<3", ""));
        assert_eq!(read("python 3.11.* *_cpython"), owned("", "python", "3.11.*", "*_cpython"));
        assert_eq!(read("ipykernel"), owned("", "ipykernel", "", ""));
        assert_eq!(foreign_pip("torch[cuda]>=2", Span::default()).version, ">=2");
        assert_eq!(foreign_pip("pkg @ https://x.example/a.whl", Span::default()).name, "pkg");
    }
}
