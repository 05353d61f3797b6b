//! The tests of a workspace: each is a layer above its stage, and what it expects is asked there.

use nbc_model::Model;
use nbc_model::expression::{Expectation, Expected};
use nbc_model::rules::{Judged, Question, RuleFinding};
use nbc_model::test_world;
use nbc_model::world::World;
use nbc_platform::{Decisions, Draft};
use nbc_policy::load::Policies;
use nbc_source::{Diagnostic, Diagnostics, Span};

use crate::codes;
use crate::pipeline::{AsOf, decide, is_chosen};
use crate::rules;
use crate::workspace::Workspace;

/// The reserved name of a refusal that no rule made: nobody granted it.
const NOT_GRANTED: &str = "not-granted";

/// One test after its run.
#[derive(Clone, Debug)]
pub struct Tested {
    pub name: String,
    pub span: Span,
    pub expectations: usize,
    /// Expectations that do not hold, and what else the test's own layer got wrong.
    pub findings: Diagnostics,
}

/// Runs all tests; those of one stage where only one is judged.
pub(crate) fn run(
    model: &mut Model,
    workspace: &Workspace,
    policies: Option<&Policies>,
    only: Option<&str>,
    as_of: AsOf<'_>,
) -> Vec<Tested> {
    let mut all = Vec::new();
    for number in 0..model.tests.len() {
        let (world, findings) = test_world(model, number, as_of);
        if !is_chosen(model, &world, only) {
            continue;
        }
        all.extend(one(model, workspace, policies, number, &world, findings));
    }
    all
}

fn one(
    model: &Model,
    workspace: &Workspace,
    policies: Option<&Policies>,
    number: usize,
    world: &World,
    mut findings: Diagnostics,
) -> Option<Tested> {
    let test = model.tests.get(number)?.clone();
    if !findings.has_errors() {
        let decisions = {
            let draft = Draft::new(model, world, &workspace.sources, &workspace.settings.targets);
            decide(&draft, policies).decisions
        };
        let (broken, failed) = rules::broken(model, world, &decisions);
        findings.extend(failed);
        let (judged, failed) = rules::expectations(model, world, &decisions, &test);
        findings.extend(failed);
        let asked = Asked { model, workspace, decisions: &decisions, broken: &broken, test: &test.name };
        for (expectation, judged) in test.expectations.iter().zip(judged) {
            findings.extend(asked.judge(expectation, judged));
        }
    }
    // A test speaks of its own layer; what it shares with the stage is said there.
    Some(Tested { name: test.name, span: test.span, expectations: test.expectations.len(), findings })
}

struct Asked<'a> {
    model: &'a Model,
    workspace: &'a Workspace,
    decisions: &'a Decisions,
    broken: &'a [RuleFinding],
    test: &'a str,
}

impl Asked<'_> {
    fn judge(&self, expectation: &Expectation, judged: Judged) -> Option<Diagnostic> {
        match judged {
            Judged::Holds | Judged::Unknown => None,
            Judged::Fails(because) => Some(self.failed(expectation, because.unwrap_or_default())),
            Judged::Asks(question) => self.ask(expectation, question),
        }
    }

    fn ask(&self, expectation: &Expectation, question: Question) -> Option<Diagnostic> {
        match question {
            Question::Access { principal, may, action, resource } => {
                let is_so = self.decisions.may(principal, action, resource);
                let who = self.model.handle(principal);
                let what =
                    format!("{} {}", self.model.text(self.model.kinds.actions[action].name), self.model.path(resource));
                if is_so != may {
                    let said = if is_so { "can" } else { "cannot" };
                    return Some(self.failed(expectation, format!("{who} {said} {what}")));
                }
                let Expected::Access { because: Some((rule, span)), .. } = &expectation.what else { return None };
                let forbidding: Vec<&str> =
                    self.decisions.forbidden_to(principal, action, resource).map(|policy| policy.id.as_str()).collect();
                self.because(self.model.text(*rule), *span, &forbidding)
            }
            Question::Rule { subject, breaks, rule } => {
                let is_broken = self.broken.iter().any(|broken| {
                    let of = self.model.rules.get(broken.rule).map(|row| row.name);
                    of == Some(rule) && broken.subjects.contains(&subject)
                });
                let said = if is_broken { "breaks" } else { "keeps" };
                let (subject, rule) = (self.model.path(subject), self.model.text(rule));
                (is_broken != breaks).then(|| self.failed(expectation, format!("{subject} {said} {rule}")))
            }
        }
    }

    /// A refusal must come from the rule that the test names, and from it alone.
    fn because(&self, rule: &str, span: Span, forbidding: &[&str]) -> Option<Diagnostic> {
        match forbidding {
            [] if rule == NOT_GRANTED => None,
            [only] if *only == rule => None,
            [] => Some(
                self.without_effect(span, format!("`{rule}` is not why: nobody grants it"))
                    .help("let the test first grant what the rule takes away")
                    .help(format!("or write `because {NOT_GRANTED}`")),
            ),
            several if several.contains(&rule) => {
                let others: Vec<&str> = several.iter().copied().filter(|other| *other != rule).collect();
                let message = format!("`{rule}` is not the only reason: {} refuses it too", others.join(", "));
                Some(self.without_effect(span, message).help("ask something that only this rule refuses"))
            }
            others => Some(
                self.without_effect(span, format!("`{rule}` is not why: {} refuses it", others.join(", ")))
                    .help(format!("write `because {}`", others.first().copied().unwrap_or(NOT_GRANTED))),
            ),
        }
    }

    fn without_effect(&self, span: Span, message: String) -> Diagnostic {
        Diagnostic::new(&codes::TEST_WITHOUT_EFFECT, span, message).label(format!("test \"{}\"", self.test))
    }

    fn failed(&self, expectation: &Expectation, instead: String) -> Diagnostic {
        let written = self.workspace.sources.text(expectation.span);
        let expected = written.strip_prefix("expect").unwrap_or(written).trim();
        let message = format!("test \"{}\" fails: expected `{expected}`", self.test);
        Diagnostic::new(&codes::TEST_FAILED, expectation.span, message).label(instead)
    }
}
