//! Which subjects break which rules, and what of a test holds.

use crate::expression::evaluate::{Evaluator, Frame};
use crate::expression::operands::{operands, operands_text};
use crate::expression::scope::Home;
use crate::expression::world::Access;
use crate::expression::{Condition, Expectation, Expected, ExpressionId, LocalId, Node, Rule, reads};
use crate::index::{Id, Table};
use crate::kinds::ActionId;
use crate::names::Name;
use crate::value::Value;
use crate::world::{Entity, EntityId, World};

/// Something that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFinding {
    /// Its position among the rules.
    pub rule: usize,
    /// One for each subject of the rule, in its order.
    pub subjects: Vec<EntityId>,
    /// The position of the requirement that does not hold.
    pub requirement: usize,
    /// What to do about it, from `else`.
    pub message: Option<String>,
    /// The paths of the requirement and what they held.
    pub because: Option<String>,
}

/// Steps that one rule may take over all its subjects.
const STEPS: u64 = 50_000_000;

/// Judges all rules in one world: rule by rule, subjects in their order. A rule that uses up its steps stops with an
/// error at the place where they ran out.
///
/// Every group means the groups of the site: the built-in `everyone` counts only where the site declares it.
pub fn judge_rules(
    evaluator: &mut Evaluator<'_>,
    rules: &[Rule],
    world: &World,
    entities: &Table<EntityId, Entity>,
    access: &dyn Access,
) -> Vec<RuleFinding> {
    let mut findings = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        if !is_on(evaluator, rule, world, entities) {
            continue;
        }
        evaluator.forget();
        evaluator.allow(STEPS, named(rule));
        let when = conditions(evaluator, rule);
        let subjects = subjects(evaluator, rule, world, entities);
        let mut judge = Judge { evaluator, rule, at, when, subjects, access, findings: &mut findings };
        judge.range(&mut Vec::new());
    }
    evaluator.settle();
    findings
}

/// The expression that stands for a rule where it takes too much.
fn named(rule: &Rule) -> Option<ExpressionId> {
    let required = rule.require.iter().find_map(|requirement| match requirement.condition {
        Condition::Holds(id) => Some(id),
        Condition::Access { .. } => requirement.otherwise,
    });
    required.or(rule.when.first().copied())
}

/// A rule of a pack counts where the world turns the pack on.
fn is_on(evaluator: &Evaluator<'_>, rule: &Rule, world: &World, entities: &Table<EntityId, Entity>) -> bool {
    let Some(pack) = rule.pack else { return true };
    let kind = evaluator.names.find("pack").and_then(|name| evaluator.kinds.kind_of(name));
    kind.is_some_and(|kind| world.of_kind(kind).iter().any(|entity| entities[*entity].handle == pack))
}

/// The entities that each subject of a rule ranges over.
fn subjects(
    evaluator: &Evaluator<'_>,
    rule: &Rule,
    world: &World,
    entities: &Table<EntityId, Entity>,
) -> Vec<Vec<EntityId>> {
    let everyone = evaluator.names.find("everyone");
    let counts = |entity: &&EntityId| match entities.row(**entity) {
        Some(row) => row.package.is_none() || Some(row.handle) != everyone,
        None => false,
    };
    rule.subjects.iter().map(|(kind, _)| world.of_kind(*kind).iter().filter(counts).copied().collect()).collect()
}

/// The parts of `when`, each with the number of subjects that must be chosen before it can be asked.
fn conditions(evaluator: &Evaluator<'_>, rule: &Rule) -> Vec<(usize, ExpressionId)> {
    let expressions = evaluator.expressions;
    let mut parts = Vec::new();
    for condition in &rule.when {
        match expressions.row(*condition).map(|row| &row.node) {
            Some(Node::And(operands)) => parts.extend(operands.iter().copied()),
            _ => parts.push(*condition),
        }
    }
    let number = rule.subjects.len();
    let mut asked: Vec<(usize, ExpressionId)> = Vec::with_capacity(parts.len());
    for part in parts {
        asked.push((subjects_read(evaluator, part, number), part));
    }
    asked
}

/// One more than the last subject that a condition reads.
fn subjects_read(evaluator: &Evaluator<'_>, id: ExpressionId, number: usize) -> usize {
    let Some(row) = evaluator.expressions.row(id) else { return number };
    let here = match row.node {
        Node::Local(local) if local.index() < number => local.index() + 1,
        _ => 0,
    };
    let children = reads::children(&row.node);
    children.into_iter().map(|child| subjects_read(evaluator, child, number)).fold(here, usize::max)
}

