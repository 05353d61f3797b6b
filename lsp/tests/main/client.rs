//! A scripted editor: it starts a server on a thread and speaks the protocol with it over two pipes.

use std::io::{BufRead as _, BufReader, PipeReader, PipeWriter, Read as _, Write as _, pipe};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nbc_driver::day;
use nbc_lsp::{Ended, serve};
use serde_json::{Value, json};

/// A server that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Client {
    input: Receiver<Value>,
    output: PipeWriter,
    server: JoinHandle<Ended>,
    asked: i32,
    /// What came while something else was waited for.
    waiting: Vec<Value>,
}

impl Client {
    /// A server that nobody has greeted. Its day is 20 November 2026.
    pub(crate) fn silent() -> Client {
        let (server_input, output) = pipe().unwrap();
        let (from_server, mut server_output) = pipe().unwrap();
        let (messages, input) = channel();
        thread::spawn(move || {
            let mut from_server = BufReader::new(from_server);
            while let Some(message) = read(&mut from_server) {
                if messages.send(message).is_err() {
                    return;
                }
            }
        });
        let day = day::parse("2026-11-20").unwrap();
        let server = thread::spawn(move || serve(server_input, &mut server_output, Arc::new(move |_: &str| day)));
        Client { input, output, server, asked: 0, waiting: Vec::new() }
    }

    /// A server for a folder, greeted with these capabilities.
    pub(crate) fn with(folder: &Path, capabilities: Value) -> Client {
        let mut client = Client::silent();
        let uri = uri(folder, "");
        let params = json!({
            "processId": null,
            "rootUri": uri,
            "capabilities": capabilities,
            "workspaceFolders": [{"uri": uri, "name": "workspace"}],
        });
        client.ask("initialize", params);
        client.notify("initialized", json!({}));
        client
    }

    pub(crate) fn of(folder: &Path) -> Client {
        Client::with(folder, json!({"textDocument": {"publishDiagnostics": {}}}))
    }

    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        self.output.write_all(bytes).unwrap();
    }

    fn write(&mut self, message: &Value) {
        let text = message.to_string();
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.write(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Sends a request without waiting; its number.
    pub(crate) fn send(&mut self, method: &str, params: Value) -> i32 {
        self.asked += 1;
        self.write(&json!({"jsonrpc": "2.0", "id": self.asked, "method": method, "params": params}));
        self.asked
    }

    /// The next message, whatever it is.
    pub(crate) fn next(&mut self) -> Value {
        self.input.recv_timeout(PATIENCE).expect("the server says something")
    }

    /// The answer to a request: its result, or its error.
    pub(crate) fn answer(&mut self, id: i32) -> Result<Value, String> {
        loop {
            let message = self.next();
            if message.get("method").is_some() {
                self.waiting.push(message);
            } else if message["id"] == id {
                return match message.get("error") {
                    Some(error) => Err(format!("{}: {}", error["code"], error["message"].as_str().unwrap())),
                    None => Ok(message["result"].clone()),
                };
            }
        }
    }

    /// The number of the next answer to any request.
    pub(crate) fn answer_any(&mut self) -> i64 {
        loop {
            let message = self.next();
            if message.get("method").is_none() {
                return message["id"].as_i64().unwrap();
            }
        }
    }

    pub(crate) fn try_ask(&mut self, method: &str, params: Value) -> Result<Value, String> {
        let id = self.send(method, params);
        self.answer(id)
    }

    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        self.try_ask(method, params).unwrap()
    }

    /// The next findings of a file for which `is_it` holds.
    pub(crate) fn findings(&mut self, uri: &str, is_it: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        loop {
            let found = if self.waiting.is_empty() { self.next() } else { self.waiting.remove(0) };
            if found["method"] == "textDocument/publishDiagnostics" && found["params"]["uri"] == uri {
                let all = found["params"]["diagnostics"].as_array().cloned().unwrap_or_default();
                if is_it(&all) {
                    return all;
                }
            }
        }
    }

    /// Waits for a message of the server.
    pub(crate) fn until(&mut self, method: &str) {
        while !self.was_told(method) {
            let message = self.next();
            self.waiting.push(message);
        }
    }

    /// Whether such a message came and nobody took it.
    pub(crate) fn was_told(&self, method: &str) -> bool {
        self.waiting.iter().any(|message| message["method"] == method)
    }

    pub(crate) fn open(&mut self, uri: &str, text: &str) {
        let document = json!({"uri": uri, "languageId": "nbc", "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    pub(crate) fn change(&mut self, uri: &str, version: i32, changes: Value) {
        let document = json!({"uri": uri, "version": version});
        self.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
    }

    /// Says goodbye.
    pub(crate) fn leave(mut self) -> Ended {
        self.ask("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.server.join().unwrap()
    }

    /// Goes without a word.
    pub(crate) fn vanish(self) -> Ended {
        let Client { output, server, .. } = self;
        drop(output);
        server.join().unwrap()
    }
}

fn read(from: &mut BufReader<PipeReader>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim().split_once(": ") {
            Some((_, value)) => length = value.parse().unwrap(),
            None => break,
        }
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes).ok()?;
    Some(serde_json::from_slice(&bytes).unwrap())
}

/// How an editor calls a file.
pub(crate) fn uri(folder: &Path, path: &str) -> String {
    let full = if path.is_empty() { folder.to_owned() } else { folder.join(path) };
    lsp_types::Uri::from_file_path(full).unwrap().to_string()
}

/// A folder with these files beside an `nbc.toml`.
pub(crate) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [("nbc.toml", "edition = \"2026\"\n")].iter().chain(files) {
        let full = folder.path().join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::File::create(full).unwrap().write_all(text.as_bytes()).unwrap();
    }
    folder
}

/// `1:5 NBC0203 message` for each finding.
pub(crate) fn short(findings: &[Value]) -> String {
    let line = |found: &Value| {
        let start = &found["range"]["start"];
        let message = found["message"].as_str().unwrap().lines().next().unwrap().to_owned();
        format!("{}:{} {} {message}", start["line"], start["character"], found["code"].as_str().unwrap())
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}
