//! `nbc.toml`: edition, what is left out, and the versions of the targets, each with its place.

mod schema;

use std::collections::BTreeMap;
use std::ops::Range;

use nbc_backends::Backend;
use nbc_platform::Targets;
use nbc_source::voice::small_first_letter;
use nbc_source::{Diagnostic, Diagnostics, FileId, Fix, Span, suggest};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::codes;

pub use schema::{OF_TARGET, SETTINGS, Setting, schema};

/// The name of the settings file.
pub const FILE: &str = "nbc.toml";
/// The editions of the language, newest last.
pub const EDITIONS: &[&str] = &["2026"];

/// What `nbc.toml` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Files and folders that do not belong to the workspace, without a `/` at the end.
    pub exclude: Vec<String>,
    pub targets: Targets,
}

/// Reads the settings. What is wrong is left out and said.
pub fn read(file: FileId, text: &str) -> (Settings, Diagnostics) {
    let mut reader = Reader { file, text, out: Diagnostics::new() };
    let (table, errors) = DeTable::parse_recoverable(text);
    // The first is the mistake; what the parser says after it follows from it.
    if let Some(error) = errors.first() {
        let span = reader.span(error.span().unwrap_or(0..0));
        let why = error.message().trim_end_matches('.').to_owned();
        reader.out.push(
            Diagnostic::new(
                &codes::SETTINGS_SYNTAX,
                span,
                format!("`{FILE}` cannot be read: {}", small_first_letter(&why)),
            )
            .help("the smallest one is `edition = \"2026\"`"),
        );
    }
    if !errors.is_empty() {
        return (Settings::default(), reader.out);
    }
    let settings = reader.settings(table.get_ref());
    reader.out.settle();
    (settings, reader.out)
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    out: Diagnostics,
}

impl Reader<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        let end = range.end.min(self.text.len()) as u32;
        Span::new(self.file, (range.start as u32).min(end)..end)
    }

    fn settings(&mut self, table: &DeTable<'_>) -> Settings {
        let mut settings = Settings::default();
        let mut has_edition = false;
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "edition" => {
                    has_edition = true;
                    self.edition(value);
                }
                "exclude" => settings.exclude = self.exclude(value),
                "backends" => settings.targets.versions = self.backends(value),
                other => {
                    has_edition |= suggest::nearest(other, ["edition"]).len() == 1;
                    self.unknown(other, key.span(), &names(SETTINGS));
                }
            }
        }
        if !has_edition {
            let found = Diagnostic::new(&codes::WRONG_SETTING, self.span(0..0), "`nbc.toml` does not say its edition");
            self.out.push(found.label("missing here").help("write `edition = \"2026\"` as its first line"));
        }
        settings
    }

    fn edition(&mut self, value: &Spanned<DeValue<'_>>) {
        let said = value.get_ref().as_str();
        if said.is_some_and(|said| EDITIONS.contains(&said)) {
            return;
        }
        let written = self.written(value);
        let message = match said {
            Some(_) => format!("there is no edition `{written}`"),
            None => format!("the edition `{written}` is not a text"),
        };
        let found = self.wrong(value, message, &format!("this nbc knows edition {}", EDITIONS.join(", ")));
        let quoted = format!("\"{written}\"");
        let is_unquoted = said.is_none() && EDITIONS.contains(&written.as_str());
        self.out.push(match is_unquoted {
            true => found.fix(Fix::replace(self.span(value.span()), quoted, "write it in quotes")),
            false => found,
        });
    }

    fn exclude(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<String> {
        let Some(list) = value.get_ref().as_array() else {
            let found =
                self.wrong(value, "`exclude` is a list of folders".to_owned(), "write `exclude = [\"drafts/\"]`");
            self.out.push(found);
            return Vec::new();
        };
        let mut excluded = Vec::new();
        for element in list {
            match element.get_ref().as_str() {
                Some(path) => excluded.push(path.trim_start_matches("./").trim_end_matches('/').to_owned()),
                None => {
                    let found = self.wrong(element, "a folder is a text".to_owned(), "write it in quotes");
                    self.out.push(found);
                }
            }
        }
        excluded.retain(|path| !path.is_empty());
        excluded
    }

    fn backends(&mut self, value: &Spanned<DeValue<'_>>) -> BTreeMap<String, String> {
        let mut versions = BTreeMap::new();
        let Some(table) = value.get_ref().as_table() else {
            let found = self.wrong(
                value,
                "`backends` is a table of targets".to_owned(),
                "write `[backends.kubernetes]` and below it `version = \"1.36\"`",
            );
            self.out.push(found);
            return versions;
        };
        let names: Vec<&str> = nbc_backends::ALL.iter().map(|backend| backend.name()).collect();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            match nbc_backends::ALL.iter().find(|backend| backend.name() == name) {
                Some(backend) => {
                    if let Some(version) = self.backend(*backend, value) {
                        versions.insert(name.to_owned(), version);
                    }
                }
                None => self.unknown(name, key.span(), &names),
            }
        }
        versions
    }

    /// The version of one target; the newest where none is said, none where it is not one that nbc knows.
    fn backend(&mut self, backend: &dyn Backend, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let (name, known) = (backend.name(), backend.versions());
        let newest = || known.first().copied().unwrap_or_default().to_owned();
        let Some(table) = value.get_ref().as_table() else {
            let help = format!("write `[backends.{name}]` and below it `version = \"{}\"`", newest());
            let found = self.wrong(value, format!("`backends.{name}` is a table"), &help);
            self.out.push(found);
            return None;
        };
        let mut version = Some(newest());
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "version" => version = self.version(name, known, value),
                other => self.unknown(other, key.span(), &names(OF_TARGET)),
            }
        }
        version
    }

    fn version(&mut self, name: &str, known: &[&str], value: &Spanned<DeValue<'_>>) -> Option<String> {
        if let Some(said) = value.get_ref().as_str().filter(|said| known.contains(said)) {
            return Some(said.to_owned());
        }
        let written = self.written(value);
        let list = known.join(", ");
        match value.get_ref().as_str() {
            Some(said) => {
                let code = &nbc_backends::codes::UNKNOWN_TARGET_VERSION;
                let span = self.span(value.span());
                let mut found = Diagnostic::new(code, span, format!("nbc does not know version `{said}` of {name}"));
                // `26.4` is one of the releases of 26.
                let is_of = |series: &&&str| said.strip_prefix(**series).is_some_and(|rest| rest.starts_with('.'));
                found.fix = known.iter().find(is_of).map(|series| {
                    let written = format!("\"{series}\"");
                    Fix::replace(span, &written, format!("write `{written}`, which holds for {said} too"))
                });
                self.out.push(found.help(format!("it knows {list}")));
            }
            None => {
                let found = self.wrong(value, format!("the version `{written}` is not a text"), "write it in quotes");
                let fix = Fix::replace(self.span(value.span()), format!("\"{written}\""), "write it in quotes");
                self.out.push(found.help(format!("nbc knows {list} of {name}")).fix(fix));
            }
        }
        None
    }

    fn wrong(&self, value: &Spanned<DeValue<'_>>, message: String, help: &str) -> Diagnostic {
        Diagnostic::new(&codes::WRONG_SETTING, self.span(value.span()), message).help(help)
    }

    fn unknown(&mut self, key: &str, at: Range<usize>, known: &[&str]) {
        let span = self.span(at);
        let mut found = Diagnostic::new(&codes::UNKNOWN_SETTING, span, format!("`{FILE}` has no setting `{key}`"));
        if let Some(near) = suggest::nearest(key, known.iter().copied()).first() {
            found = found
                .help(format!("did you mean `{near}`?"))
                .fix(Fix::replace(span, *near, format!("{key} → {near}")).may_change_meaning());
        }
        self.out.push(found.help(format!("it knows {}", known.join(", "))));
    }

    fn written(&self, value: &Spanned<DeValue<'_>>) -> String {
        self.text.get(value.span()).unwrap_or_default().trim_matches(['"', '\'']).to_owned()
    }
}

