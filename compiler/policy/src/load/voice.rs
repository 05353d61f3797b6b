//! What Cedar says of a policy, in nbc's words: what is not there, what is nearest, what to write instead.
//!
//! Cedar keeps what it found to itself but for a sentence. That sentence is taken apart here and nowhere else; the table
//! in the tests holds each, so that a Cedar that words it otherwise is noticed. What has no words here is told in Cedar's.

mod attributes;
mod literals;
#[cfg(test)]
mod tests;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{ActionConstraint, Policy, ValidationError, ValidationResult, ValidationWarning};
use nbc_model::Model;
use nbc_source::voice::small_first_letter;
use nbc_source::{Diagnostic, Edit, Fix, Span, suggest};

use super::Place;
use crate::names::{quoted, type_name};
use crate::shape::{ActionShape, Shapes};
use crate::{codes, schema};

/// Where all that policies can read is listed.
const EVERYTHING: &str = "`nbc schema cedar` prints what policies can read";

const NUMBERS: &str =
    "numbers stand without quotes: CPU in millicores, memory and disk in bytes, money in minor units (cents)";

/// Speaks about one policy.
#[derive(Clone, Copy)]
pub(super) struct Voice<'v> {
    pub(super) model: &'v Model,
    pub(super) shapes: &'v Shapes,
    pub(super) place: Place<'v>,
}

/// One sentence of Cedar's, with the place that it is about.
struct Said {
    span: Span,
    /// What stands at the place; empty where Cedar meant the whole policy.
    written: String,
    text: String,
    help: String,
}

impl Said {
    /// What the sentence quotes.
    fn quoted(&self) -> Vec<&str> {
        self.text.split('`').skip(1).step_by(2).collect()
    }

    fn first(&self) -> &str {
        self.text.split('`').nth(1).unwrap_or_default()
    }

    /// What is written, as a subject: `this` where it is long. Of a set that is looked into, the set.
    fn subject(&self) -> String {
        let written = self.written.split(".contains").next().unwrap_or_default();
        let is_short = !written.is_empty() && written.len() <= 60 && !written.contains(['\n', '`']);
        if is_short { format!("`{written}`") } else { "this".to_owned() }
    }

    fn finding(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(&codes::POLICY_TYPE, self.span, message)
    }

    fn doubt(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(&codes::POLICY_DOUBTFUL, self.span, message)
    }
}

