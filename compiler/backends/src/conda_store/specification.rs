//! An environment as conda-store and pixi read it.
//!
//! conda-store's own model takes more than conda does and drops what it does not know, so only its five keys are
//! written, and every variable as text.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use nbc_model::value::OriginId;
use nbc_platform::kinds::{Channel, ChannelPriority, ChannelType, Environment};
use nbc_platform::specification::{Requirement, Specification};
use nbc_platform::values::{Id, Item};

use crate::site::{Site, origin};
use crate::writer::{Document, Origins, below, entries};

/// `CondaSpecification` of conda-store 2025.2.
#[derive(Debug, Serialize)]
struct EnvironmentYaml {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    channels: Vec<String>,
    dependencies: Vec<Dependency>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    variables: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Dependency {
    Conda(String),
    Pip { pip: Vec<String> },
}

/// `pixi.toml`
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct PixiToml {
    workspace: Workspace,
    #[serde(skip_serializing_if = "Option::is_none")]
    system_requirements: Option<SystemRequirements>,
    dependencies: BTreeMap<String, CondaPackage>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pypi_dependencies: BTreeMap<String, PypiPackage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pypi_options: Option<PypiOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    activation: Option<Activation>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Workspace {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    channels: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_priority: Option<&'static str>,
    platforms: Vec<String>,
}

#[derive(Debug, Serialize)]
struct SystemRequirements {
    cuda: String,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum CondaPackage {
    Version(String),
    Full {
        version: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        build: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        channel: Option<String>,
    },
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum PypiPackage {
    Version(String),
    Full {
        #[serde(skip_serializing_if = "Option::is_none")]
        version: Option<String>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        extras: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        git: Option<String>,
    },
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct PypiOptions {
    extra_index_urls: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Activation {
    env: BTreeMap<String, String>,
}

/// `environment.yaml`
pub(crate) fn environment_yaml(
    site: &Site<'_, '_>,
    environment: &Environment<'_>,
    spec: &Specification<'_>,
) -> Document {
    let mut dependencies: Vec<Dependency> = Vec::new();
    let mut origins = Origins::new();
    for requirement in &spec.conda {
        origins
            .push((format!("/dependencies/{}", dependencies.len()), vec![origin_of(environment, &requirement.name)]));
        dependencies.push(Dependency::Conda(match_spec(site, requirement)));
    }
    let has = |name: &str| spec.conda.iter().any(|requirement| requirement.name == name);
    let pip = (!spec.pip.is_empty() && !has("pip")).then_some("pip");
    let required = required(site).into_iter().chain(pip.map(|name| (name, environment.pip.origin)));
    for (name, from) in required.filter(|(name, _)| !has(name)) {
        origins.push((format!("/dependencies/{}", dependencies.len()), vec![from]));
        dependencies.push(Dependency::Conda(name.to_owned()));
    }
    if !spec.pip.is_empty() {
        let options = spec.pip_options.iter().map(|option| option.text.clone());
        let indexes = indexes(site, spec).into_iter().map(|url| format!("--extra-index-url {url}"));
        let packages = spec.pip.iter().map(|requirement| requirement.text.clone());
        origins.push((format!("/dependencies/{}", dependencies.len()), vec![environment.pip.origin]));
        dependencies.push(Dependency::Pip { pip: options.chain(indexes).chain(packages).collect() });
    }
    let typed = EnvironmentYaml {
        name: environment.handle.to_owned(),
        description: environment.description.map(|description| description.value.to_owned()),
        channels: channels(site, spec),
        dependencies,
        variables: variables(spec),
    };
    let mut document = Document::new("environment", &typed);
    origins.extend(common_origins(site, environment));
    document.origins = origins;
    document
}

/// What both forms have; where the list lies in a file of conda, that file is what was said.
fn common_origins(site: &Site<'_, '_>, environment: &Environment<'_>) -> Origins {
    let file = origin(&environment.file);
    let fields = [
        ("", Some(site.declared(environment.id.entity))),
        ("/description", origin(&environment.description)),
        ("/channels", file.or(Some(environment.channels.origin))),
        ("/variables", file.or(Some(environment.variables.origin))),
    ];
    let mut origins: Origins = below("", fields).collect();
    let conda =
        |item: &&Item<Id<Channel<'_>>>| site.platform.declared().get(item.value).is_some_and(|row| !is_pypi(row));
    let channels = environment.channels.value.iter().filter(conda).enumerate().filter(|_| file.is_none());
    origins.extend(channels.map(|(nth, item)| (format!("/channels/{nth}"), vec![item.origin])));
    origins.extend(entries("/variables", &environment.variables.value));
    origins
}

/// Where each line of `pixi.toml` comes from: a table's lines come from what the table is about.
pub(crate) fn pixi_lines(site: &Site<'_, '_>, environment: &Environment<'_>, text: &str) -> Vec<(u32, Vec<OriginId>)> {
    let declared = site.declared(environment.id.entity);
    let (mut table, mut lines) = (String::new(), Vec::new());
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(header) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            table = header.to_owned();
        }
        let key = line.split(" = ").next().unwrap_or_default().trim_matches('"');
        let from = pixi_origin(site, environment, &table, key);
        lines.push((number, if from.is_empty() { vec![declared] } else { from }));
    }
    lines
}

fn pixi_origin(site: &Site<'_, '_>, environment: &Environment<'_>, table: &str, key: &str) -> Vec<OriginId> {
    let (head, inner) = table.split_once('.').unwrap_or((table, key));
    let package = inner.trim_matches('"');
    let one = |from: Option<OriginId>| from.into_iter().collect();
    match head {
        "dependencies" => {
            let by_platform = required(site).into_iter().find(|(name, _)| *name == package).map(|(_, from)| from);
            let own = environment.packages.value.iter().find(|entry| entry.key.eq_ignore_ascii_case(package));
            one(own.map(|entry| entry.origin).or(by_platform).or(origin(&environment.file)))
        }
        "pypi-dependencies" => vec![environment.pip.origin],
        "pypi-options" => vec![environment.channels.origin],
        "system-requirements" => one(origin(&environment.cuda)),
        "activation" => {
            let own = environment.variables.value.iter().find(|entry| entry.key == key);
            one(own.map(|entry| entry.origin).or(origin(&environment.file)))
        }
        _ => match key {
            "description" => one(origin(&environment.description)),
            "channels" | "channel-priority" => vec![environment.channels.origin],
            "platforms" => vec![environment.platforms.origin],
            _ => Vec::new(),
        },
    }
}

fn origin_of(environment: &Environment<'_>, package: &str) -> OriginId {
    let entry = environment.packages.value.iter().find(|entry| entry.key.eq_ignore_ascii_case(package));
    let file = || environment.file.map_or(environment.packages.origin, |file| file.origin);
    entry.map_or_else(file, |entry| entry.origin)
}

/// The same as `pixi.toml`: the text, and a tree of it for the schema.
pub(crate) fn pixi_toml(
    site: &Site<'_, '_>,
    environment: &Environment<'_>,
    spec: &Specification<'_>,
) -> (String, Value) {
    let mut dependencies: BTreeMap<String, CondaPackage> =
        spec.conda.iter().map(|requirement| (requirement.name.clone(), conda_package(site, requirement))).collect();
    for (name, _) in required(site) {
        dependencies.entry(name.to_owned()).or_insert_with(|| CondaPackage::Version("*".to_owned()));
    }
    let indexes = indexes(site, spec);
    let description = environment.description.map(|description| description.value.to_owned());
    let typed = PixiToml {
        workspace: Workspace {
            name: environment.handle.to_owned(),
            description,
            channels: channels(site, spec),
            channel_priority: strictness(site, environment),
            platforms: platforms(spec),
        },
        system_requirements: environment.cuda.map(|cuda| SystemRequirements { cuda: cuda.value.to_owned() }),
        dependencies,
        pypi_dependencies: spec.pip.iter().map(|row| (row.name.clone(), pypi_package(row))).collect(),
        pypi_options: (!indexes.is_empty()).then_some(PypiOptions { extra_index_urls: indexes }),
        activation: (!spec.variables.is_empty()).then(|| Activation { env: variables(spec) }),
    };
    (toml::to_string(&typed).unwrap_or_default(), serde_json::to_value(&typed).unwrap_or(Value::Null))
}

fn variables(spec: &Specification<'_>) -> BTreeMap<String, String> {
    spec.variables.iter().map(|(name, value)| (name.clone(), value.text.clone())).collect()
}

/// The systems, once each: `noarch` is not one that pixi installs for.
fn platforms(spec: &Specification<'_>) -> Vec<String> {
    let mut platforms: Vec<String> = Vec::new();
    for platform in spec.platforms.iter().filter(|platform| *platform != "noarch") {
        if !platforms.contains(platform) {
            platforms.push(platform.clone());
        }
    }
    if platforms.is_empty() { vec!["linux-64".to_owned()] } else { platforms }
}

/// pixi is strict by itself; only a flexible channel says otherwise.
fn strictness(site: &Site<'_, '_>, environment: &Environment<'_>) -> Option<&'static str> {
    let flexible = environment.channels.value.iter().any(|item| {
        site.platform
            .declared()
            .get(item.value)
            .is_some_and(|channel| channel.priority.value == ChannelPriority::Flexible)
    });
    flexible.then_some("disabled")
}

/// Packages that every environment of the platform has.
fn required<'m>(site: &Site<'_, 'm>) -> Vec<(&'m str, OriginId)> {
    let settings = site.settings().map(|settings| &settings.environments.value);
    let packages = settings.map(|row| row.required_packages.value.iter().map(|item| (item.value, item.origin)));
    packages.map(Iterator::collect).unwrap_or_default()
}

/// Conda channels in their order, as names where conda knows them by name, else as addresses.
fn channels(site: &Site<'_, '_>, spec: &Specification<'_>) -> Vec<String> {
    let conda = spec.channels.iter().filter(|written| !declared(site, &written.text).is_some_and(is_pypi));
    conda.map(|written| address(site, &written.text)).collect()
}

fn declared<'a, 'm>(site: &Site<'a, 'm>, name: &str) -> Option<&'a Channel<'m>> {
    site.platform.declared().channels.iter().find(|channel| channel.handle == name)
}

fn is_pypi(channel: &Channel<'_>) -> bool {
    channel.r#type.value == ChannelType::Pypi
}

/// conda looks a bare name up at anaconda.org; every other channel is named by its address.
fn address(site: &Site<'_, '_>, name: &str) -> String {
    let Some(channel) = declared(site, name) else { return name.to_owned() };
    let url = channel.url.value.trim_end_matches('/');
    match url.strip_prefix("https://conda.anaconda.org/") {
        Some(public) if !public.contains('/') => public.to_owned(),
        _ => url.to_owned(),
    }
}

/// Indexes of Python packages beside pypi.org.
fn indexes(site: &Site<'_, '_>, spec: &Specification<'_>) -> Vec<String> {
    let pypi =
        spec.channels.iter().filter_map(|written| declared(site, &written.text)).filter(|channel| is_pypi(channel));
    pypi.map(|channel| channel.url.value.to_owned()).filter(|url| !url.starts_with("https://pypi.org/")).collect()
}

/// `conda-forge::numpy 2.* *_0`
fn match_spec(site: &Site<'_, '_>, requirement: &Requirement) -> String {
    let Requirement { name, version, build, channel, text, span: _, ours } = requirement;
    if !ours {
        return text.clone(); // a file's own words pass through
    }
    let version = if version.is_empty() && !build.is_empty() { "*" } else { version };
    let parts = [name.as_str(), version, build].into_iter().filter(|part| !part.is_empty());
    let plain = parts.collect::<Vec<_>>().join(" ");
    channel.as_ref().map_or(plain.clone(), |channel| format!("{}::{plain}", address(site, channel)))
}

fn conda_package(site: &Site<'_, '_>, requirement: &Requirement) -> CondaPackage {
    let version = if requirement.version.is_empty() { "*".to_owned() } else { requirement.version.clone() };
    if requirement.build.is_empty() && requirement.channel.is_none() {
        return CondaPackage::Version(version);
    }
    CondaPackage::Full {
        version,
        build: (!requirement.build.is_empty()).then(|| requirement.build.clone()),
        channel: requirement.channel.as_ref().map(|channel| address(site, channel)),
    }
}

/// `torch[cuda]>=2`, `pkg @ https://…`, `pkg @ git+https://…`
fn pypi_package(requirement: &Requirement) -> PypiPackage {
    let version = if requirement.version.is_empty() { "*".to_owned() } else { requirement.version.clone() };
    let url = requirement.text.split_once('@').map(|(_, url)| url.trim().to_owned()).filter(|url| url.contains("://"));
    let extras = requirement.text.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(extras, _)| extras);
    let extras: Vec<String> =
        extras.map(|extras| extras.split(',').map(|extra| extra.trim().to_owned()).collect()).unwrap_or_default();
    match url {
        None if extras.is_empty() => PypiPackage::Version(version),
        None => PypiPackage::Full { version: Some(version), extras, url: None, git: None },
        Some(url) => match url.strip_prefix("git+") {
            Some(git) => PypiPackage::Full { version: None, extras, url: None, git: Some(git.to_owned()) },
            None => PypiPackage::Full { version: None, extras, url: Some(url), git: None },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pip_requirements_become_pixis() {
        let of = |text: &str, version: &str| {
            let requirement = Requirement {
                name: "x".to_owned(),
                version: version.to_owned(),
                build: String::new(),
                channel: None,
                text: text.to_owned(),
                span: Default::default(),
                ours: true,
            };
            serde_json::to_string(&pypi_package(&requirement)).unwrap()
        };
        assert_eq!(of("x==2", "==2"), r#""==2""#);
        assert_eq!(of("x[a, b]>=2", ">=2"), r#"{"version":">=2","extras":["a","b"]}"#);
        assert_eq!(of("x @ git+https://g.example/x", ""), r#"{"git":"https://g.example/x"}"#);
        assert_eq!(of("x @ https://g.example/x.whl", ""), r#"{"url":"https://g.example/x.whl"}"#);
    }
}
