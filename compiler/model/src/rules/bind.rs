//! From the trees of rules, waivers and tests to what can be judged.

use nbc_source::{Diagnostic, Diagnostics, Span, suggest};
use nbc_syntax::ast::{self, AstNode};

use crate::codes::DUPLICATE_NAME;
use crate::expression::bind::literals::read_date;
use crate::expression::bind::{Binder, Place};
use crate::expression::codes;
use crate::expression::{Condition, Expectation, Expected, ExpressionId, Requirement, Rule, RuleLevel, Test, Waiver};
use crate::foreign;
use crate::kinds::{ActionId, KindId, Type};
use crate::model::Model;
use crate::names::Name;
use crate::scope::Viewpoint;
use crate::value::{Date, StageId, Value};
use crate::world::EntityId;

/// The rules and policies that a waiver or a test can name.
#[derive(Clone, Debug, Default)]
pub struct RuleNames {
    pub rules: Vec<Name>,
    /// Identifiers of Cedar policies; `None` where nobody has read them yet, and then nothing is called unknown.
    pub policies: Option<Vec<Name>>,
}

/// From where a rule sees names: the base, or for a pack where it is turned on. `None` for a shipped pack that nobody
/// turns on: no declaration is there that its rules could read.
pub(crate) fn viewpoint(model: &Model, pack: Option<Name>) -> Option<Viewpoint> {
    let Some(pack) = pack else { return Some(Viewpoint::default()) };
    let kind = model.kind("pack")?;
    let found = model.entities.iter().find(|(_, row)| row.kind == kind && row.handle == pack);
    found.map(|(_, row)| Viewpoint { stage: row.stage, test: row.test, package: None })
}

/// Adds a rule to the model, unless its name is taken or reserved.
pub(crate) fn admit(model: &mut Model, rule: Rule, diagnostics: &mut Diagnostics) {
    if model.text(rule.name) == NOT_GRANTED {
        let message = format!("`{NOT_GRANTED}` means that nobody granted it: call the rule something else");
        diagnostics.push(Diagnostic::new(&codes::RESERVED_RULE, rule.span, message));
        return;
    }
    if let Some(first) = model.rules.iter().find(|other| other.name == rule.name) {
        let message = format!("there is a rule `{}` already", model.text(rule.name));
        let twice = Diagnostic::new(&DUPLICATE_NAME, rule.span, message).label("declared a second time");
        diagnostics.push(twice.related(first.span, "first declared here"));
        return;
    }
    model.rules.push(rule);
}

/// Binds a rule. `pack` is the pack that brings it.
pub fn bind_rule(binder: &mut Binder<'_>, declaration: &ast::RuleDecl, pack: Option<Name>) -> Option<Rule> {
    let name = declaration.name()?;
    let sentence = declaration.sentence().and_then(|text| text.plain().map(|plain| plain.into_owned()));
    let span = binder.span(name.range());
    binder.clear();
    let subjects = bind_subjects(binder, declaration);
    let mut rule = Rule {
        name: binder.tables.names.intern(name.text()),
        sentence: sentence.unwrap_or_default(),
        level: level(binder, declaration),
        subjects: subjects?,
        when: Vec::new(),
        require: Vec::new(),
        span,
        pack,
    };
    for clause in declaration.clauses() {
        if let ast::Clause::When(when) = clause
            && let Some(condition) = when.condition()
        {
            rule.when.push(binder.bind_condition(&condition));
        }
    }
    for clause in declaration.clauses() {
        if let ast::Clause::Require(require) = clause {
            rule.require.extend(bind_requirement(binder, &require));
        }
    }
    binder.clear();
    Some(rule)
}

fn level(binder: &mut Binder<'_>, declaration: &ast::RuleDecl) -> RuleLevel {
    let Some(word) = declaration.pack() else { return RuleLevel::Hard };
    match word.text() {
        "advisory" => RuleLevel::Advisory,
        "soft" => RuleLevel::Soft,
        "hard" => RuleLevel::Hard,
        "shadow" => RuleLevel::Shadow,
        other => {
            let message = format!("there is no level `{other}`");
            let diagnostic = Diagnostic::new(&codes::UNKNOWN_LEVEL, binder.span(word.range()), message);
            binder.tables.diagnostics.push(diagnostic.help("the levels are advisory, soft, hard and shadow"));
            RuleLevel::Hard
        }
    }
}