impl Voice<'_> {
    /// What validation found, each fault once and not once for each action that the policy may be about.
    pub(super) fn findings(&self, policy: &Policy, result: &ValidationResult) -> Vec<Diagnostic> {
        let mut found: Vec<Diagnostic> = Vec::new();
        let mut missing: BTreeMap<(Span, String), BTreeSet<String>> = BTreeMap::new();
        for error in result.validation_errors() {
            let said = self.said(error, &error.to_string());
            if let ValidationError::UnsafeAttributeAccess(_) = error {
                let owners = said.quoted().into_iter().skip(1).map(str::to_owned);
                missing.entry((said.span, said.first().to_owned())).or_default().extend(owners);
            } else {
                found.push(self.error(error, &said));
            }
        }
        // What some kinds lack and others may lack is said of those that lack it.
        found.retain(|one| !missing.keys().any(|(span, _)| Some(*span) == one.span));
        found.extend(missing.iter().map(|((span, path), owners)| self.no_attribute(*span, path, owners)));
        // Where a policy does not fit, that it can never apply follows from it.
        if found.is_empty() {
            let is_about_action =
                |one: &&ValidationWarning| matches!(one, ValidationWarning::InvalidActionApplication(_));
            let never_meets = result.validation_warnings().any(|one| is_about_action(&one));
            // That its conditions hold for nobody follows from that no action fits.
            let follows =
                |one: &&ValidationWarning| never_meets && matches!(one, ValidationWarning::ImpossiblePolicy(_));
            let warnings = result.validation_warnings().filter(|one| !follows(one));
            found.extend(warnings.map(|warning| self.warning(policy, warning)));
        }
        found.sort_by(|a, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
        found.dedup_by(|next, first| next.span == first.span && next.message == first.message);
        found
    }

    fn said(&self, found: &dyn miette::Diagnostic, message: &str) -> Said {
        let label = found.labels().and_then(|mut labels| labels.next());
        let whole = |offset: usize, len: usize| offset == 0 && len + 1 >= self.place.policy.range.len();
        let inner = label.filter(|label| !whole(label.offset(), label.len()));
        let span = inner.map(|label| self.place.inner(label.offset(), label.len()));
        // Cedar begins with the policy's name; the place says that already.
        let named = message.strip_prefix("for policy `").and_then(|rest| rest.split_once('`'));
        let text = named.map_or(message, |(_, rest)| rest.trim_start_matches([',', ':', ' ']));
        Said {
            span: span.unwrap_or_else(|| self.place.head()),
            written: span.map(|span| self.written(span).to_owned()).unwrap_or_default(),
            text: text.to_owned(),
            help: found.help().map(|help| help.to_string().replace('\n', " ")).unwrap_or_default(),
        }
    }

    fn written(&self, span: Span) -> &str {
        self.place.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    fn error(&self, error: &ValidationError, said: &Said) -> Diagnostic {
        match error {
            ValidationError::UnrecognizedEntityType(_) => self.no_kind(said),
            ValidationError::UnrecognizedActionId(_) => self.no_action(said),
            ValidationError::InvalidEnumEntity(_) => self.no_choice(said),
            ValidationError::UnexpectedType(_) => self.other_type(said),
            ValidationError::IncompatibleTypes(_) => self.never_equal(said),
            ValidationError::UnsafeOptionalAttributeAccess(_) => may_be_absent(said),
            ValidationError::UnsafeTagAccess(_) => tag_may_be_absent(said),
            ValidationError::NoTagsAllowed(_) => no_tags(said),
            ValidationError::WrongNumberArguments(_) => wrong_number(said),
            ValidationError::FunctionArgumentValidation(_) => no_such_value(said),
            ValidationError::EmptySetForbidden(_) => said
                .finding("an empty set does not say what it would hold")
                .help("ask whether a set is empty with `.isEmpty()`, or leave the comparison out"),
            ValidationError::NonLitExtConstructor(_) => said
                .finding(format!("`{}` takes a text that is written out", function(&said.written)))
                .help("add a `computed` field to the kind, and compare that"),
            _ => {
                let finding = said.finding(format!("the policy does not fit: {}", sentence_case(&said.text)));
                finding.help(if said.help.is_empty() { EVERYTHING } else { &said.help })
            }
        }
    }

    fn no_kind(&self, said: &Said) -> Diagnostic {
        let name = said.first();
        // Of `Grup::"students"` the kind only.
        let length = said.written.find("::\"").filter(|at| *at > 0).unwrap_or(said.written.len());
        let span = Span { end: said.span.start + length as u32, ..said.span };
        let finding = Diagnostic::new(&codes::POLICY_TYPE, span, format!("policies know no kind `{name}`"));
        let kinds = self.shapes.kinds.iter().flatten().map(|shape| shape.type_name.as_str());
        let near = suggest::nearest(name, kinds.chain(self.shapes.enums.values().map(String::as_str)));
        match near.as_slice() {
            [] if name == "Secret" => finding.help("what secrets are never leaves the files: ask for what uses them"),
            [] => finding.help(EVERYTHING),
            near => finding.did_you_mean(span, near),
        }
    }

    fn no_action(&self, said: &Said) -> Diagnostic {
        let id = id_of(said.first());
        let finding = said.finding(format!("there is no action `{id}`"));
        let near: Vec<String> = self.near_actions(id).iter().map(|near| format!("Action::{}", quoted(near))).collect();
        let near: Vec<&str> = near.iter().map(String::as_str).collect();
        if near.is_empty() {
            self.actions_of_resource(finding, said.span)
        } else {
            finding.did_you_mean(said.span, &near)
        }
    }

    /// Nothing is spelt alike: what can be done with the policy's resource. One that is alone is a guess.
    fn actions_of_resource(&self, finding: Diagnostic, span: Span) -> Diagnostic {
        let resource = self.said_kind("resource");
        let of_kind = |action: &&ActionShape| Some(self.shapes.type_name(action.kind)) == resource;
        let known: Vec<&str> = self.shapes.actions.iter().filter(of_kind).map(|action| action.id.as_str()).collect();
        let (Some(kind), Some(first)) = (resource, known.first()) else { return finding.help(EVERYTHING) };
        let finding = finding.help(format!("on {kind} there is `{}`", known.join("`, `")));
        if known.len() > 1 {
            return finding;
        }
        let written = format!("Action::{}", quoted(first));
        finding.fix(Fix::replace(span, &written, format!("write `{written}`")).may_change_meaning())
    }

    /// The same word of a kind, that of the policy's resource first; else what is spelt alike.
    fn near_actions(&self, id: &str) -> Vec<&str> {
        let (kind, word) = id.rsplit_once(['.', ':']).unwrap_or(("", id));
        let actions = || self.shapes.actions.iter();
        let same: Vec<_> = actions().filter(|action| action.id.rsplit('.').next() == Some(word)).collect();
        let (of_word, resource) = (type_name(kind.trim_end_matches(':')), self.said_kind("resource"));
        let fits = |kind| {
            let name = self.shapes.type_name(kind);
            name == of_word || Some(name) == resource
        };
        let exact: Vec<&str> = same.iter().filter(|action| fits(action.kind)).map(|a| a.id.as_str()).collect();
        match (exact.is_empty(), same.is_empty()) {
            (false, _) => exact,
            (true, false) => same.iter().map(|action| action.id.as_str()).collect(),
            (true, true) => suggest::nearest(id, actions().map(|action| action.id.as_str())),
        }
    }

    /// The kind that the policy says of its variable: `resource is Profile`, `resource == Profile::"large"`.
    fn said_kind(&self, variable: &str) -> Option<&str> {
        let Place { text, policy, .. } = self.place;
        let word = |at| policy.word(text, at);
        let says = |at: &usize| word(*at) == variable && matches!(word(at + 1), "is" | "==" | "in");
        let at = (0..policy.tokens.len()).find(says)?;
        Some(word(at + 2))
    }

    fn no_choice(&self, said: &Said) -> Diagnostic {
        let literal = said.first();
        let (name, word) = (literal.split("::\"").next().unwrap_or_default(), id_of(literal));
        let finding = said.finding(format!("there is no `{word}` in `{name}`"));
        let choices = self.choices(name);
        match suggest::nearest(word, choices.iter().copied()).as_slice() {
            [] => finding.help(format!("it is one of {}", choices.join(", "))),
            near => {
                let near: Vec<String> = near.iter().map(|near| format!("{name}::{}", quoted(near))).collect();
                finding.did_you_mean(said.span, &near.iter().map(String::as_str).collect::<Vec<_>>())
            }
        }
    }

    /// The words of an enum; none for another type.
    fn choices(&self, type_name: &str) -> Vec<&str> {
        let values = self.shapes.enum_of(type_name).map(|of| self.model.kinds.enums[of].values.iter());
        values.into_iter().flatten().map(|value| self.model.text(value.name)).collect()
    }

    fn other_type(&self, said: &Said) -> Diagnostic {
        let sentence = said.text.strip_prefix("unexpected type: expected ").unwrap_or(&said.text);
        let (expected, actual) = sentence.rsplit_once(" but saw ").unwrap_or((sentence, "__cedar::internal::Never"));
        let expected = types::listed(expected);
        let wanted: BTreeSet<String> = expected.iter().map(|one| types::words(self.shapes, one)).collect();
        let wanted: Vec<String> = wanted.into_iter().collect();
        let is = types::words(self.shapes, actual);
        let finding = said.finding(format!("{} is {is}, and {} is needed here", said.subject(), wanted.join(" or ")));
        let written_right = expected.iter().find_map(|wanted| self.written_as(wanted, literals::text(&said.written)?));
        match written_right {
            Some(right) => finding.did_you_mean(said.span, &[&right]),
            None if actual == "String" && expected.len() > 1 && expected.contains(&"Long") => {
                finding.help("texts have no order: ask with `==`, `!=` or `like`")
            }
            None if actual == "String" && expected.contains(&"Long") => finding.help(NUMBERS),
            None if let Some(example) = example(actual) => finding.help(format!("compare it with `{example}`")),
            None => finding.help(way_out(&said.help).unwrap_or(EVERYTHING)),
        }
    }

    fn never_equal(&self, said: &Said) -> Diagnostic {
        let list = said.text.strip_prefix("the types ").and_then(|rest| rest.strip_suffix(" are not compatible"));
        let printed = types::listed(list.unwrap_or_default());
        let words: Vec<String> = printed.iter().map(|one| types::words(self.shapes, one)).collect();
        let is_about = |what: &str| said.help.contains(what);
        let message = match words.as_slice() {
            _ if is_about("elements of a set must") => {
                format!("a set holds one type, and here it holds {}", types::joined(&words))
            }
            _ if is_about("conditional") => format!("`then` and `else` differ: {}", types::joined(&words)),
            [one, other] => format!("{one} is never equal to {other}"),
            _ => format!("these types are never equal: {}", types::joined(&words)),
        };
        let finding = said.finding(message);
        match self.meant_literal(said.span, &printed) {
            Some((span, right)) => finding.did_you_mean(span, &[&right]),
            None => finding.help(EVERYTHING),
        }
    }

    fn warning(&self, policy: &Policy, warning: &ValidationWarning) -> Diagnostic {
        let said = self.said(warning, &warning.to_string());
        let what = shown(said.first().trim_matches('"'));
        match warning {
            ValidationWarning::MixedScriptString(_) | ValidationWarning::MixedScriptIdentifier(_) => said
                .doubt(format!("`{what}` mixes letters of several scripts"))
                .label("it can look like another name")
                .help("type it again with one keyboard"),
            ValidationWarning::BidiCharsInString(_) | ValidationWarning::BidiCharsInIdentifier(_) => said
                .doubt(format!("`{what}` turns the direction of writing"))
                .label("it reads otherwise than it is")
                .help("type it again instead of pasting it"),
            ValidationWarning::ConfusableIdentifier(_) => said
                .doubt(format!("`{what}` holds `{}`, which can be taken for another character", self.confusable(&said)))
                .help("type it again instead of pasting it"),
            ValidationWarning::ImpossiblePolicy(_) => said
                .doubt("this policy can never apply: its conditions hold for nobody")
                .help("mend its conditions, or remove it"),
            ValidationWarning::InvalidActionApplication(_) => self.no_application(policy, &said),
            _ => said.doubt(sentence_case(&said.text)).help(if said.help.is_empty() { EVERYTHING } else { &said.help }),
        }
    }

    fn confusable(&self, said: &Said) -> String {
        said.quoted().get(1).map(|character| shown(character)).unwrap_or_default()
    }

    /// Who and what the policy names never meet in an action.
    fn no_application(&self, policy: &Policy, said: &Said) -> Diagnostic {
        let mut finding = said.doubt("this policy can never apply: no action fits its principal and resource");
        for variable in
            ["principal", "resource"].into_iter().filter(|word| said.help.contains(&format!("in the {word} clause")))
        {
            finding = self.meant_in(finding, variable);
        }
        if finding.help.is_empty() {
            let principals = schema::principals(self.shapes).join("` or a `");
            let named = match policy.action_constraint() {
                ActionConstraint::Any => Vec::new(),
                ActionConstraint::Eq(action) => vec![action],
                ActionConstraint::In(actions) => actions,
            };
            let named = named.iter().filter_map(|uid| self.shapes.action_of(uid.id().unescaped())).take(3);
            let about = named.map(|action| {
                let resource = self.shapes.type_name(action.kind);
                format!("`{}` is what a `{principals}` does to a `{resource}`", action.id)
            });
            finding.help.extend(about);
        }
        if finding.help.is_empty() { finding.help("name the action, and what it is done to") } else { finding }
    }

    /// `principal == Group::"students"` is the group itself, and its members are meant.
    fn meant_in(&self, finding: Diagnostic, variable: &str) -> Diagnostic {
        let Place { text, policy, .. } = self.place;
        let at =
            (0..policy.tokens.len()).find(|at| policy.word(text, *at) == variable && policy.word(text, at + 1) == "==");
        let sign = at.and_then(|at| policy.tokens.get(at + 1)).map(|token| self.place.span(token.range.clone()));
        let help = format!("`{variable} ==` is one itself: write `{variable} in` for what belongs to it");
        match sign {
            Some(sign) => finding.help(help).fix(Fix::replace(sign, "in", "write `in`").may_change_meaning()),
            None => finding.help(help),
        }
    }

    /// What Cedar's parser says.
    pub(super) fn syntax(&self, error: &dyn miette::Diagnostic) -> Diagnostic {
        let label = error.labels().and_then(|mut labels| labels.next());
        let span = label.as_ref().map_or(self.place.head(), |label| self.place.inner(label.offset(), label.len()));
        let message = error.to_string();
        let finding = |message: String| Diagnostic::new(&codes::POLICY_SYNTAX, span, message);
        if let Some(word) = message.strip_prefix("invalid variable: ") {
            return self.no_variable(span, word);
        }
        if message.starts_with("invalid member access") {
            let variable = self.written(span).split('.').next().unwrap_or_default();
            return self.no_variable(Span { end: span.start + variable.len() as u32, ..span }, variable);
        }
        if message.starts_with("expected a static policy") || message.starts_with("found template slot") {
            return finding(format!("`{}` is a gap to be filled in, and policies here have none", self.written(span)))
                .help("write whom or what the policy is about, or leave the condition out");
        }
        if message.starts_with("'=' is not a valid operator") {
            return finding("`=` compares nothing".to_owned()).help("write `==`");
        }
        let expected = label.as_ref().and_then(|label| label.label()).unwrap_or_default().to_owned();
        let mut other = finding(sentence_case(&message)).label(expected);
        other.help.extend(error.help().map(|help| help.to_string()));
        if other.help.is_empty() && other.label.is_empty() {
            return other
                .help("a policy is `permit` or `forbid`, `(principal, action, resource)`, conditions, and `;`");
        }
        other
    }

    /// A name of an attribute as nbc writes it. `other` is what else is wrong with it when it is spelt as Cedar's are.
    pub(super) fn kebab_name(&self, span: Span, other: Option<Diagnostic>) -> Diagnostic {
        let (name, meant) = (self.written(span), self.written(span).replace('-', "_"));
        let found = Diagnostic::new(&codes::POLICY_SYNTAX, span, format!("`{name}` is a subtraction in a policy"))
            .label("policies write names with `_`");
        let Some(other) = other else { return found.did_you_mean(span, &[&meant]) };
        let fix = other
            .fix
            .map(|fix| Fix { edits: fix.edits.into_iter().map(|edit| Edit { span, ..edit }).collect(), ..fix });
        Diagnostic { help: other.help, fix, ..found }
    }

    /// A word that stands for nothing.
    fn no_variable(&self, span: Span, word: &str) -> Diagnostic {
        Diagnostic::new(&codes::POLICY_SYNTAX, span, format!("`{word}` stands for nothing in a policy"))
            .help("policies speak of `principal`, `action` and `resource`; a text stands between quotes")
    }
}

/// The text between the quotes of a literal, `Action::"read"`.
fn id_of(literal: &str) -> &str {
    let id = literal.split_once("::\"").and_then(|(_, rest)| rest.strip_suffix('"'));
    id.unwrap_or(literal)
}

/// The name of a function that is called: of `principal.until.offset(…)` the `offset`.
fn function(written: &str) -> &str {
    let name = written.split('(').next().unwrap_or_default();
    name.rsplit('.').next().unwrap_or_default().trim()
}

fn may_be_absent(said: &Said) -> Diagnostic {
    let finding = said.finding(format!("{} may be absent", said.subject()));
    match said.written.rsplit_once('.') {
        Some((base, name)) => finding.help(format!("ask first: `{base} has {name} && …`")),
        None => finding.help("ask first with `has`"),
    }
}

fn tag_may_be_absent(said: &Said) -> Diagnostic {
    let asked = said.written.replacen(".getTag(", ".hasTag(", 1);
    let tag = said.first().trim_matches('"');
    let finding = said.finding(format!("the tag `{tag}` may be absent"));
    if asked.is_empty() {
        finding.help("ask first with `hasTag`")
    } else {
        finding.help(format!("ask first: `{asked} && …`"))
    }
}

fn no_tags(said: &Said) -> Diagnostic {
    let owner = said.quoted().into_iter().find(|quoted| quoted.starts_with(|c: char| c.is_ascii_uppercase()));
    let owner = owner.map_or_else(|| "this".to_owned(), |owner| format!("`{owner}`"));
    said.finding(format!("{owner} has no tags")).help("read an attribute: `nbc schema cedar` prints which there are")
}

fn wrong_number(said: &Said) -> Diagnostic {
    let number = |before: &str| {
        let rest = said.text.split(before).nth(1).unwrap_or_default();
        rest.chars().take_while(char::is_ascii_digit).collect::<String>()
    };
    let name = function(&said.written);
    let (expected, got) = (number("Expected "), number("got "));
    let arguments = if expected == "1" { "argument" } else { "arguments" };
    let finding = said.finding(format!("`{name}` takes {expected} {arguments}, not {got}"));
    match example(name) {
        Some(example) => finding.help(format!("it is written `{example}`")),
        None => finding.help(EVERYTHING),
    }
}

/// How a date, a duration or a decimal number is written.
fn example(name: &str) -> Option<&'static str> {
    Some(match name {
        "datetime" => "datetime(\"2027-01-31\")",
        "duration" => "duration(\"1h30m\")",
        "decimal" => "decimal(\"0.75\")",
        "ip" | "ipaddr" => "ip(\"10.0.0.0/8\")",
        _ => return None,
    })
}

