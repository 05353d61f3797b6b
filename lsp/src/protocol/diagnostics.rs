//! Findings: told after each change, or given when asked.

use std::collections::BTreeMap;

use lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticTag, DocumentDiagnosticParams,
    DocumentDiagnosticReport, FullDocumentDiagnosticReport, Location, PublishDiagnosticsParams,
    RelatedFullDocumentDiagnosticReport, Uri, WorkspaceDiagnosticReport, WorkspaceDocumentDiagnosticReport,
    WorkspaceFullDocumentDiagnosticReport,
};
use nbc_source::{Diagnostic as Finding, Sources, Span};
use serde_json::{Value, json};

use super::convert::{Places, severity};
use super::server::Server;
use super::workspaces::{Root, SCHEME};
use crate::features::diagnostics::moved;

/// Tells the editor what changed in the findings of a workspace.
pub(super) fn publish(server: &mut Server<'_>, root: &Root) {
    let mut all = all(server, root);
    if server.client.pulls {
        return;
    }
    let versions = versions(server, root);
    let Some(workspace) = server.workspaces.get_mut(root) else { return };
    // A file that has none any more is told so once.
    for uri in workspace.published.keys() {
        all.entry(uri.clone()).or_default();
    }
    let mut changed = Vec::new();
    for (uri, diagnostics) in all {
        let version = versions.get(&uri).copied();
        let is_known = workspace.published.get(&uri).is_some_and(|known| *known == (version, diagnostics.clone()));
        if is_known {
            continue;
        }
        if diagnostics.is_empty() && version.is_none() {
            workspace.published.remove(&uri);
        } else {
            workspace.published.insert(uri.clone(), (version, diagnostics.clone()));
        }
        changed.push(PublishDiagnosticsParams { uri, version, diagnostics });
    }
    for params in changed {
        send(server, &params);
    }
}

/// Takes back what was said of a workspace that is gone.
pub(super) fn withdraw(server: &mut Server<'_>, root: &Root) {
    let published = server.workspaces.get_mut(root).map(|workspace| std::mem::take(&mut workspace.published));
    for uri in published.unwrap_or_default().into_keys() {
        send(server, &PublishDiagnosticsParams { uri, version: None, diagnostics: Vec::new() });
    }
}

fn send(server: &mut Server<'_>, params: &PublishDiagnosticsParams) {
    let params = serde_json::to_value(params).unwrap_or_default();
    server.notify("textDocument/publishDiagnostics", params);
}

/// Judging is done: an editor that asks for findings may ask again.
pub(super) fn refresh(server: &mut Server<'_>) {
    if server.client.pulls && server.client.refreshes_diagnostics {
        server.ask("workspace/diagnostic/refresh", serde_json::Value::Null);
    }
}

/// `textDocument/diagnostic`
pub(super) fn of_document(server: &mut Server<'_>, params: &DocumentDiagnosticParams) -> DocumentDiagnosticReport {
    let uri = &params.text_document.uri;
    let root = server.documents.get(uri).and_then(|document| document.place.clone()).or_else(|| Root::of(uri));
    let items = root.and_then(|(root, _)| all(server, &root).remove(uri)).unwrap_or_default();
    let report =
        RelatedFullDocumentDiagnosticReport { full_document_diagnostic_report: full(items), related_documents: None };
    DocumentDiagnosticReport::RelatedFullDocumentDiagnosticReport(report)
}

/// `workspace/diagnostic`
pub(super) fn of_workspace(server: &mut Server<'_>) -> WorkspaceDiagnosticReport {
    let roots: Vec<Root> = server.workspaces.keys().cloned().collect();
    let mut items = Vec::new();
    for root in roots {
        let versions = versions(server, &root);
        for (uri, found) in all(server, &root) {
            items.push(WorkspaceDocumentDiagnosticReport::WorkspaceFullDocumentDiagnosticReport(
                WorkspaceFullDocumentDiagnosticReport {
                    version: versions.get(&uri).copied(),
                    uri,
                    full_document_diagnostic_report: full(found),
                },
            ));
        }
    }
    WorkspaceDiagnosticReport { items }
}

fn full(items: Vec<Diagnostic>) -> FullDocumentDiagnosticReport {
    FullDocumentDiagnosticReport { result_id: None, items }
}

fn versions(server: &Server<'_>, root: &Root) -> BTreeMap<Uri, i32> {
    let here = server.documents.iter().filter(|(_, found)| found.place.as_ref().is_some_and(|(of, _)| of == root));
    here.map(|(uri, document)| (uri.clone(), document.version)).collect()
}