fn names(settings: &[Setting]) -> Vec<&'static str> {
    settings.iter().map(|setting| setting.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(text: &str) -> String {
        let (settings, out) = read(FileId(0), text);
        let mut lines: Vec<String> = out
            .iter()
            .map(|d| {
                let span = d.span.unwrap();
                let at = text.get(span.start as usize..span.end as usize).unwrap();
                format!("{} at `{at}`: {} ({})", d.code.name, d.message, d.help.join("; "))
            })
            .collect();
        lines.push(format!("{:?} {:?}", settings.exclude, settings.targets.versions));
        lines.join("\n")
    }

    #[test]
    fn what_is_right_is_taken_and_what_is_wrong_is_said_once() {
        let good = "edition = \"2026\"\nexclude = [\"drafts/\"]\n[backends.kubernetes]\nversion = \"1.36\"\n[backends.cedar]\n";
        insta::assert_snapshot!(report(good), @r#"["drafts"] {"cedar": "4", "kubernetes": "1.36"}"#);
        let bad = "edition = 2026\nexlude = []\n[backends.kubernets]\n[backends.keycloak]\nversion = \"9\"\n\
                   [backends.jupyterhub]\nversion = 5\n";
        insta::assert_snapshot!(report(bad), @r#"
        wrong-setting at `2026`: the edition `2026` is not a text (this nbc knows edition 2026)
        unknown-setting at `exlude`: `nbc.toml` has no setting `exlude` (did you mean `exclude`?; it knows edition, exclude, backends)
        unknown-setting at `kubernets`: `nbc.toml` has no setting `kubernets` (did you mean `kubernetes`?; it knows cedar, conda-store, jupyterhub, keycloak, kubernetes)
        unknown-target-version at `"9"`: nbc does not know version `9` of keycloak (it knows 26)
        wrong-setting at `5`: the version `5` is not a text (write it in quotes; nbc knows 5 of jupyterhub)
        [] {}
        "#);
        insta::assert_snapshot!(report(""), @r#"
        wrong-setting at ``: `nbc.toml` does not say its edition (write `edition = "2026"` as its first line)
        [] {}
        "#);
        insta::assert_snapshot!(report("edition = = 3\n"), @r#"
        settings-syntax at `=`: `nbc.toml` cannot be read: extra `=`, expected nothing (the smallest one is `edition = "2026"`)
        [] {}
        "#);
    }
}
