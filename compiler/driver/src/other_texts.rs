//! Texts that hold something else than their name says: a merge that was not finished, or another language. Everything
//! that was found in such a text follows from that, so it gets one message instead.

use std::collections::BTreeSet;
use std::ops::Range;

use nbc_source::{Diagnostic, Diagnostics, FileId, FileKind, Level, SourceFile, Span};

use crate::codes::{OTHER_LANGUAGE, UNFINISHED_MERGE};
use crate::workspace::Workspace;

/// Says of each text with mistakes what it really holds, where that is plain. `findings` are all that there are of
/// these texts: those of the language once, those of policies once.
pub(crate) fn recognise(workspace: &Workspace, findings: Diagnostics) -> Diagnostics {
    let wrong: BTreeSet<FileId> = findings
        .iter()
        .filter(|found| found.level == Level::Error)
        .filter_map(|found| Some(found.span?.file))
        .collect();
    let recognised = |file: &FileId| {
        let source = workspace.sources.get(*file).filter(|_| !workspace.is_shipped(*file))?;
        let said = match conflicts(&source.text) {
            conflicts if conflicts.is_empty() => vec![other_language(*file, source)?],
            conflicts => conflicts.into_iter().map(|range| unfinished(*file, source, range)).collect(),
        };
        Some((*file, said))
    };
    let recognised: Vec<(FileId, Vec<Diagnostic>)> = wrong.iter().filter_map(recognised).collect();
    if recognised.is_empty() {
        return findings;
    }
    let is_about_one =
        |found: &Diagnostic| found.span.is_some_and(|span| recognised.iter().any(|(file, _)| *file == span.file));
    let mut kept = Diagnostics::new();
    kept.extend(findings.into_iter().filter(|found| !is_about_one(found)));
    kept.extend(recognised.iter().flat_map(|(_, said)| said.iter().cloned()));
    kept.settle();
    kept
}

/// Where git left both versions: from the line `<<<<<<<` to the line `>>>>>>>`.
fn conflicts(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut open, mut start) = (Vec::new(), None, 0);
    for line in text.split_inclusive('\n') {
        let end = start + line.trim_end().len();
        if line.starts_with("<<<<<<< ") {
            open = Some(start);
        } else if line.starts_with(">>>>>>> ")
            && let Some(first) = open.take()
        {
            found.push(first..end);
        }
        start += line.len();
    }
    found
}

fn unfinished(file: FileId, source: &SourceFile, range: Range<usize>) -> Diagnostic {
    let line = |at: usize| source.text.get(..at).unwrap_or_default().matches('\n').count() + 1;
    let (first, last) = (line(range.start), line(range.end));
    let marks = source.text.get(range.clone()).and_then(|text| text.lines().next()).map_or(0, str::len);
    let message = format!("a merge was not finished: lines {first} to {last} hold two versions");
    Diagnostic::new(&UNFINISHED_MERGE, Span::new(file, range.start as u32..(range.start + marks) as u32), message)
        .label("git wrote this line")
        .help("keep one version, and take away the lines with `<<<<<<<`, `=======` and `>>>>>>>`")
}

/// How the first line of another language begins or ends, what it is, and what to write instead.
fn other_language(file: FileId, source: &SourceFile) -> Option<Diagnostic> {
    if source.kind != FileKind::Nbc {
        return None;
    }
    let mut start = 0;
    let is_said = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let line = source.text.split_inclusive('\n').find(|line| {
        let said = is_said(line);
        start += if said { 0 } else { line.len() };
        said
    })?;
    let line = line.trim_end();
    let (language, help) = language_of(line)?;
    let span = Span::new(file, start as u32..(start + line.len()) as u32);
    let message = format!("this is {language}, and a file that ends in `.nbc` holds nbc");
    Some(Diagnostic::new(&OTHER_LANGUAGE, span, message).label(format!("looks like {language}")).help(help))
}

fn language_of(line: &str) -> Option<(&'static str, &'static str)> {
    const BLOCKS: &str =
        "blocks stand in braces, texts in quotes, lists in `[ ]`: `user ana { email: \"ana@uni.example\" }`";
    let starts = |words: &[&str]| words.iter().any(|word| line.starts_with(word));
    if starts(&["{", "["]) {
        return Some(("JSON", BLOCKS));
    }
    if starts(&["---", "- ", "apiVersion:"]) || (line.ends_with(':') && !line.contains(['{', '"'])) {
        return Some(("YAML", BLOCKS));
    }
    if starts(&["resource \"", "variable \"", "provider \"", "module \"", "locals {", "terraform {"]) {
        return Some(("Terraform", "a declaration is `group ml { … }`, its fields are written `title: \"ML\"`"));
    }
    if starts(&["permit", "forbid", "@id("]) {
        return Some(("Cedar", "policies stand in files that end in `.cedar`, in `policies/` or anywhere else"));
    }
    // What other languages import stands in quotes there.
    if starts(&["def ", "c."]) || (starts(&["import ", "from "]) && !line.contains('"')) {
        return Some(("Python", "what JupyterHub is set to is written by nbc; `nbc docs` lists what can be said"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Memory, Scope, analyse, day};

    fn said(path: &str, text: &str) -> Vec<String> {
        let as_of: &dyn Fn(&str) -> nbc_model::value::Date = &|_| day::parse("2026-11-20").unwrap();
        let host =
            Memory::new().with("nbc.toml", "edition = \"2026\"").with("a.nbc", "group lab { }\n").with(path, text);
        let analysis = analyse(&host, Scope::Folder, as_of);
        let place = |found: &Diagnostic| analysis.sources().place(found.span.unwrap());
        analysis.findings.iter().map(|found| format!("{} {}", place(found), found.message)).collect()
    }

    #[test]
    fn a_merge_that_was_not_finished_is_one_finding() {
        let text = "group a {\n<<<<<<< HEAD\n  title: \"A\"\n=======\n  title: \"B\"\n>>>>>>> main\n}\n";
        assert_eq!(said("b.nbc", text), ["b.nbc:2:1 a merge was not finished: lines 2 to 6 hold two versions"]);
        let table = "login\nana\n<<<<<<< HEAD\nbob\n=======\ncarl\n>>>>>>> main\n";
        let found = said("b.nbc", "user from \"people.csv\" { handle: row.login }\n");
        assert!(found.iter().all(|found| found.contains("people.csv")), "{found:?}");
        assert_eq!(conflicts(table).len(), 1);
        assert!(conflicts("a\n=======\nb\n").is_empty());
    }

    #[test]
    fn another_language_is_called_by_its_name() {
        for (text, language) in [
            ("# people\nuser hansen:\n  first-name: Ole\n", "YAML"),
            ("---\nusers:\n  - name: hansen\n", "YAML"),
            ("apiVersion: v1\nkind: ResourceQuota\n", "YAML"),
            ("{\n  \"group\": {}\n}\n", "JSON"),
            ("resource \"group\" \"ai\" {\n  name = \"ai\"\n}\n", "Terraform"),
            ("permit (principal, action, resource);\n", "Cedar"),
            ("c.KubeSpawner.profile_list = []\n", "Python"),
            ("import os\n", "Python"),
        ] {
            let found = said("b.nbc", text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert!(found[0].contains(&format!("this is {language}")), "{text}: {found:?}");
        }
        let imported = said("b.nbc", "import \"a.nbc\"\ngroup b { }\n");
        assert!(imported.iter().all(|found| !found.contains("this is")), "{imported:?}");
        assert_eq!(said("b.nbc", "group b { title: }\n").len(), 1);
        assert!(!said("b.nbc", "group b { title: }\n")[0].contains("this is"));
    }
}
