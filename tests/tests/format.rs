//! Formatting changes no meaning: an example with other spaces, formatted, is told the same and becomes the same bytes.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads the examples, and its helpers fail as it would"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use nbc_driver::{Memory, Scope, analyse, compile, emit, pipeline, style};
use nbc_model::value::Date;
use nbc_source::FileId;
use proptest::prelude::*;

const EXAMPLES: &[&str] = &["course", "dandi", "lab", "minimal", "nebari-docs"];

/// What may stand between two tokens.
const GAPS: &[&str] = &["", "  ", "\n", "\n\n\n", "\r\n", " # c\n", "\n# c\n", "\n\n## d\n", ","];

type Files = BTreeMap<String, String>;

fn files(example: &str) -> Files {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples").join(example);
    let (mut files, mut folders) = (Files::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                    files.insert(name, fs::read_to_string(path).unwrap());
                }
            }
        }
    }
    files
}

fn host(files: &Files) -> Memory {
    files.iter().fold(Memory::new(), |host, (path, text)| host.with(path, text.as_str()))
}

fn as_of(_: &str) -> Date {
    Date::from_civil(2026, 11, 20).unwrap()
}

/// The files of a workspace, formatted.
fn formatted(files: &Files) -> Files {
    let host = host(files);
    let analysis = analyse(&host, Scope::Folder, &as_of);
    let styled = style::style(&analysis).into_iter().map(|styled| (styled.path.to_owned(), styled.after.unwrap()));
    files.clone().into_iter().chain(styled).collect()
}

/// What is found, without places, and what is built.
fn judged(files: &Files) -> (BTreeSet<String>, BTreeMap<String, String>) {
    let host = host(files);
    let mut analysis = analyse(&host, Scope::Folder, &as_of);
    let compiled = compile(&mut analysis, None, &as_of);
    let found = compiled.findings.iter().map(|found| format!("{} {}", found.code, found.message)).collect();
    let outputs = emit(&compiled, &[], false).outputs.into_iter();
    let built = outputs.flat_map(|output| {
        let stage = output.stage.unwrap_or_default();
        let text = move |artifact| (format!("{stage}/{}", path(&artifact)), pipeline::text(&artifact).to_owned());
        output.artifacts.into_iter().map(text).collect::<Vec<_>>()
    });
    (found, built.collect())
}

fn path(artifact: &nbc_backends::Artifact) -> &str {
    &artifact.path
}

/// The text with something else between some of its tokens, where it stays a text without mistakes.
fn respaced(text: &str, places: &[(prop::sample::Index, &str)]) -> String {
    let starts: Vec<usize> = nbc_syntax::lex(text).iter().map(|token| token.start as usize).collect();
    let mut text = text.to_owned();
    let mut places: Vec<(usize, &str)> = places.iter().map(|(at, gap)| (*at.get(&starts), *gap)).collect();
    places.sort_unstable();
    for (at, gap) in places.into_iter().rev() {
        let mut changed = text.clone();
        changed.insert_str(at, gap);
        if nbc_syntax::parse(&changed, FileId(0)).diagnostics().is_empty() {
            text = changed;
        }
    }
    text
}

fn is_nbc(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "nbc")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_formatted_platform_is_the_same_platform(
        example in prop::sample::select(EXAMPLES),
        places in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(GAPS)), 1..20),
    ) {
        let original = files(example);
        let mut changed = original.clone();
        for text in changed.iter_mut().filter(|(path, _)| is_nbc(path)).map(|(_, text)| text) {
            *text = respaced(text, &places);
        }
        let formatted = formatted(&changed);
        prop_assert_eq!(judged(&formatted), judged(&original));
        prop_assert_eq!(&self::formatted(&formatted), &formatted);
    }
}
