//! A new name changes the name and nothing else: every declaration of the examples gets another one, and what is found,
//! decided and written for the targets is the same but for the name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nbc_driver::{Analysis, Disk, Memory, Scope, analyse, compile, day, emit, pipeline};
use nbc_lsp::features::place::View;
use nbc_lsp::features::rename;
use nbc_model::value::Date;
use nbc_model::world::{EntityId, Expansion};
use nbc_source::{Edit, Level};

fn as_of(_: &str) -> Date {
    day::parse("2026-11-20").unwrap()
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").canonicalize().unwrap()
}

/// The texts of the user's own files.
fn texts(analysis: &Analysis) -> BTreeMap<String, String> {
    let sources = analysis.sources();
    let own = sources.iter().filter(|(file, _)| !analysis.workspace.is_shipped(*file));
    own.map(|(_, source)| (source.path.clone(), source.text.to_string())).collect()
}

fn host(texts: &BTreeMap<String, String>) -> Memory {
    texts.iter().fold(Memory::new(), |host, (path, text)| host.with(path, text.as_str()))
}

/// What is found, how much is decided, and every line that is written, sorted: a name decides about orders.
fn outcome(host: &Memory) -> String {
    let mut analysis = analyse(host, Scope::Folder, &as_of);
    let compiled = compile(&mut analysis, None, &as_of);
    let mut lines: Vec<String> = compiled
        .findings
        .iter()
        .map(|found| format!("{} {}", found.code.name, if found.level == Level::Error { "error" } else { "other" }))
        .collect();
    for stage in &compiled.stages {
        let decisions = stage.decisions();
        lines.push(format!("{:?} {} of {}", stage.name, decisions.allowed, decisions.judged));
    }
    for output in emit(&compiled, &[], false).outputs {
        for artifact in output.artifacts {
            let of = |line: &str| format!("{:?} {} {}", output.stage, artifact.path, line.trim().trim_end_matches(','));
            lines.extend(pipeline::text(&artifact).lines().map(of));
        }
    }
    lines.sort();
    lines.join("\n")
}

/// Declarations whose handle somebody wrote, one of each kind and file.
fn named(analysis: &Analysis) -> Vec<EntityId> {
    let model = &analysis.model;
    let mut seen = Vec::new();
    let by_hand = model.entities.iter().filter(|(_, row)| {
        let is_own = row.package.is_none() && row.owner.is_none() && row.test.is_none();
        is_own && matches!(model.expansions[row.expansion], Expansion::None)
    });
    let first = by_hand.filter(|(_, row)| {
        let place = (row.kind, row.span.file);
        let is_new = !seen.contains(&place);
        seen.push(place);
        is_new
    });
    first.map(|(id, _)| id).collect()
}

fn edited(analysis: &Analysis, edits: &[Edit]) -> BTreeMap<String, String> {
    let mut texts = texts(analysis);
    for edit in edits.iter().rev() {
        let path = analysis.sources().path(edit.span.file);
        let text = texts.get_mut(path).unwrap_or_else(|| panic!("`{path}` is not the user's"));
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    texts
}

#[test]
fn a_new_name_changes_nothing_else() {
    let mut renamed = 0;
    for example in ["minimal", "lab", "course"] {
        let analysis = analyse(&Disk::new(examples().join(example)), Scope::Folder, &as_of);
        let before = outcome(&host(&texts(&analysis)));
        for entity in named(&analysis) {
            let model = &analysis.model;
            let (path, old) = (model.path(entity), model.handle(entity).to_owned());
            let span = model.entities[entity].span;
            let view = View::new(&analysis, span.file).unwrap();
            // At its end, so that it stands in lists where the old one stood.
            let new = format!("{old}q");
            let edits = match rename::rename(&view, span.start, &new) {
                Ok(edits) => edits,
                Err(why) => {
                    assert!(why.contains("by this name"), "{example}: {path}: {why}");
                    continue;
                }
            };
            let foreign = edits.iter().find(|edit| analysis.workspace.is_shipped(edit.span.file));
            assert_eq!(foreign, None, "{example}: {path}");
            let there = edited(&analysis, &edits);
            let after = outcome(&host(&there));
            renamed += 1;
            assert_eq!(different(&before, &after, &old), "", "{example}: {path}");
        }
    }
    assert!(renamed > 15, "{renamed} names");
}

/// Lines of one side that the other does not have, the name left out of both.
fn different(before: &str, after: &str, old: &str) -> String {
    let forms = forms(old);
    let plain = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for line in &mut lines {
            for (new, old) in &forms {
                *line = line.replace(new, old);
            }
        }
        lines.sort();
        lines
    };
    let (before, after) = (plain(before), plain(after));
    let lacks = |these: &[String], others: &[String], mark: char| {
        let own = these.iter().filter(|line| !others.contains(line));
        own.map(|line| format!("{mark} {line}\n")).collect::<String>()
    };
    lacks(&before, &after, '-') + &lacks(&after, &before, '+')
}

/// The new name as the targets spell it, and the old one.
fn forms(old: &str) -> Vec<(String, String)> {
    let title = |name: &str| {
        let words = name.split('-').map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
        });
        words.collect::<Vec<_>>()
    };
    let new = format!("{old}q");
    let spelled = |name: &str| [name.to_owned(), name.replace('-', "_"), title(name).join(" "), title(name).concat()];
    spelled(&new).into_iter().zip(spelled(old)).collect()
}
