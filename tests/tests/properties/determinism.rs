//! Same platform, same bytes and same findings: however its text is spread over files, and however many run at once.

use std::collections::BTreeMap;

use nbc_driver::{compile, emit, pipeline};
use nbc_source::{Diagnostic, Sources};
use nbc_tests::generate::random::Random;
use nbc_tests::generate::{File, Workspace};

use super::{analysed, as_of, random, seeds};

/// Everything that nbc says of a workspace, places apart.
#[derive(Debug, PartialEq, Eq)]
struct Result {
    /// By stage and path.
    texts: BTreeMap<(Option<String>, String), String>,
    /// Sorted: places decide the order in which they are shown.
    findings: Vec<String>,
}

fn result(workspace: &Workspace) -> Result {
    let mut analysis = analysed(workspace);
    let compiled = compile(&mut analysis, None, &as_of);
    let emission = emit(&compiled, &[], false);
    assert_eq!(emission.faults, []);
    let mut texts = BTreeMap::new();
    for output in &emission.outputs {
        for artifact in &output.artifacts {
            texts.insert((output.stage.clone(), artifact.path.clone()), pipeline::text(artifact).to_owned());
        }
    }
    let all = compiled.findings.iter().chain(emission.findings.iter());
    let mut findings: Vec<String> = all.map(|found| words(compiled.sources, found)).collect();
    findings.sort();
    Result { texts, findings }
}

/// A finding with the text that it points at, instead of its place.
fn words(sources: &Sources, found: &Diagnostic) -> String {
    let text = |span| sources.text(span);
    let mut related: Vec<String> =
        found.related.iter().map(|related| format!("{} `{}`", related.message, text(related.span))).collect();
    related.sort();
    let Diagnostic { code, message, label, help, stages, .. } = found;
    let at = found.span.map(text).unwrap_or_default();
    format!("{} {message} `{at}` {label:?} {related:?} {help:?} {stages:?}", code.name)
}

/// The same declarations in another order, in files of other names.
fn shuffled(workspace: &Workspace, seed: u64) -> Workspace {
    let mut random = Random::new(seed);
    let (nbc, mut others): (Vec<File>, Vec<File>) = workspace.files.iter().cloned().partition(File::is_nbc);
    let mut parts: Vec<String> = nbc.into_iter().flat_map(|file| file.parts).collect();
    random.shuffle(&mut parts);
    let mut files: Vec<File> =
        ["a.nbc", "lower/b.nbc", "z.nbc"].iter().map(|path| File::new(*path, Vec::new())).collect();
    for part in parts {
        let at = random.below(files.len());
        files.get_mut(at).unwrap().parts.push(part);
    }
    files.append(&mut others);
    Workspace { files }
}

/// A mistake that some platforms get, so that findings are compared too.
fn with_mistake(mut workspace: Workspace, seed: u64) -> Workspace {
    let mistake = match seed % 4 {
        0 => "user typo { manager: nobody, email: \"no-mail\" }\n",
        1 => "group odd { parent: odder }\ngroup odder { parent: odd }\n",
        _ => return workspace,
    };
    workspace.files.push(File::new("mistake.nbc", vec![mistake.to_owned()]));
    workspace
}

#[test]
fn order_and_names_of_files_change_nothing() {
    let mut written = 0;
    for seed in seeds(10) {
        let workspace = with_mistake(random(seed), seed);
        let (one, other) = (result(&workspace), result(&shuffled(&workspace, seed)));
        assert_eq!(one.findings, other.findings, "seed {seed}:\n{}", workspace.listing());
        assert!(one == other, "seed {seed} writes other bytes:\n{}", workspace.listing());
        written += one.texts.len();
    }
    assert!(written as u64 > seeds(10).end, "only {written} files were compared");
}

#[test]
fn sixteen_at_once_say_what_one_says() {
    let all = (0..).map(random).map(|workspace| (result(&workspace), workspace));
    let (alone, workspace) = all.into_iter().find(|(result, _)| !result.texts.is_empty()).unwrap();
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..16).map(|_| scope.spawn(|| result(&workspace))).collect();
        for thread in running {
            assert!(thread.join().unwrap() == alone);
        }
    });
}
