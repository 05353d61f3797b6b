//! What tests of backends use: a workspace in a text, judged with Cedar, and what a backend makes of it.

use nbc_model::testing::{Analysed, analysed};
use nbc_platform::seal::seal;
use nbc_platform::{Draft, Platform, Targets};
use nbc_policy::decide::CedarJudge;
use nbc_source::Sources;

use crate::artifact::{Content, Emitted};
use crate::backend::{Backend, Options};

/// A platform of two groups, four people and a guest whom a policy keeps from GPUs.
pub(crate) const LAB: &str = r#"
platform lab {
  title: "A lab"
  domain: "lab.example"
  contact: "help@lab.example"
}
user ana { first-name: "Ana", last-name: "Silva", email: "Ana@lab.example", attributes { "training": ["gdpr"] } }
user bob { enabled: false }
user chen { affiliation: guest, until: 2027-03-31 }
user dana { until: 2026-11-01 }
user eve { primary-group: ml }

role reader { can: [view, group.see-usage], kubernetes: "view", conda-store: viewer }

group lab {
  owners: [eve]
  members: [eve]
  profiles: [small]
  quota { cpu: 24, memory: 96Gi }
}
group ml {
  title: "ML: \"the\" team #1"
  parent: lab
  owners: [ana]
  members: [ana, bob, chen until 2027-01-31, dana]
  roles: [reader]
  profiles: [large]
  contact: "ml@lab.example"
  quota {
    cpu: 1.5
    memory: 1536Mi
    gpu { a100: 4 }
    servers: 10
    extra: [{ gpu { a100: 2 }, cpu: 500m, until: 2026-12-31, because: "paper" }]
  }
}

profile small { default: true, cpu: 2, memory: 8Gi, network: site }
profile large {
  title: "Large"
  cpu: 4
  cpu-guarantee: 500m
  memory: 64Gi
  gpu { a100: 1 }
  shared-memory: 8Gi
  idle-stop: 45min
  max-age: 1d
  node-pool: gpu
  priority: high
  image: "quay.io/lab/base:2026.1"
  variables { "GREETING": "no: # x" }
  options {
    image { choices { torch { default: true, image: "quay.io/lab/torch:2.4" }, jax { image: "quay.io/lab/jax:1" } } }
  }
  open { days: [monday], hours: "09:00-11:00" }
}
node-pool gpu { cpu: 48, memory: 384Gi, gpu { a100: 4 }, max-nodes: 1, select { "pool": "gpu" }, taints: ["dedicated=gpu:NoSchedule"] }

environment torch {
  namespace: ml
  packages { python: "3.11.*", pytorch: ">=2.4,<2.6 cuda*" }
  pip { "my-tool": "==2.0" }
  variables { "MODE": "yes" }
}
storage data { size: 2Ti, read: [lab], write: [ana] }
service jupyterhub extends std/jupyterhub { access: [lab], secret: hub-login }
secret hub-login { from: kubernetes { namespace: "jupyterhub", name: "hub-oauth", key: "secret" } }
== guests.cedar
@id("no-guest-gpu")
@sentence("guests start no GPU server")
forbid (principal is User, action == Action::"launch", resource)
when { principal.affiliation == Affiliation::"guest" && resource has has_gpu && resource.has_gpu };
"#;

/// What a backend makes of a workspace without errors.
pub(crate) fn emitted(backend: &dyn Backend, workspace: &str) -> Emitted {
    emitted_with(backend, workspace, false)
}

/// Judges a workspace without errors, and hands over the platform.
pub(crate) fn with_platform<T>(workspace: &str, then: impl FnOnce(&Platform<'_>, &Sources) -> T) -> T {
    let analysed = analysed(workspace);
    assert_eq!(analysed.report(), "", "the workspace of the test has findings");
    let Analysed { sources, model, findings: _ } = analysed;
    let (policies, found) = nbc_policy::load::load(&model, &sources);
    assert!(!found.has_errors(), "{found:#?}");
    let policies = policies.unwrap();
    // Cedar alone is configured: its texts are made only then, and checks of other targets stay out of the way.
    let targets = Targets { versions: [("cedar".to_owned(), "4".to_owned())].into() };
    let draft = Draft::new(&model, &model.worlds[0], &sources, &targets);
    let platform = seal(draft, Vec::new(), &CedarJudge::new(&policies)).map_err(|rejected| rejected.findings).unwrap();
    then(&platform, &sources)
}

/// What a backend makes of a workspace, with places where they are asked for.
pub(crate) fn emitted_with(backend: &dyn Backend, workspace: &str, annotate: bool) -> Emitted {
    with_platform(workspace, |platform, sources| {
        let options = Options { sources, annotate, version: None };
        let emitted = backend.emit(platform, &options);
        assert_eq!(emitted.faults, [], "the output breaks its schema");
        for artifact in &emitted.artifacts {
            assert!(artifact.origins.iter().all(|sourced| sourced.line > 0), "{} has no lines", artifact.path);
        }
        let again = backend.emit(platform, &options);
        assert_eq!(emitted.artifacts, again.artifacts, "the same input makes the same bytes");
        emitted
    })
}

/// The text of one file.
pub(crate) fn text<'e>(emitted: &'e Emitted, path: &str) -> &'e str {
    let Some(artifact) = emitted.artifacts.iter().find(|artifact| artifact.path == path) else {
        let paths: Vec<&str> = emitted.artifacts.iter().map(|artifact| artifact.path.as_str()).collect();
        panic!("there is no {path}, only {paths:#?}");
    };
    let Content::Text(text) = &artifact.content;
    text
}

/// What is not expressed, a line each.
pub(crate) fn not_expressed(emitted: &Emitted) -> String {
    emitted.not_expressed.iter().map(|row| format!("{}: {}\n", row.what, row.why)).collect()
}
