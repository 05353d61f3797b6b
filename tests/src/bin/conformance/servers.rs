//! Starting and stopping the real programs, through the scripts of `tests/conformance/servers`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::places::{Places, output_of};

/// A started server; it is stopped when this is dropped.
pub(crate) struct Server {
    script: PathBuf,
    run: PathBuf,
}

impl Server {
    /// Starts `NAME up PART… RUN MORE…` and returns when the server answers.
    fn up<A: AsRef<OsStr>>(
        places: &Places,
        name: &str,
        before: &[&Path],
        more: &[A],
        environment: &[(String, String)],
    ) -> Result<Server, Failure> {
        let server = Server { script: places.script("servers").join(name), run: places.run.join(name) };
        let mut command = Command::new(&server.script);
        command.arg("up").arg(places.parts.join(name)).args(before).arg(&server.run).args(more);
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        output_of(&mut command)?;
        Ok(server)
    }

    /// An empty cluster that accepts the tokens of these OIDC issuers.
    pub(crate) fn kubernetes(places: &Places, issuers: &[String]) -> Result<Server, Failure> {
        Server::up(places, "kubernetes", &[&places.run.join("tls")], issuers, &[])
    }

    /// An empty Keycloak that imports these realm files at its start, with these values for their `${NAME}` placeholders.
    pub(crate) fn keycloak(
        places: &Places,
        realms: &[PathBuf],
        placeholders: &[(String, String)],
    ) -> Result<Server, Failure> {
        Server::up(places, "keycloak", &[&places.run.join("tls")], realms, placeholders)
    }

    /// conda-store with its worker.
    pub(crate) fn conda_store(places: &Places) -> Result<Server, Failure> {
        Server::up::<&str>(places, "conda-store", &[], &[], &[])
    }

    /// The folder with the logs and files of this server.
    pub(crate) fn run(&self) -> &Path {
        &self.run
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _already_gone = output_of(Command::new(&self.script).arg("down").arg(&self.run));
    }
}
