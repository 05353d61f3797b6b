//! Commands that an editor offers by name.

use lsp_server::ErrorCode;
use lsp_types::ExecuteCommandParams;
use serde_json::Value;

use super::server::{Failure, Server};

/// `workspace/executeCommand`
///
/// # Errors
/// A command that is not known.
pub(super) fn answer(_: &mut Server<'_>, params: ExecuteCommandParams) -> Result<Value, Failure> {
    Err(Failure::new(ErrorCode::InvalidParams, format!("there is no command `{}`", params.command)))
}
