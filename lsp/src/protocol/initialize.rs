//! Greetings: what the editor can do, and what this server answers.

use std::path::Path;

use lsp_types::{
    ClientCapabilities, DiagnosticOptions, DiagnosticProvider, DidChangeWorkspaceFoldersParams, InitializeParams,
    InitializeResult, PositionEncodingKind, ServerCapabilities, ServerInfo, TextDocumentSync, TextDocumentSyncKind,
    TextDocumentSyncOptions, Uri,
};
use serde_json::{Value, json};

use super::requests;
use super::server::Server;
use super::workspaces::{Root, Workspace};
use crate::text::Encoding;

/// What the editor can do.
#[derive(Debug, Default)]
pub(super) struct Client {
    pub(super) encoding: Encoding,
    /// It asks for findings, and is told when to ask again. Others are told the findings.
    pub(super) pulls: bool,
    pub(super) refreshes_diagnostics: bool,
    /// It tells of files that change on the disk.
    pub(super) watches: bool,
    pub(super) wants_lenses: bool,
}

/// What this server can do for that editor.
pub(super) fn answer(server: &mut Server<'_>, params: &InitializeParams) -> Value {
    server.client = client(params);
    for folder in folders(params) {
        add_folder(server, &folder);
    }
    let result = InitializeResult {
        capabilities: capabilities(&server.client),
        server_info: Some(ServerInfo { name: "nbc".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) }),
    };
    let mut result = serde_json::to_value(result).unwrap_or_default();
    if let (Some(Value::Object(all)), Value::Object(more)) =
        (result.get_mut("capabilities"), requests::capabilities(&server.client))
    {
        all.extend(more);
    }
    result
}

fn client(params: &InitializeParams) -> Client {
    let ClientCapabilities { workspace, text_document, general, .. } = &params.capabilities;
    let offered = general.as_ref().and_then(|general| general.position_encodings.as_deref()).unwrap_or_default();
    let encoding = offered.iter().find_map(|kind| match kind {
        PositionEncodingKind::UTF8 => Some(Encoding::Utf8),
        PositionEncodingKind::UTF32 => Some(Encoding::Utf32),
        PositionEncodingKind::UTF16 => Some(Encoding::Utf16),
        PositionEncodingKind::Custom(_) => None,
    });
    let text_document = text_document.as_ref();
    let option = |name: &str| params.initialization_options.as_ref().and_then(|options| options.get(name));
    let wants_pull = option("diagnostics") == Some(&Value::from("pull"));
    let can_pull = text_document.is_some_and(|found| found.diagnostic.is_some());
    let takes_push = text_document.is_some_and(|found| found.publish_diagnostics.is_some());
    let workspace = workspace.as_ref();
    Client {
        encoding: encoding.unwrap_or_default(),
        // Told findings cover files that nobody opened, in every editor; so they are told unless asking was asked for.
        pulls: can_pull && (wants_pull || !takes_push),
        refreshes_diagnostics: workspace
            .and_then(|found| found.diagnostics.as_ref())
            .is_some_and(|found| found.refresh_support == Some(true)),
        wants_lenses: option("codeLens") == Some(&Value::from(true)),
        watches: workspace
            .and_then(|found| found.did_change_watched_files.as_ref())
            .is_some_and(|found| found.dynamic_registration == Some(true)),
    }
}

fn capabilities(client: &Client) -> ServerCapabilities {
    let diagnostics = DiagnosticOptions {
        inter_file_dependencies: true,
        workspace_diagnostics: true,
        ..DiagnosticOptions::default()
    };
    ServerCapabilities {
        position_encoding: Some(match client.encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }),
        text_document_sync: Some(TextDocumentSync::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            save: Some(true.into()),
            ..TextDocumentSyncOptions::default()
        })),
        diagnostic_provider: client.pulls.then_some(DiagnosticProvider::DiagnosticOptions(diagnostics)),
        ..ServerCapabilities::default()
    }
}

/// The folders that are open, in the newest form that the editor knows.
#[expect(deprecated, reason = "older editors say it in the older forms")]
fn folders(params: &InitializeParams) -> Vec<Uri> {
    let named = params.workspace_folders_initialize_params.workspace_folders.as_ref();
    let listed: Vec<Uri> = named
        .and_then(|folders| serde_json::to_value(folders).ok())
        .and_then(|folders| serde_json::from_value::<Vec<lsp_types::WorkspaceFolder>>(folders).ok())
        .into_iter()
        .flatten()
        .map(|folder| folder.uri)
        .collect();
    if !listed.is_empty() {
        return listed;
    }
    let path = match &params.root_path {
        Some(lsp_types::RootPath::String(path)) => Uri::from_file_path(path).ok(),
        Some(lsp_types::RootPath::Null) | None => None,
    };
    params.root_uri.clone().or(path).into_iter().collect()
}

/// The workspace that a folder lies in, if it lies in one. Others are found when a file of theirs is opened.
fn add_folder(server: &mut Server<'_>, folder: &Uri) {
    let root = folder.to_file_path().ok().as_deref().and_then(|folder: &Path| Root::above(folder));
    if let Some(root) = root {
        server.workspaces.entry(root).or_insert_with_key(Workspace::new);
    }
}

pub(super) fn change_folders(server: &mut Server<'_>, params: DidChangeWorkspaceFoldersParams) {
    for folder in params.event.added {
        add_folder(server, &folder.uri);
    }
}

/// Asks to be told of files that change on disk.
pub(super) fn register(server: &mut Server<'_>) {
    if !server.client.watches {
        return;
    }
    let watchers = json!([{"globPattern": "**/*.{nbc,cedar,csv,toml,yml,yaml,lock,j2}"}]);
    let method = "workspace/didChangeWatchedFiles";
    let registration = json!({"id": "files", "method": method, "registerOptions": {"watchers": watchers}});
    server.ask("client/registerCapability", json!({"registrations": [registration]}));
}
