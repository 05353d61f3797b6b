//! Every page's failing example yields its finding and nothing else of this room; the corrected one does not yield it.
//!
//! Words after `fails` or `passes` are targets that are on. Access is decided without policies (`Granted`).

use nbc_model::expression::RuleLevel;
use nbc_model::testing::{Analysed, analysed};
use nbc_platform::finding::{Broken, Finding};
use nbc_platform::testing::{Granted, targets};
use nbc_platform::{Draft, checks, codes, seal};
use nbc_source::{Diagnostic, Level};

/// The findings of one workspace, those of the model first.
fn findings(workspace: &str, on: &str) -> Vec<Diagnostic> {
    let Analysed { sources, model, findings } = analysed(workspace);
    let mut all = findings;
    let targets = targets(on);
    for world in &model.worlds {
        let draft = Draft::new(&model, world, &sources, &targets);
        let mut found: Vec<Finding> = checks::run(&draft).into_iter().map(Finding::plain).collect();
        found.extend(budget_rule(&draft));
        match seal(draft, found, &Granted) {
            Ok(platform) => all.extend(platform.findings().iter().cloned()),
            Err(rejected) => all.extend(rejected.findings),
        }
    }
    all
}

/// Stands for the judging of `has-budget`, the rule of the pages about waivers: `driver` joins rules and seal.
fn budget_rule(draft: &Draft<'_>) -> Vec<Finding> {
    if !draft.model.rules.iter().any(|rule| draft.model.text(rule.name) == "has-budget") {
        return Vec::new();
    }
    let without = draft.declared.groups.iter().filter(|group| group.quota.is_none());
    without
        .map(|group| {
            let broken = Broken {
                rule: "has-budget".to_owned(),
                pack: None,
                level: RuleLevel::Shadow,
                on: vec![group.id.entity],
            };
            Finding::of_rule(Diagnostic::new(&codes::UNUSED_WAIVER, group.span, "no budget"), broken)
        })
        .collect()
}

/// The fenced examples of a page: `fails` or `passes`, the targets, the text.
fn examples(page: &str) -> Vec<(bool, String, String)> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(words) = line.strip_prefix("```nbc ") else { continue };
        let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let (verdict, targets) = words.split_once(' ').unwrap_or((words, ""));
        assert!(verdict == "fails" || verdict == "passes", "{line}");
        found.push((verdict == "fails", targets.to_owned(), text.join("\n") + "\n"));
    }
    found
}

fn show(found: &[Diagnostic]) -> String {
    found.iter().map(|finding| format!("{} {}: {}\n", finding.code, finding.code.name, finding.message)).collect()
}

#[test]
fn every_page_is_true() {
    let mut wrong = String::new();
    for code in codes::CODES {
        let examples = examples(code.page);
        assert!(examples.len() >= 2, "the page of {} has two examples", code.name);
        for (fails, targets, text) in examples {
            let found = findings(&text, &targets);
            let mine = found.iter().any(|finding| finding.code == *code);
            let others = found.iter().any(|finding| finding.code != *code && finding.level != Level::Note);
            if fails != mine || others {
                let verdict = if fails { "fails" } else { "passes" };
                wrong += &format!("== {} ({verdict})\n{text}-- found\n{}\n", code.name, show(&found));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
