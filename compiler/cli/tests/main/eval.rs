//! `nbc eval`: values as the language writes them, and mistakes at their place in what was typed.

use super::{Ran, example, nbc_words};

fn eval(expression: &str) -> String {
    ran("lab", &["--as-of", "2026-11-20", expression]).transcript()
}

fn ran(of: &str, words: &[&str]) -> Ran {
    let folder = example(of);
    let all = ["eval", "-C", folder.to_str().unwrap()].into_iter().chain(words.iter().copied());
    nbc_words(all.map(str::to_owned), b"")
}

#[test]
fn values_are_those_of_the_workspace() {
    insta::assert_snapshot!(eval("group.ml-research.quota.cpu * 2"), @r#"
    64
    [0]
    "#);
    insta::assert_snapshot!(eval("[u.email for u in members(group.ml-research) if u.affiliation == guest]"), @r#"
    ["chen@coast.example"]
    [0]
    "#);
    insta::assert_snapshot!(eval("any p in group.ml-research.profiles: p.gpu set"), @r#"
    true
    [0]
    "#);
    insta::assert_snapshot!(eval("user.ana.until"), @r#"
    absent
    [0]
    "#);
    insta::assert_snapshot!(ran("lab", &["--format", "json", "group.ml-research.quota.memory"]).transcript(), @r#"
    {"text":"256Gi","bytes":274877906944}
    [0]
    "#);
}

#[test]
fn mistakes_are_shown_where_they_are() {
    insta::assert_snapshot!(eval("group.ml-researhc.quota.cpu"), @"
      × error[NBC0203] unknown-name: there is no group `ml-researhc`
       ╭─[expression:1:7]
     1 │ group.ml-researhc.quota.cpu
       ·       ─────┬─────
       ·            ╰── no group of this name
       ╰────
      help: teams/ml-research.nbc:2  nearest: ml-research
            did you mean `ml-research`?

    [1]
    ");
    insta::assert_snapshot!(eval("group.lab.quota.cpu + 64Mi"), @"
      × error[NBC0117] wrong-unit: `64Mi` is an amount of memory or storage, CPU is needed here
       ╭─[expression:1:23]
     1 │ group.lab.quota.cpu + 64Mi
       ·                       ──┬─
       ·                         ╰── CPU is counted in cores, or in thousandths with m
       ╰────
      help: did you mean `64`?

    [1]
    ");
    insta::assert_snapshot!(eval("1 2"), @r#"
      × error[NBC0001] unexpected-token: expected the end of the expression, found `2`
       ╭─[expression:1:3]
     1 │ 1 2
       ·   ─
       ╰────

    [1]
    "#);
    insta::assert_snapshot!(eval("count(who-can(read, data-source.cohort-7))"), @r#"
      × error[NBC0123] forbidden-read: decisions are not made yet here
       ╭─[expression:1:7]
     1 │ count(who-can(read, data-source.cohort-7))
       ·       ───────────────────────────────────
       ╰────
      help: ask it in a rule or a test

    [1]
    "#);
    insta::assert_snapshot!(ran("minimal", &["group.lab.quota.cpu"]).transcript(), @r#"
    error: this workspace has several stages, and the answer differs
      = name one with --stage: dev, prod
    [2]
    "#);
    insta::assert_snapshot!(ran("minimal", &["--stage", "prod", "group.lab.quota.cpu"]).transcript(), @r#"
    16
    [0]
    "#);
}
