//! Answers as text.

use nbc_driver::{Analysis, Memory, Scope, analyse, day};
use nbc_lsp::features::folding::{self, Fold};
use nbc_lsp::features::grants::Granted;
use nbc_lsp::features::outline::{self, Entry};
use nbc_lsp::features::place::View;
use nbc_lsp::features::{
    access, actions, completion, diagnostics, formatting, grants, hints, hover, implementation, lenses, links,
    navigation, policies, rename, tokens,
};
use nbc_lsp::snapshot::Judged;
use nbc_model::value::Date;
use nbc_source::{FileId, Sources, Span};

use super::corpus::Section;

const CURSOR: &str = "<CURSOR>";
/// What no editor shows stands in fixtures as a word.
const CARRIAGE_RETURN: &str = "<cr>";

fn today(_: &str) -> Date {
    day::parse("2026-11-20").unwrap()
}

/// The files without their cursor, and where it stood.
fn workspace(files: &[Section]) -> (Memory, String, u32) {
    let mut host = Memory::new().with("nbc.toml", "edition = \"2026\"\n");
    let mut cursor = None;
    for file in files {
        let text = file.text.replace(CARRIAGE_RETURN, "\r");
        let at = text.find(CURSOR);
        host = host.with(&file.title, text.replacen(CURSOR, "", 1));
        if let Some(at) = at {
            cursor = Some((file.title.clone(), at as u32));
        }
    }
    let last = || (files.last().unwrap().title.clone(), 0);
    let (path, offset) = cursor.unwrap_or_else(last);
    (host, path, offset)
}

pub(super) fn answer(files: &[Section], question: &str) -> String {
    let (host, path, offset) = workspace(files);
    let analysis = analyse(&host, Scope::Folder, &today);
    let file = analysis.sources().find(&path).unwrap();
    let view = View::new(&analysis, file);
    let asked = policies::target(&analysis, file, offset);
    let paths: Vec<String> = files.iter().map(|file| file.title.clone()).collect();
    let (word, rest) = question.split_once(' ').unwrap_or((question, ""));
    let none = || "nothing".to_owned();
    match word {
        "hover" => {
            let judged = Judged::of(analyse(&host, Scope::Folder, &today), &today);
            hover::shown(&analysis, Some(&judged), file, offset).map_or_else(none, |found| found.markdown)
        }
        "definition" => {
            let found = asked.and_then(|(view, offset)| navigation::definition(&view, offset));
            found.map_or_else(none, |span| place(&analysis, span))
        }
        "type" => {
            let found = asked.and_then(|(view, offset)| navigation::type_definition(&view, offset));
            found.map_or_else(none, |span| place(&analysis, span))
        }
        "implementation" => {
            let judged = Judged::of(analyse(&host, Scope::Folder, &today), &today);
            let (view, offset) = asked.unwrap();
            let found = implementation::implementations(&view, Some(&judged), offset);
            list(found.into_iter().map(|span| place(&analysis, span)))
        }
        "incoming" | "outgoing" => {
            let (view, offset) = asked.unwrap();
            let Some(end) = grants::here(&view, offset) else { return none() };
            let question = if word == "incoming" { grants::incoming } else { grants::outgoing };
            let found = question(&analysis.model, &end.path);
            let line = |granted: &Granted| {
                let Granted { end, line } = granted;
                format!("{} ({}): {}, {}", end.name, end.path, end.detail, place(&analysis, *line))
            };
            format!("{} ({})\n{}", end.path, end.detail, list(found.iter().map(line)))
        }
        "who-can" | "what-can" => {
            let judged = Judged::of(analyse(&host, Scope::Folder, &today), &today);
            let question = if word == "who-can" { access::who_can } else { access::what_can };
            question(&judged, rest).unwrap_or_else(|why| format!("refused: {why}"))
        }
        "references" => {
            let (view, offset) = asked.unwrap();
            let found = navigation::references(&view, offset);
            let mark = |is_declaration| if is_declaration { "* " } else { "  " };
            list(found.iter().map(|found| format!("{}{}", mark(found.is_declaration), place(&analysis, found.span))))
        }
        "highlights" => {
            let (view, offset) = asked.unwrap();
            let found = navigation::highlights(&view, offset, file);
            list(found.iter().map(|found| place(&analysis, found.span)))
        }
        "outline" => outline::outline(&view.unwrap()).iter().map(|entry| tree(entry, 0)).collect(),
        "search" => {
            let found = outline::search(&analysis, rest);
            list(
                found
                    .iter()
                    .map(|found| format!("{} ({}) {}", found.name, found.container, place(&analysis, found.span))),
            )
        }
        "folds" => list(folding::folds(&view.unwrap()).iter().map(|(span, fold)| {
            let line = |offset| analysis.sources().line_column(Span::new(file, offset..offset)).line;
            let what = if *fold == Fold::Comment { "comment" } else { "block" };
            format!("{}-{} {what}", line(span.start), line(span.end))
        })),
        "selections" => list(
            folding::selections(&view.unwrap(), offset)
                .iter()
                .map(|span| analysis.sources().text(*span).split_whitespace().collect::<Vec<_>>().join(" ")),
        ),
        "links" => list(
            links::links(&view.unwrap())
                .iter()
                .map(|(span, to)| format!("{} → {}", analysis.sources().text(*span), analysis.sources().path(*to))),
        ),
        "format" => {
            formatting::format(&analysis, file).map_or_else(none, |edit| edited(analysis.sources(), file, &[edit]))
        }
        "format-here" => {
            let edits = formatting::format_range(&view.unwrap(), Span::new(file, offset..offset));
            if edits.is_empty() { none() } else { edited(analysis.sources(), file, &edits) }
        }
        "type-in" => {
            let typed = rest.chars().next().unwrap_or('\n');
            let edits = formatting::format_typed(&view.unwrap(), offset, typed);
            if edits.is_empty() { none() } else { edited(analysis.sources(), file, &edits) }
        }
        "completion" => completion::offered(&analysis, file, offset, &|| paths.clone()).map_or_else(none, |found| {
            let replaced = analysis.sources().text(found.replaces).to_owned();
            let most: usize = rest.parse().unwrap_or(6);
            let lines = found.items.iter().take(most).map(|item| {
                let insert = if item.insert == item.label {
                    String::new()
                } else {
                    format!(" ⇒ {}", item.insert.replace('\n', "⏎"))
                };
                format!("{} ({}){insert}", item.label, item.detail)
            });
            format!("replaces `{replaced}`, {} in all\n{}", found.items.len(), list(lines))
        }),
        "actions" => {
            let judged = Judged::of(analyse(&host, Scope::Folder, &today), &today);
            let findings = diagnostics::findings(&analysis, Some(&judged));
            let found = actions::corrections(&analysis, &findings, Span::new(file, offset..offset));
            list(found.iter().map(|action| {
                let safe = if action.is_safe { "safe" } else { "a guess" };
                format!("{} ({safe})\n{}", action.title, edited(analysis.sources(), file, &action.edits))
            }))
        }
        "changes" => {
            let judged = Judged::of(analyse(&host, Scope::Folder, &today), &today);
            let findings = diagnostics::findings(&analysis, Some(&judged));
            let found = actions::changes(&view.unwrap(), &findings, Some(&judged), Span::new(file, offset..offset));
            match rest {
                "" => list(found.into_iter().map(|action| action.title)),
                part => list(
                    found
                        .iter()
                        .filter(|action| action.title.contains(part))
                        .map(|action| format!("{}\n{}", action.title, renamed(analysis.sources(), &action.edits))),
                ),
            }
        }
        "findings" => {
            let judged = Judged::of(analyse(&host, Scope::Folder, &today), &today);
            let line = |found: &nbc_source::Diagnostic| {
                let at = found.span.map_or_else(String::new, |span| format!("{} ", analysis.sources().place(span)));
                format!("{at}{}: {}", found.code.name, found.message)
            };
            list(diagnostics::findings(&analysis, Some(&judged)).iter().map(line))
        }
        "rename" => {
            let Some((view, offset)) = asked else { return none() };
            match rename::prepare(&view, offset).and_then(|_| rename::rename(&view, offset, rest)) {
                Ok(edits) => renamed(analysis.sources(), &edits),
                Err(why) => format!("refused: {why}"),
            }
        }
        "words" => list(tokens::words(&view.unwrap(), None).iter().map(|word| {
            let mark = if word.is_declaration { " declared" } else { "" };
            format!("{} {:?}{mark}", analysis.sources().text(word.span).lines().next().unwrap(), word.class)
        })),
        "hints" => {
            let whole = Span::new(file, 0..u32::MAX);
            let hint = |hint: hints::Hint| nbc_source::Edit {
                span: Span::new(file, hint.at..hint.at),
                text: format!(" ⟨{}⟩", hint.text),
            };
            let edits: Vec<_> = hints::hints(&view.unwrap(), whole).into_iter().map(hint).collect();
            edited(analysis.sources(), file, &edits)
        }
        "lenses" => {
            let judged = Judged::of(analyse(&host, Scope::Folder, &today), &today);
            let view = view.unwrap();
            list(lenses::places(&view).iter().map(|(span, path)| {
                let title = lenses::title(&view, Some(&judged), path).unwrap_or_default();
                format!("{}: {title}", analysis.sources().text(*span))
            }))
        }
        "call" => hints::call(&view.unwrap(), offset).map_or_else(none, |call| {
            let parameter = call.parameters.get(call.active).cloned().unwrap_or_default();
            format!("{}\nnow: {parameter}", call.label)
        }),
        other => panic!("nobody can be asked for `{other}`"),
    }
}

