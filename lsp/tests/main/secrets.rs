//! What looks like a secret is masked in what people read, and stays in what is written into their files.

use serde_json::json;

use super::client::{Client, folder, uri};

const TOKEN: &str = "ghp_0123456789abcdefghijABCDEFGHIJ012345";

#[test]
fn a_token_is_shown_to_nobody_and_changed_by_nobody() {
    let text =
        format!("group   ml   {{ title: \"{TOKEN}\", owners: [ana] }}\nuser ana {{ first-name: \"{TOKEN}\" }}\n");
    let folder = folder(&[("a.nbc", &text)]);
    let uri = uri(folder.path(), "a.nbc");
    let mut client = Client::of(folder.path());
    client.open(&uri, &text);
    let at =
        |line, character| json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}});
    let file = json!({"textDocument": {"uri": uri}});
    let whole = json!({"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}});
    let mut asked = Vec::new();
    for (method, mut params) in [
        ("textDocument/hover", at(0, 9)),
        ("textDocument/completion", at(0, 74)),
        ("textDocument/documentSymbol", file.clone()),
        ("textDocument/inlayHint", file.clone()),
        ("textDocument/codeLens", file.clone()),
        ("textDocument/prepareCallHierarchy", at(1, 6)),
        ("workspace/symbol", json!({"query": "ana"})),
    ] {
        params["range"] = whole.clone();
        asked.push(client.ask(method, params).to_string());
    }
    let shown = asked.concat();
    assert!(!shown.contains(TOKEN), "{shown}");
    assert!(shown.contains(&"*".repeat(TOKEN.len())), "{shown}");
    let formatted = client.ask("textDocument/formatting", file);
    assert!(formatted[0]["newText"].as_str().unwrap().contains(TOKEN), "{formatted}");
    client.leave();
}
