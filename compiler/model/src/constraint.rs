//! Whether a value is what its field and its type ask for: `in`, `matching`, `where`.
//!
//! The author's sentence is the message; the rule's own place and the values of its operands stand beside it.

use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use nbc_source::{About, Code, Diagnostic, Fix, Span};
use nbc_syntax::ast;
use regex::Regex;
use rustc_hash::FxHashMap;

use crate::expression::ExpressionId;
use crate::expression::bind::{Binder, Place};
use crate::expression::codes;
use crate::expression::evaluate::{Evaluator, Frame};
use crate::expression::operands::{operands, operands_text};
use crate::expression::scope::Home;
use crate::index::Id;
use crate::kinds::{Constraint, ConstraintTest, Type};
use crate::value::{OriginId, Value};

/// `matching '…'`: a form that the whole value must have.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As the author wrote it.
    text: String,
    /// Compiling takes longer than most checks of a small platform together, so it waits for a value.
    compiled: OnceLock<Result<Regex, String>>,
}

impl Pattern {
    pub fn new(text: &str) -> Pattern {
        Pattern { text: text.to_owned(), compiled: OnceLock::new() }
    }

    /// The pattern as a program.
    ///
    /// # Errors
    /// What is wrong with the pattern, in one line.
    pub fn compiled(&self) -> Result<&Regex, &str> {
        self.compiled.get_or_init(|| compiled(&self.text)).as_ref().map_err(String::as_str)
    }
}

/// Patterns that were compiled before: those of the standard kinds are needed again after each keystroke in an editor.
static COMPILED: LazyLock<Mutex<FxHashMap<String, Regex>>> = LazyLock::new(Mutex::default);
/// More than this many are forgotten, since somebody may be writing one.
const MOST_COMPILED: usize = 256;

fn compiled(text: &str) -> Result<Regex, String> {
    let mut known = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(regex) = known.get(text) {
        return Ok(regex.clone());
    }
    let whole = Regex::new(&format!(r"\A(?:{text})\z"));
    let whole = whole.map_err(|error| error.to_string().lines().last().unwrap_or_default().trim().to_owned())?;
    if known.len() >= MOST_COMPILED {
        known.clear();
    }
    known.insert(text.to_owned(), whole.clone());
    Ok(whole)
}

/// Binds `where …`. In it `value` is the value, unless a field is called that.
pub fn bind_where(binder: &mut Binder<'_>, expression: &ast::Expr, ty: &Type) -> ExpressionId {
    let value = binder.tables.names.intern("value");
    binder.clear();
    binder.push_local(value, ty.clone());
    let id = binder.bind(expression, Place::of(&Type::Bool));
    binder.clear();
    id
}

/// A value under examination.
#[derive(Clone, Copy, Debug)]
pub struct Checked {
    pub value: Value,
    /// Where it was said.
    pub span: Span,
    /// Whose fields `where` can read.
    pub home: Home,
    /// It is the key of an entry, whose value stands at the place.
    pub is_key: bool,
}

/// Reports every constraint that a value breaks: those of its field, then those of the names of its type, also inside
/// lists and maps. Something absent or poisoned breaks nothing.
pub fn check(evaluator: &mut Evaluator<'_>, constraints: &[Constraint], ty: &Type, checked: Checked, frame: &Frame) {
    if matches!(checked.value, Value::Absent | Value::Poisoned) {
        return;
    }
    for constraint in constraints {
        // A list is judged by its elements, as its own text or number would be.
        for value in elements(evaluator, constraint, checked) {
            judge(evaluator, constraint, value, frame);
        }
    }
    check_type(evaluator, ty, checked, frame);
}

/// `in` and `matching` on a list or map are about what is in it.
fn elements(evaluator: &Evaluator<'_>, constraint: &Constraint, checked: Checked) -> Vec<Checked> {
    let of = |value, origin| Checked { value, span: place(evaluator, origin, checked.span), ..checked };
    match (&constraint.test, checked.value) {
        (ConstraintTest::Where(_), _) => vec![checked],
        (_, Value::List(list)) => evaluator.store.elements(list).iter().map(|row| of(row.value, row.origin)).collect(),
        (_, Value::Map(map)) => evaluator.store.entries(map).iter().map(|row| of(row.value, row.origin)).collect(),
        _ => vec![checked],
    }
}

