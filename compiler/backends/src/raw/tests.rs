use nbc_model::testing::{Analysed, analysed};
use nbc_platform::{Draft, Targets, levels};

use crate::Kubernetes;
use crate::testing::{LAB, emitted, text};

const MAP: &str = "raw kubernetes on group.ml '''
  apiVersion: v1
  kind: ConfigMap
  metadata: { name: motd }
  data:
    text: \"a: 'b' # {{ c }}\"
  '''
";

/// `place: message`, a line each, after levels and waivers.
fn findings(raw: &str) -> String {
    let Analysed { sources, model, findings } = analysed(&format!("{raw}{LAB}"));
    assert_eq!(findings.len(), 0, "{findings:#?}");
    let targets = Targets::default();
    let draft = Draft::new(&model, &model.worlds[0], &sources, &targets);
    let found = levels::apply(&draft, super::check(&draft)).findings;
    let line = |found: &nbc_source::Diagnostic| {
        let span = found.span.unwrap();
        format!("{} `{}` {}: {}\n", sources.place(span), sources.text(span), found.code.name, found.message)
    };
    found.iter().map(line).collect()
}

#[test]
fn it_stands_in_the_namespace_of_its_group_and_the_map_leads_back() {
    let emitted = emitted(&Kubernetes, &format!("{MAP}{LAB}"));
    insta::assert_snapshot!("raw", text(&emitted, "kubernetes/ml/raw.yaml"));
    let artifact = emitted.artifacts.iter().find(|artifact| artifact.path == "kubernetes/ml/raw.yaml").unwrap();
    assert_eq!(artifact.origins.len(), 1);
    assert_eq!(findings(MAP), "");
}

#[test]
fn what_the_target_refuses_is_shown_in_the_text() {
    insta::assert_snapshot!("raw_schema", findings(&MAP.replace("  data:", "  dta:")));
    insta::assert_snapshot!("raw_value", findings(&MAP.replace("text: \"a: 'b' # {{ c }}\"", "text: [1]")));
    insta::assert_snapshot!("raw_yaml", findings(&MAP.replace("{ name: motd }", "{ name: [motd }")));
    insta::assert_snapshot!("raw_namespace", findings(&MAP.replace("name: motd", "name: motd, namespace: lab")));
    insta::assert_snapshot!("raw_no_name", findings(&MAP.replace("name: motd", "labels: { a: b }")));
}

#[test]
fn a_text_that_nothing_takes_is_an_error() {
    for raw in [
        MAP.replace("raw kubernetes", "raw conda-store"),
        MAP.replace("raw kubernetes", "raw kubernets"),
        MAP.replace("group.ml", "user.ana"),
    ] {
        assert!(findings(&raw).contains("raw-target"), "{raw}");
    }
    let shared = MAP.to_owned() + "stage s { set platform.lab.isolation: shared }\n";
    assert!(
        findings(&shared).contains("with `isolation: shared` `group.ml` has no namespace"),
        "{}",
        findings(&shared)
    );
}

#[test]
fn only_a_waiver_lets_it_go_around_the_decisions() {
    let secret = MAP.replace("ConfigMap", "Secret").replace("  data:", "  stringData:");
    insta::assert_snapshot!("raw_reserved", findings(&secret));
    let waiver = "waiver raw-reserved on group.ml { until: 2027-01-31, because: \"x\", approved-by: ana }\n";
    assert_eq!(findings(&format!("{secret}{waiver}")), "");
}

#[test]
fn two_objects_do_not_share_a_name() {
    let quota = MAP.replace("ConfigMap", "ResourceQuota").replace("motd", "nbc");
    let (quota, _) = quota.split_once("  data:").unwrap();
    let emitted = emitted(&Kubernetes, &format!("{quota}'''\n{LAB}"));
    let found: Vec<&str> = emitted.diagnostics.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(found, ["there is a `v1/ResourceQuota` of the name `nbc` already"]);
}
