//! What can be told of a platform in which something is wrong already, so that nobody corrects it only to be told the rest.
//!
//! Half a platform is not decided and not tested. But what a check says of things that are there, nothing that is missing
//! makes untrue; which checks those are, and which kinds must be whole for them, `platform` knows.

use std::collections::BTreeSet;

use nbc_model::Model;
use nbc_platform::{Draft, checks};
use nbc_source::{Diagnostic, Diagnostics, Level, Span};
use nbc_syntax::ast::{self, AstNode as _};
use nbc_syntax::{SyntaxNode, SyntaxToken, TextSize};

use crate::pipeline::{hides_declarations, is_chosen, stage_name};
use crate::workspace::Workspace;

/// Errors of phase 10 beyond those that were found before it.
pub(crate) fn judge(workspace: &Workspace, model: &Model, found: &Diagnostics, only: Option<&str>) -> Diagnostics {
    let wrong = Wrong::of(workspace, model, found);
    let mut out = Diagnostics::new();
    for world in model.worlds.iter().filter(|world| is_chosen(model, world, only)) {
        let draft = Draft::new(model, world, &workspace.sources, &workspace.settings.targets);
        for mut early in checks::run_early(&draft, |kind| wrong.spares(kind)) {
            if early.level == Level::Error && !wrong.touches(workspace, &early) {
                early.stages.extend(stage_name(model, world));
                out.push(early);
            }
        }
    }
    out
}

/// Where something is wrong.
struct Wrong {
    kinds: BTreeSet<String>,
    /// The fields, or whole declarations.
    parts: Vec<Span>,
    /// An error in a place that may touch any.
    any: bool,
}

impl Wrong {
    fn of(workspace: &Workspace, model: &Model, found: &Diagnostics) -> Wrong {
        let mut wrong = Wrong { kinds: BTreeSet::new(), parts: Vec::new(), any: false };
        for error in found.iter().filter(|found| found.level == Level::Error) {
            wrong.parts.extend(error.span.map(|span| part_at(workspace, span)));
            // A text that could not be read may have held anything.
            let kind = error.span.filter(|_| !hides_declarations(error)).and_then(|span| kind_at(workspace, span));
            match kind.filter(|kind| model.kind(kind).is_some()) {
                Some(kind) => {
                    wrong.kinds.insert(kind);
                }
                None => wrong.any = true,
            }
        }
        wrong
    }

    fn spares(&self, kind: &str) -> bool {
        !self.any && !self.kinds.contains(kind)
    }

    /// Whether a finding is about a field in which something is wrong: what that says may be the reason.
    fn touches(&self, workspace: &Workspace, early: &Diagnostic) -> bool {
        let spans = early.span.into_iter().chain(early.related.iter().map(|related| related.span));
        let meets =
            |one: Span, other: &Span| one.file == other.file && one.start <= other.end && other.start <= one.end;
        spans.map(|span| part_at(workspace, span)).any(|part| self.parts.iter().any(|wrong| meets(part, wrong)))
    }
}

/// The innermost field around a place, or the whole declaration where it is about that.
fn part_at(workspace: &Workspace, span: Span) -> Span {
    let is_part = |node: &SyntaxNode| {
        ast::Item::can_cast(node.kind()) || ast::Change::can_cast(node.kind()) || ast::Instance::can_cast(node.kind())
    };
    let part = token_at(workspace, span).and_then(|token| token.parent_ancestors().find(is_part));
    part.map_or(span, |part| {
        let range = part.text_range();
        Span::new(span.file, range.start().into()..range.end().into())
    })
}

fn token_at(workspace: &Workspace, span: Span) -> Option<SyntaxToken> {
    let file = workspace.parsed.iter().find(|parsed| parsed.file == span.file)?;
    let root = file.parse.syntax();
    let at = TextSize::from(span.start).min(root.text_range().end());
    root.token_at_offset(at).right_biased()
}

/// Whether a rule may be unknown because something is wrong with it.
pub(crate) fn hides_a_rule(workspace: &Workspace, found: &Diagnostic) -> bool {
    let token = found.span.filter(|_| found.level == Level::Error).and_then(|span| token_at(workspace, span));
    let is_in_rule =
        token.is_some_and(|token| token.parent_ancestors().any(|node| ast::RuleDecl::can_cast(node.kind())));
    is_in_rule || hides_declarations(found)
}

/// The kind of the declaration around a place, or that a change in a stage is about.
fn kind_at(workspace: &Workspace, span: Span) -> Option<String> {
    token_at(workspace, span)?.parent_ancestors().find_map(kind_of)
}

fn kind_of(node: SyntaxNode) -> Option<String> {
    if let Some(change) = ast::Change::cast(node.clone()) {
        return change.path()?.segments().next().map(|kind| kind.text().into_owned());
    }
    ast::Instance::cast(node)?.kind_ref().map(|kind| kind.text().to_owned())
}