/// Everything that is found in a workspace, by file. Open files and those that have no finding any more are there, too.
pub(super) fn all(server: &mut Server<'_>, root: &Root) -> BTreeMap<Uri, Vec<Diagnostic>> {
    let mut all: BTreeMap<Uri, Vec<Diagnostic>> =
        versions(server, root).into_keys().map(|uri| (uri, Vec::new())).collect();
    let Some((sources, findings)) = found(server, root) else { return all };
    let uris = server.uris(root, &sources);
    let mut shown = Shown { places: Places::new(&sources, server.client.encoding), uris: &uris };
    for found in &findings {
        let uri = match found.span {
            Some(span) => uris.get(span.file.0 as usize).cloned().flatten(),
            None => root.uri(root.main_file()),
        };
        if let Some(uri) = uri {
            all.entry(uri).or_default().push(shown.diagnostic(found));
        }
    }
    all
}

/// What is found in a workspace, with the texts that it points into.
fn found(server: &mut Server<'_>, root: &Root) -> Option<(Sources, Vec<Finding>)> {
    if let Some((analysis, sources)) = server.workspaces.get(root)?.standing() {
        let found = server.workspaces.get(root)?.findings(&analysis);
        if let Some(moved) = moved(&found, analysis.sources(), &sources) {
            return Some((sources, moved));
        }
    }
    let analysis = server.analysis(root)?;
    let found = server.workspaces.get(root)?.findings(&analysis);
    Some((analysis.sources().clone(), found))
}

/// All findings by file, as `nbc.check` answers them.
pub(super) fn listed(server: &mut Server<'_>, root: &Root) -> Value {
    let files = all(server, root).into_iter().map(|(uri, found)| json!({"uri": uri, "diagnostics": found}));
    json!({"files": files.collect::<Vec<_>>()})
}

impl Server<'_> {
    /// How the editor calls each file.
    pub(super) fn uris(&self, root: &Root, sources: &Sources) -> Vec<Option<Uri>> {
        let open: BTreeMap<&str, &Uri> = self
            .documents
            .iter()
            .filter_map(|(uri, document)| Some((document.place.as_ref()?, uri)))
            .filter(|((of, _), _)| of == root)
            .map(|((_, path), uri)| (path.as_str(), uri))
            .collect();
        let shipped = |path: &str| path.starts_with("std/") || path.starts_with("packs/");
        sources
            .iter()
            .map(|(_, source)| match open.get(source.path.as_str()) {
                Some(uri) => Some((*uri).clone()),
                None if shipped(&source.path) => Uri::parse(&format!("{SCHEME}:///{}", source.path)).ok(),
                None => root.uri(&source.path),
            })
            .collect()
    }
}

/// Findings in the protocol's words.
struct Shown<'s> {
    places: Places<'s>,
    uris: &'s [Option<Uri>],
}

impl Shown<'_> {
    fn diagnostic(&mut self, found: &Finding) -> Diagnostic {
        let related: Vec<DiagnosticRelatedInformation> = found
            .related
            .iter()
            .filter_map(|related| {
                let location = self.location(related.span)?;
                Some(DiagnosticRelatedInformation { location, message: related.message.clone() })
            })
            .collect();
        let page = Uri::parse(&format!("{SCHEME}:///findings/{}.md", found.code.name)).ok();
        let tags = tags(found);
        Diagnostic {
            range: found.span.map(|span| self.places.range(span)).unwrap_or_default(),
            severity: Some(severity(found.level)),
            code: Some(found.code.to_string().into()),
            code_description: page.map(|href| CodeDescription { href }),
            source: Some("nbc".to_owned()),
            message: message(found).into(),
            tags: (!tags.is_empty()).then_some(tags),
            related_information: (!related.is_empty()).then_some(related),
            data: None,
        }
    }

    fn location(&mut self, span: Span) -> Option<Location> {
        let uri = self.uris.get(span.file.0 as usize)?.clone()?;
        Some(Location { uri, range: self.places.range(span) })
    }
}

/// What is wrong, where it is so, and the ways out, a line each.
fn message(found: &Finding) -> String {
    let mut text = found.message.clone();
    if !found.stages.is_empty() {
        text += &format!(" (in {})", found.stages.join(", "));
    }
    for help in &found.help {
        text += &format!("\n{help}");
    }
    text
}

fn tags(found: &Finding) -> Vec<DiagnosticTag> {
    match found.code.name {
        "deprecated" => vec![DiagnosticTag::Deprecated],
        "unused-waiver" => vec![DiagnosticTag::Unnecessary],
        _ => Vec::new(),
    }
}
