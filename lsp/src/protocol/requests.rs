//! Which request is answered by what.

use std::sync::Arc;

use lsp_server::ErrorCode;
use nbc_driver::Analysis;
use serde_json::{Value, json};

use super::asked::Asked;
use super::errands::Errand;
use super::initialize::Client;
use super::server::{Failure, Server, read};
use super::workspaces::Root;
use super::{colours, commands, contents, decorations, diagnostics, editing, hierarchy, navigation};

/// Every request that is answered.
pub const METHODS: &[&str] = &[
    "initialize",
    "shutdown",
    "textDocument/hover",
    "textDocument/definition",
    "textDocument/declaration",
    "textDocument/typeDefinition",
    "textDocument/implementation",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/prepareCallHierarchy",
    "callHierarchy/incomingCalls",
    "callHierarchy/outgoingCalls",
    "textDocument/documentSymbol",
    "workspace/symbol",
    "textDocument/foldingRange",
    "textDocument/selectionRange",
    "textDocument/documentLink",
    "textDocument/semanticTokens/full",
    "textDocument/semanticTokens/full/delta",
    "textDocument/semanticTokens/range",
    "textDocument/inlayHint",
    "textDocument/codeLens",
    "codeLens/resolve",
    "textDocument/completion",
    "textDocument/signatureHelp",
    "textDocument/codeAction",
    "textDocument/prepareRename",
    "textDocument/rename",
    "textDocument/formatting",
    "textDocument/rangeFormatting",
    "textDocument/onTypeFormatting",
    "textDocument/diagnostic",
    "workspace/diagnostic",
    "workspace/executeCommand",
    "workspace/textDocumentContent",
];

/// Answers one request.
///
/// # Errors
/// A method that is not known, or parameters that are not those of the method.
pub(super) fn answer(server: &mut Server<'_>, method: &str, params: Value) -> Result<Value, Failure> {
    match method {
        "textDocument/diagnostic" => write(&diagnostics::of_document(server, &read(params)?)),
        "workspace/diagnostic" => write(&diagnostics::of_workspace(server)),
        "workspace/symbol" => navigation::search(server, &params),
        "textDocument/semanticTokens/full" => colours::answer(server, &params, false),
        "textDocument/semanticTokens/full/delta" => colours::answer(server, &params, true),
        "codeLens/resolve" => decorations::lens(server, params),
        "callHierarchy/incomingCalls" => hierarchy::answer(server, &params, hierarchy::INCOMING),
        "callHierarchy/outgoingCalls" => hierarchy::answer(server, &params, hierarchy::OUTGOING),
        "workspace/textDocumentContent" => contents::answer(&read(params)?),
        _ => match of_document(method) {
            Some(answer) => {
                let asked = Asked::of(server, &params)?;
                Ok(asked.and_then(|asked| answer(&asked, &params)).unwrap_or_default())
            }
            None => of_edit(server, method, &params),
        },
    }
}

/// What takes long; `None` for what is answered at once.
///
/// # Errors
/// Parameters that are not those of the method.
pub(super) fn errand(server: &mut Server<'_>, method: &str, params: &Value) -> Result<Option<Errand>, Failure> {
    match method {
        "workspace/executeCommand" => commands::errand(server, read(params.clone())?).map(Some),
        _ => Ok(None),
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
        "textDocument/semanticTokens/range" => colours::of_range,
        "textDocument/implementation" => navigation::implementation,
        "textDocument/prepareCallHierarchy" => hierarchy::prepare,
        "textDocument/rangeFormatting" => editing::format_range,
        "textDocument/onTypeFormatting" => editing::format_typed,
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
        "implementationProvider": true,
        "callHierarchyProvider": true,
        "documentFormattingProvider": true,
        "documentRangeFormattingProvider": true,
        "documentOnTypeFormattingProvider": {"firstTriggerCharacter": "}", "moreTriggerCharacter": ["]", ")", "\n"]},
        "completionProvider": {"triggerCharacters": [".", "[", ":", "/", "\"", " "]},
        "codeActionProvider": {"codeActionKinds": ["quickfix", "refactor.extract", "refactor.rewrite", "source.fixAll"]},
        "renameProvider": {"prepareProvider": true},
        "semanticTokensProvider": {
            "legend": {"tokenTypes": colours::token_types(), "tokenModifiers": ["declaration"]},
            "full": {"delta": true},
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
        all.insert("codeLensProvider".to_owned(), json!({"resolveProvider": true}));
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
