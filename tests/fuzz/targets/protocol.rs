//! Any messages, whole or broken, are read by a language server that answers each request among them and goes on.
//!
//! Every line of the input is one message, sent with the header that it needs; what stands behind a `!` is sent as it is.
//! `file:///w/` stands for the folder of an example. A text is open already, `untitled:a.nbc`.
#![no_main]

use std::io::{self, Read, Write};
use std::sync::{Arc, Condvar, Mutex};

use libfuzzer_sys::fuzz_target;
use lsp_server::Message;
use nbc_model::value::Date;
use serde_json::Value;

const EXAMPLE: &str = concat!("file://", env!("CARGO_MANIFEST_DIR"), "/../../examples/minimal/");
const GREETING: &str = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}
{"jsonrpc":"2.0","method":"initialized","params":{}}
{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"untitled:a.nbc","languageId":"nbc","version":1,"text":"group ml { owners: [ana], title: \"é😀\" }\nuser ana { }\n"}}}
"#;

/// So many messages are sent, and so many of them are commands, which judge: one input is to take a moment.
const MESSAGES: usize = 24;
const COMMANDS: usize = 2;

/// How many answers came.
#[derive(Default)]
struct Answers {
    count: Mutex<usize>,
    changed: Condvar,
}

/// What the editor writes. It says goodbye when it has all answers that it waits for.
struct Input {
    bytes: io::Cursor<Vec<u8>>,
    wanted: usize,
    answers: Arc<Answers>,
}

impl Input {
    fn new(text: &[u8], answers: &Arc<Answers>) -> Input {
        let mut input = Input { bytes: io::Cursor::default(), wanted: 0, answers: Arc::clone(answers) };
        let (mut waits, mut commands) = (true, 0);
        let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).take(MESSAGES);
        for line in GREETING.lines().map(str::as_bytes).chain(lines) {
            if let [b'!', raw @ ..] = line {
                // Where a header is wrong, the next message may be taken for a part of it.
                waits = false;
                input.bytes.get_mut().extend([raw, b"\n"].concat());
                continue;
            }
            let body = String::from_utf8_lossy(line).replace("file:///w/", EXAMPLE);
            match serde_json::from_str::<Value>(&body).ok().and_then(|body| serde_json::from_value(body).ok()) {
                Some(Message::Request(request)) if request.method == "workspace/executeCommand" => {
                    commands += 1;
                    if commands > COMMANDS {
                        continue;
                    }
                    input.wanted += 1;
                }
                // What is no message is answered, too: that it is none.
                Some(Message::Request(_)) | None => input.wanted += 1,
                Some(Message::Notification(found)) => waits &= found.method != "exit",
                Some(Message::Response(_)) => {}
            }
            input.bytes.get_mut().extend(format!("Content-Length: {}\r\n\r\n{body}", body.len()).bytes());
        }
        input.wanted *= usize::from(waits);
        input
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        if read == 0 {
            let count = self.answers.count.lock().unwrap();
            drop(self.answers.changed.wait_while(count, |count| *count < self.wanted).unwrap());
        }
        Ok(read)
    }
}

/// What the editor reads: whole messages.
struct Output {
    bytes: Vec<u8>,
    answers: Arc<Answers>,
}

impl Output {
    fn next(&mut self) -> Option<Value> {
        let end = self.bytes.windows(4).position(|part| part == b"\r\n\r\n")?;
        let header = std::str::from_utf8(&self.bytes[..end]).unwrap();
        let length: usize = header.strip_prefix("Content-Length: ").unwrap().parse().unwrap();
        let body = self.bytes.get(end + 4..end + 4 + length)?;
        let message = serde_json::from_slice(body).unwrap();
        self.bytes.drain(..end + 4 + length);
        Some(message)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        while let Some(message) = self.next() {
            if message.get("method").is_none() {
                *self.answers.count.lock().unwrap() += 1;
                self.answers.changed.notify_all();
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fuzz_target!(|text: &[u8]| {
    let answers = Arc::new(Answers::default());
    let mut output = Output { bytes: Vec::new(), answers: Arc::clone(&answers) };
    let today = Arc::new(|_: &str| Date::from_civil(2026, 11, 20).unwrap());
    nbc_lsp::serve(Input::new(text, &answers), &mut output, today);
});
