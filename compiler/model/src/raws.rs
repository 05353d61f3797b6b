//! `raw TARGET on PATH '''…'''`: text of a target's own language, bound to the declaration that it belongs to.

use nbc_source::{Diagnostic, Diagnostics, Sources, Span};
use nbc_syntax::ast;

use crate::codes;
use crate::collect::span_of;
use crate::files::File;
use crate::kinds::Type;
use crate::model::{Model, Raw};
use crate::scope::{References, Viewpoint, Written};
use crate::value::Value;
use crate::world::EntityId;

/// Fills `Model.raws`, in the order of files.
pub(crate) fn bind(model: &mut Model, sources: &Sources, files: &[File], diagnostics: &mut Diagnostics) {
    for file in files {
        for declaration in file.root.declarations() {
            let ast::Declaration::Raw(raw) = declaration else { continue };
            let (Some(target), Some(on)) = (raw.backend(), target_of(model, file, &raw, diagnostics)) else { continue };
            let Some((text, span)) = text_of(sources, file, &raw, diagnostics) else { continue };
            let target = model.names.intern(target.text());
            model.raws.push(Raw { target, on, text, span });
        }
    }
}

/// The declaration that the path names; a path below it belongs to it too.
fn target_of(model: &Model, file: &File, raw: &ast::RawDecl, diagnostics: &mut Diagnostics) -> Option<EntityId> {
    let path = raw.path()?;
    let mut keys = path.segments();
    let (kind, handle) = (keys.next()?, keys.next()?);
    let Some(kind_id) = model.kind(&kind.text()) else {
        let message = format!("there is no kind `{}`", kind.text());
        let unknown = Diagnostic::new(&codes::UNKNOWN_KIND, file.span(kind.range()), message);
        diagnostics.push(unknown.label("no such kind"));
        return None;
    };
    let references = References {
        names: &model.names,
        kinds: &model.kinds,
        entities: &model.entities,
        stages: &model.stages,
        directory: &model.directory,
    };
    let name = handle.text();
    let written = Written { kind: None, name: &name, span: file.span(handle.range()), quoted: false };
    match references.resolve(&Type::Entity(kind_id), written, Viewpoint::default(), diagnostics) {
        Value::Entity(entity) => Some(entity),
        _ => None,
    }
}

/// The text and where it stands: inside the quotes, or a whole file.
fn text_of(
    sources: &Sources,
    file: &File,
    raw: &ast::RawDecl,
    diagnostics: &mut Diagnostics,
) -> Option<(String, Span)> {
    match raw.source()? {
        ast::RawSource::Verbatim(verbatim) => Some((verbatim.value().into_owned(), span_of(file.id, verbatim.range()))),
        ast::RawSource::File(text) => {
            let path = text.plain()?;
            let Some((id, source)) = sources.find(&path).and_then(|id| sources.get(id).map(|source| (id, source)))
            else {
                let message = format!("there is no file `{path}`");
                let missing =
                    Diagnostic::new(&codes::MISSING_FILE, file.span(text.range()), message).label("named here");
                diagnostics.push(missing.help("paths start at the folder of nbc.toml"));
                return None;
            };
            Some((source.text.to_string(), Span::new(id, 0..source.text.len() as u32)))
        }
    }
}
