//! Findings in the formats of others: each is read by its schema or by a reader of it, whatever users wrote.

use std::io::BufReader;

use nbc::Exit;
use serde_json::{Value, json};

use super::{Ran, example, folder, nbc, nbc_on, read};

const SETTINGS: &str = "== nbc.toml\nedition = \"2026\"\n";

/// One error in a path that needs escaping, in a line with what each format takes for its own.
const HOSTILE: &str = "== tëams, a:b/50% off.nbc\nuser dana { }\ngroup lab {\n  title: \"🙂 <b>@all</b> | [x](y) \\{0}\", members: [dena]\n}\n\
                       == b.nbc\nrule small \"::error::100% <b>@all</b>, [x](y) `|` \\{9} is small\" for group g { require g.description set }\n";

/// A workspace in which a waiver excuses what a rule finds.
const WAIVED: &str = "== a.nbc\nuser ana { }\nuser bob { description: \"Bob\" }\n\
                      rule titled \"everybody has a title\" for user u { require u.description set }\n\
                      waiver titled on user.ana { until: 2026-12-31, because: \"she <chose> so\", approved-by: bob }\n";

fn check(files: &str, format: &str) -> Ran {
    let folder = folder(&format!("{SETTINGS}{files}"));
    nbc(folder.path(), &format!("-C {{}} check --as-of 2026-11-20 --format {format}"))
}

/// The one run of a log that keeps the schema.
fn sarif(files: &str) -> Value {
    let schema: Value = serde_json::from_str(&read(example("../schema/sarif/2.1.0.json"))).unwrap();
    let part = |pointer: &str| schema.pointer(pointer).unwrap();
    let log = json!({"$schema": part("/$schema"), "$ref": part("/kinds/log"), "definitions": part("/definitions")});
    let report: Value = serde_json::from_str(&check(files, "sarif").out).unwrap();
    let contract = jsonschema::validator_for(&log).unwrap();
    let faults: Vec<String> =
        contract.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert_eq!(faults, Vec::<String>::new());
    report.pointer("/runs/0").cloned().unwrap()
}

#[test]
fn sarif_keeps_its_schema_and_escapes_what_it_would_interpret() {
    let run = sarif(&HOSTILE.replace("[dena]", "[]"));
    let results = run["results"].as_array().unwrap();
    let result = results.iter().find(|result| result["ruleId"] == "NBC0810").unwrap();
    let text = result["message"]["text"].as_str().unwrap();
    assert!(text.contains("\\[x\\](y)") && text.contains("{{9}}"), "{text}");
    let run = sarif(HOSTILE);
    let result = &run["results"][0];
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "t%C3%ABams%2C%20a%3Ab/50%25%20off.nbc");
    // The emoji is one column.
    let column = "  title: \"🙂 <b>@all</b> | [x](y) \\{0}\", members: [".chars().count() + 1;
    assert_eq!((&place["region"]["startLine"], &place["region"]["startColumn"]), (&3.into(), &column.into()));
    assert_eq!(run["tool"]["driver"]["rules"][0]["name"], "UnknownName");
    assert_eq!(result["relatedLocations"][0]["message"]["text"], "nearest: dana");
    assert_eq!(result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"], "dana");
    assert_eq!(run["properties"]["judged"]["files"], 3);
}

#[test]
fn sarif_names_findings_by_what_they_say_and_not_by_their_line() {
    let name = |files: &str| sarif(files)["results"][0]["partialFingerprints"]["primaryLocationLineHash"].clone();
    let before = name("== a.nbc\nuser dana { }\ngroup lab { members: [dena] }\n");
    assert_eq!(before, name("== a.nbc\n\n# moved\n\nuser dana { }\ngroup lab { members: [dena] }\n"));
    assert_ne!(before, name("== a.nbc\nuser dana { }\ngroup lab { members: [dina] }\n"));
    let two = sarif("== a.nbc\nuser dana { }\ngroup lab { members: [\n  dena,\n  dena,\n] }\n");
    let names: Vec<&Value> = two["results"].as_array().unwrap().iter().map(|row| &row["partialFingerprints"]).collect();
    assert_eq!(names.len(), 2);
    assert_ne!(names[0], names[1]);
}

