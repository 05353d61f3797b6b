//! Commands that an editor offers by name. Each takes `{textDocument, position}` as its argument, or a path such as
//! `group.ml`, and answers `{markdown}` or JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use lsp_server::ErrorCode;
use lsp_types::ExecuteCommandParams;
use nbc_driver::{Parses, analyse_again, compile, emit, pipeline};
use serde_json::{Value, json};

use super::asked::Asked;
use super::buffers::Buffers;
use super::diagnostics;
use super::server::{Failure, Server};
use super::workspaces::Root;
use crate::features::access;
use crate::features::symbol::Symbol;
use crate::snapshot::Judged;

/// The commands, by name.
pub(super) const ALL: &[&str] = &["nbc.whoCan", "nbc.why", "nbc.accessDiff", "nbc.previewOutput", "nbc.check"];

/// `workspace/executeCommand`
///
/// # Errors
/// A command that is not known, or why it has no answer.
pub(super) fn answer(server: &mut Server<'_>, params: ExecuteCommandParams) -> Result<Value, Failure> {
    let arguments = params.arguments.unwrap_or_default();
    let first = arguments.first().unwrap_or(&Value::Null);
    let root = root(server, first)?;
    match params.command.as_str() {
        "nbc.whoCan" => about(server, &root, first, access::who_can),
        "nbc.why" => about(server, &root, first, access::what_can),
        "nbc.accessDiff" => difference(server, &root),
        "nbc.previewOutput" => preview(server, &root),
        "nbc.check" => check(server, &root),
        other => Err(refused(format!("there is no command `{other}`"))),
    }
}

fn refused(why: impl Into<String>) -> Failure {
    Failure::new(ErrorCode::RequestFailed, why)
}

/// The workspace that the argument names a file of; without one the only one there is.
fn root(server: &Server<'_>, argument: &Value) -> Result<Root, Failure> {
    let uri =
        argument.pointer("/textDocument/uri").and_then(Value::as_str).and_then(|uri| lsp_types::Uri::parse(uri).ok());
    let named = uri.and_then(|uri| {
        let open = server.documents.get(&uri).and_then(|document| document.place.clone());
        open.or_else(|| Root::of(&uri)).map(|(root, _)| root)
    });
    let first = || server.workspaces.keys().next().cloned();
    named.or_else(first).ok_or_else(|| refused("no workspace is open"))
}

/// What is judged of the texts as they are: waited for, since somebody asked.
fn judged(server: &mut Server<'_>, root: &Root) -> Result<Arc<Judged>, Failure> {
    let today = Arc::clone(&server.today);
    let workspace = server.workspaces.get_mut(root).ok_or_else(|| refused("the workspace is not open"))?;
    if let Some(known) = workspace.verdict() {
        return Ok(Arc::clone(known));
    }
    let analysis = analyse_again(&workspace.buffers, root.scope(), &*today, &mut Parses::new());
    let judged = Arc::new(Judged::of(analysis, &*today));
    workspace.judged = Some((workspace.revision, Arc::clone(&judged)));
    Ok(judged)
}

/// A question about the thing that the argument names or points at.
fn about(
    server: &mut Server<'_>,
    root: &Root,
    argument: &Value,
    question: fn(&Judged, &str) -> Result<String, String>,
) -> Result<Value, Failure> {
    let path = match argument.as_str() {
        Some(path) => path.to_owned(),
        None => pointed_at(server, argument)?.ok_or_else(|| refused("nothing is declared here"))?,
    };
    let judged = judged(server, root)?;
    let markdown = question(&judged, &path).map_err(refused)?;
    Ok(json!({"path": path, "markdown": markdown}))
}

fn pointed_at(server: &mut Server<'_>, argument: &Value) -> Result<Option<String>, Failure> {
    let Some(asked) = Asked::of(server, argument)? else { return Ok(None) };
    let Some(view) = asked.view() else { return Ok(None) };
    let entity = view.token(asked.offset).and_then(|token| match view.symbol(&token) {
        Some(Symbol::Entity(entity)) => Some(entity),
        _ => view.declaration(&token.parent()?),
    });
    Ok(entity.map(|entity| view.model().path(entity)))
}

/// What is not saved, compared with what is.
fn difference(server: &mut Server<'_>, root: &Root) -> Result<Value, Failure> {
    let head = judged(server, root)?;
    let today = Arc::clone(&server.today);
    let workspace = server.workspaces.get(root).ok_or_else(|| refused("the workspace is not open"))?;
    let saved = Buffers { disk: workspace.buffers.disk.clone(), open: BTreeMap::new() };
    let analysis = analyse_again(&saved, root.scope(), &*today, &mut Parses::new());
    let base = Judged::of(analysis, &*today);
    let markdown = access::difference(&base, &head).map_err(refused)?;
    Ok(json!({"markdown": markdown}))
}

/// The files that `nbc build` would write, by stage.
fn preview(server: &mut Server<'_>, root: &Root) -> Result<Value, Failure> {
    let today = Arc::clone(&server.today);
    let workspace = server.workspaces.get(root).ok_or_else(|| refused("the workspace is not open"))?;
    let mut analysis = analyse_again(&workspace.buffers, root.scope(), &*today, &mut Parses::new());
    let compiled = compile(&mut analysis, None, &*today);
    if let Some(found) = compiled.findings.iter().find(|found| found.level == nbc_source::Level::Error) {
        return Err(refused(format!("errors come first: {}", found.message)));
    }
    let emission = emit(&compiled, &[], true);
    let files = emission.outputs.iter().flat_map(|output| {
        let file = |artifact: &nbc_backends::Artifact| json!({"stage": output.stage, "path": artifact.path, "text": pipeline::text(artifact)});
        output.artifacts.iter().map(file)
    });
    Ok(json!({"files": files.collect::<Vec<_>>()}))
}

/// All findings of the texts as they are, by file, as `nbc check` says them; the editor is told them, too.
fn check(server: &mut Server<'_>, root: &Root) -> Result<Value, Failure> {
    judged(server, root)?;
    diagnostics::publish(server, root);
    let all = diagnostics::all(server, root);
    Ok(
        json!({"files": all.into_iter().map(|(uri, found)| json!({"uri": uri, "diagnostics": found})).collect::<Vec<_>>()}),
    )
}
