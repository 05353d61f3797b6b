//! The models in their order, each beside what was decided.

use nbc_backends::{Artifact, NotExpressed};
use nbc_platform::Platform;
use nbc_platform::kinds::GroupClaim;
use nbc_source::{Diagnostic, Diagnostics, Span};

use crate::compare::{Compared, Comparison, Difference, Kind, tokens};
use crate::decided::{Decided, environments};
use crate::directory::Form;
use crate::files::Files;
use crate::grant::{Effective, Permission, Problem};
use crate::jupyterhub::SignIn;
use crate::kubernetes::Cluster;
use crate::{conda_store, jupyterhub, keycloak, kubernetes, people, report};

/// What came of it, for one stage.
#[derive(Clone, Debug, Default)]
pub struct Validated {
    /// The targets whose files were read, in order.
    pub targets: Vec<&'static str>,
    /// Pairs of a person and a thing (or a group) that are decided and granted alike.
    pub pairs: u64,
    /// What targets grant by nature and somebody has.
    pub gaps: Vec<Gap>,
    /// Where the platform's `accepts` names one of them.
    pub accepted: Vec<Span>,
    /// What is said of the other lines of `accepts` about targets that were read, unless another stage needs them.
    pub unneeded: Vec<Diagnostic>,
    pub findings: Diagnostics,
    pub differences: Vec<Difference>,
    pub problems: Vec<Problem>,
}

/// A target that grants more than was decided, as its coverage table says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    pub target: &'static str,
    pub permission: Permission,
    /// The platform's `accepts` names it.
    pub is_accepted: bool,
}

/// Reads the emitted files of a stage and compares what they grant with what was decided. `left_out` is what backends
/// said they cannot express, by target.
pub fn validate(platform: &Platform<'_>, artifacts: &[Artifact], left_out: &[(String, NotExpressed)]) -> Validated {
    let files = Files::new(artifacts);
    let mut validated = Validated::default();
    let realm = keycloak::read(&files).map(|(realm, problems)| {
        validated.problems.extend(problems);
        realm
    });
    let mut directory = realm.as_ref().map_or_else(|| people::directory(platform), keycloak::directory);
    let decided = Decided::of(platform, &mut directory);
    if let Some(realm) = &realm {
        validated.add(tokens(platform, realm, &directory));
    }
    let is_sound = validated.problems.is_empty() && validated.differences.iter().all(|row| row.kind != Kind::Wider);
    // With other people behind the names, every further difference would only repeat it.
    let granted = if is_sound { granted(platform, &files, realm.as_ref(), &mut directory) } else { Vec::new() };
    for (target, effective) in &granted {
        validated.targets.push(target);
        validated.problems.extend(effective.problems.iter().cloned());
        let comparison = Comparison { target, effective, left_out, others: &granted };
        validated.add(comparison.run(&decided, &directory));
    }
    validated.differences.sort();
    report::write(platform, &decided, artifacts, &mut validated);
    validated
}

/// Lines of `accepts` that none of these stages needs.
pub fn unneeded(stages: &[&Validated]) -> Vec<Diagnostic> {
    let is_needed = |found: &&Diagnostic| {
        stages.iter().flat_map(|stage| &stage.accepted).any(|accepted| found.span == Some(*accepted))
    };
    stages.iter().flat_map(|stage| &stage.unneeded).filter(|found| !is_needed(found)).cloned().collect()
}

impl Validated {
    fn add(&mut self, compared: Compared) {
        self.pairs += compared.pairs;
        self.differences.extend(compared.differences);
    }
}

/// What each target grants, in the order of their names.
pub(crate) fn granted(
    platform: &Platform<'_>,
    files: &Files<'_>,
    realm: Option<&keycloak::Realm>,
    directory: &mut crate::directory::Directory,
) -> Vec<(&'static str, Effective)> {
    let draft = platform.draft();
    let claim = draft.platform().map_or(GroupClaim::Path, |settings| settings.group_claim.value);
    let declared = Form { paths: claim == GroupClaim::Path, names: claim == GroupClaim::Name };
    let asked: Vec<(String, String)> = environments(draft)
        .into_iter()
        .map(|(namespace, environment)| (namespace.to_owned(), environment.handle.to_owned()))
        .collect();
    let profiles: Vec<String> = draft.declared.profiles.iter().map(|profile| profile.slug.value.to_owned()).collect();
    let prefix = draft.platform().map_or("oidc:", |settings| settings.oidc_group_prefix.value);
    let claims = directory.claims(realm.map_or(declared, |realm| keycloak::form_of_any(realm, "groups")));

    let conda_store = conda_store::grants(files, directory, &asked);
    let jupyterhub = jupyterhub::grants(files, directory, &SignIn { realm, declared });
    let keycloak = realm.map(|realm| keycloak::grants(realm, directory));
    let kubernetes = kubernetes::grants(files, directory, &Cluster { prefix, claims: &claims, profiles: &profiles });
    let all =
        [("conda-store", conda_store), ("jupyterhub", jupyterhub), ("keycloak", keycloak), ("kubernetes", kubernetes)];
    all.into_iter().filter_map(|(target, effective)| Some((target, effective?))).collect()
}
