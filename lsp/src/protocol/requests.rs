//! Which request is answered by what.

use std::sync::Arc;

use lsp_server::ErrorCode;
use lsp_types::{DocumentDiagnosticRequest, Request, WorkspaceDiagnosticRequest};
use nbc_driver::Analysis;
use serde_json::Value;

use super::diagnostics;
use super::server::{Failure, Server, read};
use super::workspaces::Root;

/// Answers one request.
///
/// # Errors
/// A method that is not known, or parameters that are not those of the method.
pub(super) fn answer(server: &mut Server<'_>, method: &str, params: Value) -> Result<Value, Failure> {
    if method == DocumentDiagnosticRequest::METHOD.as_str() {
        let params = read(params)?;
        return write(&diagnostics::of_document(server, &params));
    }
    if method == WorkspaceDiagnosticRequest::METHOD.as_str() {
        return write(&diagnostics::of_workspace(server));
    }
    Err(Failure::new(ErrorCode::MethodNotFound, format!("nbc does not answer `{method}`")))
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
