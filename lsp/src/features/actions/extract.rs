//! Takes what two declarations share out of both, into a parent that they extend.

use nbc_model::kinds::Field;
use nbc_source::{Edit, Span};
use nbc_syntax::ast::{AstNode, Handle, Instance, Item, Operation, removal};
use nbc_syntax::{SyntaxKind, SyntaxNode};

use super::super::completion::is_required;
use super::super::place::View;
use super::insertion::{edit, insert};
use super::{Action, Sort, is_own};

/// Fewer lines are not worth a parent.
const FEWEST: usize = 2;

/// The declaration at a place, and the one of its kind that says most of the same.
pub(super) fn parent(view: &View<'_>, at: Span) -> Option<Action> {
    let token = view.token(at.start)?;
    let node = token.parent().filter(|node| node.kind() == SyntaxKind::INSTANCE)?;
    let here = Sharing::of(view.clone(), node)?;
    let files =
        view.analysis.workspace.own_files().filter(|parsed| is_own(view.analysis, Span::new(parsed.file, 0..0)));
    let others = files.filter_map(|parsed| View::new(view.analysis, parsed.file)).flat_map(|view| {
        let nodes: Vec<SyntaxNode> = view.root.children().filter(|node| node.kind() == SyntaxKind::INSTANCE).collect();
        nodes.into_iter().filter_map(move |node| Sharing::of(view.clone(), node))
    });
    let others = others.filter(|other| other.kind == here.kind && other.handle != here.handle);
    let best = others.map(|other| (here.shared(&other).len(), other)).filter(|(shared, _)| *shared >= FEWEST);
    let (_, other) = best.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    here.extract(&other)
}

/// A declaration that extends nothing yet, and what it says that a child would inherit.
struct Sharing<'a> {
    view: View<'a>,
    instance: Instance,
    kind: String,
    handle: String,
    items: Vec<(Item, &'a Field, String)>,
}

impl<'a> Sharing<'a> {
    fn of(view: View<'a>, node: SyntaxNode) -> Option<Sharing<'a>> {
        let instance = Instance::cast(node)?;
        let Some(Handle::Name(name)) = instance.handle() else { return None };
        let is_plain = instance.extends().is_none() && instance.from().is_none();
        let kind = instance.kind_ref().filter(|_| is_plain)?.text().to_owned();
        let body = instance.body()?;
        let holder = view.holder(body.syntax())?;
        let inherited = body.items().filter_map(|item| {
            let (_, field) = view.field(&holder, &item.key()?.text())?;
            let is_titled = matches!(view.model().text(field.name), "title" | "was" | "deprecated");
            let counts = item.operation() == Operation::Plain && !field.own && !is_titled;
            let text = item.syntax().text().to_string().split_whitespace().collect::<Vec<_>>().join(" ");
            counts.then_some((item, field, text))
        });
        let items = inherited.collect();
        let handle = name.text().to_owned();
        Some(Sharing { items, instance, kind, handle, view })
    }

    fn shared(&self, other: &Sharing<'_>) -> Vec<&(Item, &'a Field, String)> {
        self.items.iter().filter(|(.., text)| other.items.iter().any(|(.., same)| same == text)).collect()
    }

    fn extract(&self, other: &Sharing<'_>) -> Option<Action> {
        let model = self.view.model();
        let kind = model.kind(&self.kind)?;
        let fields = &model.kinds.kinds[kind].fields;
        let required: Vec<&Field> =
            fields.iter().map(|(_, field)| field).filter(|field| is_required(model, field)).collect();
        // What everything of the kind must say, the parent must say too: where the two differ, as the first one does.
        let shared = self.shared(other);
        let is_taken = |field: &Field, text: &String| {
            shared.iter().any(|(.., same)| same == text) || required.iter().any(|needed| needed.name == field.name)
        };
        let taken: Vec<_> = self.items.iter().filter(|(_, field, text)| is_taken(field, text)).collect();
        if required.iter().any(|needed| taken.iter().all(|(_, field, _)| field.name != needed.name)) {
            return None;
        }
        let name = self.name(other)?;
        let lines: String =
            taken.iter().map(|(item, ..)| format!("  {}\n", item.syntax().text().to_string().trim())).collect();
        let start = self.instance.range().start();
        let parent = insert(&self.view, start, format!("{} {name} {{\n{lines}}}\n\n", self.kind));
        let mut edits = vec![parent];
        edits.extend(self.without(&name, |text| taken.iter().any(|(.., same)| same == text)));
        edits.extend(other.without(&name, |text| taken.iter().any(|(.., same)| same == text)));
        let title = format!("take what `{}` and `{}` share into {} `{name}`", self.handle, other.handle, self.kind);
        Some(Action { title, edits, sort: Sort::Extraction, is_safe: false })
    }

    /// A free name: what the two names begin with, or the kind's.
    fn name(&self, other: &Sharing<'_>) -> Option<String> {
        let words = |handle: &str| handle.split('-').map(str::to_owned).collect::<Vec<_>>();
        let (one, two) = (words(&self.handle), words(&other.handle));
        let same: Vec<String> = one.into_iter().zip(two).take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
        let begin = if same.is_empty() { self.kind.clone() } else { same.join("-") };
        let model = self.view.model();
        let is_free = |name: &String| {
            model.names.find(name).is_none_or(|name| model.entities.iter().all(|(_, row)| row.handle != name))
        };
        [begin.clone(), format!("{begin}-base"), format!("common-{begin}")]
            .into_iter()
            .find(|name| *name != self.kind && is_free(name))
    }

    /// The edits that make it a child without what the parent says.
    fn without(&self, parent: &str, is_taken: impl Fn(&String) -> bool) -> Vec<Edit> {
        let handle = self.instance.handle().map(|handle| handle.range().end());
        let extends = handle.map(|end| insert(&self.view, end, format!(" extends {parent}")));
        let gone: Vec<&(Item, &Field, String)> = self.items.iter().filter(|(.., text)| is_taken(text)).collect();
        let body = self.instance.body();
        let is_all = body.as_ref().is_some_and(|body| body.items().count() == gone.len());
        if let Some(body) = body.filter(|_| is_all) {
            let empty = edit(&self.view, body.range(), "{ }".to_owned());
            return extends.into_iter().chain([empty]).collect();
        }
        let removed = gone.iter().map(|(item, ..)| edit(&self.view, removal(item.syntax()), String::new()));
        extends.into_iter().chain(removed).collect()
    }
}
