//! Which rules and policies of the site no test would notice: each is taken out whole and condition by condition, and
//! every expectation is asked again.
//!
//! Packs are not looked at: their cases come with them.

use nbc_model::Model;
use nbc_model::expression::{Expectation, Expected, Rule, Test};
use nbc_model::rules::{self, Judged, Question};
use nbc_model::test_world;
use nbc_model::world::World;
use nbc_platform::Draft;
use nbc_policy::access::Verdict;
use nbc_policy::load::Policies;
use nbc_policy::mutants::{self, Asked, PolicyMutant};
use nbc_source::Span;

use crate::pipeline::{Analysis, AsOf, decide};
use crate::rules::{Decided, expectations};
use crate::tests::NOT_GRANTED;

/// One rule or policy, or one of its conditions.
#[derive(Clone, Debug)]
pub struct Covered {
    /// The name of the rule, or the `@id` of the policy.
    pub name: String,
    pub span: Span,
    /// The condition; `None` for the whole.
    pub condition: Option<String>,
    /// Whether a test fails without it.
    pub noticed: bool,
}

/// Asks every test about every rule and policy of the site. `None` where errors keep the tests from being run.
pub fn coverage(analysis: &mut Analysis, as_of: AsOf<'_>) -> Option<Vec<Covered>> {
    let Analysis { workspace, model, findings } = analysis;
    let (policies, found) = nbc_policy::load::load(model, &workspace.sources);
    let policies = policies.filter(|_| !findings.has_errors() && !found.has_errors())?;
    let policy_mutants = mutants::mutants(&policies);
    let rule_mutants = rule_mutants(model);
    let mut noticed = Noticed { policies: vec![false; policy_mutants.len()], rules: vec![false; rule_mutants.len()] };
    for number in 0..model.tests.len() {
        let (world, findings) = test_world(model, number, as_of);
        let Some(test) = model.tests.get(number).filter(|_| !findings.has_errors()) else { continue };
        let draft = Draft::new(model, &world, &workspace.sources, &workspace.settings.targets);
        let run = Run { model, world: &world, draft: &draft, policies: &policies, test };
        run.mark(&policy_mutants, &rule_mutants, &mut noticed);
    }
    let sources = &workspace.sources;
    let of_rules = rule_mutants.iter().zip(&noticed.rules).map(|(mutant, noticed)| Covered {
        name: mutant.name.clone(),
        span: mutant.taken.unwrap_or(mutant.span),
        condition: mutant.taken.map(|taken| sources.text(taken).split_whitespace().collect::<Vec<_>>().join(" ")),
        noticed: *noticed,
    });
    let of_policies = policy_mutants.iter().zip(&noticed.policies).filter_map(|(mutant, noticed)| {
        let written = policies.written.get(mutant.policy)?;
        let (name, condition) = (written.id.clone(), mutant.taken.clone());
        Some(Covered { name, span: written.span, condition, noticed: *noticed })
    });
    Some(of_rules.chain(of_policies).collect())
}

/// By mutant, whether a test fails under it.
struct Noticed {
    policies: Vec<bool>,
    rules: Vec<bool>,
}

/// A rule of the site that lacks one condition, or is gone.
struct RuleMutant {
    name: String,
    span: Span,
    /// The position among the rules of the model.
    rule: usize,
    taken: Option<Span>,
    replacement: Option<Rule>,
}

fn rule_mutants(model: &Model) -> Vec<RuleMutant> {
    let mut all = Vec::new();
    for (at, rule) in model.rules.iter().enumerate().filter(|(_, rule)| rule.pack.is_none()) {
        let mutant = |taken: Option<Span>, replacement: Option<Rule>| RuleMutant {
            name: model.text(rule.name).to_owned(),
            span: rule.span,
            rule: at,
            taken,
            replacement,
        };
        all.push(mutant(None, None));
        all.extend(rules::mutants(model, rule).into_iter().map(|part| mutant(Some(part.taken), Some(part.rule))));
    }
    all
}