#[test]
fn what_a_waiver_excuses_is_suppressed_with_its_reason() {
    let run = sarif(WAIVED);
    let excused = run["results"].as_array().unwrap().iter().find(|result| result["suppressions"].is_array()).unwrap();
    let suppression = &excused["suppressions"][0];
    assert_eq!((&suppression["status"], &suppression["justification"]), (&"accepted".into(), &"she <chose> so".into()));
    assert_eq!(run["properties"]["waived"], 1);
    let md = check(WAIVED, "md").out;
    assert!(md.contains("1 finding excused by waivers") && md.contains("she &lt;chose&gt; so"), "{md}");
    assert!(!check(WAIVED, "gitlab").out.contains("rule-broken"));
}

#[test]
fn junit_has_a_case_for_each_file() {
    let ran = check(HOSTILE, "junit");
    let suites = junit_parser::from_reader(BufReader::new(ran.out.as_bytes())).unwrap();
    assert_eq!((suites.tests, suites.failures), (3, 1));
    let suite = &suites.suites[0];
    let failed = suite.cases.iter().find(|case| case.status.is_failure()).unwrap();
    assert_eq!(failed.file.as_deref(), Some("tëams, a:b/50% off.nbc"));
    assert_eq!((failed.line, failed.status.failure_as_ref().message.as_str()), (Some(3), "there is no user `dena`"));
    assert_eq!(suite.properties.hashmap["judged files"], "3");
}

#[test]
fn github_reads_annotations_and_no_line_of_a_user_is_a_command() {
    let ran = check(HOSTILE, "github");
    assert_eq!(
        ran.out.lines().next().unwrap(),
        "::error file=tëams%2C a%3Ab/50%25 off.nbc,line=3,col=51,endColumn=55,title=NBC0203 unknown-name::\
         there is no user `dena`%0Ano user of this name%0Adid you mean `dana`?"
    );
    let many: String = (0..13).map(|number| format!("user u{number} {{ tilte: \"x\" }}\n")).collect();
    let ran = check(&format!("== a.nbc\n{many}"), "github");
    assert_eq!(ran.out.lines().filter(|line| line.starts_with("::error ")).count(), 10);
    assert!(ran.out.contains("and 3 errors without an annotation:\nerror a.nbc:11:12: NBC0"), "{}", ran.out);
    let broken =
        check(&HOSTILE.replace("title: \"🙂", "title: \"\\n::warning::x 🙂").replace("[dena]", "[]"), "github");
    let commands = broken.out.lines().filter(|line| line.trim_start().starts_with("::"));
    assert!(commands.clone().count() > 0 && commands.clone().all(|line| line.contains(",title=NBC")), "{}", broken.out);
}

#[test]
fn gitlab_gets_issues_with_what_its_reader_requires() {
    let ran = check(HOSTILE, "gitlab");
    let issues: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    for issue in &issues {
        for field in ["description", "check_name", "fingerprint"] {
            assert!(issue[field].is_string(), "{field}: {issue}");
        }
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&issue["severity"].as_str().unwrap()));
        let location = &issue["location"];
        assert!(location["path"].is_string() && location.pointer("/positions/begin/line").is_some_and(Value::is_u64));
    }
    assert_eq!(issues.len(), 1);
    assert!(ran.err.contains("judged   3 files"), "{}", ran.err);
}

