//! Texts that lie in no folder: the standard library, the packs, the pages about findings, and the schema of settings.

use std::borrow::Cow;

use lsp_server::ErrorCode;
use lsp_types::TextDocumentContentParams;
use nbc_driver::{codes, config};
use nbc_model::stdlib;
use nbc_policy::packs;
use serde_json::{Value, json};

use super::server::Failure;
use super::workspaces::SCHEME;

/// `workspace/textDocumentContent`
///
/// # Errors
/// A name that is none of nbc's.
pub(super) fn answer(params: &TextDocumentContentParams) -> Result<Value, Failure> {
    let uri = &params.uri;
    let path = uri.path().trim_start_matches('/');
    match text(path).filter(|_| uri.scheme() == SCHEME) {
        Some(text) => Ok(json!({"text": text})),
        None => Err(Failure::new(ErrorCode::RequestFailed, format!("nbc brings no `{path}`"))),
    }
}

fn text(path: &str) -> Option<Cow<'static, str>> {
    if path == "schema/settings.json" {
        return Some(format!("{:#}\n", config::schema()).into());
    }
    if let Some(name) = path.strip_prefix("findings/") {
        return codes::find(name.strip_suffix(".md")?).map(|code| Cow::Owned(codes::page(code)));
    }
    shipped(path).map(Cow::Borrowed)
}

fn shipped(path: &str) -> Option<&'static str> {
    if let Some(file) = stdlib::FILES.iter().find(|file| file.path == path) {
        return Some(file.text);
    }
    let (name, file) = path.strip_prefix("packs/")?.split_once('/')?;
    let pack = packs::find(name)?;
    match file {
        "access.cedar" => Some(pack.access),
        "pack.nbc" => Some(pack.rules),
        _ => None,
    }
}