/// Where an element was said; its list's place where nothing better is known.
fn place(evaluator: &Evaluator<'_>, origin: OriginId, otherwise: Span) -> Span {
    evaluator.origins.known(origin).map(|origin| origin.span).filter(|span| !span.is_empty()).unwrap_or(otherwise)
}

fn check_type(evaluator: &mut Evaluator<'_>, ty: &Type, checked: Checked, frame: &Frame) {
    let kinds = evaluator.kinds;
    match (ty, checked.value) {
        (Type::Named(id), _) => {
            let named = &kinds.types[*id];
            for constraint in &named.constraints {
                judge(evaluator, constraint, checked, frame);
            }
            check_type(evaluator, &named.base, checked, frame);
        }
        (Type::OneOf(types), value) => {
            if let Some(ty) = types.iter().find(|ty| is_of(kinds.base(ty), value)) {
                check_type(evaluator, ty, checked, frame);
            }
        }
        (Type::List(of, _), Value::List(list)) if has_names(of) => {
            for row in evaluator.store.elements(list).to_vec() {
                let span = place(evaluator, row.origin, checked.span);
                check_type(evaluator, of, Checked { value: row.value, span, ..checked }, frame);
            }
        }
        (Type::Map(key, of), Value::Map(map)) if has_names(key) || has_names(of) => {
            for row in evaluator.store.entries(map).to_vec() {
                let span = place(evaluator, row.origin, checked.span);
                check_type(evaluator, key, Checked { value: row.key, span, is_key: true, ..checked }, frame);
                check_type(evaluator, of, Checked { value: row.value, span, ..checked }, frame);
            }
        }
        _ => {}
    }
}

fn has_names(ty: &Type) -> bool {
    match ty {
        Type::Named(_) => true,
        Type::List(of, _) => has_names(of),
        Type::Map(key, of) => has_names(key) || has_names(of),
        Type::OneOf(types) => types.iter().any(has_names),
        _ => false,
    }
}

/// Whether a value is of a base type, as far as choosing among alternatives needs it.
fn is_of(ty: &Type, value: Value) -> bool {
    match (ty, value) {
        (Type::Text, Value::Text(_))
        | (Type::Bool, Value::Bool(_))
        | (Type::Int | Type::Count, Value::Int(_))
        | (Type::Date, Value::Date(_))
        | (Type::List(..), Value::List(_))
        | (Type::Map(..), Value::Map(_)) => true,
        (Type::Quantity(wanted), Value::Quantity(dimension, _)) => *wanted == dimension,
        (Type::Enum(wanted), Value::Enum(of, _)) => *wanted == of,
        (Type::Record(wanted), Value::Record(of, _)) => *wanted == of,
        (Type::Variant(wanted), Value::Variant(of, ..)) => *wanted == of,
        _ => false,
    }
}

