//! Files that a text can name: tables behind `from`, environments and their locks, templates, `raw` texts.

use nbc_source::Span;
use nbc_syntax::ast::{self, AstNode};
use nbc_syntax::{SyntaxKind, SyntaxNode, TextSize};

use super::completion::{Completion, Completions, MOST, Sort};
use super::place::View;

/// The files that could be named in the text at a byte; `None` where it is no name of a file.
pub fn complete(view: &View<'_>, offset: u32, files: &dyn Fn() -> Vec<String>) -> Option<Completions> {
    let token = view.root.token_at_offset(TextSize::new(offset)).find(|token| token.kind() == SyntaxKind::TEXT)?;
    let start = u32::from(token.text_range().start()) + 1;
    let end = u32::from(token.text_range().end()).checked_sub(1)?;
    let typed = token.text().get(1..(offset.checked_sub(start)? + 1) as usize)?.to_lowercase();
    if offset > end {
        return None;
    }
    let endings = endings(&token.parent()?)?;
    let fits = |path: &&String| {
        let is_named_so = endings.is_empty() || endings.iter().any(|ending| path.ends_with(ending));
        is_named_so && path.to_lowercase().contains(&typed)
    };
    let folder = folder(view.analysis.sources().path(view.file));
    let mut items: Vec<Completion> = files().iter().filter(fits).map(|path| item(path, folder)).collect();
    items.sort_by(|a, b| (a.rank, &a.label).cmp(&(b.rank, &b.label)));
    let is_cut = items.len() > MOST;
    items.truncate(MOST);
    Some(Completions { items, replaces: Span::new(view.file, start..end), is_cut })
}

fn item(path: &str, near: &str) -> Completion {
    Completion {
        label: path.to_owned(),
        detail: String::new(),
        documentation: String::new(),
        insert: path.to_owned(),
        sort: Sort::Value,
        rank: (u8::from(folder(path) != near), 0),
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// How the names of files end that fit the place of a text; `None` where no file is named.
fn endings(node: &SyntaxNode) -> Option<&'static [&'static str]> {
    match node.kind() {
        SyntaxKind::INSTANCE => Some(&[".csv"]),
        SyntaxKind::EMIT | SyntaxKind::RAW_DECL => Some(&[]),
        _ => {
            let item = node.ancestors().find_map(ast::Item::cast)?;
            let instance = item.syntax().ancestors().find_map(ast::Instance::cast)?;
            let is_environment = instance.kind_ref().is_some_and(|kind| kind.text() == "environment");
            match (is_environment, item.key()?.text().as_ref()) {
                (true, "file") => Some(&[".yml", ".yaml", "pixi.toml"]),
                (true, "lock") => Some(&[".lock", "-lock.yml"]),
                _ => None,
            }
        }
    }
}
