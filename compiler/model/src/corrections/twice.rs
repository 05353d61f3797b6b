//! Something declared a second time: the change that a stage meant by it, or the removal of the one that says no more.
//!
//! Nothing beyond one of the two declarations is touched, and nothing is taken away that only it says.

use nbc_source::{Diagnostic, Fix, Span};
use nbc_syntax::SyntaxKind::{INSTANCE, STAGE_BODY, TEST_BODY};
use nbc_syntax::ast::{self, AstNode};
use nbc_syntax::{SyntaxKind, SyntaxNode};

use super::{declaration, enclosing};
use crate::collect::span_of;
use crate::files::ParsedFile;

/// Adds the way out to `declared twice`, where the trees of both places show one.
pub(super) fn correct(parsed: &[ParsedFile], found: &mut Diagnostic, span: Span) {
    let Some(first) = found.related.first().map(|first| first.span) else { return };
    let (second, first) = (Place::at(parsed, span).or_else(|| whole(parsed, span)), Place::at(parsed, first));
    let Some(second) = second else {
        // What names a row may be said in text too; only an empty declaration adds nothing to it.
        found.fix = first.filter(Place::is_empty).map(|first| first.removal());
        return;
    };
    let in_layer = [Some(&second), first.as_ref()].into_iter().flatten().find(|place| place.is_in_layer());
    match (in_layer, &first) {
        (Some(place), _) => {
            let other = if place.span == second.span { first.as_ref() } else { Some(&second) };
            change_instead(found, place, other);
        }
        (None, Some(first)) => found.fix = surplus(&second, first),
        (None, None) if second.instance().is_none() || second.is_empty() => found.fix = Some(second.removal()),
        (None, None) => {}
    }
}

/// One of the two declarations.
struct Place {
    span: Span,
    node: SyntaxNode,
}

impl Place {
    fn at(parsed: &[ParsedFile], span: Span) -> Option<Place> {
        let root = parsed.iter().find(|file| file.file == span.file)?.parse.syntax();
        let node = enclosing(&root, span, &[INSTANCE])?;
        // What a loop makes is not taken away from one of its rounds.
        let is_made = node.ancestors().any(|above| above.kind() == SyntaxKind::FOR_DECL);
        (!is_made).then_some(Place { span, node })
    }

    fn instance(&self) -> Option<ast::Instance> {
        ast::Instance::cast(self.node.clone())
    }

    fn is_in_layer(&self) -> bool {
        self.node.parent().is_some_and(|parent| matches!(parent.kind(), STAGE_BODY | TEST_BODY))
    }

    fn removal(&self) -> Fix {
        let whole = span_of(self.span.file, ast::removal(&self.node));
        Fix::replace(whole, "", "take it away").may_change_meaning()
    }

    fn body(&self) -> Option<ast::Body> {
        self.instance().and_then(|instance| instance.body())
    }

    fn is_empty(&self) -> bool {
        self.body().is_some_and(|body| body.items().next().is_none())
    }

    /// What it says, as paths to fields.
    fn said(&self) -> Vec<String> {
        let mut paths = Vec::new();
        if let Some(body) = self.body() {
            leaves(&body, "", &mut |path, _| paths.push(path.to_owned()));
        }
        paths
    }
}

/// Rules, values and types declared twice, which no stage holds.
fn whole(parsed: &[ParsedFile], span: Span) -> Option<Place> {
    let root = parsed.iter().find(|file| file.file == span.file)?.parse.syntax();
    let node = declaration(&root, span)?;
    (!matches!(node.kind(), INSTANCE | SyntaxKind::FOR_DECL | SyntaxKind::STAGE_DECL | SyntaxKind::TEST_DECL))
        .then_some(Place { span, node })
}

/// Every field with a value and its path, blocks taken apart.
fn leaves(body: &ast::Body, before: &str, take: &mut impl FnMut(&str, &ast::Item)) {
    for item in body.items() {
        let Some(key) = item.key() else { continue };
        let path = format!("{before}{}", key_text(&key));
        match item.body().filter(|_| item.is_block() && item.extends().is_none()) {
            Some(inner) if inner.items().next().is_some() => leaves(&inner, &format!("{path}."), take),
            _ => take(&path, &item),
        }
    }
}

fn key_text(key: &ast::Key) -> String {
    let text = key.text();
    if crate::expand::is_handle(&text) { text.into_owned() } else { format!("\"{text}\"") }
}

/// The one of two that says nothing which the other does not say.
fn surplus(second: &Place, first: &Place) -> Option<Fix> {
    let (of_second, of_first) = (second.said(), first.said());
    let within = |inner: &[String], outer: &[String]| inner.iter().all(|path| outer.contains(path));
    if within(&of_second, &of_first) {
        Some(second.removal())
    } else if within(&of_first, &of_second) {
        Some(first.removal())
    } else {
        None
    }
}

/// `override platform.institute.domain: …` for a block of a stage or test that repeats the declaration.
fn change_instead(found: &mut Diagnostic, place: &Place, other: Option<&Place>) {
    let Some((subject, changes)) = changes(place, other) else { return };
    let layer = if place.node.parent().is_some_and(|body| body.kind() == TEST_BODY) { "test" } else { "stage" };
    let example = changes.first().map_or_else(
        || format!("override {subject}.…: …"),
        |change| {
            let line = change.lines().next().unwrap_or_default();
            if change.contains('\n') { format!("{line} …") } else { line.to_owned() }
        },
    );
    found.help.push(format!("a {layer} changes it: `{example}`"));
    let whole = span_of(place.span.file, place.node.text_range());
    let title = if changes.len() == 1 { "write the change" } else { "write the changes" };
    found.fix = (!changes.is_empty()).then(|| Fix::replace(whole, changes.join("\n  "), title).may_change_meaning());
}

/// The thing's path, and a line for each field; no line where one of them is an operation that changes have not.
fn changes(place: &Place, other: Option<&Place>) -> Option<(String, Vec<String>)> {
    let instance = place.instance()?;
    let handle = match instance.handle()? {
        ast::Handle::Name(name) => name.text().to_owned(),
        ast::Handle::Text(text) => text.plain()?.into_owned(),
        ast::Handle::Foreign(_) => return None,
    };
    let subject = format!("{}.{handle}", instance.kind_ref()?.text());
    let said = other.map(Place::said).unwrap_or_default();
    let (mut lines, mut can_all) = (Vec::new(), instance.extends().is_none());
    leaves(&instance.body()?, "", &mut |path, item| {
        let word = match item.operation() {
            ast::Operation::Plain if item.extends().is_none() => {
                if said.iter().any(|other| other == path) {
                    "override"
                } else {
                    "set"
                }
            }
            ast::Operation::Add => "add",
            ast::Operation::Remove => "remove",
            _ => return can_all = false,
        };
        match item.value() {
            Some(value) => lines.push(format!("{word} {subject}.{path}: {}", value.syntax().text())),
            None => can_all = false,
        }
    });
    Some((subject, if can_all { lines } else { Vec::new() }))
}
