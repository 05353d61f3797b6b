//! Beginnings, ends, and what nobody should send.

use nbc_lsp::{Ended, METHODS};
use serde_json::{Value, json};

use super::client::{Client, folder};

#[test]
fn a_session_has_an_order() {
    let mut client = Client::silent();
    assert_eq!(client.try_ask("textDocument/hover", json!({})), Err("-32002: `initialize` comes first".to_owned()));
    let answer = client.ask("initialize", json!({"processId": null, "rootUri": null, "capabilities": {}}));
    assert_eq!(answer["serverInfo"]["name"], "nbc");
    assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
    let again = client.try_ask("initialize", json!({"processId": null, "rootUri": null, "capabilities": {}}));
    assert_eq!(again, Err("-32600: `initialize` came already".to_owned()));
    assert_eq!(client.ask("shutdown", Value::Null), Value::Null);
    let late = client.try_ask("textDocument/hover", json!({}));
    assert_eq!(late, Err("-32600: only `exit` follows `shutdown`".to_owned()));
    client.notify("exit", Value::Null);
    assert_eq!(client.vanish(), Ended::Orderly);
}

#[test]
fn an_editor_that_is_gone_ends_the_server() {
    assert_eq!(Client::silent().vanish(), Ended::Abruptly);
}

/// The server answers after anything that is no message, or no message that it knows.
#[test]
fn malformed_messages_neither_end_nor_hang_it() {
    let folder = folder(&[]);
    let mut client = Client::of(folder.path());
    let frame = |text: &str| format!("Content-Length: {}\r\n\r\n{text}", text.len());
    for bytes in [
        "garbage\r\n\r\n".to_owned(),
        frame("{"),
        frame("null"),
        frame("[]"),
        frame(r#"{"jsonrpc":"2.0"}"#),
        frame(r#"{"jsonrpc":"2.0","id":{},"method":"textDocument/hover"}"#),
        frame(r#"{"jsonrpc":"2.0","method":"textDocument/didOpen","params":7}"#),
        frame(r#"{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"::"}}}"#),
        frame(r#"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":[]}}"#),
        frame(r#"{"jsonrpc":"2.0","id":12345,"result":{}}"#),
    ] {
        client.send_bytes(bytes.as_bytes());
    }
    assert_eq!(client.try_ask("no/such", json!({})), Err("-32601: nbc does not answer `no/such`".to_owned()));
    let wrong = client.try_ask("textDocument/diagnostic", json!({"textDocument": 1}));
    assert!(wrong.is_err_and(|error| error.starts_with("-32602: ")));
    assert_eq!(client.leave(), Ended::Orderly);
}

/// What is cancelled before its turn is not worked out.
#[test]
fn a_cancelled_request_is_answered_as_such() {
    let folder = folder(&[]);
    let mut client = Client::of(folder.path());
    let mut bytes = Vec::new();
    for id in 100..102 {
        let text = format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"workspace/diagnostic","params":{{"previousResultIds":[]}}}}"#
        );
        bytes.extend(format!("Content-Length: {}\r\n\r\n{text}", text.len()).into_bytes());
    }
    let text = r#"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":101}}"#;
    bytes.extend(format!("Content-Length: {}\r\n\r\n{text}", text.len()).into_bytes());
    client.send_bytes(&bytes);
    let mut ends = [client.answer_any(), client.answer_any()];
    ends.sort();
    // Whether the second was begun before the cancellation came depends on the machine; that both are answered does not.
    assert_eq!(ends, [100, 101]);
    assert_eq!(client.leave(), Ended::Orderly);
}

/// The book lists what is answered, and what it lists is answered.
#[test]
fn every_request_of_the_book_is_answered() {
    let page = include_str!("../../../compiler/docs/src/editors.md");
    let table = page.split("## What is answered").nth(1).unwrap();
    let first_cells = table.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let mut listed: Vec<&str> = first_cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    let mut answered = METHODS.to_vec();
    listed.sort_unstable();
    answered.sort_unstable();
    assert_eq!(listed, answered);
    let folder = folder(&[]);
    let mut client = Client::of(folder.path());
    for method in METHODS.iter().filter(|method| **method != "shutdown") {
        let answer = client.try_ask(method, json!({}));
        assert!(!answer.is_err_and(|why| why.starts_with("-32601")), "{method}");
    }
    assert_eq!(client.leave(), Ended::Orderly);
}