fn no_such_value(said: &Said) -> Diagnostic {
    let name = function(&said.written);
    let what = match name {
        "datetime" => "a date",
        "duration" => "a duration",
        "decimal" => "a decimal number",
        _ => "an address",
    };
    let finding = said.finding(format!("{} is not {what}", said.subject()));
    finding.help(format!("it is written `{}`", example(name).unwrap_or("ip(\"10.0.0.0/8\")")))
}

/// Cedar's proposals for a wrong type, in nbc's words.
fn way_out(help: &str) -> Option<&str> {
    Some(match help {
        "" => return None,
        "try using `like` to examine the contents of a string" => "look into a text with `like \"gpu-*\"`",
        "try using `contains`, `containsAny`, or `containsAll` to examine the contents of a set" => {
            "look into a set with `contains`, `containsAny` or `containsAll`"
        }
        "try using `contains` to test if a single element is in a set" => {
            "ask for one element of a set with `contains`"
        }
        "try using `has` to test for an attribute" => "ask for an attribute with `has`",
        "try using `is` to test for an entity type" => "ask for a kind with `is`",
        "try using `in` for entity hierarchy membership" => "ask for membership with `in`",
        "try using `== \"\"` to test if a string is empty" => "an empty text is `== \"\"`",
        "Cedar only supports run time type tests for entities" => "`is` asks for the kind of a person or thing only",
        "Cedar does not support string concatenation" => {
            "policies do not join texts: add a `computed` field to the kind, and compare that"
        }
        "Cedar does not support computing the union, intersection, or difference of sets" => {
            "policies do not join sets: ask with `containsAny` or `containsAll`"
        }
        other => other,
    })
}

/// A name with what cannot be seen in it written out.
pub(super) fn shown(name: &str) -> String {
    let is_seen = |c: char| c.is_alphanumeric() || c.is_ascii_graphic() || c == ' ';
    name.chars().map(|c| if is_seen(c) { c.to_string() } else { c.escape_unicode().to_string() }).collect()
}

/// Lower-case first letter, one line, no final period.
fn sentence_case(message: &str) -> String {
    let line = message.lines().collect::<Vec<_>>().join(" ");
    small_first_letter(line.trim_end_matches('.'))
}
