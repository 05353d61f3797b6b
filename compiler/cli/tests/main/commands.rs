//! What the commands print about `examples/lab`, on a day that never changes.

use nbc::Exit;
use serde_json::Value;

use super::{example, folder, nbc, read};

fn lab(arguments: &str) -> String {
    nbc(&example("lab"), &format!("-C {{}} --as-of 2026-11-20 {arguments}")).transcript()
}

#[test]
fn check_says_what_it_judged_and_what_not() {
    insta::assert_snapshot!(lab("check"), @"
    ok       Coastal Research Lab, as of 2026-11-20
    judged   12 people × 74 things one can do = 888 decisions, 202 allowed
             6 files · 39 declarations · 3 packs · 1 rule of yours · 4 test expectations
    not      package versions (nbc does not solve environments) · the live systems (nbc reads files
             only)
    next     2027-03-01  gus, ivo, noor leave group students (its last day is 2027-02-28)
    [0]
    ");
}

#[test]
fn two_mistakes_are_two_messages_with_their_ways_out() {
    let folder = folder(
        "== nbc.toml\nedition = \"2026\"\n== a.nbc\nuser dana { }\ngroup lab {\n  title: \"Labor für Küste\"\n  members: [dena]\n}\n\
         profile small {\n  cpu: 1\n  memory: 64m\n}\n",
    );
    insta::assert_snapshot!(nbc(folder.path(), "-C {} check --as-of 2026-11-20").transcript(), @r#"
      × error[NBC0203] unknown-name: there is no user `dena`
       ╭─[a.nbc:4:13]
     1 │ user dana { }
       ·      ──┬─
       ·        ╰── nearest: dana
     2 │ group lab {
     3 │   title: "Labor für Küste"
     4 │   members: [dena]
       ·             ──┬─
       ·               ╰── no user of this name
     5 │ }
       ╰────
      help: did you mean `dana`?  (nbc fix)

      × error[NBC0117] wrong-unit: `64m` of memory is less than one byte
       ╭─[a.nbc:8:11]
     7 │   cpu: 1
     8 │   memory: 64m
       ·           ─┬─
       ·            ╰── m means thousandths
     9 │ }
       ╰────
      help: did you mean `64Mi` or `64Gi`?  (nbc fix --unsafe)

    failed   as of 2026-11-20: 2 errors
    judged   2 files · 3 declarations
    not      rules, access and tests (errors come first) · package versions (nbc does not solve
             environments) · the live systems (nbc reads files only)
    [1]
    "#);
}

#[test]
fn an_auditor_gets_lines_for_every_answer() {
    insta::assert_snapshot!(lab("audit who-can read cohort-7"), @r#"
    4 of 12 people can read data-source cohort-7, as of 2026-11-20
      ml-research    3   ana, bob, chen until 2027-03-31                           teams/ml-research.nbc:39
      robin          1   robin                                                     teams/ml-research.nbc:37
    nobody else; no service; no open door
    [0]
    "#);
    insta::assert_snapshot!(lab("audit why dana read cohort-7 --expect yes"), @r#"
    no         dana cannot read data-source cohort-7, as of 2026-11-20
    granted    by nobody
    forbidden  no-contractor-confidential (pack data-access, hard): Contractors do not read confidential or restricted data. packs/data-access/access.cedar:6
                 because dana.affiliation is contractor                            people.nbc:19
                 and cohort-7.classification is confidential                       teams/ml-research.nbc:36
    to allow   1. a waiver for dana with an end date, and a grant to read; lets in 1 person
               2. another classification of cohort-7, decided by robin, and a grant to read; lets in 1 person, and everybody who comes later
    error: the answer is not `yes`
    [1]
    "#);
    insta::assert_snapshot!(lab("audit who-can raed cohort-7"), @r#"
    error: there is no action `raed`
      = actions: data-source.read, data-source.write, delete, edit, group.see-usage, launch, manage, open, open-server, platform.administer, service.administer, stop-server, storage.read, storage.write, user.see-usage, view, waive
    [2]
    "#);
    let json: Value = serde_json::from_str(lab("audit what-can ana --format json").trim_end_matches("[0]")).unwrap();
    assert_eq!(json["answer"], "yes");
    assert_eq!(json["can"][0]["resource"], "data-source.cohort-7");
}

#[test]
fn texts_written_by_hand_are_shown_judged_and_listed() {
    let text = "raw kubernetes on group.ml '''\n  apiVersion: v1\n  kind: ConfigMap\n  metadata: { name: motd }\n  data:\n    text: [1]\n  '''\n";
    let settings = "edition = \"2026\"\n[backends.kubernetes]\nversion = \"1.36\"\n";
    let workspace = format!(
        "== nbc.toml\n{settings}== a.nbc\nplatform lab {{ domain: \"lab.example\" }}\nuser ana {{ }}\ngroup ml {{ owners: [ana] }}\n{text}"
    );
    let bad = folder(&workspace);
    insta::assert_snapshot!(nbc(bad.path(), "-C {} check --format concise -q").transcript(), @r#"
    a.nbc:1:10: warning[NBC0447] few-admins: nobody administers `lab`; 2 should
    a.nbc:9:5: error[NBC0731] raw-manifest: the object `v1/ConfigMap` is refused at `/data/text`: [1] is not of type "string"
    [1]
    "#);
    let good = folder(&workspace.replace("[1]", "\"a # {{ x }}\""));
    insta::assert_snapshot!(nbc(good.path(), "-C {} audit raw --as-of 2026-11-20").transcript(), @"
    1 text written by hand for a target
    target      on        objects            place
    kubernetes  group.ml  v1/ConfigMap motd  a.nbc:4
    judged   1 text of the workspace
    not      what a text does once it is applied (nbc judges its form)
    [0]
    ");
    let built = nbc(good.path(), "-C {} build --out out");
    assert_eq!(built.exit, Exit::Done, "{}", built.transcript());
    insta::assert_snapshot!(read(good.path().join("out/kubernetes/ml/raw.yaml")), @r#"
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: motd
      namespace: ml
    data:
      text: "a # {{ x }}"
    "#);
}

#[test]
fn a_value_a_line_and_a_code_are_explained() {
    insta::assert_snapshot!(lab("explain group.ml-research.quota.cpu"), @r#"
    group.ml-research.quota.cpu is 32
    → declared                 32                       teams/ml-research.nbc:14:10
    means     CPU kept for all running servers, workers and jobs.
    used by   group.ml-research
    [0]
    "#);
    let out = tempfile::tempdir().unwrap();
    let built = nbc(out.path(), &format!("build {} --out {{}}/out --as-of 2026-11-20", example("lab").display()));
    assert_eq!(built.exit, Exit::Done, "{}", built.transcript());
    let quota = read(out.path().join("out/kubernetes/ml-research/quota.yaml"));
    let line = 1 + quota.lines().position(|line| line.contains("requests.cpu")).unwrap();
    let ran = nbc(out.path(), &format!("explain {{}}/out/kubernetes/ml-research/quota.yaml:{line}"));
    assert!(ran.out.ends_with("/0/spec/hard/requests.cpu\n  from teams/ml-research.nbc:14\n"), "{}", ran.transcript());
    // A constant of the target comes from the declaration that it is about, in the next document of the file too.
    let other = 1 + quota.lines().position(|line| line == "kind: LimitRange").unwrap();
    let ran = nbc(out.path(), &format!("explain {{}}/out/kubernetes/ml-research/quota.yaml:{other}"));
    assert!(ran.out.ends_with("/1\n  from teams/ml-research.nbc:2\n"), "{}", ran.transcript());
    let pointer = "out/keycloak/coast-realm.json:/displayName";
    let ran = nbc(out.path(), &format!("explain {{}}/{pointer}"));
    assert!(ran.out.ends_with("/displayName\n  from platform.nbc:2\n"), "{}", ran.transcript());
    let page = nbc(out.path(), "explain NBC0203").out;
    assert!(page.starts_with("error[NBC0203] unknown-name:"), "{page}");
    assert!(page.ends_with("\n\n**Silence it:** it cannot be silenced.\n"), "{page}");
    let page = nbc(out.path(), "explain few-admins").out;
    assert!(page.contains("\n\n**Silence it:** `waiver few-admins on … {"), "{page}");
    assert_eq!(nbc(out.path(), "explain unknown-nmae").exit, Exit::CouldNot);
}

/// A place of a source file: what is said there, what became of it, what is emitted from it.
#[test]
fn a_place_in_a_file_is_explained() {
    insta::assert_snapshot!(lab("explain teams/ml-research.nbc:14:10"), @"
        group.ml-research.quota.cpu is 32
        → declared                 32                       teams/ml-research.nbc:14:10
        means     CPU kept for all running servers, workers and jobs.
        used by   group.ml-research
        emitted   kubernetes/ml-research/quota.yaml:11  /0/spec/hard/requests.cpu
        [0]
    ");
    insta::assert_snapshot!(lab("explain teams/ml-research.nbc:14:5"), @"
        group.ml-research.quota.cpu is 32
        → declared                 32                       teams/ml-research.nbc:14:10
        means     CPU kept for all running servers, workers and jobs.
        used by   group.ml-research
        emitted   kubernetes/ml-research/quota.yaml:11  /0/spec/hard/requests.cpu
        [0]
    ");
    insta::assert_snapshot!(lab("explain teams/ml-research.nbc:6"), @"
        group.ml-research.members is [ana, bob, chen until 2027-03-31]
        → declared                 [ana, bob, chen until 2027-03-31] teams/ml-research.nbc:6:12
        means     The people. Whoever leaves on a known day gets `until`.
        used by   data-source.cohort-7, environment.torch-2-4, storage.ml-data
        emitted   keycloak/coast-realm.json:404  /users/0/groups/0
                  keycloak/coast-realm.json:405  /users/0/groups/1
                  keycloak/coast-realm.json:424  /users/1/groups/0
                  keycloak/coast-realm.json:425  /users/1/groups/1
                  keycloak/coast-realm.json:444  /users/2/groups/0
                  keycloak/coast-realm.json:445  /users/2/groups/1
                  and 12 more
        [0]
    ");
    insta::assert_snapshot!(lab("explain teams/ml-research.nbc:1"), @"
    error: nothing is said there: the nearest that is said stands at teams/ml-research.nbc:2:7
    [2]
    ");
    insta::assert_snapshot!(lab("explain teams/ml-reserch.nbc:1"), @"
        error: `teams/ml-reserch.nbc` is no file of this workspace, and no nbc-map.json tells where it comes from
          = did you mean `teams/ml-research.nbc`? `nbc build` writes the map beside its files; paths of sources start beside nbc.toml
        [2]
    ");
    insta::assert_snapshot!(lab("explain teams/ml-research.nbc:999"), @"
        error: `teams/ml-research.nbc` has no line 999; its last is 41
        [2]
    ");
}

#[test]
fn a_cell_a_row_and_an_iteration_are_explained() {
    let folder = folder(
        "== nbc.toml\nedition = \"2026\"\n[backends.keycloak]\nversion = \"26\"\n== a.nbc\nplatform lab { domain: \"lab.example\", title: \"Lab\" }\n\
         let teams = [\"red\", \"blue\"]\n\
         user from \"people.csv\" {\n  handle: row.login\n  email: row.mail\n  member-of: row.team\n  until: row.ends\n}\n\
         for team in teams {\n  group \"{team}-team\" { cost-center: team, contact: \"{team}@lab.example\" }\n}\n\
         == people.csv\nlogin,mail,team,ends\nana,ana@lab.example,red-team;blue-team,2027-03-31\nbob,,red-team,\n",
    );
    let explain = |place: &str| nbc(folder.path(), &format!("-C {{}} --as-of 2026-11-20 explain {place}")).transcript();
    insta::assert_snapshot!(explain("people.csv:2:6"), @r#"
        user.ana.email is "ana@lab.example"
        → declared                 "ana@lab.example"        people.csv:2:5
        means     Needed only where mail is sent to them, or accounts are linked by it.
        used by   group.blue-team, group.red-team
        emitted   keycloak/config-cli/lab.yaml:99  /users/0/email
                  keycloak/config-cli/lab.yaml:100  /users/0/emailVerified
                  keycloak/lab-realm.json:146  /users/0/email
                  keycloak/lab-realm.json:147  /users/0/emailVerified
                  keycloak/realm-import.yaml:115  /spec/realm/users/0/email
                  keycloak/realm-import.yaml:116  /spec/realm/users/0/emailVerified
        [0]
    "#);
    insta::assert_snapshot!(explain("people.csv:2:25"), @"
        ana is in group.blue-team.members  people.csv:2:21
        refers to user.ana  people.csv:2:1
        emitted   keycloak/config-cli/lab.yaml:105  /users/0/groups/0
                  keycloak/config-cli/lab.yaml:106  /users/0/groups/1
                  keycloak/lab-realm.json:154  /users/0/groups/0
                  keycloak/lab-realm.json:155  /users/0/groups/1
                  keycloak/realm-import.yaml:121  /spec/realm/users/0/groups/0
                  keycloak/realm-import.yaml:122  /spec/realm/users/0/groups/1

        ana is in group.red-team.members  people.csv:2:21
        refers to user.ana  people.csv:2:1
        emitted   keycloak/config-cli/lab.yaml:105  /users/0/groups/0
                  keycloak/config-cli/lab.yaml:106  /users/0/groups/1
                  keycloak/lab-realm.json:154  /users/0/groups/0
                  keycloak/lab-realm.json:155  /users/0/groups/1
                  keycloak/realm-import.yaml:121  /spec/realm/users/0/groups/0
                  keycloak/realm-import.yaml:122  /spec/realm/users/0/groups/1
        [0]
    ");
    insta::assert_snapshot!(explain("people.csv:2"), @r#"
    user.ana is declared here
    means     A person.
    used by   group.blue-team, group.red-team
    emitted   keycloak/config-cli/lab.yaml:97  /users/0
              keycloak/lab-realm.json:143  /users/0
              keycloak/realm-import.yaml:113  /spec/realm/users/0

    user.ana.email is "ana@lab.example"
    → declared                 "ana@lab.example"        people.csv:2:5
    means     Needed only where mail is sent to them, or accounts are linked by it.
    used by   group.blue-team, group.red-team
    emitted   keycloak/config-cli/lab.yaml:99  /users/0/email
              keycloak/config-cli/lab.yaml:100  /users/0/emailVerified
              keycloak/lab-realm.json:146  /users/0/email
              keycloak/lab-realm.json:147  /users/0/emailVerified
              keycloak/realm-import.yaml:115  /spec/realm/users/0/email
              keycloak/realm-import.yaml:116  /spec/realm/users/0/emailVerified

    ana is in group.blue-team.members  people.csv:2:21
    refers to user.ana  people.csv:2:1
    emitted   keycloak/config-cli/lab.yaml:105  /users/0/groups/0
              keycloak/config-cli/lab.yaml:106  /users/0/groups/1
              keycloak/lab-realm.json:154  /users/0/groups/0
              keycloak/lab-realm.json:155  /users/0/groups/1
              keycloak/realm-import.yaml:121  /spec/realm/users/0/groups/0
              keycloak/realm-import.yaml:122  /spec/realm/users/0/groups/1

    ana is in group.red-team.members  people.csv:2:21
    refers to user.ana  people.csv:2:1
    emitted   keycloak/config-cli/lab.yaml:105  /users/0/groups/0
              keycloak/config-cli/lab.yaml:106  /users/0/groups/1
              keycloak/lab-realm.json:154  /users/0/groups/0
              keycloak/lab-realm.json:155  /users/0/groups/1
              keycloak/realm-import.yaml:121  /spec/realm/users/0/groups/0
              keycloak/realm-import.yaml:122  /spec/realm/users/0/groups/1

    user.ana.until is 2027-03-31
    → declared                 2027-03-31               people.csv:2:40
    means     Last day with any access.
    used by   group.blue-team, group.red-team
    emitted   keycloak/config-cli/lab.yaml:98  /users/0/enabled
              keycloak/lab-realm.json:145  /users/0/enabled
              keycloak/realm-import.yaml:114  /spec/realm/users/0/enabled
    [0]
    "#);
    insta::assert_snapshot!(explain("a.nbc:10:38"), @r#"
        group.blue-team.cost-center is "blue"
        → declared                 "blue"                   a.nbc:10:38 (for team = blue)
        means     Department or account that pays.

        group.red-team.cost-center is "red"
        → declared                 "red"                    a.nbc:10:38 (for team = red)
        means     Department or account that pays.
        [0]
    "#);
    insta::assert_snapshot!(explain("a.nbc:2:5"), @"
        let teams: [Text]
        named at  a.nbc:9:13
        [0]
    ");
}

#[test]
fn json_keeps_its_contract() {
    let schema: Value = serde_json::from_str(&read(example("../schema/findings.json"))).unwrap();
    let contract = jsonschema::validator_for(&schema).unwrap();
    let broken = folder("== nbc.toml\nedition = 2026\n== a.nbc\ngroup a { members: [ana], parnt: b }\nuser anna { }\n");
    for (folder, verdict) in [(example("lab"), "ok"), (broken.path().to_owned(), "failed"), (example(".."), "nothing")]
    {
        let ran = nbc(&folder, "-C {} check --format json --as-of 2026-11-20");
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        let faults: Vec<String> = contract.iter_errors(&report).map(|error| error.to_string()).collect();
        assert_eq!((faults, report["verdict"].as_str()), (Vec::new(), Some(verdict)));
    }
}

#[test]
fn every_template_is_a_platform_without_errors() {
    let folder = tempfile::tempdir().unwrap();
    for template in ["lab", "course", "company", "environments", "minimal"] {
        let made = nbc(folder.path(), &format!("init {{}}/{template} --template {template}"));
        assert_eq!(made.exit, Exit::Done, "{}", made.transcript());
        let checked = nbc(folder.path(), &format!("-C {{}}/{template} check --as-of 2026-11-20"));
        assert_eq!(checked.exit, Exit::Done, "{template}: {}", checked.transcript());
        let again = nbc(folder.path(), &format!("init {{}}/{template} --template {template}"));
        assert_eq!(again.exit, Exit::CouldNot);
    }
    let below = nbc(folder.path(), "-C {} init below --template minimal");
    assert!(folder.path().join("below/nbc.toml").is_file(), "{}", below.transcript());
    assert_eq!(nbc(folder.path(), "init --list").out.lines().count(), 5);
}

#[test]
fn help_says_what_each_command_reads_and_writes() {
    let help = nbc(&example("lab"), "--help").out;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let silent: Vec<&str> = commands
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter(|line| !line.contains("eads files") && !line.contains("rites files"))
        .collect();
    assert_eq!(silent, Vec::<&str>::new());
}

/// An exception from what follows from declarations is one that is known, and only by that name.
#[test]
fn raw_text_may_say_what_a_waiver_lets_it() {
    let platform =
        "platform lab { domain: \"lab.example\" }\nuser ana {}\ngroup ml { owners: [ana], members: [ana] }\n";
    let raw = "raw kubernetes on group.ml '''\n  apiVersion: v1\n  kind: Secret\n  metadata: { name: key }\n  stringData: { a: b }\n  '''\n";
    let check = |waiver: &str| {
        let settings = "== nbc.toml\nedition = \"2026\"\n[backends.kubernetes]\nversion = \"1.36\"\n== a.nbc\n";
        let made = folder(&format!("{settings}{platform}{raw}{waiver}"));
        nbc(made.path(), "-C {} --as-of 2026-11-20 check --format concise -q").out
    };
    let waiver = "waiver raw-reserved on group.ml { until: 2027-01-31, because: \"x\", approved-by: ana }\n";
    let said = [check(""), check(waiver), check(&waiver.replace("-reserved", "-rezerved"))];
    insta::assert_snapshot!(said.join("--\n"), @"
    a.nbc:1:10: warning[NBC0447] few-admins: nobody administers `lab`; 2 should
    a.nbc:6:3: error[NBC0732] raw-reserved: an object `v1/Secret` is not written by hand: declare a `secret`, which says where the value lies
    --
    a.nbc:1:10: warning[NBC0447] few-admins: nobody administers `lab`; 2 should
    --
    a.nbc:10:8: error[NBC0140] unknown-rule: there is no rule `raw-rezerved`
    ");
}

/// What a policy forbids to a group, it forbids to nobody once the group is over.
#[test]
fn a_policy_that_lapses_with_its_group_is_foretold() {
    let folder = folder(
        "== nbc.toml
edition = \"2026\"
== site.nbc
user ana {}
user ben {}
group lab { owners: [ana], members: [ben], profiles: [small] }
group course { owners: [ana], until: 2027-02-28 }
group beginners { parent: course, owners: [ana], members: [ben] }
profile small { cpu: 1, memory: 2Gi }
== policies/site.cedar
@id(\"beginners-wait\")
@sentence(\"Beginners start nothing yet.\")
forbid (principal in Group::\"beginners\", action == Action::\"launch\", resource);
",
    );
    let out = nbc(folder.path(), "-C {} check").out;
    let next: String = out.lines().skip_while(|line| !line.starts_with("next")).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(next, @"
    next     2027-03-01  ben leaves group course (its last day is 2027-02-28); policy beginners-wait
             finds nobody in group beginners any more
    ");
}
