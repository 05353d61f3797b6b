//! `raw TARGET on PATH '''…'''`: text of a target's own language, bound to the declaration that it belongs to.

use nbc_source::{About, Diagnostic, Diagnostics, Sources, Span};
use nbc_syntax::ast::{self, AstNode};

use crate::codes;
use crate::expand::WRITTEN;
use crate::files::File;
use crate::kinds::Type;
use crate::model::{Model, Raw};
use crate::scope::{self, References, Viewpoint};
use crate::value::{Layer, Origin, Value};
use crate::world::EntityId;

/// Fills `Model.raws`, in the order of files.
pub(crate) fn bind(model: &mut Model, sources: &Sources, files: &[File], diagnostics: &mut Diagnostics) {
    for file in files {
        for declaration in &file.definitions {
            let ast::Declaration::Raw(raw) = declaration else { continue };
            let (Some(target), Some(on)) = (raw.backend(), target_of(model, file, raw, diagnostics)) else { continue };
            let Some(Written { text, span, line_starts }) = text_of(sources, file, raw, diagnostics) else { continue };
            let (target, declared) = (model.names.intern(target.text()), file.span(raw.range()));
            let origin = Origin { span: declared, layer: Layer::Declaration, expansion: WRITTEN };
            let origin = model.origins.push(origin);
            model.raws.push(Raw { target, on, text, span, declared, origin, line_starts });
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
    let written = scope::Written { kind: None, name: &name, span: file.span(handle.range()), quoted: false };
    match references.resolve(&Type::Entity(kind_id), written, Viewpoint::default(), diagnostics) {
        Value::Entity(entity) => Some(entity),
        _ => None,
    }
}

/// A text in quotes, or a whole file.
struct Written {
    text: String,
    span: Span,
    line_starts: Vec<u32>,
}

fn text_of(sources: &Sources, file: &File, raw: &ast::RawDecl, diagnostics: &mut Diagnostics) -> Option<Written> {
    match raw.source()? {
        ast::RawSource::Verbatim(verbatim) => Some(Written {
            text: verbatim.value().into_owned(),
            span: file.span(verbatim.range()),
            line_starts: verbatim.line_starts(),
        }),
        ast::RawSource::File(text) => {
            let path = text.plain()?;
            let Some((id, source)) = sources.find(&path).and_then(|id| sources.get(id).map(|source| (id, source)))
            else {
                let message = format!("there is no file `{path}`");
                let missing =
                    Diagnostic::new(&codes::MISSING_FILE, file.span(text.range()), message).label("named here");
                diagnostics.push(missing.help("paths start at the folder of nbc.toml").about(About::MissingFile));
                return None;
            };
            let text = source.text.to_string();
            let breaks = text.match_indices('\n').map(|(at, _)| at as u32 + 1);
            let line_starts = std::iter::once(0).chain(breaks).collect();
            Some(Written { span: Span::new(id, 0..text.len() as u32), line_starts, text })
        }
    }
}
