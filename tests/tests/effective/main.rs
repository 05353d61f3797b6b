//! What emitted files really grant: nothing to find where nbc wrote them, and every slip of a backend found.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the number of cases is asked for in the environment, and helpers fail as a test would"
)]

mod faults;
mod measured;
mod random;

use std::path::{Path, PathBuf};

use nbc_backends::{Artifact, Content};
use nbc_driver::{Analysis, Disk, Memory, Scope, analyse, compile, emit, pipeline};
use nbc_effective::{Kind, Validated};
use nbc_model::value::Date;
use nbc_source::Diagnostics;
use nbc_tests::generate::SETTINGS;

fn as_of(_: &str) -> Date {
    Date::from_civil(2026, 11, 20).unwrap()
}

/// A workspace of files: path and text.
fn analysed(files: &[(&str, &str)]) -> Analysis {
    let host = files.iter().fold(Memory::new().with("nbc.toml", SETTINGS), |host, (path, text)| host.with(path, *text));
    analyse(&host, Scope::Folder, &as_of)
}

/// Validates what is emitted after `change` had its way with the files of the first stage.
fn validated(analysis: &mut Analysis, change: impl Fn(&mut Vec<Artifact>)) -> Validated {
    let compiled = compile(analysis, None, &as_of);
    let mut emission = emit(&compiled, &[], false);
    pipeline::validate(&compiled, &mut emission);
    assert_eq!(emission.faults, []);
    let stage = compiled.stages.first().unwrap_or_else(|| panic!("{}", errors(&compiled.findings)));
    let Ok(platform) = &stage.outcome else { panic!("{}", errors(&compiled.findings)) };
    let output = &emission.outputs[0];
    let mut artifacts = output.artifacts.clone();
    change(&mut artifacts);
    nbc_effective::validate(platform, &artifacts, &output.not_expressed)
}

fn errors(findings: &Diagnostics) -> String {
    findings.iter().map(|found| format!("{} {}\n", found.code.name, found.message)).collect()
}

/// Findings with what helps to find the place, a paragraph each.
fn told(validated: &Validated) -> String {
    let told = validated
        .findings
        .iter()
        .map(|found| format!("{} {}\n  {}\n", found.code.name, found.message, found.help.join("\n  ")));
    told.collect()
}

fn text_mut<'a>(artifacts: &'a mut [Artifact], path: &str) -> &'a mut String {
    let artifact = artifacts.iter_mut().find(|artifact| artifact.path == path).unwrap_or_else(|| panic!("no {path}"));
    let Content::Text(text) = &mut artifact.content;
    text
}

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut examples: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    examples.retain(|path| path.join("nbc.toml").exists());
    examples.sort();
    examples
}

#[test]
fn every_example_grants_what_was_decided() {
    let examples = examples();
    assert!(examples.len() >= 6, "{examples:?}");
    for example in examples {
        let mut analysis = analyse(&Disk::new(&example), Scope::Folder, &as_of);
        let compiled = compile(&mut analysis, None, &as_of);
        let mut emission = emit(&compiled, &[], false);
        pipeline::validate(&compiled, &mut emission);
        for output in &emission.outputs {
            let name = format!("{} {:?}", example.display(), output.stage);
            assert_eq!(output.validated.targets, ["conda-store", "jupyterhub", "keycloak", "kubernetes"], "{name}");
            let differences = output.validated.differences.iter();
            let differences: Vec<_> =
                differences.filter(|row| !matches!(row.kind, Kind::ByNature | Kind::Elsewhere)).collect();
            assert!(differences.is_empty(), "{name}: {differences:#?}");
        }
        let found = emission.findings.iter().filter(|found| [750, 753].contains(&found.code.number));
        let found: Vec<&str> = found.map(|found| found.message.as_str()).collect();
        assert!(found.is_empty(), "{}: {found:#?}", example.display());
    }
}

/// A platform whose hub is administered by `admins`, and that accepts what its administrators may.
fn accepting(admins: &str, stages: &str) -> String {
    let text = format!(
        "platform lab {{\n  domain: \"lab.example\"\n  accepts: [\n    {{ target: jupyterhub, permission: user.open-server, because: \"known\" }},\n  ]\n}}\n\
         user ana {{}}\nuser bob {{}}\ngroup lab {{ owners: [ana], members: [ana, bob] }}\n\
         service jupyterhub extends std/jupyterhub {{ access: [lab], admins: [{admins}] }}\n{stages}"
    );
    let mut analysis = analysed(&[("a.nbc", &text)]);
    let compiled = compile(&mut analysis, None, &as_of);
    let mut emission = emit(&compiled, &[], false);
    pipeline::validate(&compiled, &mut emission);
    let told = emission.findings.iter().filter(|found| found.code.name == "unused-acceptance");
    told.map(|found| format!("{} {}\n", compiled.sources.place(found.span.unwrap()), found.message)).collect()
}

/// What is accepted and in no stage so is told; one stage that needs it is enough.
#[test]
fn what_nobody_has_needs_no_acceptance() {
    assert_eq!(accepting("bob", ""), "");
    assert_eq!(
        accepting("", ""),
        "a.nbc:4:5 nothing to accept: jupyterhub grants `user.open-server` to nobody beyond what was decided\n"
    );
    assert_eq!(accepting("", "stage dev {}\nstage prod { override service.jupyterhub.admins: [bob] }\n"), "");
}
