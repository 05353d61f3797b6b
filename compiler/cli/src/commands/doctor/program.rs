//! The program itself: which one runs, which one an editor would start, and whether its server answers.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nbc_driver::day;
use nbc_lsp::{Today, serve};
use serde_json::{Value, json};

use super::Looked;
use crate::arguments::EditorArguments;

/// The running program and its version, and the one that an editor finds by its name.
pub(super) fn look(own: &EditorArguments) -> Vec<Looked> {
    let running = std::env::current_exe().unwrap_or_default();
    let said = format!("{}, version {}", running.display(), env!("CARGO_PKG_VERSION"));
    vec![Looked::fine("program", said), on_path(&running, own)]
}

fn on_path(running: &Path, own: &EditorArguments) -> Looked {
    let name = if cfg!(windows) { "nbc.exe" } else { "nbc" };
    let folders = own.path.clone().or_else(|| std::env::var_os("PATH")).unwrap_or_default();
    let first = std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file());
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| PathBuf::from(path));
    match first {
        Some(found) if real(&found) == real(running) => {
            Looked::fine("PATH", "an editor that starts `nbc` starts this one")
        }
        Some(found) => Looked::wrong(
            "PATH",
            format!("an editor that starts `nbc` starts {}", found.display()),
            "that is another program than the one that answers here, perhaps an older one",
            format!("take it off PATH, or name {} in the settings of the editor", running.display()),
        ),
        None => Looked::wrong(
            "PATH",
            "no folder on it has `nbc`",
            "an editor that starts `nbc` finds nothing",
            format!("put {} on PATH, or name it in the settings of the editor", running.display()),
        ),
    }
}

/// A whole session with the server: a greeting and a goodbye.
pub(super) fn server() -> Looked {
    let initialize = json!({"processId": null, "rootUri": null, "capabilities": {}});
    let messages = [
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": initialize}),
        json!({"jsonrpc": "2.0", "id": 2, "method": "shutdown"}),
        json!({"jsonrpc": "2.0", "method": "exit"}),
    ];
    let input: String = messages.iter().map(framed).collect();
    let today: Today = Arc::new(|zone: &str| day::at(jiff::Timestamp::now(), zone));
    let mut output = Vec::new();
    serve(Cursor::new(input.into_bytes()), &mut output, today);
    let answer = String::from_utf8_lossy(&output);
    let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
    let mut read = serde_json::Deserializer::from_str(body).into_iter::<Value>();
    let offered = read
        .next()
        .and_then(Result::ok)
        .and_then(|answer| answer.pointer("/result/capabilities")?.as_object().map(|capabilities| capabilities.len()));
    match offered {
        Some(number) => Looked::fine("server", format!("`nbc lsp` answers and offers {number} abilities")),
        None => Looked::wrong(
            "server",
            "`nbc lsp` does not answer",
            "this is a mistake of nbc",
            "please report it with what `nbc lsp` prints",
        ),
    }
}

fn framed(message: &Value) -> String {
    let text = message.to_string();
    format!("Content-Length: {}\r\n\r\n{text}", text.len())
}
