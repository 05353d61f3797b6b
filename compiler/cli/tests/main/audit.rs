//! Questions of an auditor whose answer is a list: what a person reads, and what a spreadsheet gets.

use calamine::Reader as _;
use serde_json::Value;

use super::{Ran, example, folder, nbc, read};

const SITE: &str = "== nbc.toml
edition = \"2026\"
== a.nbc
user ana { }
user bob { affiliation: contractor, until: 2027-01-31 }
user eve { }
group lab { owners: [ana], members: [ana, bob until 2026-12-31], profiles: [small] }
profile small { cpu: 1, memory: 1Gi, description: \"s\" }
profile forgotten extends small { description: \"f\" }
rule described \"everybody is described\" for user u { require u.description set }
waiver described on user.bob { until: 2026-12-01, because: \"=he leaves\", approved-by: ana }
waiver described on user.ana { until: 2026-10-01, because: \"she was new\", approved-by: bob }
== a.cedar
@id(\"no-contractors\")
@sentence(\"contractors launch nothing\")
forbid (principal is User, action == Action::\"launch\", resource)
when { principal.affiliation == Affiliation::\"contractor\" };
";

fn audit(question: &str) -> Ran {
    let folder = folder(SITE);
    nbc(folder.path(), &format!("-C {{}} --as-of 2026-11-20 audit {question}"))
}

#[test]
fn what_ends_is_listed_soonest_first() {
    insta::assert_snapshot!(audit("expiring").transcript(), @r#"
    3 things with a last day, as of 2026-11-20
    last day    what                          place
    2026-12-01  waiver described on user.bob  a.nbc:8
    2026-12-31  group.lab members: bob        a.nbc:4
    2027-01-31  user.bob until                a.nbc:2
    judged   122 values and 2 waivers
    not      what an identity provider ends
             tokens and sessions
    [0]
    "#);
    insta::assert_snapshot!(audit("expiring --within 2w").out, @r#"
    1 thing with a last day within 14 days, as of 2026-11-20
    last day    what                          place
    2026-12-01  waiver described on user.bob  a.nbc:8
    judged   122 values and 2 waivers
    not      what an identity provider ends
             tokens and sessions
    "#);
    assert_eq!(
        audit("expiring --within soon").transcript(),
        "error: `soon` is no number of days\n  = write --within 30d, or 6w\n[2]"
    );
}

#[test]
fn what_nobody_uses_what_is_excused_and_what_stays_is_listed() {
    insta::assert_snapshot!(audit("unreferenced").transcript(), @r#"
    2 things that nothing refers to, as of 2026-11-20
    what               title      place
    profile.forgotten  Forgotten  a.nbc:6
    user.eve           Eve        a.nbc:3
    judged   6 declarations
    not      whether anybody uses what is declared (nbc sees no use)
    [0]
    "#);
    insta::assert_snapshot!(audit("waivers").transcript(), @r#"
    1 waiver in force of 2, as of 2026-11-20
    rule       on        until              approved by  because      place
    described  user.ana  2026-10-01 (over)  bob          she was new  a.nbc:9
    described  user.bob  2026-12-01         ana          =he leaves   a.nbc:8
    judged   2 waivers of the workspace
    not      whether the approver was asked (`nbc review` judges changes)
    [0]
    "#);
    insta::assert_snapshot!(audit("leftovers bob").transcript(), @r#"
    3 lines left with bob in it, as of 2026-11-20
    what              names them as  until       place
    group.lab         members        2026-12-31  a.nbc:4
    waiver described  waiver on      2026-12-01  a.nbc:8
    waiver described  approver       2026-10-01  a.nbc:9
    judged   122 values
    not      running servers, tokens and sessions
             their home directory and what they left in shared folders
             data outside the platform
    [0]
    "#);
    assert_eq!(audit("leftovers bop").transcript(), "error: there is no user `bop`; did you mean `bob`?\n[2]");
}

#[test]
fn a_grant_that_a_policy_takes_away_is_a_conflict() {
    insta::assert_snapshot!(audit("conflicts").transcript(), @r#"
    1 grant that a policy takes away, as of 2026-11-20
    who  action  thing          granted                       forbidden by    place
    bob  launch  profile.small  granted to group.lab a.nbc:4  no-contractors  a.cedar:3
    judged   39 decisions
    not      people whom the files do not list
             the live systems
    [0]
    "#);
}

#[test]
fn the_matrix_is_an_overview_for_people_and_every_decision_for_programs() {
    insta::assert_snapshot!(audit("matrix").transcript(), @r#"
    3 of 39 decisions are yes, as of 2026-11-20
    thing          action     people  who
    group.lab      see-usage  1       ana
    group.lab      manage     1       ana
    profile.small  launch     1       ana
    judged   39 decisions
    not      people whom the files do not list
             the live systems
    [0]
    "#);
    let csv = audit("matrix --format csv").out;
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("who,action,kind,thing,answer,because,place"));
    assert_eq!(lines.next(), Some("ana,see-usage,group,lab,yes,granted to user.ana,a.nbc:4"));

    let lab = nbc(&example("lab"), "-C {} --as-of 2026-11-20 audit matrix --format json").out;
    let lab: Value = serde_json::from_str(&lab).unwrap();
    assert_eq!(lab["answer"], "202 of 888 decisions are yes, as of 2026-11-20");
    assert_eq!(lab["rows"].as_array().map(Vec::len), Some(202));
    assert_eq!(lab["rows"][0]["place"], "teams/ml-research.nbc:39");
}

#[test]
fn lists_keep_their_contract() {
    let schema: Value = serde_json::from_str(&read(example("../schema/audit-list.json"))).unwrap();
    let contract = jsonschema::validator_for(&schema).unwrap();
    let mut rows = 0;
    for question in ["matrix", "conflicts", "expiring", "unreferenced", "waivers", "leftovers bob"] {
        let list: Value = serde_json::from_str(&audit(&format!("{question} --format json")).out).unwrap();
        let faults: Vec<String> = contract.iter_errors(&list).map(|error| error.to_string()).collect();
        assert_eq!(faults, Vec::<String>::new(), "{question}");
        assert_eq!(list["question"], question.split(' ').next().unwrap());
        rows += list["rows"].as_array().map_or(0, Vec::len);
    }
    assert!(rows >= 12, "only {rows} rows were judged");
    let text = "  apiVersion: v1\n  kind: ConfigMap\n  metadata: { name: motd }\n  data: { text: hello }\n";
    let written = format!("raw kubernetes on group.lab '''\n{text}  '''\n== a.cedar\n");
    let by_hand = folder(
        &SITE
            .replace("edition = \"2026\"", "edition = \"2026\"\n[backends.kubernetes]")
            .replace("== a.cedar\n", &written),
    );
    let raw = nbc(by_hand.path(), "-C {} --as-of 2026-11-20 audit raw --format json");
    let raw: Value = serde_json::from_str(&raw.out).unwrap();
    assert_eq!(raw["rows"][0]["objects"], "v1/ConfigMap motd");
    assert!(contract.is_valid(&raw), "{raw}");
    let mut other = raw;
    other["rows"] = serde_json::json!([{"target": "kubernetes"}]);
    assert!(!contract.is_valid(&other), "a contract that takes half a row is none");
}

#[test]
fn a_spreadsheet_gets_no_formula() {
    let csv = audit("waivers --format csv").out;
    assert!(csv.contains(",'=he leaves,"), "{csv}");
}

#[test]
fn a_spreadsheet_is_read_by_others_and_has_the_same_bytes_each_time() {
    let folder = folder(SITE);
    let ask = || nbc(folder.path(), "-C {} --as-of 2026-11-20 audit waivers --format xlsx -o w.xlsx").transcript();
    insta::assert_snapshot!(ask(), @r#"
    wrote    w.xlsx: 2 rows; 1 waiver in force of 2, as of 2026-11-20
    judged   2 waivers of the workspace
    not      whether the approver was asked (`nbc review` judges changes)
    [0]
    "#);
    let path = folder.path().join("w.xlsx");
    #[expect(clippy::disallowed_methods, reason = "a test looks at what was written")]
    let bytes = || std::fs::read(&path).unwrap();
    let first = bytes();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(&path).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(sheet.get((2, 4)), Some(&calamine::Data::String("=he leaves".to_owned())));
    ask();
    assert_eq!(first, bytes());
    let nowhere = nbc(folder.path(), "-C {} audit waivers --format xlsx").transcript();
    assert_eq!(nowhere, "error: a spreadsheet is no text for a terminal\n  = name a file: -o access.xlsx\n[2]");
}
