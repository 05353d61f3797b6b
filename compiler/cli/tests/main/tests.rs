//! `nbc test`: what holds and why, what fails and what is so instead, and what no test would notice.

use std::io::BufReader;

use nbc::Exit;
use serde_json::Value;

use super::{example, folder, nbc, read};

const SITE: &str = "== nbc.toml
edition = \"2026\"
== a.nbc
user ana { }
user bob { affiliation: contractor }
group lab { owners: [ana], members: [ana, bob], profiles: [small] }
group two { owners: [ana] }
profile small { cpu: 1, memory: 1Gi, description: \"s\" }
rule sized \"groups with a profile are small\" for group g {
  when g.profiles set and g.members set
  require count(g.members) < 2 and g.owners set
}
test \"the small ones\" {
  expect ana can launch small
  expect bob cannot launch small because no-contractors
  expect ana cannot launch small because not-granted
  expect group.two keeps sized
  expect group.lab breaks sized
  expect profile.small.cpu == 2
}
test \"a profile makes the difference\" {
  add group.two.members: [ana, bob]
  expect group.two keeps sized
}
== a.cedar
@id(\"no-contractors\")
@sentence(\"contractors launch nothing\")
forbid (principal is User, action == Action::\"launch\", resource)
when { principal.affiliation == Affiliation::\"contractor\" && principal.enabled };
";

#[test]
fn each_expectation_says_what_decided_it_and_coverage_what_none_would_notice() {
    let folder = folder(SITE);
    insta::assert_snapshot!(nbc(folder.path(), "-C {} test --coverage --as-of 2026-11-20").transcript(), @r#"
    failed   the small ones                                                     a.nbc:10
      holds  ana can launch small
             granted to group.lab                                               a.nbc:3
      holds  bob cannot launch small because no-contractors
             no-contractors forbids it                                          a.cedar:3
      fails  ana cannot launch small because not-granted                        a.nbc:13
             but ana can launch profile.small
             granted to group.lab                                               a.nbc:3
      holds  group.two keeps sized
      holds  group.lab breaks sized
             `g.members` is `ana, bob`, `g.owners` is `ana`                     a.nbc:6
      fails  profile.small.cpu == 2                                             a.nbc:16
             but `small.cpu` is `1`
    ok       a profile makes the difference                                     a.nbc:18
      holds  group.two keeps sized
    untested sized: no test would notice without `g.members set`                a.nbc:7
    untested sized: no test would notice without `g.owners set`                 a.nbc:8
    untested no-contractors: no test would notice without `principal.enabled`   a.cedar:3
    noticed  2 of 2 rules and policies of yours, 3 of 6 conditions
    not      packs (their cases come with them)
    failed   1 of 2 tests pass, 5 of 7 expectations hold, as of 2026-11-20
    [1]
    "#);
    let chosen = nbc(folder.path(), "-C {} test difference --as-of 2026-11-20");
    assert_eq!((chosen.exit, chosen.out.lines().count()), (Exit::Done, 3), "{}", chosen.transcript());
    assert_eq!(nbc(folder.path(), "-C {} test -q --as-of 2026-11-20").out.matches("\nok").count(), 0);
}

#[test]
fn programs_read_tests_too() {
    let folder = folder(SITE);
    let schema: Value = serde_json::from_str(&read(example("../schema/findings.json"))).unwrap();
    let page = nbc(folder.path(), "-C {} test --coverage --format json --as-of 2026-11-20").out;
    let page: Value = serde_json::from_str(&page).unwrap();
    let contract = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = contract.iter_errors(&page).map(|error| error.to_string()).collect();
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(page["tests"][0]["expectations"][5]["instead"], "`small.cpu` is `1`");

    let xml = nbc(folder.path(), "-C {} test --format junit --as-of 2026-11-20").out;
    let suites = junit_parser::from_reader(BufReader::new(xml.as_bytes())).unwrap();
    assert_eq!((suites.tests, suites.failures), (2, 1));
    let failure = suites.suites[0].cases[0].status.failure_as_ref();
    assert!(failure.text.contains("but ana can launch profile.small"), "{}", failure.text);
}

#[test]
fn nothing_to_test_is_no_success() {
    let none = folder("== nbc.toml\nedition = \"2026\"\n== a.nbc\nuser ana { }\ntest \"later\" { }\n");
    insta::assert_snapshot!(nbc(none.path(), "-C {} test").transcript(), @r#"
    nothing  later                                                              a.nbc:2
    nothing  there is no test here, so nothing was judged
    [2]
    "#);
    let broken =
        folder("== nbc.toml\nedition = \"2026\"\n== a.nbc\nuser ana { tilte: \"\" }\ntest \"t\" { expect 1 == 1 }\n");
    let ran = nbc(broken.path(), "-C {} test");
    assert!(ran.out.contains("error[NBC0") && ran.exit == Exit::Findings, "{}", ran.transcript());
    let lab = nbc(&example("lab"), "-C {} test students-take");
    assert_eq!(
        lab.transcript(),
        "error: no test has `students-take` in its name\n  = `nbc test` runs all and shows their names\n[2]"
    );
}
