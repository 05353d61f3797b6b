//! The tests of a workspace: each is a layer above its stage, and what it expects is asked there.

use nbc_model::Model;
use nbc_model::expression::{Expectation, Expected};
use nbc_model::kinds::ActionId;
use nbc_model::names::Name;
use nbc_model::rules::{Judged, Question, RuleFinding};
use nbc_model::test_world;
use nbc_model::value::OriginId;
use nbc_model::world::{EntityId, World};
use nbc_platform::Decisions;
use nbc_platform::decisions::{Policy, Reason};
use nbc_policy::decide::decide_actions;
use nbc_policy::load::Policies;
use nbc_source::{Diagnostic, Diagnostics, Span};

use crate::codes;
use crate::pipeline::{AsOf, is_chosen};
use crate::rules;
use crate::workspace::Workspace;

/// The reserved name of a refusal that no rule made: nobody granted it.
pub(crate) const NOT_GRANTED: &str = "not-granted";

/// One test after its run.
#[derive(Clone, Debug)]
pub struct Tested {
    pub name: String,
    pub span: Span,
    pub expectations: Vec<Answered>,
    /// Expectations that do not hold, and what else the test's own layer got wrong.
    pub findings: Diagnostics,
}

/// One expectation after its run.
#[derive(Clone, Debug)]
pub struct Answered {
    pub span: Span,
    /// As it is written, without `expect`.
    pub text: String,
    pub outcome: Outcome,
    /// What decided it: the grant, the policy, the rule.
    pub decided: Option<Because>,
}

/// How an expectation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Holds,
    /// With what is so instead.
    Fails(String),
    /// The test's own layer, or what it reads, has an error.
    NotJudged,
}

/// A reason and the line that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    pub text: String,
    pub span: Option<Span>,
}

impl Tested {
    /// Every expectation holds, and the test's own layer has no error.
    pub fn passes(&self) -> bool {
        !self.findings.has_errors() && self.expectations.iter().all(|answered| answered.outcome == Outcome::Holds)
    }
}

/// Runs all tests; those of one stage where only one is judged.
pub(crate) fn run(
    model: &mut Model,
    workspace: &Workspace,
    policies: Option<&Policies>,
    only: Option<&str>,
    as_of: AsOf<'_>,
    is_wanted: &dyn Fn() -> bool,
) -> Vec<Tested> {
    let mut all = Vec::new();
    for number in (0..model.tests.len()).take_while(|_| is_wanted()) {
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
    let mut expectations: Vec<Answered> = test.expectations.iter().map(|row| unanswered(workspace, row)).collect();
    if !findings.has_errors() {
        let asked = nbc_model::rules::asked_actions(model, &test);
        let decisions = policies.map(|policies| decide_actions(policies, model, world, &asked)).unwrap_or_default();
        let (broken, failed) = rules::broken(model, world, &decisions);
        findings.extend(failed);
        let (judged, failed) = rules::expectations(model, world, &decisions, &test);
        findings.extend(failed);
        let asked = Asked { model, workspace, decisions: &decisions, broken: &broken, test: &test.name };
        for ((expectation, judged), answered) in test.expectations.iter().zip(judged).zip(&mut expectations) {
            answered.decided = asked.decided(&judged);
            answered.outcome = match asked.judge(expectation, &judged) {
                _ if judged == Judged::Unknown => Outcome::NotJudged,
                None => Outcome::Holds,
                Some(found) => {
                    let instead = if found.code == &codes::TEST_FAILED { &found.label } else { &found.message };
                    let outcome = Outcome::Fails(instead.clone());
                    findings.push(found);
                    outcome
                }
            };
        }
    }
    // A test speaks of its own layer; what it shares with the stage is said there.
    Some(Tested { name: test.name, span: test.span, expectations, findings })
}

fn unanswered(workspace: &Workspace, expectation: &Expectation) -> Answered {
    let span = expectation.span;
    Answered { span, text: written(workspace, span), outcome: Outcome::NotJudged, decided: None }
}

/// An expectation without its `expect`.
fn written(workspace: &Workspace, span: Span) -> String {
    let written = workspace.sources.text(span);
    written.strip_prefix("expect").unwrap_or(written).trim().to_owned()
}

struct Asked<'a> {
    model: &'a Model,
    workspace: &'a Workspace,
    decisions: &'a Decisions,
    broken: &'a [RuleFinding],
    test: &'a str,
}

impl Asked<'_> {
    fn judge(&self, expectation: &Expectation, judged: &Judged) -> Option<Diagnostic> {
        match judged {
            Judged::Holds | Judged::Unknown => None,
            Judged::Fails(because) => Some(self.failed(expectation, because.clone().unwrap_or_default())),
            Judged::Asks(question) => self.ask(expectation, *question),
        }
    }

    /// Why it is as it is, whatever was expected.
    fn decided(&self, judged: &Judged) -> Option<Because> {
        let Judged::Asks(question) = judged else { return None };
        match *question {
            Question::Access { principal, action, resource, .. } => Some(self.access(principal, action, resource)),
            Question::Rule { subject, rule, .. } => {
                let found = self.broken_by(subject, rule)?;
                let span = self.model.rules.get(found.rule).map(|rule| rule.span);
                found.because.clone().map(|text| Because { text, span })
            }
        }
    }

    fn access(&self, principal: EntityId, action: ActionId, resource: EntityId) -> Because {
        if let Some(reason) = self.decisions.why(principal, action, resource) {
            return self.granted(reason);
        }
        let forbidding: Vec<&Policy> = self.decisions.forbidden_to(principal, action, resource).collect();
        match forbidding.first() {
            None => Because { text: "nobody grants it".to_owned(), span: None },
            Some(first) => {
                let names: Vec<&str> = forbidding.iter().map(|policy| policy.id.as_str()).collect();
                Because { text: format!("{} forbids it", names.join(", ")), span: first.span }
            }
        }
    }

    fn granted(&self, reason: Reason) -> Because {
        let model = self.model;
        let at = |origin: OriginId| Some(model.origin(origin).span);
        let (text, span) = match reason {
            Reason::Grant { origin, to } => (format!("granted to {}", model.path(to)), at(origin)),
            Reason::Role { role, given_in, origin } => {
                (format!("role {} given in {}", model.handle(role), model.path(given_in)), at(origin))
            }
            Reason::Owner { origin } => ("it is theirs".to_owned(), at(origin)),
            Reason::Policy(policy) => {
                let policy = &self.decisions.policies[policy];
                (format!("{} permits it", policy.id), policy.span)
            }
        };
        Because { text, span }
    }

    fn broken_by(&self, subject: EntityId, rule: Name) -> Option<&RuleFinding> {
        let is_it = |found: &&RuleFinding| {
            let of = self.model.rules.get(found.rule).map(|row| row.name);
            of == Some(rule) && found.subjects.contains(&subject)
        };
        self.broken.iter().find(is_it)
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
                let is_broken = self.broken_by(subject, rule).is_some();
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
        let expected = written(self.workspace, expectation.span);
        let message = format!("test \"{}\" fails: expected `{expected}`", self.test);
        Diagnostic::new(&codes::TEST_FAILED, expectation.span, message).label(instead)
    }
}
