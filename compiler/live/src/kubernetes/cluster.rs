//! The connection: apply, create, read, delete, and the question whether one may.

use std::{collections::BTreeMap, path::Path};

use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec, SubjectAccessReview,
    SubjectAccessReviewSpec,
};
use kube::{
    Api, Client, Config, ResourceExt,
    api::{ApiResource, DeleteParams, DynamicObject, Patch, PatchParams, PostParams},
    config::{KubeConfigOptions, Kubeconfig},
    discovery::{self, Scope},
};
use serde_json::Value;

use super::{Error, FIELD_MANAGER, Manifest};

/// Whether the server keeps the change or only judges it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The change is stored.
    Persist,
    /// Everything is judged, admission included, and nothing stored (`dryRun=All`).
    DryRun,
}

/// What somebody may or may not do.
#[derive(Clone, Copy, Debug)]
pub struct Question<'q> {
    /// As in `create`.
    pub verb: &'q str,
    /// Empty for the core.
    pub group: &'q str,
    /// As in `pods` or `pods/exec`.
    pub resource: &'q str,
    /// Absent for the whole cluster.
    pub namespace: Option<&'q str>,
}

impl Question<'_> {
    fn attributes(&self) -> ResourceAttributes {
        let (resource, part) = match self.resource.split_once('/') {
            Some((resource, part)) => (resource, Some(part)),
            None => (self.resource, None),
        };
        ResourceAttributes {
            verb: Some(self.verb.to_owned()),
            group: Some(self.group.to_owned()),
            resource: Some(resource.to_owned()),
            subresource: part.map(str::to_owned),
            namespace: self.namespace.map(str::to_owned),
            ..ResourceAttributes::default()
        }
    }
}

impl std::fmt::Display for Question<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} in {}", self.verb, self.resource, self.namespace.unwrap_or("the cluster"))
    }
}

/// A connection to one API server, which remembers how it calls its kinds.
pub struct Cluster {
    client: Client,
    kinds: BTreeMap<String, (ApiResource, Scope)>,
}

impl Cluster {
    /// Connects with the current context of a kubeconfig; `token` replaces its login.
    ///
    /// # Errors
    /// [`Error::Configuration`] when the file cannot be read or used.
    pub async fn connect(kubeconfig: &Path, token: Option<&str>) -> Result<Cluster, Error> {
        let unusable = |cause: String| Error::Configuration { cause };
        let file = Kubeconfig::read_from(kubeconfig).map_err(|cause| unusable(cause.to_string()))?;
        let options = KubeConfigOptions::default();
        let mut config =
            Config::from_custom_kubeconfig(file, &options).await.map_err(|cause| unusable(cause.to_string()))?;
        if let Some(token) = token {
            config.auth_info.token = Some(token.to_owned().into());
        }
        let client = Client::try_from(config).map_err(|cause| unusable(cause.to_string()))?;
        Ok(Cluster { client, kinds: BTreeMap::new() })
    }

    /// Server-side apply: strict about unknown fields, and refused where another manager owns a field.
    /// Returns the object as the server holds it afterwards.
    ///
    /// # Errors
    /// [`Error::Refused`] with the server's sentence; the other variants when it could not be asked.
    pub async fn apply(&mut self, manifest: &Manifest, mode: Mode) -> Result<Value, Error> {
        let mut parameters = PatchParams::apply(FIELD_MANAGER).validation_strict();
        parameters.dry_run = mode == Mode::DryRun;
        let api = self.api(manifest).await?;
        let patch = Patch::Apply(manifest.document());
        let object =
            api.patch(manifest.name(), &parameters, &patch).await.map_err(|cause| Error::of(manifest, cause))?;
        value(manifest, &object)
    }

    /// Creates an object that must not be there yet.
    ///
    /// # Errors
    /// As [`Cluster::apply`]; 409 when it exists.
    pub async fn create(&mut self, manifest: &Manifest, mode: Mode) -> Result<Value, Error> {
        let parameters = PostParams { dry_run: mode == Mode::DryRun, field_manager: Some(FIELD_MANAGER.to_owned()) };
        let api = self.api(manifest).await?;
        let object = api.create(&parameters, &manifest.object()?).await.map_err(|cause| Error::of(manifest, cause))?;
        value(manifest, &object)
    }