/// One test in its world.
struct Run<'r> {
    model: &'r Model,
    world: &'r World,
    draft: &'r Draft<'r>,
    policies: &'r Policies,
    test: &'r Test,
}

impl Run<'_> {
    fn mark(&self, policies: &[PolicyMutant], rules: &[RuleMutant], noticed: &mut Noticed) {
        let decisions = decide(self.draft, Some(self.policies)).decisions;
        let (judged, _) = expectations(self.model, self.world, &decisions, self.test);
        let asked: Vec<(&Expectation, Question)> = self
            .test
            .expectations
            .iter()
            .zip(judged)
            .filter_map(|(expectation, judged)| match judged {
                Judged::Asks(question) => Some((expectation, question)),
                Judged::Holds | Judged::Fails(_) | Judged::Unknown => None,
            })
            .collect();
        self.mark_policies(&asked, policies, &mut noticed.policies);
        for (mutant, noticed) in rules.iter().zip(&mut noticed.rules).filter(|(_, noticed)| !**noticed) {
            *noticed = self.notices(&asked, mutant, &Decided(&decisions));
        }
    }

    fn mark_policies(&self, asked: &[(&Expectation, Question)], mutants: &[PolicyMutant], noticed: &mut [bool]) {
        let access: Vec<(&Expectation, Asked)> = asked
            .iter()
            .filter_map(|(expectation, question)| match *question {
                Question::Access { principal, action, resource, .. } => {
                    Some((*expectation, (principal, action, resource)))
                }
                Question::Rule { .. } => None,
            })
            .collect();
        if access.is_empty() || mutants.is_empty() {
            return;
        }
        let questions: Vec<Asked> = access.iter().map(|(_, question)| *question).collect();
        let Ok((now, under)) = mutants::answers(self.policies, self.draft, mutants, &questions) else { return };
        for (answers, noticed) in under.iter().zip(noticed) {
            let changes = access
                .iter()
                .zip(now.iter().zip(answers))
                .any(|((expectation, _), (now, then))| self.meets(expectation, now) && !self.meets(expectation, then));
            *noticed |= changes;
        }
    }

    /// Whether an answer is what a test expects, for the reason that it names.
    fn meets(&self, expectation: &Expectation, verdict: &Verdict) -> bool {
        let Expected::Access { may, because, .. } = &expectation.what else { return true };
        let names: Vec<&str> = verdict
            .refused_by
            .iter()
            .filter_map(|at| self.policies.written.get(*at).map(|written| written.id.as_str()))
            .collect();
        let reason = because.map(|(rule, _)| self.model.text(rule));
        verdict.allowed == *may && reason.is_none_or(|rule| names == [rule] || rule == NOT_GRANTED && names.is_empty())
    }

    /// Whether an expectation about a rule holds with the rule and does not under the mutant.
    fn notices(&self, asked: &[(&Expectation, Question)], mutant: &RuleMutant, decided: &Decided<'_>) -> bool {
        let Some(rule) = self.model.rules.get(mutant.rule) else { return false };
        let judge = |rule: &Rule| rules::judge_these(self.model, self.world, std::slice::from_ref(rule), decided).0;
        let about = asked.iter().filter_map(|(_, question)| match *question {
            Question::Rule { subject, breaks, rule: name } if name == rule.name => Some((subject, breaks)),
            Question::Rule { .. } | Question::Access { .. } => None,
        });
        let mut about = about.peekable();
        if about.peek().is_none() {
            return false;
        }
        let (now, then) = (judge(rule), mutant.replacement.as_ref().map(judge).unwrap_or_default());
        about.any(|(subject, breaks)| {
            let is_so =
                |found: &[rules::RuleFinding]| found.iter().any(|row| row.subjects.contains(&subject)) == breaks;
            is_so(&now) && !is_so(&then)
        })
    }
}
