//! Every rule of every shipped pack is broken by something, and a sound platform breaks none.
//!
//! The policies of packs have cases of their own beside them.
#![expect(clippy::unwrap_used, reason = "a test whose day is none has failed")]

use std::collections::BTreeSet;

use nbc_driver::{Memory, Scope, analyse, compile, day};
use nbc_policy::packs;

const ALL: &str = r#"
pack baseline { level: hard }
pack data-access { level: hard }
pack education { level: hard, fewest-owners: 2, course-idle: 30min }
pack environments { level: hard, max-packages: 1, require-locks: true }
pack gpu-cost { level: hard }
pack identity { level: hard, longest-sign-in: 2h }
"#;

const BROKEN: &str = r#"
platform p {
  safety { min-admins: 1 }
  sign-in { idle: 9h, longest: 10h, self-registration: open }
  password-policy { length: 6 }
  brute-force { failures: 500 }
  audit-events { keep: 7d }
}
user boss { roles: [superadmin] }
user robot { affiliation: service, roles: [admin] }
user kim { affiliation: student }
user visitor { affiliation: guest }
identity-provider campus {
  method: oidc { issuer: "https://login.example", client-id: "nbc", client-secret: key }
  trust-email: true
  first-login: link-existing
}
secret key { from: env { name: "KEY" } }
profile small { cpu: 1, memory: 1Gi, default: true }
profile gpu { cpu: 1, memory: 1Gi, gpu { a100: 1 }, idle-stop: 5h }
group course { owners: [kim], members: [kim], profiles: [gpu, small] }
service board extends std/grafana { visibility: public, open-paths: ["/public"], access: [course] }
channel plain { url: "http://conda.example/x" }
channel copy { url: "https://conda.example/y", mirror-of: plain }
environment old { namespace: site, deprecated: "slow", packages { xarray: "*", dask: "*" } }
environment older { namespace: course, replaced-by: old, packages { python: "3.12.*" } }
data-source scans {
  classification: restricted
  personal: true
  owner: boss
  at: bucket { url: "s3://scans" }
  enforced-by: bucket-policy
}
"#;

/// The names of the rules that are broken.
fn broken(text: &str) -> BTreeSet<String> {
    let today = day::parse("2026-11-20").unwrap();
    let host = Memory::new().with("nbc.toml", "edition = \"2026\"\n").with("all.nbc", text);
    let mut analysis = analyse(&host, Scope::Folder, &|_| today);
    let compiled = compile(&mut analysis, None, &|_| today);
    assert!(!compiled.stages.is_empty(), "{:#?}", compiled.findings);
    let rules = compiled.findings.iter().filter(|found| found.code.name == "rule-broken");
    rules.filter_map(|found| found.message.split("rule `").nth(1)?.split('`').next().map(str::to_owned)).collect()
}

fn rules() -> BTreeSet<String> {
    let lines = packs::ALL.iter().flat_map(|pack| pack.rules.lines());
    lines.filter_map(|line| line.strip_prefix("rule ")?.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn every_rule_of_every_pack_is_broken_by_something() {
    assert_eq!(broken(&format!("{ALL}{BROKEN}")), rules());
}

#[test]
fn the_packs_have_forty_rules_and_policies() {
    let policies = packs::ALL.iter().flat_map(packs::policy_ids).count();
    assert!(rules().len() + policies >= 40, "{} rules, {policies} policies", rules().len());
}

#[test]
fn a_sound_platform_breaks_none() {
    let sound = r#"
platform p { contact: "help@p.example", safety { min-admins: 1 }, sign-in { longest: 2h } }
user boss { roles: [superadmin], mfa: required }
profile small { cpu: 1, memory: 1Gi, default: true, idle-stop: 20min }
group lab { owners: [boss], members: [boss], profiles: [small] }
environment tools { namespace: lab, lock: "tools.lock", packages { python: "3.12.*" } }
"#;
    assert_eq!(broken(&format!("{ALL}{sound}")), BTreeSet::new());
}
