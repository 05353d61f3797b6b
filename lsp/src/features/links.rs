//! Files that a file names: tables, environments, templates.

use nbc_source::{FileId, Span};
use nbc_syntax::SyntaxKind;

use super::place::View;

/// Each text that names a file of the workspace, and that file.
pub fn links(view: &View<'_>) -> Vec<(Span, FileId)> {
    let sources = view.analysis.sources();
    let folder = sources.path(view.file).rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut links = Vec::new();
    for token in view.root.descendants_with_tokens().filter_map(|element| element.into_token()) {
        if token.kind() != SyntaxKind::TEXT {
            continue;
        }
        let Some(written) = nbc_syntax::literal::text(token.text()).plain().map(|text| text.into_owned()) else {
            continue;
        };
        let beside = format!("{folder}/{written}");
        let found = sources.find(&written).or_else(|| sources.find(&beside));
        if let Some(file) = found.filter(|file| *file != view.file) {
            let mut span = view.span(token.text_range());
            span.start += 1;
            span.end -= 1;
            links.push((span, file));
        }
    }
    links
}