fn judge(evaluator: &mut Evaluator<'_>, constraint: &Constraint, checked: Checked, frame: &Frame) {
    if matches!(checked.value, Value::Absent | Value::Poisoned) {
        return;
    }
    match &constraint.test {
        ConstraintTest::Range(low, high) => {
            let words = |value| evaluator.words(value);
            if is_within(evaluator, checked.value, *low, *high) == Some(false) {
                let message = format!("`{}` is outside `{}..{}`", words(checked.value), words(*low), words(*high));
                let is_below = evaluator.order(*low, checked.value).is_some_and(std::cmp::Ordering::is_gt);
                let nearest = words(if is_below { *low } else { *high });
                let fix = Fix::replace(checked.span, &nearest, format!("write `{nearest}`")).may_change_meaning();
                report(evaluator, &codes::OUT_OF_RANGE, constraint, checked, message, None, Some(fix));
            }
        }
        ConstraintTest::Matching(pattern) => {
            let (Value::Text(name), Ok(regex)) = (checked.value, pattern.compiled()) else { return };
            let text = evaluator.names.text(name);
            if !regex.is_match(text) {
                let message = format!("`{}` does not have the form that is needed", shown(text));
                let better = fitting_form(text, regex);
                if checked.is_key {
                    // Its own place is known to whoever has the tree.
                    let found = finding(&codes::WRONG_FORM, constraint, checked, message);
                    evaluator.diagnostics.push(found.about(About::Key { better }));
                    return;
                }
                let fix = better.and_then(|better| written_instead(text, &better, checked.span));
                report(evaluator, &codes::WRONG_FORM, constraint, checked, message, None, fix);
            }
        }
        ConstraintTest::Where(condition) => {
            let mut frame = frame.clone();
            frame.locals = vec![checked.value];
            if evaluator.run(*condition, &mut frame) == Value::Bool(false) {
                let value = evaluator.names.intern("value");
                let local = |id: crate::expression::LocalId| (id.index() == 0).then_some(value);
                let found = operands(evaluator, *condition, &mut frame, checked.home, &local);
                let message = format!("`{}` cannot stand here", shown(&evaluator.words(checked.value)));
                report(evaluator, &codes::BROKEN_CONSTRAINT, constraint, checked, message, operands_text(&found), None);
            }
        }
    }
}

/// `None` where the value has no order with the ends.
fn is_within(evaluator: &Evaluator<'_>, value: Value, low: Value, high: Value) -> Option<bool> {
    let low = evaluator.order(low, value)?;
    let high = evaluator.order(value, high)?;
    Some(low.is_le() && high.is_le())
}

/// A long text is cut, so that a message stays a line.
fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let first = text.lines().next().unwrap_or_default();
    match first.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", first.get(..at).unwrap_or_default()),
        None if first.len() < text.len() => format!("{first}…"),
        None => first.to_owned(),
    }
}

/// The same text with one habit taken away, where that has the form: a protocol in front, capitals, a forgotten `/`.
fn fitting_form(text: &str, form: &Regex) -> Option<String> {
    let without_protocol = text.split_once("://").map(|(_, rest)| rest.trim_end_matches('/').to_owned());
    let candidates = [
        Some(text.trim().to_owned()),
        without_protocol,
        Some(text.to_lowercase()),
        Some(text.to_uppercase()),
        Some(format!("/{text}")),
        Some(text.split_whitespace().collect::<Vec<_>>().join("-").to_lowercase()),
        Some(text.split_whitespace().collect()),
    ];
    candidates.into_iter().flatten().find(|candidate| form.is_match(candidate))
}

/// Only for a text that stands at `span` as it is, in quotes or alone in a cell of a table.
fn written_instead(text: &str, better: &str, span: Span) -> Option<Fix> {
    let quotes = match span.len() as usize {
        length if length == text.len() => "",
        length if length == text.len() + 2 => "\"",
        _ => return None,
    };
    let fix = Fix::replace(span, format!("{quotes}{better}{quotes}"), format!("write `{better}`"));
    Some(fix.may_change_meaning())
}

fn report(
    evaluator: &mut Evaluator<'_>,
    code: &'static Code,
    constraint: &Constraint,
    checked: Checked,
    message: String,
    operands: Option<String>,
    fix: Option<Fix>,
) {
    let mut diagnostic = finding(code, constraint, checked, message);
    diagnostic.fix = fix;
    if let Some(operands) = operands {
        diagnostic = diagnostic.label(operands);
    }
    evaluator.diagnostics.push(diagnostic);
}

/// In the author's words, where there are any.
fn finding(code: &'static Code, constraint: &Constraint, checked: Checked, message: String) -> Diagnostic {
    let message = match &constraint.sentence {
        Some(sentence) => format!("{message}: {sentence}"),
        None => message,
    };
    let found = Diagnostic::new(code, checked.span, message).related(constraint.span, "asked for here");
    match (&constraint.test, &constraint.sentence) {
        (ConstraintTest::Matching(pattern), None) => found.help(format!("the form is '{}'", pattern.text)),
        _ => found,
    }
}
