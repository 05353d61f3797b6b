//! Conda environments: a specification for conda-store and the same for pixi, who may see and change them, and the
//! server's settings.
//!
//! Settings are those of the whole server: what is set for one namespace leaks into all others (conda-store 2025.2).
//! Channels and packages are judged by `check`, since the server can be passed by.

mod roles;
mod specification;

use std::collections::BTreeSet;

use serde::Serialize;

use nbc_model::value::{Layer, OriginId};
use nbc_platform::Platform;
use nbc_platform::kinds::{Environment, EnvironmentManager, GroupOrSharedNamespaceOrUser, SharedNamespace};
use nbc_platform::specification::Specification;

use crate::artifact::Emitted;
use crate::backend::{Backend, Options};
use crate::site::Site;
use crate::validate::{CONDA_STORE_2025_2, PIXI_1};
use crate::writer::{Document, Writer};

pub struct CondaStore;

impl Backend for CondaStore {
    fn name(&self) -> &'static str {
        "conda-store"
    }

    fn versions(&self) -> &'static [&'static str] {
        &["2025.2"]
    }

    fn emit(&self, platform: &Platform<'_>, options: &Options<'_>) -> Emitted {
        let site = Site::new(platform);
        let mut writer = Writer::new(self, platform.model(), options);
        let schema = Some(&CONDA_STORE_2025_2);
        let specifications = &site.draft().specifications;
        let today = site.draft().today();
        let mut listed: Vec<(String, &Environment<'_>)> = Vec::new();
        let mut platforms: BTreeSet<String> = BTreeSet::from(["noarch".to_owned()]);
        for environment in &platform.declared().environments {
            if environment.until.is_some_and(|until| until.value < today) {
                continue;
            }
            let namespace = namespace(&site, environment);
            listed.push((namespace.clone(), environment));
            say_what_is_missing(&site, environment, &mut writer);
            if environment.managed_by.value == EnvironmentManager::People {
                continue;
            }
            let Some(spec) = specifications.iter().find(|spec| spec.environment == environment.id) else { continue };
            platforms.extend(spec.platforms.iter().cloned());
            let folder = format!("conda-store/{namespace}/{}", environment.handle);
            write(&site, environment, spec, &folder, &mut writer);
        }
        let roles = roles::document(&site, &listed, &mut writer);
        writer.json("conda-store/roles.json", schema, roles);
        writer.json("conda-store/settings.json", schema, settings(&site, platforms));
        writer.finish()
    }
}

fn write(
    site: &Site<'_, '_>,
    environment: &Environment<'_>,
    spec: &Specification<'_>,
    folder: &str,
    writer: &mut Writer<'_>,
) {
    let yaml = specification::environment_yaml(site, environment, spec);
    writer.yaml(format!("{folder}/environment.yaml"), Some(&CONDA_STORE_2025_2), vec![yaml]);
    let (text, tree) = specification::pixi_toml(site, environment, spec);
    let path = format!("{folder}/pixi.toml");
    writer.faults(PIXI_1.check(&path, "", "pixi.toml", &tree));
    let lines = specification::pixi_lines(site, environment, &text);
    writer.text(path, text, lines);
}

/// The namespace in conda-store: the group's, the person's own, or one of the two that are everybody's.
fn namespace(site: &Site<'_, '_>, environment: &Environment<'_>) -> String {
    let name = match environment.namespace.value {
        GroupOrSharedNamespaceOrUser::Group(group) => {
            site.group(group.entity).map_or("global", |group| group.namespace.value)
        }
        GroupOrSharedNamespaceOrUser::User(user) => site.user(user.entity).map_or("global", |user| user.username.value),
        GroupOrSharedNamespaceOrUser::SharedNamespace(SharedNamespace::Global) => "global",
        GroupOrSharedNamespaceOrUser::SharedNamespace(SharedNamespace::Site) => git_namespace(site),
    };
    name.to_owned()
}

fn git_namespace<'m>(site: &Site<'_, 'm>) -> &'m str {
    site.settings().map_or("nebari-git", |settings| settings.environments.value.git_namespace.value)
}

/// Settings of the whole server.
#[derive(Serialize)]
struct Settings<'a> {
    conda_included_packages: Vec<&'a str>,
    conda_platforms: BTreeSet<String>,
    default_namespace: &'a str,
    filesystem_namespace: &'a str,
}

fn settings(site: &Site<'_, '_>, platforms: BTreeSet<String>) -> Document {
    let own = site.settings().map(|settings| &settings.environments.value);
    let required = own.map(|own| own.required_packages.value.iter().map(|item| item.value).collect());
    let settings = Settings {
        conda_included_packages: required.unwrap_or_default(),
        conda_platforms: platforms,
        default_namespace: "global",
        filesystem_namespace: git_namespace(site),
    };
    let document = Document::new("settings", &settings);
    document
        .of(site.settings().map(|settings| site.declared(settings.id.entity)))
        .from("/conda_included_packages", own.map(|own| own.required_packages.origin))
        .from("/filesystem_namespace", own.map(|own| own.git_namespace.origin))
}

/// The pattern names every field, so that a new one stops the build here.
fn say_what_is_missing(site: &Site<'_, '_>, environment: &Environment<'_>, writer: &mut Writer<'_>) {
    let Environment {
        id,
        handle: _,
        span: _,
        namespace: _,
        owners: _,      // decisions
        shared_with: _, // decisions, see `roles`
        file: _,
        channels: _,
        packages: _,
        pip: _,
        variables: _,
        platforms,
        cuda,
        lock,
        managed_by: _,
        until: _,
        keep_builds,
        replaced_by,
        responsible: _,
        title: _,
        description: _,
        labels: _,
        was,
        deprecated: _,
    } = environment;
    let path = site.draft().path(id.entity);
    let said = |origin: OriginId| site.model().origin(origin).layer > Layer::Default;
    let mut missing = |field: &str, origin: OriginId, why: &str| {
        writer.not_expressed(format!("{path}.{field}"), Some(origin), why);
    };
    if let Some(cuda) = cuda {
        missing("cuda", cuda.origin, "conda-store asks its own machine what it has; pixi.toml says it");
    }
    if let Some(lock) = lock {
        missing("lock", lock.origin, "conda-store solves anew from the list; the lock file is checked against it");
    }
    if said(keep_builds.origin) {
        missing("keep-builds", keep_builds.origin, "conda-store keeps builds until somebody deletes them");
    }
    if said(platforms.origin) {
        missing(
            "platforms",
            platforms.origin,
            "conda-store solves for the platforms of the whole server; pixi.toml says them",
        );
    }
    if let Some(other) = replaced_by {
        missing("replaced-by", other.origin, "conda-store knows no successor");
    }
    if !was.value.is_empty() {
        missing("was", was.origin, "conda-store cannot rename an environment");
    }
}

#[cfg(test)]
mod tests {
    use super::CondaStore;
    use crate::testing::{LAB, emitted, text};

    #[test]
    fn an_environment_is_written_for_conda_store_and_pixi() {
        let emitted = emitted(&CondaStore, LAB);
        for file in ["environment.yaml", "pixi.toml"] {
            insta::assert_snapshot!(
                format!("conda_store_{file}"),
                text(&emitted, &format!("conda-store/ml/torch/{file}"))
            );
        }
        insta::assert_snapshot!("conda_store_roles", text(&emitted, "conda-store/roles.json"));
    }
}
