//! Messages that no editor should send: whatever comes, the next question is answered.

use nbc_lsp::{Ended, METHODS};
use serde_json::{Value, json};

use super::client::{Client, folder, uri};
use super::dice::Dice;

const TEXT: &str = "group ml { owners: [ana], title: \"é😀\" }\nuser ana { }\n";

/// What stands where something else is expected.
fn strange(dice: &mut Dice, uri: &str) -> Value {
    match dice.roll(16) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(u64::MAX),
        4 => json!(1.5e300),
        5 => json!("\u{0}\u{feff}😀"),
        6 => json!([]),
        7 => json!({}),
        8 => json!({"line": u32::MAX, "character": u32::MAX}),
        9 => json!({"line": 0, "character": 13}),
        10 => json!({"start": {"line": 1, "character": 0}, "end": {"line": 0, "character": 0}}),
        11 => json!({"uri": uri}),
        12 => json!({"uri": "nbc:///std/kinds/group.nbc"}),
        13 => json!({"uri": "file:///../../\u{0}"}),
        14 => json!([{"uri": uri}, [[[[[[[[]]]]]]]]]),
        _ => json!("}\n"),
    }
}

const MEMBERS: &[&str] = &[
    "textDocument",
    "position",
    "positions",
    "range",
    "context",
    "newName",
    "ch",
    "options",
    "query",
    "uri",
    "item",
    "previousResultId",
    "command",
    "arguments",
    "contentChanges",
    "event",
    "changes",
];

fn params(dice: &mut Dice, uri: &str) -> Value {
    if dice.roll(4) == 0 {
        return strange(dice, uri);
    }
    let mut all = json!({"textDocument": {"uri": uri}, "position": {"line": 0, "character": dice.roll(60)}});
    for _ in 0..dice.roll(4) {
        let name = MEMBERS[dice.roll(MEMBERS.len())];
        all[name] = strange(dice, uri);
    }
    all
}

/// Every method and every notice, with whatever stands where its parameters belong.
#[test]
fn strange_parameters_are_refused_or_answered() {
    let folder = folder(&[("a.nbc", TEXT), ("x.cedar", "forbid (principal, action, resource);\n")]);
    let uri = uri(folder.path(), "a.nbc");
    let mut client = Client::of(folder.path());
    client.open(&uri, TEXT);
    let mut dice = Dice::new(7);
    let notices = ["didOpen", "didChange", "didClose", "didSave"].map(|name| format!("textDocument/{name}"));
    for round in 0..12 {
        for method in METHODS.iter().filter(|method| **method != "shutdown" && **method != "initialize") {
            let params = params(&mut dice, &uri);
            let answer = client.try_ask(method, params.clone());
            let is_mistake = answer.as_ref().is_err_and(|why| why.contains("mistake"));
            assert!(!is_mistake, "round {round}, {method} {params}: {answer:?}");
        }
        for method in notices.iter().map(String::as_str).chain(["workspace/didChangeWatchedFiles", "$/cancelRequest"]) {
            let params = params(&mut dice, &uri);
            client.notify(method, params);
        }
    }
    assert_eq!(client.leave(), Ended::Orderly);
}

/// Good messages with some of their bytes changed, between two whole ones.
#[test]
fn broken_bytes_neither_end_nor_hang_it() {
    let folder = folder(&[("a.nbc", TEXT)]);
    let uri = uri(folder.path(), "a.nbc");
    let mut client = Client::of(folder.path());
    let mut dice = Dice::new(99);
    let place = json!({"textDocument": {"uri": uri}, "position": {"line": 0, "character": 21}});
    for round in 0..300 {
        let method = METHODS[dice.roll(METHODS.len())];
        let message = json!({"jsonrpc": "2.0", "id": 1_000_000 + round, "method": method, "params": place});
        let mut bytes = message.to_string().into_bytes();
        for _ in 0..=dice.roll(4) {
            let at = dice.roll(bytes.len());
            match dice.roll(3) {
                0 => bytes[at] = dice.roll(256) as u8,
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, b"\"{}[],:0e-\\\x00\xff"[dice.roll(12)]),
            }
        }
        // A goodbye that came about by chance would end it rightly.
        let is_goodbye =
            bytes.windows(8).any(|part| part == b"shutdown") || bytes.windows(4).any(|part| part == b"exit");
        if is_goodbye {
            continue;
        }
        let header = format!("Content-Length: {}\r\n\r\n", bytes.len());
        client.send_bytes(&[header.as_bytes(), &bytes].concat());
        if round % 10 == 0 {
            let answer = client.try_ask("textDocument/hover", place.clone());
            assert!(answer.is_ok(), "round {round}: {answer:?}");
        }
    }
    assert_eq!(client.leave(), Ended::Orderly);
}
