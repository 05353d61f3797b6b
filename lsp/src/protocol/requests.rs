//! Which request is answered by what.

use std::sync::Arc;

use lsp_server::ErrorCode;
use nbc_driver::Analysis;
use serde_json::{Value, json};

use super::asked::Asked;
use super::initialize::Client;
use super::server::{Failure, Server, read};
use super::workspaces::Root;
use super::{commands, contents, decorations, diagnostics, editing, navigation};

/// Answers one request.
///
/// # Errors
/// A method that is not known, or parameters that are not those of the method.
pub(super) fn answer(server: &mut Server<'_>, method: &str, params: Value) -> Result<Value, Failure> {
    match method {
        "textDocument/diagnostic" => write(&diagnostics::of_document(server, &read(params)?)),
        "workspace/diagnostic" => write(&diagnostics::of_workspace(server)),
        "workspace/symbol" => navigation::search(server, &params),
        "workspace/textDocumentContent" => contents::answer(&read(params)?),
        "workspace/executeCommand" => commands::answer(server, read(params)?),
        _ => match of_document(method) {
            Some(answer) => {
                let asked = Asked::of(server, &params)?;
                Ok(asked.and_then(|asked| answer(&asked, &params)).unwrap_or_default())
            }
            None => of_edit(server, method, &params),
        },
    }
}

/// A question about one file; no answer is `null`.
type Answer = fn(&Asked, &Value) -> Option<Value>;

fn of_document(method: &str) -> Option<Answer> {
    Some(match method {
        "textDocument/hover" => navigation::hover,
        "textDocument/definition" | "textDocument/declaration" => navigation::definition,
        "textDocument/typeDefinition" => navigation::type_definition,
        "textDocument/references" => navigation::references,
        "textDocument/documentHighlight" => navigation::highlights,
        "textDocument/documentSymbol" => navigation::outline,
        "textDocument/foldingRange" => decorations::folds,
        "textDocument/selectionRange" => decorations::selections,
        "textDocument/documentLink" => decorations::links,
        "textDocument/formatting" => editing::format,
        "textDocument/completion" => editing::completion,
        "textDocument/codeAction" => editing::code_actions,
        "textDocument/semanticTokens/full" | "textDocument/semanticTokens/range" => decorations::words,
        "textDocument/inlayHint" => decorations::hints,
        "textDocument/codeLens" => decorations::lenses,
        "textDocument/signatureHelp" => decorations::call,
        _ => return None,
    })
}

/// What may be refused with a reason.
fn of_edit(server: &mut Server<'_>, method: &str, params: &Value) -> Result<Value, Failure> {
    let answer = match method {
        "textDocument/prepareRename" => editing::prepare_rename,
        "textDocument/rename" => editing::rename,
        _ => return Err(unknown(method)),
    };
    match Asked::of(server, params)? {
        Some(asked) => answer(&asked, params),
        None => Ok(Value::Null),
    }
}

fn unknown(method: &str) -> Failure {
    Failure::new(ErrorCode::MethodNotFound, format!("nbc does not answer `{method}`"))
}

/// What this server answers, in the words of `initialize`.
pub(super) fn capabilities(client: &Client) -> Value {
    let mut all = json!({
        "hoverProvider": true,
        "definitionProvider": true,
        "declarationProvider": true,
        "typeDefinitionProvider": true,
        "referencesProvider": true,
        "documentHighlightProvider": true,
        "documentSymbolProvider": true,
        "workspaceSymbolProvider": true,
        "foldingRangeProvider": true,
        "selectionRangeProvider": true,
        "documentLinkProvider": {},
        "documentFormattingProvider": true,
        "completionProvider": {"triggerCharacters": [".", "[", ":", "/", "\"", " "]},
        "codeActionProvider": {"codeActionKinds": ["quickfix", "source.fixAll"]},
        "renameProvider": {"prepareProvider": true},
        "semanticTokensProvider": {
            "legend": {"tokenTypes": decorations::token_types(), "tokenModifiers": ["declaration"]},
            "full": true,
            "range": true,
        },
        "inlayHintProvider": true,
        "executeCommandProvider": {"commands": commands::ALL},
        "signatureHelpProvider": {"triggerCharacters": ["(", ","]},
        "workspace": {
            "workspaceFolders": {"supported": true, "changeNotifications": true},
            "textDocumentContent": {"schemes": [super::workspaces::SCHEME]},
        },
    });
    // Lenses push text apart, so they are shown to those who ask for them.
    if let (true, Value::Object(all)) = (client.wants_lenses, &mut all) {
        all.insert("codeLensProvider".to_owned(), json!({}));
    }
    all
}

fn write<R: serde::Serialize>(result: &R) -> Result<Value, Failure> {
    serde_json::to_value(result).map_err(|error| Failure::new(ErrorCode::InternalError, error.to_string()))
}

impl Server<'_> {
    /// Phases 1 to 9 of a workspace as it is now.
    pub(super) fn analysis(&mut self, root: &Root) -> Option<Arc<Analysis>> {
        let today = Arc::clone(&self.today);
        Some(self.workspaces.get_mut(root)?.analysis(root, &today))
    }
}