/// One rule under judgement.
struct Judge<'j, 'e> {
    evaluator: &'j mut Evaluator<'e>,
    rule: &'j Rule,
    at: usize,
    when: Vec<(usize, ExpressionId)>,
    subjects: Vec<Vec<EntityId>>,
    access: &'j dyn Access,
    findings: &'j mut Vec<RuleFinding>,
}

impl Judge<'_, '_> {
    /// Chooses subjects one after the other; a condition is asked as soon as its subjects are chosen.
    fn range(&mut self, chosen: &mut Vec<EntityId>) {
        if !self.applies(chosen) {
            return;
        }
        let Some(next) = self.subjects.get(chosen.len()).cloned() else {
            self.judge(chosen);
            return;
        };
        for entity in next {
            if self.evaluator.is_spent() {
                return;
            }
            chosen.push(entity);
            self.range(chosen);
            chosen.pop();
        }
    }

    fn applies(&mut self, chosen: &[EntityId]) -> bool {
        let mut frame = frame(chosen);
        let asked: Vec<ExpressionId> =
            self.when.iter().filter(|(depth, _)| *depth == chosen.len()).map(|(_, id)| *id).collect();
        asked.into_iter().all(|condition| self.evaluator.value(condition, &mut frame) == Value::Bool(true))
    }

    fn judge(&mut self, chosen: &[EntityId]) {
        let rule = self.rule;
        for (at, requirement) in rule.require.iter().enumerate() {
            let mut frame = frame(chosen);
            if self.holds(&requirement.condition, &mut frame) {
                continue;
            }
            let message = requirement.otherwise.and_then(|text| match self.evaluator.value(text, &mut frame) {
                Value::Text(name) => Some(self.evaluator.names.text(name).to_owned()),
                _ => None,
            });
            let because = self.because(&requirement.condition, &mut frame);
            self.findings.push(RuleFinding {
                rule: self.at,
                subjects: chosen.to_vec(),
                requirement: at,
                message,
                because,
            });
        }
    }

    /// What cannot be computed holds: it was reported where it failed.
    fn holds(&mut self, condition: &Condition, frame: &mut Frame) -> bool {
        match condition {
            Condition::Holds(id) => self.evaluator.value(*id, frame) != Value::Bool(false),
            Condition::Access { user, may, action, resource } => {
                match (self.evaluator.value(*user, frame), self.evaluator.value(*resource, frame)) {
                    (Value::Entity(user), Value::Entity(resource)) => self.access.may(user, *action, resource) == *may,
                    _ => true,
                }
            }
        }
    }

    fn because(&mut self, condition: &Condition, frame: &mut Frame) -> Option<String> {
        let Condition::Holds(id) = condition else { return None };
        let names: Vec<Name> = self.rule.subjects.iter().map(|(_, name)| *name).collect();
        let local = |local: LocalId| names.get(local.index()).copied();
        operands_text(&operands(self.evaluator, *id, frame, Home::None, &local))
    }
}

fn frame(chosen: &[EntityId]) -> Frame {
    Frame::of_locals(chosen.iter().copied().map(Value::Entity).collect())
}

/// What a test asks of decisions and rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Whether somebody may do something; `because` is for who knows the policies.
    Access { principal: EntityId, may: bool, action: ActionId, resource: EntityId },
    /// Whether something breaks a rule.
    Rule { subject: EntityId, breaks: bool, rule: Name },
}

/// How an expectation stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    Holds,
    /// With what the paths of the condition held.
    Fails(Option<String>),
    /// To be answered by decisions, or by the findings of the rules.
    Asks(Question),
    /// It reads something that failed and was reported.
    Unknown,
}

/// Judges a condition, or says which question has to be asked.
pub fn judge_expectation(evaluator: &mut Evaluator<'_>, expectation: &Expectation) -> Judged {
    let mut frame = Frame::of_locals(Vec::new());
    match &expectation.what {
        Expected::Holds(id) => match evaluator.run(*id, &mut frame) {
            Value::Bool(true) => Judged::Holds,
            Value::Bool(false) | Value::Absent => {
                Judged::Fails(operands_text(&operands(evaluator, *id, &mut frame, Home::None, &|_| None)))
            }
            _ => Judged::Unknown,
        },
        Expected::Access { user, may, action, resource, .. } => {
            match (evaluator.run(*user, &mut frame), evaluator.run(*resource, &mut frame)) {
                (Value::Entity(principal), Value::Entity(resource)) => {
                    Judged::Asks(Question::Access { principal, may: *may, action: *action, resource })
                }
                _ => Judged::Unknown,
            }
        }
        Expected::Rule { subject, breaks, rule, .. } => match evaluator.run(*subject, &mut frame) {
            Value::Entity(subject) => Judged::Asks(Question::Rule { subject, breaks: *breaks, rule: *rule }),
            _ => Judged::Unknown,
        },
    }
}
