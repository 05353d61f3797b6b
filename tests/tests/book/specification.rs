//! The pages of `tests/spec` are the language's specification: a sentence, a text, and what nbc says of it.
//!
//! A case is a run of blocks without prose between them. `nbc` is the file `a.nbc`, `file=PATH` is a file of that name,
//! in a workspace whose `nbc.toml` says the edition alone. `found` lists `line:column code` of every error, with the file
//! before it where it is another one; a warning is asked for only where the page names it. `values` lists
//! `path is value`, `values prod` for a stage. A case without `found` has no error.
//!
//! `UPDATE_SPEC=1` writes what is found today into the pages; read the diff.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use nbc::views::explain;
use nbc_driver::{Compiled, Memory, Scope, analyse, compile, emit};
use nbc_model::Model;
use nbc_model::value::Date;
use nbc_source::{Diagnostic, Level, Sources};

use crate::page::{Block, blocks};
use crate::shell::repository;

#[test]
fn every_sentence_of_the_language_holds() {
    let folder = std::fs::read_dir(repository().join("tests/spec")).unwrap();
    let paths: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    let mut faults: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = paths.iter().map(|path| scope.spawn(|| faults_of(path))).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    faults.sort();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is wrong with a page; with `UPDATE_SPEC` it is written into it instead.
fn faults_of(path: &Path) -> Vec<String> {
    let page = std::fs::read_to_string(path).unwrap();
    let (corrected, faults) = judge(path.file_name().unwrap().to_str().unwrap(), &page);
    if std::env::var_os("UPDATE_SPEC").is_none() {
        return faults;
    }
    std::fs::write(path, corrected).unwrap();
    Vec::new()
}

/// The page with everything as it is today, and where that is something else than it says.
fn judge(name: &str, page: &str) -> (String, Vec<String>) {
    let (mut edits, mut faults) = (Vec::new(), Vec::new());
    for case in cases(page) {
        for (range, text) in Case::new(&case).answers() {
            if page[range.clone()] != text {
                faults.push(format!("{name}:{}: this is found:\n{text}", case[0].line));
                edits.push((range, text));
            }
        }
    }
    let mut corrected = page.to_owned();
    for (range, text) in edits.into_iter().rev() {
        corrected.replace_range(range, &text);
    }
    (corrected, faults)
}

/// Blocks with nothing but empty lines and their own fences between them.
fn cases(page: &str) -> Vec<Vec<Block<'_>>> {
    let mut cases: Vec<Vec<Block<'_>>> = Vec::new();
    let mut end = 0;
    for block in blocks(page) {
        let between = page[end..block.range.start].lines().filter(|line| !line.is_empty());
        let is_new = between.filter(|line| !line.starts_with("```")).count() > 0;
        end = block.range.end;
        match cases.last_mut() {
            Some(case) if !is_new => case.push(block),
            _ => cases.push(vec![block]),
        }
    }
    cases
}

struct Case<'c, 'p> {
    blocks: &'c [Block<'p>],
    host: Memory,
}

impl<'c, 'p> Case<'c, 'p> {
    fn new(blocks: &'c [Block<'p>]) -> Self {
        let mut host = Memory::new().with("nbc.toml", "edition = \"2026\"\n");
        for block in blocks {
            match (block.language, block.words.as_slice()) {
                ("found" | "values", _) => {}
                ("nbc", []) => host = host.with("a.nbc", block.text),
                (_, [("file", path)]) => host = host.with(path, block.text),
                _ => panic!("line {}: the runner does not know this block", block.line),
            }
        }
        Case { blocks, host }
    }

    /// What each `found` and `values` block should say, with its place; a case that fails unforeseen gets one.
    fn answers(&self) -> Vec<(Range<usize>, String)> {
        let as_of = |_: &str| Date::from_civil(2026, 11, 20).unwrap();
        let mut analysis = analyse(&self.host, Scope::Folder, &as_of);
        let compiled = compile(&mut analysis, None, &as_of);
        let mut answers = Vec::new();
        let expected = self.blocks.iter().find(|block| block.language == "found");
        let found = found(&compiled, expected.map_or("", |block| block.text));
        match expected {
            Some(block) => answers.push((block.range.clone(), found)),
            None if found.is_empty() => {}
            None => {
                let last = self.blocks.last().unwrap().range.end + "```\n".len();
                answers.push((last..last, format!("\n```found\n{found}```\n")));
            }
        }
        for block in self.blocks.iter().filter(|block| block.language == "values") {
            let stage = block.words.first().map(|(stage, _)| *stage);
            answers.push((block.range.clone(), values(compiled.model, compiled.sources, stage, block.text)));
        }
        answers.sort_by_key(|(range, _)| range.start);
        answers
    }
}

/// One line a finding, of those that are errors or whose line stands in `expected`.
fn found(compiled: &Compiled<'_>, expected: &str) -> String {
    let expected: BTreeSet<&str> = expected.lines().collect();
    let mut findings = compiled.findings.clone();
    findings.extend(emit(compiled, &[], false).findings);
    let lines = findings.iter().map(|found| (found.level, line(found, compiled.sources)));
    let lines = lines.filter(|(level, line)| *level == Level::Error || expected.contains(line.as_str()));
    lines.map(|(_, line)| format!("{line}\n")).collect()
}

fn line(found: &Diagnostic, sources: &Sources) -> String {
    let place = found.span.map(|span| sources.place(span)).unwrap_or_default();
    format!("{} {}", place.strip_prefix("a.nbc:").unwrap_or(&place), found.code.name)
}

fn values(model: &Model, sources: &Sources, stage: Option<&str>, asked: &str) -> String {
    let name = |world: &&nbc_model::world::World| world.stage.map(|id| model.text(model.stages[id].name));
    let world = model.worlds.iter().find(|world| stage.is_none() || name(world) == stage).unwrap();
    let paths = asked.lines().map(|line| line.split(" is ").next().unwrap_or_default());
    let answer =
        |path| explain::path(model, sources, world, path).unwrap_or_else(|why| format!("{path} is not: {why}"));
    paths.map(|path| format!("{}\n", answer(path).lines().next().unwrap_or_default())).collect()
}

#[test]
fn a_page_that_is_wrong_is_told_what_is_true() {
    let page = "A value:\n```nbc\nprofile p { cpu: 2, memory: 1Gi }\n```\n```values\nprofile.p.cpu is 3\n```\n\
                A mistake:\n```nbc\nprofile p { cpu: 2 }\n```\n";
    let (corrected, faults) = judge("page.md", page);
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(corrected.contains("profile.p.cpu is 2\n"), "{corrected}");
    assert!(corrected.ends_with("```\n\n```found\n1:9 missing-field\n```\n"), "{corrected}");
    assert_eq!(judge("page.md", &corrected).1, Vec::<String>::new());
}
