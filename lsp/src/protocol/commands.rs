//! Commands that an editor offers by name. Each takes `{textDocument, position}` as its argument, or a path such as
//! `group.ml`, and answers `{markdown}` or JSON. All of them judge, so each is an errand.

use std::collections::BTreeMap;
use std::sync::Arc;

use lsp_server::ErrorCode;
use lsp_types::ExecuteCommandParams;
use nbc_driver::{Parses, analyse_again, compile, emit, pipeline};
use serde_json::{Value, json};

use super::Today;
use super::asked::Asked;
use super::buffers::Buffers;
use super::errands::{Done, Errand, Reply};
use super::judge::Verdict;
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
/// A command that is not known, or that there is nothing to ask about.
pub(super) fn errand(server: &mut Server<'_>, params: ExecuteCommandParams) -> Result<Errand, Failure> {
    let arguments = params.arguments.unwrap_or_default();
    let first = arguments.first().unwrap_or(&Value::Null);
    let root = root(server, first)?;
    match params.command.as_str() {
        "nbc.whoCan" => about(server, &root, first, access::who_can),
        "nbc.why" => about(server, &root, first, access::what_can),
        "nbc.accessDiff" => with_texts(server, &root, |texts| {
            let head = texts.judged();
            let base = Texts { buffers: Buffers { open: BTreeMap::new(), ..texts.buffers.clone() }, ..texts.clone() };
            let markdown = access::difference(&base.judge(), &head).map_err(refused);
            texts.done(markdown.map(|markdown| Reply::Value(json!({"markdown": markdown}))), &head)
        }),
        "nbc.previewOutput" => with_texts(server, &root, |texts| Done { answer: preview(&texts), verdict: None }),
        "nbc.check" => with_texts(server, &root, |texts| {
            let judged = texts.judged();
            texts.done(Ok(Reply::Findings(texts.root.clone())), &judged)
        }),
        other => Err(refused(format!("there is no command `{other}`"))),
    }
}

pub(super) fn refused(why: impl Into<String>) -> Failure {
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

/// The texts of a workspace at the moment of a question.
#[derive(Clone)]
pub(super) struct Texts {
    root: Root,
    buffers: Buffers,
    revision: u64,
    /// What was judged of these very texts already.
    known: Option<Arc<Judged>>,
    today: Today,
}

impl Texts {
    /// # Errors
    /// A workspace that nobody opened.
    pub(super) fn of(server: &Server<'_>, root: &Root) -> Result<Texts, Failure> {
        let workspace = server.workspaces.get(root).ok_or_else(|| refused("the workspace is not open"))?;
        Ok(Texts {
            root: root.clone(),
            buffers: workspace.buffers.clone(),
            revision: workspace.revision,
            known: workspace.verdict().map(Arc::clone),
            today: Arc::clone(&server.today),
        })
    }

    pub(super) fn judged(&self) -> Arc<Judged> {
        self.known.clone().unwrap_or_else(|| Arc::new(self.judge()))
    }

    fn judge(&self) -> Judged {
        let analysis = analyse_again(&self.buffers, self.root.scope(), &*self.today, &mut Parses::once());
        Judged::of(analysis, &*self.today)
    }

    pub(super) fn done(&self, answer: Result<Reply, Failure>, judged: &Arc<Judged>) -> Done {
        let verdict = Verdict { root: self.root.clone(), revision: self.revision, judged: Arc::clone(judged) };
        Done { answer, verdict: self.known.is_none().then_some(verdict) }
    }
}

fn with_texts(
    server: &Server<'_>,
    root: &Root,
    work: impl FnOnce(Texts) -> Done + Send + 'static,
) -> Result<Errand, Failure> {
    let texts = Texts::of(server, root)?;
    Ok(Box::new(move || work(texts)))
}

/// A question about the thing that the argument names or points at.
fn about(
    server: &mut Server<'_>,
    root: &Root,
    argument: &Value,
    question: fn(&Judged, &str) -> Result<String, String>,
) -> Result<Errand, Failure> {
    let path = match argument.as_str() {
        Some(path) => path.to_owned(),
        None => pointed_at(server, argument)?.ok_or_else(|| refused("nothing is declared here"))?,
    };
    with_texts(server, root, move |texts| {
        let judged = texts.judged();
        let markdown = question(&judged, &path).map_err(refused);
        texts.done(markdown.map(|markdown| Reply::Value(json!({"path": path, "markdown": markdown}))), &judged)
    })
}

fn pointed_at(server: &mut Server<'_>, argument: &Value) -> Result<Option<String>, Failure> {
    let Some(asked) = Asked::of(server, argument)? else { return Ok(None) };
    let Some((view, offset)) = asked.target() else { return Ok(None) };
    let entity = view.token(offset).and_then(|token| match view.symbol(&token) {
        Some(Symbol::Entity(entity)) => Some(entity),
        _ => view.declaration(&token.parent()?),
    });
    Ok(entity.map(|entity| view.model().path(entity)))
}

/// The files that `nbc build` would write, by stage.
fn preview(texts: &Texts) -> Result<Reply, Failure> {
    let mut analysis = analyse_again(&texts.buffers, texts.root.scope(), &*texts.today, &mut Parses::once());
    let compiled = compile(&mut analysis, None, &*texts.today);
    if let Some(found) = compiled.findings.iter().find(|found| found.level == nbc_source::Level::Error) {
        return Err(refused(format!("errors come first: {}", found.message)));
    }
    let emission = emit(&compiled, &[], true);
    let files = emission.outputs.iter().flat_map(|output| {
        let file = |artifact: &nbc_backends::Artifact| json!({"stage": output.stage, "path": artifact.path, "text": pipeline::text(artifact)});
        output.artifacts.iter().map(file)
    });
    Ok(Reply::Value(json!({"files": files.collect::<Vec<_>>()})))
}