/// The kinds that the rule ranges over; `None` when one is unknown, so that nothing is judged by half a rule.
fn bind_subjects(binder: &mut Binder<'_>, declaration: &ast::RuleDecl) -> Option<Vec<(KindId, Name)>> {
    let mut subjects = Vec::new();
    let mut is_sound = true;
    for subject in declaration.subjects() {
        let (Some(kind), Some(name)) = (subject.kind_ref(), subject.name()) else {
            is_sound = false;
            continue;
        };
        let of = binder.tables.names.intern(name.text());
        match binder.tables.names.find(kind.text()).and_then(|kind| binder.tables.kinds.kind_of(kind)) {
            Some(id) => {
                binder.push_local(of, Type::Entity(id));
                subjects.push((id, of));
            }
            None => {
                let span = binder.span(kind.range());
                unknown_kind(binder, kind.text(), span);
                is_sound = false;
            }
        }
    }
    (is_sound && !subjects.is_empty()).then_some(subjects)
}

fn unknown_kind(binder: &mut Binder<'_>, kind: &str, span: Span) {
    let tables = &mut binder.tables;
    let known = tables.kinds.kinds.iter().map(|(_, kind)| tables.names.text(kind.name));
    let message = format!("there is no kind `{kind}`");
    let diagnostic = Diagnostic::new(&codes::UNKNOWN_SUBJECT, span, message);
    let near = foreign::kinds_near(kind, known);
    let diagnostic = diagnostic.did_you_mean(span, &near);
    binder.tables.diagnostics.push(diagnostic);
}

fn bind_requirement(binder: &mut Binder<'_>, require: &ast::RequireClause) -> Option<Requirement> {
    let span = binder.span(require.range());
    let said = require.condition()?;
    let condition = match require.access() {
        Some(access) => {
            let (user, action, resource) = bind_access(binder, &said, &access)?;
            Condition::Access { user, may: access.is_allowed(), action, resource }
        }
        None => Condition::Holds(binder.bind(&said, Place::of(&Type::Bool))),
    };
    let otherwise = require.otherwise().map(|text| match &condition {
        Condition::Holds(id) => binder.knowing(*id, false, |binder| binder.bind_text(&text)),
        Condition::Access { .. } => binder.bind_text(&text),
    });
    Some(Requirement { condition, otherwise, span })
}

/// `u cannot read d`: who, what, to what.
fn bind_access(
    binder: &mut Binder<'_>,
    who: &ast::Expr,
    access: &ast::Access,
) -> Option<(ExpressionId, ActionId, ExpressionId)> {
    let user = kind_named(binder, "user");
    let who = binder.bind(who, user.as_ref().map_or(Place::any(), Place::of));
    let action = access.action()?;
    let resource = access.resource()?;
    let things = things_with(binder, action.text());
    let resource = binder.bind_suggested(&resource, things.as_ref());
    let span = binder.span(action.range());
    let action = binder.action(action.text(), resource, span);
    match binder.constant_value(action) {
        Some(Value::Permission(action)) => Some((who, action, resource)),
        _ => None,
    }
}

fn kind_named(binder: &Binder<'_>, name: &str) -> Option<Type> {
    let name = binder.tables.names.find(name)?;
    binder.tables.kinds.kind_of(name).map(Type::Entity)
}

/// The kinds of which something can be done: what a bare name after `can launch` may mean. Where no kind has the
/// action, all kinds, so that the action is the one thing that is reported.
fn things_with(binder: &Binder<'_>, action: &str) -> Option<Type> {
    let kinds = binder.tables.kinds;
    let name = binder.tables.names.find(action);
    let has = |kind: &KindId| name.is_some_and(|name| kinds.action_on(*kind, name).is_some());
    let mut with: Vec<Type> = kinds.kinds.ids().filter(has).map(Type::Entity).collect();
    if with.is_empty() {
        with = kinds.kinds.ids().map(Type::Entity).collect();
    }
    match with.len() {
        0 => None,
        1 => with.pop(),
        _ => Some(Type::OneOf(with.into_boxed_slice())),
    }
}