fn list(lines: impl Iterator<Item = String>) -> String {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() { "nothing".to_owned() } else { lines.join("\n") }
}

fn place(analysis: &Analysis, span: Span) -> String {
    let sources = analysis.sources();
    let shipped = analysis.workspace.is_shipped(span.file);
    // Lines of the standard library move.
    let place = if shipped { sources.path(span.file).to_owned() } else { sources.place(span) };
    format!("{place} `{}`", sources.text(span).lines().next().unwrap_or_default())
}

fn tree(entry: &Entry, depth: usize) -> String {
    let detail = if entry.detail.is_empty() { String::new() } else { format!(" — {}", entry.detail) };
    let below: String = entry.below.iter().map(|entry| tree(entry, depth + 1)).collect();
    format!("{}{}{detail}\n{below}", "  ".repeat(depth), entry.name)
}

/// Every file that edits change, after them.
fn renamed(sources: &Sources, edits: &[nbc_source::Edit]) -> String {
    let changed = sources.iter().filter(|(file, _)| edits.iter().any(|edit| edit.span.file == *file));
    changed.map(|(file, source)| format!("{}:\n{}", source.path, edited(sources, file, edits))).collect()
}

/// A file after edits.
pub(super) fn edited(sources: &Sources, file: FileId, edits: &[nbc_source::Edit]) -> String {
    let mut text = sources.get(file).unwrap().text.to_string();
    let mut edits: Vec<_> = edits.iter().filter(|edit| edit.span.file == file).collect();
    edits.sort_by_key(|edit| edit.span);
    for edit in edits.iter().rev() {
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    text
}
