//! Cedar files of a workspace: the declarations that they name, as `DataSource::"cohort-7"`.

use nbc_driver::Analysis;
use nbc_model::kinds::KindId;
use nbc_model::world::EntityId;
use nbc_source::{FileId, FileKind, Span};

use super::completion::{Completion, Completions, Sort};
use super::place::people_name;

/// The declaration that a policy names at a byte, and where its handle stands.
pub fn named(analysis: &Analysis, file: FileId, offset: u32) -> Option<(EntityId, Span)> {
    let (text, at) = (text(analysis, file)?, offset as usize);
    let start = text.get(..at)?.rfind('"')? + 1;
    let end = at + text.get(at..)?.find('"')?;
    let kind = kind_before(analysis, text.get(..start - 1)?)?;
    let handle = analysis.model.names.find(text.get(start..end)?)?;
    let model = &analysis.model;
    let mut all =
        model.entities.iter().filter(|(_, row)| row.kind == kind && row.handle == handle && row.owner.is_none());
    let (id, _) = all.next()?;
    Some((id, Span::new(file, start as u32..end as u32)))
}

/// Everything of a kind, behind `User::"`.
pub fn complete(analysis: &Analysis, file: FileId, offset: u32) -> Option<Completions> {
    let (text, at) = (text(analysis, file)?, offset as usize);
    let start = text.get(..at)?.rfind('"')? + 1;
    let typed = text.get(start..at)?;
    let kind = kind_before(analysis, text.get(..start - 1)?)?;
    let model = &analysis.model;
    let all = model.entities.iter().filter(|(_, row)| row.kind == kind && row.owner.is_none() && row.test.is_none());
    let mut items: Vec<Completion> = all
        .map(|(id, row)| {
            let handle = model.handle(id).to_owned();
            let called = people_name(model, id);
            let label = called.clone().unwrap_or_else(|| handle.clone());
            let detail = if called.is_some() { handle.clone() } else { String::new() };
            let rank = (u8::from(row.package.is_some()), 0);
            Completion { label, detail, documentation: row.doc.clone(), insert: handle, sort: Sort::Declaration, rank }
        })
        .collect();
    let typed = typed.to_lowercase();
    items.retain(|item| item.insert.contains(&typed) || item.label.to_lowercase().contains(&typed));
    items.sort_by_cached_key(|item| (item.rank, item.label.clone()));
    let is_cut = items.len() > super::completion::MOST;
    items.truncate(super::completion::MOST);
    Some(Completions { items, replaces: Span::new(file, start as u32..offset), is_cut })
}

/// The text of a Cedar file.
fn text(analysis: &Analysis, file: FileId) -> Option<&str> {
    let source = analysis.sources().get(file)?;
    (source.kind == FileKind::Cedar).then_some(&*source.text)
}

/// The kind that a text ends with: `… principal == User::`.
fn kind_before(analysis: &Analysis, text: &str) -> Option<KindId> {
    let name = text.strip_suffix("::")?;
    let start = name.rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    let (model, wanted) = (&analysis.model, name.get(start..)?);
    model.kinds.kinds.iter().find(|(_, kind)| nbc_syntax::camel(model.text(kind.name)) == wanted).map(|(id, _)| id)
}
