//! The pages of `tests/spec` are the language's specification: a sentence, a text, and what nbc says of it.
//!
//! A case is a run of blocks without prose between them. `nbc` is the file `a.nbc`, `file=PATH` is a file of that name,
//! in a workspace whose `nbc.toml` says the edition alone. `found` lists `line:column code` of every error, with the file
//! before it where it is another one; a warning is asked for only where the page names it. `values` lists
//! `path is value`, `values prod` for a stage. `explain PATH` and `explain FILE:LINE:COLUMN` are what `nbc explain` says,
//! `emitted` lists `file:pointer from place`, `formatted` is what `nbc fmt` makes of `a.nbc`, `fixed` what `nbc fix`
//! makes of it. A case without `found` has no error.
//!
//! `UPDATE_SPEC=1` writes what is found today into the pages; read the diff.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use nbc::views::explain::{self, Piece};
use nbc_driver::{Analysis, Compiled, Host as _, Memory, Scope, analyse, compile, emit, style};
use nbc_model::Model;
use nbc_model::value::Date;
use nbc_source::{Diagnostic, Level, Sources, correct};

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
                ("found" | "values" | "explain" | "emitted" | "formatted" | "fixed", _) => {}
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
        let asks = |language: &str| self.blocks.iter().any(|block| block.language == language);
        let fixed = if asks("fixed") { self.fixed(&analysis) } else { String::new() };
        let formatted = if asks("formatted") { formatted(&analysis) } else { String::new() };
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
        let pieces = Piece::all(&compiled, &emit(&compiled, &[], false));
        for block in self.blocks.iter().filter(|block| block.language == "emitted") {
            answers.push((block.range.clone(), emitted(&compiled, block.text)));
        }
        drop(compiled);
        for block in self.blocks {
            match block.language {
                "explain" => answers.push((block.range.clone(), explained(&analysis, &pieces, block.words[0].0))),
                "formatted" => answers.push((block.range.clone(), formatted.clone())),
                "fixed" => answers.push((block.range.clone(), fixed.clone())),
                _ => {}
            }
        }
        answers.sort_by_key(|(range, _)| range.start);
        answers
    }

    /// `a.nbc` as it is written.
    fn text(&self) -> String {
        self.host.read("a.nbc").map(|bytes| String::from_utf8(bytes).unwrap()).unwrap()
    }

    /// `a.nbc` after its safe corrections.
    fn fixed(&self, analysis: &Analysis) -> String {
        let sources = analysis.sources();
        let corrected = correct(sources, &analysis.findings, |_, fix| fix.safe);
        let of = corrected.texts.into_iter().find(|(file, _)| sources.path(*file) == "a.nbc");
        of.map_or_else(|| self.text(), |(_, text)| text)
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

/// `a.nbc` in the one style; a file with mistakes is left alone.
fn formatted(analysis: &Analysis) -> String {
    let styled = style::style(analysis).into_iter().find(|styled| styled.path == "a.nbc").unwrap();
    styled.after.unwrap_or_else(|| "left alone\n".to_owned())
}

/// What `nbc explain` says of a path or a place, in the first stage.
fn explained(analysis: &Analysis, pieces: &[Piece], what: &str) -> String {
    let (model, sources) = (&analysis.model, analysis.sources());
    let world = model.worlds.first().unwrap();
    let parts: Vec<&str> = what.split(':').collect();
    let answer = match parts.as_slice() {
        [file, line] => place_of(sources, file, line, None)
            .and_then(|(file, place)| explain::of_place(analysis, world, pieces, file, place)),
        [file, line, column] => place_of(sources, file, line, Some(column))
            .and_then(|(file, place)| explain::of_place(analysis, world, pieces, file, place)),
        _ => explain::path(model, sources, world, what),
    };
    let lines: Vec<String> =
        answer.unwrap_or_else(|why| why).lines().map(|line| format!("{}\n", line.trim_end())).collect();
    lines.concat()
}

fn place_of(
    sources: &Sources,
    file: &str,
    line: &str,
    column: Option<&str>,
) -> Result<(nbc_source::FileId, explain::Place), String> {
    let number = |text: &str| text.parse::<u32>().unwrap();
    let file = sources.find(file).ok_or_else(|| format!("`{file}` is no file of this workspace"))?;
    Ok((file, explain::Place::locate(sources, file, number(line), column.map(number))?))
}

/// `file:pointer from places`, for each file and pointer that is asked for.
fn emitted(compiled: &Compiled<'_>, asked: &str) -> String {
    let emission = emit(compiled, &[], false);
    let mut text = String::new();
    for asked in asked.lines().map(|line| line.split(" from ").next().unwrap_or_default()) {
        let (file, pointer) =
            asked.split_once(":/").map_or((asked, String::new()), |(file, at)| (file, format!("/{at}")));
        let artifacts = emission.outputs.iter().flat_map(|output| &output.artifacts);
        let origins = artifacts.filter(|artifact| artifact.path == file).flat_map(|artifact| &artifact.origins);
        let holds = |at: &str| pointer.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let nearest = origins.filter(|sourced| holds(&sourced.pointer)).max_by_key(|sourced| sourced.pointer.len());
        let places: Vec<String> = nearest.map_or_else(Vec::new, |sourced| {
            sourced.from.iter().map(|id| compiled.sources.place(compiled.model.origin(*id).span)).collect()
        });
        text += &format!("{asked} from {}\n", places.join(", "));
    }
    text
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
