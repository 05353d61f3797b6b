//! `nbc setup`: what is written is what a forge reads, and nothing of anybody else is replaced.

use serde_json::Value;

use super::diff::PLATFORM;
use super::{folder, git, nbc, nbc_words, read, write};

const INSTALL: &str = "./get-nbc 0.1.0";

fn repository(folder: &str) -> tempfile::TempDir {
    let people = "user hana { roles: [superadmin], accounts { github: \"hanas\" } }\nuser robin { accounts { github: \"rvale\" } }";
    let text = PLATFORM
        .replace("user robin { }", people)
        .replace("currency: \"EUR\"", "currency: \"EUR\", safety { min-admins: 1 }");
    let text = text.replace("== ", &format!("== {folder}"));
    let made = super::folder(&text);
    git(made.path(), &["init", "-q"]);
    made
}

fn ci(folder: &tempfile::TempDir, workspace: &str, rest: &[&str]) -> String {
    let at = folder.path().join(workspace).to_str().unwrap().to_owned();
    let words = [&["-C", &at, "setup", "ci"], rest].concat();
    nbc_words(words.into_iter().map(str::to_owned), b"").transcript()
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

#[test]
fn the_workflow_of_github_is_pinned_and_may_little() {
    let made = repository("platform/");
    let said = ci(&made, "platform", &["github", "--install", INSTALL]);
    insta::assert_snapshot!(said, @r#"
    wrote    .github/workflows/nbc.yml
    next     make `nbc / review` a required check of the branch, and guard `.github/`: nbc setup codeowners
    [0]
    "#);
    let text = read(made.path().join(".github/workflows/nbc.yml"));
    let workflow = yaml(&text);
    assert_eq!(workflow["permissions"], serde_json::json!({}));
    assert_eq!(workflow["jobs"]["check"]["permissions"], serde_json::json!({"contents": "read"}));
    let review = &workflow["jobs"]["review"];
    assert_eq!(review["permissions"], serde_json::json!({"contents": "read", "pull-requests": "write"}));
    for job in ["check", "review"] {
        for step in workflow["jobs"][job]["steps"].as_array().unwrap() {
            if let Some(action) = step["uses"].as_str() {
                let (_, commit) = action.split_once('@').unwrap();
                assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{action}");
                assert_eq!(step["with"]["persist-credentials"], false, "{action}");
            }
            // What people can choose reaches a script as a variable, never as text of the script.
            let script = step["run"].as_str().unwrap_or_default();
            assert!(!script.contains("${{"), "{script}");
        }
    }
    assert_eq!(review["steps"][0]["with"]["ref"], "${{ github.event.pull_request.base.sha }}");
    let script = review["steps"][2]["run"].as_str().unwrap();
    assert!(script.contains("nbc -C platform review \"$BASE..$HEAD\" --author \"$AUTHOR\""), "{script}");
    assert!(text.contains(INSTALL) && !text.contains("{install}") && !text.contains("{version}"), "{text}");
}

#[test]
fn the_jobs_of_gitlab_run_in_a_named_image() {
    let made = repository("");
    let said = ci(&made, "", &["gitlab", "--install", INSTALL]);
    assert!(said.contains("runs in an image") && said.ends_with("[2]"), "{said}");
    let said = ci(&made, "", &["gitlab", "--install", INSTALL, "--image", "registry.example/ci@sha256:0000"]);
    insta::assert_snapshot!(said, @r#"
    wrote    .gitlab/nbc.yml
    next     add `include: {local: .gitlab/nbc.yml}` to .gitlab-ci.yml, and the variable NBC_TOKEN
    [0]
    "#);
    let jobs = yaml(&read(made.path().join(".gitlab/nbc.yml")));
    for job in ["nbc check", "nbc review"] {
        assert_eq!(jobs[job]["image"], "registry.example/ci@sha256:0000");
        assert_eq!(jobs[job]["script"][0], INSTALL);
    }
    let script = jobs["nbc review"]["script"][2].as_str().unwrap();
    assert!(script.contains("nbc -C . review \"FETCH_HEAD..$CI_COMMIT_SHA\""), "{script}");
}

/// Nothing is said of how runners get nbc: the files are whole, and a runner without nbc says what to do.
#[test]
fn who_has_nbc_already_needs_no_command() {
    let made = repository("");
    let said = ci(&made, "", &["github"]) + &ci(&made, "", &["gitlab", "--image", "registry.example/ci@sha256:0000"]);
    insta::assert_snapshot!(said, @"
    wrote    .github/workflows/nbc.yml
    next     runners must have nbc 0.1.0, or get it: --install COMMAND
    next     make `nbc / review` a required check of the branch, and guard `.github/`: nbc setup codeowners
    [0]wrote    .gitlab/nbc.yml
    next     the image must have nbc 0.1.0, or get it: --install COMMAND
    next     add `include: {local: .gitlab/nbc.yml}` to .gitlab-ci.yml, and the variable NBC_TOKEN
    [0]
    ");
    let workflow = yaml(&read(made.path().join(".github/workflows/nbc.yml")));
    let step = workflow["jobs"]["check"]["steps"][1]["run"].as_str().unwrap();
    let jobs = yaml(&read(made.path().join(".gitlab/nbc.yml")));
    let line = jobs["nbc check"]["script"][0].as_str().unwrap();
    insta::assert_snapshot!(format!("{step}{line}\n"), @r#"
    command -v nbc || { echo "::error::this runner has no nbc: make this file again with nbc setup ci github --install COMMAND"; exit 2; }
    test "$(nbc --version)" = "nbc 0.1.0"
    command -v nbc || { echo "this image has no nbc; make this file again with nbc setup ci gitlab --install COMMAND"; exit 2; }
    "#);
}

#[test]
fn owners_of_files_are_those_who_answer_for_all_that_is_in_them() {
    let made = repository("platform/");
    write(made.path(), "platform/deep-sea.nbc", b"group deep-sea { owners: [robin] }\n");
    write(made.path(), "platform/bob's.nbc", b"group bobs { owners: [bob] }\n");
    let ran = nbc(&made.path().join("platform"), "-C {} --as-of 2026-11-20 setup codeowners");
    insta::assert_snapshot!(format!("{}\n{}", ran.transcript(), read(made.path().join(".github/CODEOWNERS"))), @r#"
    wrote    .github/CODEOWNERS
    not      bob: no login at github in `accounts`
    [0]
    # written by `nbc setup codeowners`; made again by the same command
    # Coarser than `nbc review`, which knows which line belongs to whom: any owner of a file may approve all of it.
    * @hanas
    /platform/deep-sea.nbc @rvale
    /.github/ @hanas
    /.gitlab/ @hanas
    /.gitlab-ci.yml @hanas
    CODEOWNERS @hanas
    nbc.toml @hanas
    nbc.lock @hanas
    "#);
}

#[test]
fn hooks_run_what_ci_runs() {
    let made = repository("");
    let ran = nbc(made.path(), "-C {} setup pre-commit");
    insta::assert_snapshot!(ran.transcript(), @r#"
    wrote    .pre-commit-config.yaml
    next     pre-commit install
    [0]
    "#);
    let config = yaml(&read(made.path().join(".pre-commit-config.yaml")));
    let entries: Vec<&Value> =
        config["repos"][0]["hooks"].as_array().unwrap().iter().map(|hook| &hook["entry"]).collect();
    assert_eq!(entries, ["nbc -C . fmt --check", "nbc -C . check"]);
    // Again is no fault.
    assert_eq!(nbc(made.path(), "-C {} setup pre-commit").exit.code(), 0);
}

#[test]
fn what_somebody_else_wrote_stays() {
    let made = folder(PLATFORM);
    write(made.path(), ".pre-commit-config.yaml", b"repos: []\n");
    let ran = nbc(made.path(), "-C {} setup pre-commit");
    assert_eq!(ran.exit.code(), 2);
    assert!(ran.err.contains("nbc did not write it"), "{}", ran.err);
    assert_eq!(read(made.path().join(".pre-commit-config.yaml")), "repos: []\n");
}