    /// Reads the object that the manifest names; absent when there is none.
    ///
    /// # Errors
    /// As [`Cluster::apply`].
    pub async fn get(&mut self, manifest: &Manifest) -> Result<Option<Value>, Error> {
        let api = self.api(manifest).await?;
        let found = api.get_opt(manifest.name()).await.map_err(|cause| Error::of(manifest, cause))?;
        found.map(|object| value(manifest, &object)).transpose()
    }

    /// Deletes the object that the manifest names.
    ///
    /// # Errors
    /// As [`Cluster::apply`]; 404 when there is none.
    pub async fn delete(&mut self, manifest: &Manifest) -> Result<(), Error> {
        let api = self.api(manifest).await?;
        api.delete(manifest.name(), &DeleteParams::default()).await.map_err(|cause| Error::of(manifest, cause))?;
        Ok(())
    }

    /// Whether the person logged in may do this.
    ///
    /// # Errors
    /// [`Error::Refused`] with 401 when the login is not accepted.
    pub async fn may(&self, question: &Question<'_>) -> Result<bool, Error> {
        let resource_attributes = Some(question.attributes());
        let spec = SelfSubjectAccessReviewSpec { resource_attributes, ..SelfSubjectAccessReviewSpec::default() };
        let review = SelfSubjectAccessReview { spec, ..SelfSubjectAccessReview::default() };
        let answer = Api::all(self.client.clone())
            .create(&PostParams::default(), &review)
            .await
            .map_err(|cause| Error::of(question, cause))?;
        Ok(answer.status.is_some_and(|status| status.allowed))
    }

    /// Whether somebody may do this who comes with this name and these groups. The login must be allowed to ask about others.
    ///
    /// # Errors
    /// As [`Cluster::may`]; 403 when the login may not ask.
    pub async fn may_as(&self, user: &str, groups: &[String], question: &Question<'_>) -> Result<bool, Error> {
        let spec = SubjectAccessReviewSpec {
            resource_attributes: Some(question.attributes()),
            user: Some(user.to_owned()),
            groups: Some(groups.to_vec()),
            ..SubjectAccessReviewSpec::default()
        };
        let review = SubjectAccessReview { spec, ..SubjectAccessReview::default() };
        let answer = Api::all(self.client.clone())
            .create(&PostParams::default(), &review)
            .await
            .map_err(|cause| Error::of(question, cause))?;
        Ok(answer.status.is_some_and(|status| status.allowed))
    }

    /// The endpoint of a manifest. How the server calls a kind is asked once.
    async fn api(&mut self, manifest: &Manifest) -> Result<Api<DynamicObject>, Error> {
        let wanted = manifest.group_version_kind();
        let key = format!("{}/{}", wanted.api_version(), wanted.kind);
        if !self.kinds.contains_key(&key) {
            let unknown = |cause: kube::Error| match Error::of(manifest, cause) {
                Error::Refused { object, code: 404, message: cause } => Error::UnknownKind { object, cause },
                other => other,
            };
            let (resource, capabilities) = discovery::pinned_kind(&self.client, &wanted).await.map_err(unknown)?;
            self.kinds.insert(key.clone(), (resource, capabilities.scope));
        }
        let Some((resource, scope)) = self.kinds.get(&key) else {
            return Err(Error::UnknownKind { object: manifest.to_string(), cause: "not remembered".to_owned() });
        };
        let client = self.client.clone();
        Ok(match (scope, manifest.namespace()) {
            (Scope::Namespaced, Some(namespace)) => Api::namespaced_with(client, namespace, resource),
            (Scope::Namespaced, None) => Api::default_namespaced_with(client, resource),
            (Scope::Cluster, _) => Api::all_with(client, resource),
        })
    }
}

fn value(manifest: &Manifest, object: &DynamicObject) -> Result<Value, Error> {
    let unreadable =
        |cause: serde_json::Error| Error::Unreadable { object: manifest.to_string(), cause: cause.to_string() };
    if object.resource_version().is_none() && object.uid().is_none() {
        // An answer without either is not an object that the server holds.
        return Err(Error::Unreadable {
            object: manifest.to_string(),
            cause: "the answer is no stored object".to_owned(),
        });
    }
    serde_json::to_value(object).map_err(unreadable)
}
