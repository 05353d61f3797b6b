//! Messages as they come over a pipe. What is malformed is told, and reading goes on with what follows it.

use std::io::{self, BufRead, Read};

use lsp_server::Message;
use serde_json::Value;

/// Larger messages are skipped: no editor sends one, and nobody should fill the memory by a header.
const LARGEST: u64 = 256 << 20;
/// Longer lines are no headers.
const LONGEST_HEADER: u64 = 4 << 10;

/// One thing that came over the pipe.
#[derive(Debug)]
pub(super) enum Incoming {
    Message(Message),
    /// Why it is none.
    Malformed(String),
}

/// Waits for the next message; `None` at the end of the pipe.
///
/// # Errors
/// When the pipe breaks.
pub(super) fn read(input: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let Some(length) = header(input)? else { return Ok(None) };
    if length > LARGEST {
        io::copy(&mut input.take(length), &mut io::sink())?;
        return Ok(Some(Incoming::Malformed(format!("a message of {length} bytes is too large"))));
    }
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Ok(None);
    }
    Ok(Some(match serde_json::from_slice::<Value>(&bytes) {
        Err(error) => Incoming::Malformed(format!("not JSON: {error}")),
        Ok(value) => match serde_json::from_value(value) {
            Ok(message) => Incoming::Message(message),
            Err(_) => Incoming::Malformed("neither a request, nor a response, nor a notification".to_owned()),
        },
    }))
}

/// Reads headers up to the empty line behind a `Content-Length`; lines that are no headers are passed over.
fn header(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if input.take(LONGEST_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        match (line.trim(), length) {
            ("", Some(length)) => return Ok(Some(length)),
            (line, _) => {
                if let Some((name, value)) = line.split_once(':')
                    && name.eq_ignore_ascii_case("content-length")
                {
                    length = value.trim().parse().ok();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut input: &[u8]) -> Vec<String> {
        let mut all = Vec::new();
        while let Some(incoming) = read(&mut input).unwrap() {
            all.push(match incoming {
                Incoming::Message(Message::Notification(found)) => found.method,
                Incoming::Message(other) => format!("{other:?}"),
                Incoming::Malformed(why) => format!("malformed: {why}"),
            });
        }
        all
    }

    #[test]
    fn what_follows_a_malformed_message_is_read() {
        let good = r#"{"jsonrpc":"2.0","method":"exit"}"#;
        let frame = |text: &str| format!("Content-Length: {}\r\n\r\n{text}", text.len());
        let bytes = [
            frame("{"),
            frame("[1]"),
            "garbage\r\n\r\nContent-Length: many\r\n\r\n".to_owned(),
            frame(good),
            frame("\u{fffd}"),
            format!("content-length:{}\nContent-Type: x\n\n{good}", good.len()),
            "Content-Length: 99\r\n\r\n{".to_owned(),
        ];
        insta::assert_snapshot!(all(bytes.concat().as_bytes()).join("\n"), @r"
        malformed: not JSON: EOF while parsing an object at line 1 column 1
        malformed: neither a request, nor a response, nor a notification
        exit
        malformed: not JSON: expected value at line 1 column 1
        exit
        ");
    }
}
