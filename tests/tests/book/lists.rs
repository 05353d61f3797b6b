//! What the book lists is complete: pages, findings, commands, functions and words.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use nbc_backends::coverage::{self, Coverage, Reach};
use nbc_driver::codes::{self, Silence};
use nbc_model::expression::builtins::Builtin;
use nbc_source::Code;

use crate::reader;
use crate::shell::{repository, run};
use crate::{hold, pages};

fn book() -> PathBuf {
    repository().join("compiler/docs/src")
}

fn text(page: &str) -> String {
    std::fs::read_to_string(book().join(page)).unwrap()
}

/// The targets of the links of a page, without those to other sites.
fn links(page: &str) -> Vec<&str> {
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://")).collect()
}

/// How mdBook and GitHub call a heading in addresses.
fn anchor(heading: &str) -> String {
    let kept = heading
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .collect::<String>();
    kept.trim().replace(' ', "-")
}

#[test]
fn every_page_is_in_the_contents() {
    let listed: BTreeSet<PathBuf> = links(&text("SUMMARY.md")).into_iter().map(|link| book().join(link)).collect();
    let written = pages().into_iter().filter(|page| page.starts_with(book()) && !page.ends_with("SUMMARY.md"));
    assert_eq!(listed, written.collect());
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for link in links(&text) {
            let (path, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { page.clone() } else { page.parent().unwrap().join(path) };
            let there = target.exists() && (heading.is_empty() || has_heading(&target, heading));
            // What lies beside the book is not there where it is published.
            let leaves = page.starts_with(book()) && !is_in_book(&target);
            if !there || leaves {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

fn is_in_book(target: &Path) -> bool {
    target.canonicalize().is_ok_and(|target| target.starts_with(book().canonicalize().unwrap()))
}

fn has_heading(page: &Path, wanted: &str) -> bool {
    let text = std::fs::read_to_string(page).unwrap();
    text.lines().filter_map(|line| line.strip_prefix('#')).any(|line| anchor(line.trim_start_matches('#')) == wanted)
}

#[test]
fn every_finding_has_its_place_in_the_index() {
    let mut page = "# Diagnostics\n\nEvery finding has a name, a number and a page. `nbc explain unknown-name` prints the page, offline. Written by the test `book`.\n\n\
                    | | name | level | what it finds |\n|---|---|---|---|\n"
        .to_owned();
    for code in codes::all() {
        let title = format!("{code} {}", code.name);
        page += &format!(
            "| [{code}](#{}) | `{}` | {} | {} |\n",
            anchor(&title),
            code.name,
            code.level.name(),
            code.summary
        );
    }
    for code in codes::all() {
        let silence = Silence::sentence(code);
        page += &format!("\n## {code} {}\n\n{{{{#include ../../{}}}}}\n\n{silence}\n", code.name, source(code));
    }
    assert_eq!(hold(&book().join("diagnostics.md"), &page), Vec::<String>::new());
}

/// The page of a code below `compiler/`, without the title that some have.
fn source(code: &Code) -> String {
    let folders = [
        "syntax/codes",
        "model/src/pages",
        "platform/src/checks/pages",
        "policy/codes",
        "backends/src/pages",
        "effective/src/pages",
        "driver/src/pages",
    ];
    let paths = folders.map(|folder| format!("{folder}/{}.md", code.name));
    let path = paths.into_iter().find(|path| repository().join("compiler").join(path).exists()).unwrap();
    if code.page.starts_with("# ") { path + ":3:" } else { path }
}

/// The heading above the tables that nbc's own coverage makes; what stands before it is written by hand.
const COVERAGE: &str = "## What each target makes of it\n";

#[test]
fn what_targets_grant_is_told_as_the_backends_know_it() {
    let page = text("grants.md");
    let (written, _) = page.split_once(COVERAGE).unwrap();
    let mut page =
        format!("{written}{COVERAGE}\nWhat is not listed, a target has no say in. Written by the test `book`.\n");
    for backend in nbc_backends::ALL {
        let rows: Vec<&Coverage> = coverage::of(backend.name()).collect();
        if rows.is_empty() {
            continue;
        }
        page +=
            &format!("\n### {}\n\n| permission | it grants | because | source |\n|---|---|---|---|\n", backend.name());
        for Coverage { kind, action, reach, why, source, .. } in rows {
            let grants = match reach {
                Reach::Exact => "what was decided",
                Reach::Narrower => "less",
                Reach::Wider => "**more**",
                Reach::None => "nothing",
            };
            page += &format!("| `{kind}.{action}` | {grants} | {why} | {source} |\n");
        }
    }
    assert_eq!(hold(&book().join("grants.md"), &page), Vec::<String>::new());
}

/// What `nbc ARGUMENTS` prints.
fn printed(arguments: &str) -> String {
    let words: Vec<String> = format!("nbc {arguments}").split_whitespace().map(str::to_owned).collect();
    run(&words).1
}

/// The commands that a help text lists.
fn commands(help: &str) -> Vec<&str> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    lines.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next()).collect()
}

#[test]
fn every_command_shows_its_help() {
    let mut page = COMMANDS.to_owned();
    for command in commands(&printed("-h")) {
        let help = printed(&format!("{command} -h"));
        page += &format!("\n## {command}\n\n```console\n$ nbc {command} -h\n{help}```\n");
        for question in commands(&help) {
            let help = printed(&format!("{command} {question} -h"));
            page += &format!("\n### {command} {question}\n\n```console\n$ nbc {command} {question} -h\n{help}```\n");
        }
    }
    assert_eq!(hold(&book().join("commands.md"), &page), Vec::<String>::new());
}

const COMMANDS: &str = "# Commands

Every line of help says whether a command reads or writes files. None goes online. `-h` is short, `--help` says more.

| exit code | meaning |
|---|---|
| 0 | done, and nothing is wrong |
| 1 | there are errors, a difference, or an `--expect` that is not met |
| 2 | it could not judge: wrong usage, unreadable files, nothing to judge |

Written by the test `book` from what the commands say.
";

/// The cells of the rows of a page's tables.
fn rows(page: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = page.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    lines.map(|line| line.split(" | ").map(|cell| cell.trim_matches(['`', ' '])).collect())
}

#[test]
fn every_function_is_listed_with_an_example_that_holds() {
    let page = text("language/functions.md");
    let listed: Vec<Vec<&str>> = rows(&page).filter(|row| row[0].contains('(')).collect();
    let names: Vec<&str> = listed.iter().map(|row| row[0]).collect();
    assert_eq!(names, Builtin::ALL.iter().map(|builtin| builtin.usage()).collect::<Vec<_>>());
    let examples: String =
        listed.iter().filter(|row| row[3].contains("==")).map(|row| format!("{}\n", row[3])).collect();
    let reading = reader::read("functions.md", &format!("{page}\n```nbc holds\n{examples}```\n"));
    assert_eq!(reading.faults, Vec::<String>::new());
    // Who is in a group and who may do something depends on a platform: the page shows those two in blocks.
    assert!(examples.lines().count() + 2 == Builtin::ALL.len(), "{examples}");
}

#[test]
fn every_word_is_listed() {
    let page = text("language/words.md");
    let listed: BTreeSet<&str> = rows(&page).map(|row| row[0]).collect();
    let missing: Vec<&&str> = nbc_syntax::WORDS.iter().filter(|word| !listed.contains(**word)).collect();
    assert_eq!(missing, Vec::<&&str>::new());
}