/// Binds a waiver.
pub fn bind_waiver(binder: &mut Binder<'_>, declaration: &ast::WaiverDecl, known: &RuleNames) -> Option<Waiver> {
    let span = binder.span(declaration.range());
    let rule = declaration.rule()?;
    let rule_span = binder.span(rule.range());
    let name = binder.tables.names.intern(rule.text());
    check_rule(binder, name, rule_span, known, true);
    let on = bind_target(binder, &declaration.path()?);
    let mut waiver = WaiverFields::default();
    for item in declaration.body()?.items() {
        waiver.item(binder, &item);
    }
    waiver.require_all(binder, rule_span);
    Some(Waiver {
        rule: name,
        rule_span,
        on: on?,
        until: waiver.until,
        because: waiver.because.unwrap_or_default(),
        approved_by: waiver.approved_by,
        span,
    })
}

/// `group.ml-research`, `group.ml-research.quota`
fn bind_target(binder: &mut Binder<'_>, path: &ast::Path) -> Option<EntityId> {
    let segments: Vec<ast::Key> = path.segments().collect();
    let [kind, handle, fields @ ..] = segments.as_slice() else { return None };
    let found = binder.tables.names.find(&kind.text()).and_then(|kind| binder.tables.kinds.kind_of(kind));
    let Some(found) = found else {
        let span = binder.span(kind.range());
        unknown_kind(binder, &kind.text(), span);
        return None;
    };
    let span = binder.span(handle.range());
    let Some(Value::Entity(mut entity)) = binder.reference(&Type::Entity(found), &handle.text(), span) else {
        return None;
    };
    for field in fields {
        let name = binder.tables.names.intern(&field.text());
        match binder.scope.owned(entity, name) {
            Some(owned) => entity = owned,
            None => {
                let message = format!("`{}` is no thing of its own that a rule could be about", field.text());
                let span = binder.span(field.range());
                binder.tables.diagnostics.push(Diagnostic::new(&codes::BAD_WAIVER, span, message));
                return None;
            }
        }
    }
    Some(entity)
}

#[derive(Default)]
struct WaiverFields {
    until: Option<Date>,
    because: Option<String>,
    approved_by: Option<EntityId>,
    said: Vec<&'static str>,
}

/// What a waiver must say.
const WAIVER_FIELDS: [&str; 3] = ["until", "because", "approved-by"];

impl WaiverFields {
    fn item(&mut self, binder: &mut Binder<'_>, item: &ast::Item) {
        let Some(key) = item.key() else { return };
        let text = key.text();
        let Some(value) = item.value() else {
            // Its value could not be read, which was reported.
            self.said.extend(WAIVER_FIELDS.into_iter().find(|field| *field == text));
            return;
        };
        let Some(field) = WAIVER_FIELDS.into_iter().find(|field| *field == text) else {
            let message = format!("a waiver has no `{text}`");
            let diagnostic = Diagnostic::new(&codes::BAD_WAIVER, binder.span(key.range()), message);
            let near = suggest::nearest(&text, WAIVER_FIELDS);
            let diagnostic = diagnostic.help("it has `until`, `because` and `approved-by`");
            binder.tables.diagnostics.push(diagnostic.did_you_mean(binder.span(key.range()), &near));
            // A misspelt field is said: it is not missing as well.
            self.said.extend(WAIVER_FIELDS.into_iter().find(|field| near == [*field]));
            return;
        };
        if self.said.contains(&field) {
            let message = format!("`{text}` is said twice");
            binder.tables.diagnostics.push(Diagnostic::new(&codes::REPEATED_KEY, binder.span(key.range()), message));
            return;
        }
        self.said.push(field);
        let user = kind_named(binder, "user").unwrap_or(Type::Invalid);
        let ty = match field {
            "until" => Type::Date,
            "because" => Type::Text,
            _ => user,
        };
        let id = binder.bind_value(&value, Place::of(&ty));
        match binder.constant_value(id) {
            Some(Value::Date(date)) => self.until = Some(date),
            Some(Value::Text(text)) => self.because = Some(binder.text_of(text).to_owned()),
            Some(Value::Entity(user)) => self.approved_by = Some(user),
            _ => {}
        }
    }

    fn require_all(&self, binder: &mut Binder<'_>, span: Span) {
        let missing: Vec<String> =
            WAIVER_FIELDS.iter().filter(|field| !self.said.contains(field)).map(|field| format!("`{field}`")).collect();
        if !missing.is_empty() {
            let message = format!("a waiver must say {} too", missing.join(" and "));
            binder.tables.diagnostics.push(Diagnostic::new(&codes::BAD_WAIVER, span, message));
        }
    }
}