#[test]
fn markdown_shows_what_users_wrote_and_does_nothing_of_it() {
    let page = check(&HOSTILE.replace("[dena]", "[]"), "md").transcript().replace('\u{2060}', "⟂");
    insta::assert_snapshot!(page, @r#"
    **nbc: failed** · as of 2026-11-20\: 1 error, 1 warning

    | | where | what |
    |---|---|---|
    | **error** | `tëams, a:b/50% off.nbc:2:7` | NBC0810 rule-broken: `group.lab` breaks rule `small`\: \:\:error\:\:100% &lt;b&gt;@⟂all&lt;/b&gt;, \[x\]\(y\) `\|` \{9\} is small<br>`g.description` is not set |
    | warning | `tëams, a:b/50% off.nbc:2:7` | NBC0440 group-without-owner: nobody owns group `lab`<br>no `owners`, here or above<br>name somebody who decides about `lab`\: `owners: […]` |

    <details><summary>What was judged, and what was not</summary>

    - judged 1 person × 5 things one can do = 5 decisions, 0 allowed
    - 3 files · 3 declarations · 0 packs · 1 rule of yours · 0 test expectations
    - not judged\: package versions \(nbc does not solve environments\) · the live systems \(nbc reads files only\)

    </details>
    [1]
    "#);
    let many: String = (0..900).map(|number| format!("user u{number} {{ tilte: \"x\" }}\n")).collect();
    let page = check(&format!("== a.nbc\n{many}"), "md").out;
    assert!(page.chars().count() <= 60_000 && page.ends_with("</details>\n"), "{}", page.chars().count());
    assert!(page.contains("more findings; `nbc check --format concise` lists all"));
}

#[test]
fn nothing_judged_is_no_success_in_any_format() {
    for format in ["human", "json", "concise", "sarif", "junit", "github", "gitlab", "md"] {
        let ran = check("== a.nbc\n", format);
        assert_eq!(ran.exit, Exit::CouldNot, "{format}");
        assert!(ran.out.contains("nothing"), "{format}: {}", ran.transcript());
    }
    let suites = check("== a.nbc\n", "junit").out;
    assert_eq!(junit_parser::from_reader(BufReader::new(suites.as_bytes())).unwrap().errors, 1);
    let refused = check("== a.nbc\n", "svg");
    assert_eq!(
        refused.transcript(),
        "error: this has no form `svg`\n  = choose --format human, json, concise, sarif, junit, github, gitlab, md\n[2]"
    );
}

#[test]
fn a_forge_finds_files_below_the_folder_that_was_named() {
    let folder = folder("== site/nbc.toml\nedition = \"2026\"\n== site/a.nbc\ngroup lab { members: [dena] }\n");
    let ran = nbc(folder.path(), "check {}/site --format github");
    assert!(ran.out.starts_with("::error file=a.nbc,line=1,col=23"), "{}", ran.transcript());
}

#[test]
fn columns_count_characters_and_offsets_bytes() {
    let ran =
        check("== a.nbc\nuser dana { title: \"🙂é\" }\r\ngroup lab { title: \"🙂é\", members: [dena] }\r\n", "json");
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let place = &report["findings"][0]["place"];
    let line = "group lab { title: \"🙂é\", members: [";
    let before = "user dana { title: \"🙂é\" }\r\n".len() + line.len();
    assert_eq!((&place["line"], &place["column"]), (&2.into(), &(line.chars().count() + 1).into()));
    assert_eq!((&place["end_line"], &place["end_column"]), (&2.into(), &(line.chars().count() + 5).into()));
    assert_eq!((&place["offset"], &place["end"]), (&before.into(), &(before + 4).into()));
    let edit = &report["findings"][0]["fix"]["edits"][0];
    assert_eq!((&edit["offset"], &edit["end"], &edit["text"]), (&place["offset"], &place["end"], &"dana".into()));
    assert_eq!(report["judged"]["files"], 2);
    assert!(report["not_judged"].as_array().unwrap().iter().any(|row| row["what"] == "package versions"));
}

#[test]
fn words_fit_the_terminal_and_lines_of_files_stay_whole() {
    let lab = example("nebari-docs");
    for width in [80, 120] {
        let words = ["-C", lab.to_str().unwrap(), "check", "--as-of", "2026-11-20"].map(str::to_owned);
        let text = nbc_on(width, words, b"", &mut |_| false).out;
        let of_files = |line: &str| line.contains(" │ ") || line.contains(" · ") && line.trim_start().starts_with('·');
        let longest = text.lines().filter(|line| !of_files(line)).map(|line| line.chars().count()).max().unwrap();
        assert!(longest <= width && longest > width - 20, "{width}: {longest}\n{text}");
    }
}