/// Binds the expectations of a test; its changes are a layer, and its stage is looked up by who knows the stages.
pub fn bind_test(
    binder: &mut Binder<'_>,
    declaration: &ast::TestDecl,
    stage: Option<StageId>,
    rules: &[Rule],
    known: &RuleNames,
) -> Option<Test> {
    let sentence = declaration.sentence()?;
    let span = binder.span(sentence.range());
    let name = sentence.plain().map(|plain| plain.into_owned()).unwrap_or_default();
    let as_of = declaration.as_of().and_then(|token| read_date(token.text()));
    let mut expectations = Vec::new();
    for item in declaration.items() {
        if let ast::TestItem::Expectation(expectation) = item {
            binder.clear();
            expectations.extend(bind_expectation(binder, &expectation, rules, known));
        }
    }
    Some(Test { name, stage, as_of, expectations, span })
}

fn bind_expectation(
    binder: &mut Binder<'_>,
    expectation: &ast::Expectation,
    rules: &[Rule],
    known: &RuleNames,
) -> Option<Expectation> {
    let span = binder.span(expectation.range());
    let subject = expectation.subject()?;
    let what = if let Some(access) = expectation.access() {
        let (user, action, resource) = bind_access(binder, &subject, &access)?;
        let because = expectation.because().map(|name| {
            let span = binder.span(name.range());
            (binder.tables.names.intern(name.text()), span)
        });
        if let Some((name, span)) = because {
            check_rule(binder, name, span, known, true);
        }
        Expected::Access { user, may: access.is_allowed(), action, resource, because }
    } else if let Some(verdict) = expectation.verdict() {
        bind_verdict(binder, &subject, &verdict, rules, known)?
    } else {
        // What is not set makes the expectation fail, which is what a test is for.
        Expected::Holds(binder.bind(&subject, Place::optional(&Type::Bool)))
    };
    Some(Expectation { what, span })
}

fn bind_verdict(
    binder: &mut Binder<'_>,
    subject: &ast::Expr,
    verdict: &ast::Verdict,
    rules: &[Rule],
    known: &RuleNames,
) -> Option<Expected> {
    let name = verdict.rule()?;
    let rule_span = binder.span(name.range());
    let rule = binder.tables.names.intern(name.text());
    check_rule(binder, rule, rule_span, known, false);
    let subjects = rules.iter().find(|row| row.name == rule).map(|row| row.subjects.as_slice()).unwrap_or_default();
    let kinds: Vec<Type> = subjects.iter().map(|(kind, _)| Type::Entity(*kind)).collect();
    let place = match kinds.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        _ => Some(Type::OneOf(kinds.into_boxed_slice())),
    };
    let subject = binder.bind(subject, place.as_ref().map_or(Place::any(), Place::of));
    let breaks = verdict.word()? == ast::VerdictWord::Breaks;
    Some(Expected::Rule { subject, breaks, rule, rule_span })
}

/// The reserved name of "no permit": a refusal that no rule made.
pub(super) const NOT_GRANTED: &str = "not-granted";

fn check_rule(binder: &mut Binder<'_>, name: Name, span: Span, known: &RuleNames, or_policy: bool) {
    let is_reserved = or_policy && binder.text_of(name) == NOT_GRANTED;
    if known.rules.contains(&name) || is_reserved {
        return;
    }
    let policies = match (&known.policies, or_policy) {
        (None, true) => return,
        (Some(policies), true) if policies.contains(&name) => return,
        (Some(policies), true) => policies.as_slice(),
        (_, false) => &[],
    };
    let text = |name: &Name| binder.tables.names.text(*name);
    let candidates: Vec<&str> = known.rules.iter().chain(policies).map(text).collect();
    let diagnostic = unknown_rule(text(&name), span, &candidates);
    binder.tables.diagnostics.push(diagnostic);
}

/// The finding about a rule or policy that nobody declared.
pub fn unknown_rule(name: &str, span: Span, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(&codes::UNKNOWN_RULE, span, format!("there is no rule `{name}`"));
    diagnostic.did_you_mean(span, &suggest::nearest(name, known.iter().copied()))
}
